"""``luthier asm``: files in, files out, and every error on a line of its own."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from luthier import cli

SOURCE = " org 0xFE0000\nstart: ld A,count\n jr start\ncount equ 5\n org 0xFE0008\n db 1\n"
IMAGE = bytes.fromhex("21 05 68 FC FF FF FF FF 01")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.asm"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["luthier", "asm", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return left.value.code


def test_image_listing_and_symbols(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--cpu", "tlcs900h2", "a.asm", "-o", "a.bin", "--listing", "a.lst", "--symbols", "a.sym")
    assert run(monkeypatch, *options) == 0
    assert Path("a.bin").read_bytes() == IMAGE
    assert "FE0000  21 05                        2  start: ld A,count" in Path("a.lst").read_text()
    assert Path("a.sym").read_text() == "count = 0x000005\nstart = 0xFE0000\n"
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "a.bin: 9 bytes from 0xfe0000, 2 symbols\n"
    assert run(monkeypatch, *options) == 1
    assert "already exists; give --force" in capsys.readouterr().err
    assert run(monkeypatch, *options, "--force", "--fill", "0") == 0
    assert Path("a.bin").read_bytes() == IMAGE.replace(b"\xff", b"\0")


def test_json(source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--cpu", "tlcs900h2", "a.asm", "-o", "a.bin", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "name": "a.bin",
        "base": 0xFE0000,
        "size": 9,
        "symbols": {"start": 0xFE0000, "count": 5},
    }


def test_streams(
    source: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'include "a.asm"')))
    assert run(monkeypatch, "--cpu", "tlcs900h2", "-", "-o", "-") == 0
    assert capfdbinary.readouterr().out == IMAGE


def test_every_error_has_its_line(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source.write_text("lod A,5\n jr there\n", encoding="utf-8")
    assert run(monkeypatch, "--cpu", "tlcs900h2", "a.asm", "-o", "a.bin") == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["a.asm, line 1, column 1", "a.asm, line 2, column 5"]
    assert not Path("a.bin").exists()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["a.asm", "-o", "a.bin"], "--cpu"),
        (["--cpu", "z80", "a.asm", "-o", "a.bin"], "choose one of tlcs900h2"),
        (["--cpu", "tlcs900h2", "a.asm"], "--output"),
        (["--cpu", "tlcs900h2", "a.asm", "-o", "a.bin", "--fill", "many"], "--fill 'many' is no number"),
        (["--cpu", "tlcs900h2", "a.asm", "-o", "a.bin", "--fill", "256"], "256 is no byte"),
        (["--cpu", "tlcs900h2", "a.asm", "-o", "-", "--json"], "standard output takes one of"),
        (["--cpu", "tlcs900h2", "a.asm", "-o", "a.bin", "--listing", "a.bin"], "files of their own"),
    ],
)
def test_wrong_usage(
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    problem: str,
) -> None:
    assert run(monkeypatch, *options) == 2
    assert problem in capsys.readouterr().err
    assert not Path("a.bin").exists()
