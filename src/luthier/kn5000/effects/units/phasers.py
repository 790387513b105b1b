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

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.logarithms import Bits, powers
from luthier.dsp.loops import loop, part
from luthier.dsp.slow_waves import TURN, increment
from luthier.kn5000.effects.units import shapes
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, number, straight
from luthier.kn5000.effects.units.shapes import fade_on, shaped_later
from luthier.kn5000.effects.units.unit import PHASE, RATE, WAVEFORM, Frames, Parameter, Unit, percent, speed

STAGES: Final = 6
_OCTAVES: Final = 2.0  #: to either side at full depth
_MOVING: Final = 5
_MIDDLE, _DEPTH, _FEEDBACK, _APART, _LEVEL = range(_MOVING)
_PHASE, _STEP, _SHAPE = 2, 3, 4
_PER_SIDE: Final = STAGES + 1
_MOST: Final = 256  # frames at once
_TO_ANGLE: Final = np.float32(math.pi / RATE)
_ONE, _SIX, _FIFTEEN = np.float32(1), np.float32(6), np.float32(15)
#: Goes in with the sound, so that what dies away never becomes too small for the processor's quick ways.
_TINY: Final = 1e-20


@part
def _all_passes(
    a: float, value: float, p: float, q: float, r: float, s: float, t: float, u: float
) -> tuple[float, float, float, float, float, float, float]:
    """Six of first order: what comes out, and what each keeps."""
    one = a * value + p
    two = a * one + q
    three = a * two + r
    four = a * three + s
    five = a * four + t
    six = a * five + u
    return (
        six,
        value - a * one,
        one - a * two,
        two - a * three,
        three - a * four,
        four - a * five,
        five - a * six,
    )


@part
def _corners(
    numbers: Numbers, words: Words, time: int, side: int, memory: Samples, bits: Bits, count: int
) -> None:
    """The all-passes' coefficient in each frame."""
    for i in range(count):
        ahead = side * int(number(numbers, _MOVING, _APART, time + i) * TURN)
        phase = words[_PHASE] + (i + 1) * words[_STEP] + ahead
        swing = number(numbers, _MOVING, _DEPTH, time + i) * shaped_later(words, _SHAPE, phase, i + 1)
        memory[Place(side * _MOST + i)] = np.float32(number(numbers, _MOVING, _MIDDLE, time + i) + swing)
    powers(memory, bits, side * _MOST, count, 2 * _MOST)
    for i in range(count):
        # tan(pi f / rate) by its first terms; f stays below a quarter of the rate.
        x = memory[Place(side * _MOST + i)] * _TO_ANGLE
        square = x * x
        tangent = x * (_FIFTEEN - square) / (_FIFTEEN - _SIX * square)
        memory[Place(side * _MOST + i)] = (tangent - _ONE) / (tangent + _ONE)


@loop
def _shift(frames: Frames, numbers: Numbers, words: Words, past: Numbers, memory: Samples) -> None:
    bits = memory.view(np.int32)
    done = 0
    while done < len(frames):
        time = words[TIME] + done
        count = min(straight(numbers, words, time, _MOVING, len(frames) - done), _MOST)
        for side in range(2):
            _corners(numbers, words, time, side, memory, bits, count)
        p, q, r, s, t, u, out = past[0], past[1], past[2], past[3], past[4], past[5], past[6]
        p2, q2, r2, s2, t2, u2, out2 = past[7], past[8], past[9], past[10], past[11], past[12], past[13]
        for i in range(count):
            row = Place(done + i)
            feedback = number(numbers, _MOVING, _FEEDBACK, time + i)
            level = number(numbers, _MOVING, _LEVEL, time + i)
            a, b = np.float64(memory[Place(i)]), np.float64(memory[Place(_MOST + i)])
            left, right = frames[row, Place(0)] + _TINY, frames[row, Place(1)] + _TINY
            out, p, q, r, s, t, u = _all_passes(a, left + feedback * out, p, q, r, s, t, u)
            out2, p2, q2, r2, s2, t2, u2 = _all_passes(b, right + feedback * out2, p2, q2, r2, s2, t2, u2)
            frames[row, Place(0)], frames[row, Place(1)] = level * out, level * out2
        past[0], past[1], past[2], past[3], past[4], past[5], past[6] = p, q, r, s, t, u, out
        past[7], past[8], past[9], past[10], past[11], past[12], past[13] = p2, q2, r2, s2, t2, u2, out2
        words[_PHASE] += count * words[_STEP]
        fade_on(words, _SHAPE, count)
        done += count
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
        super().__init__(_shift, _MOVING, waves=1, words=shapes.WORDS, past=2 * _PER_SIDE, memory=3 * _MOST)

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
