"""The executor of a CPU with the arrays that it works on: registers, state, decoded code.

The compiled loop, its twin under Python and the :class:`~luthier.machine.processor.Processor` share them;
none is ever replaced.  A memory knows its core through arrays alone: a machine that is let go gives its
memory back at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from luthier.compiled import as_python
from luthier.cpu import describe
from luthier.cpu.decoding import RECORD, decode_run, find_form
from luthier.cpu.executor import compiled_run, decoding_tables, flag_tables, plain_run
from luthier.cpu.executor_text import BUS_STATE, STATE
from luthier.cpu.semantics import CODE
from luthier.machine.clock import NEVER
from luthier.machine.memory import PAGE, SIZE, Memory

COUNT, STATES, LIMIT, DEADLINE, REASON, REQUESTED = (
    STATE.index(part) for part in ("count", "states", "limit", "deadline", "reason", "requested")
)
_DECODE_AHEAD: Final = 64  #: instructions decoded at once when a run reaches new code
_BREAKPOINT: Final = -1  #: stands in a decoded instruction's first column where a run is to stop


class Core:
    """What a CPU is between two instructions, but for its memory; and what executes the next ones."""

    def __init__(self, cpu: str, memory: Memory, *, is_compiled: bool) -> None:
        self.cpu = cpu
        self.is_compiled = is_compiled
        self.architecture = describe(cpu).architecture
        self.memory = memory
        names = STATE + self.architecture.locals + BUS_STATE
        self.index = {name: index for index, name in enumerate(names)}
        self.kept = len(names) - len(BUS_STATE)  #: parts of the state that a snapshot has
        self.state = np.zeros(len(names), np.int64)
        self.file = np.zeros(self.architecture.file_size, np.uint8)
        self.ring: npt.NDArray[np.uint32] | None = None
        self._records = np.zeros(SIZE * RECORD, np.int32)
        self._tables = decoding_tables(cpu)
        self._planted: set[int] = set()  #: breakpoints that stand in the decoded code
        self.arrays: tuple[Any, ...] = (
            memory.whole,
            memory.access,
            memory.served,
            self.file,
            self.file.view(np.uint16),
            self.file.view(np.uint32),
            self._records,
            *flag_tables(cpu),
            memory.posts,
            self.state,
        )
        self._views = [memoryview(array.data) for array in self.arrays]
        self.bytes = self._views[0]  #: the memory
        self.parts = self._views[-1]  #: the state as plain numbers: quicker one by one than NumPy
        self.halted, self.held = self.index["halted"], self.index["held"]
        self.passing, self.bus, self.posted = (self.index[part] for part in BUS_STATE)
        #: Told which bytes have changed, from the first up to the second: their code is decoded anew.
        self.forget_code = partial(_forget_code, memory.access, self._records, self.architecture.longest)
        self._entry: Callable[[], None] | None = None

    # Executing

    def keep_last(self, ring: npt.NDArray[np.uint32] | None) -> None:
        """Have the last instructions noted in a ring from now on, or no more."""
        self.ring = ring
        self._entry = None

    def enter(self) -> None:
        """Execute up to the limit or the deadline."""
        if self._entry is None:
            self._entry = self._made()
        self._entry()

    def _made(self) -> Callable[[], None]:
        if not self.is_compiled:
            return self._plain()
        rings = [] if self.ring is None else [self.ring]
        return partial(compiled_run(self.cpu, bool(rings)), *self.arrays, *rings)

    def _plain(self, *bus: Any) -> Callable[[], None]:
        """The executor under Python; ``bus`` are functions that it may call."""
        rings = [] if self.ring is None else [memoryview(self.ring.data)]
        return partial(plain_run(self.cpu, bool(rings)), *self._views, *rings, *bus)

    def execute_one(self, *bus: Any) -> None:
        """One instruction, whatever is due; by the plain executor where functions for the bus are given."""
        parts = self.parts
        parts[LIMIT], parts[DEADLINE] = parts[COUNT] + 1, NEVER
        enter = self._plain(*bus) if bus else self.enter
        enter()

    # Decoded code

    def decode(self) -> bool:
        """Decode from PC on; False if nothing may be fetched there."""
        ahead = _DECODE_AHEAD if self.is_compiled else 1
        decode = decode_run if self.is_compiled else as_python(decode_run)
        memory = self.memory
        pc = self.parts[0]
        done = decode(memory.whole, memory.access, memory.served, self._records, pc, ahead, self._tables)
        self.plant(self._planted)
        return done > 0

    def is_known(self, address: int) -> bool:
        """Whether the bytes at an address begin like an instruction."""
        return bool(as_python(find_form)(self.memory.whole, address, SIZE, self._tables) >= 0)

    def forget_all_code(self) -> None:
        """Any byte may have changed: there is no decoded code any more."""
        self.forget_code(0, SIZE)
        self.memory.access &= 0xFF ^ CODE

    def plant(self, addresses: set[int]) -> None:
        """Have the executors stop before these addresses."""
        self._planted |= addresses
        for address in addresses:
            self._records[address * RECORD] = _BREAKPOINT

    def is_planted(self, address: int) -> bool:
        """Whether the executors stop before an address."""
        return address in self._planted

    def lift(self) -> None:
        """Undo all of it."""
        for address in self._planted:
            self._records[address * RECORD] = 0
        self._planted = set()


def _forget_code(
    access: npt.NDArray[np.uint8], records: npt.NDArray[np.int32], longest: int, start: int, end: int
) -> None:
    start = max(0, start - longest)
    pages = np.flatnonzero(access[start // PAGE : (end - 1) // PAGE + 1] & CODE)
    for page in (pages + start // PAGE).tolist():
        first, last = max(start, page * PAGE), min(end, (page + 1) * PAGE)
        records[first * RECORD : last * RECORD : RECORD] = 0
