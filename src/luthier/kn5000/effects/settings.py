"""What a reverb and a chorus are to sound like, in seconds, hertz and shares of full level."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from luthier.errors import InputError


class Character(enum.IntEnum):
    """The eight reverbs of General Standard, by their numbers."""

    ROOM_1 = 0
    ROOM_2 = 1
    ROOM_3 = 2
    HALL_1 = 3
    HALL_2 = 4
    PLATE = 5
    DELAY = 6
    PANNING_DELAY = 7


@dataclass(frozen=True, slots=True)
class Reverb:
    """A reverb, or echoes for the two characters called delay."""

    character: Character = Character.HALL_2
    level: float = 64 / 127
    """Gain of the return, 0 to 2: at 1 a steady noise comes back as loud as it was sent."""
    time: float = 1.8
    """Seconds to fall by 60 dB around 1 kHz, 0.05 to 30; of a delay, the time of an echo, 0.003 to 1."""
    predelay: float = 0.0
    """Seconds before anything is heard of it, 0 to 0.2."""
    low_pass: float = 20_000.0
    """Corner of a low-pass before it, in Hz; 20,000 is open."""
    feedback: float = 0.0
    """Share of an echo that is repeated, 0 to 0.97; only for delays."""

    def __post_init__(self) -> None:
        low, high = (0.003, 1.0) if self.character >= Character.DELAY else (0.05, 30.0)
        _check(self, "level", 0, 2)
        _check(self, "time", low, high)
        _check(self, "predelay", 0, 0.2)
        _check(self, "low_pass", 100, 20_000)
        _check(self, "feedback", 0, 0.97)


@dataclass(frozen=True, slots=True)
class Chorus:
    """A chorus, a flanger or a short delay: all are delays that a slow wave moves."""

    level: float = 64 / 127
    """Gain of the return, 0 to 2."""
    feedback: float = 0.08
    """Share that goes round again, 0 to 0.97."""
    delay: float = 0.016
    """Seconds, the shortest it comes to, 0.001 to 0.1."""
    rate: float = 0.366
    """Hz, 0 to 20."""
    depth: float = 0.00625
    """Seconds from the shortest to the longest delay, 0 to 0.05."""
    to_reverb: float = 0.0
    """Share of the return that goes to the reverb too, 0 to 1."""
    low_pass: float = 20_000.0
    """Corner of a low-pass before it, in Hz; 20,000 is open."""

    def __post_init__(self) -> None:
        _check(self, "level", 0, 2)
        _check(self, "feedback", 0, 0.97)
        _check(self, "delay", 0.001, 0.1)
        _check(self, "rate", 0, 20)
        _check(self, "depth", 0, 0.05)
        _check(self, "to_reverb", 0, 1)
        _check(self, "low_pass", 100, 20_000)


def _check(settings: Reverb | Chorus, name: str, low: float, high: float) -> None:
    value = float(getattr(settings, name))
    if not (math.isfinite(value) and low <= value <= high):
        unit = type(settings).__name__.lower()
        raise InputError(
            f"{value:g} is no {name} of a {unit}", remedy=f"choose a value from {low:g} to {high:g}"
        )
