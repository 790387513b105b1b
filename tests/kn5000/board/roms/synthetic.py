"""Images with the marks of an instrument's, of our own making; nothing of any maker is in them."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

import numpy as np

from luthier.kn5000.compression import pack
from luthier.kn5000.waves.rom import Wave, build, write_rom

MIB = 0x100000


def noise(size: int, seed: int) -> bytearray:
    """Bytes without any order."""
    return bytearray(np.random.default_rng(seed).bytes(size))


@cache
def program(seed: int = 1) -> bytes:
    """2 MiB that begin at F00000 and name the instrument."""
    data = noise(2 * MIB, seed)
    data[0x1000:0x1010] = b"SX-KN5000 SOUND!"
    data[0x1FFF00:0x1FFF04] = struct.pack("<I", 0xF00000)
    return bytes(data)


@cache
def table() -> bytes:
    """2 MiB with a packed block at 0E0000."""
    data = noise(2 * MIB, 2)
    block = pack(b"a song " * 100)
    data[0xE0000 : 0xE0000 + len(block)] = block
    return bytes(data)


def chips(data: bytes) -> tuple[bytes, bytes]:
    """Even and odd words: what two chips of 16 bits on a bus of 32 hold."""
    words = np.frombuffer(data, "<u2")
    return words[::2].tobytes(), words[1::2].tobytes()


@cache
def payload(seed: int = 3) -> bytes:
    """196,608 bytes with a dispatch table; it packs well."""
    data = bytearray(b"\x00" * 0x30000)
    data[:64] = noise(64, seed)
    struct.pack_into("<8I", data, 0x56C, *[0x20000 + 16 * n for n in range(8)])
    return bytes(data)


@cache
def packed() -> bytes:
    return pack(payload())


@cache
def custom(with_payload: bool = False) -> bytes:
    data = noise(MIB, 4)
    data[:4] = bytes.fromhex("48004b00")
    if with_payload:
        data[0xE0000 : 0xE0000 + len(packed())] = packed()
    return bytes(data)


@cache
def rhythm() -> bytes:
    return b"\x00\x01\x04\x05" + bytes(noise(4 * MIB - 4, 5))


@cache
def sub_boot() -> bytes:
    data = noise(0x20000, 6)
    data[0x1FF00:0x1FF04] = struct.pack("<I", 0xFF8000)
    return bytes(data)


@cache
def wave() -> bytes:
    tone = np.round(20_000 * np.sin(np.arange(256) * 2 * np.pi / 256)).astype(np.int16)
    rom, _ = build([Wave(tone, (0x8000,))])
    return write_rom(rom)


def swapped(data: bytes) -> bytes:
    """Bytes in pairs the other way round."""
    return np.frombuffer(data, "<u2").byteswap().tobytes()


def whole_set(folder: Path) -> None:
    """A folder with everything anybody has, by MAME's names."""
    folder.mkdir(parents=True, exist_ok=True)
    even, odd = chips(table())
    contents = {
        "kn5000_v10_program.rom": program(),
        "kn5000_table_data_rom_even.ic3": even,
        "kn5000_table_data_rom_odd.ic1": odd,
        "kn5000_custom_data_rom.ic19": custom(),
        "kn5000_subprogram_v142_compressed.rom": packed(),
        "kn5000_rhythm_data_rom.ic14": rhythm(),
        "kn5000_subcpu_boot.ic30": sub_boot(),
        "kn5000_waveform_rom.ic307": wave(),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
