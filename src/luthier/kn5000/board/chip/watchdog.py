"""The watchdog: it bites unless the program clears it in time.

WDMOD: bit 7 lets it run, bits 6 and 5 its period, 2^16, 2^18, 2^20 or 2^22 states; bit 1 makes it reset the
chip, otherwise it asks as INTWD.  WDCR: 4E clears it, B1 stops it once WDMOD.7 is 0.  As the TMP95C061 has
it, with periods in cycles of the clock; the main program stops it first of all, with 00 and B1.

Open questions
- The periods on this chip: modelled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.machine.clock import Clock

CLEAR, STOP = 0x4E, 0xB1
PERIODS = (1 << 16, 1 << 18, 1 << 20, 1 << 22)
_RUNS, _RESETS = 0x80, 0x02
_EVENT = "watchdog"


class Watchdog:
    """The watchdog of a chip; ``reset_chip`` is called where it is to reset it."""

    def __init__(
        self,
        registers: RegisterFile,
        clock: Clock,
        controller: InterruptController,
        reset_chip: Callable[[], None],
    ) -> None:
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._reset_chip = reset_chip
        self.bites = 0  #: how often it has run over
        self._stopped = False
        registers.on_write("WDMOD", self._set_mode)
        registers.on_write("WDCR", self._order)
        clock.know(_EVENT, self._bite)

    @property
    def period(self) -> int:
        """States after which it bites."""
        return PERIODS[self._registers.get("WDMOD") >> 5 & 3]

    def reset(self) -> None:
        """As after a reset: it runs."""
        self._stopped = False
        self._begin()

    def _begin(self) -> None:
        if self._stopped:
            self._clock.cancel(_EVENT)
        else:
            self._clock.after(self.period, _EVENT, self._bite)

    def _set_mode(self, value: int) -> None:
        self._registers.put("WDMOD", value)
        if value & _RUNS:
            self._stopped = False
        self._begin()

    def _order(self, code: int) -> None:
        if code == STOP and not self._registers.get("WDMOD") & _RUNS:
            self._stopped = True
        if code in (CLEAR, STOP):
            self._begin()

    def _bite(self) -> None:
        self.bites += 1
        self._begin()
        if self._registers.get("WDMOD") & _RESETS:
            self._reset_chip()
        else:
            self._controller.ask_watchdog()

    def snapshot(self) -> dict[str, Any]:
        """Whether it runs; when it bites is in the clock."""
        return {"stopped": self._stopped, "bites": self.bites}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self._stopped, self.bites = taken["stopped"], taken["bites"]
