"""Where everything lies in the two processors of the SX-KN5000: regions, registers, variables, routines.

The facts are rows of the files in ``data``.  :func:`at` says what is at an address, :func:`find` finds by
name, :func:`region` lists a region or table, and :func:`symbols` names addresses for the disassembler.
"""

from __future__ import annotations

from luthier.kn5000.memory_map.asking import ask
from luthier.kn5000.memory_map.loading import all_entries, structures
from luthier.kn5000.memory_map.lookup import Answer, at
from luthier.kn5000.memory_map.models import CPUS, Certainty, Entry, Field, Structure
from luthier.kn5000.memory_map.search import find, region, regions, resolve, search, tables
from luthier.kn5000.memory_map.symbols import symbols

__all__ = [
    "CPUS",
    "Answer",
    "Certainty",
    "Entry",
    "Field",
    "Structure",
    "all_entries",
    "ask",
    "at",
    "find",
    "region",
    "regions",
    "resolve",
    "search",
    "structures",
    "symbols",
    "tables",
]
