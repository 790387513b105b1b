"""Dry and wet of a unit, and the volume of an effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.loops import loop
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, number, straight
from luthier.kn5000.effects.units.unit import Frames, Parameter, Unit, percent

_MOST: Final = 1024


@loop
def blend(before: Frames, frames: Frames, numbers: Numbers, words: Words) -> None:
    """Put a share of ``before`` and a share of ``frames`` in place of ``frames``."""
    done = 0
    while done < len(frames):
        time = words[TIME] + done
        count = straight(numbers, words, time, 2, len(frames) - done)
        for i in range(count):
            row = Place(done + i)
            dry, wet = number(numbers, 2, 0, time + i), number(numbers, 2, 1, time + i)
            for side in range(2):
                at = Place(side)
                frames[row, at] = np.float32(dry) * before[row, at] + np.float32(wet) * frames[row, at]
        done += count
    words[TIME] += len(frames)


@loop
def _amplify(frames: Frames, numbers: Numbers, words: Words, _past: Numbers, _memory: Samples) -> None:
    done = 0
    while done < len(frames):
        time = words[TIME] + done
        count = straight(numbers, words, time, 1, len(frames) - done)
        for i in range(count):
            row, gain = Place(done + i), np.float32(number(numbers, 1, 0, time + i))
            frames[row, Place(0)] *= gain
            frames[row, Place(1)] *= gain
        done += count
    words[TIME] += len(frames)


class Volume(Unit):
    """What the whole effect ends with."""

    parameters: tuple[Parameter, ...] = (percent("VOLUME", 100),)

    def __init__(self) -> None:
        super().__init__(_amplify, 1)

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._wanted[0] = settings["VOLUME"] / 100


class Output(Volume):
    """The same with REV SEND, which whoever feeds the reverb reads: the effect itself sounds the same."""

    parameters: tuple[Parameter, ...] = (*Volume.parameters, percent("REV SEND", 40))


class Added(Unit):
    """Units in series beside what goes through, which stays as it is."""

    def __init__(self, units: Sequence[Unit], level: float = 1) -> None:
        super().__init__(_amplify, 2)
        self._units = tuple(units)
        self._level = level
        self.parameters = tuple(parameter for unit in units for parameter in unit.parameters)
        self.patience = sum(unit.patience for unit in units)
        self._before = np.zeros((_MOST, 2), np.float32)

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._wanted[:] = (1, self._level)
        for unit in self._units:
            unit.shape(settings)

    def reset(self) -> None:
        """As new, but for what is set."""
        super().reset()
        for unit in self._units:
            unit.reset()

    def arrive(self) -> None:
        """Become at once what is wanted."""
        super().arrive()
        for unit in self._units:
            unit.arrive()

    def clear(self) -> None:
        """Forget all sound."""
        for unit in self._units:
            unit.clear()

    def skip(self, frames: int) -> None:
        """Let time go by in silence."""
        super().skip(frames)
        for unit in self._units:
            unit.skip(frames)

    def process(self, frames: Frames) -> None:
        """Put in place of (n, 2) what becomes of it."""
        for first in range(0, len(frames), _MOST):
            piece = frames[first : first + _MOST]
            before = self._before[: len(piece)]
            before[:] = piece
            for unit in self._units:
                unit.process(piece)
            blend(before, piece, self._numbers, self._words)


class Blended(Added):
    """A unit with a parameter for dry and wet before its own: 0 % is dry, 100 % wet."""

    def __init__(self, unit: Unit, name: str, default: float = 50) -> None:
        super().__init__((unit,))
        self._name = name
        self.parameters = (percent(name, default), *unit.parameters)

    def _shape(self, settings: Mapping[str, float]) -> None:
        super()._shape(settings)
        share = settings[self._name] / 100
        self._wanted[:] = (1 - share, share)
