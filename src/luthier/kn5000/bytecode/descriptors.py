"""Descriptors: what the interpreter adds to the addresses and numbers of a stream, in twelve bytes.

The firmware, little-endian, has two tables of five: one row for each effect slot at 0x014777, and one at
0x0147B3 where no slot is meant, whose rows are all 0.  The first four words go to handlers 1, 0, 5 and 3
in this order, the long word is the parameter of handlers 0 and 5 (listing, 0x03C259).  The
audio-subsystem page takes it for a pointer to the stream; the stream is an argument (errata).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from luthier.errors import InputError

SIZE = 12
SLOT_TABLE, GLOBAL_TABLE = 0x014777, 0x0147B3
ROWS = 5
_FORMAT = struct.Struct("<HHHHi")


@dataclass(frozen=True)
class Descriptor:
    """What is added: to addresses of 12 bits (``pointers``, ``cells``, ``delays``) and 16 (``block``)."""

    pointers: int = 0
    cells: int = 0
    delays: int = 0
    block: int = 0
    parameter: int = 0
    """Signed, 32 bits: of it the lower 24 go out."""

    @classmethod
    def of(cls, encoded: bytes) -> Descriptor:
        """The descriptor of twelve bytes; raises InputError for another number."""
        if len(encoded) != SIZE:
            raise InputError(f"a descriptor has 12 bytes, not {len(encoded)}")
        return cls(*_FORMAT.unpack(encoded))

    @property
    def encoded(self) -> bytes:
        """Twelve bytes; raises InputError if a number does not fit."""
        try:
            return _FORMAT.pack(self.pointers, self.cells, self.delays, self.block, self.parameter)
        except struct.error as error:
            raise InputError(
                f"{self} does not fit a descriptor", remedy="give four words of 16 bits and 32 signed bits"
            ) from error


#: As in the table at 0x0147B3: nothing is added.
NOTHING = Descriptor()


def row_address(table: int, row: int) -> int:
    """Where a row of a table lies; raises InputError if there is none."""
    if not 0 <= row < ROWS:
        raise InputError(f"descriptor {row} does not exist", remedy="give 0 to 4")
    return table + row * SIZE
