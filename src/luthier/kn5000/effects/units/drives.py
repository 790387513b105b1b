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

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.four import fold, load, load_frame, of_two, store, store_frame
from luthier.dsp.half_band import (
    FEW,
    HISTORY,
    MORE,
    STATES,
    between,
    divide,
    filters,
    join,
    keep,
    lower_rate,
    pasts,
    remember,
    through,
)
from luthier.dsp.loops import loop, part
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, number, straight
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit, percent

_MOVING: Final = 3
_DRIVE, _BIAS, _LEVEL = range(_MOVING)
_MOST: Final = 96  # frames at once
_SAMPLES: Final = 8  # of a frame at four times the rate, both sides
_BLOCK_CORNER: Final = 5.0  # Hz of the high-pass that takes the steady part of lopsided curves away
_KEPT = np.float32(math.exp(-2 * math.pi * _BLOCK_CORNER / RATE))
_THROUGH = np.float32(0.5) * (1 + _KEPT)
_ONE, _HALF = np.float32(1), np.float32(0.5)
#: Goes in with the sound, so that nothing gets too small for the processor's quick ways.
_TINY = np.float32(1e-20)


def _places() -> dict[str, int]:
    """Where in memory sound lies on its way, at how many times the rate; before most of it lies its past."""
    past, places, end = 2 * HISTORY, {"raised": 0, "lowered": STATES, "before": 2 * STATES}, 2 * STATES + 4
    for name, times in (
        *(("twice", 2), ("four", 4), ("between", 4), ("again", 2)),
        *(("even", 4), ("odd", 4), ("even_roots", 4), ("odd_roots", 4)),
        *(("even_8", 4), ("odd_8", 4), ("even_4", 2), ("odd_4", 2)),
    ):
        places[name] = end + past
        end += past + 2 * times * _MOST
    return places | {"end": end}


_AT: Final = _places()
_RAISED: Final = _AT["raised"]
_LOWERED: Final = _AT["lowered"]
_BEFORE: Final = _AT["before"]
_TWICE: Final = _AT["twice"]
_FOUR: Final = _AT["four"]
_BETWEEN: Final = _AT["between"]
_AGAIN: Final = _AT["again"]
_EVEN: Final = _AT["even"]
_ODD: Final = _AT["odd"]
_EVEN_ROOTS: Final = _AT["even_roots"]
_ODD_ROOTS: Final = _AT["odd_roots"]
_EVEN_8: Final = _AT["even_8"]
_ODD_8: Final = _AT["odd_8"]
_EVEN_4: Final = _AT["even_4"]
_ODD_4: Final = _AT["odd_4"]


@part
def _bend(memory: Samples, first: int, samples: int, drive: np.float32, bias: np.float32) -> None:
    """Samples at four times the rate and those between them through the curve, from ``first`` on."""
    root_bias = np.sqrt(_ONE + bias * bias)
    steady = (bias + bias) / (root_bias + root_bias)
    for i in range(first, first + samples):
        value = drive * memory[Place(_FOUR - 2 * FEW + i)] + bias
        memory[Place(_EVEN + i)] = value
        memory[Place(_EVEN_ROOTS + i)] = np.sqrt(_ONE + value * value)
        value = drive * memory[Place(_BETWEEN + i)] + bias
        memory[Place(_ODD + i)] = value
        memory[Place(_ODD_ROOTS + i)] = np.sqrt(_ONE + value * value)
    for i in range(first, first + samples):
        before, root_before = memory[Place(_ODD + i - 2)], memory[Place(_ODD_ROOTS + i - 2)]
        even, root_even = memory[Place(_EVEN + i)], memory[Place(_EVEN_ROOTS + i)]
        odd, root_odd = memory[Place(_ODD + i)], memory[Place(_ODD_ROOTS + i)]
        memory[Place(_EVEN_8 + i)] = (before + even) / (root_before + root_even) - steady
        memory[Place(_ODD_8 + i)] = (even + odd) / (root_even + root_odd) - steady


@loop
def _drive(frames: Frames, numbers: Numbers, words: Words, _past: Numbers, memory: Samples) -> None:
    samples, pairs = frames.reshape(-1), memory.view(np.int64)
    done = 0
    while done < len(frames):
        time = words[TIME] + done
        left = straight(numbers, words, time, _MOVING, len(frames) - done)
        count = min(left, _MOST)
        _double(samples, 2 * done, count, memory)
        between(memory, MORE, _TWICE, _BETWEEN, 2 * count)
        join(pairs, _TWICE - 2 * MORE, _BETWEEN, _FOUR, 2 * count)
        between(memory, FEW, _FOUR, _BETWEEN, 4 * count)
        bias = np.float32(numbers[_BIAS])
        if numbers[_MOVING + _DRIVE] == 0:
            _bend(memory, 0, _SAMPLES * count, np.float32(numbers[_DRIVE]), bias)
        else:
            for i in range(count):
                drive = np.float32(number(numbers, _MOVING, _DRIVE, time + i))
                _bend(memory, _SAMPLES * i, _SAMPLES, drive, bias)
        lower_rate(memory, FEW, _EVEN_8, _ODD_8, _BETWEEN, 4 * count)
        divide(pairs, _BETWEEN, _EVEN_4, _ODD_4, 2 * count)
        lower_rate(memory, MORE, _EVEN_4, _ODD_4, _AGAIN, 2 * count)
        _halve(samples, 2 * done, count, memory)
        for at in (_ODD, _ODD_ROOTS):
            memory[Place(at - 2)] = memory[Place(at + _SAMPLES * count - 2)]
            memory[Place(at - 1)] = memory[Place(at + _SAMPLES * count - 1)]
        remember(memory, _TWICE, 2 * count)
        remember(memory, _FOUR, 4 * count)
        remember(memory, _EVEN_8, 4 * count)
        remember(memory, _ODD_8, 4 * count)
        remember(memory, _EVEN_4, 2 * count)
        remember(memory, _ODD_4, 2 * count)
        _finish(samples, 2 * done, count, numbers, time, memory)
        done += count
    words[TIME] += len(frames)


@part
def _double(samples: Samples, first: int, count: int, memory: Samples) -> None:
    """Twice the rate, of frames from sample ``first`` on."""
    numbers, past = filters(0), pasts(memory, _RAISED)
    for i in range(count):
        past = through(numbers, load_frame(samples, first + 2 * i), past)
        store(memory, _TWICE + 4 * i, past[5])
    keep(memory, _RAISED, past)


@part
def _halve(samples: Samples, first: int, count: int, memory: Samples) -> None:
    """Half the rate."""
    numbers, past, half = filters(1), pasts(memory, _LOWERED), of_two(_HALF, _HALF)
    for i in range(count):
        past = through(numbers, load(memory, _AGAIN + 4 * i), past)
        store_frame(samples, first + 2 * i, half * fold(past[5]))
    keep(memory, _LOWERED, past)


@part
def _finish(samples: Samples, first: int, count: int, numbers: Numbers, time: int, memory: Samples) -> None:
    """A high-pass of first order against the steady part, and the level."""
    before, out = load_frame(memory, _BEFORE), load_frame(memory, _BEFORE + 2)
    kept, share, tiny = of_two(_KEPT, _KEPT), of_two(_THROUGH, _THROUGH), of_two(_TINY, _TINY)
    for i in range(count):
        level = np.float32(number(numbers, _MOVING, _LEVEL, time + i))
        come = load_frame(samples, first + 2 * i)
        out = kept * out + (share * (come - before) + tiny)
        before = come
        store_frame(samples, first + 2 * i, of_two(level, level) * out)
    store_frame(memory, _BEFORE, before)
    store_frame(memory, _BEFORE + 2, out)


class Drive(Unit):
    """Up, bent, down again."""

    parameters: tuple[Parameter, ...] = (percent("DRIVE", 60), Parameter("ADJUST", "dB", -24, 12, -6))
    _LEAST: ClassVar[float] = 6.0
    """Decibels of gain before the curve at a drive of 0."""
    _MOST_DRIVE: ClassVar[float] = 30.0
    _MIDDLE: ClassVar[float] = 0.0
    """How far from its own middle the curve is driven."""

    def __init__(self) -> None:
        super().__init__(_drive, _MOVING, memory=_AT["end"])

    def _shape(self, settings: Mapping[str, float]) -> None:
        span = self._MOST_DRIVE - self._LEAST
        drive = 10 ** ((self._LEAST + span * settings["DRIVE"] / 100) / 20)
        self._wanted[:] = (drive, self._MIDDLE, 10 ** (settings[self.parameters[1].name] / 20))

    def clear(self) -> None:
        """As if silence had gone through the curve for ever."""
        super().clear()
        bias = np.float32(self._MIDDLE)
        self._memory[_ODD - 2 : _ODD] = bias
        self._memory[_ODD_ROOTS - 2 : _ODD_ROOTS] = np.sqrt(_ONE + bias * bias)


class Distortion(Drive):
    """Hard driven, the same up and down."""

    _LEAST, _MOST_DRIVE = 10.0, 30.0


class Overdrive(Drive):
    """Softer, and a little lopsided: even harmonics."""

    _LEAST, _MOST_DRIVE, _MIDDLE = 0.0, 24.0, 0.35


class Fuzz(Drive):
    """As hard as it gets, and lopsided."""

    _LEAST, _MOST_DRIVE, _MIDDLE = 18.0, 34.0, 0.9


class Amplifier(Drive):
    """That of a rotary speaker."""

    parameters: tuple[Parameter, ...] = (percent("DRIVE", 30), Parameter("VOLUME ADJUST", "dB", -24, 12, 0))
    _LEAST, _MOST_DRIVE = 0.0, 18.0


class RockAmplifier(Amplifier):
    """The same, driven further."""

    parameters: tuple[Parameter, ...] = (percent("DRIVE", 80), Parameter("VOLUME ADJUST", "dB", -24, 12, -4))


class Excitement(Drive):
    """What EXCITER does to the highs."""

    _LEAST, _MOST_DRIVE, _MIDDLE = 0.0, 24.0, 0.5
