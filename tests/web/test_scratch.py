"""Temporary folders of servers: gone at the end, swept after one that was killed, left to one that runs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from tests.web.browser import serving

from luthier.web.opened import OpenedFiles
from luthier.web.scratch import Scratch, sweep

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files with nothing in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def dead_process() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_killed_server_is_swept_by_the_next_one_which_stays(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with serving(tmp_path, temporary) as first:
        (old,) = temporary.glob("luthier-bench-*")
        assert old.name.startswith(f"luthier-bench-{first.process.pid}-")
        (old / "open").mkdir()
        (old / "open" / "a.bin").write_bytes(b"hello")
        first.kill()
    assert (old / "open" / "a.bin").exists()
    with serving(tmp_path, temporary) as second, serving(tmp_path, temporary) as third:
        for _ in range(100):
            if not old.exists():
                break
            time.sleep(0.05)
        left = {int(folder.name.split("-")[2]) for folder in temporary.glob("luthier-bench-*")}
        assert left == {second.process.pid, third.process.pid}


def test_what_runs_is_left_and_what_does_not_is_removed(temporary: Path) -> None:
    running, ended = Scratch(), Scratch()
    (running.path / "a.bin").write_bytes(b"hello")
    # As a killed process leaves it: the folder and the mark, but no lock; the number may be another's by now.
    ended._end.detach()[2][1].close()  # type: ignore[index]
    (ended.path / "big").mkdir()
    assert sweep() == [ended.path]
    assert [folder.name for folder in temporary.iterdir()] == [running.path.name]
    assert (running.path / "a.bin").exists()
    running.close()
    assert list(temporary.iterdir()) == []
    running.close()


def test_what_somebody_did_is_kept_for_a_month(temporary: Path) -> None:
    folder = temporary / f"luthier-bench-{dead_process()}-abcdefgh"
    (folder / "one").mkdir(parents=True)
    for name in ("tape.wav", "1 edited.json", "pad.vsb.symbols"):
        (folder / "one" / name).write_text(name)
    assert sweep() == [folder]
    assert sorted(path.name for path in folder.rglob("*.*")) == ["1 edited.json", "pad.vsb.symbols"]
    month = time.time() - 31 * 24 * 3600
    os.utime(folder / "one" / "1 edited.json", (month, month))
    sweep()
    assert [path.name for path in folder.rglob("*.*")] == ["pad.vsb.symbols"]
    os.utime(folder / "one" / "pad.vsb.symbols", (month, month))
    sweep()
    assert not folder.exists()


def test_without_a_mark_the_process_counts(temporary: Path) -> None:
    dead = temporary / f"luthier-bench-{dead_process()}-abcdefgh"
    alive = temporary / f"luthier-bench-{os.getpid()}-abcdefgh"
    for folder in (dead, alive):
        folder.mkdir()
    assert sweep() == [dead]
    assert alive.exists()


def test_nothing_else_is_touched(temporary: Path, tmp_path: Path) -> None:
    number = dead_process()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "dear.txt").write_text("dear")
    (temporary / f"luthier-bench-{number}-linked").symlink_to(elsewhere)
    (temporary / f"luthier-bench-{number}-file").write_text("a file")
    for name in (
        "luthier-bench-x-abc",
        f"luthier-bench-{number}",
        "luthier-abc",
        f"luthier-bench-{10**11}-a",
    ):
        (temporary / name).mkdir()
    before = sorted(temporary.iterdir())
    assert sweep() == []
    assert sorted(temporary.iterdir()) == before
    assert (elsewhere / "dear.txt").exists()


def test_open_files_that_nobody_closes_go_with_the_program(temporary: Path) -> None:
    program = (
        "from luthier.web.opened import OpenedFiles\n"
        "print(OpenedFiles().put('a.bin', b'hello').id)\nfiles = OpenedFiles(); files.put('b.bin', b'')"
    )
    environment = os.environ | {"TMPDIR": str(temporary)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    assert list(temporary.iterdir()) == []
    files = OpenedFiles()
    opened = files.put("a.bin", b"hello")
    assert files.path(opened.id).parent.parent == files.folder
    files.close()
    assert list(temporary.iterdir()) == []
