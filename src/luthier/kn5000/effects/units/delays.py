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

from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit, percent

_SIZE: Final = 32_768
_MASK: Final = _SIZE - 1
_FADE: Final = 512  #: frames
_LONGEST: Final = 350.0  #: ms (listing: ranges of the value records)
_LONGEST_TAP: Final = 700.0
_CORNER: Final = 4000.0  #: Hz
_SMALLEST = 1e-20
#: Numbers: how mono what goes in is, damping's share of the way, what it leaves; then three for each tap.
_MONO, _SHARE, _LEAVES, _GAINS = range(4)
_PER_TAP: Final = 3  # to the left, to the right, into its line again
#: Words for each tap: its delay, the next one, the wanted one, frames of the fade, its line.
_TAPS_AT: Final = 2
_DELAY, _NEXT, _WANTED, _FADED, _LINE = range(5)
_WORDS: Final = 5


@loop
def _repeat(frames: Frames, numbers: Numbers, words: Words, past: Numbers, memory: Samples) -> None:
    taps = (len(words) - _TAPS_AT) // _WORDS
    for i in range(len(frames)):
        time = words[TIME] + i
        glide(numbers, words, time, _GAINS + _PER_TAP * taps)
        left = right = 0.0
        again_1 = again_2 = 0.0
        for tap in range(taps):
            at, gains = _TAPS_AT + tap * _WORDS, _GAINS + tap * _PER_TAP
            line = words[at + _LINE]
            value = np.float64(memory[line * _SIZE + ((time - words[at]) & _MASK)])
            if words[at + _NEXT] != words[at + _WANTED] and words[at + _FADED] == 0:
                words[at + _NEXT] = words[at + _WANTED]
            if words[at + _NEXT] != words[at]:
                words[at + _FADED] += 1
                share = words[at + _FADED] / _FADE
                new = memory[line * _SIZE + ((time - words[at + _NEXT]) & _MASK)]
                value += share * (new - value)
                if words[at + _FADED] == _FADE:
                    words[at], words[at + _FADED] = words[at + _NEXT], 0
            left += numbers[gains] * value
            right += numbers[gains + 1] * value
            if line == 0:
                again_1 += numbers[gains + 2] * value
            else:
                again_2 += numbers[gains + 2] * value
        mean = 0.5 * numbers[_MONO] * (frames[i, 1] - frames[i, 0])
        for line in range(2):
            again = again_1 if line == 0 else again_2
            way = numbers[_SHARE] * (again - past[line])
            low = past[line] + way
            past[line] = low + way if abs(low + way) > _SMALLEST else 0.0
            into = low + numbers[_LEAVES] * (again - low) + frames[i, line] + (mean if line == 0 else -mean)
            memory[line * _SIZE + (time & _MASK)] = into if abs(into) > _SMALLEST else 0.0
        frames[i, 0], frames[i, 1] = left, right
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
            memory=2 * _SIZE,
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
        corner = math.tan(math.pi * _CORNER / RATE)
        share = corner / (1 + corner)
        self._wanted[:] = (mono, share, 10 ** (damp / 20), *np.ravel(gains))

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
