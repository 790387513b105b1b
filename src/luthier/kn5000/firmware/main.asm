; The program of the main CPU: E00000 to FFFFFF, 2 MB.
;
; It sets up the chip, tests it, shows its screen, sends the sub CPU its program, and then plays a song from its data,
; answers the panel and MIDI, and passes on what the keys say.
;
; Main loop: panel, MIDI in, messages of the sub CPU, the song, one thing to draw.  Timer 0 asks every millisecond and only
; counts.  Interrupt levels: INT0 1, timer 0 3, INTA and the serial ports 4, INTTC0 5.  Interrupts keep all registers;
; other routines say what they keep.
;
; Sources: memory-map page; boot-sequence, inter-CPU, display and panel page of the documentation; facts 2.3, 2.4, 2.11,
; 2.12.  What the build puts into the image, and where: luthier.kn5000.firmware.build.

          include "registers.inc"
          include "main_data.inc"

; --- Places ---------------------------------------------------------------------------------------------------

MAIN_STACK      equ 0x000C00
DRAM1CRL        equ 0x000162    ; (MAME) the DRAM controller, which the memory map does not name
DRAM1CRH        equ 0x000163
DRAM1REF        equ 0x000165
PMEMCR          equ 0x000166
LATCH           equ 0x140000
HANDSHAKE       equ PORT_Z
SENDING         equ 0           ; MSTAT0, out
READY           equ 1           ; MSTAT1, out
OTHER_SENDS     equ 2           ; SSTAT0, in
OTHER_READY     equ 3           ; SSTAT1, in

; Variables, internal RAM.  The receiver's lie where those of the instrument's program are not known to be.
MAIN_VARIABLES  equ 0x000400
DMA_TARGET_ADDR equ 0x0400
CMD_PROCESSING_STATE equ 0x0404
LAST_CMD_BYTE   equ 0x0405
REQUEST_ARRIVED equ 0x0406
REQUEST_PENDING equ 0x0407
STATUS_FLAGS    equ 0x0408
SUB_REPORTED    equ 0x0409      ; not 0: the sub CPU's report has come
CMD_DATA_BUFFER equ 0x0410
CMD_E1_BUFFER   equ 0x0430
CMD_E2_BUFFER   equ 0x0436
OWN_E1_HEADER   equ 0x0440
OWN_E2          equ 0x0448
TEST_PLACE      equ 0x0460
MILLISECONDS    equ 0x0470      ; word: counted by timer 0
SUB_REPORT      equ 0x0480      ; ten bytes: the message of its self test
ECHO_PLACE      equ 0x0490      ; 16 bytes of the sub CPU's memory come back here
NOTE_RING       equ 0x04A0      ; keys from the sub CPU: write, read (bytes), 32 times two bytes
; 0x0500 on: main_panel.asm, 0x0600: main_midi.asm, 0x0700: main_song.asm, 0x0800: main_screen.asm

; What the self test leaves for whoever looks from outside: first the magic word, written last.
SELF_TEST_RESULT equ 0x000C00
RESULT_MAGIC    equ SELF_TEST_RESULT          ; 600DB007 all is well, BAD0B007 something is not, else not finished
RESULT_MAIN     equ SELF_TEST_RESULT + 0x04   ; word: a bit for each test of this CPU that failed
RESULT_SUB      equ SELF_TEST_RESULT + 0x06   ; word: the same of the sub CPU
RESULT_CHECKSUM equ SELF_TEST_RESULT + 0x08   ; long: the sum of the program ROM, FFFFFFFF if it is whole
RESULT_BAD      equ SELF_TEST_RESULT + 0x0C   ; long: the first bad word of RAM
RESULT_SUB_CHECKSUM equ SELF_TEST_RESULT + 0x10
RESULT_SUB_BAD  equ SELF_TEST_RESULT + 0x14
RESULT_SOURCE   equ SELF_TEST_RESULT + 0x18   ; byte: where the payload was found, 1 custom flash, 2 table ROM, 3 here
GOOD            equ 0x600DB007
BAD             equ 0xBAD0B007

FAILED_RAM      equ 0           ; bits of RESULT_MAIN and RESULT_SUB
FAILED_ROM      equ 1
FAILED_TIMER    equ 2
FAILED_DMA      equ 3
FAILED_SERIAL   equ 4
FAILED_LATCH    equ 5           ; on the sub CPU's side this bit is its tone generator

RAM_TEST_START  equ 0x000C40
RAM_TEST_END    equ 0x080000    ; as far as this program uses it
PROGRAM_ROM     equ 0xE00000
PROGRAM_ROM_PAGES equ 8192

; Handlers of the sub CPU.
TO_MIDI_RING    equ 0
TO_DSP_RING     equ 3
TO_SYSTEM       equ 5

          org 0xE00000
          jp RESET_HANDLER

CMD_DISPATCH_TABLE:
          dl NO_MESSAGE, NO_MESSAGE
          dl KEY_RELAYED              ; 2: 90 note velocity
          dl NO_MESSAGE               ; 3: answers to queries, which this program does not send
          dl NO_MESSAGE               ; 4: bytes of the computer port
          dl SUB_HAS_REPORTED         ; 5: the self test
          dl NO_MESSAGE, NO_MESSAGE
NO_MESSAGE:
          ret

          include "receiver.asm"
          include "sender.asm"
          include "self_test.asm"
          include "main_payload.asm"
          include "main_screen.asm"
          include "main_panel.asm"
          include "main_midi.asm"
          include "main_song.asm"

; --- Start --------------------------------------------------------------------------------------------------------

RESET_HANDLER:
          di
          ld (WDMOD), 0x00            ; the watchdog off
          ld (WDCR), 0xB1
          ld (PORT_A), 0xFE           ; the sub CPU in reset (boot-sequence page, 0xEF03C6)
          ; Chip selects and DRAM as documented (boot-sequence page).
          ld (MSAR0), 0x1E            ; SRAM
          ld (MAMR0), 0x0F
          ld (MSAR1), 0x10            ; devices
          ld (MAMR1), 0x3F
          ld (MSAR2), 0xC0            ; program
          ld (MAMR2), 0x7F
          ld (MSAR3), 0x00            ; DRAM
          ld (MAMR3), 0x1F
          ld (MSAR4), 0x80            ; table data
          ld (MAMR4), 0xFF
          ld (MSAR5), 0x00            ; custom flash and rhythm data
          ld (MAMR5), 0xFF
          ld (DRAM1REF), 0x81
          ld (DRAM1CRL), 0x8B
          ld (DRAM1CRH), 0x58
          ld (PMEMCR), 0xF1
          ld XSP, MAIN_STACK
          ld (PORT_Z), 0x03           ; both handshake lines high
          ld (PZCR), 0x03
          set 0, (PORT_A)             ; the sub CPU tests itself meanwhile
          ld XIX, MAIN_VARIABLES
          ld BC, 0x01C0
          ld XWA, 0
.clear:   ld (XIX+), XWA
          djnz BC, .clear
          calr RUN_TESTS
          calr INIT_SCREEN
          calr DRAW_FRAME
          calr INIT_RECEIVER          ; SubCPU_Init_DMA_Channels
          calr INIT_TICK
          calr INIT_PANEL
          calr INIT_MIDI
          calr INIT_SONG
          ei 0
          calr SUBCPU_SEND_PAYLOAD
          calr TEST_LATCH
          calr REPORT
          calr START_PANEL
          ld XHL, RELAY_KEYS          ; from now on the sub CPU tells of its keys
          ld BC, 2
          ld A, TO_SYSTEM
          calr INTERCPU_SEND
          calr START_SONG

MAIN_LOOP:
          calr PANEL_ROUND
          calr MIDI_ROUND
          calr KEYS_ROUND
          calr SONG_ROUND
          calr SCREEN_ROUND
          jr MAIN_LOOP

RELAY_KEYS:
          db 0x00, 0x01

; Timer 0 counts the clock through 128 to 125: a millisecond at 16 MHz.
INIT_TICK:
          ld (T01MOD), 0x03
          ld (TREG0), 125
          ld (INTET01), 0x03          ; INTT0 on level 3
          set 7, (T16RUN)
          set 0, (T8RUN)
          ret

; INTT0.
TICK_HANDLER:
          incw 1, (MILLISECONDS)
          reti

; Waits BC milliseconds.  Uses WA.
DELAY:    add BC, (MILLISECONDS)
.wait:    ld WA, BC
          sub WA, (MILLISECONDS)
          cp WA, 0
          jr GT, .wait
          ret

; --- Self test --------------------------------------------------------------------------------------------------------

; All that can be tested alone; before any interrupt.  Uses everything.
RUN_TESTS:
          ld XWA, 0
          ld XIX, SELF_TEST_RESULT
          ld B, 16
.clear:   ld (XIX+), XWA
          djnz B, .clear
          ld XIX, RAM_TEST_START
          ld XIY, RAM_TEST_END
          calr MEM_TEST_ROUTINE
          jr NC, .rom
          set FAILED_RAM, (RESULT_MAIN)
          ld (RESULT_BAD), XIX
.rom:     ld XIX, PROGRAM_ROM
          ld BC, PROGRAM_ROM_PAGES
          calr CHECKSUM_CALC
          ld (RESULT_CHECKSUM), XWA
          jr NC, .timer
          set FAILED_ROM, (RESULT_MAIN)
.timer:   calr TIMER_TEST
          jr NC, .dma
          set FAILED_TIMER, (RESULT_MAIN)
.dma:     calr DMA_TEST
          di
          jr NC, .serial
          set FAILED_DMA, (RESULT_MAIN)
.serial:  calr SERIAL_TEST
          ret NC
          set FAILED_SERIAL, (RESULT_MAIN)
          ret

; The latch, both ways: the sub CPU's report, and 16 bytes of the program it was sent, asked for with E2.
TEST_LATCH:
          ld (RESULT_SUB), 0xFF       ; until the report is here
          ld (RESULT_SUB + 1), 0xFF
          ld BC, 2000
          add BC, (MILLISECONDS)
.report:  cp (SUB_REPORTED), 0
          jr NZ, .came
          ld WA, BC
          sub WA, (MILLISECONDS)
          cp WA, 0
          jr GT, .report
          jr .bad
.came:    ld A, (SUB_REPORT + 1)
          extz WA
          ld (RESULT_SUB), WA
          ld XWA, (SUB_REPORT + 2)
          ld (RESULT_SUB_CHECKSUM), XWA
          ld XWA, (SUB_REPORT + 6)
          ld (RESULT_SUB_BAD), XWA
          set 7, (STATUS_FLAGS)       ; a block is awaited
          ld XHL, PAYLOAD_ENTRY
          ld XDE, ECHO_PLACE
          ld BC, 16
          calr INTERCPU_REQUEST
          jr C, .bad
          ld BC, 200
          add BC, (MILLISECONDS)
.echo:    bit 7, (STATUS_FLAGS)
          jr Z, .compare
          ld WA, BC
          sub WA, (MILLISECONDS)
          cp WA, 0
          jr GT, .echo
          jr .bad
.compare: ld XHL, IMAGE               ; what was sent there
          ld XDE, ECHO_PLACE
          ld B, 16
.byte:    ld A, (XHL+)
          cp A, (XDE+)
          jr NZ, .bad
          djnz B, .byte
          ret
.bad:     set FAILED_LATCH, (RESULT_MAIN)
          ret

; On the screen, in memory, and to the sub CPU's ring nothing: its part of the test came by the latch.
REPORT:   calr DRAW_RESULTS
          ld XWA, GOOD
          cpw (RESULT_MAIN), 0
          jr NZ, .bad
          cpw (RESULT_SUB), 0
          jr Z, .write
.bad:     ld XWA, BAD
.write:   ld (RESULT_MAGIC), XWA
          ret

; Handler 5: the report.
SUB_HAS_REPORTED:
          cp (XIX), 'T'
          ret NZ
          ld XHL, XIX
          ld XDE, SUB_REPORT
          ld BC, 10
          ldir
          ld (SUB_REPORTED), 1
          ret

; --- Interrupt vectors --------------------------------------------------------------------------------------------------

NO_INTERRUPT:
          reti

          org 0xFFFF00
          dl RESET_HANDLER
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT    ; swi 1 to 7
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT
          dl NO_INTERRUPT, NO_INTERRUPT   ; NMI, watchdog
          dl INTERCPU_RX_HANDLER          ; 28: INT0
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT  ; INT4 to INT7, reserved
          dl NO_INTERRUPT, NO_INTERRUPT   ; INT8, INT9
          dl INTA_HANDLER                 ; 48: INTA
          dl NO_INTERRUPT                 ; INTB
          dl TICK_HANDLER                 ; 50: INTT0
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT                  ; timers 1 to 3
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT    ; 16-bit timers
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT
          dl MIDI_RECEIVED                ; 80: INTRX0
          dl NO_INTERRUPT                 ; INTTX0
          dl PANEL_RECEIVED               ; 88: INTRX1
          dl NO_INTERRUPT                 ; INTTX1
          dl NO_INTERRUPT                 ; INTAD
          dl CMD_DISPATCH_HANDLER         ; 94: INTTC0
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT    ; INTTC1 to INTTC7
          dl NO_INTERRUPT, NO_INTERRUPT, NO_INTERRUPT
          org 0xFFFFFC
CHECKSUM_PLACE:
          dl 0                        ; the build puts in what makes the sum FFFFFFFF
