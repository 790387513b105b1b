"""Loudness that follows loudness: compressor, slow attacker, gate.  Both sides get the same gain.

The compressor is that of Giannoulis, Massberg and Reiss ("Digital dynamic range compressor design", 2012):
smooth, decoupled, in decibels, without a knee.  A step of level is followed by 63 % in its attack or release
time.

Open questions
- The instrument's laws (all modelled); its own SLOW ATTACKER is a program that passes sound through.
- What MASK TIME is: here how long a gate that closed stays closed whatever comes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.logarithms import logarithms, powers
from luthier.dsp.loops import loop
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide, number, straight
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit

_SILENCE: Final = np.float32(1e-6)
_DECIBELS: Final = 20 * math.log10(2)  # of a power of two
_MOVING: Final = 5
_THRESHOLD, _SLOPE, _ATTACK, _RELEASE, _LEVEL = range(_MOVING)
_NEAR: Final = 1e-9
_MOST: Final = 256  # frames at once
#: What is taken at least, in powers of two: too little for a gain to differ from 1, and no number too small.
_LEAST: Final = 1e-20


@loop
def _compress(frames: Frames, numbers: Numbers, words: Words, past: Numbers, memory: Samples) -> None:
    """Levels of many frames, what is taken frame by frame, gains of many frames."""
    bits = memory.view(np.int32)
    done = 0
    while done < len(frames):
        time = words[TIME] + done
        count = min(straight(numbers, words, time, _MOVING, len(frames) - done), _MOST)
        for i in range(count):
            row = Place(done + i)
            loudest = max(abs(frames[row, Place(0)]), abs(frames[row, Place(1)]))
            memory[Place(i)] = max(loudest, _SILENCE)
        logarithms(memory, bits, 0, count, _MOST)
        released, smooth = past[0], past[1]
        for i in range(count):
            over = np.float64(memory[Place(i)]) - number(numbers, _MOVING, _THRESHOLD, time + i)
            taken = max(over, 0.0) * number(numbers, _MOVING, _SLOPE, time + i) + _LEAST
            release = number(numbers, _MOVING, _RELEASE, time + i)
            attack = number(numbers, _MOVING, _ATTACK, time + i)
            released = max(taken, release * released + (1 - release) * taken)
            smooth = attack * smooth + (1 - attack) * released
            memory[Place(i)] = np.float32(-smooth)
        past[0], past[1] = released, smooth
        powers(memory, bits, 0, count, _MOST)
        for i in range(count):
            row = Place(done + i)
            gain = np.float32(number(numbers, _MOVING, _LEVEL, time + i)) * memory[Place(i)]
            frames[row, Place(0)] *= gain
            frames[row, Place(1)] *= gain
        done += count
    words[TIME] += len(frames)


def kept(seconds: float) -> float:
    """What is left in the next frame of what falls by 63 % in so many seconds."""
    return math.exp(-1 / (seconds * RATE))


THRESHOLD: Final = Parameter("THRESHOLD", "dB", -60, 0, -30)


class Compressor(Unit):
    """Above the threshold 1 dB of level makes 1 / RATIO dB."""

    parameters: tuple[Parameter, ...] = (
        THRESHOLD,
        Parameter("RATIO", "", 1, 100, 4),
        Parameter("ATTACK SENS.", "s", 0.0001, 1, 0.005),
        Parameter("RELEASE SENS.", "s", 0.005, 5, 0.2),
    )

    def __init__(self) -> None:
        super().__init__(_compress, _MOVING, past=2, memory=2 * _MOST)

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._wanted[:] = (
            settings["THRESHOLD"] / _DECIBELS,
            1 - 1 / settings["RATIO"],
            kept(settings["ATTACK SENS."]),
            kept(settings["RELEASE SENS."]),
            1,
        )


#: Numbers and words of the gate; past: its gain.
_OPEN_AT, _RISE, _FALL = range(3)
_OPEN, _HOLD, _MASK_, _HELD, _MASKED, _INERT = 2, 3, 4, 5, 6, 7
_STAY: Final = 2205  # frames below the threshold, 50 ms, before a slow attacker lets go: a period of 20 Hz


@loop
def follow_gate(key: Frames, frames: Frames, numbers: Numbers, words: Words, past: Numbers) -> None:
    """Frames times a gate that ``key`` opens."""
    for i in range(len(frames)):
        glide(numbers, words, words[TIME] + i, 3)
        loud = max(abs(key[i, 0]), abs(key[i, 1])) > numbers[_OPEN_AT]
        words[_MASKED] = max(words[_MASKED] - 1, 0)
        if loud and words[_MASKED] == 0 and (words[_OPEN] == 0 or words[_INERT] == 0):
            words[_OPEN], words[_HELD] = 1, words[_HOLD]
        elif words[_OPEN] != 0:
            words[_HELD] -= 1
            if words[_HELD] <= 0:
                words[_OPEN], words[_MASKED] = 0, words[_MASK_]
        goal, share = (1.0, numbers[_RISE]) if words[_OPEN] != 0 else (0.0, numbers[_FALL])
        gain = goal + share * (past[0] - goal)
        past[0] = gain if gain > _NEAR else 0.0
        frames[i, 0] *= gain
        frames[i, 1] *= gain
    words[TIME] += len(frames)


@loop
def _swell(frames: Frames, numbers: Numbers, words: Words, past: Numbers, _memory: Samples) -> None:
    follow_gate(frames, frames, numbers, words, past)


class _Gated(Unit):
    def __init__(self) -> None:
        super().__init__(_swell, 3, words=6, past=1)

    def clear(self) -> None:
        """Close."""
        super().clear()
        self._words[[_OPEN, _HELD, _MASKED]] = 0


class Gate(_Gated):
    """Open from the first loud frame on for a while, then closed for a while at least."""

    parameters: tuple[Parameter, ...] = (
        Parameter("GATE TIME", "ms", 10, 1000, 200),
        Parameter("THRESHOLD", "dB", -60, 0, -40),
        Parameter("MASK TIME", "ms", 0, 1000, 20),
    )
    _OPENS, _CLOSES = 0.001, 0.005  # seconds for 63 %

    def __init__(self) -> None:
        super().__init__()
        self._words[_INERT] = 1

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._wanted[:] = (10 ** (settings["THRESHOLD"] / 20), kept(self._OPENS), kept(self._CLOSES))
        self._words[_HOLD] = int(settings["GATE TIME"] * RATE / 1000)
        self._words[_MASK_] = int(settings["MASK TIME"] * RATE / 1000)

    def process_behind(self, key: Frames, frames: Frames) -> None:
        """Put in place of ``frames`` what the gate lets through while ``key`` opens it."""
        follow_gate(key, frames, self._numbers, self._words, self._past)


class SlowAttacker(_Gated):
    """Swells while sound is above the threshold, sinks when it is not (modelled)."""

    parameters: tuple[Parameter, ...] = (
        Parameter("THRESHOLD", "dB", -60, 0, -50),
        Parameter("ATTACK RATE", "s", 0.005, 5, 0.3),
        Parameter("RELEASE RATE", "s", 0.005, 5, 0.1),
    )

    def __init__(self) -> None:
        super().__init__()
        self._words[_HOLD] = _STAY

    def _shape(self, settings: Mapping[str, float]) -> None:
        rates = kept(settings["ATTACK RATE"]), kept(settings["RELEASE RATE"])
        self._wanted[:] = (10 ** (settings["THRESHOLD"] / 20), *rates)
