"""What the other chip does to all sound: acoustic illusions and rooms; both add to what goes through.

Known are the lengths of the seven delays that INTENSITY moves, from nothing to 541 to 1601 frames (listing,
value records of the illusions).

Open questions
- What the seven delays are for, and what tells the four illusions apart: here echoes from side to side,
  some of them repeated (all modelled but their lengths).
- How loud the four rooms are; here a third of what a reverb of their size gives back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from luthier.dsp import biquad
from luthier.kn5000.effects.units.blending import Added
from luthier.kn5000.effects.units.delays import Taps
from luthier.kn5000.effects.units.equalizers import Sections
from luthier.kn5000.effects.units.reverbs import reverb
from luthier.kn5000.effects.units.unit import RATE, Parameter, Unit

#: Frames of the delays at full intensity.
LENGTHS: Final = (1501, 1601, 801, 801, 541, 1401, 701)
_LINES: Final = (0, 1, 0, 1, 0, 1, 0)
#: Where each comes out, left and right: mostly on the other side.
_SIDES: Final = ((-0.5, 1), (1, -0.5), (0.3, -1), (-1, 0.3), (0, 0.8), (0.8, 0), (0.6, 0.6))
_TO_MILLISECONDS: Final = 1000 / RATE
_ROOM_LEVEL: Final = 1 / 3


class _Illusion(Taps):
    """Echoes from side to side."""

    parameters: tuple[Parameter, ...] = (Parameter("INTENSITY", "%", 1, 100, 50, "exact"),)
    GAIN: ClassVar[float] = 0.25
    AGAIN: ClassVar[float] = 0.0
    DAMP: ClassVar[float] = 0.0

    def __init__(self) -> None:
        super().__init__(_LINES)

    def _shape(self, settings: Mapping[str, float]) -> None:
        share = settings["INTENSITY"] / 100
        # Half a frame more: lengths are cut to whole ones.
        times = [(length * share + 0.5) * _TO_MILLISECONDS for length in LENGTHS]
        again = (self.AGAIN, self.AGAIN, 0, 0, 0, 0, 0)
        gains = [
            (self.GAIN * left, self.GAIN * right, back)
            for (left, right), back in zip(_SIDES, again, strict=True)
        ]
        self.aim(times, gains, self.DAMP)


class Percussive(_Illusion):
    """Louder and duller."""

    GAIN, DAMP = 0.35, -6.0


class Symphonic(_Illusion):
    """With repeats."""

    GAIN, AGAIN, DAMP = 0.25, 0.45, -3.0


class DeepSpace(_Illusion):
    """With many repeats."""

    GAIN, AGAIN, DAMP = 0.3, 0.75, -1.0


class Standard(_Illusion):
    """Each echo once."""


class _Highs(Sections):
    """A shelf behind a room."""

    parameters: tuple[Parameter, ...] = (
        Parameter("HIGH EMPHASIS FC", "Hz", 100, 8000, 1000),
        Parameter("EMPHASIS GAIN", "dB", -6, 6, 2),
    )

    def __init__(self) -> None:
        super().__init__(1)

    def _shape(self, settings: Mapping[str, float]) -> None:
        gain = 10 ** (settings["EMPHASIS GAIN"] / 20)
        self.aim([biquad.shelves(settings["HIGH EMPHASIS FC"], 1, gain, RATE)])


def illusion(unit: Unit) -> Unit:
    """An illusion beside what goes through."""
    return Added((unit,))


def room(name: str) -> Unit:
    """A room beside what goes through."""
    return Added((reverb(name), _Highs()), _ROOM_LEVEL)
