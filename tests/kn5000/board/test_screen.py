"""The LCD controller, its palette, and pictures as files."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from tests.kn5000.board.boards import START, board

from luthier.errors import InputError
from luthier.kn5000.board.picture_files import png, write_gif, write_png
from luthier.kn5000.board.screen import BASE, HEIGHT, VIDEO_RAM, WIDTH, Picture, Screen
from luthier.machine.memory import Memory

#: Sets colour 5 to red 15, green 8, blue 1, and the points at (2, 1) and (319, 239) to it.
PROGRAM = (
    START
    + f"""
        ld (0x1703C8), 5
        ld (0x1703C9), 15
        ld (0x1703C9), 8
        ld (0x1703C9), 1
        ld ({VIDEO_RAM + 320 + 2:#x}), 5
        ld ({VIDEO_RAM + 320 * 239 + 319:#x}), 5
sleep:  jr sleep
"""
)


def screen() -> tuple[Screen, Memory]:
    memory = Memory()
    made = Screen(memory)
    memory.add_device(0x1703B0, 0x30, made, "vga")
    memory.add_ram(VIDEO_RAM, 0x40000)
    return made, memory


def port(memory: Memory, number: int, *values: int) -> None:
    for value in values:
        memory.write(BASE + number, 1, value)


def test_a_program_colours_points() -> None:
    made = board(PROGRAM)
    made.run(0.001)
    picture = made.screen.picture()
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert picture[1, 2].tolist() == [255, 136, 17]  # four bits as eight: 15, 8, 1 times 17
    assert picture[239, 319].tolist() == [255, 136, 17]
    assert picture.reshape(-1, 3).any(axis=1).sum() == 2


def test_a_palette_entry_takes_four_bits_of_three_bytes_and_gives_them_back() -> None:
    made, memory = screen()
    port(memory, 0x3C8, 255)
    port(memory, 0x3C9, 0xF3, 0x24, 0x0F, 0x01)  # the fourth is the next entry's, which is the first
    assert made.palette[255].tolist() == [3, 4, 15]
    assert made.palette[0].tolist() == [1, 0, 0]
    port(memory, 0x3C7, 255)
    assert [memory.read(BASE + 0x3C9, 1) for _ in range(3)] == [3, 4, 15]


def test_the_mask_and_the_start_address_choose_what_is_shown() -> None:
    made, memory = screen()
    port(memory, 0x3C8, 1)
    port(memory, 0x3C9, 9, 0, 0)
    memory.load(VIDEO_RAM + 0x0180, bytes([0x81]))
    assert not made.picture().any()
    port(memory, 0x3C6, 0x7F)  # the mask of the DAC
    port(memory, 0x3D4, 0x0C)
    port(memory, 0x3D5, 0x01)
    memory.write(BASE + 0x3D4, 2, 0x800D)  # index and data as one word
    assert made.start == 0x0180
    assert made.picture()[0, 0].tolist() == [9 * 17, 0, 0]
    assert memory.read(BASE + 0x3D5, 1) == 0x80


@pytest.mark.parametrize(
    ("offset", "mode", "stride"), [(0x14, 0xE3, 320), (0x14, 0xA3, 640), (0x28, 0xE3, 640)]
)
def test_the_length_of_a_line_is_eight_times_what_a_vga_makes_of_it(
    offset: int, mode: int, stride: int
) -> None:
    # Display page: offset << 3; a VGA counts in two or four bytes by bit 6 of register 17.  The firmware's
    # own settings (13 is 14, 17 is E3) make 320.
    made, memory = screen()
    assert made.stride == 320
    port(memory, 0x3D4, 0x13)
    port(memory, 0x3D5, offset)
    port(memory, 0x3D4, 0x17)
    port(memory, 0x3D5, mode)
    memory.load(VIDEO_RAM + 10 * stride + 3, b"\x77")
    assert made.stride == stride
    assert made.indices()[10, 3] == 0x77
    assert made.indices().astype(bool).sum() == 1


def test_registers_without_effect_are_kept() -> None:
    made, memory = screen()
    port(memory, 0x3C4, 0x0F)
    port(memory, 0x3C5, 0x12)
    assert memory.read(BASE + 0x3C5, 1) == 0x12
    port(memory, 0x3C2, 0xE3)
    assert memory.read(BASE + 0x3CC, 1) == 0xE3
    memory.read(BASE + 0x3DA, 1)
    port(memory, 0x3C0, 0x10, 0x41)
    assert made.registers["attribute"][0x10] == 0x41


def pictures() -> list[Picture]:
    numbers = np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) % 256
    first = (np.stack([numbers % 16, numbers // 16, numbers * 0 + 7], axis=2) * 17).astype(np.uint8)
    return [first, first[::-1].copy()]


def test_a_png_file_holds_the_picture(tmp_path: Path) -> None:
    picture = pictures()[0]
    path = tmp_path / "screen.png"
    write_png(path, picture)
    data = path.read_bytes()
    assert data == png(picture)
    # Read by the rules of PNG: signature, chunks with their checksums, rows with filter 0.
    assert data[:8] == bytes([0x89]) + b"PNG\r\n\x1a\n"
    chunks, place = [], 8
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        kind, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        assert struct.unpack(">I", data[place + 8 + size : place + 12 + size])[0] == zlib.crc32(
            kind + content
        )
        chunks.append((kind, content))
        place += 12 + size
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[0][1]) == (320, 240, 8, 2, 0, 0, 0)
    rows = np.frombuffer(zlib.decompress(chunks[1][1]), np.uint8).reshape(240, 1 + 3 * 320)
    assert not rows[:, 0].any()
    assert (rows[:, 1:].reshape(picture.shape) == picture).all()


def test_a_gif_file_holds_all_pictures_with_their_colours(tmp_path: Path) -> None:
    images = pytest.importorskip("PIL.Image")
    path = tmp_path / "screen.gif"
    write_gif(path, pictures(), 0.1)
    with images.open(path) as read:
        assert read.n_frames == 2
        for number, picture in enumerate(pictures()):
            read.seek(number)
            assert (np.asarray(read.convert("RGB")) == picture).all()
            assert read.info["duration"] == 100


def test_no_pictures_are_no_gif(tmp_path: Path) -> None:
    pytest.importorskip("PIL.Image")
    with pytest.raises(InputError, match="no pictures"):
        write_gif(tmp_path / "screen.gif", [], 0.1)
    assert not list(tmp_path.iterdir())
