; 32-bit arithmetic from 16-bit instructions: a product of 64 bits, a quotient by long division, a square root, and
; a decimal sum.  In: longs at FIRST and SECOND, eight decimal digits each at ONE and OTHER.  Out: product (8 bytes)
; at PRODUCT, FIRST / SECOND at QUOTIENT, the rest at REMAINDER, the integer square root of FIRST at ROOT, the sum
; of the digits at TOTAL, its carry (a byte) behind it.

FIRST     equ 0x10000
SECOND    equ 0x10004
ONE       equ 0x10008
OTHER     equ 0x1000C
PRODUCT   equ 0x10010
QUOTIENT  equ 0x10018
REMAINDER equ 0x1001C
ROOT      equ 0x10020
TOTAL     equ 0x10024

          org 0x400
start:    mov.l #0x8000,sp
          bsr multiply
          bsr divide:16
          bsr root:16
          bsr decimal:16
          sleep

multiply: mov.w @FIRST + 2,r0       ; low * low
          mov.w @SECOND + 2,r1
          mulxu.w r1,er0
          mov.l er0,@PRODUCT + 4
          mov.w @FIRST,r0           ; high * high
          mov.w @SECOND,r1
          mulxu.w r1,er0
          mov.l er0,@PRODUCT
          mov.w @FIRST + 2,r0       ; low * high, in the middle
          mulxu.w r1,er0
          bsr middle
          mov.w @FIRST,r0
          mov.w @SECOND + 2,r1
          mulxu.w r1,er0
middle:   mov.l @PRODUCT + 2,er2
          add.l er0,er2
          mov.l er2,@PRODUCT + 2
          bcc no_carry
          mov.w @PRODUCT,r2
          inc.w #1,r2
          mov.w r2,@PRODUCT
no_carry: rts

divide:   mov.l @FIRST,er0          ; one bit a turn
          mov.l @SECOND,er1
          sub.l er2,er2
          mov.b #32,r3l
turn:     shll.l er0                ; the dividend moves left into the rest
          rotxl.l er2
          bcs take                  ; 33 bits: larger than any divisor
          cmp.l er1,er2
          bcs less
take:     sub.l er1,er2
          inc.l #1,er0
less:     dec.b r3l
          bne turn
          mov.l er0,@QUOTIENT
          mov.l er2,@REMAINDER
          rts

root:     mov.l @FIRST,er0
          sub.l er1,er1             ; the root so far
          mov.l #0x40000000,er2
square:   mov.l er1,er3
          or.l er2,er3
          shlr.l er1
          cmp.l er3,er0
          bcs small
          sub.l er3,er0
          or.l er2,er1
small:    shlr.l #2,er2
          bne square
          mov.l er1,@ROOT
          rts

decimal:  mov.l #ONE + 4,er0
          mov.l #OTHER + 4,er1
          mov.l #TOTAL + 4,er2
          mov.b #4,r3l
          andc #0xFE,ccr
          stc ccr,r3h               ; the carry between two bytes
digits:   subs #1,er0
          subs #1,er1
          mov.b @er0,r4l
          mov.b @er1,r4h
          ldc r3h,ccr
          addx r4h,r4l
          daa r4l
          stc ccr,r3h
          mov.b r4l,@-er2
          dec.b r3l
          bne digits
          and.b #1,r3h
          mov.b r3h,@TOTAL + 4
          rts
