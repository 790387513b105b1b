"""Logs of the board are told by their first line, whatever they are called and however they are packed."""

from __future__ import annotations

from pathlib import Path

import pytest

from luthier.errors import InputError
from luthier.formats import Content
from luthier.identify import identify
from luthier.kn5000.board.log_format import BOARD_LOG, BoardLog
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.writing import open_log

ENTRIES = (Entry(1, "main", "write", 0x1234, 5), Entry(7, "latch", "message", text="reset"))


@pytest.mark.parametrize("suffix", [".jsonl", ".trace", ".jsonl.gz", ".trace.xz"])
def test_every_form_is_told_and_read(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"log{suffix}"
    with open_log(path, 5_000_000) as log:
        for entry in ENTRIES:
            log.note(entry)
    data = path.read_bytes()
    content = Content.of_bytes(data, "no suffix")
    (match,) = identify(content)
    form = "JSON lines" if ".jsonl" in suffix else "compact"
    packed = ", compressed" if suffix.count(".") > 1 else ""
    assert match.format is BOARD_LOG
    assert match.description == f"{form}{packed}, 5,000,000 ticks a second"
    assert BOARD_LOG.read(content) == BoardLog(5_000_000, ENTRIES)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]\n",
        b'{"format": 1}\n',
        b'{"format": "luthier log 2"}\n',
        b"\x1f\x8b\x08",
        b"\xfd7zXZ\0ab",
    ],
)
def test_other_files_are_none(data: bytes) -> None:
    content = Content.of_bytes(data, "log.trace")
    assert BOARD_LOG.detect(content) is None
    with pytest.raises(InputError):
        BOARD_LOG.read(content)
