"""Chunks of a RIFF file of the form ``sfbk``: where each one is, checked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.errors import InputError

Data = NDArray[np.uint8]
#: A SoundFont has 20 or so; more than this is no SoundFont.
_MOST_CHUNKS = 1_000
_HEADER = 8
_LIST_HEADER = 12


@dataclass(frozen=True)
class Chunk:
    """Where the content of a chunk lies, in bytes."""

    start: int
    size: int

    def of(self, data: Data) -> Data:
        """Its content."""
        return data[self.start : self.start + self.size]


def at_byte(offset: int) -> str:
    """A place as messages name it."""
    return f"byte {offset:,}"


def chunks(data: Data) -> dict[str, Chunk]:
    """The chunks within the lists, by names such as ``pdta phdr``; the first of a name counts."""
    if len(data) < _LIST_HEADER or _text(data, 0) != "RIFF" or _text(data, 8) != "sfbk":
        raise InputError(
            "is no SoundFont 2", where=at_byte(0), remedy="check that this is the file you meant"
        )
    found: dict[str, Chunk] = {}
    seen = 0
    for name, outer in _chunks(data, _LIST_HEADER, len(data)):
        if name != "LIST" or outer.size < 4:
            continue
        kind = _text(data, outer.start)
        for inner_name, inner in _chunks(data, outer.start + 4, outer.start + outer.size):
            found.setdefault(f"{kind} {inner_name}", inner)
            seen += 1
            if seen > _MOST_CHUNKS:
                raise InputError(f"has more than {_MOST_CHUNKS:,} chunks", where=at_byte(inner.start))
    return found


def _chunks(data: Data, start: int, end: int) -> list[tuple[str, Chunk]]:
    """The chunks from ``start`` to ``end``; a remainder too short for a header is filling."""
    found: list[tuple[str, Chunk]] = []
    while start + _HEADER <= end:
        name = _text(data, start)
        size = int.from_bytes(data[start + 4 : start + _HEADER].tobytes(), "little")
        if size > end - start - _HEADER:
            raise InputError(
                f"the chunk {name!r} should have {size:,} bytes, but only {end - start - _HEADER:,} are left",
                where=at_byte(start),
                remedy="the file is cut off or damaged: get it again",
            )
        found.append((name, Chunk(start + _HEADER, size)))
        if len(found) > _MOST_CHUNKS:
            raise InputError(f"has more than {_MOST_CHUNKS:,} chunks", where=at_byte(start))
        start += _HEADER + size + size % 2
    return found


def _text(data: Data, start: int) -> str:
    """A chunk's name of four letters, safe to show."""
    letters = data[start : start + 4].tobytes().decode("latin-1")
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in letters)
