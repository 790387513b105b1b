"""The words of DSP 1: 36 bits in five bytes, the upper four of the first byte are 0.

====  ==========================
bits  field
====  ==========================
35-24 ``high``: 12 bits
23-20 ``kind``: the class
19-12 ``cell``: an address, 8 bits
11-0  ``low``: 12 bits
====  ==========================

They are written as 801.0.50.821, field by field.  Command 01 sends a load address and words; at 0160 and
0161 no program lies, but windows: what is sent there acts at once.  There 801.0.NN.821 sets a pointer,
and five bytes that begin with 0A hold a number of 24 bits (``coefficients``).

Sources: facts 1 and 2.6; listing, the routines that send 08 01 .. 21 and 0A .. 15.  The handlers that
relocate addresses change ``kind`` and ``cell`` together: 12 bits.

Open questions
- What nearly every field does inside the chip.
- What else the windows take.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.errors import InputError

WORD_SIZE = 5
#: Words that DSP 1 has room for.
PROGRAM_WORDS = 384
ADDRESS_SIZE = 2
#: The header of a stream's instruction, its command and the end of the stream.
STREAM_HEADER, COMMAND_SIZE = 2, 1

WINDOWS = (0x0160, 0x0161)
POINTER_HIGH = 0x801
#: Which pointer a poke sets; 827 is in programs only.
POINTER_821, POINTER_825, POINTER_827 = POINTERS = 0x821, 0x825, 0x827
COEFFICIENT_MARK = 0x0A


@dataclass(frozen=True)
class Word:
    """One word; raises InputError if a field is too large."""

    high: int
    kind: int
    cell: int
    low: int

    def __post_init__(self) -> None:
        for name, value, bits in (
            ("high", self.high, 12),
            ("kind", self.kind, 4),
            ("cell", self.cell, 8),
            ("low", self.low, 12),
        ):
            if not 0 <= value < 1 << bits:
                raise InputError(f"field {name} of a word has {bits} bits: 0x{value:X} does not fit")

    @property
    def bits(self) -> int:
        """36 bits."""
        return self.high << 24 | self.kind << 20 | self.cell << 12 | self.low

    @property
    def encoded(self) -> bytes:
        """Five bytes."""
        return self.bits.to_bytes(WORD_SIZE, "big")

    @property
    def address(self) -> int:
        """``kind`` and ``cell`` as the 12 bits that handlers 0, 1 and 5 add to."""
        return self.kind << 8 | self.cell

    @classmethod
    def of(cls, encoded: bytes) -> Word:
        """The word of five bytes; raises InputError for another number of bytes, or more than 36 bits."""
        if len(encoded) != WORD_SIZE or encoded[0] > 0x0F:
            raise InputError(f"{encoded.hex(' ').upper()} is no word of 36 bits in five bytes")
        bits = int.from_bytes(encoded, "big")
        return cls(bits >> 24, bits >> 20 & 0xF, bits >> 12 & 0xFF, bits & 0xFFF)

    def __str__(self) -> str:
        return f"{self.high:03X}.{self.kind:X}.{self.cell:02X}.{self.low:03X}"


def words(encoded: bytes) -> list[Word]:
    """The words of a program; raises InputError if they are not whole."""
    if len(encoded) % WORD_SIZE:
        raise InputError(
            f"{len(encoded)} bytes are no whole number of words", remedy="give five bytes a word"
        )
    return [Word.of(encoded[at : at + WORD_SIZE]) for at in range(0, len(encoded), WORD_SIZE)]


def sent_size(count: int) -> int:
    """Bytes behind command 01 for a program: its address and its words."""
    return ADDRESS_SIZE + WORD_SIZE * count


def stream_size(count: int) -> int:
    """Bytes of the instruction that loads a program, in a stream: header and command more."""
    return STREAM_HEADER + COMMAND_SIZE + sent_size(count)


def pointer(cell: int, which: int = POINTER_821) -> Word:
    """The word that sets a pointer to a cell, 8 bits."""
    return Word(POINTER_HIGH, 0, cell, which)


def pointed(word: bytes) -> tuple[int, int] | None:
    """(cell, which pointer) if five bytes set one, else None."""
    if word[0] > 0x0F:
        return None
    parts = Word.of(word)
    is_pointer = parts.high == POINTER_HIGH and parts.kind == 0 and parts.low in POINTERS
    return (parts.cell, parts.low) if is_pointer else None
