; Both CPUs and the latches between them: the main CPU's half. latch_sub.asm is the other.

         include "frame.asm"

; RESULTS+000: sum of 256 answers (word), the first and the last of them
; RESULTS+004: PZ while the sub CPU puts out 0, 1, 2, 3 at PD (bits 3 and 2)
; RESULTS+010: 16 bytes that came by requests at an edge; RESULTS+020: how many requests there were
; RESULTS+024: what was read of the latch once more, with nothing new in it
; LOG: stage 2: the requests

OUT      equ 0x140000            ; to the sub CPU
IN       equ 0x140000            ; from the sub CPU
GOT      equ FREE                ; long: where the next byte goes

         org 0xFF0000
main:    ld (INTE0AD), 0
         ld (IIMC), 0
         ld (PZ_CR), 0x03
         ld (PZ), 0
         calr receive            ; the sub CPU is there: it says 55

; 256 questions, each answered with its bits 6, 4, 3, 1 changed.
         ld XHL, 0
         ld D, 0
.ask:    ld (OUT), D
         calr receive
         ld E, A
         extz WA
         add HL, WA
         cp D, 0
         jr NZ, .later
         ld (RESULTS+2), E
.later:  inc 1, D
         cp D, 0
         jr NZ, .ask
         ld (RESULTS+3), E
         ld (RESULTS), HL

; The lines from the sub CPU: it puts out what it is told.
         ld XIX, RESULTS+4
         ld D, 0
.lines:  ld (OUT), D
         push XIX
         calr receive
         pop XIX
         ld A, (PZ)
         and A, 0x0C
         ld (XIX+), A
         inc 1, D
         cp D, 4
         jr C, .lines

; The lines to it: it answers what it sees.
         ld D, 0
.told:   ld (PZ), D
         ld (OUT), D
         calr receive
         inc 1, D
         cp D, 4
         jr C, .told
         ld (PZ), 0

; 32 bytes, each when the sub CPU has turned its line 0 over: it takes them by requests.
         ld D, 0
         ld E, (PZ)
.send:   ld A, D
         mul WA, 7
         ld (OUT), A
.turned: ld A, (PZ)
         xor A, E
         bit 2, A
         jr Z, .turned
         xor E, 4
         inc 1, D
         cp D, 32
         jr C, .send
         calr receive

; 32 bytes that micro-DMA takes there, with time between them.
         ld D, 0
.move:   ld A, D
         mul WA, 11
         ld (OUT), A
         ld BC, 400
.while:  djnz BC, .while
         inc 1, D
         cp D, 32
         jr C, .move
         calr receive

; 16 bytes from there, taken by requests at the edge; line 0 is turned over for each.
         ld XWA, RESULTS+0x10
         ld (GOT), XWA
         ld XWA, take
         ld (ROUTINES+V_INT0), XWA
         ldw (COUNTS+V_INT0/2), 0
         ld (IIMC), 2
         ld (INTCLR), V_INT0/4
         ld (INTE0AD), 0x03
         ld (LOGGING), 1
         ld (STAGE), 2
         ei 0
         ld A, 0
         ld (OUT), A             ; go
.some:   cpw (COUNTS+V_INT0/2), 16
         jr C, .some
         ld BC, 2000
.rest:   djnz BC, .rest
         di
         ld WA, (COUNTS+V_INT0/2)
         ld (RESULTS+0x20), WA
         ld A, (IN)
         ld (RESULTS+0x24), A
         jp finish

take:    ld A, (IN)
         ld XIX, (GOT)
         ld (XIX+), A
         ld (GOT), XIX
         ld A, (PZ)
         xor A, 1
         ld (PZ), A
         ret

; A byte from the sub CPU, and the line is at rest again.
receive: bit 3, (INTE0AD)
         jr Z, receive
         ld A, (IN)
.rest:   bit 3, (INTE0AD)
         jr NZ, .rest
         ret
