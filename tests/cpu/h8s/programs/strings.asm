; A string at DATA, zero at its end: its length and the place of the first 'x' (FFFF: none) at RESULT, a copy at
; 20000 by EEPMOV.W, the same with capitals at 30000, the same backwards at 40000.

DATA    equ 0x10000
RESULT  equ 0x2000

        org 0x400
start:  mov.l #0x8000,sp
        mov.l #DATA,er0
        jsr @length
        mov.w r1,@RESULT
        mov.l #DATA,er0
        mov.b #'x',r2l
        jsr @find
        mov.w r1,@(RESULT + 2)
        mov.l #DATA,er5
        mov.l #0x20000,er6
        mov.w @RESULT,r4
        inc.w #1,r4                 ; with the zero
copy:   eepmov.w
        mov.w r4,r4
        bne copy
        mov.l #DATA,er0
        mov.l #0x30000,er3
        jsr @capitals
        mov.l #DATA,er0
        mov.l #0x40000,er3
        mov.w @RESULT,r1
        jsr @backwards
        sleep

length: sub.w r1,r1
again:  mov.b @er0+,r3l
        beq ended
        inc.w #1,r1
        bra again
ended:  rts

find:   sub.w r1,r1
look:   mov.b @er0+,r3l
        beq none
        cmp.b r2l,r3l
        beq found
        inc.w #1,r1
        bra look
none:   mov.w #0xFFFF,r1
found:  rts

capitals: mov.b @er0+,r1l
        beq last
        cmp.b #'a',r1l
        blo keep
        cmp.b #'z',r1l
        bhi keep
        bclr #5,r1l
keep:   mov.b r1l,@er3
        adds #1,er3
        bra capitals
last:   rts

backwards: extu.l er1
        add.l er1,er3
turn:   mov.w r1,r1
        beq turned
        mov.b @er0+,r2l
        mov.b r2l,@-er3
        dec.w #1,r1
        bra turn
turned: rts
