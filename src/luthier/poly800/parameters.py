"""The parameters of the family: panel numbers, names, ranges and where their bits stand.

The facts are rows of ``parameters.toml``, with their sources and what is still open; this module makes them
usable.  A parameter's *panel value* is what the display of the synth shows; its *stored value* is what the
bits say.  Stored values beyond the range are possible (an octave of 4) and always readable.
"""

from __future__ import annotations

import difflib
import functools
import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from luthier.errors import InputError
from luthier.poly800.synth import Synth

#: Bit-field values of a packed program by synth: 21 bytes, 26 on the MkII.
PROGRAM_LENGTH = {Synth.POLY800: 21, Synth.EX800: 21, Synth.MK2: 26}

GLOBAL_GROUP = "global"


@dataclass(frozen=True)
class Parameter:
    """One row of the table.

    ``runs`` are the (first bit, number of bits) of the value in the program read as one little-endian
    number, least significant run first; empty for globals, whose value is a whole byte.
    """

    number: int
    name: str
    label: str
    group: str
    minimum: int
    maximum: int
    runs: tuple[tuple[int, int], ...]
    offset: int
    inverted: bool
    values: Mapping[int, str]
    synths: frozenset[Synth]
    panel: frozenset[Synth]
    source: str
    certainty: str

    @property
    def stored_maximum(self) -> int:
        """The largest number the bits can hold."""
        bits = sum(count for _, count in self.runs) or 8
        return (1 << bits) - 1

    @property
    def is_choice(self) -> bool:
        """Whether the values are named choices (a waveform) and not steps of a quantity (a level)."""
        return bool(self.values)

    def panel_value(self, stored: int) -> int:
        """What the display shows for the number ``stored`` in the bits."""
        return self.stored_maximum - stored if self.inverted else stored + self.offset

    def stored_value(self, panel: int) -> int:
        """The bits for a panel value; raises InputError if they cannot hold it."""
        stored = self.stored_maximum - panel if self.inverted else panel - self.offset
        if not 0 <= stored <= self.stored_maximum:
            raise InputError(f"{self.title} is {panel}, which cannot be stored", remedy=self.range_text)
        return stored

    def in_range(self, panel: int) -> bool:
        """Whether the panel of the synth allows the value."""
        return self.minimum <= panel <= self.maximum

    def check(self, panel: int) -> None:
        """Raise InputError unless the panel of the synth allows the value."""
        if not self.in_range(panel):
            raise InputError(f"{self.title} is {panel}, out of range", remedy=self.range_text)

    def value_text(self, panel: int) -> str:
        """The value with its meaning: ``2 double``."""
        meaning = self.values.get(panel)
        return f"{panel} {meaning}" if meaning else str(panel)

    @property
    def title(self) -> str:
        """Number and name: ``41 cutoff``."""
        return f"{self.number} {self.name}"

    @property
    def range_text(self) -> str:
        """What the user may give: ``give 0 to 99``."""
        return f"give {self.minimum} to {self.maximum}"


def _from_row(row: dict[str, Any]) -> Parameter:
    every = [synth.value for synth in Synth]
    synths = frozenset(Synth(name) for name in row.get("synths", every))
    return Parameter(
        number=row["number"],
        name=row["name"],
        label=row["label"],
        group=row["group"],
        minimum=row["minimum"],
        maximum=row["maximum"],
        runs=tuple((byte * 8 + bit, count) for byte, bit, count in row.get("bits", ())),
        offset=row.get("offset", 0),
        inverted=row.get("inverted", False),
        values={int(value): text for value, text in row.get("values", {}).items()},
        synths=synths,
        panel=frozenset(Synth(name) for name in row["panel"]) if "panel" in row else synths,
        source=row["source"],
        certainty=row["certainty"],
    )


@functools.cache
def every_parameter() -> tuple[Parameter, ...]:
    """All rows of the table, globals included, in the order of the file."""
    text = importlib.resources.files(__package__).joinpath("parameters.toml").read_text("utf-8")
    return tuple(_from_row(row) for row in tomllib.loads(text)["parameter"])


@functools.cache
def program_parameters(synth: Synth) -> tuple[Parameter, ...]:
    """The parameters stored in each program of ``synth`` (47; MkII 54)."""
    return tuple(row for row in every_parameter() if row.runs and synth in row.synths)


@functools.cache
def global_parameters(synth: Synth) -> tuple[Parameter, ...]:
    """The parameters stored once for the whole bank whose place in the memory of ``synth`` is known."""
    return tuple(row for row in every_parameter() if row.group == GLOBAL_GROUP and synth in row.synths)


@functools.cache
def _lookup_tables(synth: Synth) -> tuple[dict[str, Parameter], dict[int, Parameter]]:
    rows = program_parameters(synth) + global_parameters(synth)
    by_name = {row.name: row for row in rows}
    by_number = {row.number: row for row in rows if synth in row.panel}
    return by_name, by_number


def lookup(key: str | int, synth: Synth) -> Parameter:
    """The parameter of ``synth`` with this panel number (``41``, ``"41"``) or name (``"cutoff"``).

    Raises InputError, with the nearest names, if there is none.
    """
    by_name, by_number = _lookup_tables(synth)
    text = str(key).strip().lower().replace("-", "_")
    is_number = text.isascii() and text.isdigit() and len(text) <= 4
    found = by_number.get(int(text)) if is_number else by_name.get(text)
    if found is not None:
        return found
    for row in every_parameter():
        if synth not in row.synths and text in (row.name, str(row.number)):
            raise InputError(
                f"parameter {row.title} has no known place in the memory of the {synth.title}",
                remedy="leave it out, or convert the bank first",
            )
    near = difflib.get_close_matches(text, by_name, n=3)
    remedy = f"did you mean {' or '.join(near)}?" if near else "show lists numbers and names of a program"
    raise InputError(f"the {synth.title} has no parameter {key!r}", remedy=remedy)
