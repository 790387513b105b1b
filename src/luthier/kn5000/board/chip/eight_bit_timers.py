"""Timers 0 to 3: two pairs, each two timers of 8 bits, one of 16, or a pulse with a timer beside it.

T01MOD and T23MOD: bits 7 and 6 the mode (two timers, 16 bits, PPG, PWM), 5 and 4 the PWM period (2^6 - 1,
2^7 - 1, 2^8 - 1), 3 and 2 the clock of the upper timer (matches of the lower, T1, T16, T256), 1 and 0 that
of the lower (pin, T1, T4, T16).  A timer asks when it meets its compare value, and begins again.  T02FFCR:
what turns FF1 and FF3 over. Bits are the TMP95C061's; the main program's settings (1D: T256 and T1, two
timers) fit them.

Open questions
- At PWM INTT0 asks when the period is over (modelled: so the figures of relatives).
- MAME clears at TREG0 in the two pulse modes; here PPG clears at TREG1 and PWM at its period, as the
  relatives do.
- Which pins TI0 and TI2 are; :meth:`EightBitPair.count_edge` counts an edge.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from luthier.kn5000.board.chip.alarms import Alarm, Turning
from luthier.kn5000.board.chip.counter import Counter, Ticks
from luthier.kn5000.board.chip.flip_flops import FlipFlops
from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.prescaler import T1, T4, T16, T256, Prescaler
from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.machine.clock import Clock

TWO, WIDE, PPG, PWM = range(4)
LOWER_CLOCKS = (None, T1, T4, T16)
UPPER_CLOCKS = (None, T1, T16, T256)
PWM_ROUNDS = (0, (1 << 6) - 1, (1 << 7) - 1, (1 << 8) - 1)
_TURNS, _BY_UPPER = 0x02, 0x01  #: of the four bits for a flip-flop


def _go_on(counter: Counter, now: int, runs: bool, clock: Ticks | None, clear_at: int) -> None:
    """Count up to now; from here on count ``clock``, or stand at 0."""
    counter.settle(now, clock if runs else None)
    counter.clear_at = clear_at
    if not runs:
        counter.value = 0


class EightBitPair:
    """Timers ``number`` and ``number`` + 1."""

    def __init__(
        self,
        number: int,
        registers: RegisterFile,
        clock: Clock,
        controller: InterruptController,
        prescaler: Prescaler,
        flip_flops: FlipFlops,
    ) -> None:
        self._number = number
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._prescaler = prescaler
        self._flip_flops = flip_flops
        self._flip_flop = str(number + 1)
        self._sources = (f"INTT{number}", f"INTT{number + 1}")
        self._alarms = tuple(Alarm(source, clock, controller) for source in self._sources)
        self._turnings = tuple(
            Turning(self._flip_flop, f"FF{number + 1} by {which}", clock, flip_flops) for which in "LU"
        )
        self.counters = (Counter(8), Counter(8))
        self.wide = Counter(16)
        self._compare = [0, 0]
        self._buffered: int | None = None
        self._buffer_event = f"TREG{number}"
        for upper in range(2):
            registers.on_write(f"TREG{number + upper}", partial(self._set_compare, upper))
        registers.on_write(self._mode_register, self._set_mode)
        clock.know(self._buffer_event, self._take_buffered)
        flip_flops.on_shown.append(self._look)

    def reset(self) -> None:
        """As after a reset: stopped at 0."""
        self._compare, self._buffered = [0, 0], None
        for counter in (*self.counters, self.wide):
            counter.value, counter.clock, counter.clear_at = 0, None, 0
        for turning in self._turnings:
            turning.reset()
        self.update()

    @property
    def _mode_register(self) -> str:
        return f"T{self._number}{self._number + 1}MOD"

    @property
    def mode(self) -> int:
        """Two timers, one of 16 bits, PPG or PWM."""
        return self._registers.get(self._mode_register) >> 6

    def period(self, upper: int) -> int:
        """States between two matches of a timer; 0 while it stands still."""
        ticks = self._matches(upper)
        return ticks.period if ticks else 0

    def update(self) -> None:
        """Settings have changed: count up to now, and go on with what they are now."""
        for turning in self._turnings:
            turning.settle()
        self._set_clocks(self._clock.now)
        mode, lower, upper = self.mode, self._matches(0), self._matches(1)
        over = self.counters[0].meetings(self.counters[0].round)
        self._alarms[0].set({WIDE: None, PWM: over}.get(mode, lower))
        self._alarms[1].set(upper)
        self._set_turnings(mode, lower, upper, over)

    def _set_clocks(self, now: int) -> None:
        settings, mode = self._registers.get(self._mode_register), self.mode
        running = self._registers.get("T8RUN") >> self._number
        one, two = bool(running & 1), bool(running & 2)
        clock = self._steps(LOWER_CLOCKS[settings & 3], now)
        lower, upper = self.counters
        _go_on(self.wide, now, mode == WIDE and one and two, clock, self._compare[1] << 8 | self._compare[0])
        rounds = {PPG: self._compare[1], PWM: PWM_ROUNDS[settings >> 4 & 3]}
        _go_on(lower, now, mode != WIDE and one, clock, rounds.get(mode, self._compare[0]))
        # The lower timer's matches are known from here on.
        clock = self._steps(UPPER_CLOCKS[settings >> 2 & 3], now)
        if not UPPER_CLOCKS[settings >> 2 & 3] and mode == TWO:
            clock = self._matches(0)
        _go_on(upper, now, mode in (TWO, PWM) and two, clock, self._compare[1])

    def _steps(self, divider: int | None, now: int) -> Ticks | None:
        return self._prescaler.ticks(divider, now) if divider else None

    def _matches(self, upper: int) -> Ticks | None:
        """When a timer meets its compare value."""
        if self.mode == WIDE:
            return self.wide.meetings(self.wide.clear_at) if upper else None
        if self.mode == PPG:
            return self.counters[0].meetings(self._compare[upper])
        return self.counters[upper].meetings(self._compare[upper])

    def _set_turnings(self, mode: int, lower: Ticks | None, upper: Ticks | None, over: Ticks | None) -> None:
        control = self._registers.get("T02FFCR") >> 2 * self._number & 0xF
        by_upper = bool(control & _BY_UPPER)
        ticks: tuple[Ticks | None, Ticks | None] = (None, upper) if by_upper else (lower, None)
        if mode == PPG:
            ticks = lower, upper
        elif mode == PWM and not by_upper:
            ticks = lower, over
        elif mode == WIDE:
            ticks = None, upper
        for turning, these in zip(self._turnings, ticks, strict=True):
            turning.set(these if control & _TURNS else None)

    def _look(self) -> None:
        for turning in self._turnings:
            turning.settle()
            turning.look()

    # Registers

    def _set_mode(self, value: int) -> None:
        self._registers.put(self._mode_register, value)
        self.update()

    def _set_compare(self, upper: int, value: int) -> None:
        self._registers.put(f"TREG{self._number + upper}", value)
        if not upper and self._registers.get("TRDC") >> self._number // 2 & 1 and self.mode in (PPG, PWM):
            self._buffered = value
            over = self.counters[0].meetings(self.counters[0].round)
            due = over.after(self._clock.now) if over else None
            if due is not None:
                self._clock.at(due, self._buffer_event, self._take_buffered)
                return
        self._compare[upper] = value
        self.update()

    def _take_buffered(self) -> None:
        if self._buffered is not None:
            self._compare[0], self._buffered = self._buffered, None
            self.update()

    def set_flip_flop(self, control: int) -> None:
        """Its four bits of T02FFCR: by hand above, invert enable and by which timer below."""
        for turning in self._turnings:
            turning.settle()
        self._flip_flops.by_hand(self._flip_flop, control >> 2 & 3)

    def count_edge(self) -> None:
        """A rising edge at the pin of the lower timer, where that is its clock."""
        settings = self._registers.get(self._mode_register)
        counter = self.wide if self.mode == WIDE else self.counters[0]
        if settings & 3 or not self._registers.get("T8RUN") >> self._number & 1:
            return
        counter.value = (counter.value + 1) % counter.top
        if counter.value == counter.round % counter.top:
            counter.value = 0
            self._controller.ask(self._sources[self.mode == WIDE])

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """Counters, compare values and what follows from them."""
        return {
            "counters": [counter.snapshot() for counter in (*self.counters, self.wide)],
            "compare": list(self._compare),
            "buffered": self._buffered,
            "alarms": [alarm.snapshot() for alarm in self._alarms],
            "turnings": [turning.snapshot() for turning in self._turnings],
        }

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        for counter, state in zip((*self.counters, self.wide), taken["counters"], strict=True):
            counter.restore(state)
        self._compare, self._buffered = list(taken["compare"]), taken["buffered"]
        for alarm, ticks in zip(self._alarms, taken["alarms"], strict=True):
            alarm.restore(ticks)
        for turning, done in zip(self._turnings, taken["turnings"], strict=True):
            turning.restore(done)
