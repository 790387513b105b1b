; Strings and block moves: length, copy up and down, search, upper case.
; In: a string ended by 0 at TEXT.  Out: its length at RESULT, copies at UP, DOWN and CAPITALS,
; the place of the first 'x' behind TEXT (FFFF: none) at RESULT + 2.

TEXT     equ 0x10000
UP       equ 0x20000
DOWN     equ 0x30000
CAPITALS equ 0x40000
RESULT   equ 0x2000

         org 0xE00000
start:   ld XSP, 0x8000
         ld XHL, TEXT
         xor A, A
         ld BC, 0
         cpir A, (XHL+)             ; XHL stands behind the 0
         ld XIZ, XHL
         sub XIZ, TEXT + 1
         ld (RESULT), IZ

         ld XHL, TEXT               ; with the 0, upwards
         ld XDE, UP
         ld BC, IZ
         inc 1, BC
         ldir (XDE+), (XHL+)

         ld XIY, TEXT               ; downwards, the last byte first
         ld XIX, DOWN
         ld BC, IZ
         inc 1, BC
         extz XBC
         add XIY, XBC
         add XIX, XBC
         dec 1, XIY
         dec 1, XIX
         lddr (XIX-), (XIY-)

         ld XHL, TEXT               ; look for an x
         ld BC, IZ
         ld A, 'x'
         cpir A, (XHL+)
         jr Z, found
         ldw (RESULT + 2), 0xFFFF
         jr T, upper
found:   sub XHL, TEXT + 1
         ld (RESULT + 2), HL

upper:   ld XIX, TEXT
         ld XIY, CAPITALS
letter:  ld A, (XIX+)
         cp A, 'a'
         jr ULT, keep
         cp A, 'z'
         jr UGT, keep
         res 5, A
keep:    ld (XIY+), A
         cp A, 0
         jr NZ, letter
         halt
