"""What laws read: ladders, waveforms, frequencies and qualities, from a ROM or from what is published."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.translator import ladders, waveforms
from luthier.kn5000.translator.figures import FIGURES

FIGURES_ADDRESS = 0x012397


@dataclass(frozen=True)
class Tables:
    """``numbers`` are the ladders, then the waveforms; ``figures`` 27 frequencies and 32 qualities."""

    numbers: tuple[int, ...]
    figures: tuple[float, ...]
    source: str

    @classmethod
    def modelled(cls) -> Tables:
        """From laws and published numbers."""
        return cls((*ladders.modelled(), *waveforms.modelled()), FIGURES, "modelled")

    @classmethod
    def of(cls, memory: bytes, base: int) -> Tables:
        """From a program of the sub CPU whose first byte is at ``base``; raises InputError if it is cut."""

        def taken(address: int, size: int) -> bytes:
            found = memory[max(address - base, 0) : address - base + size]
            if address < base or len(found) < size:
                raise InputError(f"the ROM has no table at 0x{address:06X}", remedy="give a whole program")
            return found

        numbers = [
            number
            for address, entries in ladders.LADDERS
            for number in struct.unpack(f"<{entries}i", taken(address, 4 * entries))
        ]
        for address, entries in waveforms.WAVEFORMS:
            table = taken(address, 1 + 3 * entries)
            numbers.append(table[0])
            numbers += [int.from_bytes(table[at : at + 3], "big") for at in range(1, len(table), 3)]
        figures = struct.unpack(f"<{len(FIGURES)}f", taken(FIGURES_ADDRESS, 4 * len(FIGURES)))
        return cls(tuple(numbers), figures, "ROM")
