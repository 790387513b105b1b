"""How high and low voices can be asked to sound, and so which levels of bandwidth their recordings need.

Pitch, vibrato and the third envelope together say it; what is missing is made before the next sample.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import loop_of_parts
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.band_limited import COLUMNS, LEVELS, NOT_MADE, level_of
from luthier.kn5000.tone_generator.registers import Register
from luthier.kn5000.tone_generator.state import (
    GATE,
    LIVE,
    NEXT_ROOT,
    NEXT_SLOT,
    NOW,
    REQUEST,
    ROOT,
    SLOT,
    STRIDE,
    VOICES,
)

Words = NDArray[np.uint16]
Whole = NDArray[np.int64]
Slow = NDArray[np.float64]

_PITCH, _VIBRATO = int(Register.PITCH), int(Register.VIBRATO_DEPTH)
_BENDS = tuple(int(register) for register in (Register.PITCH_1, Register.PITCH_2, Register.PITCH_3))
_OCTAVE: Final = 12 * laws.PITCH_SEMITONE
_BEND_UNITS: Final = laws.PITCH_TARGET_UNITS


@loop_of_parts
def levels_of(voice: int, registers: Words, whole: Whole, slow: Slow) -> tuple[int, int, int]:
    """Slot, lowest and highest level that a voice needs; a slot of -1 if it needs none."""
    asked = whole[REQUEST * STRIDE + voice]
    if asked == GATE:
        slot, root = whole[NEXT_SLOT * STRIDE + voice], slow[NEXT_ROOT * STRIDE + voice]
    elif not asked and whole[LIVE * STRIDE + voice]:
        slot, root = whole[SLOT * STRIDE + voice], slow[ROOT * STRIDE + voice]
    else:
        return -1, 0, 0
    down, up = min(0.0, slow[(NOW + 2) * STRIDE + voice]), max(0.0, slow[(NOW + 2) * STRIDE + voice])
    for register in _BENDS:
        word = np.int64(registers[register * VOICES + voice])
        target = np.float64((word >> 8) - (word >> 7 & 0x100))
        down, up = min(down, target), max(up, target)
    pitch = np.float64(registers[_PITCH * VOICES + voice]) - root
    swing = np.float64(registers[_VIBRATO * VOICES + voice])
    lowest = level_of((pitch + down * _BEND_UNITS - swing) / _OCTAVE)
    return slot, lowest, level_of((pitch + up * _BEND_UNITS + swing) / _OCTAVE)


@loop_of_parts
def lacking(registers: Words, whole: Whole, slow: Slow, table: Whole) -> int:
    """The first voice that needs a level that is not made; -1 if none does."""
    for voice in range(VOICES):
        slot, lowest, highest = levels_of(voice, registers, whole, slow)
        if slot >= 0:
            for level in range(lowest, highest + 1):
                if table[(slot * LEVELS + level) * COLUMNS] == NOT_MADE:
                    return voice
    return -1
