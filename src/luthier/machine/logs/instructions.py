"""Executed instructions as entries of a log: rows of a trace, the bytes of their code, names of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from luthier.cpu import describe
from luthier.cpu.disassembler import disassembler
from luthier.cpu.executor_text import NO_OPERAND
from luthier.machine.logs.entry import INSTRUCTION, Entry

PC, STATUS, OPERAND, STATES = 0, 1, 10, 11
_MOST_TEXTS = 1 << 18  #: texts kept; a program that writes itself all the time makes ever new ones


@dataclass
class Source:
    """A processor of a log."""

    name: str
    cpu: str
    symbols: Mapping[int, str] = field(default_factory=dict)  #: names by address
    code: dict[int, bytes] = field(default_factory=dict)  #: as it was when an address was first executed

    def __post_init__(self) -> None:
        self._tool = disassembler(self.cpu)
        architecture = describe(self.cpu).architecture
        self._registers = architecture.program_registers
        self._texts: dict[int, str] = {}

    def text(self, address: int) -> str:
        """The instruction at an address, behind its name if it has one."""
        if address not in self._texts:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            text = self._tool.instruction(self.code.get(address, b"\0"), address).text
            name = self.symbols.get(address)
            self._texts[address] = f"{name}: {text}" if name else text
        return self._texts[address]

    def learn(self, address: int, code: bytes) -> None:
        """The code at an address; it is kept as it was at first."""
        self.code.setdefault(address, code)


@dataclass
class Rows:
    """Instructions of one processor, one after the other."""

    source: Source
    table: npt.NDArray[np.uint32]  #: (n, 12), see :mod:`luthier.machine.trace`
    states: int  #: clock states before the first
    origin: int  #: ticks at state 0
    ticks_a_state: int

    @property
    def times(self) -> npt.NDArray[np.int64]:
        """Ticks before each instruction; states have 32 bits in a row and may begin anew."""
        low = self.table[:, STATES].astype(np.int64)
        steps = np.diff(low, prepend=low[:1]) & 0xFFFFFFFF
        times: npt.NDArray[np.int64] = self.origin + (self.states + np.cumsum(steps)) * self.ticks_a_state
        return times

    def parted(self, time: int) -> tuple[Rows | None, Rows | None]:
        """Those before a time and the others; None where there are none."""
        times = self.times
        cut = int(np.searchsorted(times, time))
        if cut == len(times):
            return self, None
        states = (int(times[cut]) - self.origin) // self.ticks_a_state
        rest = replace(self, table=self.table[cut:], states=states)
        return replace(self, table=self.table[:cut]) if cut else None, rest

    def entries(self) -> Iterator[Entry]:
        """The same as entries."""
        names, text = self.source._registers, self.source.text
        for time, row in zip(self.times.tolist(), self.table.tolist(), strict=True):
            registers = dict(zip(names, row[2:10], strict=True))
            registers["F"] = row[STATUS] & 0xFF
            what = text(row[PC])
            if row[OPERAND] != NO_OPERAND:
                registers["operand"] = row[OPERAND]
                name = self.source.symbols.get(row[OPERAND])
                what = f"{what}  ; {name}" if name else what
            yield Entry(time, self.source.name, INSTRUCTION, row[PC], text=what, registers=registers)
