"""The exception vectors of the H8S/2215 in advanced mode: 32-bit pointers from 000000 on, high byte first.

Names: the interrupt program of Renesas' sample for the RSK H8S2215R.  Where the upper eight bits of a pointer
lie, the chip does not look.
"""

from __future__ import annotations

from luthier.cpu.vectors import VectorTable

TRACE, NMI, TRAP = 5, 7, 8  #: numbers of vectors; TRAPA #0 to #3 have four

_NAMES: dict[int, str] = {
    0: "RESET",
    1: "MANUAL_RESET",
    TRACE: "TRACE",
    6: "DIRECT_TRANSITION",
    NMI: "NMI",
    **{TRAP + number: f"TRAP{number}" for number in range(4)},
    **{16 + number: f"IRQ{number}" for number in range(8)},
    24: "SWDTEND",
    25: "WOVI",
    28: "ADI",
    **{32 + index: f"TGI0{letter}" for index, letter in enumerate("ABCD")},
    36: "TCI0V",
    **{
        first + index: name.format(channel)
        for channel, first in ((1, 40), (2, 44))
        for index, name in enumerate(("TGI{}A", "TGI{}B", "TCI{}V", "TCI{}U"))
    },
    **{
        first + index: f"{name}{channel}"
        for channel, first in ((0, 64), (1, 68))
        for index, name in enumerate(("CMIA", "CMIB", "OVI"))
    },
    **{72 + index: f"DEND{name}" for index, name in enumerate(("0A", "0B", "1A", "1B"))},
    **{
        80 + 4 * channel + index: f"{name}{channel}"
        for channel in range(3)
        for index, name in enumerate(("ERI", "RXI", "TXI", "TEI"))
    },
    104: "EXIRQ0",
    105: "EXIRQ1",
}

VECTORS = VectorTable(0, tuple(_NAMES.get(number) for number in range(128)), "big")
