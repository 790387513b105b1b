"""Numbers of 24 bits: three bytes in streams and behind command 02, four bytes with a tag in host pokes.

A number is a fraction in two's complement, Q0.23: 800000 is -1, 7FFFFF nearly 1.  In a host poke it is
shifted by one bit, so that seven bits remain for a *tag*, which says where it goes:

====  ==================================================
byte  bits
====  ==================================================
0     23 to 17 of the number, below bit 7, which is 0
1     16 to 9
2     8 to 1
3     0 of the number in bit 7, the tag below
====  ==================================================

Sources: facts 2.5; listing, the routines that write 15, 26 and 4C as tags.  The boot trace of the
audio-subsystem page reads bytes 1 to 3 only: those are the lower 17 bits.

Open questions
- Why tag 15 goes with words of class 1 before it, 26 and 4C with pointers 821 and 825: their use is known,
  their meaning inside the chip is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from luthier.errors import InputError

BITS = 24
MASK = (1 << BITS) - 1
#: One in Q0.23.
ONE = 1 << 23
TAG_MASK = 0x7F
#: Behind a word of class 1: most coefficient streams.
TAG_CELL = 0x15
#: Behind pointer loads 821 and 825.
TAG_821, TAG_825 = 0x26, 0x4C
TRACE_MASK = 0x1FFFF


def to_wire(number: int, tag: int = TAG_CELL) -> bytes:
    """The four bytes of a host poke.  ``number``: 24 bits, or negative; raises InputError beyond."""
    bits = to_bits(number)
    if not 0 <= tag <= TAG_MASK:
        raise InputError(f"tag 0x{tag:X} has more than 7 bits")
    return bytes([bits >> 17 & 0x7F, bits >> 9 & 0xFF, bits >> 1 & 0xFF, bits << 7 & 0x80 | tag])


def from_wire(packed: Sequence[int]) -> tuple[int, int]:
    """(number as 24 bits, tag) of four bytes."""
    first, second, third, last = packed
    return (first & 0x7F) << 17 | second << 9 | third << 1 | last >> 7, last & TAG_MASK


def trace_value(packed: Sequence[int]) -> int:
    """The number as the boot trace has it, 17 bits: bytes 1 to 3 of four."""
    _, second, third, last = packed
    return second << 9 | third << 1 | last >> 7


def to_stream(number: int) -> bytes:
    """The three bytes a stream has, most significant first."""
    return to_bits(number).to_bytes(3, "big")


def from_stream(packed: bytes) -> int:
    """The signed number of three bytes."""
    return int.from_bytes(packed, "big", signed=True)


def scaled(packed: bytes) -> int:
    """Three bytes as the translator reads them: the signed number, 256 times (facts B30)."""
    return from_stream(packed) << 8


def to_bits(number: int) -> int:
    """A signed number, or 24 bits, as 24 bits; raises InputError if it has more."""
    if not -ONE <= number <= MASK:
        raise InputError(f"{number} has more than 24 bits", remedy="give -8388608 to 16777215")
    return number & MASK


def from_bits(bits: int) -> int:
    """24 bits as a signed number."""
    return (bits & MASK ^ ONE) - ONE


def to_fraction(bits: int) -> float:
    """24 bits as -1 to nearly 1."""
    return from_bits(bits) / ONE


def from_fraction(value: float) -> int:
    """The 24 bits nearest to -1 to 1; 1 becomes the largest there is.  InputError beyond, and for NaN."""
    if not -1 <= value <= 1:
        raise InputError(f"{value} is no fraction", remedy="give -1 to 1")
    return to_bits(min(round(value * ONE), ONE - 1))
