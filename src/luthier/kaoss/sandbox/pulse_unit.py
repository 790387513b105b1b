"""The 16-bit timer pulse unit, channels 0 to 2: counting, comparing, and the interrupts of both.

Clocks, flags and enables: MAME's h8_timer16 and H8S/2245, whose vectors are those of the H8S/2215.

Open questions
- Input capture, outputs at pins, buffers, PWM, phase counting, synchronous clearing and external clocks are
  not modelled: a channel that uses them only counts, or stands still.
"""

from __future__ import annotations

from functools import partial

from luthier.kaoss.sandbox.counter import Counter
from luthier.kaoss.sandbox.flagged_timer import FlaggedTimer
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


class Channel(FlaggedTimer):
    """One channel; ``running`` is its bit of TSTR."""

    def __init__(
        self, number: int, registers: RegisterFile, clock: Clock, controller: InterruptController
    ) -> None:
        self._letters = _LETTERS[number]
        super().__init__(
            number,
            registers,
            clock,
            controller,
            Counter(clock, 16),
            event=f"TPU{number}",
            flags="TSR",
            enables="TIER",
            bits=(*range(len(self._letters)), _OVERFLOW),
        )
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
        matches = {bit: self._value(f"TGR{letter}") for bit, letter in enumerate(self._letters)}
        self._expect(matches, _STEPS[self._number][control & 7] if self.running else 0, clear_at)

    def _vector(self, bit: int) -> int:
        return _VECTORS[self._number] + (_OVERFLOWS[self._number] if bit == _OVERFLOW else bit)

    def _clear_flags(self, value: int) -> None:
        self._clear_zeros(value)
        self.update()

    def _set_enables(self, value: int) -> None:
        self._put("TIER", value | _TIER_AFTER_RESET)
        self._ask_anew()


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
