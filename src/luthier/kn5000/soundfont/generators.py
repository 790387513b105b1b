"""The generators of a SoundFont: what a zone can say about its sound, in the units of the format."""

from __future__ import annotations

import importlib.resources
import tomllib
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray


class Generator(IntEnum):
    """Numbers of generators; ``generators.toml`` has their rows."""

    START = 0
    END = 1
    LOOP_START = 2
    LOOP_END = 3
    START_COARSE = 4
    MOD_LFO_TO_PITCH = 5
    VIBRATO_TO_PITCH = 6
    MOD_ENVELOPE_TO_PITCH = 7
    CUTOFF = 8
    RESONANCE = 9
    MOD_LFO_TO_CUTOFF = 10
    MOD_ENVELOPE_TO_CUTOFF = 11
    END_COARSE = 12
    MOD_LFO_TO_VOLUME = 13
    CHORUS = 15
    REVERB = 16
    PAN = 17
    MOD_LFO_DELAY = 21
    MOD_LFO_FREQUENCY = 22
    VIBRATO_DELAY = 23
    VIBRATO_FREQUENCY = 24
    MOD_ENVELOPE_DELAY = 25
    MOD_ENVELOPE_ATTACK = 26
    MOD_ENVELOPE_HOLD = 27
    MOD_ENVELOPE_DECAY = 28
    MOD_ENVELOPE_SUSTAIN = 29
    MOD_ENVELOPE_RELEASE = 30
    KEY_TO_MOD_ENVELOPE_HOLD = 31
    KEY_TO_MOD_ENVELOPE_DECAY = 32
    ENVELOPE_DELAY = 33
    ENVELOPE_ATTACK = 34
    ENVELOPE_HOLD = 35
    ENVELOPE_DECAY = 36
    ENVELOPE_SUSTAIN = 37
    ENVELOPE_RELEASE = 38
    KEY_TO_ENVELOPE_HOLD = 39
    KEY_TO_ENVELOPE_DECAY = 40
    INSTRUMENT = 41
    KEY_RANGE = 43
    VELOCITY_RANGE = 44
    LOOP_START_COARSE = 45
    KEY = 46
    VELOCITY = 47
    ATTENUATION = 48
    LOOP_END_COARSE = 50
    COARSE_TUNING = 51
    FINE_TUNING = 52
    SAMPLE = 53
    SAMPLE_MODE = 54
    SCALE_TUNING = 56
    EXCLUSIVE_CLASS = 57
    ROOT_KEY = 58


#: Generators are numbered below this.
COUNT: Final = 61
_TABLE: Final[dict[str, Any]] = tomllib.loads(
    importlib.resources.files(__package__).joinpath("generators.toml").read_text("utf-8")
)
#: Words for generators that the tone generator cannot play.
MISSING: Final[dict[Generator, str]] = {
    Generator[name.upper()]: words for name, words in _TABLE["missing"].items()
}


def _column(place: int, otherwise: int) -> NDArray[np.int64]:
    values = np.full(COUNT, otherwise, np.int64)
    for row in _TABLE["rows"]:
        assert Generator(row[0]).name.lower() == row[1]
        values[row[0]] = row[place]
    return values


DEFAULTS: Final = _column(2, 0)
SMALLEST: Final = _column(3, -0x8000)
LARGEST: Final = _column(4, 0x7FFF)
#: Generators that a preset adds to its instrument's: those for samples, keys and ranges are none.
ADDED: Final = np.array(
    [
        any(row[0] == number and not row[5] for row in _TABLE["rows"])
        and number not in (Generator.INSTRUMENT, Generator.KEY_RANGE, Generator.VELOCITY_RANGE)
        for number in range(COUNT)
    ]
)


def seconds(timecents: float) -> float:
    """A time; -12000 is a millisecond.

    >>> seconds(0), round(seconds(-1200), 3)
    (1.0, 0.5)
    """
    return float(2.0 ** (timecents / 1200))


def hertz(cents: float) -> float:
    """A frequency of absolute cents: 6900 is 440 Hz.

    >>> round(hertz(6900)), round(hertz(13500))
    (440, 19912)
    """
    return float(440.0 * 2.0 ** ((cents - 6900) / 1200))
