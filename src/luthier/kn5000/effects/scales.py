"""The panel's numbers of an effect's parameters, and what each is in the parameter's own unit.

Where the translator tells what a value is, in hertz, milliseconds, seconds, cents, degrees or decibels of a
filter, its word is taken, and the scale is *known*.  A value beyond what the effect can do is held at its
end.  All other scales are *modelled*:

- Levels follow the machine's ladder in decibels; its last step is 100 %.
- Rotors: the machine's speed falls short of its goal by 24 octaves after the panel's time; here a rotor needs
  as long for the whole way as it needs there for 90 % of it.
- Rates of SLOW ATTACKER: the time constant of the same fall.
- Corners in hertz and the compressor's ratio go in equal ratios over the range of the effect, everything else
  in equal steps.

Open questions
- What the main CPU writes on the screen for values whose law is a share of full scale.
- Which ladder step is as loud as what goes in: here the last.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from luthier.errors import InputError
from luthier.kn5000.effect_catalogue.models import Certainty, Control
from luthier.kn5000.effects.units.unit import RATE, Parameter
from luthier.kn5000.translator import operations as op
from luthier.kn5000.translator.meaning import meaning
from luthier.kn5000.translator.records import Instruction
from luthier.kn5000.translator.sheet import sent
from luthier.kn5000.translator.translation import modelled_tables

#: Laws whose amount is what the effect is set to, in another unit at most.
_TOLD = {
    *(op.SPEED, op.OTHER_SPEED, op.ROTOR, op.DELAY, op.MILLISECONDS, op.GATE, op.DEGREES, op.REVERB),
    *(op.SENSITIVITY, op.PITCH, op.BAND, op.SHELF, op.TAIL_LEVEL),
}
#: Laws that look at neighbours, which do not change what a value of theirs is.
_OF_NEIGHBOURS = {op.BAND, op.SHELF}
_FACTORS = {("ms", "s"): 1e-3, ("s", "ms"): 1e3, ("samples", "ms"): 1000 / RATE, ("Q", ""): 1.0}
_FULL = 99  #: where INTENSITY is at its end
#: Of the time in which the machine's decays fall by 24 octaves: to a tenth, and to 1 / e.
_TO_A_TENTH, _TO_ONE_IN_E = math.log2(10) / 24, math.log2(math.e) / 24


def written(value: float) -> str:
    """An amount in four digits, thousands parted."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


@dataclass(frozen=True)
class Scale:
    """What a parameter is at every number of the panel."""

    name: str
    low: int
    """The lowest number; the others follow."""
    values: tuple[float, ...]
    """Of each number, in the parameter's unit; they never fall."""
    unit: str
    least: float
    most: float
    """What the effect takes, in its unit: at least all the values."""
    first: int | None
    """What the machine has at first; None for what it does not show."""
    default: float
    """What the effect has at first, in its unit."""
    certainty: Certainty
    """Of what the numbers are."""
    law: str
    sound: str
    """Of what the amounts do: exact or modelled."""
    choices: tuple[str, ...] = ()

    @property
    def high(self) -> int:
        """The highest number."""
        return self.low + len(self.values) - 1

    @property
    def default_value(self) -> int:
        """The number that is nearest to the default."""
        return self.nearest(self.default)

    def physical(self, value: int) -> float:
        """What a number is; InputError if the panel has no such number."""
        if value != int(value) or not self.low <= value <= self.high:
            raise InputError(f"{value} is no {self.name}", remedy=f"choose {self.span}")
        return self.values[int(value) - self.low]

    def nearest(self, physical: float) -> int:
        """The number that comes nearest, of equal ones the lowest."""
        place = bisect_left(self.values, physical)
        near = range(max(place - 1, 0), min(place + 1, len(self.values)))
        best = min(near, key=lambda at: abs(self.values[at] - physical))
        return self.low + bisect_left(self.values, self.values[best])

    @property
    def ends(self) -> str:
        """What the first and the last number are, with the unit; or the choices."""
        if self.choices:
            return ", ".join(self.choices)
        return f"{written(self.values[0])} to {written(self.values[-1])} {self.unit}".rstrip()

    @property
    def beginning(self) -> str:
        """The default, with its unit or by its name."""
        if self.choices:
            return self.choices[int(self.default)]
        return f"{written(self.default)} {self.unit}".rstrip()

    @property
    def span(self) -> str:
        """Both ranges in words."""
        if self.choices:
            return ", ".join(self.choices)
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.low} to {self.high} as on the panel, or {self.least:g} to {self.most:g}{unit}"


@cache
def scale(parameter: Parameter, control: Control, first: int | None, certainty: Certainty) -> Scale:
    """The scale of a parameter that a control of the catalogue sets; ``certainty`` is that of its effect."""
    if parameter.choices:
        values: Sequence[float] = range(len(parameter.choices))
        known, law = True, "a choice"
    else:
        told = _told(control, parameter)
        known = told is not None
        values, law = (told, "translator") if told else _modelled(control, parameter)
    held = [min(max(float(value), parameter.low), parameter.high) for value in values]
    if any(after < before for before, after in pairwise(held)):
        raise ValueError(f"the scale of {parameter.name} falls")
    sure = known and Certainty.MODELLED not in (certainty, control.certainty)
    return Scale(
        parameter.name,
        0 if parameter.choices else control.low,
        tuple(held),
        parameter.unit,
        parameter.low,
        parameter.high,
        first,
        parameter.default,
        Certainty.KNOWN if sure else Certainty.MODELLED,
        law,
        parameter.certainty,
        parameter.choices,
    )


def _told(control: Control, parameter: Parameter) -> list[float] | None:
    """What the translator says; None if that is not what the effect is set to."""
    if not control.laws:
        return None
    law = control.laws[0]
    instruction = Instruction(law.opcode, 0, law.operands)
    numbers = range(control.low, control.high + 1)
    if law.opcode == op.ADDRESS_BLEND and parameter.unit == "%":
        return [100 * value / _FULL for value in numbers]
    if law.opcode not in _TOLD and not (law.opcode == op.ADDRESS_BLEND and parameter.unit == "ms"):
        return None
    found = [meaning(instruction, value, _sent(instruction, value)) for value in numbers]
    if found[0].unit != parameter.unit and (found[0].unit, parameter.unit) not in _FACTORS:
        return None
    factor = _FACTORS.get((found[0].unit, parameter.unit), 1.0)
    return [factor * (entry.amount or 0.0) for entry in found]


def _sent(instruction: Instruction, value: int) -> list[int]:
    return [1] if instruction.opcode in _OF_NEIGHBOURS else sent(instruction, [value], 0, modelled_tables())


def _modelled(control: Control, parameter: Parameter) -> tuple[list[float], str]:
    """Values over the range of the effect, and the law in words."""
    opcode = control.laws[0].opcode if control.laws else None
    numbers = range(control.low, control.high + 1)
    if opcode in (op.VOLUME_LADDER, op.MIX_LADDER) and parameter.unit == "%":
        instruction = Instruction(opcode, 0, control.laws[0].operands)
        levels = [sent(instruction, [value], 0, modelled_tables())[0] for value in numbers]
        return [100 * level / levels[-1] for level in levels], "steps of the ladder, the last is 100 %"
    if opcode == op.LONG_DECAY:
        return _of_times(control, _TO_A_TENTH), "90 % of the machine's way"
    if opcode == op.DECAY:
        return _of_times(control, _TO_ONE_IN_E), "63 % of the machine's way"
    law, words = (
        (_in_ratios, "equal ratios")
        if parameter.name == "RATIO" or parameter.unit == "Hz"
        else (_in_steps, "equal steps")
    )
    last = len(numbers) - 1
    return [law(parameter.low, parameter.high, place / last) for place in range(last + 1)], words


def _of_times(control: Control, share: float) -> list[float]:
    instruction = Instruction(control.laws[0].opcode, 0, control.laws[0].operands)
    times = (meaning(instruction, value, [1]).amount for value in range(control.low, control.high + 1))
    return [share * (time or 0.0) for time in times]


Law = Callable[[float, float, float], float]


def _in_steps(low: float, high: float, share: float) -> float:
    return low + (high - low) * share


def _in_ratios(low: float, high: float, share: float) -> float:
    return float(low * (high / low) ** share)
