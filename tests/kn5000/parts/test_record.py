"""The records: the bytes of the RAM, with the fields of the memory map."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.parts.playing import new_parts

from luthier.kn5000.memory_map import structures
from luthier.kn5000.parts.record import PART, part_records
from luthier.kn5000.transport.sub_ram import SubRam

FIRST, END = 0x041368, 0x04308E


def test_26_records_of_287_bytes_end_at_0x04308e() -> None:
    assert PART.itemsize == 287
    records = part_records(SubRam())
    assert records.shape == (26,)
    assert records.nbytes == 7462 == END - FIRST


def test_every_field_of_the_memory_map_is_where_it_says() -> None:
    assert PART.fields is not None
    for field in structures()["part"].fields:
        kind, offset = PART.fields[field.name][:2]
        assert (offset, kind.itemsize) == (field.offset, field.size * field.count), field.name


def test_fields_cover_every_byte_once() -> None:
    assert PART.fields is not None
    covered = sorted((entry[1], entry[0].itemsize) for entry in PART.fields.values())
    place = 0
    for offset, size in covered:
        assert offset == place
        place += size
    assert place == 287


def test_records_and_ram_are_one() -> None:
    ram = SubRam()
    records = part_records(ram)
    records["volume"][1] = 0xFE00
    # 0x041493 is the volume of part 1: 0x041368 + 287 + 0x0C, the issue's and the pages' own example.
    assert ram.bytes_at(0x041493, 2) == b"\x00\xfe"
    ram.set_word(0x04137C + 287 * 25, 0xFFFE)
    assert records["fine_tuning"][25] == -2


@given(st.binary(min_size=287, max_size=287))
def test_a_record_keeps_bytes_that_nobody_knows(data: bytes) -> None:
    ram = SubRam()
    ram.store(FIRST, data)
    copy = np.array(part_records(ram)[0])
    assert copy.tobytes() == data


def test_what_messages_do_leaves_the_patch_alone() -> None:
    parts = new_parts()
    before = parts.records["patch_record"].copy(), parts.records["slots"].copy()
    for program in range(128):
        parts.program(3, program)
    assert (parts.records["patch_record"] == before[0]).all()
    assert (parts.records["slots"] == before[1]).all()
