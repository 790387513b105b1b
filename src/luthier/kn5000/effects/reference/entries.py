"""What both pages tell: the effects of each page of the machine, each with its scales and what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from luthier.kn5000.effect_catalogue import loading
from luthier.kn5000.effect_catalogue.models import Certainty, Effect
from luthier.kn5000.effects.named import effect as named
from luthier.kn5000.effects.panel import ranges
from luthier.kn5000.effects.scales import Scale

#: Head of a table of parameters.
COLUMNS = ("Parameter", "Panel", "At first", "In its unit", "Here", "Scale")


@dataclass(frozen=True)
class Entry:
    """One effect."""

    effect: Effect
    scales: tuple[Scale, ...]
    in_line: bool

    @property
    def about(self) -> str:
        """Number and list in a sentence."""
        whose = (
            "its list is the machine's" if self.effect.certainty is Certainty.KNOWN else "its list is ours"
        )
        way = "all sound goes through it" if self.in_line else "added to the dry sound"
        return f"Number {self.effect.number}; {way}; {whose}."

    def rows(self) -> Iterator[tuple[str, ...]]:
        """A row of the table for each parameter."""
        for scale in self.scales:
            yield (
                scale.name,
                f"{scale.low} to {scale.high}".replace("-", "−"),
                "" if scale.first is None else f"{scale.first}".replace("-", "−"),
                scale.ends.replace("-", "−"),
                scale.beginning.replace("-", "−"),
                scale.certainty.value,
            )


@dataclass(frozen=True)
class Page:
    """A page of the machine, with its slot."""

    name: str
    slot: int
    chip: int
    entries: tuple[Entry, ...]


def pages() -> tuple[Page, ...]:
    """The five pages; an effect that two of them offer is on the first."""
    found: dict[int, list[Effect]] = {}
    met: set[int] = set()
    for effect in loading.effects():
        if effect.number not in met:
            met.add(effect.number)
            found.setdefault(effect.slot, []).append(effect)
    return tuple(
        Page(
            effects[0].page,
            slot,
            effects[0].chip,
            tuple(_entry(effect) for effect in sorted(effects, key=lambda effect: effect.number)),
        )
        for slot, effects in sorted(found.items())
    )


def _entry(effect: Effect) -> Entry:
    chosen = named(effect.number)
    return Entry(effect, ranges(chosen), chosen.in_line)
