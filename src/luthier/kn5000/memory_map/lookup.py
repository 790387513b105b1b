"""What is at an address."""

from __future__ import annotations

import bisect
import functools
from dataclasses import dataclass, replace

from luthier.errors import UsageError
from luthier.kn5000.memory_map.loading import all_entries, structures
from luthier.kn5000.memory_map.models import (
    ADDRESS_LIMIT,
    CPUS,
    MISREADING,
    REGION,
    Certainty,
    Entry,
    Field,
    Structure,
)


@dataclass(frozen=True)
class Answer:
    """What is at an address of a processor.

    ``name`` is a path such as ``parts[1].volume``, ``offset`` the distance from where that begins, and
    ``size`` its bytes (0 where unknown).  Where ``offset`` is not below a known ``size``, nothing is known
    about the byte itself and ``name`` is the nearest thing before it.
    """

    name: str
    title: str
    cpu: str
    address: int
    offset: int
    size: int
    kind: str
    description: str
    certainty: Certainty
    source: str
    note: str = ""
    regions: tuple[str, ...] = ()
    misreadings: tuple[Entry, ...] = ()

    @property
    def is_inside(self) -> bool:
        """Whether the byte is known to belong to what is named."""
        return self.offset < self.size


@functools.cache
def _memory(cpu: str) -> tuple[tuple[Entry, ...], list[int]]:
    """What can be named in the memory of a processor, by address, and the addresses alone."""
    found = [
        entry
        for entry in all_entries()
        if entry.cpu == cpu and entry.is_in_memory and entry.kind != MISREADING
    ]
    # Of what begins at the same place the innermost comes last; a size of 0 is a mere label.
    found.sort(key=lambda entry: (entry.start, -entry.size))
    return tuple(found), [entry.start for entry in found]


@functools.cache
def _misreadings(cpu: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in all_entries() if entry.cpu == cpu and entry.kind == MISREADING)


def check_cpu(cpu: str) -> None:
    """Raise UsageError unless there is such a processor."""
    if cpu not in CPUS:
        raise UsageError(f"no processor is called {cpu!r}", remedy=f"use {' or '.join(CPUS)}")


def at(address: int, cpu: str) -> Answer:
    """What is at ``address`` of the processor ``cpu``: "main" or "sub"."""
    check_cpu(cpu)
    if not 0 <= address < ADDRESS_LIMIT:
        raise UsageError(f"{address:#x} is no address", remedy="give 0 to 0xFFFFFF: the bus has 24 lines")
    entries, starts = _memory(cpu)
    before = entries[: bisect.bisect_right(starts, address)]
    around = [entry for entry in before if entry.kind == REGION and entry.holds(address)]
    around.sort(key=lambda entry: (-entry.size, entry.start))
    answer = _found(before, address, cpu, around[-1] if around else None)
    return replace(
        answer,
        regions=tuple(entry.name for entry in around),
        misreadings=tuple(
            entry for entry in _misreadings(cpu) if entry.start == address or entry.holds(address)
        ),
    )


def _found(before: tuple[Entry, ...], address: int, cpu: str, region: Entry | None) -> Answer:
    nearest = _nearest(before, address, region)
    if nearest is None:
        return Answer(
            name="unmapped",
            title="nothing known",
            cpu=cpu,
            address=address,
            offset=0,
            size=0,
            kind="unmapped",
            description="No source says that anything answers here.",
            certainty=Certainty.UNKNOWN,
            source="",
        )
    whole = Answer(
        name=nearest.name,
        title=nearest.name,
        cpu=cpu,
        address=address,
        offset=address - nearest.start,
        size=nearest.size,
        kind=nearest.kind,
        description=nearest.description,
        certainty=nearest.certainty,
        source=nearest.source,
        note=nearest.note,
    )
    return (
        _inside(whole, nearest.structure, nearest.count) if nearest.structure and whole.is_inside else whole
    )


def _nearest(before: tuple[Entry, ...], address: int, region: Entry | None) -> Entry | None:
    """What holds the address, or a label in it; else what comes before it in the region; else the region."""
    if region is None:
        return None
    inside = [entry for entry in before if entry.kind != REGION and entry.start >= region.start]
    holding = [entry for entry in inside if entry.holds(address)]
    if not holding:
        return inside[-1] if inside else region
    labels = [entry for entry in inside if entry.size == 0 and entry.start >= holding[-1].start]
    return labels[-1] if labels else holding[-1]


def _inside(array: Answer, structure_name: str, count: int, owner: str = "") -> Answer:
    """The field of a record that holds the byte; ``array`` is what is made of such records."""
    structure = structures()[structure_name]
    index, within = divmod(array.offset, structure.size)
    path = f"{array.name}[{index}]" if count > 1 else array.name
    title = f"{structure.title} {index}" if count > 1 else structure.title
    if owner:
        title = f"{title} of {owner}"
    field = structure.field_at(within)
    if field is None:
        return _gap(array, structure, path, title, within)
    found = replace(
        array,
        name=f"{path}.{field.name}",
        title=f"{_words(field)} of {title}",
        offset=within - field.offset,
        size=field.size * field.count,
        kind="field",
        description=field.description,
        certainty=field.certainty,
        source=field.source,
        note=field.note,
    )
    if field.structure:
        return _inside(found, field.structure, field.count, title)
    if field.count == 1:
        return found
    element, rest = divmod(found.offset, field.size)
    return replace(
        found,
        name=f"{found.name}[{element}]",
        title=f"{_words(field)} {element} of {title}",
        offset=rest,
        size=field.size,
    )


def _words(field: Field) -> str:
    return field.name.replace("_", " ")


def _gap(array: Answer, structure: Structure, path: str, title: str, within: int) -> Answer:
    """A byte of a record of which nothing is known."""
    return replace(
        array,
        name=path,
        title=title,
        offset=within,
        size=structure.size,
        kind="record",
        description=f"Byte {within:#04x} of the record: what it holds is unknown.",
        certainty=Certainty.UNKNOWN,
        source=structure.source,
        note="",
    )
