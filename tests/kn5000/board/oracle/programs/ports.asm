; Ports: what reads back of outputs, and the lines of the main board that read the same every time.

         include "frame.asm"

; RESULTS+00: PC (bits 2-0) with bits 1 and 2 as outputs, written 0, 2, 4, 6; bit 0 is the check terminal
; RESULTS+08: PZ (bits 7-4, 1-0) with bits 0 and 1 as outputs, written 0, 1, 2, 3; bits 7-4 are a switch
; RESULTS+10: PA written 01, 1F
; RESULTS+18: PE (bits 5 and 0), PF (bit 6), P7 (bit 5), PH
; RESULTS+20: PC (bit 0), PZ (bits 7-4) behind the reset

         org 0xFF0000
main:    ld A, (PC_)
         and A, 0x01
         ld (RESULTS+0x20), A
         ld A, (PZ)
         and A, 0xF0
         ld (RESULTS+0x21), A
         ld XIX, RESULTS
         ld (PC_CR), 0x06
         ld B, 0
.c:      ld (PC_), B
         ld A, (PC_)
         and A, 0x07
         ld (XIX+), A
         inc 2, B
         cp B, 8
         jr C, .c
         ld XIX, RESULTS+8
         ld (PZ_CR), 0x03
         ld B, 0
.z:      ld (PZ), B
         ld A, (PZ)
         and A, 0xF3
         ld (XIX+), A
         inc 1, B
         cp B, 4
         jr C, .z
         ld (PA), 0x01
         ld A, (PA)
         ld (RESULTS+0x10), A
         ld (PA), 0x1F
         ld A, (PA)
         ld (RESULTS+0x11), A
         ld A, (PE)
         and A, 0x21
         ld (RESULTS+0x18), A
         ld A, (PF)
         and A, 0x40
         ld (RESULTS+0x19), A
         ld A, (P7)
         and A, 0x20
         ld (RESULTS+0x1A), A
         ld A, (PH)
         ld (RESULTS+0x1B), A
         jp finish
