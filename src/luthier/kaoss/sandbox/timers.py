"""The two 8-bit timers: counting, comparing, and the interrupts of both.

Clocks and bits: the family's manuals and MAME's h8_timer8 (8, 64 and 8,192 states a step).

Open questions
- One timer clocked by the other, external clocks and outputs at pins are not modelled: the timer stands
  still.
"""

from __future__ import annotations

from functools import partial

from luthier.kaoss.sandbox.counter import Counter
from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock

_STEPS = (0, 8, 64, 8192, 0, 0, 0, 0)
_VECTORS = 64, 68
#: Bits of TCSR and, at the same places, of the enables in TCR; their vectors behind the first.
_MATCH_A, _MATCH_B, _OVERFLOW = 6, 7, 5
_ORDER = {_MATCH_A: 0, _MATCH_B: 1, _OVERFLOW: 2}


class Timer:
    """One of the two timers."""

    def __init__(
        self, number: int, registers: RegisterFile, clock: Clock, controller: InterruptController
    ) -> None:
        self._number = number
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._counter = Counter(clock, 8)
        self._event = f"TMR{number}"
        self._awaited: list[int] = []
        self.reset()

    def reset(self) -> None:
        """As after the reset line."""
        n, unit = self._number, self._registers.unit
        self._clock.cancel(self._event)
        unit(f"TCR8_{n}", take=self._set_control)
        unit(f"TCSR8_{n}", take=self._clear_flags)
        for name in (f"TCORA_{n}", f"TCORB_{n}"):
            unit(name, 0xFF, take=partial(self._set, name))
        unit(f"TCNT8_{n}", ask=lambda: self._counter.value, take=self._set_counter)
        self._counter.set(0)
        self._update()

    def _update(self) -> None:
        control = self._value("TCR8")
        matches = {_MATCH_A: self._value("TCORA"), _MATCH_B: self._value("TCORB")}
        clear_at = {1: matches[_MATCH_A], 2: matches[_MATCH_B]}.get(control >> 3 & 3)
        self._counter.configure(_STEPS[control & 7], clear_at)
        status = self._value("TCSR8")
        times = {bit: self._counter.until(value) for bit, value in matches.items() if not status >> bit & 1}
        if not status >> _OVERFLOW & 1 and clear_at != self._counter.top:
            times[_OVERFLOW] = self._counter.until(self._counter.top)
        due = min((time for time in times.values() if time is not None), default=None)
        if due is None:
            self._clock.cancel(self._event)
            return
        self._awaited = [bit for bit, time in times.items() if time == due]
        self._clock.after(due, self._event, self._happen)

    def _happen(self) -> None:
        for bit in self._awaited:
            self._put("TCSR8", self._value("TCSR8") | 1 << bit)
            self._ask(bit)
        self._update()

    def _ask(self, bit: int) -> None:
        if self._value("TCSR8") & self._value("TCR8") & 1 << bit:
            self._controller.ask(self._vector(bit), lambda: self._clear(bit))

    def _vector(self, bit: int) -> int:
        return _VECTORS[self._number] + _ORDER[bit]

    def _clear(self, bit: int) -> None:
        self._put("TCSR8", self._value("TCSR8") & ~(1 << bit))
        self._controller.withdraw(self._vector(bit))

    def _clear_flags(self, value: int) -> None:
        for bit in _ORDER:
            if not value >> bit & 1:
                self._clear(bit)
        flags = self._value("TCSR8") & 0xE0
        self._put("TCSR8", flags | value & 0x1F)
        self._update()

    def _set_control(self, value: int) -> None:
        self._put("TCR8", value)
        for bit in _ORDER:
            self._controller.withdraw(self._vector(bit))
            self._ask(bit)
        self._update()

    def _set_counter(self, value: int) -> None:
        self._counter.set(value)
        self._update()

    def _set(self, name: str, value: int) -> None:
        self._registers.put(name, value)
        self._update()

    def _value(self, name: str) -> int:
        return self._registers.get(f"{name}_{self._number}")

    def _put(self, name: str, value: int) -> None:
        self._registers.put(f"{name}_{self._number}", value)
