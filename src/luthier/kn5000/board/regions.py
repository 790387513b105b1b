"""The address spaces of both CPUs on the board, region by region, as the memory map has them.

Regions that lie inside others are contents, and left out.

Open questions
- Mirrors: chip selects are coarser than the regions, but nobody tells what else answers in the gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from luthier.kn5000.board.accesses import Accesses
from luthier.kn5000.memory_map import all_entries
from luthier.kn5000.memory_map.models import REGION, Entry
from luthier.machine.memory import SIZE, Memory

#: The first bytes of both spaces are the chip's own: registers to 3FF, RAM to BFF.
CHIP_END: Final = 0xC00
#: Maps a region: is given its first address and its size.
Build = Callable[[int, int], None]


def regions(cpu: str) -> dict[str, Entry]:
    """The chips on a CPU's bus, by name, in the order of their addresses."""
    found = [
        entry
        for entry in all_entries()
        if entry.cpu == cpu and entry.kind == REGION and entry.is_in_memory and entry.size
    ]
    outermost: dict[str, Entry] = {}
    end = 0
    for entry in sorted(found, key=lambda entry: (entry.start, -entry.size)):
        if entry.start >= end:
            outermost[entry.name] = entry
            end = entry.end
    return outermost


def build(cpu: str, memory: Memory, accesses: Accesses, builders: Mapping[str, Build]) -> None:
    """Map every region; what has no builder, and every gap, is a place where nothing answers.

    What is mapped already, the chip's own, stays.
    """
    for name, entry in regions(cpu).items():
        start = max(entry.start, CHIP_END)
        if name in builders:
            builders[name](start, entry.end - start)
        else:
            memory.add_device(start, entry.end - start, accesses.nothing(name), name)
    _fill(memory, accesses)


def _fill(memory: Memory, accesses: Accesses) -> None:
    nothing = accesses.nothing("nothing known")
    end = 0
    for start, behind in [(region.start, region.end) for region in memory.regions] + [(SIZE, SIZE)]:
        if start > end:
            memory.add_device(end, start - end, nothing, "nothing known")
        end = behind
