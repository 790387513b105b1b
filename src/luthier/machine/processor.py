"""A CPU on its memory: runs, stops, takes interrupts, and is the same whichever executor does the work."""

from __future__ import annotations

from collections.abc import Callable, Collection, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from luthier.compiled import as_python
from luthier.cpu import describe
from luthier.cpu.decoding import RECORD, decode_run, find_form
from luthier.cpu.executor import compiled_run, decoding_tables, flag_tables, plain_run
from luthier.cpu.executor_text import BUS_STATE, STATE, TRACE_COLUMNS
from luthier.cpu.semantics import (
    BUS_SHIFT,
    CODE,
    ENDED,
    READ,
    SPAN_SHIFT,
    TO_BUS,
    TO_DECODE,
    WRITE,
)
from luthier.errors import UsageError
from luthier.machine.clock import NEVER, Clock
from luthier.machine.interrupts import InterruptLines, Request
from luthier.machine.memory import PAGE, SIZE, Memory
from luthier.machine.snapshot import Snapshot
from luthier.machine.trace import Trace

Executor = Literal["compiled", "plain"]
Watched = tuple[Literal["read", "write"], int]  #: what was done to a watched byte, and its address
Reason = Literal["limit", "breakpoint", "watchpoint", "halt", "illegal", "asked"]

_DECODE_AHEAD = 64  #: instructions decoded at once when a run reaches new code
_BREAKPOINT = -1  #: stands in a decoded instruction's first column where a run is to stop
_TRACE_ROW = 16  #: columns of the ring, a power of two; :data:`TRACE_COLUMNS` are used
_COUNT, _STATES, _LIMIT, _DEADLINE, _REASON, _REQUESTED = (
    STATE.index(part) for part in ("count", "states", "limit", "deadline", "reason", "requested")
)


class _Once:
    """Reads as the bus does, but has an answer already for the first access to a place."""

    def __init__(self, place: int, size: int, value: int, read: Callable[[int, int], int]) -> None:
        self._known: tuple[int, int] | None = (place, size)
        self._value = value
        self._read = read

    def __call__(self, place: int, size: int) -> int:
        if (place, size) != self._known:
            return self._read(place, size)
        self._known = None
        return self._value


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
        description = describe(cpu)
        self.cpu = cpu
        self.architecture = description.architecture
        if memory.byte_order != self.architecture.byte_order:
            raise UsageError(
                f"a memory with the {memory.byte_order} end first does not suit the {cpu}",
                remedy=f"make it with Memory({self.architecture.byte_order!r})",
            )
        memory.widest = self.architecture.widest
        self.memory = memory
        self.executor: Executor = executor
        self.clock = clock if clock is not None else Clock()
        self.interrupts = InterruptLines()
        self._kept = len(STATE + self.architecture.locals)  #: parts of the state that a snapshot has
        self._parts = STATE + self.architecture.locals + BUS_STATE
        self._index = {name: index for index, name in enumerate(self._parts)}
        self._state = np.zeros(len(self._parts), np.int64)
        self._file = np.zeros(self.architecture.file_size, np.uint8)
        self._records = np.zeros(SIZE * RECORD, np.int32)
        self._ring: npt.NDArray[np.uint32] | None = None
        self._ring_start = 0
        self._tables = decoding_tables(cpu)
        self._planted: set[int] = set()  #: breakpoints that stand in the decoded code
        self._standing: set[int] = set()  #: breakpoints of every turn
        self._reported = -1  #: instructions executed when a turn ended at a breakpoint
        self._asked = False  #: a device or an event wants the run to end
        #: Called before a reset forgets counts and clock.
        self.before_reset: list[Callable[[], object]] = []
        self._arrays: list[Any] = [
            memory.whole,
            memory.access,
            memory.served,
            self._file,
            self._file.view(np.uint16),
            self._file.view(np.uint32),
            self._records,
            *flag_tables(cpu),
            memory.posts,
            self._state,
        ]
        self._views = [memoryview(array) for array in self._arrays]
        self._parts_of_state = self._views[-1]  #: the state as plain numbers: quicker one by one than NumPy
        self._bytes = self._views[0]
        self._halted, self._held = self._index["halted"], self._index["held"]
        self._passing, self._bus, self._posted = (self._index[part] for part in BUS_STATE)
        self._enter: Callable[[], None] | None = None  #: the compiled loop with its arrays
        self.registers: MutableMapping[str, int] = self.architecture.registers(
            self._file, self._state, self._index
        )
        memory.on_change = self.forget_code
        memory.states = lambda: self.clock.now

    # State

    @property
    def register_file(self) -> npt.NDArray[np.uint8]:
        """All registers as bytes, by the chip's own register codes (see the CPU's operands module)."""
        return self._file

    @property
    def state(self) -> tuple[int, ...]:
        """What a snapshot has beside registers and memory."""
        return tuple(self._state[: self._kept].tolist())

    @property
    def pc(self) -> int:
        """The address of the next instruction."""
        return int(self._parts_of_state[0])

    @pc.setter
    def pc(self, address: int) -> None:
        self._state[0] = address & SIZE - self.architecture.unit
        self._set_part("halted", 0)

    @property
    def instructions(self) -> int:
        """Instructions executed since reset."""
        return int(self._parts_of_state[_COUNT])

    @property
    def states(self) -> int:
        """Clock states since reset."""
        return int(self._parts_of_state[_STATES])

    @property
    def halted(self) -> bool:
        """Whether HALT was executed and no interrupt came since."""
        return bool(self._part("halted"))

    def reset(self) -> None:
        """As after the reset line: registers, PC from the vector table, counts and clock at zero.

        Events and requests are forgotten; the board's devices set theirs anew.
        """
        for action in self.before_reset:
            action()
        self._state[:] = 0
        self._file[:] = 0
        self.clock.reset()
        self.interrupts.clear()
        self._asked = False
        self._ring_start = 0
        self.architecture.reset(self.registers, self.memory.read)

    def snapshot(self) -> Snapshot:
        """Everything there is to restore."""
        return Snapshot(
            self.cpu,
            self._file.tobytes(),
            self.state,
            self.memory.data.tobytes(),
            self.clock.snapshot(),
            self.interrupts.snapshot(),
        )

    def restore(self, taken: Snapshot) -> None:
        """Go back to a snapshot; :class:`UsageError` if it is one of another CPU or board."""
        if taken.cpu != self.cpu:
            raise UsageError(f"the snapshot is one of the CPU {taken.cpu!r}, this is {self.cpu!r}")
        self.clock.restore(taken.clock)
        self._file[:] = np.frombuffer(taken.file, np.uint8)
        self._state[:] = 0
        self._state[: self._kept] = taken.state
        self.memory.data[:] = np.frombuffer(taken.memory, np.uint8)
        self.interrupts.restore(taken.requests)
        self.forget_all_code()
        self._ring_start = self.instructions
        self._reported = -1

    # Tracing

    def start_trace(self, length: int = 4096) -> None:
        """Keep the last ``length`` instructions (a power of two is made of it) from now on."""
        rows = 1 << max(1, length - 1).bit_length()
        self._ring = np.zeros(rows * _TRACE_ROW, np.uint32)
        self._enter = None
        self._ring_start = self._part("count")

    def stop_trace(self) -> None:
        """Run bare again."""
        self._ring = None
        self._enter = None

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
        start = max(0, start - self.architecture.longest)
        pages = np.flatnonzero(self.memory.access[start // PAGE : (end - 1) // PAGE + 1] & CODE)
        for page in (pages + start // PAGE).tolist():
            first, last = max(start, page * PAGE), min(end, (page + 1) * PAGE)
            self._records[first * RECORD : last * RECORD : RECORD] = 0

    def forget_all_code(self) -> None:
        """Any byte may have changed: there is no decoded code any more."""
        self.forget_code(0, SIZE)
        self.memory.access &= 0xFF ^ CODE

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
            self._plant(wanted - passed)
            reason, detail = self._run(
                limit, until_states if until_states is not None else NEVER, passed, watching
            )
        finally:
            self._lift()
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
        self._plant(self._standing - passed)
        try:
            reason, detail = self._run(limit, until_states, passed, _always)
        finally:
            self._lift()
        self._reported = self.instructions if reason == "breakpoint" else -1
        return reason, detail

    def stand(self, breakpoints: Collection[int]) -> None:
        """The breakpoints of every :meth:`turn`; one is passed over when a turn begins where it stopped."""
        self._standing = {address % SIZE for address in breakpoints}

    def pass_over(self) -> None:
        """Let the next turn pass over a breakpoint where it begins, as if one had stopped there."""
        self._reported = self.instructions

    def yield_turn(self) -> None:
        """For devices and events: end the run after the current instruction, with the reason "asked"."""
        self._asked = True

    def _run(
        self, limit: int, until: int, passed: set[int], watching: Callable[[Watched], bool]
    ) -> tuple[Reason, str]:
        memory, clock, state = self.memory, self.clock, self._parts_of_state
        interrupts, traces, halted = self.interrupts, self.architecture.traces, self._halted
        posted = self._posted
        started = state[_COUNT]
        memory.watch_hit = None
        while True:
            if state[posted]:
                self._deliver()
            clock.advance(state[_STATES])
            if memory.watch_hit is not None and watching(memory.watch_hit):
                kind, address = memory.watch_hit
                return "watchpoint", f"{kind} at {address:06X}h"
            memory.watch_hit = None
            if self._asked:
                self._asked = False
                return "asked", ""
            if state[_COUNT] >= limit or state[_STATES] >= until:
                return "limit", ""
            first, held = interrupts.first, self._is_held()
            if not held and self._heeds(first):
                continue
            due = min(until, clock.next_due)
            if state[halted]:
                if due >= NEVER:
                    return "halt", "nothing is due that could end it"
                state[_STATES] = due
                continue
            alone = passed or (held and first is not None) or (traces is not None and self._is_traced())
            before = state[_COUNT]
            self._execute(before + 1 if alone else limit, due, self.executor)
            if state[_REASON] != ENDED:
                ended = self._leave(state[_REASON])
                if ended is not None:
                    return ended
            if traces is not None:
                clock.advance(state[_STATES])
                self._take_trace(before)
            if passed and state[_COUNT] != started:
                self._plant(passed)
                passed = set()

    def _heeds(self, first: Request | None) -> bool:
        """Take the interrupt that comes first, if it is let through; True if that met a watched byte."""
        self._parts_of_state[_REQUESTED] = first is not None
        if first is not None and self.architecture.accepts(self.registers, first.level):
            self._take_interrupt(first)
        return self.memory.watch_hit is not None

    def _leave(self, reason: int) -> tuple[Reason, str] | None:
        """What the executor left its loop for: done here, or the end of the run."""
        self.clock.advance(self.states)  # for devices that look at it, and whoever looks after the run
        if reason == TO_BUS:
            if self._parts_of_state[self._posted]:
                self._deliver()
            if self.executor == "compiled":
                self._hand_over()
            else:
                self._execute_on_bus(self.memory.read)
        elif reason != TO_DECODE:
            return self._undefined()
        elif not self._decode():
            what = "nothing is mapped there" if self.memory.region_at(self.pc) is None else "only a device"
            return "illegal", f"there is no code at {self.pc:06X}h: {what}"
        return None

    def _is_held(self) -> bool:
        """Whether the next instruction comes before any interrupt."""
        count = self._parts_of_state[_COUNT]
        return self._parts_of_state[self._held] == count and (count > 0 or self.architecture.starts_held)

    def _is_traced(self) -> bool:
        """Whether an exception follows every instruction."""
        return self.architecture.traces is not None and self.architecture.traces(self.registers)

    def _take_trace(self, before: int) -> None:
        """Take that exception, unless no instruction was executed since the count was ``before``."""
        if self.instructions != before and self._is_traced():
            self.architecture.trace(self.registers, self.memory.read, self.memory.write)

    def _undefined(self) -> tuple[Reason, str]:
        """What to say where the decoded code says undefined, or that there is a breakpoint."""
        if self.pc in self._planted:
            return "breakpoint", ""
        code = self.memory.data[self.pc : self.pc + self.architecture.longest - 1]
        known = as_python(find_form)(self.memory.whole, self.pc, SIZE, self._tables) >= 0
        what = "the instruction reaches into what is no memory" if known else "undefined instruction"
        return "illegal", f"{what} at {self.pc:06X}h: {code.tobytes().hex(' ')}"

    def _plant(self, addresses: set[int]) -> None:
        """Have the executors stop before these addresses."""
        self._planted |= addresses
        for address in addresses:
            self._records[address * RECORD] = _BREAKPOINT

    def _lift(self) -> None:
        """Undo all of it."""
        for address in self._planted:
            self._records[address * RECORD] = 0
        self._planted = set()

    def _decode(self) -> bool:
        """Decode from PC on; False if nothing may be fetched there."""
        ahead = _DECODE_AHEAD if self.executor == "compiled" else 1
        decode = decode_run if self.executor == "compiled" else as_python(decode_run)
        memory = self.memory
        done = decode(memory.whole, memory.access, memory.served, self._records, self.pc, ahead, self._tables)
        self._plant(self._planted)
        return done > 0

    def _take_interrupt(self, first: Request) -> None:
        self.interrupts.take()
        self._parts_of_state[self._halted] = 0
        memory = self.memory
        self.architecture.interrupt(self.registers, first.level, first.vector, memory.read, memory.write)
        self._parts_of_state[_REQUESTED] = self.interrupts.first is not None

    def _execute(self, limit: int, deadline: int, executor: Executor, bus: tuple[Any, ...] = ()) -> None:
        """Enter an executor once; ``bus`` are the functions the plain one may call."""
        self._parts_of_state[_LIMIT] = limit
        self._parts_of_state[_DEADLINE] = deadline
        if executor == "compiled":
            if self._enter is None:
                ring = [] if self._ring is None else [self._ring]
                self._enter = partial(compiled_run(self.cpu, bool(ring)), *self._arrays, *ring)
            self._enter()
        else:
            rings = [] if self._ring is None else [memoryview(self._ring.data)]
            plain_run(self.cpu, bool(rings))(*self._views, *rings, *bus)

    def _deliver(self) -> None:
        """Give the devices what was posted."""
        count = self._parts_of_state[self._posted]
        self._parts_of_state[self._posted] = 0
        self.memory.deliver(count)

    def _execute_on_bus(self, read: Callable[[int, int], int]) -> None:
        """Execute the one instruction that asks the bus.  If a device raises, the CPU stays as before it."""
        before = self._file.copy()
        try:
            self._execute(self.instructions + 1, NEVER, "plain", (read, self.memory.write))
        except BaseException:
            self._file[:] = before
            self.forget_all_code()
            raise

    def _hand_over(self) -> None:
        """The same by the compiled loop, which asked for one access.

        What a device reads is put where the loop looks, and what it stores there goes to the device
        afterwards, when everything else is again as before the instruction.
        """
        file, before, key = self._file.tobytes(), self._state.tobytes(), self._parts_of_state[self._bus]
        place, size = key & SIZE - 1, (key >> BUS_SHIFT + SPAN_SHIFT) + 1
        reads, read = key >> BUS_SHIFT & READ, self.memory.read
        try:
            value = read(place, size) if reads else 0
            stored = self._let_pass(key, place, size, value)
            if self._parts_of_state[_REASON] != ENDED:  # it touches a second place that is no plain memory
                if self._parts_of_state[_REASON] == TO_DECODE:
                    self._decode()
                self._execute_on_bus(_Once(place, size, value, read) if reads else read)
            elif key >> BUS_SHIFT & WRITE:
                if self.memory.is_posted(place, size):  # the loop has done it
                    self._bytes[place : place + size] = stored.to_bytes(size, self.architecture.byte_order)
                else:
                    self._store(before, place, size, stored)
        except BaseException:
            self._file[:] = np.frombuffer(file, np.uint8)
            self._state[:] = np.frombuffer(before, np.int64)
            self.forget_all_code()
            raise

    def _let_pass(self, key: int, place: int, size: int, value: int) -> int:
        """Execute the instruction on the bytes of a device; gives what it left there, and puts them back."""
        state, order = self._parts_of_state, self.architecture.byte_order
        end = place + size
        shown = self._bytes[place:end].tobytes()
        if key >> BUS_SHIFT & READ:
            self._bytes[place:end] = value.to_bytes(size, order)
        state[self._passing] = key
        self._execute(state[_COUNT] + 1, NEVER, "compiled")
        state[self._passing] = 0
        stored = int.from_bytes(self._bytes[place:end], order)
        self._bytes[place:end] = shown
        return stored

    def _store(self, before: bytes, place: int, size: int, value: int) -> None:
        """Give a device what was stored, in the time and at the place of the instruction that did it."""
        state = self._parts_of_state
        now = state[0], state[_COUNT], state[_STATES]
        state[0], state[_COUNT], state[_STATES] = np.frombuffer(before, np.int64, 3).tolist()
        self.memory.write(place, size, value)
        state[0], state[_COUNT], state[_STATES] = now

    def _part(self, name: str) -> int:
        return int(self._parts_of_state[self._index[name]])

    def _set_part(self, name: str, value: int) -> None:
        self._parts_of_state[self._index[name]] = value
