; What firmware does all day, in rounds that are counted at ROUNDS: random words, a sort, a checksum, block and
; string moves, long arithmetic, calls with a frame on the stack, bits, decimal digits, a table of addresses.
; Needs RAM at 10000-1FFFF and at 8000-8FFF; nothing of it is Toshiba's or anybody else's.

ROUNDS  equ 0x8000
SEED    equ 0x8004
SUM     equ 0x8008
DIGITS  equ 0x8010
WORDS   equ 0x10000
COPY    equ 0x11000
TEXT    equ 0x12000
COUNT   equ 64

        org 0xE00000
start:  ld XSP, 0x9000
        ld XWA, 0
        ld (ROUNDS), XWA
        ld (SUM), XWA
        ld (DIGITS), XWA
        ld XWA, 12345
        ld (SEED), XWA
round:  call random
        call sort
        call checksum
        call moves
        call text
        call product
        ld WA, 6
        push WA
        calr recursion
        call bits
        call decimal
        call dispatch
        ld XWA, (ROUNDS)
        inc 1, XWA
        ld (ROUNDS), XWA
        jp round

; COUNT words from a generator with a carry
random: ld XHL, WORDS
        ld B, COUNT
        ld XWA, (SEED)
another: ld XDE, XWA
        sll 13, XWA
        xor XWA, XDE
        ld XDE, XWA
        srl 15, XDE
        srl 2, XDE
        xor XWA, XDE
        ld XDE, XWA
        sll 5, XDE
        xor XWA, XDE
        ld (XHL+), WA
        djnz B, another
        ld (SEED), XWA
        ret

; by insertion
sort:   ld XIX, WORDS + 2
        ld BC, COUNT - 1
insert: ld WA, (XIX)
        ld XHL, XIX
shift:  cp XHL, WORDS
        jr Z, place
        cp WA, (XHL - 2)
        jr UGE, place
        ld DE, (XHL - 2)
        ld (XHL), DE
        dec 2, XHL
        jr T, shift
place:  ld (XHL), WA
        inc 2, XIX
        djnz BC, insert
        ret

; of 128 bytes, as Fletcher has it
checksum: ld XIX, WORDS
        ld BC, COUNT * 2
        ld WA, 0
        ld DE, 0
sums:   ld L, (XIX+)
        extz HL
        add WA, HL
        add DE, WA
        djnz BC, sums
        add (SUM), WA
        adc (SUM + 2), DE
        ret

moves:  ld XHL, WORDS
        ld XDE, COPY
        ld BC, COUNT
        ldirw (XDE+), (XHL+)
        ld XIY, COPY + COUNT * 2 - 1
        ld XIX, COPY + COUNT * 2
        ld BC, COUNT
        lddr (XIX-), (XIY-)
        ret

; digits and letters of the words, with a jump for each kind
text:   ld XIX, COPY
        ld XIY, TEXT
        ld B, 48
letter: ld A, (XIX+)
        and A, 0x7F
        cp A, 'a'
        jr C, other
        cp A, 'z' + 1
        jr NC, other
        res 5, A
        jr T, write
other:  bit 4, A
        jr Z, write
        set 6, A
write:  ld (XIY+), A
        djnz B, letter
        ret

product: ld XIZ, WORDS
        ld B, 16
        ld XHL, 0
term:   ld WA, (XIZ)
        ld DE, (XIZ + 2)
        muls XWA, DE
        add XHL, XWA
        ld XWA, XHL
        or E, 1
        extz DE
        div XWA, DE
        xor WA, QWA
        extz XWA
        sub XHL, XWA
        inc 4, XIZ
        djnz B, term
        ld (SUM + 4), XHL
        ret

recursion: link XIZ, -4
        ld WA, (XIZ + 8)
        cp WA, 0
        jr Z, leave
        ld (XIZ - 2), WA
        dec 1, WA
        push WA
        calr recursion
        ld WA, (XIZ - 2)
        add (SUM), WA
leave:  unlk XIZ
        retd 2

; a bitmap of 64 places
bits:   ld XHL, TEXT
        ld B, 64
        ld C, 0
        ld A, 0
place2: ldcf A, (XHL)
        adc C, 0
        inc 1, A
        bit 3, A
        jr Z, same
        ld A, 0
        inc 1, XHL
same:   djnz B, place2
        chg 2, (TEXT)
        ld (TEXT + 1), C
        ret

; counts in decimal digits, four bytes long
decimal: ld XHL, DIGITS
        ld B, 4
        scf
digit:  ld A, (XHL)
        adc A, 0
        daa A
        ld (XHL), A
        inc 1, XHL
        djnz B, digit
        ret

dispatch: ld XIX, WORDS
        ld B, 16
choose: ld A, (XIX+)
        and A, 3
        extz WA
        extz XWA
        sll 2, XWA
        add XWA, jumps
        ld XDE, (XWA)
        call T, XDE
        djnz B, choose
        ret
jumps:  dl first, second, third, fourth
first:  inc 1, (SUM)
        ret
second: ld WA, (SUM)
        rlc 3, WA
        ld (SUM), WA
        ret
third:  neg C
        scc NZ, E
        add C, E
        ret
fourth: ex A, W
        mirr WA
        minc1 63, WA
        ret
