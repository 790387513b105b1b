"""Changes to a bank: set, copy, swap, init, morph, randomise.  Each returns a new bank."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

from luthier.errors import InputError, UsageError
from luthier.poly800.bank import Bank
from luthier.poly800.convert import convert_program
from luthier.poly800.initial import initial_program
from luthier.poly800.parameters import Parameter, lookup
from luthier.poly800.program import PROGRAM_NUMBERS, Program, program_index

_ASSIGNMENT = re.compile(r"(?:(?P<programs>[^.=]+)\.)?(?P<parameter>[^.=]+)=(?P<value>.+)")

#: A program number before it is looked up.
_NUMBER = re.compile(r"[0-9]{1,4}")


def select(text: str) -> tuple[int, ...]:
    """The programs meant by ``11``, ``11,13``, ``11-18`` (in memory order) or ``all``; raises InputError."""
    if text.strip().lower() == "all":
        return PROGRAM_NUMBERS
    numbers: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not (_NUMBER.fullmatch(first) and (_NUMBER.fullmatch(last) if dash else not last)):
            raise UsageError(f"no programs are called {text!r}", remedy="write 11, 11-18, 11,23 or all")
        start = program_index(int(first))
        end = program_index(int(last)) if dash else start
        if end < start:
            raise UsageError(f"{part} runs backwards", remedy=f"write {last}-{first}")
        numbers.extend(PROGRAM_NUMBERS[start : end + 1])
    return tuple(dict.fromkeys(numbers))


def assign(bank: Bank, assignments: Iterable[str]) -> Bank:
    """The bank with ``11.41=69``, ``11.cutoff=69``, ``11-18.trigger=multi`` or ``87=2`` carried out in order.

    Raises InputError that repeats the assignment it is about.
    """
    for text in assignments:
        try:
            bank = _assign_one(bank, text)
        except InputError as error:
            placed = error.at(repr(text))
            raise UsageError(placed.what, where=placed.where, remedy=placed.remedy) from error
    return bank


def _assign_one(bank: Bank, text: str) -> Bank:
    match = _ASSIGNMENT.fullmatch(text.strip())
    if match is None:
        raise InputError("not an assignment", remedy="write program.parameter=value, such as 11.cutoff=69")
    row = lookup(match["parameter"], bank.synth)
    value = _value(row, match["value"].strip())
    if match["programs"] is None:
        return bank.with_globals({row.name: value})
    for number in select(match["programs"]):
        bank = bank.with_program(number, bank.program(number).replacing({row.name: value}))
    return bank


def _value(row: Parameter, text: str) -> int:
    """A panel value from a number or from the name of a choice (``double``)."""
    for value, meaning in row.values.items():
        if meaning == text.lower():
            return value
    if re.fullmatch(r"-?[0-9]{1,9}", text):
        return int(text)
    choices = f" or {', '.join(row.values.values())}" if row.values else ""
    raise InputError(f"{row.title} cannot be {text!r}", remedy=row.range_text + choices)


def copy(bank: Bank, source: int, targets: Iterable[int], *, origin: Bank | None = None) -> Bank:
    """The bank with program ``source`` (of ``origin``, else of itself) put at all ``targets``.

    A program from a bank of another synth is converted; :func:`luthier.poly800.convert.convert` of the whole
    bank tells what that loses.
    """
    program = convert_program((origin or bank).program(source), bank.synth)
    for number in targets:
        bank = bank.with_program(number, program)
    return bank


def swap(bank: Bank, one: int, other: int) -> Bank:
    """The bank with two programs exchanged."""
    first, second = bank.program(one), bank.program(other)
    return bank.with_program(one, second).with_program(other, first)


def init(bank: Bank, numbers: Iterable[int]) -> Bank:
    """The bank with the programs ``numbers`` set to the plain tone a new bank starts with."""
    for number in numbers:
        bank = bank.with_program(number, initial_program(bank.synth))
    return bank


# --- Morph -------------------------------------------------------------------------------------------------

#: Numbers that are heard as a choice: half an interval is another, wrong interval.
_STEPPED = frozenset({"interval"})
_DCO2 = ("dco2_", "deg2_", "interval", "detune")
_DELAY = ("delay_time", "delay_feedback", "delay_modulation_frequency", "delay_modulation_intensity")


def morph(first: Program, second: Program, position: float) -> Program:
    """The program at ``position`` (0 is ``first``, 1 is ``second``, both exactly) on the way between two.

    Quantities move in a line, choices change at the middle, with three exceptions that keep the way smooth:
    if only one end is in double mode, the other is taken to have its DCO2 at level 0; opposite polarities of
    the filter envelope pass through intensity 0; a delay that one end has turned down keeps the other's time.
    Raises InputError if the programs are of different length or the position is outside 0 to 1.
    """
    if not 0 <= position <= 1:
        raise UsageError(f"position {position} is outside 0 to 1", remedy="give 0.5 for the middle")
    if first.family is not second.family:
        raise InputError("programs of a MkII and another synth", remedy="convert one of the banks first")
    if position in (0, 1):
        return second if position else first
    one, other = _same_voices(first, second), _same_voices(second, first)
    nearer = other if position >= 0.5 else one
    values = {}
    for row in first.parameters:
        if row.is_choice or row.name in _STEPPED:
            values[row.name] = _clamped(row, nearer[row.name])
        else:
            exact = one[row.name] + (other[row.name] - one[row.name]) * position
            values[row.name] = _clamped(row, round(exact))
    values |= _morph_filter_envelope(one, other, position)
    base = second if position >= 0.5 else first
    return base.replacing(values)


def _same_voices(program: Program, partner: Program) -> dict[str, int]:
    """The values of an end of a morph, its unheard parts made those of its partner."""
    values = program.values()
    if program["dco_mode"] == 1 and partner["dco_mode"] == 2:
        values |= {name: value for name, value in partner.values().items() if name.startswith(_DCO2)}
        values |= {"dco2_level": 0, "dco_mode": 2}
    if "delay_level" in values and not values["delay_level"]:
        values |= {name: partner[name] for name in _DELAY}
    return values


def _morph_filter_envelope(one: dict[str, int], other: dict[str, int], position: float) -> dict[str, int]:
    if one["polarity"] == other["polarity"]:
        return {}
    # 2 is positive, 1 negative (parameters.toml, polarity).
    start, end = (end["eg_intensity"] * (1 if end["polarity"] == 2 else -1) for end in (one, other))
    signed = round(start + (end - start) * position)
    return {"polarity": 2 if signed >= 0 else 1, "eg_intensity": abs(signed)}


def _clamped(row: Parameter, value: int) -> int:
    return min(max(value, row.minimum), row.maximum)


# --- Randomise ---------------------------------------------------------------------------------------------

#: Intervals that sound as such, the unison more often than the rest.
_INTERVALS = (0, 0, 0, 0, 0, 3, 4, 5, 7, 7, 12, 12)


def randomise(bank: Bank, numbers: Sequence[int], seed: int) -> Bank:
    """The bank with random sounds at ``numbers``; the same seed gives the same sounds.

    Within musical bounds and never silent: DCO1 always has a footage and a level, envelopes open soon, the
    filter stays open enough.
    """
    generator = random.Random(seed)
    for number in numbers:
        bank = bank.with_program(number, random_program(bank.program(number), generator))
    return bank


def random_program(base: Program, generator: random.Random) -> Program:
    """A random, audible sound; the spare bits are those of ``base``."""
    values = _random_oscillators(generator) | _random_filter(generator)
    for number in (1, 2, 3):
        values |= _random_envelope(generator, f"deg{number}")
    values |= {
        "mg_frequency": generator.randint(3, 13),
        "mg_delay": generator.randint(0, 10),
        "mg_dco": generator.choice((0, 0, 0, 1, 1, 2, 3)),
        "mg_vcf": generator.choice((0, 0, 0, 1, 2, 4, 6)),
        "chorus": generator.randint(0, 1),
    }
    if any(row.name == "delay_level" for row in base.parameters):
        values |= _random_effects(generator)
    return base.replacing(values)


def random_groups(base: Program, groups: Iterable[str], seed: int) -> Program:
    """The program with some groups of its panel (``VCF``, ``DEG1``) at random, by ``seed``.

    Of all groups it is what :func:`randomise` makes of that program alone.  Raises InputError for a group
    that the program has not.
    """
    wanted = set(groups)
    unknown = wanted - {row.group for row in base.parameters}
    if unknown:
        raise InputError(
            f"no group is called {', '.join(sorted(unknown))}", remedy="choose one of the panel's"
        )
    found = random_program(base, random.Random(seed))
    return base.replacing({row.name: found[row] for row in base.parameters if row.group in wanted})


def _random_oscillators(generator: random.Random) -> dict[str, int]:
    values = {
        "dco_mode": generator.choice((1, 2)),
        "interval": generator.choice(_INTERVALS),
        "detune": generator.randint(0, 3),
        "noise": generator.choice((0, 0, 0, 0, 0, 1, 2, 4, 7)),
    }
    for number in (1, 2):
        feet = [generator.randint(0, 1) for _ in range(4)]
        if not any(feet):
            feet[generator.randrange(4)] = 1
        values |= {f"dco{number}_{name}": on for name, on in zip((16, 8, 4, 2), feet, strict=True)}
        values[f"dco{number}_octave"] = generator.choice((1, 2, 2, 2, 3))
        values[f"dco{number}_waveform"] = generator.choice((1, 2))
        values[f"dco{number}_level"] = generator.randint(22, 31)
    return values


def _random_filter(generator: random.Random) -> dict[str, int]:
    negative = generator.random() < 0.1
    return {
        # An envelope that closes the filter must start from an open one.
        "cutoff": generator.randint(75, 99) if negative else generator.randint(40, 99),
        "polarity": 1 if negative else 2,
        "eg_intensity": generator.randint(0, 5) if negative else generator.randint(0, 13),
        "resonance": generator.choice((0, 1, 2, 3, 4, 5, 6, 8, 10)),
        "keyboard_track": generator.randint(0, 2),
        "trigger": generator.choice((1, 2, 2, 2)),
    }


def _random_envelope(generator: random.Random, name: str) -> dict[str, int]:
    break_point = generator.randint(16, 31)
    return {
        f"{name}_attack": generator.choice((0, 0, 0, 0, 1, 2, 4, 7, 11, 15)),
        f"{name}_decay": generator.randint(8, 28),
        f"{name}_break_point": break_point,
        f"{name}_slope": generator.randint(8, 30),
        f"{name}_sustain": generator.randint(8, break_point),
        f"{name}_release": generator.randint(3, 22),
    }


def _random_effects(generator: random.Random) -> dict[str, int]:
    return {
        "chorus": 0,
        "delay_time": generator.randint(0, 99),
        "delay_feedback": generator.randint(0, 11),
        "delay_modulation_frequency": generator.randint(0, 24),
        "delay_modulation_intensity": generator.randint(0, 24),
        "delay_level": generator.choice((0, 0, 3, 5, 7, 9, 11)),
        "eq_bass": generator.randint(4, 10),
        "eq_treble": generator.randint(4, 10),
    }
