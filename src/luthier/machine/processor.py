"""A CPU on its memory: runs, stops, takes interrupts, and is the same whichever executor does the work."""

from __future__ import annotations

from collections.abc import Collection, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from luthier.cpu import describe
from luthier.cpu.decoding import RECORD, decode_run
from luthier.cpu.executor import compiled_run, decoding_tables, flag_tables, may_fetch, plain_run
from luthier.cpu.executor_text import STATE, TRACE_COLUMNS
from luthier.cpu.semantics import CODE, ENDED, TO_BUS, TO_DECODE
from luthier.machine.clock import NEVER, Clock
from luthier.machine.interrupts import InterruptLines
from luthier.machine.memory import PAGE, SIZE, Memory
from luthier.machine.trace import Trace

Executor = Literal["compiled", "plain"]
Reason = Literal["limit", "breakpoint", "watchpoint", "halt", "illegal"]

_DECODE_AHEAD = 64  #: instructions decoded at once when a run reaches new code
_BREAKPOINT = -1  #: stands in a decoded instruction's first column where a run is to stop
_TRACE_ROW = 16  #: columns of the ring, a power of two; :data:`TRACE_COLUMNS` are used


@dataclass(frozen=True)
class Stop:
    """Why and where a run ended: ``pc`` is the next instruction, ``instructions`` those this run executed."""

    reason: Reason
    pc: int
    instructions: int
    states: int  #: clock states this run took (modelled, see the CPU's open questions)
    detail: str = ""  #: one line for people


@dataclass(frozen=True)
class Snapshot:
    """The whole state of a processor, its memory, clock and requests."""

    file: bytes
    state: tuple[int, ...]
    memory: bytes
    clock: list[tuple[int, str]]
    requests: list[tuple[int, int]]


class Processor:
    """One CPU with its registers, on a :class:`~luthier.machine.memory.Memory`."""

    def __init__(
        self, cpu: str, memory: Memory, *, executor: Executor = "compiled", clock: Clock | None = None
    ) -> None:
        description = describe(cpu)
        self.cpu = cpu
        self.architecture = description.architecture
        self.memory = memory
        self.executor: Executor = executor
        self.clock = clock if clock is not None else Clock()
        self.interrupts = InterruptLines()
        self._parts = STATE + self.architecture.locals
        self._index = {name: index for index, name in enumerate(self._parts)}
        self._state = np.zeros(len(self._parts), np.int64)
        self._file = np.zeros(self.architecture.file_size, np.uint8)
        self._records = np.zeros(SIZE * RECORD, np.int32)
        self._ring: npt.NDArray[np.uint32] | None = None
        self._ring_start = 0
        self._tables = decoding_tables(cpu)
        self.registers: MutableMapping[str, int] = self.architecture.registers(
            self._file, self._state, self._index
        )
        memory.on_change = self.forget_code

    # State

    @property
    def register_file(self) -> npt.NDArray[np.uint8]:
        """All registers as bytes, by the chip's own register codes (see the CPU's operands module)."""
        return self._file

    @property
    def pc(self) -> int:
        """The address of the next instruction."""
        return int(self._state[0])

    @pc.setter
    def pc(self, address: int) -> None:
        self._state[0] = address & 0xFFFFFF
        self._set_part("halted", 0)

    @property
    def instructions(self) -> int:
        """Instructions executed since reset."""
        return self._part("count")

    @property
    def states(self) -> int:
        """Clock states since reset."""
        return self._part("states")

    @property
    def halted(self) -> bool:
        """Whether HALT was executed and no interrupt came since."""
        return bool(self._part("halted"))

    def reset(self) -> None:
        """As after the reset line: registers, PC from the vector table, counts at zero."""
        self._state[:] = 0
        self._file[:] = 0
        self.architecture.reset(self.registers, self.memory.read)

    def snapshot(self) -> Snapshot:
        """Everything there is to restore."""
        return Snapshot(
            self._file.tobytes(),
            tuple(self._state.tolist()),
            self.memory.data.tobytes(),
            self.clock.snapshot(),
            self.interrupts.snapshot(),
        )

    def restore(self, taken: Snapshot) -> None:
        """Go back to a snapshot."""
        self._file[:] = np.frombuffer(taken.file, np.uint8)
        self._state[:] = taken.state
        self.memory.data[:] = np.frombuffer(taken.memory, np.uint8)
        self.clock.restore(taken.clock)
        self.interrupts.restore(taken.requests)
        self.forget_all_code()

    # Tracing

    def start_trace(self, length: int = 4096) -> None:
        """Keep the last ``length`` instructions (a power of two is made of it) from now on."""
        rows = 1 << max(1, length - 1).bit_length()
        self._ring = np.zeros(rows * _TRACE_ROW, np.uint32)
        self._ring_start = self._part("count")

    def stop_trace(self) -> None:
        """Run bare again."""
        self._ring = None

    def trace(self, since: int | None = None) -> Trace:
        """The instructions in the ring, the oldest first; ``since``: only from that instruction count on."""
        if self._ring is None:
            raise LookupError("no trace was started")
        rows = self._ring.size // _TRACE_ROW
        last = self._part("count")
        first = max(last - rows, self._ring_start, since or 0)
        picked = np.arange(first, last) % rows
        table = self._ring.reshape(rows, _TRACE_ROW)[picked, :TRACE_COLUMNS]
        return Trace(self.cpu, first, table, self.memory.data)

    # Decoded code

    def forget_code(self, start: int, end: int) -> None:
        """The bytes from ``start`` up to ``end`` have changed: instructions over them are decoded anew."""
        longest = self.architecture.longest
        self._records[max(0, start - longest) * RECORD : end * RECORD : RECORD] = 0

    def forget_all_code(self) -> None:
        """Any byte may have changed."""
        for page in np.flatnonzero(self.memory.access & CODE).tolist():
            self._records[page * PAGE * RECORD : (page + 1) * PAGE * RECORD : RECORD] = 0

    # Running

    def run(
        self,
        max_instructions: int | None = None,
        *,
        breakpoints: Collection[int] = (),
        until_states: int | None = None,
    ) -> Stop:
        """Run until a limit, a breakpoint, a watched access, HALT with nothing to wake it, or undefined code.

        ``max_instructions`` counts instructions; ``until_states`` is a clock state since reset.  A
        breakpoint where the run starts is passed over.
        """
        started = self.instructions, self.states
        limit = self.instructions + max_instructions if max_instructions is not None else NEVER
        planted = frozenset(breakpoints)
        for address in planted:
            self._records[address * RECORD] = _BREAKPOINT
        try:
            reason, detail = self._run(limit, until_states if until_states is not None else NEVER, planted)
        finally:
            for address in planted:
                self._records[address * RECORD] = 0
        return Stop(reason, self.pc, self.instructions - started[0], self.states - started[1], detail)

    def step(self) -> Stop:
        """Execute one instruction."""
        return self.run(1)

    def _run(self, limit: int, until: int, breakpoints: frozenset[int]) -> tuple[Reason, str]:
        self.memory.watch_hit = None
        if self.pc in breakpoints and self.instructions < limit and not self._pass_over():
            return self._undefined(frozenset())
        while True:
            if self.memory.watch_hit is not None:
                kind, address = self.memory.watch_hit
                return "watchpoint", f"{kind} at {address:06X}h"
            self.clock.advance(self.states)
            held = self._part("held") != 0
            if not held:
                self._take_interrupt()
            if self.instructions >= limit or self.states >= until:
                return "limit", ""
            if self.halted:
                if self.clock.next_due >= min(until, NEVER):
                    if until < NEVER:
                        self._set_part("states", until)
                        continue
                    return "halt", "nothing is due that could end it"
                self._set_part("states", self.clock.next_due)
                continue
            self._set_part("held", 0)
            waiting = held and self.interrupts.first is not None
            self._execute(
                self.instructions + 1 if waiting else limit, min(until, self.clock.next_due), self.executor
            )
            reason = self._part("reason")
            if reason == TO_BUS:
                self._execute(self.instructions + 1, NEVER, "plain")
                reason = self._part("reason")
            if reason == TO_DECODE:
                if not self._decode(breakpoints):
                    return (
                        "illegal",
                        f"there is no code at {self.pc:06X}h: nothing is mapped there, or a device",
                    )
            elif reason != ENDED:
                return self._undefined(breakpoints)

    def _undefined(self, breakpoints: frozenset[int]) -> tuple[Reason, str]:
        if self.pc in breakpoints:
            return "breakpoint", ""
        code = self.memory.data[self.pc : self.pc + self.architecture.longest - 1].tobytes()
        return "illegal", f"undefined instruction at {self.pc:06X}h: {code.hex(' ')}"

    def _pass_over(self) -> bool:
        """Execute the instruction that a breakpoint stands on; False if it is undefined."""
        at = self.pc
        self._records[at * RECORD] = 0
        if decode_run(self.memory.whole, self.memory.access, self._records, at, 1, self._tables) == 0:
            return False
        self._execute(self.instructions + 1, NEVER, "plain")
        self._records[at * RECORD] = _BREAKPOINT
        return self._part("reason") == ENDED

    def _decode(self, breakpoints: frozenset[int]) -> bool:
        """Decode from PC on; False if nothing may be fetched there."""
        if not may_fetch(self.memory.access, self.pc) and not self.memory.served[self.pc] & 8:
            return False
        ahead = _DECODE_AHEAD if self.executor == "compiled" else 1
        decode = decode_run if self.executor == "compiled" else _plain_decode_run
        done = decode(self.memory.whole, self.memory.access, self._records, self.pc, ahead, self._tables)
        for address in breakpoints:
            self._records[address * RECORD] = _BREAKPOINT
        return done > 0

    def _take_interrupt(self) -> None:
        first = self.interrupts.first
        self._set_part("requested", first is not None)
        if first is None or not self.architecture.accepts(self.registers, first.level):
            return
        self.interrupts.take()
        self._set_part("halted", 0)
        memory = self.memory
        self.architecture.interrupt(self.registers, first.level, first.vector, memory.read, memory.write)
        self._set_part("requested", self.interrupts.first is not None)

    def _execute(self, limit: int, deadline: int, executor: Executor) -> None:
        """Enter an executor once."""
        self._set_part("limit", limit)
        self._set_part("deadline", deadline)
        memory, file = self.memory, self._file
        parity, conditions = flag_tables(self.cpu)
        arrays: list[Any] = [
            memory.whole,
            memory.access,
            memory.served,
            file,
            file.view(np.uint16),
            file.view(np.uint32),
            self._records,
            parity,
            conditions,
            self._state,
        ]
        traced = self._ring is not None
        if self._ring is not None:
            arrays.append(self._ring)
        if executor == "compiled":
            compiled_run(self.cpu, traced)(*arrays)
        else:
            views = [memoryview(array) for array in arrays]
            plain_run(self.cpu, traced)(*views, memory.read, memory.write)

    def _part(self, name: str) -> int:
        return int(self._state[self._index[name]])

    def _set_part(self, name: str, value: int) -> None:
        self._state[self._index[name]] = value


_plain_decode_run = getattr(decode_run, "py_func", decode_run)
