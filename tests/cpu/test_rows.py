"""What is wrong in a description of a CPU is said with file, line and row, before anything runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from luthier.cpu import rows as notation
from luthier.cpu.decoding import make_tables
from luthier.cpu.description import Architecture, describe
from luthier.cpu.executor_text import executor_text
from luthier.cpu.fields import Field
from luthier.cpu.rows import RowError
from luthier.cpu.semantics import bodies
from luthier.cpu.tlcs900 import TLCS900H2

GOOD = """\
; A tiny CPU
;
; Open questions
; - What it is
;   good for.
; - Nothing else.

[expressions]
twice(x) = x + x

[statements]
store(target, value):
    target = value

[modes]
mem 10zz0XXX | (X) | 0 | address = X

[instructions]
# Sums
op      00        | nop      | 2   | ------ | pass
op.b    0001nnnn  | add n    | 2   | SZHV0C
    a = A
    b = n
    result = a + twice(b)
    A = result
mem.bw  20        | dup{w} M | 3 4 | ------ | store(M, M)
"""


def _field(letter: str, bits: int, size: str) -> Field | None:
    if (letter, bits) == ("n", 4):
        return Field("n", "immediate", (*range(15), None), tuple(str(n) for n in range(16)))
    return TLCS900H2.field(letter, bits, size)


def tiny(folder: Path, text: str) -> Architecture:
    path = folder / "tiny.rows"
    path.write_text(text, encoding="utf-8")
    return dataclasses.replace(TLCS900H2, name="tiny", rows=path, field=_field, vectors=None)


def build(folder: Path, text: str) -> None:
    """Everything that is made of a description when a CPU is used."""
    description = describe(tiny(folder, text))
    make_tables(description, {})
    for dialect in ("plain", "compiled"):
        executor_text(description, dialect, traced=False)


def test_a_good_description_is_taken_apart(tmp_path: Path) -> None:
    build(tmp_path, GOOD)
    rows = notation.read(tmp_path / "tiny.rows")
    assert rows.title == "A tiny CPU"
    assert rows.questions == ["What it is good for.", "Nothing else."]
    assert rows.expressions == {"twice": (["x"], "x + x")}
    assert rows.statements == {"store": (["target", "value"], "target = value")}
    assert [(mode.group, mode.code, mode.line) for mode in rows.modes] == [("mem", ("10zz0XXX",), 16)]
    nop, add, dup = rows.rows
    assert (nop.sizes, nop.code, nop.heading, nop.line) == ("", ("00",), "Sums", 20)
    assert add.effect.splitlines()[2] == "result = a + twice(b)"
    assert (dup.syntax_of("w"), dup.syntax_of("b"), dup.states_of("w")) == ("dupw M", "dup M", 4)


@pytest.mark.parametrize(
    ("was", "becomes", "line", "said"),
    [
        ("[expressions]", "stray\n[expressions]", 8, "outside every section"),
        ("twice(x) = x + x", "twice x", 9, "a definition reads"),
        ("[statements]", "twice(y) = y\n[statements]", 11, "twice is defined twice"),
        ("mem 10zz0XXX | (X) | 0 | address = X", "mem 10zz0XXX | (X) | 0", 16, "4 columns"),
        ("(X) | 0 |", "(X) | none |", 16, "none"),
        ("| ------ | pass", "| ------", 20, "the effect is missing"),
        ("| ------ | pass", "| ------ | pass\n    pass", 20, "not both"),
        ("op      00        | nop      | 2 ", "op      00        | nop      | ", 20, "counts of states"),
        ("op      00        | nop      | 2 ", "op      00        | nop      | 2 3", 20, "counts of states"),
        ("op      00        | nop ", "          | nop ", 19, "indented lines"),
        ("op      00        | nop ", "| nop ", 20, "the code is missing"),
        ("op.b ", "op.q ", 21, "sizes are letters"),
        ("mem.bw  20", "mem.bwl 20", 26, "2 counts of states for 3 sizes"),
        ("| nop      | 2   |", "| nop      | two |", 20, "two"),
        ("| ------ | pass", "", 20, "5 columns are expected"),
        ("mem.bw  20", "men.bw  20", 26, "no mode of the group 'men'"),
        ("0001nnnn", "00011nnn n", 21, "'n' is no byte"),
        ("0001nnnn", "000nnnnn", 21, "no operand kind 'n' of 5 bits"),
        ("10zz0XXX |", "10zz00XX |", 26, "with the mode of line 16: no operand kind 'X' of 2 bits"),
        ("SZHV0C", "SZHV0", 21, "'SZHV0' are not one letter for each"),
        ("SZHV0C", "ZSHV0C", 21, "flag S cannot be 'Z'"),
        ("SZHV0C", "SZHV0P", 21, "flag C cannot be 'P'"),
        ("SZHV0C", "*ZHV0C", 21, "flag S cannot be '*'"),
        ("| 2   | ------ | pass", "| 2   | -Z---- | pass", 20, "has no size"),
        ("    b = n\n", "", 21, "'b' is not defined"),
        ("a + twice(b)", "a + thrice(b)", 21, "thrice() is not defined"),
        ("a + twice(b)", "a + twice(b, b)", 21, "longer"),
        ("a + twice(b)", "a + + )", 21, "unmatched"),
        ("| store(M, M)", "| keep(M, M)", 26, "keep() is not defined"),
        ("| store(M, M)", "| M = MM", 26, "'MM' is not defined"),
    ],
)
def test_mistakes_are_named_with_file_and_line(
    tmp_path: Path, was: str, becomes: str, line: int, said: str
) -> None:
    assert GOOD.count(was) == 1
    with pytest.raises(RowError) as caught:
        build(tmp_path, GOOD.replace(was, becomes))
    text = str(caught.value)
    assert said in text
    assert f"tiny.rows, line {line}" in text


@pytest.mark.parametrize("code", ["00010001", "11", "0001nnnn"])
def test_rows_that_collide_are_both_named(tmp_path: Path, code: str) -> None:
    with pytest.raises(RowError) as caught:
        build(tmp_path, GOOD + f"op.b {code} | again {'n' * (code[-1] == 'n')} | 2 | ------ | pass\n")
    text = str(caught.value)
    assert text.startswith("tiny.rows: rows collide")
    assert "add n (byte)' (line 21)" in text
    assert "again" in text
    assert "(line 27)" in text


def test_a_row_that_begins_another_collides(tmp_path: Path) -> None:
    with pytest.raises(RowError, match=r"collide.*nop.*line 20.*long.*line 27"):
        build(tmp_path, GOOD + "op 00 11 | long | 2 | ------ | pass\n")


def test_a_mode_that_collides_is_named(tmp_path: Path) -> None:
    mode = "mem 10zz0XXX | (X) | 0 | address = X\n"
    with pytest.raises(
        RowError, match=r"collide.*line 27\) as \(X\) \(line 16\).*line 27\) as \(\+X\) \(line 17"
    ):
        build(tmp_path, GOOD.replace(mode, mode + mode.replace("(X)", "(+X)")))


def test_a_row_that_no_bytes_reach_is_named(tmp_path: Path) -> None:
    def nothing(letter: str, bits: int, size: str) -> Field | None:
        return Field("n", "immediate", (None,) * 16, (None,) * 16) if letter == "n" else None

    text = GOOD[: GOOD.index("mem.bw")]
    architecture = dataclasses.replace(tiny(tmp_path, text), field=nothing)
    with pytest.raises(RowError, match=r"tiny.rows: no bytes reach 'add n \(byte\)' \(line 21\)"):
        make_tables(describe(architecture), {})


def test_a_memory_operand_needs_an_address(tmp_path: Path) -> None:
    description = describe(tiny(tmp_path, GOOD.replace("| address = X", "| pass")))
    access = {body.operation.number: body.access for body in bodies(description, "plain")}
    with pytest.raises(RowError, match=r"'dup M \(byte\)' \(line 26\).*has a memory operand"):
        make_tables(description, access)
