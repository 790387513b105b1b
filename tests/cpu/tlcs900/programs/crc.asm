; CRC-32 (polynomial EDB88320, as in zlib) of SIZE bytes at DATA, bit by bit; out: a long at RESULT.

DATA    equ 0x10000
SIZE    equ 1000
RESULT  equ 0x2000

        org 0xE00000
start:  ld XSP, 0x8000
        ld XIX, DATA
        ld BC, SIZE
        ld XWA, 0xFFFFFFFF
each:   xor A, (XIX+)
        ld E, 8
shift:  srl 1, XWA
        jr NC, even
        xor XWA, 0xEDB88320
even:   djnz E, shift
        djnz BC, each
        xor XWA, 0xFFFFFFFF
        ld (RESULT), XWA
        halt
