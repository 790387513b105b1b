"""Files and folders into the library: each is identified by its content, and nothing stops at a bad one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from luthier.errors import InputError, LuthierError
from luthier.formats import Content
from luthier.identify import identify, why_not
from luthier.library.entry import Entry, Source
from luthier.library.places import SUFFIX
from luthier.library.shelves import shelves
from luthier.library.store import Library

Progress = Callable[[float, str], None]

#: Files that are looked at between two writes to the disk: what a killed program loses at most.
_AT_ONCE = 200
#: Recordings of hours are not read by the way.
LARGEST = 1 << 30


@dataclass
class Report:
    """What became of some files."""

    files: int = 0
    added: int = 0
    """Items."""
    known: int = 0
    """Files that were there already."""
    unknown: list[tuple[str, str]] = field(default_factory=list)
    """Files that no format recognised, with what was seen."""
    damaged: list[tuple[str, str]] = field(default_factory=list)
    """Files that could not be read, with the reason."""


@dataclass(frozen=True)
class _Read:
    source: Source
    entries: list[Entry]


def _no_progress(_part: float, _now: str) -> None:
    """Progress nobody looks at."""


def add_files(
    library: Library,
    paths: Sequence[Path],
    progress: Progress = _no_progress,
    *,
    origins: Mapping[Path, str] | None = None,
) -> Report:
    """Add files, and all files in folders and the folders in them.

    All that was added is one step of the history for every 200 files; a file that is there already, of that
    name and with those bytes, is passed over.  ``origins`` says what copies were called where they came from.
    """
    origins = origins or {}
    files = list(files_in(paths))
    report = Report(files=len(files))
    for first in range(0, len(files), _AT_ONCE):
        read = []
        for number, file in enumerate(files[first : first + _AT_ONCE], first):
            progress(number / len(files), file.name)
            one = _read(library, file, origins.get(file, str(file)), report)
            if one is not None:
                read.append(one)
        if read:
            with library.step(_said(read)) as step:
                for one in read:
                    report.added += len(library.add(step, one.entries, one.source))
    progress(1.0, "")
    return report


def _said(read: Sequence[_Read]) -> str:
    first = Path(read[0].source.file).name
    return f"add {first} and {len(read) - 1} more files" if len(read) > 1 else f"add {first}"


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Files, and of folders all that is in them but hidden files and libraries."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                file = Path(folder) / name
                # Pipes and devices would wait for ever; hidden files are other programs' business.
                if not name.startswith(".") and not _is_library(name) and file.is_file():
                    yield file


def _is_library(name: str) -> bool:
    """Whether a file is a library, or what SQLite keeps beside one."""
    return name.removesuffix("-wal").removesuffix("-shm").endswith(SUFFIX)


def _read(library: Library, file: Path, called: str, report: Report) -> _Read | None:
    try:
        content = Content.of_file(file)
        if content.size > LARGEST:
            raise InputError(f"{content.size:,} bytes", remedy="cut the recording into shorter ones")
        digest = _digest(content)
        if library.knows(digest, called):
            report.known += 1
            return None
        matches = identify(content)
        for shelf in shelves():
            entries = shelf.entries(content, matches)
            if entries is not None:
                source = Source(called, matches[0].format.name, content.size, digest)
                return _Read(source, entries)
        report.unknown.append((called, why_not(content)))
    except LuthierError as error:
        text = f"{error.what}; {error.remedy}" if isinstance(error, InputError) else str(error)
        report.damaged.append((called, text.strip("; ")))
    return None


def _digest(content: Content) -> bytes:
    if content.size == len(content.head):
        return hashlib.sha256(content.head).digest()
    with content.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
