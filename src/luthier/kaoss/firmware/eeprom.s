; EEPROM of the 93 series, 4,096 words: a start bit, two bits of command, twelve of address.
; That the AK93C10A takes twelve is concluded from its smaller relatives AK93C45A to AK93C75A.

; R1 = the word at R0.
read_eeprom:
        mov.w r0,r2
        and.w #0x0FFF,r2
        or.w #0x6000,r2         ; 1 10: READ
        bset #CS,@P1DR
        bsr command
        mov.b #16,r3l
.bit:   bset #SK,@P1DR
        nop
        bld #DO,@PORT1
        rotxl.w r1
        bclr #SK,@P1DR
        dec.b r3l
        bne .bit
        bclr #CS,@P1DR
        rts

; R1 to the word at R0.
write_eeprom:
        mov.w #0x4C00,r2        ; 1 00 11: EWEN
        bsr alone
        mov.w r0,r2
        and.w #0x0FFF,r2
        or.w #0x5000,r2         ; 1 01: WRITE
        bset #CS,@P1DR
        bsr command
        mov.w r1,r2
        mov.b #16,r3l
        bsr shift_out
        bclr #CS,@P1DR
        nop
        bset #CS,@P1DR          ; DO is low until the word is written
        mov.w #40000,r2
.busy:  bld #DO,@PORT1
        bcs .done
        dec.w #1,r2
        bne .busy
.done:  bclr #CS,@P1DR
        mov.w #0x4000,r2        ; 1 00 00: EWDS
; A command without data.
alone:  bset #CS,@P1DR
        bsr command
        bclr #CS,@P1DR
        rts

; The lower fifteen bits of R2, the highest first.
command:
        shll.w r2
        mov.b #15,r3l
; The upper R3L bits of R2, the highest first.
shift_out:
        shll.w r2
        bcs .one
        bclr #DI,@P1DR
        bra .clock
.one:   bset #DI,@P1DR
.clock: bset #SK,@P1DR
        nop
        bclr #SK,@P1DR
        dec.b r3l
        bne shift_out
        rts

; Eight settings out of the EEPROM; it is filled if it has none.
load_settings:
        sub.w r0,r0
        bsr read_eeprom
        cmp.w #0x4C50,r1        ; LP
        bne .fill
        mov.l #settings,er5
.next:  bsr read_eeprom
        mov.w r1,@er5
        adds #2,er5
        inc.w #1,r0
        cmp.w #8,r0
        bne .next
        rts
.fill:  mov.l #settings,er5
        sub.w r0,r0
.write: mov.w @er5+,r1
        bsr write_eeprom
        inc.w #1,r0
        cmp.w #8,r0
        bne .write
        rts

; EEPROM with two wires: byte R1L to address R0.
write_two_wire:
        bsr address_two_wire
        mov.b r1l,r2l
        bsr send_byte
        bra stop

; R1L = the byte at address R0.
read_two_wire:
        bsr address_two_wire
        bsr begin
        mov.b #0xA1,r2l         ; read
        bsr send_byte
        mov.b #8,r3l
        bset #SDA,@P3DR
.bit:   bset #SCL,@P3DR
        bld #SDA,@PORT3
        rotxl.b r1l
        bclr #SCL,@P3DR
        dec.b r3l
        bne .bit
        bset #SCL,@P3DR         ; not acknowledged: the last byte
        nop
        bclr #SCL,@P3DR
        bra stop

address_two_wire:
        bsr begin
        mov.b #0xA0,r2l         ; write
        bsr send_byte
        mov.b r0h,r2l
        bsr send_byte
        mov.b r0l,r2l
; The byte in R2L; C is the acknowledgement, 0 if there is one.
send_byte:
        mov.b #8,r3l
.bit:   shll.b r2l
        bst #SDA,@P3DR
        bset #SCL,@P3DR
        nop
        bclr #SCL,@P3DR
        dec.b r3l
        bne .bit
        bset #SDA,@P3DR
        bset #SCL,@P3DR
        bld #SDA,@PORT3
        bclr #SCL,@P3DR
        rts

begin:  bset #SDA,@P3DR
        bset #SCL,@P3DR
        nop
        bclr #SDA,@P3DR
        bclr #SCL,@P3DR
        rts

stop:   bclr #SDA,@P3DR
        bset #SCL,@P3DR
        nop
        bset #SDA,@P3DR
        rts
