"""Writes logs as they come, in bounded memory: text, JSON lines, or compact (``.trace``), also compressed."""

from __future__ import annotations

import gzip
import json
import lzma
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from heapq import merge
from pathlib import Path
from typing import IO, Protocol

import numpy as np

from luthier.files import refuse_to_overwrite, written_beside
from luthier.machine.logs import compact
from luthier.machine.logs.entry import INSTRUCTION, Entry
from luthier.machine.logs.instructions import PC, Rows, Source
from luthier.machine.logs.selection import Selection

FORMAT = "luthier log 1"
#: Kinds of frames of a compact log: a processor, its code, its instructions, entries, the end of a stretch.
PROCESSOR, CODE, ROWS, ENTRIES, STRETCH = b"PCIET"
FRAME = struct.Struct("<BI")  #: kind, bytes that follow
ROWS_HEAD = struct.Struct("<BIQQI")  #: number of the processor, rows, states, origin, ticks a state
CODE_HEAD = struct.Struct("<BB")  #: number of the processor, bytes of each instruction
_GZIP_LEVEL = 1  #: measured on instructions: 54 MB/s; level 6 takes three times as long for a quarter less
_MOST_WAITING = 1 << 18  #: entries


class _Form(Protocol):
    def put(self, entries: list[Entry], rows: list[Rows]) -> None:
        """Write what happened in a stretch of time."""


class _Lines:
    """Text or JSON, in the order of time."""

    def __init__(self, stream: IO[bytes], line: Callable[[Entry], str]) -> None:
        self._stream, self._line = stream, line

    def put(self, entries: list[Entry], rows: list[Rows]) -> None:
        parts = [iter(entries), *(one.entries() for one in rows)]
        for entry in merge(*parts, key=lambda entry: entry.time):
            self._stream.write(self._line(entry).encode() + b"\n")


class _Compact:
    """Frames."""

    def __init__(self, stream: IO[bytes], numbers: dict[str, int]) -> None:
        self._stream, self._numbers = stream, numbers
        self._known: dict[str, compact.Bytes] = {}

    def frame(self, kind: int, content: bytes) -> None:
        self._stream.write(FRAME.pack(kind, len(content)))
        self._stream.write(content)

    def put(self, entries: list[Entry], rows: list[Rows]) -> None:
        for one in rows:
            self._rows(one)
        if entries:
            lines = "\n".join(json.dumps(entry.record()) for entry in entries)
            self.frame(ENTRIES, lines.encode())
        self.frame(STRETCH, b"")

    def _rows(self, rows: Rows) -> None:
        name, count = rows.source.name, len(rows.table)
        if name not in self._known:
            self._known[name] = np.zeros(1 << 24, np.uint8)
        out = np.empty(count * compact.LONGEST_ROW, np.uint8)
        fresh = np.empty(count, np.int32)
        size, found = compact.pack(rows.table, compact.first_row(), self._known[name], out, fresh)
        number = self._numbers[name]
        if found:
            self._code(number, rows.source, fresh[:found].tolist())
        head = ROWS_HEAD.pack(number, count, rows.states, rows.origin, rows.ticks_a_state)
        self.frame(ROWS, head + out[:size].tobytes())

    def _code(self, number: int, source: Source, addresses: list[int]) -> None:
        longest = max(len(code) for code in source.code.values())
        parts = [
            address.to_bytes(4, "little") + source.code.get(address, b"").ljust(longest, b"\0")
            for address in addresses
        ]
        self.frame(CODE, CODE_HEAD.pack(number, longest) + b"".join(parts))


class Log:
    """A log that is being written; see :func:`open_log`."""

    def __init__(self, stream: IO[bytes], kind: str, ticks_a_second: int, selection: Selection) -> None:
        self.ticks_a_second = ticks_a_second
        self.selection = selection
        self.count = 0  #: entries and instructions so far
        self._numbers: dict[str, int] = {}
        self._entries: list[Entry] = []
        self._rows: list[Rows] = []
        self._compact = _Compact(stream, self._numbers) if kind == ".trace" else None
        if kind != ".text":
            head = {"name": "log", "format": FORMAT, "ticks_a_second": ticks_a_second}
            stream.write(json.dumps(head).encode() + b"\n")
        lines: dict[str, Callable[[Entry], str]] = {
            ".text": lambda entry: entry.line(ticks_a_second),
            ".jsonl": lambda entry: json.dumps(entry.record()),
        }
        self._form: _Form = self._compact or _Lines(stream, lines[kind])

    def wants(self, kind: str, source: str) -> bool:
        """Whether there is any use in telling of these: ask before making texts."""
        return self.selection.wants(kind, source)

    def note(self, entry: Entry) -> None:
        """Something happened."""
        if self.selection.accepts(entry):
            self.count += 1
            self._entries.append(entry)
            if len(self._entries) >= _MOST_WAITING:
                self.flush()

    def add_source(self, source: Source) -> None:
        """A processor whose instructions will come."""
        self._numbers[source.name] = len(self._numbers)
        if self._compact is not None:
            record = {"source": source.name, "cpu": source.cpu, "symbols": dict(source.symbols)}
            self._compact.frame(PROCESSOR, json.dumps(record).encode())

    def note_instructions(self, rows: Rows) -> None:
        """Instructions were executed."""
        if not self.wants(INSTRUCTION, rows.source.name):
            return
        times, addresses = rows.times, rows.table[:, PC]
        wanted = (times >= self.selection.first) & (times < self.selection.last)
        if self.selection.addresses:
            wanted &= np.logical_or.reduce(
                [(addresses >= start) & (addresses < end) for start, end in self.selection.addresses]
            )
        if not wanted.any():
            return
        if not wanted.all():
            first = int((times[np.argmax(wanted)] - rows.origin) // rows.ticks_a_state)
            rows = replace(rows, table=rows.table[wanted], states=first)
        self.count += len(rows.table)
        self._rows.append(rows)

    def flush(self, until: int | None = None) -> None:
        """Write what came until now, or of it what was before a time; nothing earlier may come afterwards."""
        end = 1 << 62 if until is None else until
        parts = [rows.parted(end) for rows in self._rows]
        rows, self._rows = [part[0] for part in parts if part[0]], [part[1] for part in parts if part[1]]
        entries = sorted((entry for entry in self._entries if entry.time < end), key=lambda entry: entry.time)
        self._entries = [entry for entry in self._entries if entry.time >= end]
        if entries or rows:
            self._form.put(entries, rows)


@contextmanager
def open_log(
    path: Path, ticks_a_second: int, selection: Selection | None = None, *, force: bool = False
) -> Iterator[Log]:
    """A log in a file: JSON lines (``.jsonl``), compact (``.trace``), else text; ``.gz``, ``.xz`` may follow.

    The file is there when the block ends without an error.
    """
    refuse_to_overwrite(path, force)
    kind, packed = form_of(path)
    with written_beside(path, force=force) as scratch:
        stream = _opened(scratch, packed)
        with stream:
            log = Log(stream, kind, ticks_a_second, selection or Selection())
            yield log
            log.flush()


def form_of(path: Path) -> tuple[str, str]:
    """``.jsonl``, ``.trace`` or ``.text``, and ``.gz``, ``.xz`` or nothing, by the suffixes of a name."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    packed = suffixes.pop() if suffixes and suffixes[-1] in (".gz", ".xz") else ""
    kind = suffixes[-1] if suffixes and suffixes[-1] in (".jsonl", ".trace") else ".text"
    return kind, packed


def _opened(path: Path, packed: str) -> IO[bytes]:
    if packed == ".gz":
        return gzip.GzipFile(path, "wb", _GZIP_LEVEL, mtime=0)  # type: ignore[return-value]
    if packed == ".xz":
        return lzma.open(path, "wb", preset=0)
    return path.open("wb")
