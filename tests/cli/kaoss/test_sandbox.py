"""``luthier kaoss sandbox``: what it prints, its exit codes, its bad input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from luthier import cli


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kaoss", "sandbox", *map(str, words)])
    try:
        cli.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_a_sound_firmware(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "built-in", "--seconds", "0.2", "--press", "SAVE@0.1") == 0
    text = capsys.readouterr().out
    assert "nothing went wrong" in text
    assert "settings saved" in text


@pytest.mark.parametrize("variant", ["hang", "astray"])
def test_one_that_is_not(monkeypatch: pytest.MonkeyPatch, variant: str) -> None:
    assert run(monkeypatch, f"built-in:{variant}", "--seconds", "0.1") == 1


def test_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "built-in:hang", "--seconds", "0.1", "--against", "built-in", "--json") == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found["name"] == "built-in:hang"
    assert found["ended"] == "time"
    assert not found["sound"]
    assert found["main_loop"]["heuristic"] == "outermost loop at the shallowest stack"
    assert found["against"]["sound"]
    assert {one["stream"] for one in found["differences"]} >= {"interrupts", "port C"}
    assert found["streams"]["SCI1"]["count"] == 17


def test_against_itself(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "built-in", "--seconds", "0.1", "--against", "built-in") == 0
    assert "behaves as built-in does" in capsys.readouterr().out


def test_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trace"
    assert run(monkeypatch, "built-in", "--seconds", "0.0001", "--trace", path, "--plain") == 1
    lines = path.read_text().splitlines()
    assert lines[1].split()[1:3] == ["000210", "mov.l"]
    assert run(monkeypatch, "built-in", "--trace", path) == 1, "it is there already"
    assert run(monkeypatch, "built-in", "--seconds", "0.0001", "--trace", path, "--plain", "--force") == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["built-in", "--press", "SAVE"], 2, "no key and moment"),
        (["built-in", "--press", "SAVE@never"], 2, "no key and moment"),
        (["built-in", "--press", "STOP@0.1"], 2, "known keys: PLAY"),
        (["built-in", "--seconds", "0"], 2, "0.0 seconds"),
        (["built-in", "--seconds", "nan"], 2, "nan seconds"),
        (["built-in", "--limit", "0"], 2, "a limit of nothing"),
        (["built-in", "--wall", "nan"], 2, "a limit of nothing"),
        (["built-in", "--wiring", "missing.toml"], 1, "missing.toml"),
        (["missing.vsb"], 1, "missing.vsb"),
        (["built-in", "--trace", "-", "--json"], 2, "either the trace or JSON"),
    ],
)
def test_bad_input(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    message: str,
) -> None:
    assert run(monkeypatch, *words) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert len(said.err.splitlines()) <= 2  # one may say that something is compiled
