"""``luthier kaoss patch``: applies, checks, takes back, and refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.kaoss.test_patch import EXAMPLE, VECTOR

from luthier import cli
from luthier.kaoss.built_in import built_in
from luthier.kaoss.system_file import read


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kaoss", "patch", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.fixture
def patch(tmp_path: Path) -> Path:
    path = tmp_path / "a.patch"
    path.write_text(EXAMPLE)
    return path


def test_there_and_back(tmp_path: Path, patch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, back = tmp_path / "made.vsb", tmp_path / "back.vsb"
    assert run(monkeypatch, "built-in", patch, "-o", made) == 0
    assert read(made.read_bytes()).payload[0x216:0x218] == bytes.fromhex("0000")
    assert run(monkeypatch, made, patch, "--reverse", "-o", back) == 0
    assert back.read_bytes() == built_in().write()


def test_the_version_goes_up(tmp_path: Path, patch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made.vsb"
    assert run(monkeypatch, "built-in", patch, "-o", made, "--bump-version") == 0
    file = read(made.read_bytes())
    assert (str(file.header.version), file.payload[0x204:0x206]) == ("1.01", b"\1\1")
    back = tmp_path / "back.vsb"
    assert run(monkeypatch, made, patch, "--reverse", "--set-version", "1.00", "-o", back) == 0
    assert back.read_bytes() == built_in().write()
    assert run(monkeypatch, "built-in", patch, "-o", made, "--set-version", "2.00", "--force") == 0
    assert str(read(made.read_bytes()).header.version) == "2.00"


def test_checking(
    tmp_path: Path, patch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "built-in", patch, "--check") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["0x00216", "2", "bytes", "fits"]
    assert run(monkeypatch, "built-in", patch, "--check", "--reverse", "--json") == 1
    states = [row["state"] for row in json.loads(capsys.readouterr().out)]
    assert states == ["already applied", "already applied"]
    patch.write_text(EXAMPLE.replace("04 80", "04 81"))
    assert run(monkeypatch, "built-in", patch, "--check") == 1
    out = capsys.readouterr().out
    assert "does not match" in out
    assert "expected 04 81" in out
    assert "found    04 80" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.patch"]


def test_nothing_is_written_when_it_does_not_match(
    tmp_path: Path, patch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made.vsb"
    made.write_bytes(b"mine")
    patch.write_text(EXAMPLE.replace("6B 80", "6C 80"))
    assert run(monkeypatch, "built-in", patch, "-o", made, "--force") == 1
    assert capsys.readouterr().err.startswith(f"luthier: {patch}, line 11: payload 0x0021C")
    assert made.read_bytes() == b"mine"


def test_vectors_and_protected_places(
    tmp_path: Path, patch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made.vsb"
    patch.write_text(VECTOR)
    assert run(monkeypatch, "built-in", patch, "-o", made) == 1
    assert "the exception vectors" in capsys.readouterr().err
    assert run(monkeypatch, "built-in", patch, "--check") == 1
    assert "refused" in capsys.readouterr().out
    assert run(monkeypatch, "built-in", patch, "-o", made, "--allow-vectors") == 0
    assert "nothing says where the update code lies" in capsys.readouterr().err
    patch.write_text(EXAMPLE)
    assert run(monkeypatch, "built-in", patch, "--check", "--protect", "0x210:0x21E") == 1
    assert "0x00210 to 0x0021D, protected by --protect" in capsys.readouterr().out
    words = ("built-in", patch, "--check", "--protect", "0x210:0x21E", "--allow-protected")
    assert run(monkeypatch, *words) == 0


def test_a_patch_that_would_stop_the_unit(
    tmp_path: Path, patch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made.vsb"
    patch.write_text("at 0\nreason r\nexpect 00 00 02 10\nwrite 00 00 02 11\n")
    words = ("built-in", patch, "-o", made, "--allow-vectors")
    assert run(monkeypatch, *words) == 1
    assert "the result would be wrong: vector 0 (RESET): it leads to the odd" in capsys.readouterr().err
    assert not made.exists()
    assert run(monkeypatch, *words, "--despite-errors") == 0
    assert made.exists()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--check", "-o", "a"),
        ("--check", "--protect", "5"),
        ("-o", "-", "--json"),
        ("-o", "a", "--set-version", "1", "--force"),
    ],
)
def test_wrong_usage(
    words: tuple[str, ...], patch: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "built-in", patch, *words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.patch"
    path.write_bytes(b"at 0\n\xff")
    assert run(monkeypatch, "built-in", path, "--check") == 1
    assert capsys.readouterr().err == f"luthier: {path}: byte 5 is no UTF-8 text\n"
    path.write_text("at x\n")
    assert run(monkeypatch, "built-in", path, "--check") == 1
    assert capsys.readouterr().err.startswith(f"luthier: {path}, line 1, column 1: 'x' is no address")
