"""The bank commands: results, exit codes, and nothing lost on bad input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from luthier import cli
from luthier.poly800 import library, sysex
from luthier.poly800.initial import initial_bank
from luthier.poly800.synth import Synth

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["luthier", "poly800", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "bank.syx"
    path.write_bytes(sysex.write_dump(initial_bank(Synth.MK2)))
    return path


def parsed(result: tuple[int, str, str]) -> Any:
    assert result[0] == 0
    return json.loads(result[1])


def test_show_a_bank_and_a_program(run: Run, dump: Path) -> None:
    code, out, _ = run("show", dump)
    assert code == 0
    assert out.startswith("Poly-800MkII: sequence mode 1")
    assert len([line for line in out.splitlines() if line[:2].isdecimal()]) == 64
    _, out, _ = run("show", dump, 11)
    assert "41 cutoff          99" in out
    assert "38 effect level" in out
    listed = parsed(run("show", dump, "--json"))
    assert [entry["name"] for entry in listed][:2] == ["11", "12"]
    assert parsed(run("show", dump, 88, "--json"))["parameters"]["cutoff"] == 99


def test_set_then_diff(run: Run, dump: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.syx"
    assert run("set", dump, "11.41=69", "12.cutoff=30", "-o", changed)[0] == 0
    _, out, _ = run("diff", dump, changed)
    assert out.splitlines() == ["program 11: 41 cutoff 99 -> 69", "program 12: 41 cutoff 99 -> 30"]
    assert parsed(run("diff", dump, changed, "--json"))[0]["second"] == "69"
    assert run("diff", dump, dump)[1] == "no difference\n"


def test_an_output_is_replaced_only_by_force(run: Run, dump: Path) -> None:
    before = dump.read_bytes()
    code, _, err = run("set", dump, "11.41=69", "-o", dump)
    assert (code, dump.read_bytes()) == (1, before)
    assert "--force" in err
    assert run("set", dump, "11.41=69", "-o", dump, "--force")[0] == 0
    assert library.load_bank(dump).program(11)["cutoff"] == 69


def test_json_there_and_back_gives_the_same_bytes(run: Run, dump: Path, tmp_path: Path) -> None:
    text, back = tmp_path / "bank.json", tmp_path / "back.syx"
    assert run("convert", dump, "-o", text)[0] == 0
    assert run("convert", text, "-o", back)[0] == 0
    assert back.read_bytes() == dump.read_bytes()


def test_convert_says_what_it_cannot_carry(run: Run, dump: Path, tmp_path: Path) -> None:
    code, _, err = run("convert", dump, "--to", "ex800", "-o", tmp_path / "ex.syx")
    assert code == 0
    assert "not carried: 85 sequence_mode" in err
    assert (tmp_path / "ex.syx").stat().st_size == 3273
    record = parsed(run("convert", dump, "-o", tmp_path / "bank.tape", "--json"))
    assert record["synth"] == "poly800"
    assert record["losses"]
    code, _, err = run("convert", dump, "-o", tmp_path / "bank.csv")
    assert err.startswith("not carried: globals, sequence")
    assert "--base" in err


def test_convert_a_table_onto_a_base(run: Run, dump: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "few.csv", tmp_path / "out.syx"
    table.write_text("program,cutoff\n21,5\n")
    code, _, err = run("convert", table, "-o", out)
    assert code == 1
    assert "--base" in err
    assert not out.exists()
    assert run("convert", table, "--base", dump, "-o", out)[0] == 0
    assert library.load_bank(out).program(21)["cutoff"] == 5


def test_copy_swap_init_morph_randomise(run: Run, dump: Path, tmp_path: Path) -> None:
    edited, out = tmp_path / "edited.syx", tmp_path / "out.syx"
    assert run("set", dump, "11.cutoff=0", "-o", edited)[0] == 0
    for arguments, number, cutoff in (
        (("copy", edited, 11, "21-28"), 28, 0),
        (("swap", edited, 11, 12), 12, 0),
        (("init", edited, "11"), 11, 99),
        (("morph", edited, 11, 12, "--into", "31-34"), 32, 33),
        (("morph", edited, 11, 12, "--into", "31", "--at", "0.5"), 31, 50),
    ):
        assert run(*arguments, "-o", out, "--force")[0] == 0
        assert library.load_bank(out).program(number)["cutoff"] == cutoff, arguments
    assert run("randomise", edited, "all", "--seed", 4, "-o", out, "--force")[0] == 0
    first = out.read_bytes()
    run("randomise", edited, "all", "--seed", 4, "-o", out, "--force")
    assert out.read_bytes() == first != edited.read_bytes()


def test_verify_leaves_with_1_when_something_is_wrong(run: Run, dump: Path) -> None:
    assert run("verify", dump) == (0, f"{dump}: nothing wrong found\n", "")
    data = bytearray(dump.read_bytes())
    data[-2] ^= 1
    dump.write_bytes(data)
    code, out, _ = run("verify", dump)
    assert code == 1
    assert "error: file: dump at byte 0: checksum" in out
    assert json.loads(run("verify", dump, "--json")[1])[0]["severity"] == "error"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "absent.syx"), 1),
        (("show", "DUMP", "19"), 2),
        (("show", "DUMP", "eleven"), 2),
        (("set", "DUMP", "11.41=100", "-o", "OUT.syx"), 2),
        (("set", "DUMP", "11.41=1", "-o", "OUT.doc"), 2),
        (("set", "DUMP"), 2),
        (("set", "DUMP", "11.41=1", "-o", "-", "--json"), 2),
        (("convert", "DUMP", "-o", "-", "--json"), 2),
        (("convert", "DUMP", "--to", "dx7", "-o", "OUT.syx"), 2),
        (("morph", "DUMP", "11", "12", "--into", "21", "--at", "3", "-o", "OUT.syx"), 2),
        (("copy", "DUMP", "11", "99", "-o", "OUT.syx"), 2),
        (("convert", "DUMP", "--to", "ex800", "-o", "OUT"), 2),
        (("sequence", "DUMP", "-o", "OUT.mid", "--tempo", "0"), 2),
        (("sequence", "DUMP", "-o", "OUT.mid", "--step", "0"), 2),
        (("copy", "DUMP", "11", "12", "--from", "absent.syx", "-o", "OUT.syx"), 1),
    ],
)
def test_bad_input_is_one_line_and_no_output(
    run: Run, dump: Path, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    names = {f"OUT{suffix}": str(tmp_path / f"out{suffix}") for suffix in ("", ".syx", ".doc", ".mid")}
    names["DUMP"] = str(dump)
    left, out, err = run(*(names.get(argument, argument) for argument in arguments))
    assert left == code
    assert out == ""
    if code == 1:
        assert err.count("\n") == 1
    assert not list(tmp_path.glob("out*"))
