; What firmware does all day, in rounds that are counted at ROUNDS: random words, a sort, a checksum, block and
; string moves, long arithmetic, calls with a frame on the stack, bits, decimal digits, a table of addresses.
; The same jobs as mixed.asm, for the H8S.  Needs RAM at 10000-1FFFF and at 8000-8FFF; nothing of it is anybody's.

ROUNDS  equ 0x8000
SEED    equ 0x8004
SUM     equ 0x8008
DIGITS  equ 0x8010
WORDS   equ 0x10000
COPY    equ 0x11000
TEXT    equ 0x12000
COUNT   equ 64

        org 0x400
start:  mov.l #0x9000,sp
        sub.l er0,er0
        mov.l er0,@ROUNDS
        mov.l er0,@SUM
        mov.l er0,@(SUM + 4)
        mov.l er0,@DIGITS
        mov.l #12345,er0
        mov.l er0,@SEED
round:  jsr @random
        jsr @sort
        jsr @checksum
        jsr @moves
        jsr @text
        jsr @product
        mov.w #6,r0
        push.w r0
        bsr recursion
        adds #2,sp
        jsr @bits
        jsr @decimal
        jsr @dispatch
        mov.l @ROUNDS,er0
        inc.l #1,er0
        mov.l er0,@ROUNDS
        jmp @round

; COUNT words from a generator of shifts and differences
random: mov.l #WORDS,er3
        mov.b #COUNT,r2l
        mov.l @SEED,er0
another: mov.l er0,er1          ; x ^= x % 65536 << 13
        mov.w r1,e1
        sub.w r1,r1
        shlr.l #2,er1
        shlr.l er1
        xor.l er1,er0
        mov.w e0,r1             ; x ^= x >> 17
        extu.l er1
        shlr.l er1
        xor.l er1,er0
        mov.l er0,er1           ; x ^= x << 5
        shll.l #2,er1
        shll.l #2,er1
        shll.l er1
        xor.l er1,er0
        mov.w r0,@er3
        adds #2,er3
        dec.b r2l
        bne another
        mov.l er0,@SEED
        rts

; by insertion
sort:   mov.l #WORDS + 2,er4
        mov.w #COUNT - 1,r2
insert: mov.w @er4,r0
        mov.l er4,er3
shift:  cmp.l #WORDS,er3
        beq place
        mov.w @(-2,er3),r1
        cmp.w r1,r0
        bhs place
        mov.w r1,@er3
        subs #2,er3
        bra shift
place:  mov.w r0,@er3
        adds #2,er4
        dec.w #1,r2
        bne insert
        rts

; of 128 bytes, as Fletcher has it
checksum: mov.l #WORDS,er4
        mov.w #COUNT * 2,r2
        sub.w r0,r0
        sub.w r1,r1
        sub.w r3,r3
sums:   mov.b @er4+,r3l
        add.w r3,r0
        add.w r0,r1
        dec.w #1,r2
        bne sums
        mov.l @SUM,er3
        mov.w r1,e0
        add.l er0,er3
        mov.l er3,@SUM
        rts

moves:  mov.l #WORDS,er5
        mov.l #COPY,er6
        mov.b #COUNT * 2,r4l
        eepmov.b
        mov.l #COPY + COUNT * 2,er5
        mov.w #COUNT,r2
back:   mov.w @(-2,er5),r0
        mov.w r0,@er5
        subs #2,er5
        dec.w #1,r2
        bne back
        rts

; digits and letters of the words, with a jump for each kind
text:   mov.l #COPY,er4
        mov.l #TEXT,er5
        mov.b #48,r2l
letter: mov.b @er4+,r0l
        and.b #0x7f,r0l
        cmp.b #'a',r0l
        blo other
        cmp.b #'z' + 1,r0l
        bhs other
        bclr #5,r0l
        bra write
other:  btst #4,r0l
        beq write
        bset #6,r0l
write:  mov.b r0l,@er5
        adds #1,er5
        dec.b r2l
        bne letter
        rts

product: mov.l #WORDS,er4
        mov.b #16,r2l
        sub.l er3,er3
term:   mov.w @er4+,r0
        mov.w @er4+,r1
        mov.w r0,r5
        mulxs.w r1,er5
        add.l er5,er3
        mov.l er3,er5
        bset #0,r1l
        extu.w r1
        mov.w e5,r6
        extu.l er6
        divxu.w r1,er6
        mov.w r6,r5
        extu.l er5
        sub.l er5,er3
        dec.b r2l
        bne term
        mov.l er3,@SUM + 4
        rts

recursion: push.l er6
        mov.l sp,er6
        mov.w @(8,er6),r0
        beq leave
        push.w r0
        dec.w #1,r0
        push.w r0
        bsr recursion
        adds #2,sp
        pop.w r0
        mov.w @SUM,r1
        add.w r0,r1
        mov.w r1,@SUM
leave:  pop.l er6
        rts

; a bitmap of 64 places
bits:   mov.l #TEXT,er3
        mov.b #8,r2l
        sub.b r2h,r2h
row:    mov.b @er3+,r0l
        mov.b #8,r2h
        sub.b r1l,r1l
column: bld #7,r0l
        addx #0,r1l
        shll.b r0l
        dec.b r2h
        bne column
        add.b r1l,r1h
        dec.b r2l
        bne row
        mov.l #TEXT,er3
        bnot #2,@er3
        bset #3,@er3
        mov.b r1h,@(1,er3)
        rts

; counts in decimal digits, four bytes long
decimal: mov.l #DIGITS,er3
        mov.b #4,r2l
        orc #1,ccr
digit:  mov.b @er3,r0l
        addx #0,r0l
        daa r0l
        mov.b r0l,@er3
        stc ccr,r1l
        adds #1,er3
        dec.b r2l
        beq done
        ldc r1l,ccr
        bra digit
done:   rts

dispatch: mov.l #WORDS,er4
        mov.b #16,r2l
choose: mov.b @er4+,r0l
        and.l #3,er0
        shll.l #2,er0
        mov.l @(jumps:32,er0),er3
        jsr @er3
        dec.b r2l
        bne choose
        rts
        align 2
jumps:  dl first, second, third, fourth
first:  mov.w @SUM,r1
        inc.w #1,r1
        mov.w r1,@SUM
        rts
second: mov.l @SUM,er1
        rotl.l #2,er1
        rotl.l er1
        mov.l er1,@SUM
        rts
third:  neg.b r5l
        rotxr.w r5
        and.w #0x7fff,r5
        rts
fourth: stm.l (er0-er3),@-sp
        exts.w r5
        exts.l er5
        not.l er5
        ldm.l @sp+,(er0-er3)
        rts
