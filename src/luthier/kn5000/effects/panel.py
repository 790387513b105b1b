"""Parameters of effects as people write them: a number of the machine's panel, or an amount with its unit.

``REVERB TIME=60`` is the panel's 60; ``REVERB TIME=2.4s`` are seconds.  :mod:`scales` has what every
number of the panel is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from luthier.errors import InputError, UsageError
from luthier.kn5000.effect_catalogue import loading
from luthier.kn5000.effect_catalogue.models import Certainty, Control, Effect
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.scales import Scale, scale

_AMOUNT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)", re.DOTALL)
#: What people write: the unit of parameters, and what one of it is.
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("hz", "hertz"), ("Hz", 1.0)),
    "khz": ("Hz", 1e3),
    **dict.fromkeys(("s", "sec", "second", "seconds"), ("s", 1.0)),
    "ms": ("s", 1e-3),
    "db": ("dB", 1.0),
    **dict.fromkeys(("%", "percent", "per cent"), ("%", 1.0)),
    **dict.fromkeys(("degrees", "degree", "deg", "°"), ("degrees", 1.0)),
    **dict.fromkeys(("cents", "cent", "ct"), ("cents", 1.0)),
    **dict.fromkeys(("semitones", "semitone", "st"), ("cents", 100.0)),
    **dict.fromkeys(("octaves", "octave", "oct"), ("octaves", 1.0)),
    **dict.fromkeys(("q", ":1"), ("", 1.0)),
}
_IN_SECONDS = {"s": 1.0, "ms": 1e-3}
#: Shares that are levels, so that decibels say as much.
_LEVELS = {"VOLUME", "REV SEND", "LOW MIX", "HIGH MIX", "ER.LEVEL", "BALANCE L", "BALANCE R"}
#: Controls of effects whose pages do not show them.
_UNSHOWN = {"VOLUME": "volume", "REV SEND": "send"}


def setting(effect: Chain, text: str) -> tuple[str, float]:
    """The parameter that ``text`` names, and the value in its unit that it asks for.

    ``text`` is ``NAME=VALUE``: the name in any case, or a beginning that only one parameter has; the value a
    whole number of the panel, an amount with a unit, or the name of a choice.  Raises InputError that tells
    the range.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} sets nothing", remedy='write it as "PARAMETER=VALUE"')
    found = _scale(effect, _called(effect, name))
    return found.name, _read(found, value.strip().replace("−", "-"))


def physical(effect: Chain, parameter: str, panel_value: int) -> float:
    """What a number of the panel is in the parameter's unit; InputError beyond the panel's range."""
    return _scale(effect, _called(effect, parameter)).physical(panel_value)


def panel_value(effect: Chain, parameter: str, physical: float) -> int:
    """The number of the panel that comes nearest to an amount in the parameter's unit."""
    found = _called(effect, parameter)
    return _scale(effect, found).nearest(effect.parameter(found).checked(physical))


def ranges(effect: Chain) -> tuple[Scale, ...]:
    """The scales of all parameters, in the order of the panel."""
    return tuple(_scale(effect, parameter.name) for parameter in effect.parameters)


def _called(effect: Chain, name: str) -> str:
    """The parameter of a name or a beginning; InputError if there is none, or more than one."""
    wanted = " ".join(name.split()).upper()
    known = [parameter.name for parameter in effect.parameters]
    begun = [each for each in known if wanted and each.startswith(wanted)]
    if wanted in known or len(begun) != 1:
        if len(begun) > 1 and wanted not in known:
            raise InputError(f"{wanted} may be {' or '.join(begun)}", remedy="write more of the name")
        return effect.parameter(name).name
    return begun[0]


@functools.cache
def _entry(name: str) -> Effect:
    return loading.find(name)


def control_of(effect: Chain, parameter: str) -> Control:
    """The control of the catalogue that a parameter is, or is like where the machine shows none."""
    control, _ = _entry(effect.name).panel.get(parameter, (None, 0))
    return control or loading.controls()[_UNSHOWN[parameter]]


def _scale(effect: Chain, name: str) -> Scale:
    entry = _entry(effect.name)
    _, first = entry.panel.get(name, (None, None))
    certainty = entry.certainty if name in entry.panel else Certainty.MODELLED
    return scale(effect.parameter(name), control_of(effect, name), first, certainty)


def _read(found: Scale, text: str) -> float:
    if found.choices:
        return _choice(found, text)
    amount = _AMOUNT.fullmatch(text.lower())
    if amount is None:
        raise InputError(f"{text!r} is no number", remedy=f"give {found.name} {found.span}")
    number, unit = float(amount[1]), amount[2]
    if not unit:
        if number != number // 1 or not found.low <= number <= found.high:
            raise InputError(f"{text} is no {found.name}", remedy=f"choose {found.span}, with the unit")
        return found.physical(int(number))
    value = _in_its_unit(found, number, unit)
    if not found.least <= value <= found.most:
        raise InputError(f"{text} is no {found.name}", remedy=f"choose {found.span}")
    return value


def _choice(found: Scale, text: str) -> float:
    """The place of a choice, by its name, the beginning of it, or its number."""
    begun = [at for at, name in enumerate(found.choices) if text and name.startswith(text.upper())]
    if len(begun) == 1:
        return float(begun[0])
    number = _AMOUNT.fullmatch(text)
    if number and not number[2] and float(number[1]) in range(len(found.choices)):
        return float(number[1])
    raise InputError(f"{text!r} is no {found.name}", remedy=f"choose {found.span}")


def _in_its_unit(found: Scale, number: float, written: str) -> float:
    unit, factor = _UNITS.get(written, (None, 1.0))
    amount = number * factor
    if unit == "s" and found.unit in _IN_SECONDS:
        return amount / _IN_SECONDS[found.unit]
    if unit == "dB" and found.name in _LEVELS:
        return float(100 * 10 ** (min(amount, 100.0) / 20))
    if unit != found.unit:
        raise InputError(f"{found.name} is not in {written}", remedy=f"choose {found.span}")
    return amount


def apply(effect: Chain, settings: Iterable[str]) -> None:
    """Set everything; nothing is set if one of it cannot be."""
    for name, value in [setting(effect, text) for text in settings]:
        effect.set(name, value)
