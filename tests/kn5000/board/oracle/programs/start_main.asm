; The main CPU holds the sub CPU's reset with PA.0 and lets it go, three times.

         include "frame.asm"

; RESULTS+00: what the sub CPU says after each start: how often it was started
; RESULTS+04: 1 if it said nothing while its reset was held

         org 0xFF0000
main:    ld (INTE0AD), 0
         ld (IIMC), 0
         ld (PA), 0
         ld A, (0x140000)        ; whatever is there
         ld XIX, RESULTS
         ld D, 3
         ld (RESULTS+4), 1
.again:  ld BC, 20000
.held:   djnz BC, .held
         bit 3, (INTE0AD)
         jr Z, .quiet
         ld (RESULTS+4), 0
.quiet:  ld (PA), 1
.wait:   bit 3, (INTE0AD)
         jr Z, .wait
         ld (PA), 0
         ld A, (0x140000)
         ld (XIX+), A
.rest:   bit 3, (INTE0AD)
         jr NZ, .rest
         djnz D, .again
         jp finish
