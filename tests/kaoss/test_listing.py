"""The listing of a firmware assembles back to the same payload, and says what is known."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kaoss import compiled

from luthier.cpu import describe
from luthier.cpu.assembler import assemble
from luthier.cpu.notes import Notes, parse, write
from luthier.kaoss.built_in import CPU, VARIANTS, built_in
from luthier.kaoss.code import take_payload_apart
from luthier.kaoss.listing import Source
from luthier.kaoss.system_file import SystemFile


def listing(payload: bytes, notes: Notes | None = None) -> str:
    code = take_payload_apart(SystemFile(built_in().header, payload), notes)
    return "".join(f"{line}\n" for line in Source(code).text())


def assert_same(payload: bytes, notes: Notes | None = None) -> None:
    result = assemble(listing(payload, notes), CPU)
    assert (result.base, result.image) == (0, payload)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_example_assembles_back(variant: str) -> None:
    assert_same(built_in(variant).payload)


@given(
    st.lists(st.tuples(st.integers(0, 0x620), st.binary(min_size=1, max_size=6)), max_size=20),
    st.sampled_from([0x700, 0x40000]),
)
@settings(max_examples=25, deadline=None)
def test_damaged_ones_assemble_back(damage: list[tuple[int, bytes]], size: int) -> None:
    payload = bytearray(built_in().payload[:size])
    for place, data in damage:
        payload[place : place + len(data)] = data
    assert_same(bytes(payload))


@given(st.randoms(use_true_random=False), st.integers(0x200, 0x900))
@settings(max_examples=15, deadline=None)
def test_random_bytes_assemble_back(generator: random.Random, size: int) -> None:
    vectors = b"".join(generator.randrange(size).to_bytes(4, "big") for _ in range(128))
    assert_same(vectors + generator.randbytes(size))


@pytest.mark.skipif(not compiled.IS_THERE, reason="h8300-hms-gcc is not installed")
def test_compiled_c_assembles_back(tmp_path: Path) -> None:
    file, _ = compiled.compiled_file(tmp_path, "-O2")
    text = listing(file.payload)
    assert assemble(text, CPU).image == file.payload
    assert 'db "compiled panel",0x00' in text
    assert "mov.l #P3DR,ER" in text


NOTES = """\
2BC main_loop ; Sleeps until an interrupt comes.
2BE - ; Inside of nothing.
2C0 - ; Inside of an instruction.
590 commands table 5
FFB004 passes ; Rounds.
FFFF74 watchdog ; Stays off.
277 odd
1F000 nothing data ; In the filling.
"""


def test_notes_are_shown_and_change_no_byte() -> None:
    notes = parse(NOTES, describe(CPU))
    payload = built_in().payload
    assert_same(payload, notes)
    lines = listing(payload, notes).splitlines()
    loop = next(number for number, line in enumerate(lines) if line.startswith("main_loop:"))
    assert lines[loop + 1] == "; Sleeps until an interrupt comes."
    assert lines[loop + 2].split()[0] == "sleep"
    assert "; 0002C0: Inside of an instruction." in lines
    assert any(line.startswith("    mov.w R0,@watchdog:16") for line in lines)
    assert any(line.startswith("passes = 0xffb004") and "Rounds." in line for line in lines)
    filling = next(number for number, line in enumerate(lines) if line.startswith("nothing:"))
    assert lines[filling + 1] == "; In the filling."
    assert "odd = 0x000277" in lines


def test_names_that_were_found_can_be_given_back() -> None:
    code = take_payload_apart(built_in())
    notes = parse(write(code.program.all_symbols, code.notes, code.tables), describe(CPU))
    assert_same(built_in().payload, notes)
    again = listing(built_in().payload, notes)
    # References are the same: only that the names are given now.
    assert again == listing(built_in().payload)


def test_vectors_tables_texts_and_registers() -> None:
    text = listing(built_in().payload)
    assert "    dl on_RESET                              ; 000000  00 00 02 10  vector 0, RESET\n" in text
    assert text.count("vector ") >= 128
    assert 'db "LuthierPad 1.00",0x0d,0x0a,0x00' in text
    assert "SCI1: byte to send" in text
    # The mark of a text stands where it is used.
    assert any("mov.l #data_" in line and '"settings saved"' in line for line in text.splitlines())


def test_records() -> None:
    rows = [line.record() for line in Source(take_payload_apart(built_in())).lines()]
    assert b"".join(bytes.fromhex(str(row["bytes"])) for row in rows) == built_in().payload
    position = 0
    for row in rows:
        assert row["address"] == position
        position += len(str(row["bytes"])) // 2
