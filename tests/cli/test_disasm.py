"""``luthier disasm`` from the outside."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from luthier import cli

CODE = bytes.fromhex("1d 05 00 e0 0e c9 61 0e 01 02 03")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "code.bin"
    path.write_bytes(CODE)
    return path


def luthier(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the program; its exit code."""
    monkeypatch.setattr(sys, "argv", ["luthier", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def disasm(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    return luthier(monkeypatch, "disasm", "--cpu", "tlcs900h2", *arguments)


def test_linear_without_entry_points(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert disasm(monkeypatch, image, "--base", "0xE00000") == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert [line[:8].strip() for line in lines[:4]] == ["E00000", "E00004", "E00005", "E00007"]
    assert lines[0].split("  ")[-1].strip() == "call 0xe00005"
    assert lines[-2].endswith("push SR")


def test_a_listing_goes_back_through_the_assembler(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, back, names = (tmp_path / name for name in ("a.asm", "b.bin", "a.sym"))
    options = ("--base", "0xE00000", "--start", "0xE00000", "-o", text, "--write-symbols", names)
    assert disasm(monkeypatch, image, *options) == 0
    assert "call sub_E00005" in text.read_text()
    assert names.read_text() == "code_E00000 = 0xE00000\nsub_E00005 = 0xE00005\n"
    assert luthier(monkeypatch, "asm", "--cpu", "tlcs900h2", text, "-o", back) == 0
    assert back.read_bytes() == CODE
    again = tmp_path / "again.asm"
    assert disasm(monkeypatch, image, "--base", "0xE00000", "--symbols", names, "-o", again) == 0
    assert again.read_text() == text.read_text()


def test_json(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert disasm(monkeypatch, image, "--base", "0xE00000", "--entry", "0xE00000", "--json") == 0
    items = json.loads(capfdbinary.readouterr().out)
    assert items[0] == {
        "name": "call",
        "address": 0xE00000,
        "bytes": "1d0500e0",
        "text": "call sub_E00005",
        "label": "code_E00000",
        "references": [],
        "remarks": [],
    }
    assert items[2]["label"] == "sub_E00005"
    assert items[2]["references"] == [{"address": 0xE00000, "kind": "call"}]
    assert [item["name"] for item in items] == ["call", "ret", "inc", "ret", "db"]
    assert disasm(monkeypatch, image, "--linear", "--json") == 0
    items = json.loads(capfdbinary.readouterr().out)
    assert [item["name"] for item in items][:5] == ["call", "ret", "inc", "ret", "db"]


def test_part_of_a_file(
    image: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    part = ("--base", "0x100", "--start", "0x105", "--end", "0x108")
    assert disasm(monkeypatch, image, *part, "--linear") == 0
    assert capfdbinary.readouterr().out.count(b"\n") == 2
    assert disasm(monkeypatch, image, *part) == 0
    assert capfdbinary.readouterr().out.startswith(b"org 0x000105\n")


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        (["--base", "0xFFFFFF"], 2, "11 bytes from 0xffffff on do not fit the bus"),
        (["--base", "E00000"], 2, "--base 'E00000' is no address"),
        (["--start", "11"], 2, "0xb to 0xb is no part of the image"),
        (["--end", "12"], 2, "0x0 to 0xc is no part of the image"),
        (["--end", "0x1000001"], 2, "--end '0x1000001' is no address"),
        (["--entry", "0x20"], 2, "the entry 0x20 is not in the image"),
        (["--symbols", "absent.sym"], 1, "absent.sym: cannot be read"),
        (["--linear", "--write-symbols", "a.sym"], 2, "a linear disassembly finds no names"),
        (["-o", "a", "--write-symbols", "a"], 2, "text and symbols need files of their own"),
    ],
)
def test_what_cannot_be_is_one_line(
    options: list[str],
    code: int,
    reason: str,
    image: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(image.parent)
    before = sorted(image.parent.iterdir())
    assert disasm(monkeypatch, image, *options) == code
    error = capsys.readouterr().err.replace("the first use compiles for some seconds\n", "")
    assert error.startswith(f"luthier: {reason}")
    assert error.count("\n") == 1
    assert sorted(image.parent.iterdir()) == before


def test_wrong_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert disasm(monkeypatch, empty) == 1
    assert "empty: is empty" in capsys.readouterr().err
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.truncate((1 << 24) + 1)
    assert disasm(monkeypatch, large) == 1
    assert "too many" in capsys.readouterr().err
    assert luthier(monkeypatch, "disasm", "--cpu", "z80", empty) == 2
    assert "there is no CPU 'z80'" in capsys.readouterr().err


def test_nothing_is_overwritten(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_text("mine")
    for option in ("-o", "--write-symbols"):
        assert disasm(monkeypatch, image, "--start", "0", option, kept) == 1
        assert "already exists" in capsys.readouterr().err
        assert kept.read_text() == "mine"
    assert disasm(monkeypatch, image, "--start", "0", "-o", kept, "--force") == 0
    assert kept.read_text().startswith("org ")


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    path = tmp_path / "random.bin"
    path.write_bytes(random.Random(1).randbytes(200_000))
    command = [sys.executable, "-c", "from luthier.cli import main; main()"]
    command += ["disasm", "--cpu", "tlcs900h2", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline().startswith(b"000000  ")
        run.stdout.close()
        assert run.stderr.read().replace(b"the first use compiles for some seconds\n", b"") == b""


def test_notes_give_names_comments_and_beginnings(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    notes = tmp_path / "mine.notes"
    notes.write_text("E00000 begin code ; where it starts\nE00005 twice\n")
    assert disasm(monkeypatch, image, "--base", "0xE00000", "--symbols", notes) == 0
    lines = [line.split("  ;")[0].rstrip() for line in capfdbinary.readouterr().out.decode().splitlines()]
    assert lines[lines.index("begin:") + 1 :][:2] == ["; where it starts", "    call twice"]
    assert "twice:" in " ".join(lines)
    notes.write_text("E00000 two words here\n")
    assert disasm(monkeypatch, image, "--symbols", notes) == 1
