; The four 8-bit timers: how often each asks at each of its clocks while one of the other pair counts 256,000.

         include "frame.asm"

; RESULTS+00: 12 words, requests of timer t at its clock c (1 to 3) at 2 * (3 * t + c - 1)
; RESULTS+18: 4 words: requests of timers 0 and 1, then of 2 and 3, where the odd one counts what the even one matched
; RESULTS+20: word, requests of timer 1 where 0 and 1 are one timer of 16 bits
; RESULTS+22: 1 if timer 0 matched without the prescaler running
; RESULTS+24: 8 registers as they read back
; RESULTS+30: word, requests where TREG0 is 0, phi T1: 256 counts
; RESULTS+40: long, rounds of the waiting loop in the window while nothing asks

         org 0xFF0000
main:    ld XIY, cases
         ld XIZ, RESULTS
.next:   ld A, (XIY+0)           ; T8RUN
         cp A, 0
         jr Z, .cascade
         ld W, (XIY+1)           ; both mode registers
         ld (T01MOD), W
         ld (T23MOD), W
         ld W, (XIY+2)
         ld (TREG0), W
         ld (TREG1), W
         ld (TREG2), W
         ld (TREG3), W
         calr forget
         calr window
         ld W, (XIY+3)           ; the vector / 2
         extz XWA
         ld A, W
         ld XIX, COUNTS
         extz WA
         add IX, WA
         ld WA, (XIX)
         ld (XIZ+), WA
         add XIY, 4
         jr .next

.cascade:
         calr forget
         ld (T01MOD), 0x01       ; timer 0 from phi T1, timer 1 from its matches
         ld (TREG0), 100
         ld (TREG1), 5
         ld A, 0x03
         calr window
         ld WA, (COUNTS+V_T0/2)
         ld (RESULTS+0x18), WA
         ld WA, (COUNTS+V_T1/2)
         ld (RESULTS+0x1A), WA
         calr forget
         ld (T23MOD), 0x02       ; timer 2 from phi T4
         ld (TREG2), 25
         ld (TREG3), 5
         ld A, 0x0C
         calr window
         ld WA, (COUNTS+V_T2/2)
         ld (RESULTS+0x1C), WA
         ld WA, (COUNTS+V_T3/2)
         ld (RESULTS+0x1E), WA
         calr forget
         ld (T01MOD), 0x41       ; 16 bits: 0140h counts of phi T1
         ld (TREG0), 0x40
         ld (TREG1), 0x01
         ld A, 0x03
         calr window
         ld WA, (COUNTS+V_T1/2)
         ld (RESULTS+0x20), WA
         calr forget
         ld (T01MOD), 0x01
         ld (TREG0), 0
         ld A, 0x01
         calr window
         ld WA, (COUNTS+V_T0/2)
         ld (RESULTS+0x30), WA

; Nothing counts while bit 7 of T16RUN is 0.
         ld (INTET01), 0
         ld (T01MOD), 0x01
         ld (TREG0), 20
         ld (T16RUN), 0
         ld (T8RUN), 1
         ld BC, 5000
.wait:   djnz BC, .wait
         ldcf 3, (INTET01)
         ld A, 0
         jr NC, .quiet
         ld A, 1
.quiet:  ld (RESULTS+0x22), A
         ld (T8RUN), 0

; What reads back.
         ld XIX, RESULTS+0x24
         ld (T8RUN), 0x0A
         ld A, (T8RUN)
         ld (XIX+), A
         ld (T8RUN), 0
         ld (T01MOD), 0xE5
         ld A, (T01MOD)
         ld (XIX+), A
         ld (T23MOD), 0x1B
         ld A, (T23MOD)
         ld (XIX+), A
         ld (T02FFCR), 0x22
         ld A, (T02FFCR)
         ld (XIX+), A
         ld (TRDC), 0x03
         ld A, (TRDC)
         ld (XIX+), A
         ld (INTET01), 0x65
         ld A, (INTET01)
         ld (XIX+), A
         ld (T16RUN), 0x8A
         ld A, (T16RUN)
         ld (XIX+), A
         ld (T16RUN), 0
         ld A, (T16RUN)
         ld (XIX+), A

; The waiting loop on its own.
         calr forget
         ld A, 0
         calr window
         ld (RESULTS+0x40), XHL
         jp finish

; No counts, no requests, no timers.
forget:  di
         ld (T8RUN), 0
         ld XIX, COUNTS
         ld XWA, 0
         ld BC, 32
.clear:  ld (XIX+), XWA
         djnz BC, .clear
         ld (INTCLR), V_T0/4
         ld (INTCLR), V_T1/4
         ld (INTCLR), V_T2/4
         ld (INTCLR), V_T3/4
         ld A, (XIY+0)
         ret

; Let the timers of A run while one of the other pair counts 125 x 2048 states; XHL = rounds of the loop.
window:  ld XHL, 0
         cp A, 4
         jr NC, .upper
         ld (INTET01), 0x33
         ld (INTET23), 0
         ld (T23MOD), 0x0C       ; timer 3, phi T256
         ld (TREG3), 125
         or A, 8
         ld (T8RUN), A
         ld (T16RUN), 0x80
         ei 0
.wait:   inc 1, XHL
         bit 7, (INTET23)
         jr Z, .wait
         jr .over
.upper:  ld (INTET01), 0
         ld (INTET23), 0x33
         ld (T01MOD), 0x0C       ; timer 1, phi T256
         ld (TREG1), 125
         or A, 2
         ld (T8RUN), A
         ld (T16RUN), 0x80
         ei 0
.wait_upper:
         inc 1, XHL
         bit 7, (INTET01)
         jr Z, .wait_upper
.over:   di
         ld (T8RUN), 0
         ld (T16RUN), 0
         ret

; T8RUN, T01MOD and T23MOD, TREG, vector / 2. 1600, 1600, 1664 states for one request; phi T256: 2048.
cases:   db 0x01, 0x01, 200, V_T0/2
         db 0x01, 0x02, 50, V_T0/2
         db 0x01, 0x03, 13, V_T0/2
         db 0x02, 0x04, 200, V_T1/2
         db 0x02, 0x08, 13, V_T1/2
         db 0x02, 0x0C, 1, V_T1/2
         db 0x04, 0x01, 200, V_T2/2
         db 0x04, 0x02, 50, V_T2/2
         db 0x04, 0x03, 13, V_T2/2
         db 0x08, 0x04, 200, V_T3/2
         db 0x08, 0x08, 13, V_T3/2
         db 0x08, 0x0C, 1, V_T3/2
         db 0
