; The main loop: sleep until an interrupt, count, do what a key asks for.

main:   andc #0x7F,ccr
.loop:  sleep
        mov.l @passes,er0
        inc.l #1,er0
        mov.l er0,@passes
        mov.b @event,r0l
        beq .loop
        sub.b r1l,r1l
        mov.b r1l,@event
        cmp.b #5,r0l
        bcc .loop
        extu.w r0
        extu.l er0
        shll.l #2,er0
        mov.l @(commands,er0),er1
        jsr @er1
        bra .loop

; What the keys do.
play:   bnot #0,@PADR
        mov.w #0x0100,r0
        mov.w #1,r1
        jmp @write_dsp

record: bnot #1,@PADR
        mov.w #0x0101,r0
        mov.w #1,r1
        jmp @write_dsp

save:   bset #2,@PADR
        mov.w @(settings+2),r1
        inc.w #1,r1
        mov.w r1,@(settings+2)
        mov.w #1,r0
        jsr @write_eeprom
        bclr #2,@PADR
        mov.l #saved,er0
        jmp @print

send:   mov.w #0x0040,r0
        mov.b @(ticks+3),r1l
        jsr @write_two_wire
        mov.w #0x0040,r0
        jsr @read_two_wire
        mov.l #sent,er0
        jmp @print
