"""Rows of a listing: the same text as lines, found by address, by words and by instruction."""

from __future__ import annotations

import numpy as np

from luthier.cpu.disassembler import Image, disassembler
from luthier.cpu.exploration import CALLS
from luthier.cpu.listing import Listing
from luthier.cpu.listing_rows import CODE, LABEL, NAME, REMARK, Row, found_rows, row_of
from luthier.cpu.program import Reference, take_apart
from luthier.cpu.symbols import Symbol

TOOL = disassembler("h8s2000")
#: At 0x100: jsr @0x000108, sleep, bra -4 (to the sleep), then rts and two bytes of data.
CODE_BYTES = bytes.fromhex("5E000108 0180 40FC 5470 1234")


def listing() -> Listing:
    image = Image.of(CODE_BYTES, 0x100)
    names = {"start": Symbol(0x100), "lamp": Symbol(0xFFFF00, True)}
    program = take_apart(TOOL, image, [0x100], names)
    return Listing(TOOL, program, {0x104: ["waits"]})


def test_rows_say_what_lines_say() -> None:
    rows = list(listing().rows())
    assert [row.line for row in rows] == list(listing().lines())
    assert b"".join(row.code for row in rows) == CODE_BYTES
    assert Row(NAME, 0xFFFF00, "lamp") in rows
    assert Row(REMARK, 0x104, "waits") in rows
    label = next(row for row in rows if row.kind == LABEL and row.address == 0x108)
    assert label.comment == "call from 000100"


def test_an_address_is_found_in_its_first_row_or_within() -> None:
    rows = list(listing().rows())
    assert rows[row_of(rows, 0x102) or 0].code == CODE_BYTES[:4]
    assert rows[row_of(rows, 0x108) or 0].address == 0x108
    assert rows[row_of(rows, 0xFFFF00) or 0].text == "lamp"
    assert row_of(rows, 0x2000) is None


def test_words_and_instructions_are_found() -> None:
    rows = list(listing().rows())
    assert [rows[number].text for number in found_rows(rows, "WAITS")] == ["waits"]
    assert [rows[number].address for number in found_rows(rows, "  RTS", instructions=True)] == [0x108]
    assert [rows[number].kind for number in found_rows(rows, "sleep", instructions=True)] == [CODE]
    assert list(found_rows(rows, "waits", instructions=True)) == []


def test_an_instruction_says_what_it_refers_to() -> None:
    program = listing().program
    assert program.referring[0x100] == [Reference(0x108, "call")]
    assert int(np.count_nonzero(program.references[:, 2] & CALLS)) == 1
