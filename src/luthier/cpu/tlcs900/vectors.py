"""The exception vectors of the TMP94C241 (MAME's tmp94c241.cpp): 32-bit pointers from FFFF00 on.

The first is the reset vector; a software interrupt SWI n takes vector n.
"""

from __future__ import annotations

from luthier.cpu.vectors import VectorTable

VECTORS = VectorTable(
    0xFFFF00,
    (
        "RESET",
        *(f"SWI{number}" for number in range(1, 8)),
        "NMI",
        "INTWD",
        "INT0",
        *(f"INT{number}" for number in range(4, 8)),
        None,
        *(f"INT{letter}" for letter in "89AB"),
        *(f"INTT{number}" for number in range(4)),
        *(f"INTTR{letter}" for letter in "456789AB"),
        *("INTRX0", "INTTX0", "INTRX1", "INTTX1"),
        "INTAD",
        *(f"INTTC{channel}" for channel in range(8)),
    ),
    "little",
)
