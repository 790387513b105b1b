"""A log in pages: any part of what was chosen, and how much there is of what."""

from __future__ import annotations

from pathlib import Path

import pytest

from luthier.errors import InputError
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.pages import gather
from luthier.machine.logs.selection import Selection, selection
from luthier.machine.logs.writing import open_log

COUNT = 1000
ENTRIES = [
    Entry(10 * n, "main" if n % 4 else "sub", "write" if n % 2 else "interrupt", n, n % 256)
    for n in range(COUNT)
]


@pytest.fixture(params=[".jsonl", ".trace", ".trace.gz"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"log{request.param}"
    with open_log(path, 1000) as writing:
        for entry in ENTRIES:
            writing.note(entry)
    return path


def test_any_part_is_there(log: Path, tmp_path: Path) -> None:
    pages = gather(log, tmp_path / "scratch")
    assert pages.count == COUNT
    assert (pages.sources, pages.kinds) == ({"main": 750, "sub": 250}, {"write": 500, "interrupt": 500})
    assert (pages.first, pages.last, pages.ticks_a_second) == (0, 9990, 1000)
    for start, length in ((0, 5), (126, 5), (128, 1), (990, 50), (1000, 5), (5000, 1)):
        page = pages.page(start, length)
        assert [Entry.of(one) for one in page] == ENTRIES[start : start + length]
    assert pages.page(15, 1)[0]["seconds"] == "0.150000000"


def test_only_what_is_chosen(log: Path, tmp_path: Path) -> None:
    def chosen(ticks: int) -> object:
        return selection(ticks, kinds=["write"], sources=["main"], first=1, addresses=["0x80:0x90"])

    pages = gather(log, tmp_path / "scratch", chosen)  # type: ignore[arg-type]
    assert [one["address"] for one in pages.page(0, 50)] == [129, 131, 133, 135, 137, 139, 141, 143]


def test_more_than_are_kept(log: Path, tmp_path: Path) -> None:
    pages = gather(log, tmp_path / "scratch", most=300)
    assert (pages.count, pages.is_whole) == (300, False)
    assert Entry.of(pages.page(299, 5)[0]) == ENTRIES[299]


def test_reading_is_stopped_though_nothing_is_chosen(log: Path, tmp_path: Path) -> None:
    def stop(_part: float, _now: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gather(log, tmp_path / "scratch", Selection(kinds=frozenset({"none"})), stop)


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"hello")
    with pytest.raises(InputError, match="no log"):
        gather(other, tmp_path / "scratch")
