"""ROM images that keep both CPUs of an SX-KN5000 busy: ``programs/mixed.asm`` on each, in its own ROM.

Each counts its rounds at ROUNDS in its own RAM.  They run on our board and in MAME's ``kn5000`` as they are.
"""

from __future__ import annotations

from pathlib import Path

from luthier.cpu.assembler import assemble

PROGRAM = Path(__file__).with_name("programs") / "mixed.asm"
ROUNDS = 0x8000
MAIN_BASE, MAIN_SIZE = 0xE00000, 0x200000
SUB_BASE, SUB_SIZE = 0xFE0000, 0x20000
_ORIGIN = f"org {MAIN_BASE:#X}".replace("0X", "0x")
#: Before the program: the watchdog is stopped, as firmware does first of all.
_START = """
        org 0xFFFE00
begin:  ld (0x110), 0
        ld (0x111), 0xB1
        jp start
        org 0xFFFF00
        dl begin
"""


def images() -> tuple[bytes, bytes]:
    """The program ROM of the main CPU and the boot ROM of the sub CPU."""
    return _rom(MAIN_BASE, MAIN_SIZE), _rom(SUB_BASE, SUB_SIZE)


def _rom(base: int, size: int) -> bytes:
    text = PROGRAM.read_text(encoding="utf-8")
    assert text.count(_ORIGIN) == 1
    source = text.replace(_ORIGIN, f"org 0x{base:X}") + _START
    return assemble(source).image.ljust(size, b"\xff")
