"""The stereo chorus of Poly-800 and EX-800: one bucket-brigade MN3209 with its clock driver MN3102.

Modelled, and by ear (isla-poly800): 6.8 ms moved by 0.6 ms at 0.55 Hz.  One bucket brigade has one output, so
what comes out of it is added on the left and taken away on the right (modelled), a third as loud as the
straight sound, behind low-passes at half its clock.  The MN3209's data sheet allows 0.64 to 12.8 ms.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.dsp.loops import loop
from luthier.dsp.oscillator import TURN, step
from luthier.poly800.voice.state import Numbers, Samples, Words

SECONDS, DEPTH, HERTZ = 0.0068, 0.0006, 0.55
WET: Final = 0.33
#: 256 stages of two phases in 6.8 ms are a clock of 18.8 kHz.
_CORNER = 9_400.0
_TO_TRIANGLE = 4.0 / TURN


class Chorus:
    """The chorus at a rate: keeps listening while it is off, so that switching makes no hole."""

    def __init__(self, rate: int) -> None:
        longest = int((SECONDS + DEPTH) * rate) + 8
        self._line = np.zeros(1 << longest.bit_length())
        self._words = np.zeros(2, np.int64)  # frame, phase of the sweep
        self._numbers = np.zeros(4)  # what is wet now, both low-passes
        share = 1 - float(np.exp(-2 * np.pi * min(_CORNER, 0.45 * rate) / rate))
        self._settings = np.array([SECONDS * rate, DEPTH * rate, share, 0.0])
        self._step = step(HERTZ, rate)
        self.on = False

    def process(self, mono: Numbers, frames: int, out: Samples, first: int) -> None:
        """Write ``frames`` of ``mono`` to ``out[first:]`` left and right."""
        self._settings[3] = WET if self.on else 0.0
        chorus_block(
            mono, frames, out, first, self._line, self._words, self._numbers, self._settings, self._step
        )


@loop
def chorus_block(
    mono: Numbers,
    frames: int,
    out: Samples,
    first: int,
    line: Numbers,
    words: Words,
    numbers: Numbers,
    settings: Numbers,
    sweep: int,
) -> None:
    """A tick through the bucket brigade."""
    mask = len(line) - 1
    time, phase = words[0], words[1]
    middle, depth, share = settings[0], settings[1], settings[2]
    wet, change = numbers[0], (settings[3] - numbers[0]) / frames
    before, after = numbers[1], numbers[2]
    for frame in range(frames):
        straight = mono[frame]
        before += share * (straight - before)
        line[time & mask] = before
        turned = (phase & (TURN - 1)) * _TO_TRIANGLE
        triangle = abs(turned - 2.0) - 1.0
        delay = middle + depth * triangle
        whole = int(delay)
        part = delay - whole
        place = time - whole
        read = line[place & mask] + part * (line[(place - 1) & mask] - line[place & mask])
        after += share * (read - after)
        level = (wet + change * (frame + 1)) * after
        out[first + frame, 0] = straight + level
        out[first + frame, 1] = straight - level
        time += 1
        phase += sweep
    words[0], words[1] = time, phase & (TURN - 1)
    numbers[0], numbers[1], numbers[2] = settings[3], before, after
