"""``luthier kn5000 boot`` with programs of our own as dumps."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import soundfile
from tests.kn5000.board.oracle.images import images
from tests.kn5000.board.roms import synthetic

from luthier import cli

Luthier = Callable[..., "Done"]


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs that talk through the latches, named as MAME names dumps."""
    folder = tmp_path_factory.mktemp("dumps")
    built = images("latch_main")
    (folder / "kn5000_v10_program.rom").write_bytes(built.program)
    (folder / "kn5000_subcpu_boot.ic30").write_bytes(built.sub_boot)
    return folder


@dataclass
class Done:
    returncode: int | str | None
    stdout: str
    stderr: str


@pytest.fixture
def luthier(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    monkeypatch.delenv("LUTHIER_ROMS", raising=False)

    def run(*words: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", "boot", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return Done(left.value.code, captured.out, captured.err)

    return run


def test_a_run_with_everything(dumps: Path, tmp_path: Path, luthier: Luthier) -> None:
    sound, screen, report = tmp_path / "out.wav", tmp_path / "screen.png", tmp_path / "again.png"
    done = luthier(
        "--roms", dumps, "--seconds", "0.2", "-o", sound, "--screenshot", screen,
        "--press", "demo@0.05", "--turn", "data wheel:-2@0.1", "--midi", "built-in@0.01",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"{dumps}: nothing went wrong that can be told" in done.stdout
    assert "329 bytes to the sub CPU, 283 to the main CPU" in done.stdout
    assert "missing: table data" in done.stderr
    assert abs(soundfile.info(str(sound)).frames - 0.2 * 44_100) < 100
    assert screen.read_bytes().startswith(b"\x89PNG")
    shutil.copy(screen, report)
    again = luthier("--roms", dumps, "--seconds", "0.1", "--screenshot", screen)
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert screen.read_bytes() == report.read_bytes()


def test_json(dumps: Path, luthier: Luthier) -> None:
    done = luthier("--roms", dumps, "--seconds", "0.05", "--json")
    assert done.returncode == 0
    record = json.loads(done.stdout)
    assert record["ended"] == "time"
    assert record["latches"] == {"to_sub": 329, "to_main": 283}
    assert {one["name"] for one in record["roms"]["missing"]} >= {"table", "rhythm", "IC304"}


def test_without_a_boot_rom_ours_stands_in(tmp_path: Path, luthier: Luthier) -> None:
    (tmp_path / "kn5000_v10_program.rom").write_bytes(images("interrupts").program)
    done = luthier("--roms", tmp_path, "--seconds", "0.1", "--json")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["instructions"]["sub"] > 10_000
    assert "sub_boot" in {one["name"] for one in record["roms"]["missing"]}
    assert record["self_test"] is None


def test_the_open_firmware(tmp_path: Path, luthier: Luthier) -> None:
    done = luthier("--seconds", "2", "--json", "--screenshot", tmp_path / "screen.png")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["name"], record["roms"]) == ("open firmware", None)
    assert record["self_test"]["finished"]
    assert record["self_test"]["failed"] == []
    assert record["audio"]["begins"] is not None
    assert record["colours"] > 4


def test_a_program_that_runs_wild(tmp_path: Path, luthier: Luthier) -> None:
    (tmp_path / "kn5000_v10_program.rom").write_bytes(bytes(synthetic.noise(0x200000, 1)))
    (tmp_path / "kn5000_subcpu_boot.ic30").write_bytes(synthetic.sub_boot())
    done = luthier("--roms", tmp_path, "--seconds", "1")
    assert done.returncode == 1
    assert "NOT SOUND" in done.stdout
    assert "Traceback" not in done.stderr


def test_only_looking(dumps: Path, tmp_path: Path, luthier: Luthier) -> None:
    done = luthier("--roms", dumps, "--check")
    assert done.returncode == 0
    assert "program of the main CPU 10 (by name)" in done.stdout
    (tmp_path / "notes.txt").write_text("nothing")
    nothing = luthier("--roms", tmp_path, "--check", "--json")
    assert nothing.returncode == 1
    assert [one["used"] for one in json.loads(nothing.stdout)["files"]] == [False]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--roms", "nowhere"], 1, "no such folder"),
        (["--roms", "."], 1, "no program of the main CPU"),
        (["--check"], 2, "--check looks at a folder"),
        (["--roms", "x", "--seconds", "0"], 2, "--seconds"),
        (["--roms", "x", "--seconds", "nan"], 2, "--seconds"),
        (["--roms", "x", "--press", "NOSUCH@1"], 2, "no button"),
        (["--roms", "x", "--press", "DEMO"], 2, "no name and moment"),
        (["--roms", "x", "--press", "DEMO@soon"], 2, "no name and moment"),
        (["--roms", "x", "--turn", "DATA WHEEL@1"], 2, "no name with steps"),
        (["--roms", "x", "--turn", "DATA WHEEL:--1@1"], 2, "no name with steps"),
        (["--roms", "x", "--json", "-o", "-"], 2, "either sound or a report"),
        (["--roms", "x", "--screenshot", "a.jpg"], 2, "let it end in .png"),
        (["--roms", "x", "--video", "a.mp4"], 2, "let it end in .gif"),
        (["--roms", "x", "--midi", "nowhere.mid"], 1, "nowhere.mid"),
    ],
)
def test_what_is_asked_wrongly(
    words: list[str], code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, luthier: Luthier
) -> None:
    monkeypatch.chdir(tmp_path)
    done = luthier(*words)
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
