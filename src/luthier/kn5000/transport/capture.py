"""What a capture file holds: raw latch bytes, or hexadecimal text, in which both directions may be.

A file of printable characters, half or more of whose words are bytes in hexadecimal, is text; any other is
raw, all of it from main CPU to sub CPU.  In a text, words are bytes (``90``, ``0x90``, or several
together), ``>`` says that what follows goes to the sub CPU, as it does at the start, ``<`` that it comes
from there; a word that ends in a colon is an address and ``#`` begins a remark, both passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from luthier.errors import InputError

#: A boot is half a megabyte; hours of playing fit.
SIZE_LIMIT = 8 << 20

_PRINTABLE = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
_BYTES = re.compile(r"(?:0[xX])?((?:[0-9A-Fa-f]{2})+)")
_ADDRESS = re.compile(r"(?:0[xX])?[0-9A-Fa-f]+:")


class Direction(Enum):
    """Which way bytes go."""

    TO_SUB = "main-to-sub"
    TO_MAIN = "sub-to-main"

    @property
    def arrow(self) -> str:
        """The sign of a text."""
        return ">" if self is Direction.TO_SUB else "<"


@dataclass(frozen=True)
class Stream:
    """The bytes of one direction, and the place of each in the capture."""

    direction: Direction
    data: bytes
    places: Sequence[int]


def read(data: bytes) -> list[Stream]:
    """The streams of a capture; raises InputError if it is empty, or a text with words that are no bytes."""
    text = _text_of(data)
    streams = [Stream(Direction.TO_SUB, data, range(len(data)))] if text is None else _streams_of(text)
    if not any(stream.data for stream in streams):
        raise InputError(
            "there are no bytes in it", remedy="give a capture of the latch, raw or as hexadecimal"
        )
    return streams


def _text_of(data: bytes) -> str | None:
    """The text a file is, or None if it is raw."""
    if not _PRINTABLE.issuperset(data):
        return None
    text = data.decode("ascii")
    words = re.sub(r"#.*", "", text).split()
    right = sum(1 for word in words if _BYTES.fullmatch(word) or _ADDRESS.fullmatch(word) or word in "<>")
    return text if right * 2 >= len(words) else None


def _streams_of(text: str) -> list[Stream]:
    found: dict[Direction, tuple[bytearray, list[int]]] = {way: (bytearray(), []) for way in Direction}
    direction, place = Direction.TO_SUB, 0
    for number, line in enumerate(text.splitlines(), start=1):
        spaced = re.sub("([<>])", r" \1 ", line.partition("#")[0])
        for word in spaced.split():
            if word in "<>":
                direction = Direction.TO_SUB if word == ">" else Direction.TO_MAIN
            elif match := _BYTES.fullmatch(word):
                piece = bytes.fromhex(match[1])
                data, places = found[direction]
                data += piece
                places += range(place, place + len(piece))
                place += len(piece)
            elif not _ADDRESS.fullmatch(word):
                raise InputError(
                    f"{word[:20]!r} is no byte in hexadecimal",
                    where=f"line {number}",
                    remedy="write two digits for each byte, and remarks behind #",
                )
    return [Stream(way, bytes(data), places) for way, (data, places) in found.items()]
