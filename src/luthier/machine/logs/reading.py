"""Reads logs back, piece by piece, whatever their form: compact ones and JSON lines, also compressed."""

from __future__ import annotations

import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from typing import IO, Any

import numpy as np

from luthier.cpu import CPUS
from luthier.errors import InputError
from luthier.files import unreadable
from luthier.machine.logs import compact
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.instructions import Rows, Source
from luthier.machine.logs.selection import Selection
from luthier.machine.logs.writing import (
    CODE,
    CODE_HEAD,
    ENTRIES,
    FORMAT,
    FRAME,
    PROCESSOR,
    ROWS,
    ROWS_HEAD,
    STRETCH,
)

_LONGEST_LINE = 1 << 20
_LONGEST_FRAME = 1 << 26
_MOST_ROWS = 1 << 22
_MOST_TICKS = 1 << 61
#: What a broken compressed file raises.
_UNPACKING: tuple[type[Exception], ...] = (OSError, EOFError, lzma.LZMAError, zlib.error)
_AGAIN = "make the log again"


@dataclass(frozen=True)
class Reading:
    """A log that is being read."""

    ticks_a_second: int
    entries: Iterator[Entry]  #: once; an :class:`InputError` says where the file is wrong


def read_log(path: Path, selection: Selection | Callable[[int], Selection] | None = None) -> Reading:
    """A log file as its entries, in the order of time; :class:`InputError` if it is none.

    ``selection`` may be a function that is told the ticks of a second.
    """
    try:
        with _opened(path) as stream:
            head = json.loads(stream.readline(_LONGEST_LINE))
    except (ValueError, RecursionError):
        head = None
    except _UNPACKING as error:
        raise InputError(f"cannot be unpacked ({error})", where=str(path), remedy=_AGAIN) from None
    ticks = head.get("ticks_a_second") if isinstance(head, dict) else None
    if not isinstance(head, dict) or head.get("format") != FORMAT or not isinstance(ticks, int) or ticks < 1:
        raise InputError(
            "is no log that can be read back",
            where=str(path),
            remedy="logs in .jsonl and .trace files can be",
        )
    chosen = selection(ticks) if callable(selection) else selection
    return Reading(ticks, _selected(path, chosen or Selection()))


def _opened(path: Path) -> IO[bytes]:
    try:
        with path.open("rb") as stream:
            start = stream.read(6)
    except OSError as error:
        raise unreadable(path, error) from error
    if start[:2] == b"\x1f\x8b":
        return gzip.open(path)  # type: ignore[return-value]
    if start == b"\xfd7zXZ\0":
        return lzma.open(path)
    return path.open("rb")


def _selected(path: Path, selection: Selection) -> Iterator[Entry]:
    with _opened(path) as stream:
        try:
            stream.readline(_LONGEST_LINE)
            start = stream.read(1)
            parts = _lines(stream, start) if start == b"{" else _frames(stream, start)
            for entry in parts:
                if selection.accepts(entry):
                    yield entry
        except InputError as error:
            raise error.at(str(path)) from None
        except _UNPACKING as error:
            raise InputError(f"ends too early ({error})", where=str(path), remedy=_AGAIN) from None


def _json(line: bytes, where: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("is no record of a log", where=where, remedy=_AGAIN) from None


def _lines(stream: IO[bytes], start: bytes) -> Iterator[Entry]:
    number = 1
    while line := start + stream.readline(_LONGEST_LINE):
        start, number = b"", number + 1
        where = f"line {number}"
        try:
            yield Entry.of(_json(line, where))
        except InputError as error:
            raise error if error.where == where else error.at(where) from None


def _frames(stream: IO[bytes], start: bytes) -> Iterator[Entry]:
    sources: list[Source] = []
    rows: list[Rows] = []
    entries: list[Entry] = []
    number = 0
    while head := start + stream.read(FRAME.size - len(start)):
        start, number = b"", number + 1
        where = f"frame {number}"
        if len(head) < FRAME.size:
            raise InputError("ends in the middle of a frame", where=where, remedy=_AGAIN)
        kind, size = FRAME.unpack(head)
        content = stream.read(size) if size <= _LONGEST_FRAME else b""
        if len(content) < size:
            raise InputError("is larger than what is left of the file", where=where, remedy=_AGAIN)
        if kind == STRETCH:
            yield from _in_order(entries, rows)
            rows, entries = [], []
            continue
        try:
            _take(kind, content, sources, rows, entries)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise error.at(where) from None
            raise InputError(f"is no frame of a log ({error})", where=where, remedy=_AGAIN) from None
    yield from _in_order(entries, rows)


def _in_order(entries: list[Entry], rows: list[Rows]) -> Iterator[Entry]:
    return merge(entries, *(one.entries() for one in rows), key=lambda entry: entry.time)


def _take(kind: int, content: bytes, sources: list[Source], rows: list[Rows], entries: list[Entry]) -> None:
    if kind == PROCESSOR:
        sources.append(_source(json.loads(content)))
    elif kind == CODE and len(content) >= CODE_HEAD.size:
        number, longest = CODE_HEAD.unpack_from(content)
        for at in range(CODE_HEAD.size, len(content) - longest - 3, longest + 4):
            address = int.from_bytes(content[at : at + 4], "little")
            sources[number].learn(address, content[at + 4 : at + 4 + longest])
    elif kind == ROWS and len(content) >= ROWS_HEAD.size:
        rows.append(_rows(content, sources))
    elif kind == ENTRIES:
        entries.extend(Entry.of(json.loads(line)) for line in content.splitlines())
    else:
        raise ValueError(f"kind {kind}")


def _source(record: Any) -> Source:
    if (
        not isinstance(record, dict)
        or record.get("cpu") not in CPUS
        or not isinstance(record["symbols"], dict)
    ):
        raise ValueError("a processor that is unknown")
    return Source(
        str(record["source"]),
        record["cpu"],
        {int(address): str(name) for address, name in record["symbols"].items()},
    )


def _rows(content: bytes, sources: list[Source]) -> Rows:
    number, count, states, origin, ticks = ROWS_HEAD.unpack_from(content)
    data = np.frombuffer(content, np.uint8)[ROWS_HEAD.size :]
    if count > min(_MOST_ROWS, data.size // compact.SHORTEST_ROW) or not ticks:
        raise ValueError(f"{count} instructions")
    if max(states, origin, (states + (count << 32)) * ticks) >= _MOST_TICKS:
        raise ValueError("a time beyond all times")
    table = np.empty((count, compact.first_row().size), np.uint32)
    if compact.unpack(data, table, compact.first_row()) < 0:
        raise ValueError("instructions that are cut off")
    if (table[:, 0] >> 24).any():
        raise ValueError("an address beyond the bus")
    return Rows(sources[number], table, states, origin, ticks)
