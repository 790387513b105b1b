"""Wah: a resonant band-pass that a pedal or the loudness of the sound moves.

The filter is a state-variable one that takes any change of its corner (Zavalishin, "The Art of VA Filter
Design"); at its middle sound passes as loud as it is.

Open questions
- The machine's ranges, and how it measures loudness: here peaks, up in 5 ms, down in 150 ms (modelled).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop
from luthier.kn5000.effects.units.dynamics import kept
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit, percent

_MOVING: Final = 3
_OCTAVES, _RANGE, _DAMPING = range(_MOVING)
_RISE: Final = kept(0.005)
_FALL: Final = kept(0.15)
_FULL: Final = 0.5  #: level that moves the filter all the way
_HIGHEST: Final = 0.45  #: of the rate
_TINY: Final = 1e-30


@loop
def _wah(frames: Frames, numbers: Numbers, words: Words, past: Numbers, _memory: Samples) -> None:
    for i in range(len(frames)):
        glide(numbers, words, words[TIME] + i, _MOVING)
        peak = max(abs(frames[i, 0]), abs(frames[i, 1]))
        level = peak + (_RISE if peak > past[4] else _FALL) * (past[4] - peak)
        past[4] = level if level > _TINY else 0.0
        octaves = numbers[_OCTAVES] + numbers[_RANGE] * min(past[4] / _FULL, 1.0)
        g, k = math.tan(math.pi * min(np.exp2(octaves) / RATE, _HIGHEST)), numbers[_DAMPING]
        a1 = 1 / (1 + g * (g + k))
        for side in range(2):
            at = 2 * side
            band, low = past[at], past[at + 1]
            high = frames[i, side] - low
            now = a1 * band + g * a1 * high
            then = low + g * now
            past[at], past[at + 1] = 2 * now - band, 2 * then - low
            frames[i, side] = k * now
            for place in range(at, at + 2):
                past[place] = past[place] if abs(past[place]) > _TINY else 0.0
    words[TIME] += len(frames)


class _Wah(Unit):
    def __init__(self) -> None:
        super().__init__(_wah, _MOVING, past=5)

    def _aim(self, frequency: float, octaves: float, resonance: float) -> None:
        # A Q from 1 to 20.
        self._wanted[:] = (math.log2(frequency), octaves, 20 ** (-resonance / 100))


class AutoWah(_Wah):
    """MANUAL is where the filter rests; SWEEP RANGE how far loud sound drives it up."""

    parameters: tuple[Parameter, ...] = (
        percent("RESONANCE", 60),
        Parameter("MANUAL", "Hz", 80, 4000, 350),
        Parameter("SWEEP RANGE", "octaves", 0, 5, 2.5),
    )

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._aim(settings["MANUAL"], settings["SWEEP RANGE"], settings["RESONANCE"])


class PedalWah(_Wah):
    """WAH CENTER FC is where the pedal stands."""

    parameters: tuple[Parameter, ...] = (
        Parameter("WAH CENTER FC", "Hz", 80, 8000, 1000),
        percent("RESONANCE", 60),
    )

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._aim(settings["WAH CENTER FC"], 0, settings["RESONANCE"])
