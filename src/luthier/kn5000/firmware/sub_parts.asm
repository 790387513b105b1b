; The messages of the MIDI ring and what the 26 parts keep of them.
;
; Messages are `status channel data..` (facts 2.7; luthier.kn5000.transport.midi_messages).  A part's record has 287
; bytes at 041368 (facts, C17); fields up to 17h are where the instrument has them, those from 40h on are ours.
; What controllers do: luthier.kn5000.parts.  Not here, though the engine has them: sostenuto, soft pedal, mono,
; portamento from a key (84), times and brightness (72 to 78), scales, master tuning, settings of single drums.

MIDI_COUNT_AT_START equ 0x27E7  ; the ring's count as the main loop last met it
PARTS           equ 0x041368
PART_SIZE       equ 287
PART_COUNT      equ 26
DRUM_PART       equ 9           ; General MIDI's channel 10

PART_FLAGS      equ 0x0A        ; bit 0: the sustain pedal is down
PART_VOLUME     equ 0x0C        ; (the instrument keeps the word of a table in its ROM here and at +10)
PART_PAN        equ 0x0E
PART_REVERB     equ 0x0F        ; controller 5B
PART_EXPRESSION equ 0x10
PART_CHORUS     equ 0x12        ; controller 5D
PART_BEND_RANGE equ 0x13        ; controller 80: semitones
PART_FINE       equ 0x14        ; controller 81: word, 1/256 semitone
PART_COARSE     equ 0x16        ; controller 82: signed, semitones
PART_PROGRAM    equ 0x40
PART_DRUMS      equ 0x41        ; not 0: the program is a kit
PART_MODULATION equ 0x42
PART_PRESSURE   equ 0x43
PART_BEND       equ 0x44        ; word, 0 to 3FFF
PART_RPN        equ 0x46        ; word: the parameter chosen, 7F7F none
; What words are made of, kept up to date:
PART_ATTENUATION equ 0x48       ; long: steps of register 03 by volume and expression, with 16 bits behind the point
PART_PITCH      equ 0x4C        ; word, signed: bend and tuning, 1/256 semitone
PART_SWING      equ 0x4E        ; word: vibrato by wheel and pressure, units of register 07 with 8 bits behind the point
PART_TONE       equ 0x50        ; long: its tone or kit
PART_GLIDES     equ 0x54        ; not 0: new keys glide from the last one (controller 65)
PART_GLIDE_TIME equ 0x55        ; controller 5
PART_LAST_KEY   equ 0x56        ; FF none
PART_GLIDE      equ 0x58        ; the glide of the last key, see sub_voices.asm

; Which words of sounding voices a change touches.
FOLLOW_LEVEL    equ 0
FOLLOW_PAN      equ 1
FOLLOW_SENDS    equ 2
FOLLOW_PITCH    equ 3
FOLLOW_VIBRATO  equ 4

; --- One message --------------------------------------------------------------------------------------------------------

MIDI_DISPATCH:
          ld XHL, MIDI_RING
          ld DE, MIDI_MASK
          ld WA, (XHL + 4)
          ld (MIDI_COUNT_AT_START), WA
          cp WA, 0
          ret Z
          ld BC, WA
          calr RINGBUF_READBYTE
          cp A, 0x80
          jp ULT, RINGBUF_SKIPTOEND
          ld L, A                     ; the row of its kind
          srl 4, L
          and L, 7
          extz HL
          sll 3, HL
          extz XHL
          add XHL, MIDI_KINDS
          ld IZ, (XHL)                ; length
          cp IZ, 0
          jr Z, .skip
          cp BC, IZ
          jr ULT, .skip               ; not whole
          ld IX, (XHL + 2)            ; where it is put
          extz XIX
          push XIX
          ld XBC, (XHL + 4)
          push XBC
          ld XHL, MIDI_RING
          ld (XIX+), A
          dec 1, IZ
.byte:    calr RINGBUF_READBYTE
          ld (XIX+), A
          djnz IZ, .byte
          pop XHL
          pop XIX
          jp T, XHL                   ; with XIX at the message
.skip:    ld XHL, MIDI_RING
          jp RINGBUF_SKIPTOEND

; By bits 6 to 4 of the status: length, buffer, handler.
MIDI_KINDS:
          dw 6, 0x2AE8
          dl NOTHING_TO_DO            ; 80: parameters of a voice, whose meaning is not known
          dw 4, 0x2AF4
          dl MIDI_STATUS_NOTEON       ; 90
          dw 0, 0
          dl NOTHING_TO_DO            ; A0: no message
          dw 4, 0x2AF8
          dl MIDI_STATUS_CTRLCHANGE   ; B0
          dw 5, 0x2AFC
          dl MIDI_STATUS_PROGCHANGE   ; C0
          dw 4, 0x2B01
          dl MIDI_STATUS_CHANPRESSURE ; D0
          dw 4, 0x2B05
          dl MIDI_STATUS_PITCHBEND    ; E0
          dw 4, 0x2B09
          dl NOTHING_TO_DO            ; F0: system

NOTHING_TO_DO:
          ret

; The part of the message at XIX.  Out: XIY its record; carry: there is no such part.  Uses XWA.
FIND_PART:
          ld A, (XIX + 1)
          cp A, PART_COUNT
          jr UGE, NO_PART
; The part A, below 26.
PART_AT:  extz WA
          mul XWA, PART_SIZE
          ld XIY, PARTS
          add XIY, XWA
          rcf
          ret
NO_PART:  scf
          ret

MIDI_STATUS_NOTEON:
          calr FIND_PART
          ret C
          ld D, (XIX + 1)             ; part
          ld E, (XIX + 2)             ; key
          ld C, (XIX + 3)             ; velocity
          and E, 0x7F                 ; tables have 128 places
          and C, 0x7F
          cp C, 0
          jp Z, VOICE_NOTEOFF
          jp VOICE_NOTEON

MIDI_STATUS_PROGCHANGE:
          calr FIND_PART
          ret C
          ld A, (XIX + 2)
          and A, 0x7F
          ld (XIY + PART_PROGRAM), A
; Finds the tone or kit of the part XIY.  Uses XWA and XHL.
CHOOSE_TONE:
          ld A, (XIY + PART_PROGRAM)
          extz WA
          extz XWA
          add XWA, XWA
          ld XHL, TONE_INDEX
          bit 0, (XIY + PART_DRUMS)
          jr Z, .look
          ld XHL, KIT_INDEX
.look:    add XHL, XWA
          ld WA, (XHL)
          extz XWA
          add XWA, TONE_BASE
          ld (XIY + PART_TONE), XWA
          ret

MIDI_STATUS_CHANPRESSURE:
          calr FIND_PART
          ret C
          ld A, (XIX + 3)
          and A, 0x7F
          ld (XIY + PART_PRESSURE), A
          jrl SWING

MIDI_STATUS_PITCHBEND:
          calr FIND_PART
          ret C
          ld A, (XIX + 3)
          and A, 0x7F
          extz WA
          sll 7, WA
          ld C, (XIX + 2)
          and C, 0x7F
          extz BC
          or WA, BC
          ld (XIY + PART_BEND), WA
; Bend and tuning of the part XIY in 1/256 semitones.
TUNE:     ld WA, (XIY + PART_BEND)
          sub WA, 0x2000
          ld C, (XIY + PART_BEND_RANGE)
          extz BC
          muls XWA, BC
          ld DE, WA
          and DE, 0x1F
          add XWA, 16
          sra 5, XWA                  ; 2000h times the range is the range times 256
          cp DE, 16
          jr NZ, .rounded
          and WA, 0xFFFE              ; between two units the even one is taken
.rounded: add WA, (XIY + PART_FINE)
          bit 0, (XIY + PART_DRUMS)
          jr NZ, .drums               ; coarse tuning would choose other drums
          ld C, (XIY + PART_COARSE)
          exts BC
          sll 8, BC
          add WA, BC
.drums:   ld (XIY + PART_PITCH), WA
          ld B, 1 << FOLLOW_PITCH
          jp VOICES_FOLLOW

; --- Controllers ----------------------------------------------------------------------------------------------------------

MIDI_STATUS_CTRLCHANGE:
          calr FIND_PART
          ret C
          ld A, (XIX + 3)             ; value
          ld XHL, CONTROLLERS
          ld C, (XIX + 2)
          bit 7, C                    ; the machine's own take eight bits
          jr NZ, .look
          and A, 0x7F
.look:    cp C, (XHL)
          jr Z, .found
          inc 6, XHL
          cp (XHL), 0xFF
          jr NZ, .look
          ret                         ; one that is not known, or not heard
.found:   ld XHL, (XHL + 2)
          jp T, XHL                   ; A value, XIY part, XIX message

CONTROLLERS:
          db 0x01, 0
          dl VOICE_CC_MODWHEEL
          db 0x05, 0
          dl VOICE_CC_GLIDE_TIME
          db 0x06, 0
          dl VOICE_CC_DATA
          db 0x07, 0
          dl VOICE_CC_VOLUME
          db 0x0A, 0
          dl VOICE_CC_PAN
          db 0x0B, 0
          dl VOICE_CC_EXPRESSION
          db 0x40, 0
          dl VOICE_CC_SUSTAIN
          db 0x41, 0
          dl VOICE_CC_GLIDE
          db 0x5B, 0
          dl VOICE_CC_REVERB
          db 0x5D, 0
          dl VOICE_CC_CHORUS
          db 0x64, 0
          dl VOICE_CC_RPN_FINE
          db 0x65, 0
          dl VOICE_CC_RPN
          db 0x62, 0
          dl VOICE_CC_NRPN
          db 0x63, 0
          dl VOICE_CC_NRPN
          db 0x78, 0
          dl VOICE_CC_SILENCE
          db 0x79, 0
          dl VOICE_CC_RESET
          db 0x7B, 0
          dl VOICE_CC_ALL_OFF
          db 0x80, 0
          dl VOICE_CC_BEND_RANGE
          db 0x81, 0
          dl VOICE_CC_FINE
          db 0x82, 0
          dl VOICE_CC_COARSE
          db 0xFF, 0

VOICE_CC_MODWHEEL:
          ld (XIY + PART_MODULATION), A
; Vibrato by wheel and pressure, together 127 at most.
SWING:    ld A, (XIY + PART_MODULATION)
          add A, (XIY + PART_PRESSURE)
          cp A, 127
          jr ULE, .table
          ld A, 127
.table:   extz WA
          extz XWA
          add XWA, XWA
          add XWA, SWING_TABLE
          ld WA, (XWA)
          ld (XIY + PART_SWING), WA
          ld B, 1 << FOLLOW_VIBRATO
          jp VOICES_FOLLOW

VOICE_CC_VOLUME:
          ld (XIY + PART_VOLUME), A
          jr LEVEL
VOICE_CC_EXPRESSION:
          ld (XIY + PART_EXPRESSION), A
; Volume and expression as steps of attenuation.
LEVEL:    ld A, (XIY + PART_VOLUME)
          calr .steps
          ld XBC, XWA
          ld A, (XIY + PART_EXPRESSION)
          calr .steps
          add XWA, XBC
          ld (XIY + PART_ATTENUATION), XWA
          ld B, 1 << FOLLOW_LEVEL
          jp VOICES_FOLLOW
.steps:   extz WA
          extz XWA
          sll 2, XWA
          add XWA, VOLUME_TABLE
          ld XWA, (XWA)
          ret

VOICE_CC_PAN:
          ld (XIY + PART_PAN), A
          ld B, 1 << FOLLOW_PAN
          jp VOICES_FOLLOW

VOICE_CC_REVERB:
          ld (XIY + PART_REVERB), A
          jr SENDS
VOICE_CC_CHORUS:
          ld (XIY + PART_CHORUS), A
SENDS:    ld B, 1 << FOLLOW_SENDS
          jp VOICES_FOLLOW

VOICE_CC_SUSTAIN:
          cp A, 64
          jr UGE, .down
          res 0, (XIY + PART_FLAGS)
          jp VOICES_PEDAL_UP
.down:    set 0, (XIY + PART_FLAGS)
          ret

VOICE_CC_GLIDE_TIME:
          ld (XIY + PART_GLIDE_TIME), A
          ret
VOICE_CC_GLIDE:
          and A, 0x40
          ld (XIY + PART_GLIDES), A
          ret

VOICE_CC_RPN_FINE:
          ld (XIY + PART_RPN), A
          ret
VOICE_CC_RPN:
          ld (XIY + PART_RPN + 1), A
          ret
VOICE_CC_NRPN:
          ldw (XIY + PART_RPN), 0x7F7F
          ret
; Data entry: of all parameters only 0000, the bend range, is kept.
VOICE_CC_DATA:
          cpw (XIY + PART_RPN), 0
          ret NZ
VOICE_CC_BEND_RANGE:
          ld (XIY + PART_BEND_RANGE), A
          jrl TUNE

VOICE_CC_FINE:
          extz WA
          sub WA, 0x80
          add WA, WA
          ld (XIY + PART_FINE), WA
          jrl TUNE

VOICE_CC_COARSE:
          sub A, 0x40
          ld (XIY + PART_COARSE), A
          jrl TUNE

VOICE_CC_SILENCE:
          jp VOICES_SILENCE
VOICE_CC_ALL_OFF:
          jp VOICES_ALL_OFF

; As RP-015 lists: wheel, pressure, pedal, expression, bend, the parameter chosen.
VOICE_CC_RESET:
          ld (XIY + PART_MODULATION), 0
          ld (XIY + PART_PRESSURE), 0
          ld (XIY + PART_GLIDES), 0
          ld (XIY + PART_EXPRESSION), 127
          ldw (XIY + PART_BEND), 0x2000
          ldw (XIY + PART_RPN), 0x7F7F
          push XIX
          calr SWING
          calr LEVEL
          calr TUNE
          pop XIX
          ld A, 0
          jrl VOICE_CC_SUSTAIN

; All parts as General MIDI has them at the start.  Before INIT_VOICES, while no voice plays: nothing is followed.
INIT_PARTS:
          ld XIX, PARTS
          ld XBC, PART_COUNT * PART_SIZE + VOICE_COUNT * VOICE_SIZE
          ld A, 0
.clear:   ld (XIX+), A
          dec 1, XBC
          cp XBC, 0
          jr NZ, .clear
          ld XIY, PARTS
          ld D, 0
.part:    ld (XIY + PART_VOLUME), 100
          ld (XIY + PART_EXPRESSION), 127
          ld (XIY + PART_PAN), 64
          ld (XIY + PART_REVERB), 40
          ld (XIY + PART_BEND_RANGE), 2
          ldw (XIY + PART_BEND), 0x2000
          ldw (XIY + PART_RPN), 0x7F7F
          ld (XIY + PART_LAST_KEY), 0xFF
          cp D, DRUM_PART
          jr NZ, .tone
          ld (XIY + PART_DRUMS), 1
.tone:    calr CHOOSE_TONE
          push DE
          calr LEVEL
          pop DE
          add XIY, PART_SIZE
          inc 1, D
          cp D, PART_COUNT
          jr ULT, .part
          ret
