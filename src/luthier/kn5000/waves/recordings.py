"""What a tone generator needs of a wave memory: samples, and where in them which recording is.

The firmware selects a recording by register 01, ``(class << 12) | entry`` (facts of the register interface).
Taken here: a class is one ROM of 4 MB, an entry one of its index.  That is modelled: nobody has seen the
chip do it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.tone_generator.recordings import RECORDING, Recordings

__all__ = ["RECORDING", "SEMITONE", "Recordings", "samples_of", "selector", "used"]

CLASS_SHIFT = 12
#: Four wave ROMs, IC304 to IC307.
CLASS_COUNT = 4
SELECTOR_COUNT = CLASS_COUNT << CLASS_SHIFT

#: Log pitch: 0x100 a semitone, note 60 = 60 * 0x100 (register 10 of the tone generator).
SEMITONE = 0x100


def selector(wave_class: int, entry: int) -> int:
    """The value of register 01 for an entry of a class."""
    return wave_class << CLASS_SHIFT | entry


def used(recordings: Recordings) -> list[int]:
    """The selectors that have a recording."""
    return [int(number) for number in np.flatnonzero(recordings.table["length"])]


def samples_of(recordings: Recordings, number: int) -> NDArray[np.int16]:
    """The samples of one recording."""
    row = recordings.table[number]
    return recordings.samples[int(row["start"]) : int(row["start"] + row["length"])]
