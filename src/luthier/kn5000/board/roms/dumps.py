"""Files of a user's folder that may be dumps: plain, or within zip archives.

Nothing is unpacked to the disk, and no name in an archive leads anywhere: it is only shown.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from luthier.errors import InputError
from luthier.files import unreadable

LARGEST = 0x1000000  #: four wave ROMs in one file
_DEEPEST = 4  #: folders within folders
_MOST_FILES = 2_000
_MOST_BYTES = 0x8000000  #: 128 MiB in memory, four times all there can be


@dataclass(frozen=True)
class Dump:
    """The content of a file, and where it is: a path, or an archive and the name in it."""

    name: str
    where: str
    data: bytes = field(repr=False)

    @cached_property
    def crc(self) -> int:
        """CRC-32, as lists of ROMs give it."""
        return zlib.crc32(self.data)


@dataclass(frozen=True)
class Refused:
    """A file that was not read, and why."""

    where: str
    why: str


def read_dumps(folder: Path) -> tuple[list[Dump], list[Refused]]:
    """All files of a folder, or of one archive, by name; InputError if it is neither."""
    if not folder.exists():
        raise InputError(
            "there is no such folder", where=str(folder), remedy="give the folder with your dumps"
        )
    dumps: list[Dump] = []
    refused: list[Refused] = []
    total = 0
    for found in _files(folder):
        for one in _contents(found):
            if isinstance(one, Refused):
                refused.append(one)
            elif total + len(one.data) > _MOST_BYTES:
                refused.append(Refused(one.where, f"more than {_MOST_BYTES >> 20} MiB in all"))
            else:
                total += len(one.data)
                dumps.append(one)
            if len(dumps) + len(refused) >= _MOST_FILES:
                refused.append(Refused(str(folder), f"only the first {_MOST_FILES:,} files were looked at"))
                return dumps, refused
    return dumps, refused


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    depth = len(folder.parts)
    try:
        for place, folders, names in os.walk(folder):
            within = Path(place)
            folders[:] = sorted(folders) if len(within.parts) - depth < _DEEPEST else []
            yield from (within / name for name in sorted(names) if (within / name).is_file())
    except OSError as error:
        raise unreadable(folder, error) from error


def _contents(path: Path) -> Iterator[Dump | Refused]:
    try:
        size = path.stat().st_size
        if zipfile.is_zipfile(path):
            yield from _within(path)
        elif size > LARGEST:
            yield Refused(str(path), f"{size:,} bytes, more than any dump of this instrument has")
        else:
            with path.open("rb") as stream:
                yield Dump(path.name, str(path), stream.read(LARGEST))
    except OSError as error:
        yield Refused(str(path), f"cannot be read ({(error.strerror or str(error)).lower()})")


def _within(path: Path) -> Iterator[Dump | Refused]:
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist()[:_MOST_FILES]:
                if not entry.is_dir():
                    yield _entry(archive, entry, path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield Refused(str(path), f"a damaged archive ({error})")


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> Dump | Refused:
    name = _harmless(entry.filename)
    where = f"{path}: {name}"
    if entry.file_size > LARGEST:
        return Refused(where, f"{entry.file_size:,} bytes, more than any dump of this instrument has")
    try:
        with archive.open(entry) as stream:
            data = stream.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        return Refused(where, f"cannot be unpacked ({_one_line(str(error) or type(error).__name__)})")
    if len(data) > LARGEST:
        return Refused(where, "larger than it says, and than any dump of this instrument")
    return Dump(name.rsplit("/", 1)[-1], where, data)


def _harmless(name: str) -> str:
    """A name to be shown: no control characters, no end of the line, not too long."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in name.replace("\\", "/"))
    return shown if len(shown) <= 120 else f"{shown[:100]}...{shown[-16:]}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:160]
