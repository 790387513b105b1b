; The keys: read from the tone generator's port, given a velocity, told to the main CPU as `90 note velocity` by handler 2
; (listing, ToneGen_Process_Notes at 0x03D01E; luthier.kn5000.voices.keyboard).  The sub CPU plays nothing of its own.

KEY_MESSAGE     equ 0x4A42
TONE_GENERATOR_MODE equ 0x4A48  ; touch, 0 to 9
RELAY_ENABLED   equ 0x4A4A
KEYS_DOWN       equ 0x4A4C      ; FF for each MIDI note whose key is down
LOWEST_NOTE     equ 36
LAST_MODE       equ 9
RELAY_TO_MAIN   equ 2
TOUCH_PIVOT     equ 77
NO_VELOCITY     equ 0xFF

INIT_KEYS:
          ld (TONE_GENERATOR_MODE), 6
          ld (RELAY_ENABLED), 0
          ld XIX, KEYS_DOWN
          ld B, 128
.turn:    ld (XIX+), 0
          djnz B, .turn
          ret

; Handler 5: 00 01 relays the keys, 01 m sets the touch.
AUDIO_CMDHANDLER_A0_BF:
          ld A, (XIX + 1)
          cp (XIX), 0
          jr NZ, .mode
          cp A, 1
          ret NZ
          ld (RELAY_ENABLED), A
          ret
.mode:    cp (XIX), 1
          ret NZ
          cp A, LAST_MODE
          ret UGT
          ld (TONE_GENERATOR_MODE), A
          ret

TONEGEN_PROCESS_NOTES:
          set 7, (PORT_6)             ; A23 is high for the status, low for the key (memory-map page)
          ld DE, (KEYBED_STATUS)
          bit 0, E
          ret Z
          res 7, (PORT_6)
          ld WA, (KEYBED_DATA)
          ld C, A
          and C, 0x7F
          add C, LOWEST_NOTE          ; the note
          ld XIX, KEYS_DOWN
          ld B, 0
          extz XBC
          add XIX, XBC
          bit 7, A
          jr NZ, .down
          cp (XIX), 0xFF
          ret NZ                      ; it was told already
          ld (XIX), 0
          ld W, 0
          jr .tell
.down:    cp W, NO_VELOCITY
          ret Z
          bit 1, E
          ret NZ
          ld (XIX), 0xFF
          calr TOUCH
.tell:    ld (KEY_MESSAGE), 0x90
          ld (KEY_MESSAGE + 1), C
          ld (KEY_MESSAGE + 2), W
          cp (RELAY_ENABLED), 1
          jr NZ, TONEGEN_PROCESS_NOTES
          ld XHL, KEY_MESSAGE
          ld BC, 3
          ld A, RELAY_TO_MAIN
          calr INTERCPU_SEND
          jr TONEGEN_PROCESS_NOTES

; The MIDI velocity of touch W, small for hard, on note C.  Out: W.  Keeps XBC.
TOUCH:    ld A, W
          extz WA
          extz XWA
          add XWA, HARDNESS_TABLE
          ld A, (XWA)
          extz WA
          sub WA, TOUCH_PIVOT
          ld E, (TONE_GENERATOR_MODE)
          extz DE
          mul XDE, 3
          add XDE, TOUCHES
          ld XHL, XDE
          ld E, (XHL)                 ; gain
          extz DE
          muls XWA, DE
          divs XWA, 128
          ld E, (XHL + 1)             ; base
          extz DE
          add WA, DE
          push WA
          ld A, C
          extz WA
          div WA, 12
          ld A, W                     ; which of the twelve
          ld DE, 0x054A               ; a bit for each black one
          ldcf A, DE
          ld DE, 0
          jr NC, .white
          ld E, (XHL + 2)
.white:   pop WA
          sub WA, DE
          jr PL, .high
          ld WA, 0
.high:    cp WA, 255
          jr LE, .curve
          ld WA, 255
.curve:   extz XWA
          add XWA, SOFTNESS_TABLE
          ld W, (XWA)
          ret

; Gain, base and what black keys have less for each mode (listing of the data, 0x01F420).
TOUCHES:  db 0x00, 0xD0, 0x00
          db 0x10, 0xC7, 0x03
          db 0x20, 0xBD, 0x06
          db 0x30, 0xB4, 0x08
          db 0x40, 0xAB, 0x0B
          db 0x50, 0xA1, 0x0E
          db 0x60, 0x98, 0x10
          db 0x70, 0x8F, 0x13
          db 0x80, 0x86, 0x16
          db 0x90, 0x82, 0x18
