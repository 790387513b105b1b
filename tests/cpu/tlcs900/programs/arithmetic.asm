; 32-bit arithmetic from 16-bit instructions: a product of 64 bits, a quotient by long division, a square root.
; In: longs at FIRST and SECOND.  Out: product (8 bytes) at PRODUCT, FIRST / SECOND at QUOTIENT, the rest at
; REMAINDER, the integer square root of FIRST at ROOT.

FIRST     equ 0x10000
SECOND    equ 0x10004
PRODUCT   equ 0x10010
QUOTIENT  equ 0x10018
REMAINDER equ 0x1001C
ROOT      equ 0x10020

          org 0xE00000
start:    ld XSP, 0x8000
          call multiply
          call divide
          call root
          halt

multiply: ld WA, (FIRST)            ; low * low
          mul XWA, (SECOND)
          ld (PRODUCT), XWA
          ld DE, (FIRST + 2)        ; high * high
          mul XDE, (SECOND + 2)
          ld (PRODUCT + 4), XDE
          ld WA, (FIRST)            ; low * high, in the middle
          mul XWA, (SECOND + 2)
          calr middle
          ld WA, (FIRST + 2)
          mul XWA, (SECOND)
middle:   add (PRODUCT + 2), XWA
          ld BC, 0
          adc (PRODUCT + 6), BC
          ret

divide:   ld XWA, (FIRST)           ; one bit a turn
          ld XDE, 0
          ld B, 32
turn:     add XWA, XWA              ; shift the dividend left into the rest
          adc XDE, XDE
          jr C, take                ; 33 bits: larger than any divisor
          cp XDE, (SECOND)
          jr C, less
take:     sub XDE, (SECOND)
          inc 1, XWA
less:     djnz B, turn
          ld (QUOTIENT), XWA
          ld (REMAINDER), XDE
          ret

root:     ld XWA, (FIRST)
          ld XHL, 0                 ; the root so far
          ld XDE, 0x40000000
square:   ld XIX, XHL
          or XIX, XDE
          srl 1, XHL
          cp XWA, XIX
          jr C, small
          sub XWA, XIX
          or XHL, XDE
small:    srl 2, XDE
          cp XDE, 0
          jr NZ, square
          ld (ROOT), XHL
          ret
