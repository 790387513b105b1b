"""What the commands of the library have in common."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.errors import UsageError

if TYPE_CHECKING:
    from luthier.library.store import Library

FileOption = Annotated[
    Path | None,
    typer.Option("--library", help="The library's file [default: LUTHIER_LIBRARY, or the user's own]."),
]
NumbersArgument = Annotated[
    list[str], typer.Argument(metavar="ITEM...", help="Numbers as search shows them; 10-20 is a row of them.")
]

_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_MOST = 100_000


def opened(file: Path | None, *, create: bool = False) -> Library:
    """The library that is meant."""
    from luthier.library.places import usual_library
    from luthier.library.store import Library

    return Library(file or usual_library(), create=create)


def numbers_of(texts: list[str]) -> list[int]:
    """``3 10-12`` as 3, 10, 11, 12; UsageError for anything else."""
    found: list[int] = []
    for text in texts:
        match = _RANGE.fullmatch(text)
        if match is None:
            raise UsageError(f"{text!r} is no number of an item", remedy="write for example 3 or 10-20")
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < first + _MOST:
            raise UsageError(f"{text} is no row of items", remedy="write the smaller number first")
        found += range(first, last + 1)
    return list(dict.fromkeys(found))
