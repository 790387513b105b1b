"""Takes from processors and memories what a log wants: instructions, and stores to ranges of memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from luthier.machine.logs.entry import INSTRUCTION, Entry
from luthier.machine.logs.instructions import PC, STATES, Rows, Source
from luthier.machine.logs.writing import Log
from luthier.machine.member import Member
from luthier.machine.schedule import Schedule

_RING = 1 << 17  #: instructions; a turn of a schedule has some thousand
_EVERY = Fraction(1, 500)  #: seconds between two looks into the rings


class InstructionTap:
    """Everything one processor executes."""

    def __init__(self, log: Log, member: Member, symbols: Mapping[int, str]) -> None:
        self._log, self._member = log, member
        self._processor = member.processor
        self._source = Source(member.name, self._processor.cpu, symbols)
        self._known = np.zeros(1 << 24, np.bool_)
        log.add_source(self._source)
        self._processor.start_trace(_RING)
        self._next = self._processor.instructions
        self._processor.before_reset.append(self.drain)

    def drain(self) -> None:
        """Give the log what was executed since the last time."""
        processor = self._processor
        trace = processor.trace(since=min(self._next, processor.instructions))
        if trace.first > self._next:
            text = f"{trace.first - self._next} instructions were lost"
            self._log.note(Entry(self._member.time, self._member.name, "lost", text=text))
        self._next = processor.instructions
        if len(trace.table):
            self._learn(trace.table[:, PC])
            states = processor.states
            first = states - ((states - int(trace.table[0, STATES])) & 0xFFFFFFFF)
            rows = Rows(self._source, trace.table, first, self._member.origin, self._member.ticks_a_state)
            self._log.note_instructions(rows)

    def _learn(self, addresses: npt.NDArray[np.uint32]) -> None:
        """Keep the code of what was executed for the first time."""
        fresh = np.unique(addresses[~self._known[addresses]])
        self._known[fresh] = True
        longest, data = self._processor.architecture.longest, self._processor.memory.whole
        for address in fresh.tolist():
            self._source.learn(address, data[address : address + longest].tobytes())

    def close(self) -> None:
        """Take the rest and let the processor run bare again."""
        self.drain()
        self._processor.before_reset.remove(self.drain)
        self._processor.stop_trace()


class StoreTap:
    """Everything that one processor stores in a range of its memory."""

    def __init__(self, log: Log, member: Member, start: int, end: int) -> None:
        self._log, self._member = log, member
        self._range = start, end - start
        member.processor.memory.observe(*self._range, self._take)

    def _take(self, rows: npt.NDArray[np.int64]) -> None:
        for states, address, size, value in rows.tolist():
            time = self._member.ticks(states)
            self._log.note(Entry(time, self._member.name, "store", address, value, size))

    def close(self) -> None:
        """No more."""
        self._member.processor.memory.unobserve(*self._range, self._take)


class Taps:
    """All that a log takes from the processors of a schedule; close them before the log."""

    def __init__(
        self,
        log: Log,
        schedule: Schedule,
        *,
        symbols: Mapping[str, Mapping[int, str]] | None = None,
        stores: Sequence[tuple[str, int, int]] = (),
    ) -> None:
        """``symbols`` are names by processor and address, ``stores`` processors with half-open ranges."""
        names = symbols or {}
        self._log, self._schedule = log, schedule
        self._instructions = [
            InstructionTap(log, member, names.get(member.name, {}))
            for member in schedule.members
            if log.wants(INSTRUCTION, member.name)
        ]
        self._stores = [StoreTap(log, schedule.member(name), start, end) for name, start, end in stores]
        schedule.follow("log", self._drain, _EVERY)

    def _drain(self, ticks: int) -> None:
        for tap in self._instructions:
            tap.drain()
        self._log.flush(ticks)  # what is later may still be overtaken by another processor

    def close(self) -> None:
        """Take the rest; the processors run bare again."""
        for tap in self._instructions:
            tap.close()
        for store in self._stores:
            store.close()
        self._log.flush()
        self._schedule.unfollow("log")
