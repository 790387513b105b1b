"""``luthier kn5000 map``: answers, lists, JSON, symbol files, and errors of one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from luthier import cli


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", "map", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code


def test_an_address(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "0x041493", "--cpu", "sub") == 0
    out = capsys.readouterr().out
    assert out.startswith("0x041493 sub   volume of part 1, parts[1].volume\n")
    assert "inside      sub_dram" in out
    assert run(monkeypatch, str(0x041494), "--cpu", "sub") == 0
    assert "byte 1 of 2" in capsys.readouterr().out
    assert run(monkeypatch, "0x02CF9C", "--cpu", "sub") == 0
    assert "Voice_NoteOn + 5 (nearest before" in capsys.readouterr().out
    assert run(monkeypatch, "0xA00000", "--cpu", "main") == 0
    assert "nothing known" in capsys.readouterr().out


def test_both_processors_the_one_that_knows_more_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "0x041493", "--json") == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["cpu"], first["name"], first["title"]) == ("sub", "parts[1].volume", "volume of part 1")
    assert first["address"] == 0x041493
    assert first["offset"] == 0
    assert first["regions"] == ["sub_dram"]
    assert first["certainty"] == "corrected"
    assert (second["cpu"], second["regions"]) == ("main", ["main_dram"])


def test_a_misread_address(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "0x01F596", "--cpu", "sub") == 0
    out = capsys.readouterr().out
    assert "ToneGen_Velocity_Output_Curve, byte 88 of 256" in out
    assert "beware      Published as the algorithm types" in out
    assert run(monkeypatch, "0x01F596", "--cpu", "sub", "--json") == 0
    (answer,) = json.loads(capsys.readouterr().out)
    assert answer["misreadings"][0]["name"] == "Effect_Algorithm_Types@01F596"


def test_names(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "Voice_NoteOn") == 0
    assert capsys.readouterr().out.startswith("0x02cf97 sub   Voice_NoteOn\n")
    assert run(monkeypatch, "voice_cc") == 0
    assert "0x028962 sub   Voice_CC_SetSustain" in capsys.readouterr().out
    assert run(monkeypatch, "parts[5].pan", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["name"], found["address"]) == ("parts[5].pan", 0x041368 + 5 * 287 + 0x0E)


@pytest.mark.parametrize("arguments", [("DRAM",), ("pport",), ("voice",), (), ("0x80",), ("--cpu", "main")])
def test_json_is_a_list_of_objects_with_names(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *arguments, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found
    assert all(row["name"] and row["cpu"] in ("main", "sub") for row in found)


def test_regions(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch) == 0
    out = capsys.readouterr().out
    assert "main  0x300000-0x3fffff  custom_data" in out
    assert "sub   0x00f000-0x03eeff    sub_program" in out
    assert "pport: 15 entries" in out
    assert run(monkeypatch, "custom_data") == 0
    assert "0x3e0000 main  SubCPU_Program_Compressed" in capsys.readouterr().out
    assert run(monkeypatch, "--cpu", "main") == 0
    assert "sub_dram" not in capsys.readouterr().out


def test_symbols_for_the_disassembler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sub.sym"
    assert run(monkeypatch, "--symbols", str(path), "--cpu", "sub") == 0
    assert "Voice_NoteOn = 0x02CF97\n" in path.read_text()
    assert "CMD_DISPATCH_TABLE = 0x00F46C  ; data\n" in path.read_text()
    assert run(monkeypatch, "--symbols", str(path), "--cpu", "sub") == 1
    assert "already exists; give --force" in capsys.readouterr().err
    code = tmp_path / "code.bin"
    code.write_bytes(bytes.fromhex("1D97CF02 0E"))  # call 0x02CF97, ret
    arguments = (
        "--cpu",
        "tlcs900h2",
        str(code),
        "--start",
        "0x034D00",
        "--base",
        "0x034D00",
        "--symbols",
        str(path),
    )
    monkeypatch.setattr(sys, "argv", ["luthier", "disasm", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert "call Voice_NoteOn" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("Voice_NotOn",), 1, "did you mean Voice_NoteOn"),
        (("parts[26]",), 1, "count from 0 to 25"),
        (("0x1000000",), 2, "is no address"),
        (("0x_",), 2, "is no number"),
        (("DRAM", "--cpu", "third"), 2, "use main or sub"),
        (("--symbols", "x.sym"), 2, "give --cpu main or --cpu sub"),
        (("DRAM", "--symbols", "x.sym", "--cpu", "sub"), 2, "leave 'DRAM' out"),
    ],
)
def test_errors(
    arguments: tuple[str, ...],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *arguments) == code
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
