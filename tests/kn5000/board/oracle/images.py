"""The programs of this folder as ROM images, for both CPUs (see README.md)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from luthier.cpu.assembler import Assembly, assemble

PROGRAMS = Path(__file__).parent / "programs"
#: Name of a program, and what the sub CPU runs meanwhile.
PAIRS = {
    "timers_8bit": "idle",
    "timers_16bit": "idle",
    "interrupts": "idle",
    "micro_dma": "idle",
    "ports": "idle",
    "serial": "serial_sub",
    "latch_main": "latch_sub",
    "start_main": "start_sub",
}
MAIN_ROM, MAIN_SIZE = 0xE00000, 0x200000
SUB_ROM, SUB_SIZE = 0xFE0000, 0x20000

# From frame.asm.
RESULTS, RESULTS_END = 0x10000, 0x10800
LOG = 0x10400
READY, DONE = 0xC000, 0x4C555448


@dataclass(frozen=True)
class Images:
    """The program ROM of the main CPU and the boot ROM of the sub CPU."""

    program: bytes
    sub_boot: bytes


@cache
def assembled(name: str) -> Assembly:
    """A program of the folder."""
    return assemble(PROGRAMS / f"{name}.asm")


def images(name: str) -> Images:
    """Both ROMs for a program of :data:`PAIRS`."""
    return Images(_rom(name, MAIN_ROM, MAIN_SIZE), _rom(PAIRS[name], SUB_ROM, SUB_SIZE))


def _rom(name: str, base: int, size: int) -> bytes:
    program = assembled(name)
    start = program.base - base
    assert start >= 0 and start + len(program.image) <= size, name
    return (b"\xff" * start + program.image).ljust(size, b"\xff")
