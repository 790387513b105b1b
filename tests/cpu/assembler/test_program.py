"""Whole programs: symbols, directives, origins, includes and results."""

from __future__ import annotations

from pathlib import Path

import pytest

from luthier.cpu import describe
from luthier.cpu.assembler import assemble
from luthier.cpu.symbols import Symbol, read_symbols
from luthier.errors import UsageError


def code(text: str) -> str:
    return assemble(text).image.hex(" ").upper()


def test_a_small_program() -> None:
    """Counted and coded by hand from the opcode list."""
    result = assemble(
        """
STACK   equ 0x0C00              ; behind the internal RAM
        org 0xFE0000
reset:  ld XSP,STACK
        ld XIX,table
        ld B,count
.next:  add A,(XIX+)
        djnz .next
        ld (sum),A
.stop:  jr .stop
table:  db 1, 2, "AB"
count = $ - table
        org 0xFFFF00
        dl reset
        org 0x80
sum:    ds 1
"""
    )
    wanted = bytes.fromhex(
        "47 00 0C 00 00"  # ld XSP,0xC00
        "44 18 00 FE 00"  # ld XIX,0xFE0018
        "22 04"  # ld B,4
        "C5 F0 81"  # add A,(XIX+)
        "CA 1C FA"  # djnz: to 6 bytes before its end
        "F0 80 41"  # ld (0x80),A
        "68 FE"  # jr to itself
        "01 02 41 42"
    ).replace(b"\x44\x18", b"\x44\x17")
    assert result.base == 0xFE0000
    assert result.image[: len(wanted)] == wanted
    assert result.image[-4:] == b"\x00\x00\xfe\x00"
    assert result.end == 0xFFFF04
    assert set(result.image[len(wanted) : -4]) == {0xFF}
    assert result.symbols == {
        "STACK": 0xC00,
        "reset": 0xFE0000,
        "reset.next": 0xFE000C,
        "reset.stop": 0xFE0015,
        "table": 0xFE0017,
        "count": 4,
        "sum": 0x80,
    }


def test_data_in_every_width() -> None:
    assert code('db 1,-1,255,\'a\',"b\\x00\\""') == "01 FF FF 61 62 00 22"
    assert code("dw 0x1234,-2\nd24 0x123456\ndl 0x12345678,here\nhere:") == (
        "34 12 FE FF 56 34 12 78 56 34 12 0F 00 00 00"
    )


def test_room_has_bytes_only_with_a_value() -> None:
    assert code("db 1\nds 2\ndb 2") == "01 FF FF 02"
    assert code("db 1\nds 2,0\ndb 2\nds 3") == "01 00 00 02"
    assert code("db 1\nalign 4\ndb 2\nalign 2,9\ndb 3") == "01 FF FF FF 02 09 03"
    assert assemble("org 0x400\nds 16\norg 0xFE0000\nnop").base == 0xFE0000
    assert assemble("db 1\nds 2\ndb 2", fill=0).image == b"\1\0\0\2"


def test_origins_in_any_order_make_one_image() -> None:
    result = assemble("org 12\ndb 3\norg 10\ndb 1,2")
    assert (result.base, result.image) == (10, b"\1\2\3")


def test_no_bytes_are_no_image() -> None:
    assert assemble("; nothing").image == b""
    assert assemble("").listing() == "\n"


def test_here_is_the_address_of_the_statement() -> None:
    assert code("org 0x10\ndb $,$\ndw $") == "10 10 12 00"


def test_a_forward_reference_takes_the_width_it_needs() -> None:
    assert code("ld A,(there)\nthere equ 0x12") == "C0 12 21"
    assert code("ld A,(there)\nthere equ 0x1234") == "C1 34 12 21"
    assert code("ld A,(there)\nthere equ 0x123456") == "C2 56 34 12 21"
    assert code("ld A,(XIX+there)\nthere equ -129") == "C3 F1 7F FF 21"
    assert code("ld WA,there\nthere equ 7") == "D8 AF"


def test_one_that_grows_makes_another_grow() -> None:
    """By hand: 3 bytes while an address fits into 8 bits, 4 when it does not."""
    text = f"ld A,(one)\nld A,(two)\nds {256 - 6}\none: nop\ntwo: nop"
    result = assemble(text)
    assert result.symbols == {"one": 0x102, "two": 0x103}
    result = assemble(f"ld A,(one)\nld A,(two)\nds {256 - 7}\none: nop\ntwo: nop")
    assert result.symbols == {"one": 0x101, "two": 0x102}  # "two" grows first


def test_equates_may_be_in_any_order() -> None:
    assert code("db aa\naa equ bb+1\nbb equ cc+1\ncc equ 1") == "03"


def test_local_labels_belong_to_the_last_label() -> None:
    result = assemble("one: nop\n.a: jr .a\ntwo: nop\nx = 1\n.a: jr .a\n jr one.a")
    assert result.image.hex(" ").upper() == "00 68 FE 00 68 FE 68 F9"
    assert result.symbols == {"one": 0, "one.a": 1, "two": 3, "x": 1, "two.a": 4}


def test_jumps_stay_what_they_are() -> None:
    assert code("jrl $") == "78 FD FF"
    assert code("jp here\nhere:") == "1A 03 00"


def test_a_comment_is_no_part_of_a_string() -> None:
    assert code('db ";",1 ; ";"') == "3B 01"


def test_lines_may_end_as_anywhere() -> None:
    assert code("nop\r\nhalt\r\n") == "00 05"


def test_end_ends_the_source() -> None:
    assert code("nop\nend\nwhatever this is") == "00"


def test_includes_are_found_from_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "main.asm").write_text('main: db 1\ninclude "deep/a.asm"\n.local: db 4', encoding="utf-8")
    (tmp_path / "deep" / "a.asm").write_text('db 2\ninclude "b.asm"', encoding="utf-8")
    (tmp_path / "deep" / "b.asm").write_text("bb: db 3", encoding="utf-8")
    result = assemble(tmp_path / "main.asm")
    assert result.image == b"\1\2\3\4"
    assert result.symbols == {"main": 0, "bb": 2, "main.local": 3}
    assert assemble('include "deep/a.asm"', folder=tmp_path).image == b"\2\3"


def test_the_listing_shows_every_line(tmp_path: Path) -> None:
    (tmp_path / "b.asm").write_text("bb: db 1,2,3,4,5,6,7,8,9", encoding="utf-8")
    (tmp_path / "a.asm").write_text('x equ 5\norg 0x10\naa: ld A,x ; five\ninclude "b.asm"\nds 40,0')
    assert assemble(tmp_path / "a.asm").listing().replace(str(tmp_path), "") == (
        "; /a.asm\n"
        "        = 0x000005                   1  x equ 5\n"
        "000000                               2  org 0x10\n"
        "000010  21 05                        3  aa: ld A,x ; five\n"
        '000012                               4  include "b.asm"\n'
        "; /b.asm\n"
        "000012  01 02 03 04 05 06 07 08      1  bb: db 1,2,3,4,5,6,7,8,9\n"
        "00001A  09\n"
        "; /a.asm\n"
        "00001B  00 00 00 00 00 00 00 00      5  ds 40,0\n"
        "000023  00 00 00 00 00 00 00 00\n"
        "00002B  00 00 00 00 00 00 00 00\n"
        "000033  00 00 00 00 00 00 00 00\n"
        "        and 8 more bytes\n"
        "\n"
        "; symbols\n"
        "aa = 0x000010\n"
        "bb = 0x000012\n"
        "x  = 0x000005\n"
    )


def test_symbol_files_are_read_by_the_disassembler_and_included(tmp_path: Path) -> None:
    result = assemble("org 0xFE0000\nstart: nop\n.local: nop\ntable: db 1\nroom: ds 2\nbig equ 1<<30")
    text = result.symbol_file()
    assert read_symbols(text, describe("tlcs900h2")) == {
        "start": Symbol(0xFE0000),
        "table": Symbol(0xFE0002, is_data=True),
        "room": Symbol(0xFE0003, is_data=True),
    }
    (tmp_path / "names.sym").write_text(text, encoding="utf-8")
    again = assemble('include "names.sym"\n dl table', folder=tmp_path)
    assert again.image == b"\x02\x00\xfe\x00"


def test_the_filling_is_a_byte() -> None:
    with pytest.raises(UsageError, match="256 is no byte"):
        assemble("nop", fill=256)
    with pytest.raises(UsageError, match="there is no CPU 'z80'"):
        assemble("nop", "z80")
