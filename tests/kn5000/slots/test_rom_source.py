"""Where a program of the sub CPU has its streams and tables."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from tests.kn5000.slots.own_rom import BASE, SIZE, own_rom

from luthier.errors import InputError
from luthier.kn5000.slots.plan import Stream
from luthier.kn5000.slots.rom_source import RomSource, open_source
from luthier.kn5000.translator.rom import SubRom


def rom_with(**places: bytes) -> RomSource:
    """An image with bytes at addresses, named ``at_1F3BC``."""
    memory = bytearray(SIZE)
    for name, data in places.items():
        start = int(name[3:], 16) - BASE
        memory[start : start + len(data)] = data
    return RomSource(SubRom(bytes(memory), BASE))


def test_single_and_multi_tap_delay_have_streams_of_their_own_in_slot_1() -> None:
    source = RomSource(own_rom())
    found = [
        source.stream(stream, 1, effect) + BASE
        for effect in (9, 10)
        for stream in (Stream.PROGRAM, Stream.NUMBERS)
    ]
    assert found == [0x1DFA5, 0x1E0B9, 0x1E1DE, 0x1E342]
    assert source.stream(Stream.PROGRAM, 0, 9) + BASE not in found
    assert source.places(9, 1) == (0x1E19E - BASE, 0x1E17F - BASE)
    assert source.places(10, 1) == (0x1E42D - BASE, 0x1E40A - BASE)
    # Published: 275 and 197 bytes, 355 and 199; the program's end is not counted.
    assert [found[1] - found[0], found[3] - found[2]] == [275 + 1, 355 + 1]
    assert [found[1] + 197 + 1, found[3] + 199 + 1] == [0x1E17F, 0x1E40A]


def test_with_algorithm_1_pointers_are_three_places_on() -> None:
    source = rom_with(at_1F3F0=struct.pack("<10I", *(0x15000 + place for place in range(10))))
    assert [source.stream(Stream.DISCONNECT, slot, 1) - 0x6100 for slot in range(5)] == [3, 4, 5, 6, 7]
    assert [source.stream(Stream.LINK, slot, 0) - 0x6100 for slot in range(5)] == [5, 6, 7, 8, 9]


def test_gains_of_the_output() -> None:
    curve = struct.pack("<128I", *(place << 24 for place in range(128)))
    source = rom_with(at_F140=curve, at_131CF=curve)
    # 127/128 of 2^31 each: 0xFE00 x 0x7F00 >> 16, and that times 0xFE00 >> 16.
    assert source.mix(127, 127, 127) == (0xFE00 * 0x7F00 // 65536 * 0xFE00 // 65536, 0x3F80)
    assert source.mix(0, 127, 127) == (0, 0)
    with pytest.raises(InputError, match="128"):
        source.mix(0, 128, 0)


def test_pointers_that_lead_outside() -> None:
    with pytest.raises(InputError, match="0x000000"):
        rom_with().stream(Stream.PROGRAM, 0, 5)


def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    wrong = tmp_path / "rom.bin"
    wrong.write_bytes(bytes(SIZE))
    with pytest.raises(InputError, match="01ED6D"):
        open_source(wrong)
    wrong.write_bytes(own_rom().memory)
    assert open_source(wrong).name == "rom.bin"
