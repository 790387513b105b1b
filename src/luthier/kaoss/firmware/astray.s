; The same firmware with a main program that jumps to where nothing is, for tests of the sandbox.

        include "registers.s"
        include "start.s"

main:   andc #0x7F,ccr
        sleep
        mov.l #0x200000,er0
        jmp @er0

        include "drivers.s"
        include "eeprom.s"
        include "tables.s"

play:   rts
record: rts
save:   rts
send:   rts
