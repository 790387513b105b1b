"""Symbol files for the disassembler, from the memory map."""

from __future__ import annotations

from luthier.cpu.symbols import Symbol
from luthier.kn5000.memory_map.loading import all_entries
from luthier.kn5000.memory_map.lookup import check_cpu
from luthier.kn5000.memory_map.models import MISREADING, REGION

#: What holds instructions; everything else is data.
_CODE = {"routine", "trampoline"}


def symbols(cpu: str) -> dict[str, Symbol]:
    """The names of addresses of a processor, as ``luthier disasm --symbols`` reads them; no regions."""
    check_cpu(cpu)
    return {
        entry.name: Symbol(entry.start, entry.kind not in _CODE)
        for entry in all_entries()
        if entry.cpu == cpu and entry.is_in_memory and entry.kind not in (REGION, MISREADING)
    }
