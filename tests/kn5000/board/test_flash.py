"""The custom flash: commands of the flash page, by a program and by single writes."""

from __future__ import annotations

import pytest
from tests.kn5000.board.boards import RAM, START, board

from luthier.kn5000.board.flash import ENDURANCE, Flash
from luthier.kn5000.board.roms.rom_set import CUSTOM_SIZE
from luthier.machine.memory import Memory

BASE = 0x300000
UNLOCK = ((0xAAAA, 0xAA), (0x5554, 0x55))


def flash(content: bytes = b"\x5a" * CUSTOM_SIZE) -> tuple[Flash, Memory]:
    memory = Memory()
    made = Flash(memory, BASE, len(content))
    memory.add_rom(BASE, content, device=made)
    return made, memory


def command(memory: Memory, *codes: int, place: int = 0xAAAA) -> None:
    """Unlocked commands: the last code goes to ``place``."""
    for number, code in enumerate(codes, start=1):
        for offset, key in UNLOCK:
            memory.write(BASE + offset, 2, key)
        memory.write(BASE + (place if number == len(codes) else 0xAAAA), 2, code)


def test_a_program_erases_and_programs_a_word() -> None:
    main = """
        ldw (0x30AAAA), 0xAA
        ldw (0x305554), 0x55
        ldw (0x30AAAA), 0x80
        ldw (0x30AAAA), 0xAA
        ldw (0x305554), 0x55
        ldw (0x30AAAA), 0x10    ; all of the chip
        ldw (0x30AAAA), 0xAA
        ldw (0x305554), 0x55
        ldw (0x30AAAA), 0xA0
        ldw (0x3E0002), 0x1234
"""
    main += f"        ld XWA, (0x3E0000)\n        ld ({RAM:#x}), XWA\nsleep:  jr sleep"
    image = bytes(CUSTOM_SIZE)
    made = board(START + main, custom=image)
    made.run(0.002)
    assert made.main.memory.data[RAM : RAM + 4].tobytes() == b"\xff\xff\x34\x12"
    content = made.flash.content
    assert content[0xE0002:0xE0004] == b"\x34\x12"
    assert content.count(0xFF) == CUSTOM_SIZE - 2
    assert image == bytes(CUSTOM_SIZE)
    assert (made.flash.erasures, made.flash.programmed, made.flash.refused) == (1, 1, 0)


def test_programming_only_takes_ones_away() -> None:
    _, memory = flash(b"\x0f" * CUSTOM_SIZE)
    command(memory, 0xA0)
    memory.write(BASE + 6, 1, 0xF3)
    assert memory.read(BASE + 6, 1) == 0x03


def test_a_write_without_a_command_changes_nothing() -> None:
    made, memory = flash()
    memory.write(BASE + 6, 1, 0)
    assert memory.read(BASE + 6, 1) == 0x5A
    assert made.refused == 1
    command(memory, 0xA0)
    memory.write(BASE + 6, 1, 0)
    memory.write(BASE + 7, 1, 0)  # one word a command
    assert memory.read(BASE + 6, 2) == 0x5A00


@pytest.mark.parametrize("wrong", [(0xAAAC, 0xAA), (0xAAAA, 0x55), (0x5554, 0x55)])
def test_what_does_not_unlock_does_not_erase(wrong: tuple[int, int]) -> None:
    made, memory = flash()
    for offset, key in (wrong, UNLOCK[1], (0xAAAA, 0x80), *UNLOCK, (0xAAAA, 0x10)):
        memory.write(BASE + offset, 2, key)
    assert made.erasures == 0
    assert set(made.content) == {0x5A}


def test_a_sector_is_64_kilobytes() -> None:
    made, memory = flash()
    command(memory, 0x80, 0x30, place=0x23456)
    assert made.content.count(0xFF) == 0x10000
    assert set(made.content[0x20000:0x30000]) == {0xFF}


def test_maker_and_device_can_be_read_and_go_away() -> None:
    made, memory = flash()
    command(memory, 0x90)
    assert (memory.read(BASE, 2), memory.read(BASE + 2, 2)) == (0x0001, 0x2258)
    assert set(made.content) == {0x5A}
    memory.write(BASE, 2, 0xF0)
    assert memory.read(BASE, 4) == 0x5A5A5A5A


def test_a_loop_that_erases_ends_the_run() -> None:
    # As fast as the firmware can; only the count is set on beforehand.
    main = """
again:  ldw (0x30AAAA), 0xAA
        ldw (0x305554), 0x55
        ldw (0x30AAAA), 0x80
        ldw (0x30AAAA), 0xAA
        ldw (0x305554), 0x55
        ldw (0x301000), 0x30
        jr again
"""
    made = board(START + main)
    made.flash.erasures = ENDURANCE - 10
    ending = made.run(10)
    assert (ending.reason, ending.cpu) == ("flash", "main")
    assert ending.accesses[-1].device == "custom_data"
    assert 0xE00000 <= ending.accesses[-1].pc < 0xE00100
    assert "loop" in ending.remedy
