"""Timers 4, 6, 8 and A: 16 bits, two compare values, two captures.

TnMOD: bits 1 and 0 the clock (pin, T1, T4, T16), 2 clears at the second compare value, 4 and 3 when pins
capture, 5 written as 0 captures by software, 6 and 7 what turns the second flip-flop over (second match,
second capture).  TnFFCR: bits 1, 0 and 7, 6 the flip-flops by hand, 2 and 3 turn the first over at a match,
4 and 5 at a capture.  Every match asks.  Bits are the TMP95C061's; the main program's T4MOD = 05, T4FFCR = 00
and TREG5 = 15,625 is a period of 7.8125 ms there.

Open questions
- MAME asks and clears only at matches that TnFFCR names, and never for the second value: see
  docs/errata.md.
- Which pins capture: :meth:`SixteenBitTimer.pin` takes edges of the first and second.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from luthier.kn5000.board.chip.alarms import Alarm, Turning
from luthier.kn5000.board.chip.counter import Counter
from luthier.kn5000.board.chip.flip_flops import FlipFlops
from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.prescaler import T1, T4, T16, Prescaler
from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.machine.clock import Clock

NAMES = (("4", "5"), ("6", "7"), ("8", "9"), ("A", "B"))
CLOCKS = (None, T1, T4, T16)
CLEAR, NO_CAPTURE = 0x04, 0x20


class SixteenBitTimer:
    """The timer of ``index`` 0 to 3: 4, 6, 8 or A."""

    def __init__(
        self,
        index: int,
        registers: RegisterFile,
        clock: Clock,
        controller: InterruptController,
        prescaler: Prescaler,
        flip_flops: FlipFlops,
    ) -> None:
        self._index = index
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._prescaler = prescaler
        self._flip_flops = flip_flops
        self.names = NAMES[index]
        first = self.names[0]
        self._mode, self._control = f"T{first}MOD", f"T{first}FFCR"
        self.counter = Counter(16)
        self._compare = [0, 0]
        self._buffered: int | None = None
        self._buffer_event = f"TREG{first}"
        self._pins = [False, False]
        self._alarms = tuple(Alarm(f"INTTR{name}", clock, controller) for name in self.names)
        self._turnings = (
            Turning(first, f"FF{first} by 1", clock, flip_flops),
            Turning(first, f"FF{first} by 2", clock, flip_flops),
            Turning(self.names[1], f"FF{self.names[1]}", clock, flip_flops),
        )
        for which, name in enumerate(self.names):
            registers.on_write(f"TREG{name}", partial(self._set_compare, which))
        registers.on_write(self._mode, self._set_mode)
        registers.on_write(self._control, self._set_control)
        clock.know(self._buffer_event, self._take_buffered)
        flip_flops.on_shown.append(self._look)

    def reset(self) -> None:
        """As after a reset: stopped at 0."""
        self._compare, self._buffered = [0, 0], None
        self.counter.value, self.counter.clock = 0, None
        for turning in self._turnings:
            turning.reset()
        self.update()

    @property
    def count(self) -> int:
        """What it has counted to."""
        return self.counter.at(self._clock.now)

    def update(self) -> None:
        """Settings have changed: count up to now, and go on with what they are now."""
        now, mode = self._clock.now, self._registers.get(self._mode)
        for turning in self._turnings:
            turning.settle()
        divider = CLOCKS[mode & 3]
        runs = self._registers.get("T16RUN") >> self._index & 1
        ticks = self._prescaler.ticks(divider, now) if divider and runs else None
        self.counter.settle(now, ticks)
        self.counter.clear_at = self._compare[1] if mode & CLEAR else 0
        if not runs:
            self.counter.value = 0
        meetings = [self.counter.meetings(value) for value in self._compare]
        for alarm, these in zip(self._alarms, meetings, strict=True):
            alarm.set(these)
        control = self._registers.get(self._control)
        turns = (control >> 2 & 1, control >> 3 & 1, mode >> 6 & 1)
        for turning, on, these in zip(self._turnings, turns, (*meetings, meetings[1]), strict=True):
            turning.set(these if on else None)

    def _look(self) -> None:
        for turning in self._turnings:
            turning.settle()
            turning.look()

    # Registers

    def _set_mode(self, value: int) -> None:
        if not value & NO_CAPTURE:
            self._capture(0)
        self._registers.put(self._mode, value | NO_CAPTURE)
        self.update()

    def _set_control(self, value: int) -> None:
        for turning in self._turnings:
            turning.settle()
        for name, order in zip(self.names, (value & 3, value >> 6 & 3), strict=True):
            self._flip_flops.by_hand(name, order)
        self._registers.put(self._control, value | 0xC3)
        self.update()

    def _set_compare(self, which: int, value: int) -> None:
        self._registers.put(f"TREG{self.names[which]}", value)
        if not which and self._registers.get("T16CR") >> self._index & 1:
            over = self.counter.meetings(self._compare[1])
            due = over.after(self._clock.now) if over else None
            if due is not None:
                self._buffered = value
                self._clock.at(due, self._buffer_event, self._take_buffered)
                return
        self._compare[which] = value
        self.update()

    def _take_buffered(self) -> None:
        if self._buffered is not None:
            self._compare[0], self._buffered = self._buffered, None
            self.update()

    # Pins

    def _capture(self, which: int) -> None:
        """Put the count into a capture register; it may turn a flip-flop over."""
        name = self.names[which]
        self._registers.put(f"CAP{name}", self.count)
        if self._registers.get(self._control) >> 4 + which & 1:
            self._flip_flops.turn(self.names[0])
        if which and self._registers.get(self._mode) & 0x80:
            self._flip_flops.turn(self.names[1])

    def pin(self, which: int, level: bool) -> None:
        """A level at the first or second input pin: captures and, at the first, counts."""
        before, self._pins[which] = self._pins[which], level
        if before == level:
            return
        mode = self._registers.get(self._mode)
        captures = mode >> 3 & 3
        if captures == 1 and level:
            self._capture(which)
        elif captures == 2 and which == 0:
            self._capture(0 if level else 1)
        if which == 0 and level and not mode & 3 and self._registers.get("T16RUN") >> self._index & 1:
            self._count_edge()

    def _count_edge(self) -> None:
        counter = self.counter
        counter.value = (counter.value + 1) % counter.top
        for name, compare in zip(self.names, self._compare, strict=True):
            if counter.value == compare:
                self._controller.ask(f"INTTR{name}")
        if counter.value == counter.round % counter.top:
            counter.value = 0

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """Counter, compare values and what follows from them."""
        return {
            "counter": self.counter.snapshot(),
            "compare": list(self._compare),
            "buffered": self._buffered,
            "pins": list(self._pins),
            "alarms": [alarm.snapshot() for alarm in self._alarms],
            "turnings": [turning.snapshot() for turning in self._turnings],
        }

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.counter.restore(taken["counter"])
        self._compare, self._buffered = list(taken["compare"]), taken["buffered"]
        self._pins = list(taken["pins"])
        for alarm, ticks in zip(self._alarms, taken["alarms"], strict=True):
            alarm.restore(ticks)
        for turning, done in zip(self._turnings, taken["turnings"], strict=True):
            turning.restore(done)
