"""``luthier kn5000 effects`` and ``sheet``: lists, JSON, a ROM or none, and errors of one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from luthier import cli


@pytest.fixture(autouse=True)
def no_roms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUTHIER_ROMS", raising=False)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code


def test_the_list(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "effects") == 0
    out = capsys.readouterr().out
    assert "   1 CHORUS            DEPTH, LFO SPEED, LFO WAVEFORM, VOLUME, REV SEND\n" in out
    assert "EQUALIZER: slot 4, DSP 2" in out
    assert sum(line.endswith("(modelled)") for line in out.splitlines()) == 11
    assert run(monkeypatch, "effects", "--json") == 0
    records = json.loads(capsys.readouterr().out)
    assert len({record["name"] for record in records}) == 71
    assert {record["certainty"] for record in records} == {"known", "modelled"}


def test_one_effect(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "effects", "auto wah", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert [parameter["name"] for parameter in record["parameters"]] == [
        *("RESONANCE", "MANUAL", "SWEEP RANGE", "VOLUME", "REV SEND")
    ]
    assert run(monkeypatch, "effects", "auto wah") == 0
    volume = "  VOLUME                0 to  99, first    99  0 to 100 %, modelled; here 100 %\n"
    assert volume in capsys.readouterr().out


def test_every_parameter_with_both_its_ranges(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "effects", "--json") == 0
    records = {(record["slot"], record["name"]): record for record in json.loads(capsys.readouterr().out)}
    found = {entry["name"]: entry for entry in records[1, "CONCERT REVERB 1"]["parameters"]}["REVERB TIME"]
    # Ranges of the sub program: 15 to 97, of which 35 is the first; opcode 75 makes 2 and 30 s of 35 and 97.
    assert (found["low"], found["high"], found["first"], found["certainty"]) == (15, 97, 35, "known")
    assert (found["physical"]["panel_high"], found["physical"]["unit"]) == (30.0, "s")
    # Times of the reverbs are known, what rings meanwhile is modelled; delays are exact to the frame.
    delay = {entry["name"]: entry for entry in records[0, "SINGLE DELAY"]["parameters"]}["DELAY L"]
    assert (found["physical"]["sound"], delay["physical"]["sound"]) == ("modelled", "exact")
    for record in records.values():
        for entry in record["parameters"]:
            assert entry["low"] <= entry["default"] <= entry["high"]
            assert entry["certainty"] in ("known", "modelled")
            physical = entry["physical"]
            assert (physical is None) == (entry["name"] == "")
            if physical:
                assert physical["low"] <= physical["default"] <= physical["high"]
    # What the machine does not show: the level of an illusion.
    assert [(entry["name"], entry["shown"]) for entry in records[2, "STANDARD"]["parameters"]] == [
        *(("INTENSITY", True), ("", False), ("VOLUME", False))
    ]


def test_a_sheet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "sheet", "chorus", "--parameter", "lfo speed") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["CHORUS, DSP 1", "LFO SPEED: 65 speed, exact"]
    assert lines[2 + 6] == "    6  000072  0A 00 00 39 26  0.6 Hz"
    assert len(lines) == 102
    assert run(monkeypatch, "sheet", "chorus", "--json") == 0
    records = json.loads(capsys.readouterr().out)
    assert len(records) == 100 + 100 + 3 + 100 + 100
    assert records[100 + 6]["numbers"] == [{"coefficient": 0x72, "stream": "000072", "wire": "0a00003926"}]
    assert (records[100 + 6]["amount"], records[100 + 6]["unit"]) == (0.6, "Hz")


def test_a_sheet_in_another_slot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "sheet", "9", "--slot", "1", "--json") == 0
    assert "REV SEND" not in {record["name"] for record in json.loads(capsys.readouterr().out)}


def test_no_operation_has_an_empty_sheet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "sheet", "0") == 0
    assert capsys.readouterr().out == "NO OPERATION, DSP 1\n"
    assert run(monkeypatch, "sheet", "0", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sheet", "chorsu"), "perhaps CHORUS"),
        (("sheet", "chorus", "--slot", "4"), "in slot 4"),
        (("sheet", "chorus", "--parameter", "DRIVE"), "it has DEPTH"),
        (("sheet", "chorus", "--rom", "missing.rom"), "missing.rom"),
        (("effects", "128"), "no effect"),
    ],
)
def test_errors_are_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    assert run(monkeypatch, *arguments) not in (0, None)
    printed = capsys.readouterr()
    assert words in printed.err
    assert "Traceback" not in printed.err


def test_no_rom_is_taken_for_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "kn5000_subprogram_v142.rom").write_bytes(bytes(100))
    monkeypatch.setenv("LUTHIER_ROMS", str(tmp_path))
    assert run(monkeypatch, "sheet", "chorus") not in (0, None)
    assert "196,608 bytes" in capsys.readouterr().err
    (tmp_path / "kn5000_subprogram_v142.rom").write_bytes(bytes(196_608))
    assert run(monkeypatch, "sheet", "chorus") not in (0, None)
    assert "no program of the sub CPU" in capsys.readouterr().err
    monkeypatch.setenv("LUTHIER_ROMS", str(tmp_path / "nothing"))
    assert run(monkeypatch, "sheet", "chorus", "--json") == 0
