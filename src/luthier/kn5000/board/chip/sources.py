"""Who asks for interrupts, with which vector, and where request and level stand.

A register holds two sources, each in four bits: the level in the lower three, the request above them.
Vectors and registers are MAME's tmp94c241.cpp; the KN5000 memory-map page has other addresses
(docs/errata.md).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from luthier.cpu.tlcs900.vectors import VECTORS

_PAIRS = (
    ("INTE45", "INT4", "INT5"),
    ("INTE67", "INT6", "INT7"),
    ("INTE89", "INT8", "INT9"),
    ("INTEAB", "INTA", "INTB"),
    ("INTET01", "INTT0", "INTT1"),
    ("INTET23", "INTT2", "INTT3"),
    ("INTET45", "INTTR4", "INTTR5"),
    ("INTET67", "INTTR6", "INTTR7"),
    ("INTET89", "INTTR8", "INTTR9"),
    ("INTETAB", "INTTRA", "INTTRB"),
    ("INTES0", "INTRX0", "INTTX0"),
    ("INTES1", "INTRX1", "INTTX1"),
    ("INTETC01", "INTTC0", "INTTC1"),
    ("INTETC23", "INTTC2", "INTTC3"),
    ("INTETC45", "INTTC4", "INTTC5"),
    ("INTETC67", "INTTC6", "INTTC7"),
    ("INTE0AD", "INT0", "INTAD"),
)

NMI, WATCHDOG = (4 * VECTORS.names.index(name) for name in ("NMI", "INTWD"))


@dataclass(frozen=True)
class Source:
    """A source of interrupts; ``vector`` is an offset in the vector table, ``shift`` 0 or 4."""

    name: str
    vector: int
    register: str
    shift: int

    @property
    def request(self) -> int:
        """The bit of its request in its register."""
        return 8 << self.shift

    @property
    def start(self) -> int:
        """Its number for the micro-DMA and for INTCLR."""
        return self.vector // 4


@functools.cache
def sources() -> dict[str, Source]:
    """Every maskable source by its name."""
    return {
        name: Source(name, 4 * VECTORS.names.index(name), register, 4 * upper)
        for register, *pair in _PAIRS
        for upper, name in enumerate(pair)
    }


@functools.cache
def by_start() -> dict[int, Source]:
    """Every maskable source by its start number."""
    return {source.start: source for source in sources().values()}


def level_registers() -> dict[str, tuple[Source, Source]]:
    """The registers of levels and requests, each with its lower and its upper source."""
    return {register: (sources()[lower], sources()[upper]) for register, lower, upper in _PAIRS}
