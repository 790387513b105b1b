; Requests: levels, the order among them, nesting, EI, RETI, HALT, clearing; what is pushed.

         include "frame.asm"

; RESULTS+00: 24 bytes: 1 if a request of level 1, 3, 6 was taken after EI 0 to 7 (8 bytes for each level)
; RESULTS+18: requests taken of levels 0 and 7 after EI 0
; RESULTS+20: INTET01 read: asked, after INTCLR of another vector, after INTCLR of its own
; RESULTS+23: INTET01 read: asked and written 0B, asked and written 03, not asked and written 0B
; RESULTS+28: requests taken by EI 0 with EI 7 right behind it; after EI 0, NOP, EI 7; after POP SR and DI
; RESULTS+30: long PC, word SR as pushed by a request taken behind EI 0, NOP, less the address of the EI
; RESULTS+38: HALT was left
; RESULTS+39: LDIR was interrupted, and copied all
; RESULTS+3C: INTNEST in the main program, in a request, in one within it, behind both (4 words)
; LOG: stage 1: eight requests at once; 2: one in another; 3: three at once while A counts; 4: levels as in a request of level 6

         org 0xFF0000
main:    ld (T16RUN), 0x80

; Stage 1: T0 3, T1 5, T2 3, T3 1, TR4 6, TR6 7, TR8 2, TRA 0.
         ld (INTET01), 0x53
         ld (INTET23), 0x13
         ld (INTET45), 0x06
         ld (INTET67), 0x07
         ld (INTET89), 0x02
         ld (INTETAB), 0x00
         ld (T01MOD), 0x05
         ld (T23MOD), 0x05
         ld (TREG0), 20
         ld (TREG1), 20
         ld (TREG2), 20
         ld (TREG3), 20
         ld A, 0x05
         ld (T4MOD), A
         ld (T6MOD), A
         ld (T8MOD), A
         ld (TAMOD), A
         ld A, 0x08
         ld (T4FFCR), A
         ld (T6FFCR), A
         ld (T8FFCR), A
         ld (TAFFCR), A
         ld WA, 20
         ld (TREG4), WA
         ld (TREG5), WA
         ld (TREG6), WA
         ld (TREG7), WA
         ld (TREG8), WA
         ld (TREG9), WA
         ld (TREGA), WA
         ld (TREGB), WA
         ld (T8RUN), 0x0F
         ld (T16RUN), 0x8F
.all:    cp (INTET01), 0xDB
         jr NZ, .all
         cp (INTET23), 0x9B
         jr NZ, .all
         bit 3, (INTET45)
         jr Z, .all
         bit 3, (INTET67)
         jr Z, .all
         bit 3, (INTET89)
         jr Z, .all
         bit 3, (INTETAB)
         jr Z, .all
         ld (T8RUN), 0
         ld (T16RUN), 0x80
         ld (LOGGING), 1
         ld (STAGE), 1
         ld A, 0
         ei 0
         inc 1, A
         inc 1, A
         inc 1, A
         inc 1, A
         inc 1, A
         inc 1, A
         inc 1, A
         inc 1, A
         inc 1, A
         nop
         di
         ld WA, (COUNTS+V_TRA/2)
         ld (RESULTS+0x18), A
         ld WA, (COUNTS+V_TR6/2)
         ld (RESULTS+0x19), A
         ld A, V_TR4/4
.clear:  ld (INTCLR), A
         inc 1, A
         cp A, V_TRB/4+1
         jr C, .clear

; Stage 2: T0 of level 2 waits for T2 of level 4; INTNEST on the way.
         ld (STAGE), 2
         ld (INTET01), 0x02
         ld (INTET23), 0x04
         ld XWA, waits
         ld (ROUTINES+V_T0), XWA
         ld XWA, within
         ld (ROUTINES+V_T2), XWA
         ldc WA, INTNEST
         ld (RESULTS+0x3C), WA
         calr ask_t0
         ld A, 0xA2
         ei 0
         nop
         nop
         di
         ldc WA, INTNEST
         ld (RESULTS+0x42), WA
         ld XWA, 0
         ld (ROUTINES+V_T0), XWA
         ld (ROUTINES+V_T2), XWA

; Stage 3: where RETI leads while another request waits.
         ld (STAGE), 3
         ld (INTET01), 0x02
         ld (INTET23), 0x04
         calr ask_t0
         calr ask_t2
         ld A, 0
         ei 3
         inc 1, A
         inc 1, A
         inc 1, A
         ei 0
         inc 1, A
         inc 1, A
         inc 1, A
         di

; Stage 4: a request of level 6 leaves the mask at 7: nothing more comes through.
         ld (STAGE), 4
         ld (INTET01), 0x06
         ld (INTET23), 0x06
         ld XWA, asks
         ld (ROUTINES+V_T0), XWA
         calr ask_t0
         ld A, 0xA4
         ei 0
         inc 1, A
         inc 1, A
         inc 1, A
         di
         ld XWA, 0
         ld (ROUTINES+V_T0), XWA
         ld (LOGGING), 0

; EI 0 to 7 and levels 1, 3, 6.
         ld XIZ, RESULTS
         ld XIY, levels
.level:  ld D, 0                 ; n of EI
.mask:   ld A, (XIY)
         ld (INTET01), A
         ldw (COUNTS+V_T0/2), 0
         calr ask_t0
         ld A, D
         extz XWA
         sll 2, WA
         add XWA, masks
         call T, XWA
         nop
         nop
         nop
         di
         ld WA, (COUNTS+V_T0/2)
         ld (XIZ+), A
         ld (INTCLR), V_T0/4
         inc 1, D
         cp D, 8
         jr C, .mask
         inc 1, XIY
         cp XIY, levels+3
         jr C, .level

; Clearing.
         ld (INTET01), 0x03
         calr ask_t0
         ld A, (INTET01)
         ld (RESULTS+0x20), A
         ld (INTCLR), V_T2/4
         ld A, (INTET01)
         ld (RESULTS+0x21), A
         ld (INTCLR), V_T0/4
         ld A, (INTET01)
         ld (RESULTS+0x22), A
         calr ask_t0
         ld (INTET01), 0x0B
         ld A, (INTET01)
         ld (RESULTS+0x23), A
         ld (INTET01), 0x03
         ld A, (INTET01)
         ld (RESULTS+0x24), A
         ld (INTCLR), V_T0/4
         ld (INTET01), 0x0B
         ld A, (INTET01)
         ld (RESULTS+0x25), A

; How long EI puts off.
         ld (INTET01), 0x03
         ldw (COUNTS+V_T0/2), 0
         calr ask_t0
         ei 0
         di
         nop
         ld WA, (COUNTS+V_T0/2)
         ld (RESULTS+0x28), A
         ld (INTCLR), V_T0/4
         ldw (COUNTS+V_T0/2), 0
         calr ask_t0
         ei 0
         nop
         di
         ld WA, (COUNTS+V_T0/2)
         ld (RESULTS+0x29), A
         ld (INTCLR), V_T0/4
         ldw (COUNTS+V_T0/2), 0
         calr ask_t0
         pushw 0x8800
         pop SR
         di
         nop
         ld WA, (COUNTS+V_T0/2)
         ld (RESULTS+0x2A), A
         ld (INTCLR), V_T0/4

; What is pushed.
         ld XWA, notes
         ld (ROUTINES+V_T0), XWA
         calr ask_t0
         scf
here:    ei 0
         nop
         nop
         nop
         di
         ld XWA, 0
         ld (ROUTINES+V_T0), XWA

; HALT.
         ld (T01MOD), 0x03
         ld (TREG0), 50
         ld (T8RUN), 1
         ei 0
         halt
         ld (RESULTS+0x38), 1
         di
         ld (T8RUN), 0
         ld (INTCLR), V_T0/4

; LDIR of 6000 bytes while timer 0 asks every 2560 states.
         ldw (COUNTS+V_T0/2), 0
         ld (TREG0), 20
         ld (T8RUN), 1
         ei 0
         ld XHL, 0xFF0000
         ld XDE, 0x20000
         ld BC, 6000
         ldir
         di
         ld (T8RUN), 0
         ld (INTCLR), V_T0/4
         cpw (COUNTS+V_T0/2), 2
         jr C, .end
         ld (RESULTS+0x39), 1
         ld XHL, 0xFF0000
         ld XDE, 0x20000
         ld BC, 6000
.same:   ld A, (XHL+)
         cp A, (XDE+)
         jr NZ, .end
         djnz BC, .same
         ld (RESULTS+0x3A), 1
.end:    jp finish

levels:  db 1, 3, 6
masks:   ei 0
         ret
         nop
         ei 1
         ret
         nop
         ei 2
         ret
         nop
         ei 3
         ret
         nop
         ei 4
         ret
         nop
         ei 5
         ret
         nop
         ei 6
         ret
         nop
         di
         ret
         nop

; In a request of timer 0: ask by timer 2 and wait until that was taken.
waits:   push XDE
         ldc DE, INTNEST
         ld (RESULTS+0x3E), DE
         ld A, 0xB2
         calr ask_t2_taken
         pop XDE
         ret
within:  ld (T8RUN), 0
         push XDE
         ldc DE, INTNEST
         ld (RESULTS+0x40), DE
         pop XDE
         ret
ask_t2_taken:
         ld (T16RUN), 0x80
         ld (T23MOD), 3
         ld (TREG2), 20
         ldw (COUNTS+V_T2/2), 0
         ld (T8RUN), 4
.wait:   cpw (COUNTS+V_T2/2), 0
         jr Z, .wait
         ld (T8RUN), 0
         ld (INTCLR), V_T2/4
         ret

; In a request of level 6: let timer 2 ask at level 6, too.
asks:    ld A, 0xB4
         calr ask_t2
         nop
         nop
         nop
         ret

; PC and SR as they were pushed. The stack: return address, XIX, XBC, XWA, vector, SR, PC.
notes:   ld XWA, (XSP+20)
         sub XWA, here
         ld (RESULTS+0x30), XWA
         ld WA, (XSP+18)
         ld (RESULTS+0x34), WA
         ret
