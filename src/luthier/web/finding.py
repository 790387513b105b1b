"""Looking for bytes in a file of any length, a piece at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from luthier.errors import InputError

#: Bytes in memory at once.
_PIECE: Final = 4 << 20
LONGEST: Final = 256


def wanted_bytes(text: str, *, is_text: bool) -> bytes:
    """What to look for: text as UTF-8, or hexadecimal digits with or without spaces between bytes."""
    if is_text:
        found = text.encode()
    else:
        try:
            found = bytes.fromhex(text.replace("0x", " ").replace(",", " "))
        except ValueError:
            raise InputError(f"{text!r} are no bytes", remedy="write for example F0 42 30") from None
    if not 0 < len(found) <= LONGEST:
        raise InputError(f"{len(found)} bytes to look for", remedy=f"give 1 to {LONGEST}")
    return found


def find(path: Path, wanted: bytes, start: int) -> int | None:
    """The first place from ``start`` on where the bytes are; None if they are nowhere."""
    overlap = len(wanted) - 1
    with path.open("rb") as stream:
        stream.seek(start)
        kept, offset = b"", start
        while piece := stream.read(_PIECE):
            joined = kept + piece
            if (place := joined.find(wanted)) >= 0:
                return offset - len(kept) + place
            offset += len(piece)
            kept = joined[-overlap:] if overlap else b""
    return None


def find_before(path: Path, wanted: bytes, end: int) -> int | None:
    """The last place before ``end`` where the bytes start; None if there is none."""
    with path.open("rb") as stream:
        while end > 0:
            begin = max(0, end - _PIECE)
            stream.seek(begin)
            # A piece longer by what a find may reach behind its end.
            place = stream.read(end - begin + len(wanted) - 1).rfind(wanted)
            if place >= 0:
                return begin + place
            end = begin
    return None
