"""What the notation has for the H8S: sizes in names, ways of addressing by size, flags of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from luthier.cpu.decoding import make_tables
from luthier.cpu.description import Architecture, Description, describe
from luthier.cpu.h8s import H8S2000
from luthier.cpu.rows import RowError
from luthier.cpu.semantics import bodies

GOOD = """\
; Some rows of an H8S
[modes]
load.b 68 0XXXRRRR | @X | 0 | address = X
load.w 69 0XXXRRRR | @X | 0 | address = X

[instructions]
# All
load.bw               | mov.{s} M,R | 2 | -NZ0- | result = M; R = result
op.bwl 17 10zzRRRR    | neg.{s} R   | 1 | HNZvC | a = 0; b = R; result = a - b; R = result
op.b   1E rrrrRRRR    | subx r,R    | 1 | HNzvC | a = R; b = r; result = a - b - (f & 1); R = result
op.b   08 rrrrRRRR    | add.{s} r,R | 1 | HNZVC | a = R; b = r; result = a + b; R = result
op     5A m24         | jmp @m:24   | 3 | ----- | pc = m & 0xFFFFFE
"""


def tiny(folder: Path, text: str) -> Architecture:
    path = folder / "tiny.rows"
    path.write_text(text, encoding="utf-8")
    return dataclasses.replace(H8S2000, name="tiny", rows=path, vectors=None)


@pytest.fixture
def good(tmp_path: Path) -> Description:
    return describe(tiny(tmp_path, GOOD))


def test_sizes_stand_in_names_and_codes(good: Description) -> None:
    make_tables(good, {})
    codes = {form.mnemonic: [min(values or {0}) for values in form.bytes] for form in good.forms}
    assert codes["neg.b"] == [0x17, 0x80]
    assert codes["neg.w"] == [0x17, 0x90]
    assert codes["neg.l"] == [0x17, 0xB0]
    assert len(good.mnemonics["neg.l"][0].bytes[1] or ()) == 8  # eight long registers


def test_ways_of_addressing_belong_to_a_size(good: Description) -> None:
    assert [form.mode and form.mode.code[0] for form in good.mnemonics["mov.b"]] == ["68"]
    assert [form.mode and form.mode.code[0] for form in good.mnemonics["mov.w"]] == ["69"]


def flags_of(description: Description, mnemonic: str) -> str:
    made = {body.operation.number: body for body in bodies(description, "plain")}
    return made[description.mnemonics[mnemonic][0].operation.number].lines[-1]


def test_flags_without_one_that_tells_differences(good: Description) -> None:
    assert "(a ^ result) & (a ^ b)" in flags_of(good, "neg.b")
    assert "(a ^ result) & (b ^ result)" in flags_of(good, "add.b")
    assert "(result & 255 == 0) << 2 & f" in flags_of(good, "subx")
    for mnemonic, shift in (("neg.b", "<< 1"), ("neg.w", ">> 7"), ("neg.l", ">> 23")):  # bits 4, 12 and 28
        assert f"(a ^ b ^ result) {shift} & 32" in flags_of(good, mnemonic)
    assert flags_of(good, "neg.b").startswith("f = f & 208 |")  # I, UI and U stay


@pytest.mark.parametrize(
    ("was", "becomes", "line", "said"),
    [
        ("load.bw ", "load.bwl", 8, "no mode of the group 'load'"),
        (
            "HNZVC | a = R; b = r; result = a + b",
            "HNzVv | a = R; b = r; result = a + b",
            11,
            "flag C cannot be",
        ),
        (
            "HNZVC | a = R; b = r; result = a + b",
            "zNZVC | a = R; b = r; result = a + b",
            11,
            "flag H cannot be",
        ),
        ("10zzRRRR", "10zRRRRR", 9, "no operand kind"),
        ("5A m24 ", "5A m20 ", 12, "'m20' is no byte"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, was: str, becomes: str, line: int, said: str) -> None:
    assert GOOD.count(was) == 1
    with pytest.raises(RowError) as caught:
        bodies(describe(tiny(tmp_path, GOOD.replace(was, becomes))), "plain")
    assert said in str(caught.value)
    assert f"tiny.rows, line {line}" in str(caught.value)
