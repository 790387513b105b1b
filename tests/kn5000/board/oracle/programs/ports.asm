; Ports: what reads back of outputs, the lines of the main board that read the same every time.

         include "frame.asm"

; RESULTS+00: PC with bits 1 and 2 as outputs, written 0, 2, 4, 6 (bit 0 is the check terminal)
; RESULTS+08: PZ with bits 0 and 1 as outputs, written 0, 1, 2, 3
; RESULTS+10: the same without outputs
; RESULTS+14: PA written 01, 1F
; RESULTS+18: PE, PF, P7, PH
; RESULTS+20: PC, PD, PZ behind the reset

         org 0xFF0000
main:    ld A, (PC_)
         ld (RESULTS+0x20), A
         ld A, (PD)
         ld (RESULTS+0x21), A
         ld A, (PZ)
         ld (RESULTS+0x22), A
         ld XIX, RESULTS
         ld (PC_CR), 0x06
         ld B, 0
.c:      ld (PC_), B
         ld A, (PC_)
         ld (XIX+), A
         inc 2, B
         cp B, 8
         jr C, .c
         ld XIX, RESULTS+8
         ld (PZ_CR), 0x03
         ld B, 0
.z:      ld (PZ), B
         ld A, (PZ)
         ld (XIX+), A
         inc 1, B
         cp B, 4
         jr C, .z
         ld XIX, RESULTS+0x10
         ld (PZ_CR), 0
         ld B, 0
.in:     ld (PZ), B
         ld A, (PZ)
         ld (XIX+), A
         inc 1, B
         cp B, 4
         jr C, .in
         ld (PA), 0x01
         ld A, (PA)
         ld (RESULTS+0x14), A
         ld (PA), 0x1F
         ld A, (PA)
         ld (RESULTS+0x15), A
         ld A, (PE)
         ld (RESULTS+0x18), A
         ld A, (PF)
         ld (RESULTS+0x19), A
         ld A, (P7)
         ld (RESULTS+0x1A), A
         ld A, (PH)
         ld (RESULTS+0x1B), A
         jp finish
