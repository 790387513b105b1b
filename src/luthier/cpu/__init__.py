"""Instruction sets: one text per CPU, from which executor, disassembler, assembler and tables are made."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from luthier.errors import UsageError

if TYPE_CHECKING:
    from luthier.cpu.description import Architecture, Description

#: The CPUs by the name that commands and :class:`luthier.machine.FlatMachine` take.
CPUS = ("tlcs900h2", "h8s2000")


def architecture(name: str) -> Architecture:
    """What is said about a CPU beside its rows; :class:`UsageError` if there is no such CPU."""
    if name == "tlcs900h2":
        from luthier.cpu.tlcs900 import TLCS900H2

        return TLCS900H2
    if name == "h8s2000":
        from luthier.cpu.h8s import H8S2000

        return H8S2000
    raise UsageError(f"there is no CPU {name!r}; choose one of {', '.join(CPUS)}")


@cache
def describe(name: str) -> Description:
    """The instruction set of a CPU, read once."""
    from luthier.cpu.description import describe as make

    return make(architecture(name))
