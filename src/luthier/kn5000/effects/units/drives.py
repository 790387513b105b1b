"""Distortion, overdrive, fuzz: a curve at eight times the rate, so that next to nothing folds back.

The curve is x / sqrt(1 + x**2).  The mean of it over the way from one sample to the next (Parker,
Zavalishin and Le Bivic, "Reducing the aliasing of nonlinear waveshaping using continuous-time convolution",
2016) is exactly (a + b) / (sqrt(1 + a**2) + sqrt(1 + b**2)): smooth where others divide by nothing.

Open questions
- The machine's curves and what ADJUST does; here it is what comes out, in decibels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from luthier.dsp import half_band
from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.half_band import lower_rate, raise_rate
from luthier.dsp.loops import loop
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit, percent

_MOVING: Final = 3
_DRIVE, _BIAS, _LEVEL = range(_MOVING)
#: Sections and transition bands of the three steps up to eight times the rate; 87 dB and more.
_FILTERS: Final = ((5, 0.01), (2, 0.2), (1, 0.37))
_MOST: Final = 1024  # frames at once
_SAMPLES: Final = 16  # of a frame at eight times the rate, both sides
_PER_FRAME: Final = 2  #: the word that says how many there are
#: Memory begins with what is bent of a frame behind the last two samples before, and the same of its roots.
_ROOTS: Final = _SAMPLES + 2
_SIGNAL: Final = 2 * _ROOTS
_BLOCK_CORNER: Final = 5.0  # Hz of the high-pass that takes the steady part of lopsided curves away
_KEPT: Final = math.exp(-2 * math.pi * _BLOCK_CORNER / RATE)
_ONE = np.float32(1)
_TINY: Final = 1e-30


@loop
def _bend(frames: Frames, numbers: Numbers, words: Words, _past: Numbers, memory: Samples) -> None:
    """``frames`` says how many; behind its scratch ``memory`` has so many times as many, which are bent."""
    samples = words[_PER_FRAME]
    now, root = Place(2), Place(_ROOTS + 2)
    for i in range(len(frames)):
        glide(numbers, words, words[TIME] + i, _MOVING)
        drive, bias = np.float32(numbers[_DRIVE]), np.float32(numbers[_BIAS])
        root_bias = np.sqrt(_ONE + bias * bias)
        steady = (bias + bias) / (root_bias + root_bias)
        first = Place(_SIGNAL + samples * i)
        for j in range(samples):
            value = drive * memory[first + Place(j)] + bias
            memory[now + Place(j)] = value
            memory[root + Place(j)] = np.sqrt(_ONE + value * value)
        for j in range(samples):
            here, root_here = now + Place(j), root + Place(j)
            above = memory[here - Place(2)] + memory[here]
            memory[first + Place(j)] = above / (memory[root_here - Place(2)] + memory[root_here]) - steady
        for j in range(2):
            memory[Place(j)] = memory[Place(samples + j)]
            memory[Place(_ROOTS + j)] = memory[Place(_ROOTS + samples + j)]
    words[TIME] += len(frames)


@loop
def _finish(frames: Frames, numbers: Numbers, words: Words, past: Numbers, _memory: Samples) -> None:
    """A high-pass of first order against the steady part, and the level."""
    for i in range(len(frames)):
        glide(numbers, words, words[TIME] + i, 1)
        for side in range(2):
            value = np.float64(frames[i, side])
            out = _KEPT * past[side] + 0.5 * (1 + _KEPT) * (value - past[2 + side])
            past[side], past[2 + side] = out if abs(out) > _TINY else 0.0, value
            frames[i, side] = numbers[0] * out
    words[TIME] += len(frames)


class Drive(Unit):
    """Up, bent, down again."""

    parameters: tuple[Parameter, ...] = (percent("DRIVE", 60), Parameter("ADJUST", "dB", -24, 12, -6))
    _STEPS: ClassVar[int] = 3
    """How often the rate is doubled."""
    _LEAST: ClassVar[float] = 6.0
    """Decibels of gain before the curve at a drive of 0."""
    _MOST_DRIVE: ClassVar[float] = 30.0
    _BIAS: ClassVar[float] = 0.0
    """How far from the middle the curve is driven."""

    def __init__(self) -> None:
        super().__init__(_bend, _MOVING, words=1, memory=_SIGNAL + _SAMPLES * _MOST)
        self._words[_PER_FRAME] = 2 << self._STEPS
        self._end = Unit(_finish, 1, past=4)
        filters = [half_band.coefficients(sections, width) for sections, width in _FILTERS[: self._STEPS]]
        self._up = [half_band.lanes(numbers, lowering=False) for numbers in filters]
        self._down = [half_band.lanes(numbers, lowering=True) for numbers in filters]
        self._past_up = [half_band.states(lanes) for lanes in self._up]
        self._past_down = [half_band.states(lanes) for lanes in self._down]
        self._high = [np.zeros(4 * _MOST << step, np.float32) for step in range(self._STEPS - 1)]
        self._high.append(self._memory[_SIGNAL:])

    def _shape(self, settings: Mapping[str, float]) -> None:
        span = self._MOST_DRIVE - self._LEAST
        drive = 10 ** ((self._LEAST + span * settings["DRIVE"] / 100) / 20)
        self._wanted[:] = (drive, self._BIAS, 1)
        self._end._wanted[:] = 10 ** (settings[self.parameters[1].name] / 20)

    def reset(self) -> None:
        """As new, but for what is set."""
        self._end.reset()
        super().reset()

    def arrive(self) -> None:
        """Become at once what is wanted."""
        super().arrive()
        self._end.arrive()
        self._settle()

    def clear(self) -> None:
        """Forget all sound."""
        self._end.clear()
        for past in (*self._past_up, *self._past_down):
            past[:] = 0
        self._settle()

    def _settle(self) -> None:
        """As if silence had gone through the curve for ever."""
        bias = np.float32(self._numbers[_BIAS])
        root = np.sqrt(_ONE + bias * bias)
        self._memory[:2], self._memory[_ROOTS : _ROOTS + 2] = bias, root

    def skip(self, frames: int) -> None:
        """Let time go by in silence."""
        super().skip(frames)
        self._end.skip(frames)

    def process(self, frames: Frames) -> None:
        """Put in place of (n, 2) what becomes of it."""
        for first in range(0, len(frames), _MOST):
            self._process(frames[first : first + _MOST])

    def _process(self, frames: Frames) -> None:
        count, time = len(frames), int(self._words[TIME])
        source = frames.reshape(-1)
        for step, high in enumerate(self._high):
            size = count << step
            raise_rate(source, high, size, time << step, self._up[step], self._past_up[step])
            source = high
        self._kernel(frames, self._numbers, self._words, self._past, self._memory)
        for step in reversed(range(self._STEPS)):
            target = self._high[step - 1] if step else frames.reshape(-1)
            size = count << step
            lower_rate(self._high[step], target, size, time << step, self._down[step], self._past_down[step])
        self._end.process(frames)


class Distortion(Drive):
    """Hard driven, the same up and down."""

    _LEAST, _MOST_DRIVE = 10.0, 30.0


class Overdrive(Drive):
    """Softer, and a little lopsided: even harmonics."""

    _LEAST, _MOST_DRIVE, _BIAS = 0.0, 24.0, 0.35


class Fuzz(Drive):
    """As hard as it gets, and lopsided."""

    _LEAST, _MOST_DRIVE, _BIAS = 18.0, 34.0, 0.9


class Amplifier(Drive):
    """That of a rotary speaker; four times the rate are enough for it."""

    parameters: tuple[Parameter, ...] = (percent("DRIVE", 30), Parameter("VOLUME ADJUST", "dB", -24, 12, 0))
    _STEPS, _LEAST, _MOST_DRIVE = 2, 0.0, 18.0


class RockAmplifier(Amplifier):
    """The same, driven further."""

    parameters: tuple[Parameter, ...] = (percent("DRIVE", 80), Parameter("VOLUME ADJUST", "dB", -24, 12, -4))


class Excitement(Drive):
    """What EXCITER does to the highs."""

    _LEAST, _MOST_DRIVE, _BIAS = 0.0, 24.0, 0.5
