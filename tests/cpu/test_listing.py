"""Listings say what is there, and assemble back to the same bytes."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.cpu import CPUS
from luthier.cpu.assembler import assemble, encodings
from luthier.cpu.disassembler import Disassembler, Image, disassembler
from luthier.cpu.listing import Listing
from luthier.cpu.program import take_apart
from luthier.cpu.symbols import Symbol
from luthier.cpu.variants import Variants

BASE = 0xE00000


@pytest.fixture(params=CPUS)
def tool(request: pytest.FixtureRequest) -> Disassembler:
    return disassembler(request.param)


def listing(
    tool: Disassembler,
    data: bytes,
    base: int = BASE,
    entries: Iterable[int] | None = None,
    symbols: dict[str, Symbol] | None = None,
) -> str:
    program = take_apart(tool, Image.of(data, base), (base,) if entries is None else entries, symbols)
    return "\n".join(Listing(tool, program).lines()) + "\n"


def assembled(text: str, tool: Disassembler) -> tuple[int, bytes]:
    result = assemble(text, cpu=tool.description.architecture.name)
    return result.base, result.image


def random_code(tool: Disassembler, generator: random.Random, count: int) -> bytes:
    """Instructions of all kinds, with numbers near their bounds."""
    near = (0, 1, 5, 8, 0x7F, 0x80, 0xFE, 0xFF)
    return b"".join(
        bytes(generator.choice(sorted(values) if values else near) for values in form.bytes)
        for form in generator.choices(tool.description.forms, k=count)
    )


def every_start(tool: Disassembler, data: bytes, base: int) -> list[int]:
    return [found.address for found in tool.instructions(Image.of(data, base))]


@pytest.mark.parametrize("base", [0, 0x7F00, 0xFF80, BASE, 0xFF0000])
def test_code_of_all_kinds_assembles_back(tool: Disassembler, base: int) -> None:
    data = random_code(tool, random.Random(base), 1_500)
    text = listing(tool, data, base, every_start(tool, data, base))
    assert assembled(text, tool) == (base, data)


@settings(deadline=None, max_examples=60)
@given(data=st.binary(min_size=1, max_size=200), base=st.integers(0, (1 << 24) - 200))
@pytest.mark.parametrize("name", CPUS)
def test_any_bytes_assemble_back(name: str, data: bytes, base: int) -> None:
    tool = disassembler(name)
    assert assembled(listing(tool, data, base), tool) == (base, data)


@pytest.mark.parametrize("seed", [1, 2])
def test_suffixes_are_those_that_the_assembler_needs(tool: Disassembler, seed: int) -> None:
    # Remembered answers against a question for each instruction.
    variants = Variants(tool.description)
    data = random_code(tool, random.Random(seed), 3_000)
    for found in tool.instructions(Image.of(data, BASE)):
        if found.form is None:
            continue
        operands = found.text.partition(" ")[2]
        suffix = variants.suffix(found.form, found.code, found.address, operands)
        codings = encodings(tool.description, found.name, operands, found.address)
        if suffix is None:
            assert found.code not in [coding.data for coding in codings]
        elif suffix:
            assert found.code in [coding.data for coding in codings if suffix == f":{coding.number}"]
        else:
            assert codings[0].data == found.code


def test_a_listing_by_hand() -> None:
    data = bytes.fromhex(
        "1d 0e 00 e0"  # call E0000E
        "c9 03 05"  # ld A,0x05, the longest of three codings
        "c1 12 00 21"  # ld A,(0x0012), the longer of two
        "68 fe"  # jr T to itself
        "aa"
        "c9 61 0e"  # inc 1,A; ret
    )
    symbols = {"port": Symbol(0x12), "table": Symbol(BASE + 13, is_data=True)}
    assert listing(disassembler("tlcs900h2"), data, symbols=symbols).splitlines() == [
        "org 0xe00000",
        "port = 0x000012",
        "",
        "code_E00000:",
        "    call sub_E0000E                          ; E00000  1D 0E 00 E0",
        "    ld:4 A,0x05                              ; E00004  C9 03 05",
        "    ld:2 A,(port)                            ; E00007  C1 12 00 21",
        "",
        "code_E0000B:                                 ; jump from E0000B",
        "    jr T,code_E0000B                         ; E0000B  68 FE",
        "",
        "table:",
        "    db 0xaa                                  ; E0000D",
        "",
        "sub_E0000E:                                  ; call from E00000",
        "    inc 1,A                                  ; E0000E  C9 61",
        "    ret                                      ; E00010  0E",
    ]


def test_data_are_bytes_texts_and_repetitions() -> None:
    tool = disassembler("tlcs900h2")
    data = b'\x0e\x01Sine\x00Sawtooth; "wave"\\\x02' + bytes(70) + bytes(range(40))
    text = listing(tool, data)
    lines = [line.split(" ;")[0].strip() for line in text.splitlines()]
    assert lines[3:] == [
        "ret",
        "db 0x01,0x53,0x69,0x6e,0x65,0x00",
        'db "Sawtooth; "',
        "db 0x22,0x77,0x61,0x76,0x65,0x22,0x5c,0x02",
        "ds 71,0x00",
        "db 0x01,0x02,0x03,0x04,0x05,0x06,0x07,0x08,0x09,0x0a,0x0b,0x0c,0x0d,0x0e,0x0f,0x10",
        "db 0x11,0x12,0x13,0x14,0x15,0x16,0x17,0x18,0x19,0x1a,0x1b,0x1c,0x1d,0x1e,0x1f,0x20",
        "db 0x21,0x22,0x23,0x24,0x25,0x26,0x27",
    ]
    assert assembled(text, tool) == (BASE, data)


def test_what_is_odd_is_said() -> None:
    tool = disassembler("tlcs900h2")
    data = bytes.fromhex("66 01 40 00 00 0e 0e 01")
    text = listing(tool, data)
    assert "; E00003 is reached too, inside of other instructions: nop" in text
    assert "; E00007 is reached, but no instruction begins here" in text
    assert assembled(text, tool) == (BASE, data)
    assert "; E00000 is the last instruction, and goes on behind the end" in listing(tool, b"\0")


def test_vectors_have_lines_of_their_own() -> None:
    tool = disassembler("tlcs900h2")
    data = bytearray(b"\xff" * 256)
    data[:4] = (0xFFFFF0).to_bytes(4, "little")
    data[0xF0] = 0x0E
    text = listing(tool, bytes(data), 0xFFFF00, ())
    assert "; vector RESET\n    db 0xf0,0xff,0xff,0x00 " in text
    assert "on_RESET:                                    ; vector RESET from FFFF00\n" in text
    assert assembled(text, tool) == (0xFFFF00, bytes(data))


def test_many_references_are_counted() -> None:
    tool = disassembler("tlcs900h2")
    data = bytes.fromhex("1d 2d 00 e0" * 11 + "0e 0e")
    assert "E0001C and 3 more" in listing(tool, data)


def test_items_are_the_whole_image(tool: Disassembler) -> None:
    data = random.Random(4).randbytes(5_000)
    fractions: list[float] = []
    program = take_apart(tool, Image.of(data, BASE), [BASE, BASE + 1_000])
    items = list(Listing(tool, program).items(lambda fraction, _now: fractions.append(fraction)))
    assert b"".join(item.code for item in items) == data
    assert fractions[0] == 0
    assert all(set(item.record()) >= {"name", "address", "bytes", "text", "label"} for item in items)
