"""What the built-in bank consists of: instruments and drums, their recordings, where each has its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import msgspec

from luthier.kn5000.waves.built_in.sound import Shape, shape
from luthier.kn5000.waves.recordings import CLASS_COUNT, selector
from luthier.kn5000.waves.rom import ENTRY_COUNT, PADDING_LENGTH, ROM_SIZE, SAMPLES_IN_UNIT, USUAL_PCM_START

CAPACITY = (ROM_SIZE - PADDING_LENGTH - USUAL_PCM_START) // 2
DEFAULT_RATE = 44_100
#: Drums are made at one pitch and meant for it.
DRUM_ROOT = 60.0
LAST_KEY = 127
#: Keys further above the highest root than this may fold a little back: nobody plays a bass there.  Effects
#: are meant for their own pitch.
_FURTHEST = 7
#: Families whose higher notes die away sooner: so many semitones up, half as much comes before the loop.
_DECAYING = ("string", "bar")
_HALF_AS_LONG = 24


@dataclass(frozen=True)
class Instrument:
    """An entry of ``instruments.toml``."""

    family: str
    roots: tuple[float, float, float]
    before: float
    loop: float
    rate: int = DEFAULT_RATE
    form: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Drum:
    """An entry of ``drums.toml``."""

    seconds: float
    parts: tuple[Mapping[str, Any], ...]
    rate: int = DEFAULT_RATE


@dataclass(frozen=True)
class Plan:
    """One recording that is to be made."""

    name: str
    """``piano@60``, or the name of a drum."""
    instrument: str
    family: str
    root: float
    low: int
    high: int
    """Keys it is meant for."""
    shape: Shape
    form: Mapping[str, Any]
    parts: tuple[Mapping[str, Any], ...] = ()

    @property
    def padded_length(self) -> int:
        """Samples it takes in a ROM, whose starts count eight."""
        return -(-self.shape.length // SAMPLES_IN_UNIT) * SAMPLES_IN_UNIT


@dataclass(frozen=True)
class Placed:
    """A plan with its selector, and where it begins in the samples of its class."""

    plan: Plan
    wave_class: int
    entry: int
    offset: int

    @property
    def selector(self) -> int:
        """What register 01 of the tone generator is given."""
        return selector(self.wave_class, self.entry)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def strictly(kind: type[Any], values: Mapping[str, Any]) -> Any:
    """``values`` as an object of ``kind``; a key that is no field of it is a mistake of ours and raises."""
    unknown = set(values) - {entry.name for entry in fields(kind)}
    if unknown:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return msgspec.convert(values, kind)


@cache
def instruments() -> dict[str, Instrument]:
    """Every melodic instrument by its name."""
    return {name: strictly(Instrument, entry) for name, entry in _table("instruments.toml").items()}


@cache
def drums() -> dict[str, Drum]:
    """Every drum by its name."""
    return {name: strictly(Drum, entry) for name, entry in _table("drums.toml").items()}


def _roots(first: float, last: float, step: float) -> list[float]:
    count = int((last - first) // step) + 1
    return [first + index * step for index in range(count)]


def _of_instrument(name: str, found: Instrument) -> list[Plan]:
    roots = _roots(*found.roots)
    edges = [-1, *(int((lower + upper) / 2) for lower, upper in pairwise(roots)), LAST_KEY]
    plans = []
    multiple = 2 if any(ratio % 1 for ratio in found.form.get("ratios", ())) else 1
    for root, below, high in zip(roots, edges, edges[1:], strict=False):
        played_to = min(high, root + (_FURTHEST if found.family != "effect" else 0))
        before = found.before
        if found.family in _DECAYING:
            before *= 2.0 ** ((roots[0] - root) / _HALF_AS_LONG)
        made = shape(root, found.rate, before, found.loop, played_to, multiple)
        plans.append(Plan(f"{name}@{root:g}", name, found.family, root, below + 1, high, made, found.form))
    return plans


@cache
def plans() -> tuple[Plan, ...]:
    """Every recording of the bank, in its order."""
    found = [plan for name, entry in instruments().items() for plan in _of_instrument(name, entry)]
    for name, drum in drums().items():
        made = Shape(drum.rate, 261.6256, int(drum.seconds * drum.rate), 0, 0.48 * drum.rate)
        found.append(Plan(name, name, "drum", DRUM_ROOT, 0, LAST_KEY, made, {}, drum.parts))
    return tuple(found)


@cache
def layout() -> tuple[Placed, ...]:
    """Where every recording has its place: one class (one ROM) after the other is filled."""
    placed: list[Placed] = []
    wave_class = entry = offset = 0
    for plan in plans():
        if offset + plan.padded_length > CAPACITY or entry == ENTRY_COUNT:
            wave_class, entry, offset = wave_class + 1, 0, 0
            if wave_class == CLASS_COUNT:
                raise ValueError(f"the bank does not fit {CLASS_COUNT} ROMs from {plan.name} on")
        placed.append(Placed(plan, wave_class, entry, offset))
        entry += 1
        offset += plan.padded_length
    return tuple(placed)


@cache
def zones(instrument: str) -> tuple[Placed, ...]:
    """The recordings of an instrument or drum, from low to high keys; KeyError if there is none."""
    found = tuple(placed for placed in layout() if placed.plan.instrument == instrument)
    if not found:
        raise KeyError(instrument)
    return found
