"""``luthier kaoss list``: what it writes and refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from luthier import cli
from luthier.cpu.assembler import assemble
from luthier.kaoss.built_in import CPU, built_in


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kaoss", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(monkeypatch, "list", "built-in") == 0
    text = capsysbinary.readouterr().out
    assert assemble(text.decode(), CPU).image == built_in().payload
    path, names = tmp_path / "a.asm", tmp_path / "a.notes"
    assert run(monkeypatch, "list", "built-in", "-o", path, "--write-symbols", names) == 0
    assert path.read_bytes() == text
    names.write_text(names.read_text() + "2BC - ; Here it sleeps.\n")
    assert run(monkeypatch, "list", "built-in", "--symbols", names) == 0
    assert b"\n; Here it sleeps.\n" in capsysbinary.readouterr().out
    assert run(monkeypatch, "list", "built-in", "-o", path) == 1
    assert b"exists" in capsysbinary.readouterr().err
    assert run(monkeypatch, "list", "built-in", "-o", path, "--force") == 0
    assert run(monkeypatch, "list", "built-in", "--json") == 0
    rows = json.loads(capsysbinary.readouterr().out)
    assert {"name", "address", "bytes", "text", "label", "references", "remarks", "comment"} == rows[0].keys()


def test_refusals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    assert run(monkeypatch, "list", "built-in", "-o", path, "--write-symbols", path) == 2
    path.write_bytes(b"nothing")
    assert run(monkeypatch, "list", path) == 1
    path.write_text("what is this\n")
    assert run(monkeypatch, "list", "built-in", "--symbols", path) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{path}, line 1: 'what' is no address" in told.err
    path.write_bytes(built_in().write()[:500])
    assert run(monkeypatch, "list", path) == 1
    assert f"luthier: {path}, byte 0x1F4: the table of vectors is cut off" in capsys.readouterr().err


def test_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "diff", "built-in", "built-in") == 0
    assert capsys.readouterr().out == "nothing differs\n"
    assert run(monkeypatch, "diff", "built-in", "built-in:hang") == 0
    short = capsys.readouterr().out
    assert run(monkeypatch, "diff", "built-in", "built-in:hang", "--all") == 0
    whole = capsys.readouterr().out
    assert set(short.splitlines()) < set(whole.splitlines())
    notes = tmp_path / "a.notes"
    notes.write_text("2BA main_program code\n")
    assert run(monkeypatch, "diff", "built-in", "built-in:hang", "--symbols", notes, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["same"] is False
    assert "main_program" in [one["name"] for one in found["functions"] if one["state"] == "gone"]
    path = tmp_path / "a.html"
    assert run(monkeypatch, "diff", "built-in", "built-in:hang", "--html", path) == 0
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert run(monkeypatch, "diff", "built-in", "built-in:hang", "--html", path) == 1
    assert run(monkeypatch, "diff", "built-in", "built-in:hang", "--html", path, "--json") == 2
    assert run(monkeypatch, "diff", "built-in", tmp_path / "none") == 1


def test_eeprom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "eeprom", "built-in") == 0
    assert capsys.readouterr().out.startswith("2 candidates for serial memories\n")
    assert run(monkeypatch, "eeprom", "built-in", "--json") == 0
    assert [row["clock"] for row in json.loads(capsys.readouterr().out)] == ["P1.1", "P3.5"]
    notes = tmp_path / "a.notes"
    notes.write_text("430 read_eeprom code\n")
    assert run(monkeypatch, "eeprom", "built-in", "--symbols", notes) == 0
    notes.write_bytes(b"")
    assert run(monkeypatch, "eeprom", notes) == 1
