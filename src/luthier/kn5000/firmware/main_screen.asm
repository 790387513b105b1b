; The screen: 320 by 240 points of a byte each, behind a controller with the registers of a VGA (facts 2.12).
;
; A house with sixteen windows: a window for each part of the song, the brighter the louder it has just played.  Above it
; what plays and how far it is, below it the effects and what the self test found.

VGA             equ 0x170000
VIDEO_RAM       equ 0x1A0000
STRIDE          equ 320
SCREEN_SIZE     equ 320 * 240
VGA_MASK        equ VGA + 0x3C6
VGA_WRITE_INDEX equ VGA + 0x3C8
VGA_DATA        equ VGA + 0x3C9
VGA_MISCELLANEOUS equ VGA + 0x3C2
VGA_SEQUENCER   equ VGA + 0x3C4
VGA_GRAPHICS    equ VGA + 0x3CE
VGA_CRTC        equ VGA + 0x3D4

LEVELS          equ 0x0800      ; 16 bytes: how bright each window is, 0 to 15
SHOWN           equ 0x0810      ; 16 bytes: how bright it was drawn
LAST_DECAY      equ 0x0820      ; word: the millisecond of the last step down
BAR_SHOWN       equ 0x0822      ; word: points of the bar that are drawn
NEXT_WINDOW     equ 0x0824
INK             equ 0x0826
PAPER           equ 0x0827

; Colours of the palette, in main_data.inc's order.
NIGHT           equ 0
WALL            equ 1
FRAME           equ 2
ROOF            equ 3
WHITE           equ 4
GREY            equ 5
GREEN           equ 6
RED             equ 7
BAR             equ 8
DARK            equ 9
LIGHT           equ 16          ; 16 of them, a window from dark to bright
PALETTE_SIZE    equ 32

WINDOW_WIDTH    equ 26
WINDOW_HEIGHT   equ 22
HOUSE_TOP       equ 84
BAR_LEFT        equ 16
BAR_WIDTH       equ 288
BAR_PLACE       equ VIDEO_RAM + 44 * STRIDE + BAR_LEFT
DECAY_TIME      equ 40          ; milliseconds

INIT_SCREEN:
          ld (VGA_MISCELLANEOUS), 0x63
          ld XIX, VGA_REGISTERS
.register:
          ld XHL, (XIX+)              ; the index port
          cp XHL, 0
          jr Z, .palette
          ld WA, (XIX+)
          ld (XHL), A
          ld (XHL + 1), W
          jr .register
.palette: ld (VGA_MASK), 0xFF
          ld (VGA_WRITE_INDEX), 0
          ld XIX, PALETTE
          ld B, PALETTE_SIZE * 3
.colour:  ld A, (XIX+)
          ld (VGA_DATA), A
          djnz B, .colour
          ld XHL, VIDEO_RAM           ; the whole picture dark
          ld XBC, SCREEN_SIZE / 4
          ld XWA, 0
.clear:   ld (XHL+), XWA
          dec 1, XBC
          cp XBC, 0
          jr NZ, .clear
          ret

; Index port, index, value: 320 by 240 points in one plane of 256 colours, the first point at the first byte.
VGA_REGISTERS:
          dl VGA_SEQUENCER
          db 0x01, 0x01
          dl VGA_SEQUENCER
          db 0x02, 0x0F
          dl VGA_SEQUENCER
          db 0x04, 0x0E
          dl VGA_GRAPHICS
          db 0x05, 0x40
          dl VGA_GRAPHICS
          db 0x06, 0x05
          dl VGA_CRTC
          db 0x11, 0x00               ; opens registers 0 to 7
          dl VGA_CRTC
          db 0x00, 0x30               ; 53 characters a line
          dl VGA_CRTC
          db 0x01, 0x27               ; of which 40 are seen
          dl VGA_CRTC
          db 0x02, 0x28
          dl VGA_CRTC
          db 0x03, 0x8D
          dl VGA_CRTC
          db 0x04, 0x2A
          dl VGA_CRTC
          db 0x05, 0x0D
          dl VGA_CRTC
          db 0x06, 0x04               ; 262 lines
          dl VGA_CRTC
          db 0x07, 0x11
          dl VGA_CRTC
          db 0x08, 0x00
          dl VGA_CRTC
          db 0x09, 0x00
          dl VGA_CRTC
          db 0x0C, 0x00               ; the picture begins at 0
          dl VGA_CRTC
          db 0x0D, 0x00
          dl VGA_CRTC
          db 0x10, 0xF4
          dl VGA_CRTC
          db 0x12, 0xEF               ; 240 of them are seen
          dl VGA_CRTC
          db 0x13, 0x14               ; 320 bytes a line
          dl VGA_CRTC
          db 0x15, 0xF0
          dl VGA_CRTC
          db 0x16, 0x04
          dl VGA_CRTC
          db 0x17, 0xE3
          dl VGA_CRTC
          db 0x18, 0xFF
          dl 0

; --- What does not change -------------------------------------------------------------------------------------------------

DRAW_FRAME:
          ld (PAPER), NIGHT
          ld XHL, TITLE
          ld XDE, VIDEO_RAM + 8 * STRIDE + 16
          ld A, WHITE
          calr DRAW_TEXT
          ld XHL, SONG_TITLE
          ld XDE, VIDEO_RAM + 22 * STRIDE + 16
          ld A, GREY
          calr DRAW_TEXT
          ld XDE, BAR_PLACE
          ld BC, BAR_WIDTH
          ld L, 6
          ld A, DARK
          calr FILL
          ; The roof: lines that grow by two points to either side.
          ld XDE, VIDEO_RAM + (HOUSE_TOP - 28) * STRIDE + 160
          ld BC, 2
          ld H, 28
.roof:    push XDE
          push BC
          ld L, 1
          ld A, ROOF
          calr FILL
          pop BC
          pop XDE
          add XDE, STRIDE - 5
          add BC, 10
          djnz H, .roof
          ld XDE, VIDEO_RAM + HOUSE_TOP * STRIDE + 20
          ld BC, 280
          ld L, 74
          ld A, WALL
          calr FILL
          ld D, 0                     ; every window with its frame, dark
.window:  ld A, D
          push D
          calr WINDOW_PLACE
          sub XDE, 2 * STRIDE + 2
          ld BC, WINDOW_WIDTH + 4
          ld L, WINDOW_HEIGHT + 4
          ld A, FRAME
          calr FILL
          pop D
          ld A, D
          ld W, 0
          push D
          calr DRAW_WINDOW
          pop D
          inc 1, D
          cp D, 16
          jr ULT, .window
          ret

; Two rows of eight: XDE the place of window A.
WINDOW_PLACE:
          ld XDE, VIDEO_RAM + (HOUSE_TOP + 8) * STRIDE + 26
          bit 3, A
          jr Z, .column
          add XDE, 34 * STRIDE
.column:  and A, 7
          extz WA
          mul WA, 34
          extz XWA
          add XDE, XWA
          ret

; Window A as bright as W.
DRAW_WINDOW:
          push W
          calr WINDOW_PLACE
          pop W
          ld A, W
          add A, LIGHT
          ld BC, WINDOW_WIDTH
          ld L, WINDOW_HEIGHT

; Fills BC by L points from XDE on with colour A.  Keeps H, XIX, XIY.
FILL:     push XDE
          push BC
.point:   ld (XDE+), A
          djnz BC, .point
          pop BC
          pop XDE
          add XDE, STRIDE
          djnz L, FILL
          ret

; The text at XHL (0 ends it) in colour A from XDE on, eight points a letter.  Out: XDE behind it.
DRAW_TEXT:
          ld (INK), A
.letter:  ld A, (XHL+)
          cp A, 0
          ret Z
          push XHL
          sub A, 32
          extz WA
          sll 3, WA
          extz XWA
          ld XIX, FONT
          add XIX, XWA
          ld XIY, XDE
          ld B, 8
.row:     ld C, (XIX+)
          ld H, 8
.bit:     ld A, (PAPER)
          sll 1, C
          jr NC, .put
          ld A, (INK)
.put:     ld (XIY+), A
          djnz H, .bit
          add XIY, STRIDE - 8
          djnz B, .row
          pop XHL
          inc 8, XDE
          jr .letter

; --- What changes ---------------------------------------------------------------------------------------------------------

; A note for part (XHL + 1), velocity (XHL + 3): its window lights up.  Keeps XHL and XBC.
SHOW_NOTE:
          ld A, (XHL + 1)
          cp A, 16
          ret UGE
          push XHL
          extz WA
          extz XWA
          ld XDE, LEVELS
          add XDE, XWA
          ld A, (XHL + 3)
          srl 3, A
          cp A, (XDE)
          jr ULE, .end
          ld (XDE), A
.end:     pop XHL
          ret

; One window, or a piece of the bar, in every round.
SCREEN_ROUND:
          ld WA, (MILLISECONDS)
          sub WA, (LAST_DECAY)
          cp WA, DECAY_TIME
          jr ULT, .windows
          ld WA, (MILLISECONDS)
          ld (LAST_DECAY), WA
          ld XIX, LEVELS
          ld B, 16
.decay:   cp (XIX), 0
          jr Z, .dark
          dec 1, (XIX)
.dark:    inc 1, XIX
          djnz B, .decay
          jr DRAW_BAR
.windows: inc 1, (NEXT_WINDOW)
          ld A, (NEXT_WINDOW)
          and A, 15
          extz WA
          extz XWA
          ld XIX, LEVELS
          add XIX, XWA
          ld W, (XIX)
          cp W, (XIX + 16)
          ret Z
          ld (XIX + 16), W
          jrl DRAW_WINDOW

; The bar up to where the song is.
DRAW_BAR: ld XWA, (SONG_POSITION)
          ld BC, SONG_TICKS_A_POINT
          div XWA, BC
          cp WA, BAR_WIDTH
          jr ULE, .inside
          ld WA, BAR_WIDTH
.inside:  cp WA, (BAR_SHOWN)
          ret Z
          jr ULT, .again
          ld BC, WA
          sub BC, (BAR_SHOWN)
          ld DE, (BAR_SHOWN)
          ld (BAR_SHOWN), WA
          extz XDE
          add XDE, BAR_PLACE
          ld L, 6
          ld A, BAR
          jrl FILL
.again:   ldw (BAR_SHOWN), 0          ; it was wound back
          ld XDE, BAR_PLACE
          ld BC, BAR_WIDTH
          ld L, 6
          ld A, DARK
          jrl FILL

; The section's title.  Keeps XIX.
DRAW_SECTION:
          push XIX
          ld A, (CURRENT_SECTION)
          extz WA
          extz XWA
          mul XWA, SECTION_TITLE_SIZE
          ld XHL, SECTION_TITLES
          add XHL, XWA
          ld XDE, VIDEO_RAM + 33 * STRIDE + 16
          ld A, GREEN
          calr DRAW_TEXT
          pop XIX
          ret

; Names of the two effects that the panel can choose.
DRAW_EFFECTS:
          ld XHL, EFFECT_TITLE
          ld XDE, VIDEO_RAM + 168 * STRIDE + 16
          ld A, GREY
          calr DRAW_TEXT
          ld A, (DSP_EFFECT)
          extz WA
          extz XWA
          mul XWA, EFFECT_NAME_SIZE
          ld XHL, DSP_EFFECT_NAMES
          add XHL, XWA
          ld A, WHITE
          calr DRAW_TEXT
          ld XHL, REVERB_TITLE
          ld XDE, VIDEO_RAM + 178 * STRIDE + 16
          ld A, GREY
          calr DRAW_TEXT
          ld A, (REVERB_EFFECT)
          extz WA
          extz XWA
          mul XWA, EFFECT_NAME_SIZE
          ld XHL, REVERB_EFFECT_NAMES
          add XHL, XWA
          ld A, WHITE
          jrl DRAW_TEXT

; What the self test found, a line for each CPU: names of tests in green or red.
DRAW_RESULTS:
          calr DRAW_EFFECTS
          ld XHL, MAIN_TITLE
          ld XDE, VIDEO_RAM + 198 * STRIDE + 16
          ld A, GREY
          calr DRAW_TEXT
          ld C, (RESULT_MAIN)
          ld XHL, MAIN_TESTS
          calr .tests
          ld XHL, SUB_TITLE
          ld XDE, VIDEO_RAM + 212 * STRIDE + 16
          ld A, GREY
          calr DRAW_TEXT
          ld C, (RESULT_SUB)
          ld XHL, SUB_TESTS
.tests:   ld W, 6
.test:    ld A, GREEN
          srl 1, C
          jr NC, .draw
          ld A, RED
.draw:    push WA
          push BC
          calr DRAW_TEXT              ; XHL ends behind the text
          pop BC
          pop WA
          djnz W, .test
          ret

TITLE:    db "SX-KN5000   OPEN FIRMWARE", 0
EFFECT_TITLE: db "DSP EFFECT  ", 0
REVERB_TITLE: db "REVERB      ", 0
MAIN_TITLE: db "MAIN  ", 0
SUB_TITLE: db "SUB   ", 0
MAIN_TESTS: db "RAM ", 0, "ROM ", 0, "TIMER ", 0, "DMA ", 0, "SERIAL ", 0, "LATCH ", 0
SUB_TESTS: db "RAM ", 0, "ROM ", 0, "TIMER ", 0, "DMA ", 0, "SERIAL ", 0, "TONES ", 0
