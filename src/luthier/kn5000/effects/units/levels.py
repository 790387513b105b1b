"""Sides made louder and softer by a wave: auto pan, ring modulator.

Open questions
- The curve of AUTO PAN; here each side's gain is 1 - depth (1 + wave) / 2, the right side ahead by PHASE.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop
from luthier.dsp.slow_waves import TURN, increment
from luthier.kn5000.effects.units import shapes
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.shapes import fade, shaped
from luthier.kn5000.effects.units.unit import RATE, WAVEFORM, Frames, Parameter, Unit, percent, speed

_MOVING: Final = 3
_STEADY, _WAVING, _APART = range(_MOVING)
_PHASE, _STEP, _SHAPE = 2, 3, 4
#: Hz: where the law of OSC SPEED ends (opcode 65, second family: 800 x - 59,600 at 99).
_HIGHEST: Final = 19_600


@loop
def _wave(frames: Frames, numbers: Numbers, words: Words, _past: Numbers, _memory: Samples) -> None:
    for i in range(len(frames)):
        glide(numbers, words, words[TIME] + i, _MOVING)
        words[_PHASE] += words[_STEP]
        fade(words, _SHAPE)
        for side in range(2):
            ahead = side * int(numbers[_APART] * TURN)
            gain = numbers[_STEADY] + numbers[_WAVING] * shaped(words, _SHAPE, words[_PHASE] + ahead)
            frames[i, side] *= gain
    words[TIME] += len(frames)


class _Levels(Unit):
    def __init__(self) -> None:
        super().__init__(_wave, _MOVING, waves=1, words=shapes.WORDS)

    def arrive(self) -> None:
        """Become at once what is wanted."""
        super().arrive()
        shapes.arrive(self._words, _SHAPE)


class AutoPan(_Levels):
    """From side to side; with PHASE at 0 a tremolo."""

    parameters: tuple[Parameter, ...] = (
        percent("DEPTH", 80),
        speed("LFO SPEED", 1.2),
        Parameter("PHASE", "degrees", 0, 180, 180),
        WAVEFORM,
    )

    def _shape(self, settings: Mapping[str, float]) -> None:
        half = settings["DEPTH"] / 200
        self._wanted[:] = (1 - half, -half, settings["PHASE"] / 360)
        self._words[_STEP] = increment(settings["LFO SPEED"], RATE)
        shapes.choose(self._words, _SHAPE, settings["LFO WAVEFORM"])


class RingModulator(_Levels):
    """Sound times an oscillator: sums and differences of all tones with it."""

    parameters: tuple[Parameter, ...] = (
        Parameter("OSC SPEED", "Hz", 0, _HIGHEST, 1000, "exact"),
        Parameter("PHASE", "degrees", 0, 180, 0),
        WAVEFORM,
    )

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._wanted[:] = (0, 1, settings["PHASE"] / 360)
        self._words[_STEP] = increment(settings["OSC SPEED"], RATE)
        shapes.choose(self._words, _SHAPE, settings["LFO WAVEFORM"])
