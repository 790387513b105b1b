"""Many small files in one request, for whole folders: a request each would take longer than their import.

A bundle is a row of files: the length of the name in four bytes, the length of the file in eight, high byte
first; the name as UTF-8, which may hold folders; the file.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Final

from luthier.errors import InputError
from luthier.web.opened import plain_name, plain_path

MOST_FILES: Final = 1000
_HEAD: Final = struct.Struct(">IQ")
_LONGEST_NAME: Final = 4096
_PIECE: Final = 1 << 20


def unpack(bundle: Path, folder: Path) -> dict[Path, str]:
    """Write the files of a bundle into folders of their own inside ``folder``; where each came from.

    Raises InputError for a bundle that is cut off or is none.
    """
    found: dict[Path, str] = {}
    left = bundle.stat().st_size
    with bundle.open("rb") as stream:
        while left:
            head = stream.read(_HEAD.size)
            name_length, length = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, left)
            left -= _HEAD.size + name_length + length
            if left < 0 or not 0 < name_length <= _LONGEST_NAME or len(found) >= MOST_FILES:
                raise InputError("not all files arrived", remedy="drop them on the page again")
            name = stream.read(name_length).decode("utf-8", "replace")
            place = folder / str(len(found))
            place.mkdir()
            path = place / plain_name(name)
            _copy(stream, path, length)
            found[path] = plain_path(name)
    return found


def _copy(stream: BinaryIO, path: Path, length: int) -> None:
    with path.open("wb") as copy:
        while length:
            piece = stream.read(min(length, _PIECE))
            copy.write(piece)
            length -= len(piece)
