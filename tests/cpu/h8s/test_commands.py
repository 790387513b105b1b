"""``luthier asm``, ``run`` and ``disasm`` with the H8S/2000."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from luthier import cli

SOURCE = """
        dl start
        org 0x200
start:  mov.l #0x8000,sp
        mov.w #100,r1
        sub.l er0,er0
again:  extu.l er1
        add.l er1,er0
        dec.w #1,r1
        bne again
        jsr @store
        sleep
store:  mov.l er0,@0xffc000
        rts
"""


def luthier(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    source, image = tmp_path / "sum.asm", tmp_path / "sum.bin"
    source.write_text(SOURCE)
    assert luthier(monkeypatch, "asm", "--cpu", "h8s2000", source, "-o", image, "--fill", "0") == 0
    return image


def test_a_program_runs_from_its_vector(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dumped = tmp_path / "out"
    words = ("--until-memory", "0xffc000=5050", "--dump", f"0xffc000:0xffc004={dumped}", "--json", "--plain")
    assert luthier(monkeypatch, "run", "--cpu", "h8s2000", "--load", f"{image}@0", *words) == 0
    ran = json.loads(capsys.readouterr().out.partition("{")[2].join(["{", ""]))
    assert (ran["name"], ran["reason"], ran["registers"]["ER0"]) == ("h8s2000", "watchpoint", 5050)
    assert dumped.read_bytes() == (5050).to_bytes(4, "big")


def test_the_summary_shows_its_registers(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert luthier(monkeypatch, "run", "--cpu", "h8s2000", "--load", f"{image}@0", "--plain") == 0
    lines = capsys.readouterr().out.splitlines()[-5:]
    assert "HALT" in lines[0]
    assert lines[2].startswith("ER0 000013BA  ER1 00000000")
    assert lines[4] == "CCR 80  EXR 7F"


def test_a_trace_shows_flags_and_exr(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--limit", "4", "--trace", "-", "--plain")
    assert luthier(monkeypatch, "run", "--cpu", "h8s2000", "--load", f"{image}@0", *words) == 0
    head, *lines = [line for line in capsys.readouterr().out.splitlines() if line[:11].strip()][-5:]
    assert head.split()[4:7] == ["HNZVC", "EXR", "ER0"]
    assert [line.split()[1] for line in lines] == ["000200", "000206", "00020A", "00020C"]
    assert lines[3].split()[4:6] == ["--Z--", "7F"]


def test_the_listing_assembles_to_the_same_bytes(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listing, again = tmp_path / "again.asm", tmp_path / "again.bin"
    assert luthier(monkeypatch, "disasm", "--cpu", "h8s2000", image, "-o", listing) == 0
    text = listing.read_text()
    assert "on_RESET:" in text
    assert "jsr @sub_00021A:24" in text
    assert luthier(monkeypatch, "asm", "--cpu", "h8s2000", listing, "-o", again) == 0
    assert again.read_bytes() == image.read_bytes()
    capsys.readouterr()


def test_what_is_undefined_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mac.bin"
    path.write_bytes(bytes.fromhex("01606d12"))
    words = ("--load", f"{path}@0x400", "--pc", "0x400", "--plain")
    assert luthier(monkeypatch, "run", "--cpu", "h8s2000", *words) == 1
    assert "undefined instruction at 000400h: 01 60 6d 12" in capsys.readouterr().out
