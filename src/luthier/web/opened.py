"""Files that were dropped on the page: streamed to a folder of their own, identified, and gone at the end."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec

from luthier.errors import InputError
from luthier.formats import Content
from luthier.identify import identify, why_not

#: Bytes of one file.
LARGEST: Final = 1 << 30
#: Files that are open at once.
MOST: Final = 200
_LONGEST_NAME: Final = 120
_ODD = re.compile(r"[^\w .#+()\[\]-]+")


class Opened(msgspec.Struct, frozen=True):
    """A file, and what it is."""

    id: str
    name: str
    size: int
    format: str | None
    title: str
    description: str
    view: str
    """The view that shows it: ``tape``, ``bank``, ``song``, ``firmware``, ``hex`` ..."""


class OpenedFiles:
    """The files of one server, in a folder that goes with it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="luthier-")
        self._files: dict[str, Opened] = {}

    def close(self) -> None:
        """Remove them all."""
        self._folder.cleanup()

    def list(self) -> list[Opened]:
        """All that are open, the newest first."""
        return list(reversed(self._files.values()))

    def get(self, number: str) -> Opened:
        """One of them; InputError if it is not open."""
        if number not in self._files:
            raise InputError("this file is not open any more", remedy="drop it on the page again")
        return self._files[number]

    def path(self, number: str) -> Path:
        """Where it lies."""
        file = self.get(number)
        return Path(self._folder.name) / number / file.name

    async def receive(self, name: str, chunks: AsyncIterator[bytes]) -> Opened:
        """Take a file as it comes; InputError if it is too long, and then nothing is kept."""
        if len(self._files) >= MOST:
            raise InputError(f"{MOST} files are open", remedy="close some of them")
        number = secrets.token_hex(8)
        folder = Path(self._folder.name) / number
        folder.mkdir()
        path = folder / plain_name(name)
        size = 0
        try:
            with path.open("wb") as stream:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > LARGEST:
                        raise InputError(
                            f"longer than {LARGEST >> 20} MiB", where=name, remedy="cut it into pieces"
                        )
                    stream.write(chunk)
            self._files[number] = describe(number, path)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self._files[number]

    def add(self, path: Path) -> Opened:
        """Open a copy of a file that is on this machine already."""
        number = secrets.token_hex(8)
        folder = Path(self._folder.name) / number
        folder.mkdir()
        copy = folder / plain_name(path.name)
        shutil.copyfile(path, copy)
        self._files[number] = describe(number, copy)
        return self._files[number]

    def forget(self, number: str) -> None:
        """Close a file."""
        path = self.path(number)
        del self._files[number]
        shutil.rmtree(path.parent, ignore_errors=True)


def plain_name(name: str) -> str:
    """A name without folders and odd letters, of bounded length, its suffix kept."""
    last = _ODD.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .") or "file"
    stem, dot, suffix = last.rpartition(".")
    if not dot or len(suffix) > 10:
        return last[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1] or 'file'}.{suffix}"


def describe(number: str, path: Path) -> Opened:
    """What a file is."""
    content = Content.of_file(path)
    matches = identify(content)
    if not matches:
        return Opened(number, path.name, content.size, None, "unknown", why_not(content), "hex")
    first = matches[0]
    kind = first.format.name
    return Opened(number, path.name, content.size, kind, first.format.title, first.description, view_of(kind))


def view_of(kind: str) -> str:
    """The view for a format; what no view shows is shown as bytes."""
    if kind == "poly800-tape":
        return "tape"
    if kind.startswith("poly800-"):
        return "bank"
    if kind.endswith("midi-file"):
        return "song"
    return "firmware" if kind == "korg-system-file" else "hex"
