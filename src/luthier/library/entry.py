"""What goes into the library, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

#: What an item can be.
KINDS = ("patch", "bank", "tape", "song", "firmware")


@dataclass(frozen=True)
class Entry:
    """One thing found in a file, on its way into the library."""

    kind: str
    instrument: str
    """``poly800``, ``ex800``, ``mk2``; or the name of the format, for what belongs to no single model."""
    name: str
    content: bytes | None
    """Its bytes; None for what stays where it is (long recordings)."""
    place: str = ""
    """Where in the file: ``program 11``."""
    notes: str = ""
    parameters: Mapping[str, int] = field(default_factory=dict)
    """Panel values of a patch, by the names of its family."""


@dataclass(frozen=True)
class Source:
    """A file that entries were found in."""

    file: str
    format: str
    size: int
    digest: bytes
    """SHA-256."""


class Item(msgspec.Struct, frozen=True):
    """One thing in the library; ``changed`` and ``added`` are seconds since 1970."""

    id: int
    kind: str
    instrument: str
    name: str
    place: str
    file: str
    """The file it came from, as it was named then."""
    format: str
    digest: str
    """SHA-256 of its bytes; of a recording, of the file."""
    size: int
    rating: int | None
    """0 to 5 stars, None for not rated."""
    notes: str
    tags: tuple[str, ...]
    collections: tuple[str, ...]
    added: float
    changed: float


class Step(msgspec.Struct, frozen=True):
    """One entry of the history."""

    id: int
    at: float
    what: str
    undone: bool


#: What of an item can be changed, and so undone.
Fields = Mapping[str, Any]
