; MIDI in at serial port 0, and the keys that the sub CPU tells of.
;
; Notes and controllers of the 16 channels go to the first 16 parts, as messages of the sub CPU's ring; the keys play part
; 16, whose sound the buttons of the sound groups choose.

MIDI_IN_WRITE   equ 0x0600      ; bytes
MIDI_IN_READ    equ 0x0601
MIDI_STATUS     equ 0x0602      ; running status
MIDI_COUNT      equ 0x0603      ; data bytes of the message so far
MIDI_DATA       equ 0x0604      ; two bytes
MIDI_MESSAGE    equ 0x0608      ; five bytes
MIDI_IN_BUFFER  equ 0x0680      ; 128 bytes
MIDI_IN_MASK    equ 0x7F
KEY_PART        equ 16

INIT_MIDI:
          ld (SC0MOD), 0x29           ; eight bits, UART, the chip's own rate; receives
          ld (SC0CR), 0
          ld (BR0CR), 0x08            ; 16 MHz / 4 / 8 / 16: 31,250 baud
          ld (INTES0), 0x04           ; INTRX0 on level 4
          ret

; INTRX0.
MIDI_RECEIVED:
          push XWA
          push XHL
          ld A, (SC0BUF)
          ld L, (MIDI_IN_WRITE)
          and L, MIDI_IN_MASK
          extz HL
          extz XHL
          add XHL, MIDI_IN_BUFFER
          ld (XHL), A
          inc 1, (MIDI_IN_WRITE)
          pop XHL
          pop XWA
          reti

MIDI_ROUND:
          ld A, (MIDI_IN_READ)
          cp A, (MIDI_IN_WRITE)
          ret Z
          extz WA
          extz XWA
          and A, MIDI_IN_MASK
          add XWA, MIDI_IN_BUFFER
          ld A, (XWA)
          inc 1, (MIDI_IN_READ)
          calr MIDI_BYTE
          jr MIDI_ROUND

; A byte of the stream: A.
MIDI_BYTE:
          cp A, 0xF8
          ret UGE                     ; real time
          bit 7, A
          jr Z, .data
          ld (MIDI_COUNT), 0
          cp A, 0xF0
          jr ULT, .status
          ld A, 0                     ; system messages end running status; their data are dropped
.status:  ld (MIDI_STATUS), A
          ret
.data:    cp (MIDI_STATUS), 0
          ret Z
          ld XHL, MIDI_DATA
          ld C, (MIDI_COUNT)
          ld B, 0
          extz XBC
          add XHL, XBC
          ld (XHL), A
          inc 1, (MIDI_COUNT)
          ld C, 2                     ; how many make a message
          ld A, (MIDI_STATUS)
          and A, 0xE0
          cp A, 0xC0
          jr NZ, .enough
          ld C, 1
.enough:  cp C, (MIDI_COUNT)
          ret UGT
          ld (MIDI_COUNT), 0
          ld XIX, MIDI_MESSAGE
          ld A, (MIDI_STATUS)
          ld B, A
          and B, 0x0F
          and A, 0xF0
          cp A, 0x80
          jr NZ, .not_off
          ld A, 0x90                  ; note off is a note without velocity
          ld (MIDI_DATA + 1), 0
.not_off: ld (XIX), A
          ld (XIX + 1), B
          ld C, (MIDI_DATA)
          ld (XIX + 2), C
          ld C, (MIDI_DATA + 1)
          ld (XIX + 3), C
          ld BC, 4
          cp A, 0xC0
          jr Z, .program
          cp A, 0xD0
          jr Z, .pressure
          cp A, 0xA0
          ret Z                       ; the ring has no such message
          jr .send
.program: ldw (XIX + 3), 0
          ld BC, 5
          jr .send
.pressure:
          ld C, (MIDI_DATA)           ; the value is the fourth byte
          ld (XIX + 3), C
          ld BC, 4
.send:    ld XHL, XIX
          ld A, TO_MIDI_RING
          jp INTERCPU_SEND

; Handler 2: 90 note velocity, from an interrupt.
KEY_RELAYED:
          cp C, 3
          ret NZ
          ld L, (NOTE_RING)
          and L, 31
          extz HL
          extz XHL
          add XHL, XHL
          add XHL, NOTE_RING + 2
          ld WA, (XIX + 1)
          ld (XHL), WA
          inc 1, (NOTE_RING)
          ret

KEYS_ROUND:
          ld A, (NOTE_RING + 1)
          cp A, (NOTE_RING)
          ret Z
          inc 1, (NOTE_RING + 1)
          and A, 31
          extz WA
          extz XWA
          add XWA, XWA
          add XWA, NOTE_RING + 2
          ld WA, (XWA)
          ld XHL, MIDI_MESSAGE
          ld (XHL), 0x90
          ld (XHL + 1), KEY_PART
          ld (XHL + 2), WA
          ld BC, 4
          ld A, TO_MIDI_RING
          calr INTERCPU_SEND
          jr KEYS_ROUND
