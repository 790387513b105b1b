"""Everything that can be wrong with a source is told, with its place, and nothing else happens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.cpu import describe
from luthier.cpu.assembler import AssemblyError, assemble, source
from luthier.errors import InputError


def errors(text: str, folder: Path | None = None) -> list[str]:
    with pytest.raises(AssemblyError) as caught:
        assemble(text, folder=folder)
    return [str(error) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("  lod A,5", "column 3: there is no instruction lod; did you mean ld or rld or ldw?"),
        ("djmz $", "column 1: there is no instruction djmz; did you mean djnz?"),
        ("qqqq", "column 1: there is no instruction qqqq"),
        ("lda XIX", "column 5: lda has no such operands; there is 'lda r16,memory', 'lda r32,memory'"),
        ("nop 5", "column 5: nop has no such operands; there is 'nop'"),
        ("exts", "column 1: exts has no such operands; there is 'exts r16', 'exts r32'"),
        ("ld A,300", "column 6: 300 does not fit into 8 bits, -128 to 255"),
        ("db 1,256", "column 6: 256 does not fit into 8 bits, -128 to 255"),
        ("dw -32769", "column 4: -32769 does not fit into 16 bits, -32768 to 65535"),
        ("bit 8,(XIX)", "column 5: 8 is not one of 0 to 7"),
        (
            "jr $+130",
            "column 4: the target 0x82 is +128 bytes away, beyond -128 to 127;"
            " use an instruction that reaches farther",
        ),
        ("jp start\nstart1:", "column 4: start is not defined; did you mean start1?"),
        ("jp start", "column 4: start is not defined; define it, or correct the name"),
        ("ld A,(5", "column 6: this parenthesis is never closed"),
        ("ld A,1/0", "column 7: division by zero"),
        ("ld A,5+", "column 8: a value is missing"),
        ("aa equ aa+1", "column 8: aa has no value, because it depends on itself or on what has none"),
        ("aa equ 1<<64", "column 8: aa does not fit into 64 bits"),
        ("XIX: nop", "column 1: XIX is a word of the instruction set; choose another name"),
        ("rwa equ 5", "column 1: rwa is a word of the instruction set; choose another name"),
        ("ds aa\naa:", "column 4: aa must be defined above this line; addresses depend on it"),
        ("org 0x1000000", "column 5: 0x1000000 is not an address from 0 to 0xffffff"),
        ("ds -1", "column 4: -0x1 is not a count of bytes from 0 to 0x1000000"),
        ("align 0", "column 7: 0x0 is not a boundary from 1 to 0x1000000"),
        ("ds 1,256", "column 6: 0x100 is not a byte from -128 to 0xff"),
        ("org 1,2", "column 1: org takes 1 operand, not 2"),
        ("ds 1,2,3", "column 1: ds takes 1 to 2 operands, not 3"),
        ("db", "column 1: db takes 1 or more operands, not 0"),
        ("db 1,,2", "column 6: a value is missing before this comma"),
        ("db 1,", "column 5: a value is missing behind the last comma"),
        ('dw "ab"', "column 4: strings are bytes; write it with db"),
        ('db "ab', 'column 4: the string has no end; close it with "'),
        ("equ 5", "column 1: equ needs a name before it; write: name equ value"),
        ('aa "equ" 5', "column 1: there is no instruction aa"),
        ("aa: equ 5", "column 5: equ needs a name before it; write: name equ value"),
        (".a: nop", "column 1: .a is local, but no label stands before it;"),
        ("5: nop", "column 1: '5' is no name"),
        ("+ nop", "column 1: an instruction is expected here, not '+'"),
        ("ld:6 A,5", "column 1: these operands have 5 codings, not 6"),
        ("ld:0 A,5", "column 4: candidates are counted from 1"),
        ("include x", 'column 1: a file is included as include "file"'),
        ('include "x"', "column 9: a text without a folder includes nothing; name the folder, or a file"),
        ("end 5", "column 1: end takes 0 operands, not 1"),
        ("nop ; \x00\n`", "column 1: '`' means nothing here"),
        ("db " + "1," * 40_000 + "1", "column 65536: more than 65,536 characters in one line"),
    ],
)
def test_what_is_wrong_and_where(text: str, error: str) -> None:
    found = errors(text)
    assert len(found) == 1
    line = next(number for number in (1, 2) if found[0].startswith(f"text, line {number}, "))
    assert found[0].startswith(f"text, line {line}, {error}") or found[0] == f"text, line {line}: {error}"


def test_beyond_the_bus() -> None:
    assert errors("org 0xFFFFFF\ndw 1") == ["text, line 2: address 0x1000000 is beyond the bus, 24 bits"]


def test_a_symbol_is_defined_once() -> None:
    assert errors("aa: nop\nbb: nop\naa equ 5") == [
        "text, line 3, column 1: aa is already defined in text, line 1"
    ]


def test_bytes_lie_on_each_other_only_once() -> None:
    assert errors("org 4\ndl 1\norg 2\ndl 2") == [
        "text, line 4: the byte at 0x000004 already comes from text, line 2; check the org of both"
    ]
    assert errors("org 2\nds 8,0\norg 4\nnop\nnop") == [
        "text, line 4: the byte at 0x000004 already comes from text, line 2; check the org of both",
        "text, line 5: the byte at 0x000005 already comes from text, line 2; check the org of both",
    ]


def test_all_errors_are_told_in_their_order() -> None:
    found = errors("jr far\nlod A,5\nds 200\nfar: ld A,300\nfar: db x")
    assert [error.split(",")[1] for error in found] == [f" line {number}" for number in (1, 2, 4, 5, 5)]


def test_after_twenty_errors_it_stops() -> None:
    assert len(errors("lod A,5\n" * 100)) == 20
    assert len(errors("db 256+aa\n" * 100 + "aa equ 1")) == 20
    with pytest.raises(AssemblyError, match="19 more errors behind it"):
        assemble("lod A,5\n" * 100)


def test_addresses_that_chase_each_other() -> None:
    """The room depends on a name that depends on what lies behind the room."""
    found = errors("aa equ 9-bb\nds aa\nbb:")
    assert found == [
        "text: addresses still move after 100 passes;"
        " look for an org, ds or align that depends on what it moves"
    ]


def test_too_many_bytes() -> None:
    found = errors("ds 0xFFFFFF,0\norg 0\nds 0xFFFFFF,0")
    assert found == ["text, line 3: more bytes than the bus has addresses; look at ds and align"]


def test_includes_that_never_end(tmp_path: Path) -> None:
    (tmp_path / "a.asm").write_text('include "b.asm"', encoding="utf-8")
    (tmp_path / "b.asm").write_text('\n  include "a.asm"', encoding="utf-8")
    with pytest.raises(AssemblyError, match=r"b\.asm, line 2, column 11: a\.asm includes itself"):
        assemble(tmp_path / "a.asm")
    for number in range(30):
        (tmp_path / f"{number}.asm").write_text(f'include "{number + 1}.asm"', encoding="utf-8")
    with pytest.raises(
        AssemblyError, match=r"15\.asm, line 1, column 9: more than 16 files inside each other"
    ):
        assemble(tmp_path / "0.asm")


def test_includes_that_multiply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_LINES", 1_000)
    for number in range(15):
        name = f"{number + 1}.asm"
        (tmp_path / f"{number}.asm").write_text(f'include "{name}"\ninclude "{name}"', encoding="utf-8")
    (tmp_path / "15.asm").write_text("nop", encoding="utf-8")
    with pytest.raises(AssemblyError, match="more than 1,000 lines"):
        assemble(tmp_path / "0.asm")


def test_files_that_are_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "latin").write_bytes(b"nop\n; \xe4\n")
    for name, problem in {
        "absent": "no such file",
        ".": "no ordinary file",
        "pipe": "no ordinary file",
        "latin": "byte 6 is no UTF-8 text",
        "a\\x00b": "",
        "n" * 300: "",
    }.items():
        (error,) = errors(f'include "{name}"', folder=tmp_path)
        assert error.startswith("text, line 1, ")
        assert problem in error
    with pytest.raises(InputError, match="latin: byte 6 is no UTF-8 text"):
        assemble(tmp_path / "latin")
    with pytest.raises(InputError, match="absent: cannot be read"):
        assemble(tmp_path / "absent")


WORDS = [
    *("ld", "LDW", "jr", "jp", "ld:2", "djnz", "add", "bit", "ret", "org", "db", "dw", "ds", "align", "equ"),
    *("include", "end", "XIX", "XWA-1", "A", "WA", "NZ", "(", ")", "(XIX+)", "(-XIX:2)", "(XIX+5)", ",", ","),
    *(
        "+",
        "-",
        "*",
        "/",
        "<<",
        "~",
        "$",
        ":",
        "=",
        "low(",
        "0x10",
        "10h",
        "-1",
        "'a'",
        '"text"',
        "name",
        ".local",
    ),
    *("name:", ".local:", ";", "\n", "\n", "\n", "0x123456", '"', "'", "`", "ä", "\0"),
]


def passes(text: str) -> None:
    try:
        assemble(text)
    except InputError as error:
        assert str(error).strip()
        assert "\n" not in str(error)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_words_are_assembled_or_refused(text: str) -> None:
    passes(text)


@given(st.text(max_size=200))
def test_any_text_is_assembled_or_refused(text: str) -> None:
    passes(text)


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(describe("tlcs900h2").mnemonics)),
    st.lists(st.sampled_from(WORDS[17:]), max_size=8),
)
def test_any_operands_are_assembled_or_refused(mnemonic: str, operands: list[str]) -> None:
    passes(f"{mnemonic} {' '.join(operands)}")
