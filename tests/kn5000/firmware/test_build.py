"""The firmware is built, always the same, in the instrument's sizes and places."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from luthier.kn5000.board.roms.rom_set import (
    CUSTOM_SIZE,
    PAYLOAD_SIZE,
    PROGRAM_SIZE,
    RHYTHM_SIZE,
    SUB_BOOT_SIZE,
    TABLE_SIZE,
)
from luthier.kn5000.compression import unpack
from luthier.kn5000.firmware import main_data, tone_tables
from luthier.kn5000.firmware.assembly import assembled, equates
from luthier.kn5000.firmware.build import MAIN, SUB_BOOT, SUB_PAYLOAD, built, images, write
from luthier.kn5000.memory_map.symbols import symbols
from luthier.kn5000.transport import dispatch, ring, sub_ram


def test_images_have_the_sizes_of_the_instruments_chips() -> None:
    roms = built().roms
    sizes = {
        "program": PROGRAM_SIZE,
        "table": TABLE_SIZE,
        "custom": CUSTOM_SIZE,
        "rhythm": RHYTHM_SIZE,
        "sub_boot": SUB_BOOT_SIZE,
        "payload": PAYLOAD_SIZE,
    }
    assert {name: len(getattr(roms, name)) for name in sizes} == sizes


def test_files_have_the_names_and_sizes_that_mame_wants() -> None:
    # Facts tlcs900, section 1.
    assert {name: len(data) for name, data in images().items()} == {
        "kn5000_v10_program.rom": 2_097_152,
        "kn5000_subcpu_boot.ic30": 131_072,
        "kn5000_table_data_rom_even.ic3": 1_048_576,
        "kn5000_table_data_rom_odd.ic1": 1_048_576,
        "kn5000_custom_data_rom.ic19": 1_048_576,
        "kn5000_subprogram_v142_compressed.rom": 93_203,
        "kn5000_rhythm_data_rom.ic14": 4_194_304,
        "kn5000_waveform_rom.ic304": 4_194_304,
        "kn5000_waveform_rom.ic305": 4_194_304,
        "kn5000_waveform_rom.ic306": 4_194_304,
        "kn5000_waveform_rom.ic307": 4_194_304,
    }


@pytest.mark.parametrize("name", ["program", "sub_boot"])
def test_the_longs_of_a_rom_add_up_to_ones(name: str) -> None:
    image: bytes = getattr(built().roms, name)
    assert sum(struct.unpack(f"<{len(image) // 4}I", image)) & 0xFFFFFFFF == 0xFFFFFFFF


def test_programs_are_assembled_alike_every_time() -> None:
    included = {"tone_tables.inc": equates(tone_tables.tone_tables().symbols)}
    for file, name in (("sub_boot.asm", SUB_BOOT), ("sub_payload.asm", SUB_PAYLOAD)):
        again = assembled(file, included)
        assert (again.base, again.image) == (built().programs[name].base, built().programs[name].image)


def test_reset_goes_into_the_rom_and_all_else_of_the_sub_cpu_to_ram() -> None:
    roms, programs = built().roms, built().programs
    assert roms.program and roms.sub_boot
    assert int.from_bytes(roms.program[-0x100:-0xFC], "little") == programs[MAIN].symbols["RESET_HANDLER"]
    vectors = struct.unpack("<45I", roms.sub_boot[-0x100:][: 45 * 4])
    assert vectors[0] == programs[SUB_BOOT].symbols["BOOT_INIT"]
    # Memory-map page: 45 trampolines of five bytes from 0x0400 on.
    assert list(vectors[1:]) == [0x400 + 5 * number for number in range(1, 45)]


def test_the_payload_is_where_the_main_cpu_looks_for_it() -> None:
    firmware, roms = built(), built().roms
    assert roms.payload and roms.custom and roms.table
    assert unpack(firmware.packed).data == roms.payload
    assert roms.custom[0xE0000:].startswith(b"SLIDE4K\0\x03\x00\x00")
    assert roms.table[:PAYLOAD_SIZE] == roms.payload
    assert roms.table[0x30000:].startswith(tone_tables.MAGIC)
    # The last block covers the flag that starts it.
    assert roms.payload[sub_ram.STATUS_FLAGS - sub_ram.PAYLOAD_ENTRY] & sub_ram.PAYLOAD_READY_BIT


def test_table_chips_hold_alternate_words() -> None:
    table = built().roms.table
    assert table
    even, odd = images()["kn5000_table_data_rom_even.ic3"], images()["kn5000_table_data_rom_odd.ic1"]
    joined = b"".join(even[at : at + 2] + odd[at : at + 2] for at in range(0, 64, 2))
    assert joined == table[:128]


def test_variables_are_where_the_documented_programs_have_them() -> None:
    payload, boot = built().programs[SUB_PAYLOAD].symbols, built().programs[SUB_BOOT].symbols
    published = symbols("sub")
    for name in (
        "DMA_TARGET_ADDR",
        "CMD_PROCESSING_STATE",
        "LAST_CMD_BYTE",
        "CMD_DATA_BUFFER",
        "CMD_E1_BUFFER",
    ):
        assert boot[name] == published[name].address
    running = sub_ram.RUNNING
    assert payload["CMD_DATA_BUFFER"] == running.payload
    assert payload["CMD_PROCESSING_STATE"] == running.processing_state
    assert payload["CMD_E1_BUFFER"] == running.block_header
    assert payload["CMD_E2_BUFFER"] == running.request
    assert payload["MIDI_RING"] == ring.MIDI_RING.address and payload["MIDI_MASK"] == ring.MIDI_RING.mask
    assert payload["DSP_RING"] == ring.DSP_RING.address and payload["DSP_MASK"] == ring.DSP_RING.mask
    assert payload["CMD_DISPATCH_TABLE"] == dispatch.TABLE_ADDRESS
    assert boot["BOOT_COMMANDS"] == dispatch.BOOT_TABLE_ADDRESS


def test_code_and_data_of_the_program_rom_do_not_meet() -> None:
    lines = built().programs[MAIN].lines
    code_ends = max(line.address + len(line.data) for line in lines if line.address < 0xFFFF00)
    assert code_ends < main_data.BASE


def test_everything_can_be_written_to_a_folder(tmp_path: Path) -> None:
    files = {path.name for path in write(tmp_path)}
    assert files >= {*images(), "main.symbols", "sub_payload.lst"}
    assert "BOOT_INIT" in (tmp_path / "sub_boot.symbols").read_text("utf-8")
