; Sorts COUNT unsigned words at DATA: the smallest of the rest is exchanged with the first of it.
; Out: 600D at RESULT.

DATA    equ 0x10000
COUNT   equ 500
RESULT  equ 0x2000

        org 0x400
start:  mov.l #0x8000,sp
        mov.l #DATA,er1             ; the first of the rest
        mov.w #COUNT,r2             ; words of the rest
next:   mov.l er1,er3               ; the smallest so far
        mov.w @er3,r0
        mov.l er1,er4
        mov.w r2,e2
        bra counted
look:   mov.w @er4,r5
        cmp.w r0,r5
        bhs counted
        mov.w r5,r0
        mov.l er4,er3
counted: adds #2,er4
        dec.w #1,e2
        bne look
        mov.w @er1,r5
        mov.w r5,@er3
        mov.w r0,@er1
        adds #2,er1
        dec.w #1,r2
        bne next
        mov.w #0x600D,r0
        mov.w r0,@RESULT
        sleep
