"""Where something is: by name, by path, by region."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator

from luthier.errors import InputError
from luthier.kn5000.memory_map.loading import all_entries, structures
from luthier.kn5000.memory_map.lookup import check_cpu
from luthier.kn5000.memory_map.models import REGION, Entry, Field

#: ``parts[5]``: a name and perhaps a number, no longer than a count can be.
_STEP = re.compile(r"(\w+)(?:\[(\d{1,8})\])?", re.ASCII)


def find(text: str, cpu: str | None = None) -> list[Entry]:
    """Everything whose name or alias contains ``text``; names that are exactly so come first.

    Fields of structures are found too, those of the first record of an array.
    """
    wanted = text.lower()
    found = []
    for entry in all_entries():
        if cpu in (None, entry.cpu):
            if any(wanted in name.lower() for name in entry.names):
                found.append(entry)
            found += [field for field in _fields(entry) if wanted in field.name.rpartition(".")[2].lower()]
    return sorted(found, key=lambda entry: wanted not in (name.lower() for name in entry.names))


@functools.cache
def _fields(entry: Entry) -> tuple[Entry, ...]:
    """Every field of the first record of an array, as entries."""
    if not entry.structure or not entry.is_in_memory:
        return ()
    every = f"one of {entry.count}, {entry.size // entry.count} bytes apart" if entry.count > 1 else ""
    return tuple(
        Entry(
            name=path,
            cpu=entry.cpu,
            kind="field",
            address=address,
            size=field.size * field.count,
            description=field.description,
            certainty=field.certainty,
            source=field.source,
            note="; ".join(text for text in (every, field.note) if text),
        )
        for path, address, field in _walk_fields(entry.name, entry.start, entry.structure, entry.count)
    )


def _walk_fields(path: str, base: int, structure: str, count: int) -> Iterator[tuple[str, int, Field]]:
    prefix = f"{path}[0]" if count > 1 else path
    for field in structures()[structure].fields:
        here = f"{prefix}.{field.name}"
        yield here, base + field.offset, field
        if field.structure:
            yield from _walk_fields(here, base + field.offset, field.structure, field.count)


def resolve(path: str, cpu: str | None = None) -> list[Entry]:
    """The record or field with a path such as ``parts[5].pan``, in every processor that has it.

    Nothing if no array is called so; InputError if there is one and the rest of the path is wrong.
    """
    head, *rest = path.split(".")
    first = _STEP.fullmatch(head)
    if first is None or not (rest or first[2]):
        return []
    found = []
    for entry in all_entries():
        known = entry.name.lower() == first[1].lower() and entry.is_in_memory and cpu in (None, entry.cpu)
        if known and entry.structure:
            offset, size, what = _steps(path, entry, first[2], rest)
            found.append(
                Entry(
                    name=path,
                    cpu=entry.cpu,
                    kind="record" if what.structure else "field",
                    address=entry.start + offset,
                    size=size,
                    description=what.description,
                    certainty=what.certainty,
                    source=what.source,
                    note=what.note,
                )
            )
    return found


def _steps(path: str, entry: Entry, index: str | None, rest: list[str]) -> tuple[int, int, Entry | Field]:
    """Offset and size of what a path leads to inside an entry, and what it is."""
    what: Entry | Field = entry
    size = entry.size // entry.count
    offset = _element(path, index, entry.count) * size
    for step in rest:
        fields = structures()[what.structure].fields if what.structure else ()
        names = {field.name: field for field in fields}
        match = _STEP.fullmatch(step)
        if match is None or match[1] not in names:
            remedy = f"it has {', '.join(names)}" if names else "what stands before that has no fields"
            raise InputError(f"{path}: there is no {step!r}", remedy=remedy)
        field = names[match[1]]
        offset += field.offset + _element(path, match[2], field.count) * field.size
        size = field.size if match[2] else field.size * field.count
        what = field
    return offset, size, what


def _element(path: str, index: str | None, count: int) -> int:
    number = int(index or 0)
    if number >= count:
        raise InputError(f"{path}: there is no number {number}", remedy=f"count from 0 to {count - 1}")
    return number


@functools.cache
def _tables() -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for entry in all_entries():
        if entry.table:
            found.setdefault(entry.table.lower(), []).append(entry)
    return {name: tuple(entries) for name, entries in found.items()}


def tables(cpu: str | None = None) -> dict[str, int]:
    """The tables beside the memory (registers behind ports, codes), with how many entries each has."""
    counted = {name: sum(cpu in (None, row.cpu) for row in rows) for name, rows in sorted(_tables().items())}
    return {name: count for name, count in counted.items() if count}


def regions(cpu: str | None = None) -> list[Entry]:
    """The regions of the memory, by processor and address."""
    found = [entry for entry in all_entries() if entry.kind == REGION and cpu in (None, entry.cpu)]
    return sorted(found, key=lambda entry: (entry.cpu, entry.start, -entry.size))


def region(name: str, cpu: str | None = None) -> list[Entry]:
    """All that is known inside a region, or in a table beside the memory; a region itself comes first.

    A name may stand for several regions ("DRAM": each processor has one); nothing if there is none.
    """
    wanted = name.lower()
    found = [row for row in _tables().get(wanted, ()) if cpu in (None, row.cpu)]
    for place in regions(cpu):
        if wanted in (known.lower() for known in place.names):
            inside = [
                entry
                for entry in all_entries()
                if entry.cpu == place.cpu
                and entry.is_in_memory
                and place.start <= entry.start < place.end
                and not (entry.kind == REGION and entry.size >= place.size)
            ]
            found += [place, *sorted(inside, key=lambda entry: (entry.start, -entry.size))]
    return found


def search(text: str, cpu: str | None = None) -> list[Entry]:
    """What a word means: a region or table, a path, or a part of a name; InputError if it is nothing."""
    if cpu is not None:
        check_cpu(cpu)
    found = region(text, cpu) or resolve(text, cpu) or find(text, cpu)
    if found:
        return found
    names = {name.lower(): name for entry in all_entries() for name in entry.names}
    names |= {name: name for name in _tables()}
    near = [names[name] for name in difflib.get_close_matches(text.lower()[:80], names, n=3)]
    remedy = f"did you mean {' or '.join(near)}?" if near else "map without an argument lists the regions"
    raise InputError(f"nothing is called {text!r}", remedy=remedy)
