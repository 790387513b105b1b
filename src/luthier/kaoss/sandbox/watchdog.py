"""The watchdog: a counter that the firmware must write to in time, or the chip is reset.

Bits and prescalers: MAME's h8_watchdog.  Its registers are written as words whose upper byte says which
is meant.

Open questions
- The prescalers are those of the family's manuals; MAME has others for its type S.
- RSTE without an overflow output: a reset here is one of the whole chip.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kaoss.sandbox.counter import Counter
from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock

_VECTOR = 25
_OVF, _WATCHDOG, _ENABLED = 0x80, 0x40, 0x20
_TCSR_ONES = 0x18
_WOVF, _RSTE = 0x80, 0x40
_RSTCSR_ONES = 0x1F
_STEPS = (2, 64, 128, 512, 2048, 8192, 32768, 131072)
_KEY_A, _KEY_B = 0xA5, 0x5A
_EVENT = "WDT"


def _ignore(_value: int) -> None:
    """A byte is no word with a key."""


class Watchdog:
    """The watchdog timer; ``bite`` is called when it resets the chip."""

    def __init__(
        self,
        registers: RegisterFile,
        clock: Clock,
        controller: InterruptController,
        bite: Callable[[], None],
    ) -> None:
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._bite = bite
        self._counter = Counter(clock, 8)
        self.feedings = 0  #: writes to the counter while the watchdog watches
        registers.unit("RSTCSR", _RSTCSR_ONES, take=_ignore)
        registers.unit("RSTCSR_W")
        self.reset()

    def reset(self) -> None:
        """As after a reset, which leaves RSTCSR as it is."""
        self._clock.cancel(_EVENT)
        self._registers.unit("TCSR", _TCSR_ONES, take=_ignore)
        self._registers.unit("TCNT", ask=lambda: self._counter.value, take=_ignore)
        self._registers.word(self._registers.cells["TCSR"].register.address, self._take)
        self._registers.word(self._registers.cells["RSTCSR_W"].register.address, self._take_reset)
        self._counter.configure(0, None)
        self._counter.set(0)

    @property
    def is_watching(self) -> bool:
        """Whether it would reset the chip."""
        return self._status & (_WATCHDOG | _ENABLED) == _WATCHDOG | _ENABLED

    @property
    def _status(self) -> int:
        return self._registers.get("TCSR")

    def _take(self, word: int) -> None:
        key, value = word >> 8, word & 0xFF
        if key == _KEY_A:
            flag = self._status & value & _OVF  # written to 1 it stays as it is
            self._registers.put("TCSR", value & 0x7F | _TCSR_ONES | flag)
            if not flag:
                self._controller.withdraw(_VECTOR)
            running = value & _ENABLED
            if not running:
                self._counter.set(0)
            self._counter.configure(_STEPS[value & 7] if running else 0, None)
        elif key == _KEY_B:
            self.feedings += self.is_watching
            self._counter.set(value)
        self._await()

    def _take_reset(self, word: int) -> None:
        key, value = word >> 8, word & 0xFF
        now = self._registers.get("RSTCSR")
        if key == _KEY_A and not value & _WOVF:
            now &= ~_WOVF
        elif key == _KEY_B:
            now = now & _WOVF | value & 0x60 | _RSTCSR_ONES
        self._registers.put("RSTCSR", now)

    def _await(self) -> None:
        due = self._counter.until(self._counter.top)
        if due is None:
            self._clock.cancel(_EVENT)
        else:
            self._clock.after(due, _EVENT, self._overflow)

    def _overflow(self) -> None:
        if self._status & _WATCHDOG:
            now = self._registers.get("RSTCSR") | _WOVF
            self._registers.put("RSTCSR", now)
            if now & _RSTE:
                self._bite()
                return
        elif not self._status & _OVF:
            self._registers.put("TCSR", self._status | _OVF)
            self._controller.ask(_VECTOR)
        self._await()
