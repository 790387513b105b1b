"""A program of the sub CPU: where it has the tables of every effect.

The image begins at 0x00EF00, 256 bytes before what is loaded to 0x00F000, and has 192 KiB; it is what
SLIDE4K unpacks from the custom flash.  Effect numbers index four tables of 100 pointers.

Source: facts 1.3 and 2.4; listing, 0x03C190 (DSP_WriteParameter).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from luthier.errors import InputError
from luthier.files import read_bytes
from luthier.kn5000.translator.tables import Tables

BASE, SIZE = 0x00EF00, 0x30000
EFFECTS = 100
VALUES, DESCRIPTORS = 0x01F09C, 0x01F22C
CHIPS = 0x01ED6D
#: The chips of the five slots: what every known program has there.
SLOT_CHIPS = bytes([0, 0, 1, 1, 1])
#: SINGLE DELAY and MULTI TAP DELAY in slot 1: descriptors and values (listing, 0x03C1B1).
SLOT_1 = {9: (0x01E17F, 0x01E19E), 10: (0x01E40A, 0x01E42D)}


@dataclass(frozen=True)
class SubRom:
    """An image, and what of it the translator needs."""

    memory: bytes
    base: int = BASE

    @cached_property
    def tables(self) -> Tables:
        """Its ladders, waveforms, frequencies and qualities."""
        return Tables.of(self.memory, self.base)

    def places(self, effect: int, slot: int = 0) -> tuple[int, int] | None:
        """(values, descriptors) as places in the image; None if the effect has none."""
        if not 0 <= effect < EFFECTS:
            return None
        if slot == 1 and effect in SLOT_1:
            descriptors, values = SLOT_1[effect]
        else:
            values, descriptors = self._pointer(VALUES, effect), self._pointer(DESCRIPTORS, effect)
        if not values or not descriptors:
            return None
        for address in (values, descriptors):
            if not 0 <= address - self.base < len(self.memory):
                raise InputError(
                    f"the tables of effect {effect} lie outside the ROM, at 0x{address:06X}",
                    remedy="give the sub CPU's program 1.42",
                )
        return values - self.base, descriptors - self.base

    def _pointer(self, table: int, effect: int) -> int:
        place = table - self.base + 4 * effect
        return int(struct.unpack_from("<I", self.memory, place)[0])


def open_rom(path: Path) -> SubRom:
    """The program of the sub CPU in a file; raises InputError if it is none."""
    memory = read_bytes(path, SIZE)
    if len(memory) != SIZE:
        raise InputError(
            f"a program of the sub CPU has {SIZE:,} bytes, not {len(memory):,}",
            where=str(path),
            remedy="unpack it first: compressed it begins with SLIDE4K",
        )
    if memory[CHIPS - BASE :][: len(SLOT_CHIPS)] != SLOT_CHIPS:
        raise InputError(
            f"no program of the sub CPU: 0x{CHIPS:06X} does not have the chips of the slots",
            where=str(path),
            remedy="give version 1.42, unpacked",
        )
    return SubRom(memory)
