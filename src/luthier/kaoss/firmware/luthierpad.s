; The firmware of the LuthierPad, a unit that does not exist: the built-in example of `luthier kaoss`.
; Assemble it with  luthier asm --cpu h8s2000 luthierpad.s -o payload.bin

        include "registers.s"
        include "start.s"
        include "main.s"
        include "drivers.s"
        include "eeprom.s"
        include "tables.s"
