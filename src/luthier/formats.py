"""What a file format is, and the registry of all formats Luthier knows.

A format is one object: it recognises, reads and writes one kind of file, and carries its limitations and
sources as data, which the user is shown.  An instrument lists its formats in a module named in
:data:`INSTRUMENT_FORMATS`; that line is all the registration there is.
"""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from luthier.errors import UsageError
from luthier.files import unreadable

#: Modules that hold a tuple ``FORMATS``; the more specific a format, the earlier it stands.
INSTRUMENT_FORMATS = ("luthier.poly800.formats", "luthier.kn5000.formats", "luthier.kaoss.formats")

HEAD_LENGTH = 65_536


@dataclass(frozen=True)
class Content:
    """A file as a detector sees it: name, size, the first bytes; the rest only on demand."""

    path: Path
    size: int
    head: bytes

    @classmethod
    def of_file(cls, path: Path) -> Content:
        """Look at the file ``path`` without reading more than its first 64 KiB."""
        try:
            with path.open("rb") as stream:
                head = stream.read(HEAD_LENGTH)
            size = path.stat().st_size
        except OSError as error:
            raise unreadable(path, error) from error
        return cls(path, size, head)

    @classmethod
    def of_bytes(cls, data: bytes, name: str = "-") -> Content:
        """Content that is already in memory."""
        content = cls(Path(name), len(data), data[:HEAD_LENGTH])
        content.__dict__["data"] = data
        return content

    @property
    def suffix(self) -> str:
        """The suffix of the name in lower case, with its dot."""
        return self.path.suffix.lower()

    @cached_property
    def data(self) -> bytes:
        """All bytes."""
        if self.size == len(self.head):
            return self.head
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise unreadable(self.path, error) from error


class Format(Protocol):
    """One kind of file."""

    name: str
    """Short and stable, for ``--json`` and ``--to``: ``poly800-mk2-sysex``."""
    title: str
    """For people: ``Poly-800MkII system exclusive dump``."""
    suffixes: tuple[str, ...]
    """Lower case, with dot; the first is the one we write."""
    limitations: tuple[str, ...]
    """What reading or writing this format cannot do."""
    sources: tuple[str, ...]
    """Where the knowledge of the format comes from."""

    def detect(self, content: Content) -> str | None:
        """One line about this very file if it is of this kind, else None; never raises for bad content."""

    def read(self, content: Content) -> Any:
        """The document in the file; raises InputError."""

    def write(self, document: Any) -> bytes:
        """The file that holds ``document``; raises InputError if it cannot be carried."""


@dataclass(frozen=True)
class Match:
    """A format that recognised a file, with what it said about it."""

    format: Format
    description: str


@functools.cache
def registered() -> tuple[Format, ...]:
    """Every format of every instrument, in the order they are asked."""
    found: list[Format] = []
    for module in INSTRUMENT_FORMATS:
        found.extend(importlib.import_module(module).FORMATS)
    return tuple(found)


def by_name(name: str) -> Format:
    """The format called ``name``."""
    for candidate in registered():
        if candidate.name == name:
            return candidate
    names = ", ".join(entry.name for entry in registered())
    raise UsageError(f"no format is called {name!r}", remedy=f"use one of: {names}")
