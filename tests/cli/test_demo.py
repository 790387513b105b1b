"""The demo runs, says what it does, and keeps its hands off other people's folders."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from luthier import cli
from luthier.poly800.tape.health import pictures


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "demo", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


def told(text: str) -> list[str]:
    """What is said every time; at the very first use, also that something is compiled."""
    return [line for line in text.splitlines() if not line.startswith("(first use")]


def test_the_demo_recovers_the_bank_and_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pictures, "available", lambda: False)
    folder = tmp_path / "demo"
    assert run(monkeypatch, folder) == 0
    first = capsys.readouterr().out
    results = folder / "poly800"
    assert (results / "recovered.syx").read_bytes() == (results / "bank.syx").read_bytes()
    assert len((results / "mk2.syx").read_bytes()) == 5383
    assert (results / "report" / "report.html").exists()
    assert first.count("incomplete") == 2
    assert "all 1,636 bytes are those that were written" in first
    kept = {path.name: path.read_bytes() for path in results.iterdir() if path.is_file()}
    assert run(monkeypatch, folder) == 0
    assert told(capsys.readouterr().out) == told(first)
    assert {path.name: path.read_bytes() for path in results.iterdir() if path.is_file()} == kept


def test_a_folder_of_others_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert run(monkeypatch, tmp_path) == 1
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert run(monkeypatch, tmp_path / "mine.txt") == 1
