"""The interrupt pins: INT0 by edge or level, INT4 to INTB and NMI by edge.

A level is true while the pin asks, whatever its polarity on the board.  By level, INT0 asks while it is
held: its request goes when the pin lets go, and stays when the program clears it (as the TMP92CM22 has it).

Open questions
- Which value of bit 1 of IIMC is the level: here 0 is the level and 1 the edge, as the KN5000 memory-map
  page and MAME have it.  Both programs of the KN5000 write 0.
- Whether a level that is held asks again once it was answered, as it does in the TMP92CM22: not here, since
  the main program would take bytes twice (a fork of MAME measured it).  With 0 as the edge it could not
  happen.
- What the other bits of IIMC do, and which edge INT4 to INTB ask at where captures have chosen one: the
  rising here.
"""

from __future__ import annotations

from typing import Any

from luthier.errors import UsageError
from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.kn5000.board.chip.sixteen_bit_timers import SixteenBitTimer

EDGES = ("INT4", "INT5", "INT6", "INT7", "INT8", "INT9", "INTA", "INTB")
_BY_EDGE = 0x02


class Pins:
    """The pins of a chip that ask for interrupts; INT4 to INTB are those of the 16-bit timers as well."""

    def __init__(
        self,
        registers: RegisterFile,
        controller: InterruptController,
        timers: tuple[SixteenBitTimer, ...],
    ) -> None:
        self._registers = registers
        self._controller = controller
        self._timers = timers
        self.levels = dict.fromkeys(("INT0", *EDGES, "NMI"), False)
        registers.on_write("IIMC", self._set_mode)
        controller.on_cleared["INT0"] = self._look

    def reset(self) -> None:
        """As after a reset: a level that is held asks again."""
        self._look()

    def set(self, name: str, level: bool) -> None:
        """Put a pin to a level."""
        if name not in self.levels:
            raise UsageError(f"the chip has no pin {name!r}", remedy=f"use {', '.join(self.levels)}")
        before, self.levels[name] = self.levels[name], level
        if name == "INT0" and not self._is_by_edge:
            if level:
                self._controller.ask("INT0")
            else:
                self._controller.withdraw("INT0")
        elif level and not before:
            if name == "NMI":
                self._controller.ask_nmi()
            else:
                self._controller.ask(name)
        if name in EDGES:
            index = EDGES.index(name)
            self._timers[index // 2].pin(index % 2, level)

    @property
    def _is_by_edge(self) -> bool:
        return bool(self._registers.get("IIMC") & _BY_EDGE)

    def _set_mode(self, value: int) -> None:
        self._registers.put("IIMC", value)
        self._look()

    def _look(self) -> None:
        """INT0 asks as long as its level is held."""
        if self.levels["INT0"] and not self._is_by_edge:
            self._controller.ask("INT0")

    def snapshot(self) -> dict[str, Any]:
        """Their levels."""
        return {"levels": dict(self.levels)}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.levels = dict(taken["levels"])
