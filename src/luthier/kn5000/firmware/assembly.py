"""The programs assembled: sources of the package, and beside them what is generated.

``registers.inc`` names the chip's registers as the memory map does, ``vectors.inc`` has the vectors of the
sub CPU's boot ROM, ``tone_tables.inc`` and ``main_data.inc`` the places of what Python makes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from luthier.cpu.assembler import Assembly, assemble
from luthier.kn5000.memory_map.loading import all_entries

CPU: Final = "tlcs900h2"
#: RETI: an interrupt whose trampoline is not written returns at once.
FILL: Final = 0x07
#: Vectors go to trampolines of five bytes in RAM (memory-map page).
TRAMPOLINES, TRAMPOLINE_SIZE, VECTORS = 0x000400, 5, 45
_REGISTERS_END: Final = 0x400


@cache
def sources() -> dict[str, str]:
    """The files of the package, by name."""
    folder = resources.files(__package__)
    return {
        file.name: file.read_text("utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".asm")
    }


def equates(symbols: Mapping[str, int]) -> str:
    """Names for values, as source text."""
    return "".join(f"{name} equ 0x{value:06X}\n" for name, value in symbols.items())


@cache
def registers() -> str:
    """The registers of the chip by their names in the memory map."""
    found = {
        entry.name: entry.start
        for entry in all_entries()
        if entry.kind == "register"
        and entry.cpu == "sub"
        and entry.is_in_memory
        and entry.start < _REGISTERS_END
    }
    return equates(found)


def vectors() -> str:
    """The vectors behind reset: one trampoline each."""
    return "".join(f" dl 0x{TRAMPOLINES + TRAMPOLINE_SIZE * number:06X}\n" for number in range(1, VECTORS))


def assembled(name: str, generated: Mapping[str, str]) -> Assembly:
    """A program of the package with generated files beside it; AssemblyError if it is wrong."""
    files = {**sources(), "registers.inc": registers(), "vectors.inc": vectors(), **generated}
    with tempfile.TemporaryDirectory(prefix="luthier-") as folder:
        for file, text in files.items():
            Path(folder, file).write_text(text, "utf-8")
        return assemble(Path(folder, name), CPU, fill=FILL)
