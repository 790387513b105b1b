; The four 16-bit timers: both comparators of each, at the same number, at each clock, while timer 3 counts 256,000 states.

         include "frame.asm"

; RESULTS+00: 24 words: requests of the lower and the upper comparator of timer 4, 6, 8, A at clocks 1 to 3
; RESULTS+34: word: periods of 2048 states that timer 4 takes for 65,536 counts (TREG5 = 0) of phi T1
; RESULTS+36: 13 registers as they read back

         org 0xFF0000
main:    ld (INTET23), 0         ; timer 3 is looked at
         ld XIY, cases
         ld XIZ, RESULTS
.next:   ld A, (XIY+0)           ; the clock
         cp A, 0
         jr Z, .long_one
         or A, 4                 ; cleared by the upper comparator
         ld (T4MOD), A
         ld (T6MOD), A
         ld (T8MOD), A
         ld (TAMOD), A
         ld A, 8                 ; the upper comparator inverts the flip-flop
         ld (T4FFCR), A
         ld (T6FFCR), A
         ld (T8FFCR), A
         ld (TAFFCR), A
         ld WA, (XIY+2)
         ld (TREG4), WA
         ld (TREG6), WA
         ld (TREG8), WA
         ld (TREGA), WA
         ld (TREG5), WA
         ld (TREG7), WA
         ld (TREG9), WA
         ld (TREGB), WA
         ld A, 0x33
         ld (INTET45), A
         ld (INTET67), A
         ld (INTET89), A
         ld (INTETAB), A
         ld D, 1                 ; timer 4, 6, 8, A by turns
         ld XIX, COUNTS+V_TR4/2
.timer:  push XIX
         calr forget
         ld A, D
         calr window
         pop XIX
         ld WA, (XIX)
         ld (XIZ+), WA
         ld WA, (XIX+2)
         ld (XIZ+), WA
         add XIX, 4
         sll 1, D
         cp D, 0x10
         jr C, .timer
         add XIY, 4
         jr .next

; 65,536 counts.
.long_one:
         calr forget
         ld (INTET45), 0
         ld (T4MOD), 0x05
         ldw (TREG4), 0
         ldw (TREG5), 0
         ld (INTET23), 0x30
         ld (T23MOD), 0x0C
         ld (TREG3), 1
         ld (T16RUN), 0x81
         ld (T8RUN), 8
         ei 0
.long:   bit 3, (INTET45)
         jr Z, .long
         di
         ld (T8RUN), 0
         ld (T16RUN), 0
         ld WA, (COUNTS+V_T3/2)
         ld (RESULTS+0x34), WA

; What reads back. Bit 5 of the modes starts a capture where it is 0.
         ld XIX, RESULTS+0x36
         ld (T4MOD), 0x25
         ld A, (T4MOD)
         ld (XIX+), A
         ld (T6MOD), 0x36
         ld A, (T6MOD)
         ld (XIX+), A
         ld (T8MOD), 0x27
         ld A, (T8MOD)
         ld (XIX+), A
         ld (TAMOD), 0x3D
         ld A, (TAMOD)
         ld (XIX+), A
         ld (T4FFCR), 0x0C
         ld A, (T4FFCR)
         ld (XIX+), A
         ld (T6FFCR), 0x30
         ld A, (T6FFCR)
         ld (XIX+), A
         ld (T8FFCR), 0x14
         ld A, (T8FFCR)
         ld (XIX+), A
         ld (TAFFCR), 0x28
         ld A, (TAFFCR)
         ld (XIX+), A
         ld (INTET45), 0x12
         ld A, (INTET45)
         ld (XIX+), A
         ld (INTET67), 0x34
         ld A, (INTET67)
         ld (XIX+), A
         ld (INTET89), 0x56
         ld A, (INTET89)
         ld (XIX+), A
         ld (INTETAB), 0x71
         ld A, (INTETAB)
         ld (XIX+), A
         ld (T16RUN), 0x85
         ld A, (T16RUN)
         ld (XIX+), A
         ld (T16RUN), 0
         jp finish

forget:  di
         ld (T8RUN), 0
         ld (T16RUN), 0
         ld XIX, COUNTS
         ld XWA, 0
         ld BC, 32
.clear:  ld (XIX+), XWA
         djnz BC, .clear
         ld A, V_TR4/4
.each:   ld (INTCLR), A
         inc 1, A
         cp A, V_TRB/4+1
         jr C, .each
         ld (INTCLR), V_T3/4
         ret

; Let the timers of A run while timer 3 counts 125 x 2048 states.
window:  ld (T23MOD), 0x0C
         ld (TREG3), 125
         or A, 0x80
         ld (T16RUN), A
         ld (T8RUN), 8
         ei 0
.wait:   bit 7, (INTET23)
         jr Z, .wait
         di
         ld (T8RUN), 0
         ld (T16RUN), 0
         ret

; Clock, both comparators: 1600, 1600, 1664 states.
cases:   dw 1, 200
         dw 2, 50
         dw 3, 13
         dw 0
