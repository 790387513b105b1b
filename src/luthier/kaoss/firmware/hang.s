; The same firmware with a main loop that masks interrupts and never comes back, for tests of the sandbox.

        include "registers.s"
        include "start.s"

main:   orc #0x80,ccr
.stuck: mov.l @passes,er0
        inc.l #1,er0
        bra .stuck

        include "drivers.s"
        include "eeprom.s"
        include "tables.s"

play:   rts
record: rts
save:   rts
send:   rts
