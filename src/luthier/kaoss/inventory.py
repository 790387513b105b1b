"""The hardware of two units side by side: rows of ``inventory.toml``.

How a given firmware talks to its EEPROM is another question, which takes the instructions of the CPU.
"""

from __future__ import annotations

import functools
import importlib.resources
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_WIDTH = 100


@dataclass(frozen=True)
class Chip:
    """What a unit has in a place: its marking, empty if nobody published it, and facts of it."""

    unit: str
    chip: str
    facts: tuple[str, ...]
    certainty: str
    source: str
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A place on the board: what both units have there, and what a port of firmware has to change."""

    name: str
    title: str
    shared: bool
    port: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True)
class Signal:
    """A JTAG signal of the DSP."""

    name: str
    what: str
    source: str


@dataclass(frozen=True)
class Jtag:
    """Where the DSP can be reached by JTAG; which pin has which signal is not known."""

    name: str
    chip: str
    first_pin: int
    last_pin: int
    connector: str
    signals: tuple[Signal, ...]
    certainty: str
    source: str
    note: str


@functools.cache
def _document() -> dict[str, Any]:
    folder = importlib.resources.files(__package__)
    return tomllib.loads(folder.joinpath("inventory.toml").read_text("utf-8"))


@functools.cache
def units() -> dict[str, str]:
    """The title of every unit by the name in its header."""
    return dict(_document()["units"])


@functools.cache
def parts() -> tuple[Part, ...]:
    """Every place that was compared."""
    sources = _document()["sources"]
    return tuple(
        Part(
            row["name"],
            row["title"],
            row["shared"],
            row["port"],
            tuple(
                Chip(
                    unit,
                    chip["chip"],
                    tuple(chip["facts"]),
                    chip["certainty"],
                    sources[chip["source"]],
                    chip.get("note", ""),
                )
                for unit, chip in row["chips"].items()
            ),
        )
        for row in _document()["part"]
    )


@functools.cache
def jtag() -> Jtag:
    """The JTAG pins of the DSP."""
    row, sources = _document()["jtag"], _document()["sources"]
    signals = tuple(
        Signal(signal["name"], signal["what"], sources[signal["source"]]) for signal in row["signal"]
    )
    return Jtag(
        "jtag",
        row["chip"],
        row["first_pin"],
        row["last_pin"],
        row["connector"],
        signals,
        row["certainty"],
        sources[row["source"]],
        row["note"],
    )


def lines() -> Iterator[str]:
    """The comparison for people."""
    for part in parts():
        yield f"{part.title}: {'the same in both' if part.shared else 'different'}"
        for chip in part.chips:
            mark = "" if chip.certainty == "known" else f" [{chip.certainty}]"
            what = ", ".join(filter(None, (chip.chip, *chip.facts)))
            yield from _wrapped(f"{units()[chip.unit]:<16}", f"{what}{mark}")
            yield from _wrapped(" " * 16, chip.note)
        yield from _wrapped(f"{'to port':<16}", part.port)
        yield ""
    found = jtag()
    pins = f"pins {found.first_pin} to {found.last_pin} of the {found.chip}"
    yield f"JTAG of the DSP: {pins} [{found.certainty}]"
    yield from _wrapped(f"{'signals':<16}", ", ".join(signal.name for signal in found.signals))
    yield from _wrapped(f"{'where':<16}", found.connector)
    yield from _wrapped(" " * 16, found.note)


def _wrapped(label: str, text: str) -> Iterator[str]:
    if text:
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=f"  {label}  ",
            subsequent_indent=" " * (len(label) + 4),
            break_on_hyphens=False,
        )


def records() -> list[object]:
    """The comparison as data: every part, then the JTAG pins."""
    return [*parts(), jtag()]
