; The two rings between interrupts and main loop (listing, 0x034D5F and 0x035893; facts 2.3): +0 where to write, +2
; where to read, +4 how many bytes wait, +6 the bytes.  Pointers run on, only their low bits choose a place; nothing asks
; whether there is room.

MIDI_RING       equ 0x2B0D
MIDI_MASK       equ 0x0FFF
DSP_RING        equ 0x3B60
DSP_MASK        equ 0x07FF
DSP_STREAM_TOTAL equ 0x4488     ; how long the message under way is
DSP_STREAM_COUNT equ 0x448A     ; how much of it has come
DSP_STREAM_STATE equ 0x448C     ; in how many packets; 0: none is under way

CLEAR_RINGS:
          ld XWA, 0
          ld (MIDI_RING), XWA
          ld (MIDI_RING + 4), WA
          ld (DSP_RING), XWA
          ld (DSP_RING + 4), WA
          ld (DSP_STREAM_TOTAL), XWA
          ld (DSP_STREAM_STATE), WA
          ret

; Handler 0.  All handlers: C bytes at XIX.
AUDIO_CMDHANDLER_00_1F:
          ld XHL, MIDI_RING
          ld DE, MIDI_MASK
          jr RING_WRITE

; Handler 3: the main loop waits until a message is whole.  A packet of 32 bytes at rest begins a message, whose bytes
; 5 and 6 tell how long it is; any other is one by itself (listing, 0x035893).
AUDIO_CMDHANDLER_60_7F:
          ld B, 0
          ld WA, BC                   ; its length
          cpw (DSP_STREAM_STATE), 0
          jr NZ, .goes_on
          cp C, 32
          jr NZ, .whole
          ld A, (XIX + 5)
          extz WA
          sll 7, WA
          ld DE, WA
          ld A, (XIX + 6)
          extz WA
          add WA, DE
          inc 8, WA
          ld (DSP_STREAM_TOTAL), WA
          addw (DSP_STREAM_COUNT), 32
          ldw (DSP_STREAM_STATE), 1
          jr .store
.goes_on: add WA, (DSP_STREAM_COUNT)
          cp WA, (DSP_STREAM_TOTAL)
          jr UGE, .whole
          ld (DSP_STREAM_COUNT), WA
          incw 1, (DSP_STREAM_STATE)
          jr .store
.whole:   ldw (DSP_STREAM_COUNT), 0
          ldw (DSP_STREAM_STATE), 0
.store:   ld XHL, DSP_RING
          ld DE, DSP_MASK

; Writes C bytes from XIX on into the ring XHL with the mask DE.
RING_WRITE:
          ld WA, (XHL)
.next:    ld IY, WA
          and IY, DE
          extz XIY
          add XIY, XHL
          ld B, (XIX+)
          ld (XIY + 6), B
          inc 1, WA
          incw 1, (XHL + 4)
          djnz C, .next
          ld (XHL), WA
          ret

; Takes a byte out of the ring XHL with the mask DE.  Out: WA, FFFF if none waits.  Uses XIY.
RINGBUF_READBYTE:
          cpw (XHL + 4), 0
          jr NZ, .take
          ld WA, 0xFFFF
          ret
.take:    ld WA, (XHL + 2)
          ld IY, WA
          and IY, DE
          extz XIY
          add XIY, XHL
          inc 1, WA
          ld (XHL + 2), WA
          decw 1, (XHL + 4)
          ld A, (XIY + 6)
          extz WA
          ret

; Empties the ring XHL, as where a message makes no sense (listing: all of it goes, not only the message).
RINGBUF_SKIPTOEND:
          ei 6                        ; no packet may come between
          ld WA, (XHL)
          ld (XHL + 2), WA
          ldw (XHL + 4), 0
          ei 0
          ret
