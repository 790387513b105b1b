"""One unit of an effect: parameters in physical units, numbers that glide, waves that go on, memory.

All of a unit lies in four flat arrays, so that a call of its loop takes a microsecond.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import Samples
from luthier.errors import InputError
from luthier.kn5000.effects.units import gliding
from luthier.kn5000.effects.units.gliding import Numbers, Words

RATE: Final = 44_100  #: Hz: what the chips run at (facts: three proofs)
Frames = NDArray[np.float32]
Kernel = Callable[[Frames, Numbers, Words, Numbers, Samples], None]
Certainty = Literal["exact", "modelled"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be set, in physical units."""

    name: str
    unit: str
    """Hz, s, ms, dB, %, degrees, or nothing."""
    low: float
    high: float
    default: float
    certainty: Certainty = "modelled"
    """Exact: what a value does to the sound is known to the number.  A range may still be ours."""
    choices: tuple[str, ...] = ()
    """Names of the values 0, 1 and so on."""

    def checked(self, value: float) -> float:
        """``value``, or InputError if it is none of this parameter."""
        value = float(value)
        fits = math.isfinite(value) and self.low <= value <= self.high
        if not fits or (self.choices and value != int(value)):
            unit = f" {self.unit}" if self.unit else ""
            span = ", ".join(self.choices) or f"{self.low:g} to {self.high:g}{unit}"
            raise InputError(f"{value:g} is no {self.name}", remedy=f"choose {span}")
        return value

    def read(self, text: str) -> float:
        """A value from what a person writes: a number, or the name of a choice."""
        wanted = text.strip()
        for number, choice in enumerate(self.choices):
            if choice.lower() == wanted.lower():
                return float(number)
        try:
            return self.checked(float(wanted.removesuffix(self.unit).strip() if self.unit else wanted))
        except ValueError:
            raise InputError(f"{text!r} is no number", remedy=f"give {self.name} a number") from None


_LONGEST_NAME: Final = 40


def told(name: object) -> str:
    """A name that was given, as an error tells it: short, and on one line."""
    text = str(name)
    short = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."
    return short if short.isprintable() else ascii(short)


class Unit:
    """A loop over frames with all that it remembers.

    Words: frames since it began, whether a number moves, then what the unit says; of them ``waves`` from
    ``FIRST`` on are phases, and as many behind are their increments.
    """

    parameters: tuple[Parameter, ...] = ()
    FIRST: ClassVar[int] = 2
    patience: int = 4096
    """Frames that sound may stay inside unheard: after so much silence nothing comes any more."""

    def __init__(
        self, kernel: Kernel, numbers: int, *, waves: int = 0, words: int = 0, past: int = 0, memory: int = 0
    ) -> None:
        self._kernel = kernel
        self._waves = waves
        self._numbers: Numbers = np.zeros(gliding.ROWS * numbers)
        self._wanted = gliding.wanted(self._numbers)
        self._words: Words = np.zeros(self.FIRST + 2 * waves + words, np.int64)
        self._past: Numbers = np.zeros(past)
        self._memory: Samples = np.zeros(memory, np.float32)

    def shape(self, settings: Mapping[str, float]) -> None:
        """Say what it is to become: a value for each of its parameters, all within their ranges."""
        self._shape(settings)

    def _shape(self, settings: Mapping[str, float]) -> None:
        """Set what is wanted."""

    def arrive(self) -> None:
        """Become at once what is wanted."""
        gliding.arrive(self._numbers)

    def reset(self) -> None:
        """As new, but for what is set."""
        self._words[gliding.TIME] = 0
        self._words[self.FIRST : self.FIRST + self._waves] = 0
        self.arrive()
        self.clear()

    def clear(self) -> None:
        """Forget all sound; waves go on."""
        self._past[:] = 0
        self._memory[:] = 0

    def skip(self, frames: int) -> None:
        """Let time go by in silence."""
        self._words[gliding.TIME] += frames
        phases = self._words[self.FIRST : self.FIRST + self._waves]
        phases += frames * self._words[self.FIRST + self._waves : self.FIRST + 2 * self._waves]

    def process(self, frames: Frames) -> None:
        """Put in place of (n, 2) what becomes of it."""
        self._kernel(frames, self._numbers, self._words, self._past, self._memory)


def percent(name: str, default: float) -> Parameter:
    """A share from 0 to 100 %."""
    return Parameter(name, "%", 0, 100, default)


#: 40.2 Hz is where the law of the panel ends (opcode 65: (9 x - 690) / 5 at 99).
FASTEST: Final = 40.2


def speed(name: str, default: float) -> Parameter:
    """A slow wave's; its steps are floor(f * 2**23 / 44,100)."""
    return Parameter(name, "Hz", 0, FASTEST, default, "exact")


#: The waveforms of opcode 74.
WAVEFORM: Final = Parameter("LFO WAVEFORM", "", 0, 2, 0, choices=("SINE", "TRIANGLE", "SQUARE"))
PHASE: Final = Parameter("PHASE", "degrees", 0, 180, 90)
