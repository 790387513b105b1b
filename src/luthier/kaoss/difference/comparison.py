"""Everything that differs between two system files."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from luthier.cpu.notes import Notes
from luthier.errors import InputError
from luthier.kaoss.code import Code, take_payload_apart
from luthier.kaoss.difference.matching import Matching, linked_addresses, match
from luthier.kaoss.functions import Function, functions
from luthier.kaoss.header import FILL, Header
from luthier.kaoss.system_file import VECTORS_END, SystemFile
from luthier.kaoss.vectors import VECTOR_SIZE, meanings

#: Bytes that are alike between two ranges that differ before they are told as two.
_GAP = 8


class State(StrEnum):
    """How something stands to the other file."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True)
class Field:
    """A field of the header, or the version in the payload, that differs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class FunctionChange:
    """A function: None where it is not; ``lines`` are a diff of its lines, ``calls`` targets that differ."""

    state: State
    before: Function | None
    after: Function | None
    lines: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataChange:
    """Bytes outside of code: ``before`` and ``after`` are addresses, None where there are none."""

    state: State
    before: int | None
    after: int | None
    old: bytes
    new: bytes


@dataclass(frozen=True)
class TextChange:
    """A text that is only in one of the files, or has moved."""

    state: State
    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True)
class PointerChange:
    """A vector or an entry of a table that leads to another function, or from where there was none."""

    name: str
    address: int
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """All of it; without code (``has_code``), ``data`` are ranges of the payload."""

    has_code: bool
    header: tuple[Field, ...]
    vectors: tuple[PointerChange, ...]
    functions: tuple[FunctionChange, ...]
    data: tuple[DataChange, ...]
    texts: tuple[TextChange, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        states = {change.state for change in self.functions}
        return states <= {State.SAME} and not (self.header or self.vectors or self.data or self.texts)


def compare(before: SystemFile, after: SystemFile, notes: Notes | None = None) -> Comparison:
    """Compare two files; ``notes`` name what is in the first."""
    header = tuple(_header(before, after))
    try:
        old, new = take_payload_apart(before, notes), take_payload_apart(after)
    except InputError:  # no ROM of an H8S/2215: bytes are all there is
        data = tuple(_ranges(0, before.payload, 0, after.payload))
        return Comparison(False, header, (), (), data, ())
    sides = functions(old), functions(new)
    found = match(*sides)
    targets = {start: other.start for start, (_, other) in found.pairs.items()}
    places = _places(found)
    return Comparison(
        True,
        header,
        tuple(_vectors(old, new, targets)),
        tuple(_functions(*sides, found, targets)),
        tuple(_data(old, new, targets, places)),
        tuple(_texts(old, new)),
    )


def _header(before: SystemFile, after: SystemFile) -> Iterator[Field]:
    for one in fields(Header):
        old, new = getattr(before.header, one.name), getattr(after.header, one.name)
        if old != new:
            yield Field(one.name.removesuffix("_field"), _shown(one.name, old), _shown(one.name, new))
    versions = [str(file.block.version) if file.block else "none" for file in (before, after)]
    if versions[0] != versions[1]:
        yield Field("version in the payload", *versions)
    for name, old, new in (
        ("bytes of payload", len(before.payload), len(after.payload)),
        ("bytes used", before.used, after.used),
    ):
        if old != new:
            yield Field(name, f"{old:,}", f"{new:,}")


def _shown(name: str, value: object) -> str:
    if isinstance(value, bytes):
        if name.endswith("_field"):
            return repr(value.rstrip(b"\0").decode("latin-1"))
        return value.hex(" ").upper() if len(value) <= 16 else f"{len(value)} bytes"
    if isinstance(value, int) and name.endswith(("_offset", "_length")):
        return f"0x{value:X}"
    return str(value)


def _places(found: Matching) -> dict[int, int]:
    """Addresses of the first file that are addresses of the second, as matched functions say."""
    votes: dict[int, Counter[int]] = {}
    for one, other in found.pairs.values():
        for first, second in linked_addresses(one, other):
            votes.setdefault(first, Counter())[second] += 1
    return {address: counted.most_common(1)[0][0] for address, counted in votes.items()}


def _vectors(old: Code, new: Code, targets: dict[int, int]) -> Iterator[PointerChange]:
    for meaning in meanings():
        place = VECTOR_SIZE * meaning.number
        before, after = (
            int.from_bytes(code.image.bytes_at(place, VECTOR_SIZE), "big") for code in (old, new)
        )
        if targets.get(before, before) != after:
            yield PointerChange(meaning.name, place, before, after)


def _functions(
    old: Sequence[Function], new: Sequence[Function], found: Matching, targets: dict[int, int]
) -> Iterator[FunctionChange]:
    new_starts = {function.start for function in new}
    for function in old:
        if function.start not in found.pairs:
            yield FunctionChange(State.GONE, function, None)
            continue
        before, after = found.pairs[function.start]
        lines: tuple[str, ...] = ()
        if before.lines != after.lines:
            lines = tuple(difflib.unified_diff(before.lines, after.lines, lineterm="", n=2))[2:]
        calls = tuple(_other_targets(before, after, targets, new_starts))
        moved = State.SAME if before.start == after.start else State.MOVED
        yield FunctionChange(State.CHANGED if lines or calls else moved, before, after, lines, calls)
    for function in new:
        if function.start not in found.taken:
            yield FunctionChange(State.NEW, None, function)


def _other_targets(
    before: Function, after: Function, targets: dict[int, int], starts: set[int]
) -> Iterator[str]:
    """Where the same line leads to a function that is not the same one."""
    for first, second in linked_addresses(before, after):
        if first in targets and targets[first] != second:
            yield f"{first:06X} before, now {second:06X}" + ("" if second in starts else ", no function")


def _segments(code: Code) -> list[tuple[int, bytes]]:
    """Data but pointers, texts and the version block, cut where something refers to them; FF is left out."""
    payload, used = code.file.payload, code.file.used
    is_data = ~code.is_code[:used]
    block = code.file.block
    is_data[: VECTORS_END + (len(block.encoded) if block else 0)] = False
    for place in code.pointers:
        is_data[place : place + VECTOR_SIZE] = False
    for text in code.strings:
        is_data[text.address : text.end] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_data.view(np.int8), [0]))))
    cuts = np.array(sorted(code.program.referred), np.int64)
    found = []
    for first, last in edges.reshape(-1, 2).tolist():
        inside = cuts[(cuts > first) & (cuts < last)].tolist()
        for start, stop in zip([first, *inside], [*inside, last], strict=True):
            if payload[start:stop].strip(bytes([FILL])):
                found.append((start, payload[start:stop]))
    return found


def _data(old: Code, new: Code, targets: dict[int, int], places: dict[int, int]) -> Iterator[DataChange]:
    """Data that are not the same, wherever they lie; then tables whose entries lead elsewhere."""
    before, after = dict(_segments(old)), dict(_segments(new))
    left = Counter(after.values()) - Counter(before.values())
    gone = Counter(before.values()) - Counter(after.values())
    new_ones = {start: data for start, data in after.items() if left[data] > 0}
    for start, data in before.items():
        if gone[data] <= 0:
            continue
        other = places.get(start, start)
        if other in new_ones:
            yield from _ranges(start, data, other, new_ones.pop(other))
        else:
            yield DataChange(State.GONE, start, None, data, b"")
    for start, data in new_ones.items():
        yield DataChange(State.NEW, None, start, b"", data)
    for table, count in old.tables.items():
        other = places.get(table, table)
        yield from _table(old, new, (table, count), (other, new.tables.get(other, 0)), targets)


def _table(
    old: Code, new: Code, before: tuple[int, int], after: tuple[int, int], targets: dict[int, int]
) -> Iterator[DataChange]:
    if not after[1]:
        yield DataChange(
            State.GONE, before[0], None, old.image.bytes_at(before[0], VECTOR_SIZE * before[1]), b""
        )
        return
    for number in range(max(before[1], after[1])):
        places = [start + VECTOR_SIZE * number for start, _ in (before, after)]
        entries = [
            code.image.bytes_at(place, VECTOR_SIZE) if number < count else b""
            for code, place, count in zip((old, new), places, (before[1], after[1]), strict=True)
        ]
        values = [int.from_bytes(entry, "big") for entry in entries]
        if not entries[0]:
            yield DataChange(State.NEW, None, places[1], b"", entries[1])
        elif not entries[1]:
            yield DataChange(State.GONE, places[0], None, entries[0], b"")
        elif values[0] in targets and targets[values[0]] != values[1]:
            yield DataChange(State.CHANGED, places[0], places[1], *entries)


def _ranges(first: int, old: bytes, second: int, new: bytes) -> Iterator[DataChange]:
    """The parts of two pieces of data that differ."""
    if len(old) != len(new):
        shorter = min(len(old), len(new))
        head = _alike(old[:shorter], new[:shorter])
        left = shorter - head  # what of the shorter one may be alike at the end
        tail = _alike(old[::-1][:left], new[::-1][:left])
        old, new = old[head : len(old) - tail], new[head : len(new) - tail]
        yield DataChange(State.CHANGED, first + head, second + head, old, new)
        return
    differing = np.flatnonzero(np.frombuffer(old, np.uint8) != np.frombuffer(new, np.uint8))
    for part in np.split(differing, np.flatnonzero(np.diff(differing) > _GAP) + 1):
        if part.size:
            start, stop = int(part[0]), int(part[-1]) + 1
            yield DataChange(State.CHANGED, first + start, second + start, old[start:stop], new[start:stop])


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes at the beginning of both, of one length, are the same."""
    same = np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8)
    return len(one) if same.all() else int(same.argmin())


def _texts(old: Code, new: Code) -> Iterator[TextChange]:
    before, after = ([(text.text, text.address) for text in code.strings] for code in (old, new))
    for text, address in _missing(before, after):
        yield TextChange(State.GONE, address, None, text)
    for text, address in _missing(after, before):
        yield TextChange(State.NEW, None, address, text)


def _missing(these: Iterable[tuple[str, int]], those: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    there = Counter(text for text, _ in those)
    for text, address in these:
        there[text] -= 1
        if there[text] < 0:
            yield text, address
