"""The vectors themselves: all slots are there, and what can be reckoned in another way comes out the same."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.cpu.tlcs900.vectors import disassemble
from tests.cpu.tlcs900.vectors.cases import MASKS, SWI_TARGETS, Cases, load

LEAST = 12  #: cases of every slot


@pytest.fixture(scope="module")
def cases() -> Cases:
    return load()


def table_of(code: bytes) -> int:
    """80 88 90 ... F0 for a prefix, 0 for none."""
    first = code[0]
    if first in (0xC7, 0xD7, 0xE7):
        return first + 1
    return first & 0xF8 if 0x80 <= first < 0xF6 else 0


def known_slots() -> set[tuple[int, int]]:
    """What unidasm doesn't call ``db``."""
    slots = set()
    for entry, (_, _, text) in zip(disassemble.entries(), disassemble.read(), strict=True):
        place = disassemble.prefix_length(entry)
        alone = place == 0 and table_of(entry) == 0
        if not text.startswith("db") and (alone or place):
            slots.add((table_of(entry) if place else 0, entry[place]))
    return slots


def test_every_slot_is_there_often_enough(cases: Cases) -> None:
    counts = collections.Counter(
        (table_of(cases.instruction(row)), int(cases.second[row])) for row in range(len(cases))
    )
    halt, load_extract = (0, 0x05), (0, 0xF7)  # left out, see README.md
    assert set(counts) == known_slots() - {halt, load_extract}
    assert min(counts.values()) >= LEAST


def test_nothing_is_before_the_rom_but_pads(cases: Cases) -> None:
    assert (cases.address >= 0xE00000).all()
    jumps = np.isin(cases.second, (0x1A, 0x1C)) | (cases.table == 0xF0)
    assert jumps[cases.pc_after < 0xE00000].all()


def test_every_mask_is_about_something(cases: Cases) -> None:
    for mask in MASKS:
        assert mask.applies(cases).any(), mask.reason


def test_swi_leads_where_the_vectors_say(cases: Cases) -> None:
    rows = (cases.table == 0) & (cases.second >= 0xF8)
    assert rows.any()
    assert (cases.pc_after[rows] == np.array(SWI_TARGETS)[cases.second[rows] & 7]).all()


#: by hand, from what the flags mean: x, y, result and flags (S 80, Z 40, H 10, V 4, N 2, C 1) of 8 bits
SUMS = [
    (0x7F, 0x01, 0x80, 0x94),
    (0xFF, 0x01, 0x00, 0x51),
    (0x80, 0x80, 0x00, 0x45),
    (0x0F, 0x10, 0x1F, 0x00),
]
DIFFERENCES = [(0x00, 0x01, 0xFF, 0x93), (0x80, 0x01, 0x7F, 0x16), (0x55, 0x55, 0x00, 0x42)]


def arithmetic(x: int, y: int, size: int, minus: bool) -> tuple[int, int]:
    """The result of ADD or SUB, and its flags but H."""
    mask, sign = (1 << 8 * size) - 1, 1 << 8 * size - 1
    full = x - y if minus else x + y
    result = full & mask
    overflow = (x ^ y if minus else ~(x ^ y)) & (x ^ result) & sign
    flags = 0x80 * bool(result & sign) | 0x40 * (result == 0) | 4 * bool(overflow) | 2 * minus
    return result, flags | (not 0 <= full <= mask)


@pytest.mark.parametrize(("x", "y", "result", "flags"), SUMS)
def test_the_reckoning_of_sums(x: int, y: int, result: int, flags: int) -> None:
    assert arithmetic(x, y, 1, False) == (result, flags & ~0x10)


@pytest.mark.parametrize(("x", "y", "result", "flags"), DIFFERENCES)
def test_the_reckoning_of_differences(x: int, y: int, result: int, flags: int) -> None:
    assert arithmetic(x, y, 1, True) == (result, flags & ~0x10)


def register(cases: Cases, row: int, code: int, size: int, values: NDArray[np.uint32]) -> int:
    """A register by its 8-bit code."""
    bank = int(cases.sr[row]) >> 8 & 3
    if code < 0x40:
        place = code >> 2
    elif code >= 0xF0:
        place = 16 + (code >> 2 & 3)
    else:
        place = 4 * (bank if code >= 0xE0 else bank - 1 & 3) + (code >> 2 & 3)
    return int(values[row, place]) >> (8 * (code & 3)) & ((1 << 8 * size) - 1)


def code_of(number: int, size: int) -> int:
    """The 8-bit code of a 3-bit register number."""
    if size == 1:
        return 0xE0 + 4 * (number >> 1) + (1 - (number & 1))
    return 0xE0 + 4 * number if number < 4 else 0xF0 + 4 * (number - 4)


@pytest.mark.parametrize(("table", "size"), [(0xC8, 1), (0xD8, 2), (0xE8, 4)])
@pytest.mark.parametrize(("second", "minus"), [(0x80, False), (0xA0, True)])
def test_add_and_sub_of_registers(cases: Cases, table: int, size: int, second: int, minus: bool) -> None:
    rows = np.flatnonzero((cases.table == table) & (cases.second & 0xF8 == second))
    assert len(rows) > 100
    for row in rows.tolist():
        code = cases.instruction(row)
        source = code[1] if code[0] & 15 == 7 else code_of(code[0] & 7, size)
        target = code_of(code[-1] & 7, size)
        x = register(cases, row, target, size, cases.registers)
        y = register(cases, row, source, size, cases.registers)
        result, flags = arithmetic(x, y, size, minus)
        assert register(cases, row, target, size, cases.registers_after) == result, code.hex()
        assert int(cases.sr_after[row]) & 0xC7 == flags, code.hex()
        assert cases.pc_after[row] == cases.address[row] + len(code)


def test_call_pushes_the_address_behind_it(cases: Cases) -> None:
    rows = np.flatnonzero((cases.table == 0) & np.isin(cases.second, (0x1C, 0x1D, 0x1E)))
    for row in rows.tolist():
        place = int(cases.registers_after[row, 19]) - int(cases.stack_address[row])
        pushed = int.from_bytes(cases.stack_after[row, place : place + 4].tobytes(), "little")
        assert pushed == cases.address[row] + cases.length[row]
        assert cases.registers_after[row, 19] == cases.registers[row, 19] - 4


def test_relative_jumps_lead_where_the_displacement_says(cases: Cases) -> None:
    rows = np.flatnonzero((cases.table == 0) & np.isin(cases.second, (0x68, 0x78)))  # JR T, JRL T
    for row in rows.tolist():
        code = cases.instruction(row)
        end = int(cases.address[row]) + len(code)
        assert cases.pc_after[row] == end + int.from_bytes(code[1:], "little", signed=True)


def test_ldir_copies(cases: Cases) -> None:
    rows = np.flatnonzero((cases.table == 0xC0) & (cases.second == 0x11))
    assert len(rows) > 0
    for row in rows.tolist():
        bank = 4 * (int(cases.sr[row]) >> 8 & 3)
        source, target = (bank + 3, bank + 2) if cases.code[row, 0] == 0x83 else (17, 16)
        count = int(cases.registers[row, bank + 1]) & 0xFFFF
        memory = bytearray(cases.data[row])
        start = int(cases.data_address[row])
        from_, to = (int(cases.registers[row, number]) - start for number in (source, target))
        for step in range(count):
            memory[to + step] = memory[from_ + step]
        assert bytes(memory) == cases.data_after[row].tobytes()
        assert cases.registers_after[row, source] == cases.registers[row, source] + count
        assert int(cases.registers_after[row, bank + 1]) & 0xFFFF == 0


def test_registers_and_bytes_can_be_told_apart(cases: Cases) -> None:
    """A case tells which register was meant, and which byte."""
    distinct = [len(set(row)) for row in cases.registers.tolist()]
    assert min(distinct) >= 12
    assert np.median(distinct) >= 19
    whole = cases.data[cases.data_length == 64]
    assert min(len(set(row)) for row in whole.tolist()) >= 32
