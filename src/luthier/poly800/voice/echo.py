"""The MkII's equaliser and digital delay, which it has instead of the chorus.

Figures and what is modelled: laws.py.  The delay is swept as the MkII does it, by its clock: a sweep makes
the delay longer and shorter by the same factor.  What is fed back saturates softly, so that feedback 15 stays
finite.

Modelled: the effect is added on the left and taken away on the right; the sweep is a triangle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from luthier.compiled import compiled
from luthier.dsp.loops import loop
from luthier.dsp.oscillator import TURN, step
from luthier.poly800.voice import laws
from luthier.poly800.voice.state import Numbers, Samples, Words

_TO_TRIANGLE = 4.0 / TURN
#: Seconds that a new delay time takes, as a glide.
_GLIDE = 0.05
BASS, TREBLE = range(2)
#: Wanted and present delay, sweep in octaves either way, feedback, level; then the states of both shelves.
_WANTED, _DELAY, _SWEEP, _FEEDBACK, _LEVEL, _WET, _STATES = range(7)


def shelf(decibels: float, middle: float, rate: float, *, high: bool) -> tuple[float, float, float]:
    """b0, b1, a1 of a shelf of first order: ``decibels`` at one end, half of them at ``middle`` Hz.

    Bilinear, exact at ``middle``.
    """
    root = 10 ** (decibels / 40)
    turn = math.tan(math.pi * min(middle, 0.45 * rate) / rate)
    if high:  # (root² s + root) / (s + root) with s in units of the middle
        top, bottom = (root**2, root), (1.0, root)
    else:
        top, bottom = (1.0, root), (1.0, 1 / root)
    scale = bottom[0] + bottom[1] * turn
    return (
        (top[0] + top[1] * turn) / scale,
        (top[1] * turn - top[0]) / scale,
        (bottom[1] * turn - bottom[0]) / scale,
    )


class Echo:
    """Equaliser and delay at a rate."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        longest = int(laws.LONGEST_DELAY * math.sqrt(laws.SWEEP_RATIO) * rate) + 8
        self._line = np.zeros(1 << longest.bit_length(), np.float32)
        self._words = np.zeros(3, np.int64)  # frame, phase of the sweep, its step
        self._numbers = np.zeros(_STATES + 2)
        self._shelves: Numbers = np.array([[1.0, 0.0, 0.0]] * 2)
        self._share = 1 - math.exp(-1 / (_GLIDE * rate))

    def set(self, values: Mapping[str, int]) -> None:
        """Take the panel values of a program."""
        rate, numbers = self._rate, self._numbers
        numbers[_WANTED] = laws.delay_seconds(values["delay_time"]) * rate
        if not self._words[0]:
            numbers[_DELAY] = numbers[_WANTED]
        numbers[_SWEEP] = values["delay_modulation_intensity"] / 31 * math.log2(laws.SWEEP_RATIO) / 2
        numbers[_FEEDBACK] = values["delay_feedback"] / 15
        numbers[_LEVEL] = values["delay_level"] / 15
        self._words[2] = step(laws.sweep_hertz(values["delay_modulation_frequency"]), rate)
        bass, treble = (laws.shelf_decibels(values[name]) for name in ("eq_bass", "eq_treble"))
        self._shelves[BASS] = shelf(bass, laws.BASS_MIDDLE, rate, high=False)
        self._shelves[TREBLE] = shelf(treble, laws.TREBLE_MIDDLE, rate, high=True)

    @property
    def longest(self) -> float:
        """Frames after which what went in may come out at the latest, once; 0 if nothing does."""
        if not self._numbers[_LEVEL]:
            return 0.0
        return float(self._numbers[_WANTED] * 2 ** self._numbers[_SWEEP])

    def process(self, mono: Numbers, frames: int, out: Samples, first: int) -> None:
        """Write ``frames`` of ``mono`` to ``out[first:]`` left and right."""
        echo_block(
            mono, frames, out, first, self._line, self._words, self._numbers, self._shelves, self._share
        )


_SOFT: Final = 1.0 / 3.0


@loop
def echo_block(
    mono: Numbers,
    frames: int,
    out: Samples,
    first: int,
    line: Samples,
    words: Words,
    numbers: Numbers,
    shelves: Numbers,
    share: float,
) -> None:
    """A tick through shelves and delay."""
    mask = len(line) - 1
    time, phase, sweep = words[0], words[1], words[2]
    delay, wanted, feedback = numbers[_DELAY], numbers[_WANTED], numbers[_FEEDBACK]
    wet, change = numbers[_WET], (numbers[_LEVEL] - numbers[_WET]) / frames
    low, high = numbers[_STATES], numbers[_STATES + 1]
    # The factor of a sweep changes little within a tick: straight from end to end.
    begin = _sweep_factor(phase, numbers[_SWEEP])
    turn = (_sweep_factor(phase + sweep * frames, numbers[_SWEEP]) - begin) / frames
    for frame in range(frames):
        dry = mono[frame]
        shaped = shelves[0, 0] * dry + low
        low = shelves[0, 1] * dry - shelves[0, 2] * shaped
        straight = shelves[1, 0] * shaped + high
        high = shelves[1, 1] * shaped - shelves[1, 2] * straight
        delay += share * (wanted - delay)
        place = delay * (begin + turn * frame)
        whole = int(place)
        part = place - whole
        at = time - whole
        newer, older = line[at & mask], line[(at - 1) & mask]
        read = newer + part * (older - newer)
        fed = straight + feedback * read
        x = min(max(fed * _SOFT, -1.0), 1.0)
        line[time & mask] = 3.0 * x * (1.0 - x * x * _SOFT)
        level = (wet + change * (frame + 1)) * read
        out[first + frame, 0] = straight + level
        out[first + frame, 1] = straight - level
        time += 1
    words[0], words[1] = time, (phase + sweep * frames) & (TURN - 1)
    numbers[_DELAY], numbers[_WET] = delay, numbers[_LEVEL]
    numbers[_STATES], numbers[_STATES + 1] = low, high


@compiled
def _sweep_factor(phase: int, octaves: float) -> float:
    triangle = abs((phase & (TURN - 1)) * _TO_TRIANGLE - 2.0) - 1.0
    return float(2.0 ** (octaves * triangle))
