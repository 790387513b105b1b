; Both CPUs and the latches between them: the sub CPU's half.

         include "frame.asm"

; RESULTS+000: PD while the main CPU puts out 0, 1, 2, 3 at PZ (bits 4 and 2)
; RESULTS+010: 32 bytes that came by requests at an edge; RESULTS+030: how many requests there were
; RESULTS+040: 32 bytes that came by micro-DMA; RESULTS+060: requests of INT0, of INTTC0 meanwhile; DMAC
; LOG: stage 1: the requests at the edge (the first 32); stage 2: the end of micro-DMA

OUT      equ 0x120000
IN       equ 0x120000
GOT      equ FREE                ; long

         org 0xFF0000
main:    ld (INTE0AD), 0
         ld (IIMC), 0
         ld (PD), 0
         ld (PD_CR), 0x03
         ld A, 0x55
         ld (OUT), A

; 256 answers.
         ld BC, 256
.answer: calr receive
         xor A, 0x5A
         ld (OUT), A
         djnz BC, .answer

; What the main CPU says is put out.
         ld B, 4
.lines:  calr receive
         ld (PD), A
         ld (OUT), A
         djnz B, .lines
         ld (PD), 0

; What it puts out is noted.
         ld XIZ, RESULTS
         ld B, 4
.told:   calr receive
         ld A, (PD)
         and A, 0x14
         ld (XIZ+), A
         cp B, 1
         jr Z, .last             ; the last answer comes when requests may
         ld (OUT), A
         djnz B, .told

; 32 bytes by requests at the edge.
.last:   ld XWA, RESULTS+0x10
         ld (GOT), XWA
         ld XWA, take
         ld (ROUTINES+V_INT0), XWA
         ld (IIMC), 2
         ld (INTCLR), V_INT0/4
         ld (INTE0AD), 0x04
         ld (LOGGING), 1
         ld (STAGE), 1
         ld A, 0
         ei 0
         ld (OUT), A
.some:   cpw (COUNTS+V_INT0/2), 32
         jr C, .some
         di
         ld WA, (COUNTS+V_INT0/2)
         ld (RESULTS+0x30), WA

; 32 bytes by micro-DMA, whose end asks at level 5.
         ld (INTE0AD), 0
         ld (IIMC), 0
         ld (INTCLR), V_INT0/4
         ld XWA, 0
         ld (ROUTINES+V_INT0), XWA
         ldw (COUNTS+V_INT0/2), 0
         ld XWA, IN
         ldc DMAS0, XWA
         ld XWA, RESULTS+0x40
         ldc DMAD0, XWA
         ld WA, 32
         ldc DMAC0, WA
         ld A, 0
         ldc DMAM0, A
         ld (INTETC01), 0x05
         ld (DMA0V), V_INT0/4
         ld (STAGE), 2
         ld A, 0x22
         ld (OUT), A             ; ready
         ei 0
.moved:  cpw (COUNTS+V_TC0/2), 0
         jr Z, .moved
         di
         ld WA, (COUNTS+V_INT0/2)
         ld (RESULTS+0x60), WA
         ld WA, (COUNTS+V_TC0/2)
         ld (RESULTS+0x62), WA
         ldc WA, DMAC0
         ld (RESULTS+0x64), WA

; 16 bytes to the main CPU, each when it has turned its line 0 over.
         ld (INTCLR), V_INT0/4
         ld BC, 3000
.while:  djnz BC, .while
         ld A, 0x33
         ld (OUT), A
         calr receive
         ld D, 0
         ld E, (PD)
.send:   ld A, D
         mul WA, 13
         ld (OUT), A
.turned: ld A, (PD)
         xor A, E
         bit 2, A
         jr Z, .turned
         xor E, 4
         inc 1, D
         cp D, 16
         jr C, .send
         jp finish

take:    ld A, (IN)
         ld XIX, (GOT)
         ld (XIX+), A
         ld (GOT), XIX
         ld A, (PD)
         xor A, 1
         ld (PD), A
         ret

receive: bit 3, (INTE0AD)
         jr Z, receive
         ld A, (IN)
.rest:   bit 3, (INTE0AD)
         jr NZ, .rest
         ret
