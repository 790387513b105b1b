"""Read the facts: every file of ``data`` is a list of groups of rows, or of structures.

A group says once what its rows share (``cpu``, ``kind``, ``source``, perhaps ``space``, ``table`` and
``certainty``); a row is ``[address, size, name, description]`` and perhaps a table of what is special.
The ``cpu`` "both" makes an entry for either processor.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections.abc import Iterator
from typing import Any

from luthier.kn5000.memory_map.models import CPUS, MEMORY, Certainty, Entry, Field, Structure


@functools.cache
def documents() -> dict[str, dict[str, Any]]:
    """The content of every data file by its name without suffix."""
    folder = importlib.resources.files(__package__).joinpath("data")
    files = sorted(
        (path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name
    )
    return {path.name.removesuffix(".toml"): tomllib.loads(path.read_text("utf-8")) for path in files}


@functools.cache
def all_entries() -> tuple[Entry, ...]:
    """Every entry of every file."""
    return tuple(
        entry
        for document in documents().values()
        for group in document.get("group", ())
        for entry in _entries_of(group)
    )


@functools.cache
def _source(short: str) -> str:
    """A source as the user is told it: every part between semicolons begins with the name of a source."""
    names = documents()["sources"]["sources"]
    parts: list[str] = []
    for part in short.split("; "):
        known = [name for name in names if part.startswith(name)]
        if not known and not parts:
            raise ValueError(f"no source is called {part!r}")
        parts.append(names[known[0]] + part.removeprefix(known[0]) if known else part)
    return "; ".join(parts)


def _entries_of(group: dict[str, Any]) -> Iterator[Entry]:
    cpus = CPUS if group["cpu"] == "both" else (group["cpu"],)
    for address, size, name, description, *special in group["rows"]:
        shared = {**group, **(special[0] if special else {})}
        for cpu in cpus:
            yield Entry(
                name=name,
                cpu=cpu,
                kind=shared["kind"],
                # TOML has no null: -1 is an address that nobody knows.
                address=address if address >= 0 else None,
                size=size,
                description=description,
                certainty=Certainty(shared.get("certainty", Certainty.KNOWN)),
                source=_source(shared["source"]),
                space=shared.get("space", MEMORY),
                table=shared.get("table", ""),
                note=shared.get("note", ""),
                aliases=tuple(shared.get("aliases", ())),
                structure=shared.get("structure", ""),
                count=shared.get("count", 1),
            )


@functools.cache
def structures() -> dict[str, Structure]:
    """Every structure by its name."""
    rows = (row for document in documents().values() for row in document.get("structure", ()))
    return {row["name"]: _structure_of(row) for row in rows}


def _structure_of(row: dict[str, Any]) -> Structure:
    fields = []
    for offset, size, name, description, *special in row["fields"]:
        shared = {**row, "structure": "", **(special[0] if special else {})}
        fields.append(
            Field(
                offset=offset,
                size=size,
                name=name,
                description=description,
                certainty=Certainty(shared.get("certainty", Certainty.KNOWN)),
                source=_source(shared["source"]),
                note=shared.get("note", ""),
                structure=shared["structure"],
                count=shared.get("count", 1),
            )
        )
    return Structure(row["name"], row["title"], row["size"], _source(row["source"]), tuple(fields))
