"""The waveform of a slow wave: from one to another it fades, in 46 ms.

Three words of a unit: the waveform, the one before, and how many frames of that are left.
"""

from __future__ import annotations

from typing import Final

from luthier.dsp.loops import part
from luthier.dsp.slow_waves import wave
from luthier.kn5000.effects.units.gliding import Words

WORDS: Final = 3
_BEFORE, _LEFT = 1, 2
_FADE: Final = 2048  #: frames


@part
def shaped(words: Words, at: int, phase: int) -> float:
    """The wave at a phase; ``at`` is the first of the three words."""
    value = wave(phase, words[at])
    if words[at + _LEFT] > 0:
        value += words[at + _LEFT] / _FADE * (wave(phase, words[at + _BEFORE]) - value)
    return value


@part
def fade(words: Words, at: int) -> None:
    """A frame goes by."""
    words[at + _LEFT] = max(words[at + _LEFT] - 1, 0)


@part
def shaped_later(words: Words, at: int, phase: int, frames: int) -> float:
    """The wave at a phase that comes in so many frames."""
    value = wave(phase, words[at])
    if words[at + _LEFT] > 0:
        left = max(words[at + _LEFT] - frames, 0)
        value += left / _FADE * (wave(phase, words[at + _BEFORE]) - value)
    return value


@part
def fade_on(words: Words, at: int, frames: int) -> None:
    """Frames go by."""
    words[at + _LEFT] = max(words[at + _LEFT] - frames, 0)


def choose(words: Words, at: int, shape: float) -> None:
    """Go over to another waveform."""
    if int(shape) != words[at]:
        words[at : at + WORDS] = int(shape), words[at], _FADE


def arrive(words: Words, at: int) -> None:
    """Be there at once."""
    words[at + _LEFT] = 0
