; On-chip registers, as in ../registers.toml, and the board, as in board.toml.

MSTPCRA = 0xFFFDE8
MSTPCRB = 0xFFFDE9
MSTPCRC = 0xFFFDEA
P1DDR   = 0xFFFE30
P3DDR   = 0xFFFE32
PADDR   = 0xFFFE39
PCDDR   = 0xFFFE3B
PBPCR   = 0xFFFE41
P3ODR   = 0xFFFE46
TSTR    = 0xFFFEB0
P1DR    = 0xFFFF00
P3DR    = 0xFFFF02
PADR    = 0xFFFF09
PCDR    = 0xFFFF0B
TCR_0   = 0xFFFF10
TIER_0  = 0xFFFF14
TSR_0   = 0xFFFF15
TGRA_0  = 0xFFFF18
TCSR    = 0xFFFF74
SMR_1   = 0xFFFF80
BRR_1   = 0xFFFF81
SCR_1   = 0xFFFF82
TDR_1   = 0xFFFF83
SSR_1   = 0xFFFF84
PORT1   = 0xFFFFB0
PORT3   = 0xFFFFB2
PORTB   = 0xFFFFBA

; The EEPROM of the 93 series on port 1, the one with two wires on port 3.
CS      = 0
SK      = 1
DI      = 2
DO      = 3
SDA     = 4
SCL     = 5

; The host port of the DSP: control, address, data.
HPIC    = 0x400000
HPIA    = 0x400002
HPID    = 0x400004

; Variables.  The stack grows down from the end of the lower part of the RAM.
RAM     = 0xFFB000
RAM_END = 0xFFB100
STACK   = 0xFFEFC0
ticks   = RAM                   ; long: milliseconds
passes  = RAM + 4               ; long: rounds of the main loop
faults  = RAM + 8               ; long: exceptions nobody expects
event   = RAM + 12              ; byte: 1 to 4, the key that went down; 0
row     = RAM + 13              ; byte: the row of keys to look at, 0 to 3
keys    = RAM + 16              ; 4 bytes: keys that are down
settings = RAM + 32             ; 8 words, as in the EEPROM
