"""System messages of the MIDI ring, ``F0 - command value``: what holds for all parts.

Known from the listing (0x02A7AF and 0x02A7FC) is which there are and where they store; units are those of
pitch elsewhere, 1/256 semitone.

Open questions
- The byte before the command; the program does not look at it.
- Commands 85 to 87, 91, 92 and B0: what they do to the sound is not known; 85, 87 and 92 are not modelled.
- Scale offsets, A4 to AF: the unit of a step is taken for 1/128 semitone, by their centre at 80.
- Whether the scale of the user is in force with bit 9 of 0x041343 set or clear.  The reset stores -128 for
  every note and sets the bit; here a note is tuned once its offset has been sent.
"""

from __future__ import annotations

from typing import Final

from luthier.kn5000.transport.controllers import SETTINGS
from luthier.kn5000.transport.sub_ram import SubRam

POLYPHONY, MASTER_TUNING, TRANSPOSE, SCALE_KIND = 0x09, 0x82, 0x83, 0x86
STORE_04134B, LEVEL_SETTING, SILENCE = 0x91, 0x99, 0xA3
SCALE: Final = range(0xA4, 0xB0)
VELOCITY_KIND, SCALE_SWITCH = 0xB0, 0xB1

MASTER_TUNING_WORD, TRANSPOSE_WORD, SCALE_OFFSETS = 0x041347, 0x041349, 0x04134E
#: Commands whose value is kept as it is, and where.
_BYTES: Final = {STORE_04134B: 0x04134B, SCALE_KIND: 0x04134D}
#: Commands that set or clear a bit of the settings, the bit, and the value that sets it.
_BITS: Final = {POLYPHONY: (0x0001, 1), LEVEL_SETTING: (0x0002, 0x7F), SCALE_SWITCH: (0x0200, 0)}
#: As the program's reset sends them (listing, 0x02A8F3): levels linear, no tuning.
START: Final = (
    (POLYPHONY, 2),
    (MASTER_TUNING, 0x40),
    (TRANSPOSE, 0),
    (SCALE_KIND, 0),
    (STORE_04134B, 0),
    (LEVEL_SETTING, 0),
    *((command, 0) for command in SCALE),
    (VELOCITY_KIND, 1),
    (SCALE_SWITCH, 0),
)
_PITCH_UNITS, _SCALE_UNITS = 256, 128


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def store(ram: SubRam, command: int, value: int) -> bool:
    """Store as the program does; False if nothing is stored."""
    if command in _BITS:
        bit, setting = _BITS[command]
        word = ram.word(SETTINGS)
        ram.set_word(SETTINGS, word | bit if value == setting else word & ~bit)
    elif command == MASTER_TUNING:
        ram.set_word(MASTER_TUNING_WORD, _signed((value - 0x40) * 2 & 0xFF, 8))
    elif command == TRANSPOSE:
        ram.set_word(TRANSPOSE_WORD, _signed(value, 8) << 8)
    elif command == VELOCITY_KIND:
        ram.set_byte(0x04134C, value & 0x0F)
    elif command in SCALE:
        ram.set_byte(SCALE_OFFSETS + command - SCALE.start, value - 0x80)
    elif command in _BYTES:
        ram.set_byte(_BYTES[command], value)
    else:
        return False
    return True


def tuning(ram: SubRam) -> float:
    """Master tuning in semitones."""
    return _signed(ram.word(MASTER_TUNING_WORD), 16) / _PITCH_UNITS


def transpose(ram: SubRam) -> float:
    """Transposition in semitones."""
    return _signed(ram.word(TRANSPOSE_WORD), 16) / _PITCH_UNITS


def scale_offset(ram: SubRam, note: int) -> float:
    """What the user's scale adds to a note 0 (C) to 11, in semitones."""
    return _signed(ram.byte(SCALE_OFFSETS + note), 8) / _SCALE_UNITS
