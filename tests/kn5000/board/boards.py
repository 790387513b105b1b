"""Small programs on the board for its tests: what is written here is all that runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from luthier.cpu.assembler import assemble
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.roms.rom_set import PROGRAM_SIZE, SUB_BOOT_SIZE, RomSet
from luthier.kn5000.tone_generator.recordings import Recordings, one

MAIN, SUB = 0xE00000, 0xFE0000
RAM = 0x2000  #: where the programs of the tests leave results, in the DRAM of either CPU
#: A program that does nothing, for the other CPU.
IDLE = "start: ld (0x110), 0\n        ld (0x111), 0xB1\nidle:   jr idle"
#: What every program begins with: a stack, and no watchdog.
START = "start: ld XSP, 0x1000\n        ld (0x110), 0\n        ld (0x111), 0xB1\n"
_SINE = (np.sin(2 * np.pi * np.arange(441) / 441) * 20_000).astype(np.int16)
#: One recording, a sine of 100 Hz for ever.
RECORDINGS: Recordings = one(_SINE, 60, 44_100, (0, 441))


def image(text: str, base: int, size: int) -> bytes:
    """A ROM with a program at its beginning; vectors are its own affair but for that of the reset."""
    source = f"        org {base:#x}\n{text}\n        org 0xFFFF00\n        dl start\n"
    return assemble(source).image.ljust(size, b"\xff")


def roms(main: str | None = IDLE, sub: str | None = IDLE, **images: Any) -> RomSet:
    """A set with these programs."""
    return RomSet(
        program=None if main is None else image(main, MAIN, PROGRAM_SIZE),
        sub_boot=None if sub is None else image(sub, SUB, SUB_BOOT_SIZE),
        **images,
    )


def board(main: str | None = IDLE, sub: str | None = IDLE, **options: Any) -> Board:
    """A board with these programs, without effects, on the plain executor."""
    images = {name: options.pop(name) for name in ("custom", "table", "rhythm") if name in options}
    chosen = {"executor": "plain", "recordings": RECORDINGS, "effects": None, **options}
    return Board(roms(main, sub, **images), **chosen)


def vector(offset: int, label: str) -> str:
    """A line for the vector table; it comes last in a program."""
    return f"\n        org {0xFFFF00 + offset:#x}\n        dl {label}\n"
