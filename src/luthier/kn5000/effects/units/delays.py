"""Echoes: taps of two delay lines, to the frame where the panel says (milliseconds * 44,100 / 1000, cut).

Another time fades from one tap to the other, in 12 ms.

Open questions
- The shape of HIGH DAMP GAIN: here a shelf of first order in what is repeated, at 4 kHz.
- Which tap of MULTI TAP DELAY is repeated; here the fourth. What goes into it: here the mean of both sides.
- What HARS stands for; here two short delays, one for each side, as in the effect named after Haas.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.loops import loop, part
from luthier.kn5000.effects.units.gliding import LAST, TIME, Numbers, Words, begin, straight
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit, percent

_SIZE: Final = 32_768
_MASK: Final = _SIZE - 1
_FADE: Final = 512  #: frames
_LONGEST: Final = 350.0  #: ms (listing: ranges of the value records)
_LONGEST_TAP: Final = 700.0
_CORNER: Final = 4000.0  #: Hz
_SMALLEST = np.float32(1e-20)
#: Goes into the shelf with the sound, so that nothing gets too small for the processor's quick ways.
_TINY: Final = 1e-25
_TANGENT: Final = math.tan(math.pi * _CORNER / RATE)
_SHARE: Final = _TANGENT / (1 + _TANGENT)  #: half of the way that the shelf's low-pass goes in a frame
#: Numbers: how mono what goes in is, what damping leaves of the highs; then three for each tap.
_MONO, _LEAVES, _GAINS = range(3)
_PER_TAP: Final = 3  # to the left, to the right, into its line again
#: Words for each tap: its delay, the next one, the wanted one, frames of the fade, its line.
_TAPS_AT: Final = 2
_DELAY, _NEXT, _WANTED, _FADED, _LINE = range(5)
_WORDS: Final = 5
_MOST: Final = 256  # frames at once
#: Behind the lines: what a tap hears; what goes left, right, and into either line again;
#: the lows of that.
_HEARD: Final = 2 * _SIZE
_LEFT: Final = _HEARD + _MOST
_AGAIN: Final = _LEFT + 2 * _MOST
_LOWS: Final = _AGAIN + 2 * _MOST
_SAMPLES: Final = _LOWS + 2 * _MOST


@part
def _together(words: Words, taps: int, time: int, left: int) -> int:
    """How many frames, ``left`` at most, every tap can be read at once: all written, in one piece."""
    for tap in range(taps):
        at = _TAPS_AT + tap * _WORDS
        if words[at + _FADED] == 0:
            words[at + _NEXT] = words[at + _WANTED]
        if words[at + _NEXT] != words[at]:
            left = min(left, _FADE - words[at + _FADED])
        for delay in (words[at], words[at + _NEXT]):
            left = min(left, delay, _SIZE - ((time - delay) & _MASK))
    return min(left, _MOST, _SIZE - (time & _MASK))


@part
def _tap(words: Words, at: int, time: int, memory: Samples, count: int) -> None:
    """What one of them hears."""
    line = words[at + _LINE] * _SIZE
    come, heard = Place(line + ((time - words[at]) & _MASK)), Place(_HEARD)
    if words[at + _NEXT] == words[at]:
        for i in range(count):
            memory[heard + Place(i)] = memory[come + Place(i)]
        return
    new, faded = Place(line + ((time - words[at + _NEXT]) & _MASK)), words[at + _FADED]
    for i in range(count):
        share = np.float32((faded + i + 1) / _FADE)
        value = memory[come + Place(i)]
        memory[heard + Place(i)] = value + share * (memory[new + Place(i)] - value)
    words[at + _FADED] += count
    if words[at + _FADED] == _FADE:
        words[at], words[at + _FADED] = words[at + _NEXT], 0


@part
def _add(
    memory: Samples, target: np.uint64, count: int, gain: np.float32, step: np.float32, place: int
) -> None:
    """What is heard, times a gain, to what is there."""
    if step == 0:
        for i in range(count):
            memory[target + Place(i)] += gain * memory[Place(_HEARD + i)]
        return
    for i in range(count):
        memory[target + Place(i)] += (gain + step * np.float32(place + i)) * memory[Place(_HEARD + i)]


@loop
def _repeat(frames: Frames, numbers: Numbers, words: Words, past: Numbers, memory: Samples) -> None:
    taps = (len(words) - _TAPS_AT) // _WORDS
    size, done = _GAINS + _PER_TAP * taps, 0
    while done < len(frames):
        time = words[TIME] + done
        count = _together(words, taps, time, straight(numbers, words, time, size, len(frames) - done))
        memory[_LEFT:_LOWS] = 0
        for tap in range(taps):
            at, gains = _TAPS_AT + tap * _WORDS, _GAINS + tap * _PER_TAP
            _tap(words, at, time, memory, count)
            for way in range(_PER_TAP):
                target = Place(_LEFT + (way if way < 2 else 2 + words[at + _LINE]) * _MOST)
                if numbers[gains + way] == 0 and numbers[size + gains + way] == 0:
                    continue
                gain, step = begin(numbers, size, gains + way)
                _add(memory, target, count, gain, step, time & LAST)
        low, low_2 = past[0], past[1]
        for i in range(count):
            back, back_2 = memory[Place(_AGAIN + i)], memory[Place(_AGAIN + _MOST + i)]
            memory[Place(_LOWS + i)], memory[Place(_LOWS + _MOST + i)] = low, low_2
            low = (1 - 2 * _SHARE) * low + (2 * _SHARE * back + _TINY)
            low_2 = (1 - 2 * _SHARE) * low_2 + (2 * _SHARE * back_2 + _TINY)
        past[0], past[1] = low, low_2
        mono, place = np.float32(numbers[_MONO]), time & LAST
        leaves, step = begin(numbers, size, _LEAVES)
        for line in range(2):
            sign, go = np.float32(0.5 - line), Place(line * _SIZE + (time & _MASK))
            for i in range(count):
                row, at_low = Place(done + i), Place(_LOWS + line * _MOST + i)
                mean = sign * mono * (frames[row, Place(1)] - frames[row, Place(0)])
                back = memory[Place(_AGAIN + line * _MOST + i)]
                middle = memory[at_low] + np.float32(_SHARE) * (back - memory[at_low])
                into = (
                    middle
                    + (leaves + step * np.float32(place + i)) * (back - middle)
                    + (frames[row, Place(line)] + mean)
                )
                memory[go + Place(i)] = into if abs(into) > _SMALLEST else np.float32(0)
        for i in range(count):
            row = Place(done + i)
            frames[row, Place(0)] = memory[Place(_LEFT + i)]
            frames[row, Place(1)] = memory[Place(_LEFT + _MOST + i)]
        done += count
    words[TIME] += len(frames)


def _time(name: str, default: float, longest: float = _LONGEST) -> Parameter:
    return Parameter(name, "ms", 0.1, longest, default, "exact")


_DAMP: Final = Parameter("HIGH DAMP GAIN", "dB", -12, 0, -3)
_PARTS: Final = (
    _time("DELAY L", 250),
    _time("DELAY R", 330),
    Parameter("FEEDBACK L", "%", -95, 95, 35),
    Parameter("FEEDBACK R", "%", -95, 95, 35),
)


class Taps(Unit):
    """All of the family."""

    patience = _SIZE

    def __init__(self, lines: Sequence[int]) -> None:
        super().__init__(
            _repeat,
            _GAINS + _PER_TAP * len(lines),
            words=_WORDS * len(lines),
            past=2,
            memory=_SAMPLES,
        )
        self._taps = self._words[_TAPS_AT:].reshape(-1, _WORDS)
        self._taps[:, _LINE] = lines
        self._taps[:, :_LINE] = (1, 1, 1, 0)

    def aim(
        self,
        times: Sequence[float],
        gains: Sequence[tuple[float, float, float]],
        damp: float = 0,
        mono: float = 0,
    ) -> None:
        """Milliseconds and gains (left, right, back) of each tap; decibels of a repeat's highs."""
        self._taps[:, _WANTED] = [max(int(time * RATE / 1000), 1) for time in times]
        self._wanted[:] = (mono, 10 ** (damp / 20), *np.ravel(gains))

    def arrive(self) -> None:
        """Become at once what is wanted."""
        super().arrive()
        self._taps[:, _DELAY] = self._taps[:, _NEXT] = self._taps[:, _WANTED]
        self._taps[:, _FADED] = 0


class SingleDelay(Taps):
    """An echo for each side."""

    parameters: tuple[Parameter, ...] = (*_PARTS, _DAMP)

    def __init__(self) -> None:
        super().__init__((0, 1))

    def _shape(self, settings: Mapping[str, float]) -> None:
        feedback = [settings[f"FEEDBACK {side}"] / 100 for side in "LR"]
        self.aim(
            [settings["DELAY L"], settings["DELAY R"]],
            [(1, 0, feedback[0]), (0, 1, feedback[1])],
            settings.get("HIGH DAMP GAIN", 0.0),
        )


class DelayBlock(SingleDelay):
    """The delay of combinations: without damping."""

    parameters: tuple[Parameter, ...] = _PARTS


class MultiTapDelay(Taps):
    """Four echoes, each at its place between the sides, of equal power wherever it is."""

    parameters: tuple[Parameter, ...] = (
        *(_time(f"DELAY {number}", 150.0 * number, _LONGEST_TAP) for number in range(1, 5)),
        *(
            Parameter(f"PAN {number}", "%", -100, 100, pan)
            for number, pan in ((1, -100), (2, 100), (3, -50), (4, 50))
        ),
        Parameter("FEEDBACK", "%", -95, 95, 35),
        _DAMP,
    )

    def __init__(self) -> None:
        super().__init__((0, 0, 0, 0))

    def _shape(self, settings: Mapping[str, float]) -> None:
        angles = [(settings[f"PAN {number}"] / 100 + 1) * math.pi / 4 for number in range(1, 5)]
        again = (0.0, 0.0, 0.0, settings["FEEDBACK"] / 100)
        self.aim(
            [settings[f"DELAY {number}"] for number in range(1, 5)],
            [(math.cos(angle), math.sin(angle), gain) for angle, gain in zip(angles, again, strict=True)],
            settings["HIGH DAMP GAIN"],
            mono=1,
        )


class Hars(Taps):
    """Each side a little later, and softer or louder."""

    parameters: tuple[Parameter, ...] = (
        _time("HARS TIME L", 8, 100),
        _time("HARS TIME R", 21, 100),
        percent("BALANCE L", 100),
        percent("BALANCE R", 100),
    )

    def __init__(self) -> None:
        super().__init__((0, 1))

    def _shape(self, settings: Mapping[str, float]) -> None:
        left, right = settings["BALANCE L"] / 100, settings["BALANCE R"] / 100
        self.aim([settings["HARS TIME L"], settings["HARS TIME R"]], [(left, 0, 0), (0, right, 0)])


class SideDelays(Taps):
    """What ENHANCER does behind its filter: each side a little later (modelled)."""

    parameters: tuple[Parameter, ...] = (_time("DELAY L", 0.1, 50), _time("DELAY R", 8, 50))

    def __init__(self) -> None:
        super().__init__((0, 1))

    def _shape(self, settings: Mapping[str, float]) -> None:
        self.aim([settings["DELAY L"], settings["DELAY R"]], [(1, 0, 0), (0, 1, 0)])
