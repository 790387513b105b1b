"""Rows of the tone database, and the words that lead voices to the effects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.slots.routing import Rows, copy_row, route, route_of_part, row_number
from luthier.kn5000.slots.voice_output import OUTPUTS, configure
from luthier.kn5000.transport.sub_ram import SubRam

DATABASE, ROOT = 0x050000, 0x050100
#: Where tables of indices and rows are put, and which list entry leads to each.
TABLES = {0x44: 0x1000, 0x48: 0x3000, 0x4C: 0x5000, 0x50: 0x7000}
TABLES |= {0x58: 0x9000, 0x5C: 0xB000, 0x60: 0xD000, 0x64: 0xF000}


def database() -> SubRam:
    ram = SubRam()
    ram.set_long(0x045310, DATABASE)
    ram.set_long(0x045314, ROOT)
    for entry, place in TABLES.items():
        ram.set_long(ROOT + entry, place)
    return ram


@given(
    st.sampled_from([(0, 0x44, 0x58), (1, 0x4C, 0x60), (2, 0x48, 0x5C), (3, 0x44, 0x58)]),
    st.integers(0, 15),
    st.integers(0, 255),
    st.integers(0, 300),
)
def test_an_index_leads_to_a_row(kind: tuple[int, int, int], high: int, low: int, number: int) -> None:
    ram = database()
    for rows, entry, rows_entry in ((Rows.A, kind[1], 0x50), (Rows.B, kind[2], 0x64)):
        index = (high * 128 + low % 128) * 2
        ram.set_word(DATABASE + TABLES[entry] + index, number)
        name = f"row {number:4} of {entry:x}...".encode()[:16]
        ram.store(DATABASE + TABLES[rows_entry] + 16 * number, name)
        selector = kind[0] << 6 | 0x30 | high
        assert row_number(ram, rows, low, selector) == number
        assert route(ram, rows, low, selector) == name[:13]
        assert ram.bytes_at(0x045216, 13) == name[:13]
        assert ram.byte(0x045216 + 13) == 0
        assert copy_row(ram, rows, number) == name[:13]


def test_a_slot_of_a_part_tells_its_row() -> None:
    ram = database()
    ram.set_long(0x041368 + 25 * 287 + 110 + 3 * 37, 0x60000)
    ram.store(0x60000, bytes([0, 0, 0x85, 0x82]))
    ram.set_word(DATABASE + TABLES[0x48] + (2 * 128 + 5) * 2, 0x123)
    ram.store(DATABASE + TABLES[0x50] + 16 * 0x123, b"Piano L      \x77")
    assert route_of_part(ram, 25, 3) == b"Piano L      \x77\x23\x01"
    assert ram.bytes_at(0x045216, 16) == b"Piano L      \x77\x23\x01"
    for part, slot in ((26, 0), (0, 4), (-1, 0)):
        with pytest.raises(InputError):
            route_of_part(ram, part, slot)


def test_words_of_voices_go_to_the_tone_generator() -> None:
    found = [[(output.address, output.register) for output in routine] for routine in OUTPUTS]
    assert found == [[(0x4520E, 0x640), (0x4520C, 0x600)], [(0x4520A, 0x5C0), (0x45208, 0x580)]]
    # Places in the image of a voice: +42 is register 640, +40 600, +3E 5C0 and +3C 580.
    assert [address - 0x451CC for routine in found for address, _ in routine] == [0x42, 0x40, 0x3E, 0x3C]


def test_a_list_of_voices_ends_at_128() -> None:
    ram = SubRam()
    assert configure(ram, 0, 0, 0x1234, [0, 63, 128, 5]) == [(0x640, 0x1234), (0x67F, 0x1234)]
    assert ram.word(0x04520E) == 0x1234
    assert configure(ram, 1, 5, 0x1234, [1]) == [(0x581, 0x9234), (0x581, 0x1234)]
    assert ram.word(0x045208) == 0x1234
    with pytest.raises(InputError, match="64"):
        configure(ram, 0, 0, 0, [64])
    with pytest.raises(InputError, match="routine"):
        configure(ram, 2, 0, 0, [])
