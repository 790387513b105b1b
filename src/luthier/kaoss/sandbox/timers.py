"""The two 8-bit timers: counting, comparing, and the interrupts of both.

Clocks and bits: the family's manuals and MAME's h8_timer8 (8, 64 and 8,192 states a step).

Open questions
- One timer clocked by the other, external clocks and outputs at pins are not modelled: the timer stands
  still.
"""

from __future__ import annotations

from functools import partial

from luthier.kaoss.sandbox.counter import Counter
from luthier.kaoss.sandbox.flagged_timer import FlaggedTimer
from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock

_STEPS = (0, 8, 64, 8192, 0, 0, 0, 0)
_VECTORS = 64, 68
#: Bits of TCSR and, at the same places, of the enables in TCR; their vectors behind the first.
_MATCH_A, _MATCH_B, _OVERFLOW = 6, 7, 5
_ORDER = {_MATCH_A: 0, _MATCH_B: 1, _OVERFLOW: 2}


class Timer(FlaggedTimer):
    """One of the two timers."""

    def __init__(
        self, number: int, registers: RegisterFile, clock: Clock, controller: InterruptController
    ) -> None:
        super().__init__(
            number,
            registers,
            clock,
            controller,
            Counter(clock, 8),
            event=f"TMR{number}",
            flags="TCSR8",
            enables="TCR8",
            bits=tuple(_ORDER),
        )
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
        self.update()

    def update(self) -> None:
        """Look at the settings anew, and set the event that comes next."""
        control = self._value("TCR8")
        matches = {_MATCH_A: self._value("TCORA"), _MATCH_B: self._value("TCORB")}
        clear_at = {1: matches[_MATCH_A], 2: matches[_MATCH_B]}.get(control >> 3 & 3)
        self._expect(matches, _STEPS[control & 7], clear_at)

    def _vector(self, bit: int) -> int:
        return _VECTORS[self._number] + _ORDER[bit]

    def _clear_flags(self, value: int) -> None:
        self._clear_zeros(value)
        flags = self._value("TCSR8") & 0xE0
        self._put("TCSR8", flags | value & 0x1F)
        self.update()

    def _set_control(self, value: int) -> None:
        self._put("TCR8", value)
        self._ask_anew()
        self.update()
