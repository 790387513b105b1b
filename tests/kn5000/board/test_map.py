"""The address spaces of both CPUs: complete, without overlaps, and every place answers as what it is."""

from __future__ import annotations

import pytest
from tests.kn5000.board.boards import board

from luthier.kn5000.board.regions import regions
from luthier.kn5000.board.roms.rom_set import CUSTOM_SIZE, RHYTHM_SIZE, TABLE_SIZE
from luthier.machine.memory import SIZE, Memory

#: The memory-map page: an address, and how it answers.  "kept" is RAM, "fixed" a ROM, "absent" the open bus.
MAIN = {
    0x002000: "kept",
    0x0FFFFF: "kept",
    0x110008: "absent",
    0x160000: "absent",
    0x160006: "absent",
    0x1A0000: "kept",
    0x1DFFFF: "kept",
    0x1E0000: "kept",
    0x280000: "absent",
    0x2FFFFF: "absent",
    0x300000: "fixed",
    0x3FFFFF: "fixed",
    0x400000: "fixed",
    0x7FFFFF: "fixed",
    0x800000: "fixed",
    0x9FFFFF: "fixed",
    0xE00000: "fixed",
    0xFFFFFF: "fixed",
}
SUB = {
    0x000500: "kept",
    0x0005A1: "kept",
    0x00F000: "kept",
    0x041368: "kept",
    0x0FFFFF: "kept",
    0xFE0000: "fixed",
    0xFFFFFF: "fixed",
}
#: Registers that have to be there, written and read back (memory-map page, Special Function Registers and Sub
#: CPU SFR Addresses; port D is its INTERCPU_STATUS).
REGISTERS = {0x84: 0x05, 0xF6: 0x02, 0xE8: 0x33}


@pytest.fixture(scope="module")
def memories() -> dict[str, Memory]:
    made = board(custom=bytes(CUSTOM_SIZE), table=bytes(TABLE_SIZE), rhythm=bytes(RHYTHM_SIZE))
    return {"main": made.main.memory, "sub": made.sub.memory}


@pytest.mark.parametrize("cpu", ["main", "sub"])
def test_every_address_belongs_to_one_region(memories: dict[str, Memory], cpu: str) -> None:
    end = 0
    for region in memories[cpu].regions:
        assert region.start == end, f"{region.name} at {region.start:06X}h"
        end = region.end
    assert end == SIZE


@pytest.mark.parametrize(
    ("cpu", "address", "kind"),
    [
        (cpu, address, kind)
        for cpu, places in (("main", MAIN), ("sub", SUB))
        for address, kind in places.items()
    ],
)
def test_places_of_the_published_map_answer_as_what_they_are(
    memories: dict[str, Memory], cpu: str, address: int, kind: str
) -> None:
    memory = memories[cpu]
    before = memory.read(address, 1)
    memory.write(address, 1, before ^ 0x5A)
    after = memory.read(address, 1)
    assert after == (before ^ 0x5A if kind == "kept" else before)
    assert kind != "absent" or before == 0xFF
    memory.write(address, 1, before)


@pytest.mark.parametrize("cpu", ["main", "sub"])
@pytest.mark.parametrize(("address", "value"), REGISTERS.items())
def test_registers_of_the_published_map_keep_what_is_written(
    memories: dict[str, Memory], cpu: str, address: int, value: int
) -> None:
    memories[cpu].write(address, 1, value)
    assert memories[cpu].read(address, 1) & value == value


def name_at(memory: Memory, address: int) -> str:
    region = memory.region_at(address)
    return region.name if region else ""


def test_the_latch_is_at_different_addresses(memories: dict[str, Memory]) -> None:
    # Facts C24: the pages give 0x120000 for both.
    names = {cpu: {region.name for region in memory.regions} for cpu, memory in memories.items()}
    assert name_at(memories["main"], 0x140000) == "main_latch"
    assert name_at(memories["sub"], 0x120000) == "sub_latch"
    assert name_at(memories["main"], 0x120000) != "main_latch"
    assert "tone_generator_ports" in names["sub"]


def test_the_sub_cpus_sound_chips_are_where_the_facts_have_them(memories: dict[str, Memory]) -> None:
    # Facts C12: tone generator 100000, keys 110000, effect chip 130000, against the map page's first table.
    found = [name_at(memories["sub"], address) for address in (0x100000, 0x110000, 0x130000)]
    assert found == ["tone_generator_ports", "keybed_ports", "dsp_ports"]


def test_the_boards_have_all_chips_of_the_memory_map() -> None:
    made = board()
    for cpu, memory in (("main", made.main.memory), ("sub", made.sub.memory)):
        for name, entry in regions(cpu).items():
            assert name_at(memory, max(entry.start, 0xC00)) == name


def test_a_place_where_nothing_is_is_told_with_the_instruction() -> None:
    made = board(main="start: ld A, (0xA12345)\n        ld (0xB00000), A\nhere:   jr here")
    ending = made.run(0.001)
    assert ending.reason == "time"
    assert [(one.kind, one.address, one.pc) for one in made.main_board.accesses.unknown] == [
        ("read", 0xA12345, 0xE00000),
        ("write", 0xB00000, 0xE00005),
    ]
    assert "A12345h" in " ".join(made.notes)
