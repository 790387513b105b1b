"""A debugger over the processors of a board: run, stop, look, change, go back.

Everything is exact and repeatable: stopping does not change in which order the processors run, so what was
run once can be run again from a snapshot.  After registers or memory were changed by hand, or a processor
was reset, one cannot go back beyond that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from luthier.cpu.flow import CALL
from luthier.errors import UsageError
from luthier.machine.clock import NEVER
from luthier.machine.debugger.expressions import Expression, parse
from luthier.machine.debugger.history import History, Moment, Target
from luthier.machine.debugger.names import Names
from luthier.machine.debugger.stops import Breakpoint, Halt, Watchpoint
from luthier.machine.debugger.view import View
from luthier.machine.memory import SIZE, Kind
from luthier.machine.schedule import Ending

_SLICE = Fraction(1, 100)  #: seconds between two looks at the keyboard
_PATIENCE = Fraction(10)  #: seconds that a call may take to come back, when stepped over
_MOST_RETURNS = 8  #: places on the stack where `out` may end
_SHOWN_WHOLE = 4  #: bytes of a watchpoint that are shown even where they stay the same
_MOST_WATCHED = 4096  #: bytes of a watchpoint

Condition = str | Expression | None


class Debugger:
    """``names`` are symbols by processor and name."""

    def __init__(self, target: Target, names: Mapping[str, Mapping[str, int]] | None = None) -> None:
        self.target = target
        self.schedule = target.schedule
        given = names or {}
        self.views = {
            member.name: View(member, Names(given.get(member.name))) for member in self.schedule.members
        }
        self.view = next(iter(self.views.values()))  #: the processor that is looked at
        self.stops: dict[int, Breakpoint | Watchpoint] = {}
        self._next = 1
        self._history = History(target)
        self._history.take()

    # Which processor

    def select(self, cpu: str) -> None:
        """Look at another processor."""
        self.view = self.views[self.schedule.member(cpu).name]

    @property
    def _number(self) -> int:
        return self.schedule.members.index(self.view.member)

    # Stops

    def break_at(self, address: int, condition: Condition = None) -> Breakpoint:
        """A breakpoint of the processor that is looked at."""
        _within(address, 1)
        made = Breakpoint(self._take_number(), self.view.member.name, address, _expression(condition))
        self.stops[made.number] = made
        return made

    def watch(
        self, address: int, size: int = 1, kinds: tuple[Kind, ...] = ("write",), condition: Condition = None
    ) -> Watchpoint:
        """A watchpoint of the processor that is looked at."""
        _within(address, size)
        if size > _MOST_WATCHED:
            raise UsageError(
                f"{size} bytes are too many to watch", remedy=f"at most {_MOST_WATCHED}; a log takes more"
            )
        cpu = self.view.member.name
        made = Watchpoint(self._take_number(), cpu, address, size, kinds, _expression(condition))
        self.stops[made.number] = made
        return made

    def remove(self, number: int) -> None:
        """Delete a breakpoint or watchpoint."""
        if number not in self.stops:
            raise UsageError(f"there is no breakpoint {number}", remedy="`breaks` lists them")
        del self.stops[number]

    def _take_number(self) -> int:
        self._next += 1
        return self._next - 1

    # Running

    def step(self, count: int = 1) -> Halt:
        """Execute some instructions of the processor that is looked at."""
        _counted(count)
        processor = self.view.processor
        goal = processor.instructions + count
        name = self.view.member.name

        def go_on() -> Ending:
            while True:
                left = goal - processor.instructions
                ending = self.schedule.step(name, left, within=_PATIENCE)
                if ending.reason != "time" or goal - processor.instructions == left:
                    return ending

        return self._run(go_on)

    def over(self) -> Halt:
        """Execute one instruction; a call with all it does, and a repeated one with all its turns."""
        view = self.view
        instruction = view.instruction(view.processor.pc)
        behind = instruction.address + len(instruction.code)
        if view.kind(instruction) != CALL:
            halt = self.step()
            if halt.reason != "step" or halt.pc != instruction.address or behind >= SIZE:
                return halt
        top = view.stack_pointer
        return self._run_to({behind: lambda: view.stack_pointer >= top})

    def out(self) -> Halt:
        """Run until the subroutine has returned; where to is modelled, see :meth:`View.frames`."""
        view = self.view
        returns: dict[int, Callable[[], bool]] = {}
        for frame, _ in zip(view.frames(), range(_MOST_RETURNS), strict=False):
            returns.setdefault(frame.address, lambda at=frame.stack: view.stack_pointer > at)  # type: ignore[misc]
        if not returns:
            raise UsageError("nothing on the stack looks like a way back", remedy="use `to ADDRESS`")
        return self._run_to(returns)

    def run_to(self, address: int) -> Halt:
        """Run until an address is reached, or anything else stops it."""
        _within(address, 1)
        return self._run_to({address: lambda: True})

    def go(self, seconds: Fraction | float) -> Halt:
        """Run for some time, unless anything stops it."""
        if not 0 < seconds <= 1_000_000:
            raise UsageError(f"{seconds} seconds are no time to run", remedy="give more than 0")
        return self._run_to({}, seconds)

    def _run_to(self, places: dict[int, Callable[[], bool]], seconds: Fraction | float = _PATIENCE) -> Halt:
        schedule = self.schedule
        goal = schedule.now + max(1, schedule.ticks_of(seconds))

        def go_on() -> Ending:
            while True:
                slice_end = min(goal, schedule.now + schedule.ticks_of(_SLICE))
                ending = schedule.run_until(slice_end)
                if ending.reason != "time" or schedule.now >= goal:
                    return ending
                if all(_sleeps(view) for view in self.views.values()):
                    name, processor = self.view.member.name, self.view.processor
                    return Ending("halt", name, processor.pc, "nothing is due that could end it")
                self._history.take_if_due()

        return self._run(go_on, places)

    def _run(self, go_on: Callable[[], Ending], places: dict[int, Callable[[], bool]] | None = None) -> Halt:
        """Run until something stops it whose condition holds."""
        self._history.take_if_due()
        self.view.processor.pass_over()
        passing = places or {}
        with self._armed(passing):
            while True:
                ending = go_on()
                halt = self._halt(ending, passing)
                if halt is not None:
                    self._history.take_if_due()
                    if ending.name:
                        self.select(ending.name)
                    return halt

    def _halt(self, ending: Ending, passing: dict[int, Callable[[], bool]]) -> Halt | None:
        """What an ending means; None if no condition holds."""
        if ending.reason == "breakpoint":
            return self._at_breakpoint(ending, passing)
        if ending.reason == "watchpoint":
            return self._at_watchpoint(ending)
        if ending.reason == "time":
            return Halt("time", self.view.member.name, self.view.processor.pc, "the time is over")
        reason = "step" if ending.reason == "limit" else ending.reason
        return Halt(reason, ending.name, ending.pc, ending.detail)

    def _at_breakpoint(self, ending: Ending, passing: dict[int, Callable[[], bool]]) -> Halt | None:
        view = self.views[ending.name]
        if view is self.view and ending.pc in passing and passing[ending.pc]():
            return Halt("step", ending.name, ending.pc)
        for stop in self.stops.values():
            met = isinstance(stop, Breakpoint) and (stop.cpu, stop.address) == (ending.name, ending.pc)
            if met and _holds(stop, view):
                stop.hits += 1
                return Halt("breakpoint", ending.name, ending.pc, f"{stop.number}: {stop}", stop)
        return None

    def _at_watchpoint(self, ending: Ending) -> Halt | None:
        view = self.views[ending.name]
        if view.memory.watch_hit is None:
            return None
        kind, address = view.memory.watch_hit
        for stop in self.stops.values():
            if not isinstance(stop, Watchpoint) or stop.cpu != ending.name or not stop.covers(address):
                continue
            before, stop.last = stop.last, view.bytes_at(stop.address, stop.size)
            if kind in stop.kinds and _holds(stop, view):
                stop.hits += 1
                detail = f"{stop.number}: {kind} at {address:06X}{_changed(before, stop.last)}"
                return Halt("watchpoint", ending.name, ending.pc, detail, stop)
        return None

    @contextmanager
    def _armed(self, passing: dict[int, Callable[[], bool]]) -> Iterator[None]:
        """All stops in place, and none of them afterwards."""
        watched: list[Watchpoint] = []
        try:
            for name, view in self.views.items():
                own = [stop for stop in self.stops.values() if stop.cpu == name]
                places = {stop.address for stop in own if isinstance(stop, Breakpoint)}
                view.processor.stand(places | (set(passing) if view is self.view else set()))
                for stop in own:
                    if isinstance(stop, Watchpoint):
                        self._watch(view, stop)
                        watched.append(stop)
            yield
        finally:
            for view in self.views.values():
                view.processor.stand(())
            for stop in watched:
                for kind in stop.kinds:
                    self.views[stop.cpu].memory.unwatch(stop.address, stop.size, kind)

    @staticmethod
    def _watch(view: View, stop: Watchpoint) -> None:
        stop.last = view.bytes_at(stop.address, stop.size)
        for kind in stop.kinds:
            view.memory.watch(stop.address, stop.size, kind)

    # Changing

    def set_register(self, name: str, value: int) -> None:
        """Put a value into a register of the processor that is looked at."""
        self.view.set_register(name, value)
        self._history.begin_anew()

    def write(self, address: int, content: bytes) -> None:
        """Put bytes into memory, ROM too; no device is told."""
        _within(address, max(1, len(content)))
        self.view.memory.load(address, content)
        self._history.begin_anew()

    # Going back

    def back(self, count: int = 1) -> Halt:
        """Be where the processor that is looked at was so many instructions ago."""
        _counted(count)
        goal = self.view.processor.instructions - count
        moment = self._history.before(self._number, goal) if goal >= 0 else None
        if moment is None:
            raise UsageError(f"{count} instructions ago is too far back", remedy=self._how_far())
        self._run_again(moment, goal)
        return self._back()

    def back_to_write(self, address: int, size: int = 1) -> Halt:
        """Be before the last instruction that wrote one of some bytes."""
        _within(address, size)
        count = self.view.processor.instructions
        later = count
        for moment in self._history.all_before(self._number, count):
            written = self._last_write(moment, later, address, size)
            if written is not None:
                self._history.go_to(moment)
                self.schedule.reach(self.view.member.name, written + 1)
                self._run_again(moment, self.view.processor.instructions - 1)
                return self._back()
            later = moment.counts[self._number]
        here = self._history.before(self._number, count)
        if here is not None:
            self._run_again(here, count)
        raise UsageError(f"nothing wrote to {address:06X} as far back as is known", remedy=self._how_far())

    def _last_write(self, moment: Moment, count: int, address: int, size: int) -> int | None:
        """The clock state of the last store there between a moment and a count of instructions."""
        seen: list[int] = []

        def take(rows: npt.NDArray[np.int64]) -> None:
            seen[:] = [int(rows[-1, 0])]

        memory = self.view.memory
        memory.observe(address, size, take)
        try:
            self._run_again(moment, count)
        finally:
            memory.unobserve(address, size, take)
        return seen[0] if seen else None

    def _run_again(self, moment: Moment, count: int) -> None:
        """Go to a moment and run until the processor that is looked at has executed so many instructions."""
        self._history.go_to(moment)
        missing = count - self.view.processor.instructions
        while missing > 0:
            ending = self.schedule.step(self.view.member.name, missing, within=_PATIENCE)
            left = count - self.view.processor.instructions
            if left == missing or ending.reason not in ("limit", "time"):
                return
            missing = left

    def _how_far(self) -> str:
        first = self._history.all_before(self._number, NEVER)
        known = self.view.processor.instructions - first[-1].counts[self._number] if first else 0
        return f"at most {known:,} are known; changes by hand and resets end what is"

    def _back(self) -> Halt:
        return Halt("back", self.view.member.name, self.view.processor.pc)


def _changed(before: bytes, after: bytes) -> str:
    """What differs, of long stretches only from the first byte to the last that does."""
    places = [place for place, (old, new) in enumerate(zip(before, after, strict=False)) if old != new]
    if not places:
        return ""
    part = slice(places[0], places[-1] + 1) if len(after) > _SHOWN_WHOLE else slice(None)
    return f", {before[part].hex()} -> {after[part].hex()}"


def _sleeps(view: View) -> bool:
    """Whether a processor sleeps for ever."""
    processor = view.processor
    return processor.halted and processor.clock.next_due >= NEVER


def _holds(stop: Breakpoint | Watchpoint, view: View) -> bool:
    return stop.condition is None or bool(stop.condition.value(view))


def _expression(condition: Condition) -> Expression | None:
    return parse(condition) if isinstance(condition, str) else condition


def _within(address: int, size: int) -> None:
    if not 0 <= address < address + size <= SIZE:
        raise UsageError(f"{size} bytes at {address:#x} do not lie on the bus", remedy="it has 24 bits")


def _counted(count: int) -> None:
    if not 0 < count <= 1 << 40:
        raise UsageError(f"{count} instructions", remedy="give at least 1")
