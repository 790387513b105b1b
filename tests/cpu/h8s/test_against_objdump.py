"""Every instruction as h8300-hms-objdump reads it: length and text, but for the listed differences."""

from __future__ import annotations

import lzma
import random
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.cpu.h8s.objdump import OBJDUMP, VECTORS, Line, lines, spelled, texts_here

LISTED = tomllib.loads(Path(__file__).with_name("differences.toml").read_text(encoding="utf-8"))["difference"]
PROGRAMS = Path(__file__).with_name("programs")
COMPILER = shutil.which("h8300-hms-gcc")


def reason_for(line: Line, theirs: str, ours: str) -> str:
    """Why two texts may differ; empty if nothing on the list says so."""
    for listed in LISTED:
        if (
            re.fullmatch(listed["theirs"], theirs)
            and re.fullmatch(listed["ours"], ours)
            and re.match(listed.get("code", ""), line.code.hex())
        ):
            return str(listed["reason"])
    return ""


def compare(found: list[Line]) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """How often each reason was met, ``same`` among them, and all that has none."""
    data = b"".join(line.code for line in found)
    met: Counter[str] = Counter()
    wrong: list[tuple[str, str, str]] = []
    for line, (length, text) in zip(found, texts_here(data, [line.address for line in found]), strict=True):
        ours, theirs = text if length else "db", spelled(line)
        if (length or 2, ours) == (len(line.code), theirs):
            met["same"] += 1
        elif reason := reason_for(line, theirs, ours):
            met[reason] += 1
        else:
            wrong.append((line.code.hex(), theirs, ours))
    return met, wrong


def vectors() -> Iterator[Line]:
    address = 0
    with lzma.open(VECTORS, "rt", encoding="ascii") as stream:
        for text in stream:
            code, _, written = text.rstrip("\n").partition("\t")
            yield Line(address, bytes.fromhex(code), written)
            address += len(code) // 2


def some(wrong: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return sorted(wrong)[:20]


def test_every_line_of_the_vectors_has_the_same_length_and_text() -> None:
    met, wrong = compare(list(vectors()))
    assert not wrong, (len(wrong), some(wrong))
    assert met["same"] > 40_000


def test_nothing_is_excused_that_does_not_occur() -> None:
    met, _ = compare(list(vectors()))
    assert {listed["reason"] for listed in LISTED} == set(met) - {"same"}


@pytest.mark.skipif(OBJDUMP is None, reason="h8300-hms-objdump is not installed")
def test_random_bytes() -> None:
    met, wrong = compare(lines(random.Random(20).randbytes(1 << 16)))
    assert not wrong, (len(wrong), some(wrong))
    assert met["same"] > 20_000


@pytest.mark.skipif(OBJDUMP is None or COMPILER is None, reason="h8300-hms-gcc is not installed")
@pytest.mark.parametrize(
    "source", sorted(path.name for path in PROGRAMS.glob("*.c") if path.name != "host.c")
)
@pytest.mark.parametrize("level", ["-O2", "-O0"])
def test_compiled_c(source: str, level: str, tmp_path: Path) -> None:
    """What the compiler writes are instructions of the H8S, all of them."""
    assert COMPILER is not None
    target, code = tmp_path / "code.o", tmp_path / "code.bin"
    subprocess.run(
        [COMPILER, "-ms", "-mint32", level, "-c", str(PROGRAMS / source), "-o", str(target)], check=True
    )
    copy = ["h8300-hms-objcopy", "-O", "binary", "-j", ".text", str(target), str(code)]
    subprocess.run(copy, check=True)
    met, wrong = compare(lines(code.read_bytes()))
    assert not wrong, some(wrong)
    assert set(met) == {"same"}
    assert met["same"] > 20


def test_the_comparison_can_fail() -> None:
    line = Line(0, bytes.fromhex("0f80"), "mov.l er0,er1")
    assert compare([line])[1] == [("0f80", "mov.l ER0,ER1", "mov.l ER0,ER0")]
    assert not reason_for(line, "db", "mov.l ER0,ER0")
    assert compare([line._replace(text="mov.l er0,er0")])[1] == []
