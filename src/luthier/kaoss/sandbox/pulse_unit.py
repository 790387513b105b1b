"""The 16-bit timer pulse unit, channels 0 to 2: counting, comparing, and the interrupts of both.

Clocks, flags and enables: MAME's h8_timer16 and H8S/2245, whose vectors are those of the H8S/2215.
Counters are reckoned, not stepped: an event is set only for a flag that is still clear.

Open questions
- Input capture, outputs at pins, buffers, PWM, phase counting, synchronous clearing and external clocks are
  not modelled: a channel that uses them only counts, or stands still.
"""

from __future__ import annotations

from functools import partial

from luthier.kaoss.sandbox.counter import Counter
from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock

_OVERFLOW = 4  #: bit TCFV of TSR and TCIEV of TIER
_TIER_AFTER_RESET, _TSR_AFTER_RESET = 0x40, 0xC0
#: States a step by bits TPSC of TCR; 0 is an external clock or another channel.
_STEPS = (
    (1, 4, 16, 64, 0, 0, 0, 0),
    (1, 4, 16, 64, 0, 0, 256, 0),
    (1, 4, 16, 64, 0, 0, 0, 1024),
)
#: First vector and general registers of each channel.
_VECTORS = 32, 40, 44
_LETTERS = "ABCD", "AB", "AB"
#: Vector of an overflow behind the first.
_OVERFLOWS = 4, 2, 2
#: General register that clears the counter, by bits CCLR.
_CLEARING = {1: "A", 2: "B", 5: "C", 6: "D"}


class Channel:
    """One channel; ``running`` is its bit of TSTR."""

    def __init__(
        self, number: int, registers: RegisterFile, clock: Clock, controller: InterruptController
    ) -> None:
        self._number = number
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._letters = _LETTERS[number]
        self._counter = Counter(clock, 16)
        self._event = f"TPU{number}"
        self._awaited: list[int] = []
        self.running = False
        self.reset()

    def reset(self) -> None:
        """As after the reset line."""
        n, unit = self._number, self._registers.unit
        self.running = False
        self._clock.cancel(self._event)
        for name in ("TMDR", *(("TIORH", "TIORL") if n == 0 else ("TIOR",))):
            unit(f"{name}_{n}")
        unit(f"TCR_{n}", take=partial(self._set, f"TCR_{n}"))
        unit(f"TIER_{n}", _TIER_AFTER_RESET, take=self._set_enables)
        unit(f"TSR_{n}", _TSR_AFTER_RESET, take=self._clear_flags)
        unit(f"TCNT_{n}", ask=lambda: self._counter.value, take=self._set_counter)
        for letter in self._letters:
            name = f"TGR{letter}_{n}"
            unit(name, 0xFFFF, take=partial(self._set, name))
        self._counter.set(0)
        self.update()

    def update(self) -> None:
        """Look at the settings anew, and set the event that comes next."""
        control = self._value("TCR")
        letter = _CLEARING.get(control >> 5, "")
        clear_at = self._value(f"TGR{letter}") if letter and letter in self._letters else None
        self._counter.configure(_STEPS[self._number][control & 7] if self.running else 0, clear_at)
        status = self._value("TSR")
        times = {}
        for bit, letter in enumerate(self._letters):
            if not status >> bit & 1:
                times[bit] = self._counter.until(self._value(f"TGR{letter}"))
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
            self._put("TSR", self._value("TSR") | 1 << bit)
            self._ask(bit)
        self.update()

    def _ask(self, bit: int) -> None:
        if self._value("TSR") & self._value("TIER") & 1 << bit:
            self._controller.ask(self._vector(bit), lambda: self._clear(bit))

    def _vector(self, bit: int) -> int:
        return _VECTORS[self._number] + (_OVERFLOWS[self._number] if bit == _OVERFLOW else bit)

    def _clear(self, bit: int) -> None:
        self._put("TSR", self._value("TSR") & ~(1 << bit))
        self._controller.withdraw(self._vector(bit))

    def _clear_flags(self, value: int) -> None:
        for bit in (*range(len(self._letters)), _OVERFLOW):
            if not value >> bit & 1:
                self._clear(bit)
        self.update()

    def _set_enables(self, value: int) -> None:
        self._put("TIER", value | _TIER_AFTER_RESET)
        for bit in (*range(len(self._letters)), _OVERFLOW):
            self._controller.withdraw(self._vector(bit))
            self._ask(bit)

    def _set_counter(self, value: int) -> None:
        self._counter.set(value)
        self.update()

    def _set(self, name: str, value: int) -> None:
        self._registers.put(name, value)
        self.update()

    def _value(self, name: str) -> int:
        return self._registers.get(f"{name}_{self._number}")

    def _put(self, name: str, value: int) -> None:
        self._registers.put(f"{name}_{self._number}", value)


class PulseUnit:
    """All three channels, and which of them run."""

    def __init__(self, registers: RegisterFile, clock: Clock, controller: InterruptController) -> None:
        self._registers = registers
        self._channels = [Channel(number, registers, clock, controller) for number in range(3)]
        self._answer()

    def reset(self) -> None:
        """As after the reset line."""
        for channel in self._channels:
            channel.reset()
        self._answer()

    def _answer(self) -> None:
        self._registers.unit("TSTR", take=self._start)
        self._registers.unit("TSYR")

    def _start(self, value: int) -> None:
        self._registers.put("TSTR", value)
        for number, channel in enumerate(self._channels):
            channel.running = bool(value >> number & 1)
            channel.update()
