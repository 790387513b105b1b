"""A CPU on its memory: runs, stops, takes interrupts, and is the same whichever executor does the work."""

from __future__ import annotations

from collections.abc import Callable, Collection, MutableMapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from luthier.cpu.executor_text import TRACE_COLUMNS
from luthier.cpu.semantics import ENDED, TO_BUS, TO_DECODE
from luthier.errors import UsageError
from luthier.machine.bus_access import BusAccess
from luthier.machine.clock import NEVER, Clock
from luthier.machine.core import COUNT, DEADLINE, LIMIT, REASON, REQUESTED, STATES, Core
from luthier.machine.interrupts import InterruptLines, Request
from luthier.machine.memory import SIZE, Memory
from luthier.machine.snapshot import Snapshot
from luthier.machine.trace import Trace

Executor = Literal["compiled", "plain"]
Watched = tuple[Literal["read", "write"], int]  #: what was done to a watched byte, and its address
Reason = Literal["limit", "breakpoint", "watchpoint", "halt", "illegal", "asked"]

_TRACE_ROW: Final = 16  #: columns of the ring, a power of two; :data:`TRACE_COLUMNS` are used


def _always(_hit: Watched) -> bool:
    return True


@dataclass(frozen=True)
class Stop:
    """Why and where a run ended: ``pc`` is the next instruction, ``instructions`` those this run executed."""

    reason: Reason
    pc: int
    instructions: int
    states: int  #: clock states this run took (modelled, see the CPU's open questions)
    detail: str = ""  #: one line for people


class Processor:
    """One CPU with its registers, on a :class:`~luthier.machine.memory.Memory`."""

    def __init__(
        self, cpu: str, memory: Memory, *, executor: Executor = "compiled", clock: Clock | None = None
    ) -> None:
        core = Core(cpu, memory, is_compiled=executor == "compiled")
        self.cpu = cpu
        self.architecture = core.architecture
        if memory.byte_order != self.architecture.byte_order:
            raise UsageError(
                f"a memory with the {memory.byte_order} end first does not suit the {cpu}",
                remedy=f"make it with Memory({self.architecture.byte_order!r})",
            )
        memory.widest = self.architecture.widest
        self.memory = memory
        self.core = core
        self.clock = clock if clock is not None else Clock()
        self.interrupts = InterruptLines()
        self._parts = core.parts
        self._bus = BusAccess(core, memory)
        self._ring_start = 0
        self._standing: set[int] = set()  #: breakpoints of every turn
        self._reported = -1  #: instructions executed when a turn ended at a breakpoint
        self._asked = False  #: a device or an event wants the run to end
        #: Called before a reset forgets counts and clock.
        self.before_reset: list[Callable[[], object]] = []
        self.registers: MutableMapping[str, int] = self.architecture.registers(
            core.file, core.state, core.index
        )
        memory.on_change = core.forget_code
        own = self.clock
        memory.states = lambda: own.now

    # State

    @property
    def register_file(self) -> npt.NDArray[np.uint8]:
        """All registers as bytes, by the chip's own register codes (see the CPU's operands module)."""
        return self.core.file

    @property
    def state(self) -> tuple[int, ...]:
        """What a snapshot has beside registers and memory."""
        return tuple(self.core.state[: self.core.kept].tolist())

    @property
    def pc(self) -> int:
        """The address of the next instruction."""
        return self._parts[0]

    @pc.setter
    def pc(self, address: int) -> None:
        self._parts[0] = address & SIZE - self.architecture.unit
        self._parts[self.core.halted] = 0

    @property
    def instructions(self) -> int:
        """Instructions executed since reset."""
        return self._parts[COUNT]

    @property
    def states(self) -> int:
        """Clock states since reset."""
        return self._parts[STATES]

    @property
    def halted(self) -> bool:
        """Whether HALT was executed and no interrupt came since."""
        return bool(self._parts[self.core.halted])

    def reset(self) -> None:
        """As after the reset line: registers, PC from the vector table, counts and clock at zero.

        Events and requests are forgotten; the board's devices set theirs anew.
        """
        for action in self.before_reset:
            action()
        self.core.state[:] = 0
        self.core.file[:] = 0
        self.clock.reset()
        self.interrupts.clear()
        self._asked = False
        self._ring_start = 0
        self.architecture.reset(self.registers, self.memory.read)

    def snapshot(self) -> Snapshot:
        """Everything there is to restore."""
        return Snapshot(
            self.cpu,
            self.core.file.tobytes(),
            self.state,
            self.memory.data.tobytes(),
            self.clock.snapshot(),
            self.interrupts.snapshot(),
        )

    def restore(self, taken: Snapshot) -> None:
        """Go back to a snapshot; :class:`UsageError` if it is one of another CPU or board."""
        if taken.cpu != self.cpu:
            raise UsageError(f"the snapshot is one of the CPU {taken.cpu!r}, this is {self.cpu!r}")
        core = self.core
        self.clock.restore(taken.clock)
        core.file[:] = np.frombuffer(taken.file, np.uint8)
        core.state[:] = 0
        core.state[: core.kept] = taken.state
        self.memory.data[:] = np.frombuffer(taken.memory, np.uint8)
        self.interrupts.restore(taken.requests)
        self.forget_all_code()
        self._ring_start = self.instructions
        self._reported = -1

    def forget_all_code(self) -> None:
        """Any byte of the memory may have changed, and with it the instructions."""
        self.core.forget_all_code()

    # Tracing

    def start_trace(self, length: int = 4096) -> None:
        """Keep the last ``length`` instructions (a power of two is made of it) from now on."""
        rows = 1 << max(1, length - 1).bit_length()
        self.core.keep_last(np.zeros(rows * _TRACE_ROW, np.uint32))
        self._ring_start = self.instructions

    def stop_trace(self) -> None:
        """Run bare again."""
        self.core.keep_last(None)

    def trace(self, since: int | None = None) -> Trace:
        """The instructions in the ring, the oldest first; ``since``: only from that instruction count on."""
        ring = self.core.ring
        if ring is None:
            raise LookupError("no trace was started")
        rows = ring.size // _TRACE_ROW
        last = self.instructions
        first = max(last - rows, self._ring_start, since or 0)
        picked = np.arange(first, last) % rows
        table = ring.reshape(rows, _TRACE_ROW)[picked, :TRACE_COLUMNS]
        return Trace(self.cpu, first, table, self.memory.data)

    # Running

    def run(
        self,
        max_instructions: int | None = None,
        *,
        breakpoints: Collection[int] = (),
        until_states: int | None = None,
        watching: Callable[[Watched], bool] = lambda _hit: True,
    ) -> Stop:
        """Run until a limit, a breakpoint, a watched access, HALT with nothing to wake it, or undefined code.

        ``max_instructions`` counts instructions; ``until_states`` is a clock state since reset.  A
        breakpoint where the run starts is passed over.  ``watching`` is asked at each watched access whether
        to stop there.
        """
        started = self.instructions, self.states
        limit = self.instructions + max_instructions if max_instructions is not None else NEVER
        wanted = {address % SIZE for address in breakpoints}
        passed = wanted & {self.pc}
        try:
            self.core.plant(wanted - passed)
            reason, detail = self._run(
                limit, until_states if until_states is not None else NEVER, passed, watching
            )
        finally:
            self.core.lift()
        return Stop(reason, self.pc, self.instructions - started[0], self.states - started[1], detail)

    def step(self) -> Stop:
        """Execute one instruction."""
        return self.run(1)

    def turn(self, until_states: int, limit: int = NEVER) -> tuple[Reason, str]:
        """Run as :meth:`run` does, up to a clock state and a count of instructions, both since reset.

        For a schedule, which comes by some thousand times a second: there is no :class:`Stop`, only its
        reason and detail, and breakpoints are those of :meth:`stand`.
        """
        if not self._standing:
            return self._run(limit, until_states, set(), _always)
        passed = self._standing & {self.pc} if self._reported == self.instructions else set()
        self.core.plant(self._standing - passed)
        try:
            reason, detail = self._run(limit, until_states, passed, _always)
        finally:
            self.core.lift()
        self._reported = self.instructions if reason == "breakpoint" else -1
        return reason, detail

    def stand(self, breakpoints: Collection[int]) -> None:
        """The breakpoints of every :meth:`turn`; one is passed over when a turn begins where it stopped."""
        self._standing = {address % SIZE for address in breakpoints}

    def pass_over(self) -> None:
        """Let the next turn pass over a breakpoint where it begins, as if one had stopped there."""
        self._reported = self.instructions

    @property
    def is_free(self) -> bool:
        """Whether only its own program says what comes next: nothing is asked of it, and nobody looks."""
        parts, core = self._parts, self.core
        outside = self._asked or self._standing or core.ring is not None or not self.interrupts.is_empty
        return not (outside or parts[core.halted] or parts[core.posted])

    def yield_turn(self) -> None:
        """For devices and events: end the run after the current instruction, with the reason "asked"."""
        self._asked = True

    def _run(
        self, limit: int, until: int, passed: set[int], watching: Callable[[Watched], bool]
    ) -> tuple[Reason, str]:
        memory, clock, interrupts, traces = self.memory, self.clock, self.interrupts, self.architecture.traces
        core, parts = self.core, self._parts
        started = parts[COUNT]
        memory.watch_hit = None
        while True:
            if parts[core.posted]:
                self._deliver()
            clock.advance(parts[STATES])
            if memory.watch_hit is not None and watching(memory.watch_hit):
                kind, address = memory.watch_hit
                return "watchpoint", f"{kind} at {address:06X}h"
            memory.watch_hit = None
            if self._asked:
                self._asked = False
                return "asked", ""
            before = parts[COUNT]
            if before >= limit or parts[STATES] >= until:
                return "limit", ""
            first = interrupts.first
            held = parts[core.held] == before and self._is_held()
            if not held and (first is not None or parts[REQUESTED]) and self._heeds(first):
                continue
            due = min(until, clock.next_due)
            if parts[core.halted]:
                if due >= NEVER:
                    return "halt", "nothing is due that could end it"
                parts[STATES] = due
                continue
            alone = passed or (held and first is not None) or (traces is not None and self._is_traced())
            parts[LIMIT] = before + 1 if alone else limit
            parts[DEADLINE] = due
            core.enter()
            if parts[REASON] != ENDED:
                ended = self._leave(parts[REASON])
                if ended is not None:
                    return ended
            if traces is not None:
                clock.advance(parts[STATES])
                self._take_trace(before)
            if passed and parts[COUNT] != started:
                core.plant(passed)
                passed = set()

    def _is_held(self) -> bool:
        """Whether the next instruction comes before any interrupt."""
        count = self._parts[COUNT]
        return self._parts[self.core.held] == count and (count > 0 or self.architecture.starts_held)

    def _heeds(self, first: Request | None) -> bool:
        """Take the interrupt that comes first, if it is let through; True if that met a watched byte."""
        self._parts[REQUESTED] = first is not None
        if first is not None and self.architecture.accepts(self.registers, first.level):
            self._take_interrupt(first)
        return self.memory.watch_hit is not None

    def _take_interrupt(self, first: Request) -> None:
        self.interrupts.take()
        self._parts[self.core.halted] = 0
        memory = self.memory
        self.architecture.interrupt(self.registers, first.level, first.vector, memory.read, memory.write)
        self._parts[REQUESTED] = self.interrupts.first is not None

    def _is_traced(self) -> bool:
        """Whether an exception follows every instruction."""
        return self.architecture.traces is not None and self.architecture.traces(self.registers)

    def _take_trace(self, before: int) -> None:
        """Take that exception, unless no instruction was executed since the count was ``before``."""
        if self.instructions != before and self._is_traced():
            self.architecture.trace(self.registers, self.memory.read, self.memory.write)

    def _leave(self, reason: int) -> tuple[Reason, str] | None:
        """What the executor left its loop for: done here, or the end of the run."""
        self.clock.advance(self.states)  # for devices that look at it, and whoever looks after the run
        if self._parts[self.core.posted]:  # before anything else happens, and before the run may end
            self._deliver()
        if reason == TO_BUS:
            self._bus.execute()
        elif reason != TO_DECODE:
            return self._undefined()
        elif not self.core.decode():
            what = "nothing is mapped there" if self.memory.region_at(self.pc) is None else "only a device"
            return "illegal", f"there is no code at {self.pc:06X}h: {what}"
        return None

    def _deliver(self) -> None:
        """Give the devices what was posted."""
        count = self._parts[self.core.posted]
        self._parts[self.core.posted] = 0
        self.memory.deliver(count)

    def _undefined(self) -> tuple[Reason, str]:
        """What to say where the decoded code says undefined, or that there is a breakpoint."""
        pc = self.pc
        if self.core.is_planted(pc):
            return "breakpoint", ""
        code = self.memory.data[pc : pc + self.architecture.longest - 1]
        known = self.core.is_known(pc)
        what = "the instruction reaches into what is no memory" if known else "undefined instruction"
        return "illegal", f"{what} at {pc:06X}h: {code.tobytes().hex(' ')}"
