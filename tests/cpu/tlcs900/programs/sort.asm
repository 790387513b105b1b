; Sorts COUNT unsigned words at DATA with Shell's method, then checks the order itself.
; Out: 0x600D at RESULT if the words ascend, 0x0BAD if not.

DATA    equ 0x10000
COUNT   equ 500
RESULT  equ 0x2000

        org 0xE00000
start:  ld XSP, 0x8000
        ld BC, COUNT / 2            ; the gap, in words
gaps:   cp BC, 0
        jr Z, check
        ld IX, BC                   ; index of the word to be put in its place
next:   cp IX, COUNT
        jr UGE, narrow
        extz XIX
        ld XHL, XIX
        add XHL, XHL
        add XHL, DATA
        ld WA, (XHL)                ; the word
        ld DE, IX
sift:   cp DE, BC
        jr ULT, put
        ld HL, DE
        sub HL, BC
        extz XHL
        add XHL, XHL
        add XHL, DATA
        cp WA, (XHL)
        jr UGE, put
        ld IY, (XHL)
        extz XDE
        ld XIZ, XDE
        add XIZ, XIZ
        add XIZ, DATA
        ld (XIZ), IY
        sub DE, BC
        jr T, sift
put:    extz XDE
        ld XHL, XDE
        add XHL, XHL
        add XHL, DATA
        ld (XHL), WA
        inc 1, IX
        jr T, next
narrow: srl 1, BC
        jr T, gaps

check:  ld XHL, DATA
        ld BC, COUNT - 1
order:  ld WA, (XHL+)
        cp WA, (XHL)
        jr UGT, wrong
        djnz BC, order
        ldw (RESULT), 0x600D
        halt
wrong:  ldw (RESULT), 0x0BAD
        halt
