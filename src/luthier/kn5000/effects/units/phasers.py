"""A phaser: six all-passes of first order to either side, their corner moved by a slow wave.

The notches come where what is shifted meets the dry sound: that is added behind the chip, or by DRY/WET.

Open questions
- How many all-passes there are, where they move, and where RESONANCE takes its sound from (all modelled).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop
from luthier.dsp.slow_waves import TURN, increment
from luthier.kn5000.effects.units import shapes
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.shapes import fade, shaped
from luthier.kn5000.effects.units.unit import PHASE, RATE, WAVEFORM, Frames, Parameter, Unit, percent, speed

STAGES: Final = 6
_OCTAVES: Final = 2.0  #: to either side at full depth
_MOVING: Final = 5
_MIDDLE, _DEPTH, _FEEDBACK, _APART, _LEVEL = range(_MOVING)
_PHASE, _STEP, _SHAPE = 2, 3, 4
_PER_SIDE: Final = STAGES + 1
_TINY: Final = 1e-30


@loop
def _shift(frames: Frames, numbers: Numbers, words: Words, past: Numbers, _memory: Samples) -> None:
    for i in range(len(frames)):
        glide(numbers, words, words[TIME] + i, _MOVING)
        words[_PHASE] += words[_STEP]
        fade(words, _SHAPE)
        for side in range(2):
            ahead = side * int(numbers[_APART] * TURN)
            octaves = numbers[_MIDDLE] + numbers[_DEPTH] * shaped(words, _SHAPE, words[_PHASE] + ahead)
            # tan(pi f / rate) by its first terms; f stays below a quarter of the rate.
            x = np.exp2(octaves) * (math.pi / RATE)
            square = x * x
            tangent = x * (15.0 - square) / (15.0 - 6.0 * square)
            a = (tangent - 1.0) / (tangent + 1.0)
            first = side * _PER_SIDE
            value = frames[i, side] + numbers[_FEEDBACK] * past[first + STAGES]
            for stage in range(STAGES):
                at = first + stage
                out = a * value + past[at]
                kept = value - a * out
                past[at] = kept if abs(kept) > _TINY else 0.0
                value = out
            value = value if abs(value) > _TINY else 0.0
            past[first + STAGES] = value
            frames[i, side] = numbers[_LEVEL] * value
    words[TIME] += len(frames)


class Phaser(Unit):
    """MANUAL is the corner in the middle; DEPTH moves it by up to two octaves to either side."""

    parameters: tuple[Parameter, ...] = (
        percent("DEPTH", 70),
        speed("LFO SPEED", 0.4),
        Parameter("RESONANCE", "%", 0, 90, 40),
        Parameter("MANUAL", "Hz", 100, 2500, 800),
        PHASE,
        WAVEFORM,
    )

    def __init__(self) -> None:
        super().__init__(_shift, _MOVING, waves=1, words=shapes.WORDS, past=2 * _PER_SIDE)

    def _shape(self, settings: Mapping[str, float]) -> None:
        feedback = settings["RESONANCE"] / 100
        self._wanted[:] = (
            math.log2(settings["MANUAL"]),
            _OCTAVES * settings["DEPTH"] / 100,
            feedback,
            settings["PHASE"] / 360,
            (1 - feedback * feedback) ** 0.5,
        )
        self._words[_STEP] = increment(settings["LFO SPEED"], RATE)
        shapes.choose(self._words, _SHAPE, settings["LFO WAVEFORM"])

    def arrive(self) -> None:
        """Become at once what is wanted."""
        super().arrive()
        shapes.arrive(self._words, _SHAPE)
