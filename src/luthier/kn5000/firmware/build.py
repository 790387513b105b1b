"""Builds the firmware: three programs and their data as images of the instrument's sizes.

    firmware = built()
    firmware.roms, firmware.programs["main"].symbols, firmware.programs["sub payload"].listing()

What goes where (facts 2.4, tlcs900 section 1):

* program ROM: the main CPU's program, behind it what :mod:`~luthier.kn5000.firmware.main_data` collects
* table ROM: the payload as it is at 800000, the tone tables at 830000; two chips with alternate 16-bit words
* custom flash: the payload packed at 3E0000
* boot ROM of the sub CPU
* wave ROMs: the built-in recordings; of the set they are left out, as the board has them with their roots

Each ROM with a program holds one long word that makes the sum of all its long words FFFFFFFF, for the
self test.
``python -m luthier.kn5000.firmware.build DIR`` writes everything into a folder, with symbols and listings.
"""

from __future__ import annotations

import struct
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from luthier.cpu.assembler import Assembly
from luthier.kn5000.board.roms.rom_set import (
    CUSTOM_SIZE,
    PAYLOAD_SIZE,
    PROGRAM_SIZE,
    RHYTHM_SIZE,
    SUB_BOOT_SIZE,
    TABLE_SIZE,
    WAVE_CHIPS,
    RomSet,
)
from luthier.kn5000.compression import pack
from luthier.kn5000.firmware import main_data, tone_tables
from luthier.kn5000.firmware.assembly import assembled, equates

PROGRAM_BASE, SUB_BOOT_BASE, TABLE_BASE, CUSTOM_BASE = 0xE00000, 0xFE0000, 0x800000, 0x300000
CUSTOM_PAYLOAD: Final = 0x3E0000
#: Where the payload's first 256 bytes go, and the rest.
ENTRY, REST, ENTRY_SIZE = 0x000400, 0x00F000, 0x100
_EMPTY: Final = 0xFF
_ALL_ONES: Final = 0xFFFFFFFF
#: What MAME's driver wants the packed payload to be called, and how long: that of version 1.42.
_MAME_PACKED: Final = 93_203

#: What of a set of images is made.
_MADE: Final = ("program", "table", "custom", "rhythm", "sub_boot", "payload")

MAIN, SUB_BOOT, SUB_PAYLOAD = "main", "sub boot", "sub payload"


@dataclass(frozen=True)
class Firmware:
    """Everything that was built; ``programs`` by name, with symbols and listings."""

    roms: RomSet
    programs: dict[str, Assembly]
    packed: bytes
    """The payload as it lies in the custom flash."""

    @property
    def symbols(self) -> dict[str, dict[str, int]]:
        """Addresses by CPU, "main" and "sub", and name."""
        main, *sub = (dict(self.programs[name].symbols) for name in (MAIN, SUB_BOOT, SUB_PAYLOAD))
        return {"main": main, "sub": sub[0] | sub[1]}


@cache
def built() -> Firmware:
    """The firmware; built at its first use, which takes some seconds, the same at every use."""
    tables = tone_tables.tone_tables()
    included = {"tone_tables.inc": equates(tables.symbols)}
    boot = assembled("sub_boot.asm", included)
    program = assembled("sub_payload.asm", included)
    payload = payload_image(program)
    packed = pack(payload)
    data = main_data.main_data(payload, packed)
    main = assembled("main.asm", {"main_data.inc": equates(data.symbols)})
    rom = bytearray(placed(main, PROGRAM_BASE, PROGRAM_SIZE))
    start = main_data.BASE - PROGRAM_BASE
    if rom[start : start + len(data.data)] != bytes(rom[start : start + 1]) * len(data.data):
        raise ValueError("code reaches into the data of the program ROM")
    rom[start : start + len(data.data)] = data.data
    roms = RomSet(
        program=balanced(bytes(rom), main.symbols["CHECKSUM_PLACE"] - PROGRAM_BASE),
        table=table_rom(payload, tables.data),
        custom=at(CUSTOM_SIZE, {CUSTOM_PAYLOAD - CUSTOM_BASE: packed}),
        rhythm=at(RHYTHM_SIZE, {}),
        sub_boot=balanced(
            placed(boot, SUB_BOOT_BASE, SUB_BOOT_SIZE), boot.symbols["CHECKSUM_PLACE"] - SUB_BOOT_BASE
        ),
        payload=payload,
        sources=dict.fromkeys(_MADE, "open firmware"),
    )
    return Firmware(roms, {MAIN: main, SUB_BOOT: boot, SUB_PAYLOAD: program}, packed)


def wave_images() -> dict[str, bytes]:
    """The built-in recordings as the four wave ROMs, by file name; the board does not need them."""
    from luthier.kn5000.waves import bank

    made = bank.images(bank.built_in_bank())
    return {
        f"kn5000_waveform_rom.{chip.lower()}": image.data
        for chip, image in zip(WAVE_CHIPS, made, strict=True)
    }


def images() -> dict[str, bytes]:
    """Every image by its file name in a ROM folder."""
    firmware = built()
    roms = firmware.roms
    assert roms.program and roms.table and roms.custom and roms.rhythm and roms.sub_boot
    even, odd = interleaved(roms.table)
    return {
        "kn5000_v10_program.rom": roms.program,
        "kn5000_subcpu_boot.ic30": roms.sub_boot,
        "kn5000_table_data_rom_even.ic3": even,
        "kn5000_table_data_rom_odd.ic1": odd,
        "kn5000_custom_data_rom.ic19": roms.custom,
        "kn5000_subprogram_v142_compressed.rom": firmware.packed.ljust(_MAME_PACKED, bytes([_EMPTY])),
        "kn5000_rhythm_data_rom.ic14": roms.rhythm,
        **wave_images(),
    }


def payload_image(program: Assembly) -> bytes:
    """The 196,608 bytes that the main CPU unpacks: first the 256 for 000400, then those from 00F000 on."""
    code = program.image[REST - program.base :]
    if program.base != ENTRY or len(code) > PAYLOAD_SIZE - ENTRY_SIZE:
        raise ValueError("the program of the sub CPU lies beyond its blocks")
    entry = program.image[:ENTRY_SIZE]
    return (entry + code).ljust(PAYLOAD_SIZE, bytes([_EMPTY]))


def placed(program: Assembly, base: int, size: int) -> bytes:
    """An assembled program in a ROM."""
    return at(size, {program.base - base: program.image})


def at(size: int, pieces: dict[int, bytes]) -> bytes:
    """An image with pieces at their offsets."""
    image = bytearray([_EMPTY]) * size
    for offset, piece in pieces.items():
        image[offset : offset + len(piece)] = piece
    if len(image) != size:
        raise ValueError("a piece does not fit its image")
    return bytes(image)


def table_rom(payload: bytes, tables: bytes) -> bytes:
    """The table ROM: the payload at its beginning, the tone tables at 830000."""
    return at(TABLE_SIZE, {0: payload, main_data.TABLE_TONES - TABLE_BASE: tables})


def balanced(image: bytes, place: int) -> bytes:
    """The image with the long at ``place`` such that the sum of all longs is FFFFFFFF."""
    cleared = image[:place] + bytes(4) + image[place + 4 :]
    longs: tuple[int, ...] = struct.unpack(f"<{len(image) // 4}I", cleared)
    total = sum(longs)
    missing = _ALL_ONES - total & _ALL_ONES
    return cleared[:place] + missing.to_bytes(4, "little") + cleared[place + 4 :]


def interleaved(table: bytes) -> tuple[bytes, bytes]:
    """The two chips of the table ROM: alternate words of 16 bits (MAME)."""
    import numpy as np

    words = np.frombuffer(table, "<u2")
    return words[0::2].tobytes(), words[1::2].tobytes()


def write(folder: Path) -> list[Path]:
    """Write images, symbol files and listings into a folder; the files."""
    firmware = built()
    content = dict(images())
    for name, program in firmware.programs.items():
        stem = name.replace(" ", "_")
        content[f"{stem}.symbols"] = program.symbol_file().encode()
        content[f"{stem}.lst"] = program.listing().encode()
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for file, data in content.items():
        path = folder / file
        path.write_bytes(data)
        paths.append(path)
    return paths


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        print(written)
