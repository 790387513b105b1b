; The effects: messages of the DSP ring, the five slots, and what the effect chips are told.
;
; A 2D message puts 56 bytes into a slot (facts 2.5; luthier.kn5000.transport.dsp_loop).  If its effect is another one,
; the slot is muted, disconnected, gets program and numbers, then its parameters, is linked, and gets its volume; if only
; parameters differ, only these are sent (luthier.kn5000.slots.plan, of which this is the part for one slot).
;
; What is sent are scripts and parameters of our own streams (luthier.kn5000.slots.own_source): every parameter goes in a
; straight line to a cell of its own.  The build makes the scripts (luthier.kn5000.firmware.effect_scripts).

DSP_COMMAND_HEADER equ 0x4368
DSP_COMMAND_DATA equ 0x4370
EFFECT_IMAGE    equ 0x448E
EFFECT_SLOTS    equ 0x4496
SLOT_SIZE       equ 56
SLOT_COUNT      equ 5
APPLIED_SLOTS   equ 0x45CA + 8  ; the same as they were last applied
IMAGE_SIZE      equ 290

SLOT_EFFECT     equ 0           ; words of a slot
SLOT_PARAMETERS equ 4
SLOT_VOLUME     equ 38          ; which of the parameters is the volume
SLOT_PARAMETER_COUNT equ 44
SLOT_LINKED     equ 54

COMMAND_EFFECTS equ 0x2D
FIRST_SLOT_SELECTOR equ 0x0A
PRESET_SELECTOR equ 0x09
FULL            equ 0xFF
MUTED_UNITS     equ 20          ; of half a tick
MOST_PARAMETERS equ 17
FIRST_CELL      equ 0x20
SECOND_UNIT     equ 0x80        ; cells of slot 1 lie behind those of slot 0

; The scripts of a slot.
SCRIPT_MUTE     equ 0
SCRIPT_DISCONNECT equ 1
SCRIPT_PROGRAM  equ 2
SCRIPT_NUMBERS  equ 3
SCRIPT_LINK     equ 4
SCRIPTS_OF_A_SLOT equ 5

; What a script consists of: pairs of bytes, with data behind some of them.
SCRIPT_END      equ 0
SCRIPT_COMMAND_1 equ 1          ; a command for DSP 1
SCRIPT_DATA_1   equ 2           ; how many data, which follow
SCRIPT_COMMAND_2 equ 3
SCRIPT_DATA_2   equ 4
SCRIPT_IDLE     equ 5           ; 0: DSP 2's bus comes to rest
SCRIPT_RESET    equ 6           ; a mask of port H
SCRIPT_RELEASE  equ 7
SCRIPT_DELAY    equ 8           ; units

SLOT_NUMBER     equ VARIABLES + 0x72
PARAMETER       equ VARIABLES + 0x73

INIT_EFFECTS:
          ld XHL, START_IMAGE
          ld XDE, EFFECT_IMAGE
          ld BC, IMAGE_SIZE
          ldir
          calr REMEMBER_SLOTS
          calr DSP_INIT_CHANNELS
          ld XHL, START_SCRIPT
          jp PLAY_SCRIPT

REMEMBER_SLOTS:
          ld XHL, EFFECT_SLOTS
          ld XDE, APPLIED_SLOTS
          ld BC, SLOT_COUNT * SLOT_SIZE
          ldir
          ret

; --- Messages ---------------------------------------------------------------------------------------------------------------

AUDIO_PROCESS_DSP:
          cpw (DSP_STREAM_STATE), 0
          ret NZ                      ; one is under way
          ld XHL, DSP_RING
          ld DE, DSP_MASK
          calr RINGBUF_READBYTE
          cp WA, 0xFFFF
          ret Z
          ld XIX, DSP_COMMAND_HEADER
          ld (XIX+), A
          ld B, 7
.header:  calr RINGBUF_READBYTE
          ld (XIX+), A
          djnz B, .header
          cp (DSP_COMMAND_HEADER), COMMAND_EFFECTS
          jr NZ, .skip
          cp (DSP_COMMAND_HEADER + 1), 0
          jr NZ, .skip
          ld A, (DSP_COMMAND_HEADER + 2)
          cp A, PRESET_SELECTOR
          jr Z, .preset
          sub A, FIRST_SLOT_SELECTOR
          cp A, SLOT_COUNT
          jr UGE, .skip
          ld (SLOT_NUMBER), A
          cp (DSP_COMMAND_HEADER + 6), SLOT_SIZE
          jr NZ, .skip
          cpw (DSP_RING + 4), SLOT_SIZE
          jr ULT, .skip
          extz WA
          mul XWA, SLOT_SIZE
          ld XIX, EFFECT_SLOTS
          add XIX, XWA
          ld BC, SLOT_SIZE
          calr .read
          calr APPLY_SLOT
          jr AUDIO_PROCESS_DSP
; All slots at once: header of the image, slots, two bytes that nothing reads.
.preset:  cpw (DSP_RING + 4), IMAGE_SIZE
          jr ULT, .skip
          ld XIX, EFFECT_IMAGE
          ld BC, IMAGE_SIZE
          calr .read
          ld (SLOT_NUMBER), SLOT_COUNT - 1
.slot:    calr APPLY_SLOT
          sub (SLOT_NUMBER), 1
          jr NC, .slot
          jrl AUDIO_PROCESS_DSP
.read:    calr RINGBUF_READBYTE
          ld (XIX+), A
          djnz BC, .read
          ret
.skip:    ld XHL, DSP_RING
          jp RINGBUF_SKIPTOEND

; --- One slot ---------------------------------------------------------------------------------------------------------------

; Brings the chips to what is in the slot SLOT_NUMBER.
APPLY_SLOT:
          calr FIND_SLOT              ; XIX new, XIY applied
          ld WA, (XIX + SLOT_EFFECT)
          cp WA, (XIY + SLOT_EFFECT)
          jr NZ, .anew
          cp (DSP_COMMAND_HEADER + 7), FULL
          jr Z, .anew
          ld (PARAMETER), 0
.compare: calr PARAMETER_PLACE
          ld WA, (XHL)
          sub XHL, XIX
          add XHL, XIY
          cp WA, (XHL)
          jr Z, .same
          calr SEND_PARAMETER
.same:    calr NEXT_PARAMETER
          jr C, .compare
          jr .done
.anew:    ld A, SCRIPT_MUTE
          calr PLAY_SLOT
          ld A, MUTED_UNITS
          calr DELAY_UNITS
          ld A, SCRIPT_DISCONNECT
          calr PLAY_SLOT
          ld A, SCRIPT_PROGRAM
          calr PLAY_SLOT
          ld A, SCRIPT_NUMBERS
          calr PLAY_SLOT
          ld (PARAMETER), 0
.send:    ld A, (PARAMETER)
          extz WA
          cp WA, (XIX + SLOT_VOLUME)
          jr Z, .not_yet
          calr SEND_PARAMETER
.not_yet: calr NEXT_PARAMETER
          jr C, .send
          calr SETTLE
          cpw (XIX + SLOT_LINKED), 0
          jr Z, .volume_anew
          ld A, SCRIPT_LINK
          calr PLAY_SLOT
.volume_anew:
          ld WA, (XIX + SLOT_VOLUME)
          cp WA, (XIX + SLOT_PARAMETER_COUNT)
          jr UGE, .done
          ld (PARAMETER), A
          calr SEND_PARAMETER
          jr .done
.done:    calr FIND_SLOT
          ld XHL, XIX
          ld XDE, XIY
          ld BC, SLOT_SIZE
          ldir
          ret

; XIX the slot SLOT_NUMBER, XIY as it was applied.
FIND_SLOT:
          ld A, (SLOT_NUMBER)
          extz WA
          mul XWA, SLOT_SIZE
          ld XIX, EFFECT_SLOTS
          add XIX, XWA
          ld XIY, APPLIED_SLOTS
          add XIY, XWA
          ret

; XHL: where the slot XIX has PARAMETER.
PARAMETER_PLACE:
          ld A, (PARAMETER)
          extz WA
          extz XWA
          add XWA, XWA
          add XWA, SLOT_PARAMETERS
          ld XHL, XIX
          add XHL, XWA
          ret

; Carry: there is one more.
NEXT_PARAMETER:
          inc 1, (PARAMETER)
          ld A, (PARAMETER)
          cp A, MOST_PARAMETERS
          ret NC
          extz WA
          cp WA, (XIX + SLOT_PARAMETER_COUNT)
          ret

; PARAMETER of the slot XIX, 0 to 99, goes to its cell: 7FFFFF * x / 99.
SEND_PARAMETER:
          calr PARAMETER_PLACE
          ld BC, (XHL)
          cpw (XIX + SLOT_LINKED), 0
          jr NZ, .linked
          ld A, (PARAMETER)
          extz WA
          cp WA, (XIX + SLOT_VOLUME)
          jr NZ, .linked
          ld BC, 0                    ; a slot that is not linked has no volume
.linked:  ld WA, BC
          mul XWA, 40
          div XWA, 99
          extz XWA
          ld XDE, XWA                 ; 7FFFFF is 99 times 84733, and 40
          ld WA, BC
          mul XWA, 84733 - 65536
          add XDE, XWA
          extz XBC
          sll 16, XBC
          add XDE, XBC
          ld A, (PARAMETER)
          add A, FIRST_CELL
          cp (SLOT_NUMBER), 2
          jr UGE, .dsp2
          cp (SLOT_NUMBER), 0
          jr Z, .first
          add A, SECOND_UNIT
.first:   ld L, A                     ; the number of the cell
          ld A, 0x01
          calr DSP_SEND_COMMAND
          ld A, 0x01
          calr DSP_SEND_DATA
          ld A, 0x60
          calr DSP_SEND_DATA
          ld A, 0x08                  ; an instruction that loads the pointer
          calr DSP_SEND_DATA
          ld A, 0x01
          calr DSP_SEND_DATA
          ld A, L
          srl 4, A
          calr DSP_SEND_DATA
          ld A, L
          sll 4, A
          add A, 0x08
          calr DSP_SEND_DATA
          ld A, 0x21
          calr DSP_SEND_DATA
          ld A, 0x0A                  ; and one with the coefficient, 24 bits
          calr DSP_SEND_DATA
          ld XWA, XDE
          srl 16, XWA
          srl 1, XWA
          and A, 0x7F
          calr DSP_SEND_DATA
          ld XWA, XDE
          srl 9, XWA
          calr DSP_SEND_DATA
          ld XWA, XDE
          srl 1, XWA
          calr DSP_SEND_DATA
          ld A, E
          sll 7, A
          add A, 0x26
          calr DSP_SEND_DATA
          ld A, 0x03
          jp DSP_SEND_COMMAND
.dsp2:    ld L, A
          ld A, 0x30
          calr DSP2_SEND_COMMAND
          ld A, 0
          calr DSP2_SEND_DATA
          ld A, L
          calr DSP2_SEND_DATA
          ld XWA, XDE
          srl 16, XWA
          calr DSP2_SEND_DATA
          ld A, D
          calr DSP2_SEND_DATA
          jp DSP2_SPI_BUSIDLE

; --- Scripts ----------------------------------------------------------------------------------------------------------------

; Script A (SCRIPT_MUTE to SCRIPT_LINK) of the slot SLOT_NUMBER.  Keeps XIX and XIY.
PLAY_SLOT:
          extz WA
          ld BC, WA
          ld A, (SLOT_NUMBER)
          extz WA
          mul WA, SCRIPTS_OF_A_SLOT
          add WA, BC
          extz XWA
          add XWA, XWA
          add XWA, SLOT_SCRIPTS
          ld WA, (XWA)
          extz XWA
          ld XHL, TONE_BASE
          add XHL, XWA

; The script at XHL.  Keeps XIX and XIY.
PLAY_SCRIPT:
          ld C, (XHL+)
          cp C, SCRIPT_END
          ret Z
          ld A, (XHL+)
          cp C, SCRIPT_COMMAND_1
          jr Z, .command_1
          cp C, SCRIPT_DATA_1
          jr Z, .data_1
          cp C, SCRIPT_COMMAND_2
          jr Z, .command_2
          cp C, SCRIPT_DATA_2
          jr Z, .data_2
          cp C, SCRIPT_IDLE
          jr Z, .idle
          cp C, SCRIPT_RESET
          jr Z, .reset
          cp C, SCRIPT_RELEASE
          jr Z, .release
          calr DELAY_UNITS
          jr PLAY_SCRIPT
.command_1:
          calr DSP_SEND_COMMAND
          jr PLAY_SCRIPT
.command_2:
          calr DSP2_SEND_COMMAND
          jr PLAY_SCRIPT
.data_1:  ld B, A
.next_1:  ld A, (XHL+)
          calr DSP_SEND_DATA
          djnz B, .next_1
          jr PLAY_SCRIPT
.data_2:  ld B, A
.next_2:  ld A, (XHL+)
          calr DSP2_SEND_DATA
          djnz B, .next_2
          jr PLAY_SCRIPT
.idle:    calr DSP2_SPI_BUSIDLE
          jr PLAY_SCRIPT
.reset:   cpl A                       ; a mask of port H
          ld B, (PORT_H)
          and B, A
          ld (PORT_H), B
          jr PLAY_SCRIPT
.release: ld B, (PORT_H)
          or B, A
          ld (PORT_H), B
          jr PLAY_SCRIPT

; The time that the new effect of the slot needs.
SETTLE:   ld A, (SLOT_NUMBER)
          extz WA
          extz XWA
          add XWA, SETTLING_TIMES
          ld A, (XWA)
; A units of half a tick.  Notes go on meanwhile.  Keeps XHL, XIX and XIY.
DELAY_UNITS:
          extz WA
          inc 1, WA
          srl 1, WA
          add WA, (TICKS)
.wait:    push XHL
          push XIX
          push XIY
          push WA
          calr MIDI_DISPATCH
          pop WA
          pop XIY
          pop XIX
          pop XHL
          cp WA, (TICKS)
          jr NZ, .wait
          ret
