; What interrupt routines do to the stack: SWI, another register bank, LINK, PUSH SR, RETI, RETD.
; In: a long at ARGUMENT.  Out: twice the long at TWICE (through SWI 3 in bank 3), the sum of 1 to 10 by
; recursion at SUM, 0x600D at RESULT if the stack pointer and SR are what they were.

ARGUMENT equ 0x10000
TWICE    equ 0x10004
SUM      equ 0x10008
RESULT   equ 0x2000

         org 0xE00000
start:   ld XSP, 0x8000
         ld XWA, 0x11111111
         ld XIZ, 0x22222222
         push SR
         swi 3
         pop WA                     ; the SR from before
         push SR
         pop BC
         cp WA, BC
         jr NZ, wrong
         ld WA, 10
         push WA
         calr sum
         ld (SUM), HL
         cp XSP, 0x8000
         jr NZ, wrong
         cp XIZ, 0x22222222
         jr NZ, wrong
         ldw (RESULT), 0x600D
         halt
wrong:   ldw (RESULT), 0x0BAD
         halt

; HL = 1 + ... + the word on the stack, which is taken off
sum:     link XIZ, -2
         ld WA, (XIZ + 8)
         cp WA, 0
         jr Z, none
         ld (XIZ - 2), WA
         dec 1, WA
         push WA
         calr sum
         add HL, (XIZ - 2)
         unlk XIZ
         retd 2
none:    ld HL, 0
         unlk XIZ
         retd 2

; SWI 3: doubles the argument with registers of bank 3, the flags in disorder
service: ldf 3
         ld XWA, (ARGUMENT)
         add XWA, XWA
         ld (TWICE), XWA
         scf
         reti

         org 0xFFFF0C
         dl service
