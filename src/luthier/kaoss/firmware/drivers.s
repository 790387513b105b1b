; Pins, keys, timer, serial interface, host port of the DSP.

set_up_pins:
        mov.b #0x07,r0l         ; CS, SK and DI go out
        mov.b r0l,@P1DDR
        mov.b #0x30,r0l         ; SDA and SCL are pulled down or let go
        mov.b r0l,@P3ODR
        mov.b r0l,@P3DR
        mov.b r0l,@P3DDR
        sub.b r0l,r0l           ; lamps
        mov.b r0l,@PADR
        mov.b #0x0F,r0l
        mov.b r0l,@PADDR
        mov.b r0l,@PCDR         ; rows of keys
        mov.b r0l,@PCDDR
        mov.b #0xFF,r0l         ; columns are pulled up
        mov.b r0l,@PBPCR
        rts

; One row of keys: a key that went down becomes an event.
scan_row:
        sub.l er0,er0
        mov.b @row,r0l
        mov.b @(row_masks,er0),r1l
        mov.b r1l,@PCDR
        nop
        nop
        mov.b @PORTB,r1h
        not.b r1h
        mov.b @(keys,er0),r2l
        mov.b r1h,@(keys,er0)
        not.b r2l
        and.b r1h,r2l
        beq .next
        mov.b r0l,r1l
        inc.b r1l
        mov.b r1l,@event
.next:  inc.b r0l
        and.b #3,r0l
        mov.b r0l,@row
        rts

; 16 MHz / 64 / 250: compare match A of timer channel 0 every millisecond.
set_up_timer:
        mov.b #0x23,r0l
        mov.b r0l,@TCR_0
        mov.w #249,r0
        mov.w r0,@TGRA_0
        mov.b #0x41,r0l
        mov.b r0l,@TIER_0
        mov.b #1,r0l
        mov.b r0l,@TSTR
        rts

; 16 MHz / 32 / (51 + 1): 9615 bits a second.
set_up_serial:
        sub.b r0l,r0l
        mov.b r0l,@SCR_1
        mov.b r0l,@SMR_1
        mov.b #51,r0l
        mov.b r0l,@BRR_1
        mov.b #0x20,r0l
        mov.b r0l,@SCR_1
        rts

; The text at ER0, up to its 0.
print:  mov.b @er0+,r1l
        beq .end
        bsr put
        bra print
.end:   rts

; The byte in R1L, unless the one before will not leave.
put:    mov.w #20000,r2
.wait:  btst #7,@SSR_1
        bne .ready
        dec.w #1,r2
        bne .wait
        rts
.ready: mov.b r1l,@TDR_1
        bclr #7,@SSR_1
        rts

; R1 to the DSP's address R0.
write_dsp:
        mov.w r0,@HPIA
        mov.w r1,@HPID
        rts

; The table of the DSP, word by word.
load_dsp:
        mov.w #0x0001,r0
        mov.w r0,@HPIC
        mov.l #dsp_table,er5
        mov.w #0x0200,r0
.word:  mov.w @er5+,r1
        bsr write_dsp
        inc.w #1,r0
        cmp.l #dsp_table_end,er5
        bne .word
        rts
