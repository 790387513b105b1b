"""Logs of the board, as ``luthier kn5000 boot --trace`` writes them, as a file format."""

from __future__ import annotations

import io
import json
import lzma
import tempfile
import zlib
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path
from typing import IO

from luthier.errors import InputError
from luthier.formats import Content
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.reading import read_log
from luthier.machine.logs.writing import FORMAT, open_log

#: Letters of the first line, which says what the file is.
_LONGEST_HEAD = 4096
#: Bytes of a log that is read whole; longer ones are read piece by piece, see ``luthier.machine.logs``.
_SIZE_LIMIT = 1 << 26


@dataclass(frozen=True)
class BoardLog:
    """A log in memory."""

    ticks_a_second: int
    entries: tuple[Entry, ...]


class BoardLogFormat:
    """What the parts of a board did; the document is a :class:`BoardLog`."""

    name: str = "board-log"
    title: str = "log of a board"
    suffixes: tuple[str, ...] = (".jsonl", ".trace")
    limitations: tuple[str, ...] = (
        "Logs that were written as text cannot be read back.",
        "What is written is JSON lines; `luthier kn5000 boot --trace` writes the compact form.",
    )
    sources: tuple[str, ...] = ("Luthier: luthier.machine.logs",)

    def detect(self, content: Content) -> str | None:
        """How it is written, and how finely it tells time."""
        packed = _opened(content.head)
        if packed is None and not content.head.startswith(b"{"):
            return None
        try:
            stream = packed or io.BytesIO(content.head)
            head = json.loads(stream.readline(_LONGEST_HEAD))
            first = stream.read(1)
        except (ValueError, RecursionError, OSError, EOFError, lzma.LZMAError, zlib.error):
            return None
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            return None
        form = "JSON lines" if first in (b"{", b"") else "compact"
        ticks = head.get("ticks_a_second")
        told = f", {ticks:,} ticks a second" if isinstance(ticks, int) else ""
        return f"{form}{', compressed' if packed else ''}{told}"

    def read(self, content: Content) -> BoardLog:
        """All of it; raises InputError."""
        if content.size > _SIZE_LIMIT:
            raise InputError(
                f"{content.size:,} bytes are too many to be read at once",
                remedy="use `luthier kn5000 trace show` and choose a part",
            )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log"
            path.write_bytes(content.data)
            try:
                reading = read_log(path)
                return BoardLog(reading.ticks_a_second, tuple(reading.entries))
            except InputError as error:
                where = error.where.removeprefix(str(path)).lstrip(": ,")
                raise InputError(error.what, where=where, remedy=error.remedy) from None

    def write(self, document: BoardLog) -> bytes:
        """JSON lines."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log.jsonl"
            with open_log(path, document.ticks_a_second) as log:
                for entry in document.entries:
                    log.note(entry)
            return path.read_bytes()


def _opened(head: bytes) -> IO[bytes] | None:
    """The beginning of a compressed file, unpacked as it is read; None if it is not compressed."""
    if head.startswith(b"\x1f\x8b"):
        return GzipFile(fileobj=io.BytesIO(head))  # type: ignore[return-value]
    if head.startswith(b"\xfd7zXZ\0"):
        return lzma.open(io.BytesIO(head))
    return None


BOARD_LOG = BoardLogFormat()
