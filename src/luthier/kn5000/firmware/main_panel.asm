; The control panel at serial port 1: commands of two bytes out, packets of two bytes in (facts 2.11; panel page).
;
; Out: eight bits with a clock line, 250 kHz, bit 6 of PFFC puts the clock on its pin.  In: the panel raises INTA, and then
; clocks two bytes itself; meanwhile our clock is off the pin, and the channel takes the panel's.

PANEL_WRITE     equ 0x0500      ; bytes: packets in the ring below
PANEL_READ      equ 0x0501
PANEL_COUNT     equ 0x0502      ; which byte of a packet comes next
PANEL_FIRST     equ 0x0503
PANEL_ANSWERED  equ 0x0504      ; not 0: a synchronisation packet has come
DSP_EFFECT      equ 0x0506      ; which of the effects below are on
REVERB_EFFECT   equ 0x0507
PANEL_BUFFER    equ 0x0510      ; 32 packets of two bytes

STATE_OF_CPANEL_BUTTONS equ 0x8E4A      ; right panel, 11 segments (memory-map page)
STATE_OF_CPANEL_BUTTONS_LEFT equ 0x8E5A

OWN_PINS        equ 0x11        ; both TXD, of PFFC and PFCR
CLOCK_ON_PIN    equ 6
INTA_LINE       equ 5           ; of port E
PANEL_PATIENCE  equ 60000       ; looks at INTA before a command goes out in any case

INIT_PANEL:
          ld (PFFC), OWN_PINS
          ld (PFCR), OWN_PINS
          ld (BR1CR), 0x14            ; 16 MHz / 16 / 4: 250 kHz
          ld (INTEAB), 0x04           ; INTA on level 4
          ld (INTES1), 0x04           ; INTRX1 on level 4; INTTX1 is looked at
          ld XIX, STATE_OF_CPANEL_BUTTONS
          ld B, 32
.clear:   ld (XIX+), 0
          djnz B, .clear
PANEL_LISTENS:
          ld (SC1CR), 0x01            ; the panel's clock
          ld (SC1MOD), 0x21           ; receive
          ret

; Wakes the panel as documented; the first answer tells that it is there.
START_PANEL:
          ld XIX, .commands
          ld B, 5
.command: ld WA, (XIX+)
          push B
          push XIX
          calr PANEL_SEND
          ld BC, 2
          calr DELAY
          pop XIX
          pop B
          djnz B, .command
          jp SHOW_LAMPS
.commands:
          db 0x1F, 0xDA, 0x1F, 0x1A, 0x1D, 0x00, 0xDD, 0x03, 0x1E, 0x80

; Sends A, then W.  Keeps XIX, XIY.
PANEL_SEND:
          ld BC, PANEL_PATIENCE
.quiet:   bit INTA_LINE, (PORT_E)
          jr Z, .send
          djnz BC, .quiet
.send:    ei 5                        ; nothing is received meanwhile
          ld (SC1MOD), 0x01
          ld (SC1CR), 0x00            ; our clock
          ld (PFFC), OWN_PINS | 1 << CLOCK_ON_PIN
          ld (PFCR), OWN_PINS | 1 << CLOCK_ON_PIN
          calr .byte
          ld A, W
          calr .byte
          ld (PFCR), OWN_PINS
          ld (PFFC), OWN_PINS
          calr PANEL_LISTENS
          ei 0
          ret
.byte:    ld (INTCLR), 0x23           ; INTTX1
          ld (SC1BUF), A
          ld BC, 2000
.out:     bit 7, (INTES1)
          ret NZ
          djnz BC, .out
          ret

; INTA: a packet follows.
INTA_HANDLER:
          ld (PANEL_COUNT), 0
          calr PANEL_LISTENS
          reti

; INTRX1.
PANEL_RECEIVED:
          push XWA
          push XHL
          ld A, (SC1BUF)
          cp (PANEL_COUNT), 0
          jr NZ, .second
          ld (PANEL_FIRST), A
          ld (PANEL_COUNT), 1
          jr .end
.second:  ld (PANEL_COUNT), 0
          ld L, (PANEL_WRITE)
          and L, 31
          extz HL
          extz XHL
          add XHL, XHL
          add XHL, PANEL_BUFFER
          ld (XHL + 1), A
          ld A, (PANEL_FIRST)
          ld (XHL), A
          inc 1, (PANEL_WRITE)
.end:     pop XHL
          pop XWA
          reti

PANEL_ROUND:
          ld A, (PANEL_READ)
          cp A, (PANEL_WRITE)
          ret Z
          inc 1, (PANEL_READ)
          and A, 31
          extz WA
          extz XWA
          add XWA, XWA
          add XWA, PANEL_BUFFER
          ld WA, (XWA)                ; A header, W value
          calr PANEL_PACKET
          jr PANEL_ROUND

; Header bits 7 and 6 the panel (11 left), 5 to 3 the kind: 0 and 1 buttons, 2 controllers, 3 to 5 synchronisation.
PANEL_PACKET:
          ld C, A
          srl 3, C
          and C, 7
          cp C, 2
          jr ULT, .buttons
          ret Z
          ld (PANEL_ANSWERED), 1
          ret
.buttons: ld XHL, STATE_OF_CPANEL_BUTTONS
          bit 7, A
          jr Z, .right
          ld XHL, STATE_OF_CPANEL_BUTTONS_LEFT
.right:   ld D, A                     ; what is looked up: panel and segment, and the button's bit
          and D, 0x8F
          ld C, A
          and C, 0x0F
          cp C, 11
          ret UGE
          ld B, 0
          extz XBC
          add XHL, XBC
          ld A, (XHL)                 ; what was down before
          cpl A
          and A, W
          ld (XHL), W
          ld E, A                     ; what has just gone down
          ld XIX, BUTTONS
.look:    ld A, (XIX)
          cp A, 0xFF
          ret Z
          cp A, D
          jr NZ, .next
          ld A, (XIX + 1)
          and A, E
          jr Z, .next
          ld A, (XIX + 2)
          ld XHL, (XIX + 4)
          push XIX
          push DE
          call T, XHL                 ; A: what the row says beside
          pop DE
          pop XIX
.next:    inc 8, XIX
          jr .look

; Panel and segment, bit, a byte for the routine, 0, the routine.
BUTTONS:  db 0x08, 0x20, 0, 0         ; START/STOP
          dl TOGGLE_SONG
          db 0x05, 0x08, 0, 0         ; SEQUENCER: PLAY
          dl TOGGLE_SONG
          db 0x83, 0x01, 0, 0         ; DEMO
          dl NEXT_SECTION
          db 0x82, 0x80, 0, 0         ; PAGE UP
          dl NEXT_SECTION
          db 0x03, 0x04, 0, 0         ; DSP EFFECT
          dl NEXT_DSP_EFFECT
          db 0x03, 0x08, 0, 0         ; DIGITAL REVERB
          dl NEXT_REVERB
          db 0x02, 0x01, 0, 0         ; PIANO, and the other sound groups with a program for the keys
          dl CHOOSE_SOUND
          db 0x02, 0x02, 24, 0        ; GUITAR
          dl CHOOSE_SOUND
          db 0x02, 0x04, 48, 0        ; STRINGS & VOCAL
          dl CHOOSE_SOUND
          db 0x02, 0x08, 61, 0        ; BRASS
          dl CHOOSE_SOUND
          db 0x02, 0x10, 73, 0        ; FLUTE
          dl CHOOSE_SOUND
          db 0x02, 0x20, 66, 0        ; SAX & REED
          dl CHOOSE_SOUND
          db 0x02, 0x40, 12, 0        ; MALLET & ORCH PERC
          dl CHOOSE_SOUND
          db 0x02, 0x80, 108, 0       ; WORLD PERC
          dl CHOOSE_SOUND
          db 0x01, 0x01, 21, 0        ; ORGAN & ACCORDION
          dl CHOOSE_SOUND
          db 0x01, 0x02, 89, 0        ; ORCHESTRAL PAD
          dl CHOOSE_SOUND
          db 0x01, 0x04, 81, 0        ; SYNTH
          dl CHOOSE_SOUND
          db 0x01, 0x08, 33, 0        ; BASS
          dl CHOOSE_SOUND
          db 0x01, 0x10, 16, 0        ; DIGITAL DRAWBAR
          dl CHOOSE_SOUND
          db 0xFF, 0, 0, 0

; The keys play program A.
CHOOSE_SOUND:
          ld XHL, MIDI_MESSAGE
          ld (XHL), 0xC0
          ld (XHL + 1), KEY_PART
          ld (XHL + 2), A
          ldw (XHL + 3), 0
          ld BC, 5
          ld A, TO_MIDI_RING
          jp INTERCPU_SEND

; --- Effects --------------------------------------------------------------------------------------------------------------

; The next effect goes into slot 0 or 1 as a 2D message of 64 bytes for the sub CPU's DSP ring.
NEXT_DSP_EFFECT:
          inc 1, (DSP_EFFECT)
          cp (DSP_EFFECT), DSP_EFFECT_COUNT
          jr ULT, .send
          ld (DSP_EFFECT), 0
.send:    ld A, (DSP_EFFECT)
          ld XHL, DSP_EFFECTS
          jr SEND_EFFECT
NEXT_REVERB:
          inc 1, (REVERB_EFFECT)
          cp (REVERB_EFFECT), REVERB_EFFECT_COUNT
          jr ULT, .send
          ld (REVERB_EFFECT), 0
.send:    ld A, (REVERB_EFFECT)
          ld XHL, REVERB_EFFECTS

; The A-th of the messages at XHL: 64 bytes each, the header first.
SEND_EFFECT:
          extz WA
          mul XWA, 64
          add XHL, XWA
          ld BC, 64
          ld A, TO_DSP_RING
          calr INTERCPU_SEND
          calr DRAW_EFFECTS
          jp SHOW_LAMPS

; --- Lamps ----------------------------------------------------------------------------------------------------------------

; Row 0: DSP EFFECT and DIGITAL REVERB unless their first choice is on, SEQUENCER: PLAY while the song plays.
SHOW_LAMPS:
          ld W, 0
          cp (DSP_EFFECT), 0
          jr Z, .reverb
          or W, 0x04
.reverb:  cp (REVERB_EFFECT), 0
          jr Z, .song
          or W, 0x08
.song:    cp (SONG_PLAYS), 0
          jr Z, .send
          or W, 0x20
.send:    ld A, 0x00
          jrl PANEL_SEND

; The beat of the bar, 0 to 3, in A: row 0C.
SHOW_BEAT:
          ld W, 1
          and A, 3
          jr Z, .send
.shift:   sll 1, W
          djnz A, .shift
.send:    ld A, 0x0C
          jrl PANEL_SEND
