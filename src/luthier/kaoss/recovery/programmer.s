; The programming control program: it runs in the RAM of the H8S/2215 and writes its flash memory.
;
; It runs wherever the boot program puts it: it calls and branches relative to itself, and its buffers lie on the
; stack.  CLOCK, in megahertz, is set by who assembles it.  Bytes come and go through SCI2.
;
; To it                         From it
;                               R          ready
; W, address (3), 128 bytes, sum  06 written, 15 wrong sum or address, EE would not be written
; S                             sum of all bytes of the ROM, 4 bytes
; Q                             06; then it stays where it is
;
; The sum makes all bytes behind the letter 0 in eight bits.  Steps, waits and counts of writing are those of the
; manuals of this family of flash memories.

TCSR    = 0xFFFF74
MSTPCRB = 0xFFFDE9
SMR_2   = 0xFFFF88
BRR_2   = 0xFFFF89
SCR_2   = 0xFFFF8A
TDR_2   = 0xFFFF8B
SSR_2   = 0xFFFF8C
RDR_2   = 0xFFFF8D
FLMCR1  = 0xFFFFA8
SWE     = 6
PSU     = 4
PV      = 2
P       = 0
TDRE    = 7
RDRF    = 6
STACK   = 0xFFEFC0
PAGE    = 128
ROM_END = 0x040000
AGAIN   = PAGE          ; buffers: the page, what is to be written again, what is to be written in addition
MORE    = 2*PAGE
FEW     = 6             ; passes with a short pulse and an additional one
MOST    = 1000

        org 0xFFC000
start:  mov.l #STACK-3*PAGE,sp
        mov.l sp,er6
        orc #0x80,ccr
        mov.w #0xA500,r0        ; the watchdog stands still
        mov.w r0,@TCSR
        sub.b r0l,r0l
        mov.b r0l,@MSTPCRB      ; SCI2 runs
        mov.b r0l,@SCR_2
        mov.b r0l,@SMR_2
        mov.b r0l,@BRR_2
        mov.b #0x30,r0l
        mov.b r0l,@SCR_2
        mov.b #0x52,r0l         ; R
reply:  bsr send
next:   bsr receive
        cmp.b #0x57,r0l         ; W
        beq write
        cmp.b #0x53,r0l         ; S
        beq total
        cmp.b #0x51,r0l         ; Q
        beq quit
        mov.b #0x3F,r0l         ; ?
        bra reply

quit:   mov.b #6,r0l
        bsr send
.stay:  bra .stay

; The sum of the ROM in ER2.
total:  sub.l er2,er2
        sub.l er3,er3
        sub.l er0,er0
.byte:  mov.b @er3+,r0l
        add.l er0,er2
        cmp.l #ROM_END,er3
        bne .byte
        mov.b #4,r1l
.out:   mov.w e2,r0             ; the upper byte first
        mov.b r0h,r0l
        bsr send
        shll.l #2,er2
        shll.l #2,er2
        shll.l #2,er2
        shll.l #2,er2
        dec.b r1l
        bne .out
        bra next

; W: an address, a page, a sum.
write:  sub.b r1l,r1l
        sub.l er5,er5
        mov.b #3,r1h
.address:
        shll.l #2,er5
        shll.l #2,er5
        shll.l #2,er5
        shll.l #2,er5
        bsr receive
        add.b r0l,r1l
        mov.b r0l,r5l
        dec.b r1h
        bne .address
        mov.l er6,er3
        mov.b #PAGE,r1h
.data:  bsr receive
        add.b r0l,r1l
        mov.b r0l,@er3
        inc.l #1,er3
        dec.b r1h
        bne .data
        bsr receive
        add.b r0l,r1l
        bne .refused
        mov.b r5l,r0l           ; pages begin at multiples of 128, within the ROM
        and.b #PAGE-1,r0l
        bne .refused
        cmp.l #ROM_END,er5
        bcc .refused
        bsr program
        bra reply
.refused:
        mov.b #0x15,r0l
        bra reply

; The page at ER6 to the flash memory at ER5; R0L is the answer.
program:
        mov.l er6,er4
        mov.b #PAGE/2,r1l
.copy:  mov.w @er4,r0
        mov.w r0,@(AGAIN,er4)
        adds #2,er4
        dec.b r1l
        bne .copy
        bset #SWE,@FLMCR1
        mov.w #1*CLOCK/3+1,r0
        bsr wait
        sub.w r2,r2             ; passes
.pass:  inc.w #1,r2
        mov.l er6,er3
        add.l #AGAIN,er3
        bsr latch
        mov.w #30*CLOCK/3,r0
        cmp.w #FEW,r2
        bls .short
        mov.w #200*CLOCK/3,r0
.short: bsr pulse
        bset #PV,@FLMCR1
        mov.w #4*CLOCK/3+1,r0
        bsr wait
        mov.l er6,er4
        mov.l er5,er3
        mov.b #PAGE/2,r1l
        sub.b r1h,r1h           ; 1 if a bit is still to be written
.verify:
        mov.w #0xFFFF,r0        ; a dummy write
        mov.w r0,@er3
        mov.w #2*CLOCK/3+1,r0
        bsr wait
        mov.w @er3+,r0
        mov.w @er4,e0
        cmp.w r0,e0
        beq .same
        mov.b #1,r1h
.same:  mov.w @(AGAIN,er4),e0
        or.w r0,e0
        mov.w e0,@(MORE,er4)
        not.w r0
        mov.w @er4,e0
        or.w e0,r0
        mov.w r0,@(AGAIN,er4)
        adds #2,er4
        dec.b r1l
        bne .verify
        bclr #PV,@FLMCR1
        mov.w #2*CLOCK/3+1,r0
        bsr wait
        cmp.w #FEW,r2
        bhi .whole
        mov.l er6,er3
        add.l #MORE,er3
        bsr latch
        mov.w #10*CLOCK/3+1,r0
        bsr pulse
.whole: mov.b r1h,r1h
        beq .good
        cmp.w #MOST,r2
        bcs .pass
        mov.b #0xEE,r1h
        bra .end
.good:  mov.b #6,r1h
.end:   bclr #SWE,@FLMCR1
        mov.w #100*CLOCK/3,r0
        bsr wait
        mov.b r1h,r0l
        rts

; 128 bytes at ER3 to the flash memory's latch for ER5.
latch:  mov.l er5,er4
        mov.b #PAGE,r1l
.byte:  mov.b @er3+,r0l
        mov.b r0l,@er4
        inc.l #1,er4
        dec.b r1l
        bne .byte
        rts

; A pulse of R0 rounds.
pulse:  mov.w r0,e2
        bset #PSU,@FLMCR1
        mov.w #50*CLOCK/3,r0
        bsr wait
.out:   mov.w e2,r0             ; the upper byte first
        bset #P,@FLMCR1
        bsr wait
        bclr #P,@FLMCR1
        mov.w #5*CLOCK/3+1,r0
        bsr wait
        bclr #PSU,@FLMCR1
        mov.w #5*CLOCK/3+1,r0
; R0 rounds of three states.
wait:   dec.w #1,r0
        bne wait
        rts

; A byte in R0L.
receive:
        btst #RDRF,@SSR_2
        beq receive
        mov.b @RDR_2,r0l
        bclr #RDRF,@SSR_2
        rts

; The byte in R0L.
send:   btst #TDRE,@SSR_2
        beq send
        mov.b r0l,@TDR_2
        bclr #TDRE,@SSR_2
        rts
