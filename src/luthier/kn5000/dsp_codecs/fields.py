"""Fields of 12 and 16 bits in two bytes, as streams have them and as they go out.

Source: audio-subsystem page, "Parameter Packing Summary"; listing, handlers 0, 1, 3 and 5.
"""

from __future__ import annotations

#: What handlers 1 and 5 add to the low byte: the field's lower nibble is not its own (see ``instructions``).
HANDLER_1_LOW = 8
#: What the audio-subsystem page has there.
PUBLISHED_LOW = 1


def field_12(high: int, low: int) -> int:
    """The 12 bits of two bytes: all of the first, the upper half of the second."""
    return high << 4 | low >> 4


def split_12(value: int) -> tuple[int, int]:
    """The two bytes of 12 bits: the lower half of the second is 0.  Higher bits are lost."""
    return value >> 4 & 0xFF, value << 4 & 0xFF


def field_16(high: int, low: int) -> int:
    """The 16 bits of two bytes."""
    return high << 8 | low


def split_16(value: int) -> tuple[int, int]:
    """The two bytes of 16 bits.  Higher bits are lost."""
    return value >> 8 & 0xFF, value & 0xFF
