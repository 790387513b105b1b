; Micro-DMA: every mode by software and by a timer's vector, its end, its order, what it does to requests.

         include "frame.asm"

; RESULTS+000: 10 records of 10h bytes: three units by DMAR on channel 0: DMAS, DMAD (longs), DMAC (word), DMAM, INTETC01,
;              a sum of the target
; RESULTS+0A0: the same of channels 1, 2, 3 with mode 08, and INTETC23
; RESULTS+100: 16 records of 10h bytes: four units by the requests of timer 0: as above; the sum's low byte
;              is how often INTT0 was taken meanwhile
; RESULTS+200: requests taken of INTT0 with DMA0V = 0
; RESULTS+202: DMAC with two requests while all is masked, and behind EI
; RESULTS+208: two channels at once: 0 first (word), 1 first (word)
; RESULTS+20C: five units while the CPU halts: DMAC, requests of INTTC0 (words)
; LOG: stage 1: the end of channel 0 at level 5, then INTT0 at level 3

SOURCE   equ 0x20000
TARGET   equ 0x20010

         org 0xFF0000
main:    ld (INTET01), 0
         ld (INTETC01), 0
         ld (INTETC23), 0
         ei 0

; By software.
         ld XIY, soft
         ld XIZ, RESULTS
.soft:   ld A, (XIY)
         cp A, 0xFF
         jr Z, .others
         calr prepare0
         ld (DMAR), 1
         nop
         ld (DMAR), 1
         nop
         ld (DMAR), 1
         nop
         calr report0
         inc 1, XIY
         jr .soft

.others: calr fill
         ld XWA, SOURCE
         ldc DMAS1, XWA
         ldc DMAS2, XWA
         ldc DMAS3, XWA
         ld XWA, TARGET
         ldc DMAD1, XWA
         inc 4, XWA
         ldc DMAD2, XWA
         inc 4, XWA
         ldc DMAD3, XWA
         ld WA, 2
         ldc DMAC1, WA
         ldc DMAC2, WA
         ldc DMAC3, WA
         ld A, 0x08
         ldc DMAM1, A
         ldc DMAM2, A
         ldc DMAM3, A
         ld (DMAR), 0x0E
         nop
         ld (DMAR), 0x08
         nop
         ld (DMAR), 0x02
         nop
         ld A, (INTETC01)
         ld (XIZ+), A
         ld A, (INTETC23)
         ld (XIZ+), A
         ld (INTCLR), V_TC1/4
         ld (INTCLR), V_TC3/4
         ldc WA, DMAC1
         ld (XIZ+), WA
         ldc WA, DMAC2
         ld (XIZ+), WA
         ldc WA, DMAC3
         ld (XIZ+), WA
         ldc XWA, DMAS1
         ld (XIZ+), XWA
         ldc XWA, DMAS2
         ld (XIZ+), XWA
         ldc XWA, DMAS3
         ld (XIZ+), XWA
         ldc XWA, DMAD1
         ld (XIZ+), XWA
         ldc XWA, DMAD2
         ld (XIZ+), XWA
         ldc XWA, DMAD3
         ld (XIZ+), XWA
         ld XWA, (TARGET)
         ld (XIZ+), XWA
         ld XWA, (TARGET+4)
         ld (XIZ+), XWA
         ld XWA, (TARGET+8)
         ld (XIZ+), XWA

; By timer 0, level 3: the CPU hears nothing of it until the end.
         ld XIZ, RESULTS+0x100
         ld XIY, hard
.hard:   ld A, (XIY)
         cp A, 0xFF
         jr Z, .masked
         di
         calr prepare0
         ld WA, 4
         ldc DMAC0, WA
         ldw (COUNTS+V_T0/2), 0
         ld (INTET01), 0x03
         ld (DMA0V), V_T0/4
         ld (T01MOD), 0x02
         ld (TREG0), 30
         ld (T16RUN), 0x80
         ld (T8RUN), 1
         ei 0
.moving: bit 3, (INTETC01)
         jr Z, .moving
         ld (T8RUN), 0
         ld DE, (COUNTS+V_T0/2)
         di
         ld (INTCLR), V_T0/4
         calr report0
         ld (XIZ-4), E
         inc 1, XIY
         jr .hard

; With DMA0V = 0 again the same request is the CPU's.
.masked: ldw (COUNTS+V_T0/2), 0
         calr ask_t0
         ei 0
         nop
         nop
         di
         ld A, (COUNTS+V_T0/2)
         ld (RESULTS+0x200), A

; While everything is masked nothing moves.
         ld A, 0x00
         calr set0
         ld WA, 4
         ldc DMAC0, WA
         ld (DMA0V), V_T0/4
         calr ask_t0
         nop
         nop
         nop
         ldc WA, DMAC0
         ld (RESULTS+0x202), WA
         ei 6
         nop
         nop
         nop
         di
         ldc WA, DMAC0
         ld (RESULTS+0x204), WA
         ld (DMA0V), 0

; Two at once: channel 0 moves 1234 to TARGET and channel 1 from there on, then the other way round.
         calr fill
         ldw (SOURCE), 0x1234
         ldw (TARGET), 0
         ld XWA, SOURCE
         ldc DMAS0, XWA
         ld XWA, TARGET
         ldc DMAD0, XWA
         ldc DMAS1, XWA
         ld XWA, RESULTS+0x208
         ldc DMAD1, XWA
         calr both
         ldw (TARGET), 0
         ld XWA, TARGET
         ldc DMAS0, XWA
         ld XWA, RESULTS+0x20A
         ldc DMAD0, XWA
         ld XWA, SOURCE
         ldc DMAS1, XWA
         ld XWA, TARGET
         ldc DMAD1, XWA
         calr both

; The end asks at level 5, and the next request of the timer is the CPU's.
         ld (INTETC01), 0x05
         ld (LOGGING), 1
         ld (STAGE), 1
         ldw (COUNTS+V_T0/2), 0
         ld XWA, stop
         ld (ROUTINES+V_T0), XWA
         ld A, 0x00
         calr set0
         ld WA, 3
         ldc DMAC0, WA
         ld (DMA0V), V_T0/4
         ld (T01MOD), 0x02
         ld (TREG0), 60
         ld (T16RUN), 0x80
         ld (T8RUN), 1
         ld A, 0x77
         ei 0
.asked:  cpw (COUNTS+V_T0/2), 0
         jr Z, .asked
         di
         ld (LOGGING), 0
         ld XWA, 0
         ld (ROUTINES+V_T0), XWA

; The CPU halts meanwhile: the end of the channel wakes it, or timer 2 some time later.
         ldw (COUNTS+V_T0/2), 0
         ldw (COUNTS+V_TC0/2), 0
         ld XWA, stop
         ld (ROUTINES+V_TC0), XWA
         ld A, 0x00
         calr set0
         ld WA, 5
         ldc DMAC0, WA
         ld (DMA0V), V_T0/4
         ld (INTET23), 0x06
         ld (T23MOD), 0x03
         ld (TREG2), 200
         ld (T8RUN), 5
         ei 0
         halt
         di
         ld (T8RUN), 0
         ldc WA, DMAC0
         ld (RESULTS+0x20C), WA
         ld WA, (COUNTS+V_TC0/2)
         ld (RESULTS+0x20E), WA
         jp finish

stop:    ld (T8RUN), 0
         ret

; One unit of both channels at once, by the requests of timers 0 and 2.
both:    ld A, 0x01
         ldc DMAM0, A
         ldc DMAM1, A
         ld WA, 2
         ldc DMAC0, WA
         ldc DMAC1, WA
         ld (INTET23), 0x03
         calr ask_t2
         calr ask_t0
         ld (DMA0V), V_T0/4
         ld (DMA1V), V_T2/4
         ei 6
         nop
         nop
         nop
         nop
         di
         ld (DMA0V), 0
         ld (DMA1V), 0
         ld (INTCLR), V_T0/4
         ld (INTCLR), V_T2/4
         ret

; Something to move.
fill:    ld XIX, SOURCE
         ld A, 0x11
.next:   ld (XIX+), A
         add A, 0x11
         cp XIX, SOURCE+0x20
         jr C, .next
         ret

; Channel 0 in mode A from the middle of the source to the middle of the target, 3 units.
prepare0:
         push A
         calr fill
         pop A
set0:    ldc DMAM0, A
         ld XWA, SOURCE+8
         ldc DMAS0, XWA
         ld XWA, TARGET+8
         ldc DMAD0, XWA
         ld WA, 3
         ldc DMAC0, WA
         ret

report0: ldc XWA, DMAS0
         ld (XIZ+), XWA
         ldc XWA, DMAD0
         ld (XIZ+), XWA
         ldc WA, DMAC0
         ld (XIZ+), WA
         ldc A, DMAM0
         ld (XIZ+), A
         ld A, (INTETC01)
         ld (XIZ+), A
         ld (INTCLR), V_TC0/4
         ld XWA, 0
         ld XIX, TARGET
         ld B, 16                ; what is in the target, as a sum of rotated longs
.sum:    add A, (XIX+)
         rlc 3, XWA
         djnz B, .sum
         ld (XIZ+), XWA
         ret

soft:    db 0x00, 0x01, 0x02, 0x04, 0x08, 0x09, 0x0A, 0x0C, 0x10, 0x14, 0xFF
hard:    db 0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x0E, 0x10, 0x11, 0x12, 0x14, 0xFF
