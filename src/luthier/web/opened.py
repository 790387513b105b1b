"""Files that were dropped on the page: streamed to a folder of their own, identified, and gone at the end."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
from starlette.concurrency import run_in_threadpool

from luthier.errors import InputError, LuthierError
from luthier.formats import Content
from luthier.identify import identify, why_not
from luthier.poly800.tape_format import looks_like_audio
from luthier.web.scratch import Scratch, holds_work

#: Bytes of one file.
LARGEST: Final = 1 << 30
#: Files that are open at once.
MOST: Final = 200
#: Bytes of all files that are open at once.
LARGEST_TOGETHER: Final = 8 << 30
#: Bytes that are written to the disk at once.
_PIECE: Final = 1 << 20
_DEEPEST: Final = 12
#: Letters of a name; file systems take 255 bytes, and a letter may have four.
_LONGEST_NAME: Final = 60
_ODD = re.compile(r"[^\w .#+()\[\]-]+")


class Opened(msgspec.Struct, frozen=True):
    """A file, and what it is."""

    id: str
    name: str
    origin: str
    """Its name with the folders it was dropped in."""
    size: int
    format: str | None
    title: str
    description: str
    view: str
    """The view that shows it: ``tape``, ``bank``, ``song``, ``firmware``, ``hex`` ..."""


class OpenedFiles:
    """The files of one server, in a folder that goes with it."""

    def __init__(self) -> None:
        self._scratch = Scratch()
        self.folder = self._scratch.path / "files"
        """Where they lie, each in a folder of its own; for other files too that end with the server."""
        self.folder.mkdir()
        self._files: dict[str, Opened] = {}

    def close(self) -> None:
        """Remove them all."""
        self._scratch.close()

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
        return self.folder / number / file.name

    def worked_on(self, number: str) -> bool:
        """Whether something was written into it here, which goes when it is closed."""
        return holds_work(self.path(number).parent)

    async def receive(self, name: str, chunks: AsyncIterator[bytes], length: int = 0) -> Opened:
        """Take a file as it comes; InputError if it is too long, and then nothing is kept.

        ``length`` is how long it says it is: what is too long by its own account is not begun.
        """
        number, path = self._place(name)
        try:
            await self._write(path, name, chunks, length)
            self._files[number] = await run_in_threadpool(describe, number, path, plain_path(name))
        except BaseException:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
        return self._files[number]

    async def receive_aside(self, chunks: AsyncIterator[bytes], length: int = 0) -> Path:
        """Take bytes as they come into a file that is not listed; who asked for it removes its folder."""
        _, path = self._place("bundle")
        try:
            await self._write(path, "bundle", chunks, length)
        except BaseException:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
        return path

    async def _write(self, path: Path, name: str, chunks: AsyncIterator[bytes], length: int) -> None:
        self._refuse(name, length)
        size = 0
        waiting = bytearray()
        try:
            with path.open("wb") as stream:
                async for chunk in chunks:
                    waiting += chunk
                    size += len(chunk)
                    if len(waiting) >= _PIECE:
                        self._refuse(name, size)
                        # In a thread: somebody may be playing meanwhile.
                        await run_in_threadpool(stream.write, bytes(waiting))
                        waiting.clear()
                self._refuse(name, size)
                stream.write(waiting)
        except OSError as error:
            raise LuthierError(
                f"{plain_name(name)}: cannot be kept ({error.strerror}); make room on the disk"
            ) from error

    def put(self, name: str, data: bytes) -> Opened:
        """Open bytes that are in memory."""
        self._refuse(name, len(data))
        number, path = self._place(name)
        path.write_bytes(data)
        self._files[number] = describe(number, path, plain_path(name))
        return self._files[number]

    def add(self, path: Path) -> Opened:
        """Open a copy of a file that is on this machine already."""
        self._refuse(path.name, path.stat().st_size)
        number, copy = self._place(path.name)
        shutil.copyfile(path, copy)
        self._files[number] = describe(number, copy, copy.name)
        return self._files[number]

    def _refuse(self, name: str, size: int) -> None:
        """InputError for what would be too much."""
        if len(self._files) >= MOST:
            raise InputError(f"{MOST} files are open", remedy="close some of them")
        if size > LARGEST:
            raise InputError(
                f"longer than {LARGEST >> 20} MiB", where=plain_name(name), remedy="cut it into pieces"
            )
        if size + sum(file.size for file in self._files.values()) > LARGEST_TOGETHER:
            raise InputError(
                f"the open files have more than {LARGEST_TOGETHER >> 30} GiB", remedy="close some of them"
            )

    def _place(self, name: str) -> tuple[str, Path]:
        number = secrets.token_hex(8)
        folder = self.folder / number
        folder.mkdir()
        return number, folder / plain_name(name)

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


def plain_path(name: str) -> str:
    """A name with its folders, each plain: it says where a file was and is never opened."""
    parts = [part for part in name.replace("\\", "/").split("/") if part.strip(" .")]
    return "/".join(plain_name(part) for part in parts[-_DEEPEST:]) or "file"


def describe(number: str, path: Path, origin: str) -> Opened:
    """What a file is."""
    content = Content.of_file(path)
    matches = identify(content)
    if not matches:
        # The view of tapes says what it hears instead, and looks harder than a first glance.
        view = "tape" if looks_like_audio(content) else "hex"
        return Opened(number, path.name, origin, content.size, None, "unknown", why_not(content), view)
    first = matches[0]
    kind, title = first.format.name, first.format.title
    return Opened(number, path.name, origin, content.size, kind, title, first.description, view_of(kind))


def view_of(kind: str) -> str:
    """The view for a format; what no view shows is shown as bytes."""
    if kind == "poly800-tape":
        return "tape"
    if kind.startswith("poly800-"):
        return "bank"
    if kind.endswith("midi-file"):
        return "song"
    if kind in ("soundfont-2", "kn5000-wave-rom"):
        return "sounds"
    return "firmware" if kind in ("korg-system-file", "board-log") else "hex"
