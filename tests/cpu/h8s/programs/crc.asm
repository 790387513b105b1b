; CRC-32 (polynomial EDB88320, as in zlib) of SIZE bytes at DATA, bit by bit; out: a long at RESULT.

DATA    equ 0x10000
SIZE    equ 1000
RESULT  equ 0x2000

        org 0x400
start:  mov.l #DATA,er1
        mov.w #SIZE,r2
        mov.l #0xFFFFFFFF,er0
each:   mov.b @er1+,r3l
        xor.b r3l,r0l
        mov.b #8,r3h
shift:  shlr.l er0
        bcc even
        xor.l #0xEDB88320,er0
even:   dec.b r3h
        bne shift
        dec.w #1,r2
        bne each
        not.l er0
        mov.l er0,@RESULT
        sleep
