"""The opcodes of value records: where their number goes, which operands they take, which law they are.

The names are ours.  The audio-subsystem page has 61, 62 and 63 by the names of their neighbours, and calls
laws after what it took them for; 79 is missing there (errata).

Source: listing, jump table 0x014745 with base 0x03CB8E; 21, 24 and 40 at 0x03CEE2, 0x03CEBC and 0x03CE9F.

Open questions
- What a law leaves for a family or kind beyond its own: the firmware sends what was in a register.
- What a value beyond a table gives: the firmware reads on.
- Which words stand before a slot's first value: opcode 24 of RESONANCE of AUTO WAH looks there.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

FIRST_OF_TABLE, LAST_OF_TABLE = 0x61, 0x79
TAIL_LEVEL, CHOSEN_BLEND, MILLISECONDS = 0x21, 0x24, 0x40
DRIVE_LADDER, MIX_LADDER, VOLUME_LADDER = 0x61, 0x62, 0x63
RATIO, SPEED, BLEND, DELAY, DEGREES, LONG_DECAY = 0x64, 0x65, 0x66, 0x67, 0x68, 0x69
ROTOR, REGISTER_BLEND, ADDRESS_BLEND, SENSITIVITY, DECAY = 0x6A, 0x6B, 0x6C, 0x6D, 0x6E
GATE, BAND, PITCH, COMPRESSION, BIPOLAR_BLEND, WAVEFORM = 0x6F, 0x70, 0x71, 0x72, 0x73, 0x74
REVERB, SHELF, MANY_BLENDS, OTHER_SPEED, SIGNED_LADDER = 0x75, 0x76, 0x77, 0x78, 0x79
END_OF_RECORD = 0x7A


class Space(Enum):
    """Where a number goes inside DSP 1; for DSP 2 all are registers."""

    CELLS = "cells"
    """Coefficients: pointer 821, tag 26; the first word of a descriptor is added to the address."""
    REGISTERS = "registers"
    """Words of class 1, tag 15; the second word is added."""
    DELAYS = "delays"
    """Delay lines: pointer 825, tag 4C; the third word is added to addresses, the parameter to numbers."""


class Operation(NamedTuple):
    """One opcode: its name, where its numbers go, bytes of operands, the address of its law, and the law."""

    name: str
    space: Space
    operands: int
    address: int
    law: str


_C, _R, _D = Space.CELLS, Space.REGISTERS, Space.DELAYS

OPERATIONS = {
    TAIL_LEVEL: Operation("tail-level", _C, 6, 0x039206, "a + (b - a) x / 99"),
    CHOSEN_BLEND: Operation("chosen-blend", _C, 19, 0x03A4B7, "a + (b - a) x / 99, a and b by another value"),
    MILLISECONDS: Operation("milliseconds", _C, 0, 0x03A4A0, "44100 x / 1000"),
    DRIVE_LADDER: Operation("drive", _C, 0, 0x038E9F, "0.25 dB a step"),
    MIX_LADDER: Operation("mix", _C, 0, 0x038EAC, "1 dB a step, 0 is silence"),
    VOLUME_LADDER: Operation("volume", _R, 1, 0x038EB9, "one of three ladders in dB, 0 is silence"),
    RATIO: Operation("ratio", _R, 3, 0x038F9B, "x / d - 1"),
    SPEED: Operation("speed", _C, 1, 0x038FE8, "f / 44100, or f / (400 - 2f), f in segments"),
    BLEND: Operation("blend", _C, 6, 0x039206, "a + (b - a) x / 99"),
    DELAY: Operation("delay", _D, 3, 0x03925E, "base + 44100 x / 1000"),
    DEGREES: Operation("degrees", _R, 3, 0x0392AC, "d x / 180"),
    LONG_DECAY: Operation("long-decay", _C, 0, 0x0392F2, "2^(-24 / (44100 T - 1)), T in two segments"),
    ROTOR: Operation("rotor", _R, 0, 0x03943B, "f / (400 - 2f), f in segments"),
    REGISTER_BLEND: Operation("register-blend", _R, 6, 0x0394CD, "a + (b - a) x / 99"),
    ADDRESS_BLEND: Operation("address-blend", _R, 6, 0x039525, "256 (descriptor + a + (b - a) x / 99)"),
    SENSITIVITY: Operation("sensitivity", _C, 0, 0x039599, "1 - 0.4270422^(1 / (44.1 ms))"),
    DECAY: Operation("decay", _C, 6, 0x0396C2, "2^(-24 / (44100 T - 1)), T = A + (B - A) x / 99"),
    GATE: Operation("gate", _C, 0, 0x0397F3, "44100 ms / 1000, ms in segments"),
    BAND: Operation("band", _C, 1, 0x03A933, "five numbers of a peaking or band-pass filter"),
    PITCH: Operation("pitch", _C, 0, 0x0398CE, "(1 - 2^(cents / 1200)) / 2400, cents in segments"),
    COMPRESSION: Operation("compression", _C, 1, 0x039ABD, "five numbers of a gain curve"),
    BIPOLAR_BLEND: Operation("bipolar-blend", _C, 6, 0x039D26, "a + (b - a) / 198 (x + 99)"),
    WAVEFORM: Operation("waveform", _R, 1, 0x03869B, "one of three tables of 36 or 32 numbers"),
    REVERB: Operation("reverb", _C, 3, 0x039D98, "-10^(-4.816 a / T) / 2, T in five segments"),
    SHELF: Operation("shelf", _C, 1, 0x03B646, "three numbers of a shelving filter"),
    MANY_BLENDS: Operation("many-blends", _C, 6, 0x03A22A, "a + (b - a) x / 99"),
    OTHER_SPEED: Operation("other-speed", _C, 1, 0x03A282, "as speed"),
    SIGNED_LADDER: Operation(
        "signed-volume", _C, 1, 0x038EF6, "0.552 of the third volume ladder, or minus that"
    ),
}

#: Form 2 of opcode 76 takes one byte more: its frequency.
FIXED_SHELF = 2
#: How many numbers an opcode sends, where it is not one.
NUMBERS = {BAND: 5, COMPRESSION: 5, SHELF: 3}


def operand_bytes(opcode: int, first: int = 0) -> int:
    """Bytes behind the opcode and its cell; ``first`` is the first of them."""
    return OPERATIONS[opcode].operands + (opcode == SHELF and first & 0x0F == FIXED_SHELF)
