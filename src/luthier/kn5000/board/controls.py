"""The names of the control panel: buttons, lamps, controllers, from ``panel.toml``."""

from __future__ import annotations

import difflib
import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from luthier.errors import UsageError

PANELS = ("right", "left")


@dataclass(frozen=True)
class Button:
    """A button: its panel, segment and bit."""

    name: str
    panel: str
    segment: int
    bit: int


@dataclass(frozen=True)
class Lamp:
    """A lamp: the command that sets its row, and its bit there."""

    name: str
    row: int
    bit: int


@dataclass(frozen=True)
class Wheel:
    """The data wheel: which byte tells of it, and its bit for either direction."""

    name: str
    segment: int
    clockwise: int
    counterclockwise: int


@functools.cache
def _document() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("panel.toml").read_text("utf-8")
    return tomllib.loads(text)


@functools.cache
def buttons() -> dict[str, Button]:
    """All buttons by name."""
    return {
        name: Button(name, group["panel"], segment, bit)
        for group in _document()["buttons"]
        for segment, names in enumerate(group["segments"])
        for bit, name in enumerate(names)
        if name
    }


@functools.cache
def lamps() -> dict[str, Lamp]:
    """All lamps by name."""
    return {
        name: Lamp(name, row, bit)
        for row, names in _document()["lamps"]["rows"]
        for bit, name in enumerate(names)
        if name
    }


@functools.cache
def lamp_rows() -> frozenset[int]:
    """The commands that set a row of lamps."""
    return frozenset(row for row, _ in _document()["lamps"]["rows"])


@functools.cache
def controllers() -> dict[str, int]:
    """The numbers of the controllers by name."""
    return {row["name"]: row["number"] for row in _document()["controllers"]}


@functools.cache
def wheel() -> Wheel:
    """The data wheel."""
    row = _document()["wheel"]
    return Wheel(row["name"], row["segment"], row["clockwise"], row["counterclockwise"])


def button(name: str) -> Button:
    """A button by its name, in capitals or not; UsageError names the nearest if there is none."""
    return buttons()[_known(name, buttons(), "button")]


def turned(name: str) -> str:
    """The name of the wheel or a controller as it is written here; UsageError if there is none."""
    return _known(name, [wheel().name, *controllers()], "wheel or controller")


def _known(name: str, known: Iterable[str], what: str) -> str:
    wanted = " ".join(name.split()).upper()
    names = list(known)
    if wanted in names:
        return wanted
    near = difflib.get_close_matches(wanted, names, 3, 0.4) or names[:3]
    raise UsageError(f"no {what} is called {name!r}", remedy=f"did you mean {' or '.join(near)}?")
