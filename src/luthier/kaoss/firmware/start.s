; Vectors, version block, and what happens after a reset.

        org 0
        dl reset, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl tick, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected
        dl unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected, unexpected

        org 0x200
        db "KORG", 1, 0

        org 0x210
reset:  mov.l #STACK,sp
        orc #0x80,ccr
        mov.w #0xA500,r0        ; the watchdog stands still
        mov.w r0,@TCSR
        mov.l #RAM,er0          ; variables are 0
        sub.w r1,r1
.clear: mov.w r1,@er0
        adds #2,er0
        cmp.l #RAM_END,er0
        bne .clear
        mov.l #default_settings,er5
        mov.l #settings,er6
        mov.b #16,r4l
        eepmov.b
        sub.b r0l,r0l           ; every module runs
        mov.b r0l,@MSTPCRA
        mov.b r0l,@MSTPCRB
        mov.b r0l,@MSTPCRC
        jsr @set_up_pins
        jsr @set_up_serial
        mov.l #greeting,er0
        jsr @print
        jsr @load_settings
        jsr @load_dsp
        jsr @set_up_timer
        jmp @main

; Exceptions that nobody expects are counted.
unexpected:
        push.l er0
        mov.l @faults,er0
        inc.l #1,er0
        mov.l er0,@faults
        pop.l er0
        rte

; Every millisecond: count, look at one row of keys.
tick:   stm.l (er0-er2),@-sp
        bclr #0,@TSR_0
        mov.l @ticks,er0
        inc.l #1,er0
        mov.l er0,@ticks
        mov.w r0,r1
        and.w #0x01FF,r1
        bne .keys
        bnot #3,@PADR           ; the lamp that says it is alive
.keys:  jsr @scan_row
        ldm.l @sp+,(er0-er2)
        rte
