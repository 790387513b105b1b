"""What files of the instruments become in the library, and how they get out: one shelf an instrument."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from luthier.formats import Content, Match
from luthier.library.entry import Entry, Item
from luthier.library.families import Family

#: Modules that hold a ``SHELF``.
SHELVES = (
    "luthier.library.poly800_shelf",
    "luthier.library.song_shelf",
    "luthier.library.firmware_shelf",
)


class Shelf(Protocol):
    """Knows the files and sounds of an instrument."""

    @property
    def family(self) -> Family | None:
        """What its patches have in common, if it has patches."""

    def entries(self, content: Content, matches: Sequence[Match]) -> list[Entry] | None:
        """What is in a file; None if it is nothing of this shelf.  Raises InputError for what is damaged."""

    def owns(self, item: Item) -> bool:
        """Whether an item is of this shelf."""

    def parameters(self, item: Item, content: bytes) -> Mapping[str, int]:
        """The panel values of a patch."""

    def export(self, items: Sequence[tuple[Item, bytes]], path: Path) -> bytes:
        """The file that holds the items, in the format of its suffix; raises InputError if it cannot."""

    def show(self, item: Item, content: bytes) -> str:
        """What is in an item, as text."""


@functools.cache
def shelves() -> tuple[Shelf, ...]:
    """All shelves."""
    return tuple(import_module(name).SHELF for name in SHELVES)


@functools.cache
def families() -> Mapping[str, Family]:
    """All families by name."""
    return {shelf.family.name: shelf.family for shelf in shelves() if shelf.family is not None}


def shelf_of(item: Item) -> Shelf | None:
    """The shelf that an item belongs to."""
    return next((shelf for shelf in shelves() if shelf.owns(item)), None)
