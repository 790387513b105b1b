"""Effects, their controls, and the laws that a control's value goes through."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How far a list can be trusted."""

    KNOWN = "known"
    """Read from a running machine, or from the ranges of its program."""
    MODELLED = "modelled"
    """Ours: nothing is recorded."""


@dataclass(frozen=True)
class Parameter:
    """One of the 86 slots for names of parameters."""

    number: int
    name: str
    unit: str
    """Hz, ms, s, or nothing."""


@dataclass(frozen=True)
class Law:
    """An opcode of the translator with its operands, as in a value record."""

    opcode: int
    operands: bytes


@dataclass(frozen=True)
class Control:
    """A parameter of an effect."""

    key: str
    """A name of its own: parameters of one name have different ranges and laws."""
    parameter: Parameter
    low: int
    high: int
    laws: tuple[Law, ...]
    """Empty where they are not published."""
    certainty: Certainty

    @property
    def name(self) -> str:
        """As the machine has it; blank for a control that it does not show."""
        return self.parameter.name

    @property
    def unit(self) -> str:
        """As the machine has it."""
        return self.parameter.unit

    @property
    def shown(self) -> bool:
        """Whether the machine shows it."""
        return bool(self.name)


@dataclass(frozen=True)
class Effect:
    """A named effect on a page of the machine."""

    number: int
    name: str
    page: str
    slot: int
    chip: int
    """0 for DSP 1, 1 for DSP 2."""
    program: bool
    """Whether it has a program of its own; the others share that of NO OPERATION, or have none."""
    controls: tuple[Control, ...]
    first: tuple[int, ...]
    """The value of each control at first."""
    certainty: Certainty

    @property
    def key(self) -> str:
        """The name for files: small letters, digits and hyphens."""
        words = "".join(sign if sign.isalnum() else " " for sign in self.name.lower()).split()
        return "-".join(words)

    @functools.cached_property
    def panel(self) -> dict[str, tuple[Control, int]]:
        """What the machine shows, in its order, each with its first value.

        A name that is there more than once has a 2 behind it the second time, then a 3.
        """
        found: dict[str, tuple[Control, int]] = {}
        met: Counter[str] = Counter()
        for control, first in zip(self.controls, self.first, strict=True):
            if control.shown:
                met[control.name] += 1
                count = met[control.name]
                found[control.name if count == 1 else f"{control.name} {count}"] = control, first
        return found
