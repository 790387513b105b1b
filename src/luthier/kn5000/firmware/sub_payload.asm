; The program of the sub CPU: what the main CPU sends into its RAM at every start.
;
;   000400-0004FF  trampolines of the interrupts, the first of them the entry, and the flag that starts the program:
;                  the last block of the boot
;   00F000-        this program
;   050000-        the tone tables, made by the build (luthier.kn5000.firmware.tone_tables)
;
; The main loop keeps the documented order: keys, one message of the MIDI ring, the messages of the DSP ring, the rest
; (audio-subsystem page, "Main Loop").  What comes through the latch is put into the two rings by interrupts.
;
; Interrupt levels: INT0 1, timer 1 3, serial port 1 4, INTTC0 5.  Every interrupt keeps all registers; outside of them
; routines say what they keep.
;
; Sources: audio-subsystem and memory-map page; facts 2.1, 2.3, 2.4, 2.6, 2.10; listing of sub program 1.42 as it is
; cited in luthier.kn5000.  What a word of the tone generator means, how a key becomes words and what parts keep is as
; in luthier.kn5000.voices and luthier.kn5000.parts, whose laws are modelled where they say so.

          include "registers.inc"
          include "tone_tables.inc"

; --- Places ---------------------------------------------------------------------------------------------------

PAYLOAD_ENTRY   equ 0x000400
SUBCPU_STATUS_FLAGS equ 0x04FE
STATUS_FLAGS    equ SUBCPU_STATUS_FLAGS
MEMTEST_RESULT  equ 0x0556      ; what the boot ROM found
BOOT_CHECKSUM   equ 0x0570
BAD_ADDRESS     equ 0x0574
PAYLOAD_STACK   equ 0x000A00

LATCH           equ 0x120000
HANDSHAKE       equ PORT_D
SENDING         equ 0           ; SSTAT0, out
READY           equ 1           ; SSTAT1, out
OTHER_SENDS     equ 2           ; MSTAT0, in
OTHER_READY     equ 4           ; MSTAT1, in

DMA_TARGET_ADDR equ 0x10E4
CMD_PROCESSING_STATE equ 0x10EA
LAST_CMD_BYTE   equ 0x10EC
REQUEST_ARRIVED equ 0x10EE      ; E2_ARRIVED_FLAG
CMD_DATA_BUFFER equ 0x10F0
OWN_E1_HEADER   equ 0x1110
CMD_E1_BUFFER   equ 0x1116
CMD_E2_BUFFER   equ 0x111C
REQUEST_PENDING equ 0x1126      ; E2_PENDING_FLAGS
OWN_E2          equ 0x1130

TONE_GENERATOR_LATCH equ 0x100000
TONE_GENERATOR_DATA equ 0x100002
KEYBED_DATA     equ 0x110000
KEYBED_STATUS   equ 0x110002
DSP_WINDOW      equ 0x130000

; Variables of our own; the instrument's program has nothing here that is known.
VARIABLES       equ 0x046000
VARIABLES_SIZE  equ 0x0200
TICKS           equ 0x046000    ; word: ticks of timer 1, 2.048 ms each, since the start
LAST_TICK       equ 0x046002    ; word: the tick the main loop saw last
STROKES         equ 0x046004    ; long: keys struck so far, which tells the oldest voice
POLLED_BANK     equ 0x046008    ; byte: which 16 voices are looked at next
POLL_COUNT      equ 0x046009    ; byte: ticks until then
TRANSFER_ABORT_COUNT equ 0x04600A
TRANSFER_STUCK_COUNT equ 0x04600C
TRANSFER_LAST_COUNT equ 0x04600E
; from 0x046020 on: of sub_voices.asm, sub_keys.asm, sub_computer.asm and sub_effects.asm

          org 0x00F000
          dl START                    ; for people who look for the beginning
          org 0x00F46C
CMD_DISPATCH_TABLE:
          dl AUDIO_CMDHANDLER_00_1F   ; 0: MIDI ring
          dl NO_COMMAND               ; 1
          dl NO_COMMAND               ; 2: drained, which DMA has done
          dl AUDIO_CMDHANDLER_60_7F   ; 3: DSP ring
          dl SERIAL1_DATATRANSMIT     ; 4: to the computer
          dl AUDIO_CMDHANDLER_A0_BF   ; 5: tone generator control
          dl NO_COMMAND               ; 6
          dl NO_COMMAND               ; 7
NO_COMMAND:
          ret

          org 0x00F500
          include "receiver.asm"
          include "sender.asm"
          include "tone_port.asm"
          include "sub_rings.asm"
          include "sub_parts.asm"
          include "sub_voices.asm"
          include "sub_words.asm"
          include "sub_keys.asm"
          include "sub_computer.asm"
          include "dsp_port.asm"
          include "sub_effects.asm"

; --- Start --------------------------------------------------------------------------------------------------------

START:
          ei 6                        ; DMA still has the last byte of the block that started us
          ld XSP, PAYLOAD_STACK
          ld XBC, 1000
.last:    ldc WA, DMAC0
          cp WA, 0
          jr Z, .begin
          dec 1, BC
          jr NZ, .last
.begin:   di
          res READY, (HANDSHAKE)
          set SENDING, (HANDSHAKE)
          ld (DMAV0), 0
          ld (INTCLR), 0x0A
          ld (INTCLR), 0x25
          calr AUDIO_SYSTEM_INIT
          ei 0
          set READY, (HANDSHAKE)
          calr REPORT_SELF_TEST

AUDIO_MAIN_LOOP:
          calr TONEGEN_PROCESS_NOTES
          calr MIDI_DISPATCH
          calr AUDIO_PROCESS_DSP
          calr AUDIO_PROCESS_FINAL
          jr AUDIO_MAIN_LOOP

AUDIO_SYSTEM_INIT:
          ld XIX, VARIABLES
          ld BC, VARIABLES_SIZE / 4
          ld XWA, 0
.clear:   ld (XIX+), XWA
          djnz BC, .clear
          calr INIT_RECEIVER          ; InterCPU_Latch_Setup
          calr CLEAR_RINGS
          calr INIT_TICK
          calr INIT_COMPUTER_PORT
          calr INIT_KEYS
          calr INIT_PARTS
          calr INIT_VOICES
          calr TONEGEN_CONFIG_INIT
          ei 6                        ; delays of the effects need timer 1
          ei 2
          calr INIT_EFFECTS
          ret

; Timer 1: 20 counts of 2,048 clocks, 2.048 ms (listing, RESET at 0x01F924).
INIT_TICK:
          ld (T01MOD), 0x0C           ; timer 1 counts the clock through 2,048
          ld (TREG1), 20
          ld (INTET01), 0x30          ; INTT1 on level 3
          set 7, (T16RUN)
          set 1, (T8RUN)
          ret

; INTT1.
TICK_HANDLER:
          push XWA
          incw 1, (TICKS)
          calr COMPUTER_TICK
          pop XWA
          reti

; Tells the main CPU what the boot ROM found, by handler 5: "T", MEMTEST_RESULT, the sum of the ROM, the first bad word
; of RAM.  A message of our own: towards the main CPU only handlers 2 to 4 are known to be used.
REPORT_SELF_TEST:
          ld XIX, REPORT
          ld (XIX), 'T'
          ld A, (MEMTEST_RESULT)
          ld (XIX + 1), A
          ld XWA, (BOOT_CHECKSUM)
          ld (XIX + 2), XWA
          ld XWA, (BAD_ADDRESS)
          ld (XIX + 6), XWA
          ld XHL, XIX
          ld BC, 10
          ld A, 5
          jp INTERCPU_SEND
REPORT    equ VARIABLES + 0x1F0

; --- The rest of a round --------------------------------------------------------------------------------------------

STUCK_LIMIT equ 10                    ; rounds (listing, 0x021001)

AUDIO_PROCESS_FINAL:
          calr ANSWER_REQUEST
          calr GIVE_UP_STUCK_TRANSFER
          calr SEND_FROM_COMPUTER
          ld WA, (TICKS)
          cp WA, (LAST_TICK)
          ret Z
          ld (LAST_TICK), WA
          calr MOVE_VOICES
          jp VOICE_MANAGER_POLLBANK

; An E2 is answered with an E1 (listing, 0x020FBC).
ANSWER_REQUEST:
          bit 7, (REQUEST_PENDING)
          ret Z
          res 7, (REQUEST_PENDING)
          ld XHL, (CMD_E2_BUFFER)
          ld XDE, (CMD_E2_BUFFER + 4)
          ld BC, (CMD_E2_BUFFER + 8)
          jp INTERCPU_SEND_BLOCK

; A transfer that stands still for more than ten ticks is given up, or the main CPU could never send again.
; The instrument's program counts rounds of its main loop; ours are shorter than a byte.
GIVE_UP_STUCK_TRANSFER:
          bit READY, (HANDSHAKE)
          jr NZ, .moves
          ldc WA, DMAC0
          cp WA, (TRANSFER_LAST_COUNT)
          ld (TRANSFER_LAST_COUNT), WA
          jr NZ, .moves
          ld WA, (TICKS)
          sub WA, (TRANSFER_STUCK_COUNT)
          cp WA, STUCK_LIMIT
          ret ULE
          ei 6
          ld (DMAV0), 0
          ld (CMD_PROCESSING_STATE), STATE_IDLE
          incw 1, (TRANSFER_ABORT_COUNT)
          set READY, (HANDSHAKE)
          ei 0
.moves:   ld WA, (TICKS)
          ld (TRANSFER_STUCK_COUNT), WA
          ret

; --- Trampolines ------------------------------------------------------------------------------------------------------

; Five bytes for each vector from FFFF00 on; the filling between them is RETI.
          org PAYLOAD_ENTRY
          jp START
          org PAYLOAD_ENTRY + 5 * 10
          jp INTERCPU_RX_HANDLER      ; INT0
          org PAYLOAD_ENTRY + 5 * 21
          jp TICK_HANDLER             ; INTT1
          org PAYLOAD_ENTRY + 5 * 34
          jp COMPUTER_RECEIVED        ; INTRX1
          org PAYLOAD_ENTRY + 5 * 35
          jp COMPUTER_SENT            ; INTTX1
          org PAYLOAD_ENTRY + 5 * 37
          jp CMD_DISPATCH_HANDLER     ; INTTC0
          org SUBCPU_STATUS_FLAGS
          db 0x40, 0                  ; the payload is there: the boot ROM calls it
