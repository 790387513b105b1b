; The sub CPU tells how often it was started: a byte in RAM outlives the reset.

         include "frame.asm"

STARTS   equ 0xD000

         org 0xFF0000
main:    inc 1, (STARTS)
         ld A, (STARTS)
         ld (0x120000), A
         jp finish
