"""What a traced processor did, instruction by instruction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.cpu.executor_text import NO_OPERAND

_PC, _STATUS, _REGISTERS, _ADDRESS, _STATES = 0, 1, slice(2, 10), 10, 11


@dataclass(frozen=True)
class Entry:
    """One instruction: the state before it was executed."""

    number: int  #: how many instructions were executed before it
    pc: int
    flags: int
    bank: int  #: or what else the CPU shows beside its flags
    registers: tuple[int, ...]  #: in the order of the architecture's ``program_registers``
    operand: int | None  #: address of the memory operand, if it has one
    states: int  #: low 32 bits of the clock states before it


@dataclass(frozen=True)
class Trace:
    """The last instructions of a processor, the oldest first."""

    cpu: str
    first: int  #: number of the first entry
    table: npt.NDArray[np.uint32]  #: (entries, 12)
    memory: npt.NDArray[np.uint8]  #: for the text of the instructions, as it is now

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> Iterator[Entry]:
        for number, row in enumerate(self.table.tolist(), self.first):
            registers = tuple(row[_REGISTERS])
            operand = None if row[_ADDRESS] == NO_OPERAND else row[_ADDRESS]
            flags, bank = row[_STATUS] & 0xFF, row[_STATUS] >> 8
            yield Entry(number, row[_PC], flags, bank, registers, operand, row[_STATES])

    @property
    def addresses(self) -> list[int]:
        """The addresses of the instructions."""
        return [int(address) for address in self.table[:, _PC]]
