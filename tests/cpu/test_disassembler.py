"""Bytes to text, one instruction after the other."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.cpu import CPUS
from luthier.cpu.disassembler import Disassembler, Image, disassembler
from luthier.errors import UsageError


@pytest.fixture(params=CPUS)
def tool(request: pytest.FixtureRequest) -> Disassembler:
    return disassembler(request.param)


def code_of_every_form(tool: Disassembler, seed: int) -> bytes:
    """Each form once, its operands at random, with numbers near their bounds."""
    generator = random.Random(seed)
    near = (0, 1, 5, 8, 0x7F, 0x80, 0xFE, 0xFF)
    parts = [
        bytes(generator.choice(sorted(values) if values else near) for values in form.bytes)
        for form in tool.description.forms
    ]
    generator.shuffle(parts)
    return b"".join(parts)


# Encodings from the opcode tables that instructions.rows names as its sources, texts from Toshiba's syntax.
BY_HAND = {
    "00": "nop",
    "06 07": "di",
    "06 03": "ei 3",
    "21 05": "ld A,0x05",
    "47 00 01 00 00": "ld XSP,0x00000100",
    "c9 a8": "ld A,0",
    "8c f2 21": "ld A,(XIX-0x0e)",
    "8c 12 21": "ld A,(XIX+0x12)",
    "c3 f1 00 80 21": "ld A,(XIX-0x8000)",
    "c0 12 21": "ld A,(0x12)",
    "c2 56 34 12 21": "ld A,(0x123456)",
    "c3 03 f0 e1 21": "ld A,(XIX+W)",
    "c5 f0 21": "ld A,(XIX+)",
    "c4 f0 21": "ld A,(-XIX)",
    "ee 0c f0 ff": "link XIZ,-0x0010",
    "ee 0c 10 00": "link XIZ,0x0010",
    "68 fe": "jr T,0xe00000",
    "78 00 10": "jrl T,0xe01003",
    "1e fd ff": "calr 0xe00000",
    "1d 56 34 12": "call 0x123456",
    "f3 13 10 00 34": "ldar XIX,0xe00014",
    "83 11": "ldir (XDE+),(XHL+)",
    "16": "ex F,F'",
    "d8 2e 7c": "ldc INTNEST,WA",
    "01": "db 0x01",
}


@pytest.mark.parametrize("code", BY_HAND)
def test_text_by_hand(code: str) -> None:
    data = bytes.fromhex(code)
    found = disassembler("tlcs900h2").instruction(data, 0xE00000)
    assert found.text == BY_HAND[code]
    assert found.code == data
    assert found.name == BY_HAND[code].split(" ")[0]


def test_the_compiled_text_is_that_of_plain_python(tool: Disassembler) -> None:
    data = code_of_every_form(tool, 1) + random.Random(1).randbytes(20_000)
    image = Image.of(data, 0x123456)
    count = 0
    for found in tool.instructions(image):
        start = found.address - image.base
        assert tool.instruction(data[start:], found.address) == found
        count += 1
    assert count > len(tool.description.forms)


def test_lines_hold_address_bytes_and_text(tool: Disassembler) -> None:
    data = code_of_every_form(tool, 2)
    image = Image.of(data, 0xFFFFFF + 1 - len(data))
    lines = b"".join(tool.lines(image)).decode("ascii").splitlines()
    expected = list(tool.instructions(image))
    assert len(lines) == len(expected)
    for line, found in zip(lines, expected, strict=True):
        assert line == f"{found.address:06X}  {found.code.hex(' ').upper():<{tool.width}}{found.text}"


@settings(deadline=None)
@given(data=st.binary(min_size=1, max_size=300), base=st.integers(0, (1 << 24) - 300))
@pytest.mark.parametrize("name", CPUS)
def test_any_bytes_are_covered_once(name: str, data: bytes, base: int) -> None:
    found = list(disassembler(name).instructions(Image.of(data, base)))
    assert b"".join(item.code for item in found) == data
    assert [item.address for item in found[1:]] == [item.address + len(item.code) for item in found[:-1]]
    assert all((item.form is None) == item.text.startswith("db ") for item in found)


def test_an_instruction_that_is_cut_off_is_bytes(tool: Disassembler) -> None:
    for form in tool.description.forms[::37]:
        code = bytes(min(values) if values else 0 for values in form.bytes)
        assert tool.instruction(code).form is form
        for length in range(1, form.length):
            assert tool.instruction(code[:length]).form is not form


def test_many_rounds_are_one_text(tool: Disassembler) -> None:
    data = bytes(100_000)
    image = Image.of(data)
    one = tool.instruction(data)
    assert b"".join(tool.lines(image)).count(one.text.encode() + b"\n") == len(data) // len(one.code)


def test_an_image_stays_on_the_bus() -> None:
    assert Image.of(b"12", 0xFFFFFE).end == 0x1000000
    for base in (0xFFFFFF, -1, 1 << 40):
        with pytest.raises(UsageError, match="do not fit the bus"):
            Image.of(b"12", base)


def test_part_of_an_image() -> None:
    image = Image.of(bytes(range(16)), 0x100)
    part = image.part(0x104, 0x108)
    assert (part.base, part.end) == (0x104, 0x108)
    assert np.array_equal(part.memory, [4, 5, 6, 7])
    assert image.part(None, None).memory.size == 16
    for start, end in ((0xFF, None), (0x108, 0x108), (0x108, 0x104), (None, 0x111), (0x110, None)):
        with pytest.raises(UsageError, match="is no part of the image"):
            image.part(start, end)
