"""The interrupt controller: who asks for the CPU, how urgently, and what the firmware allows.

Registers A to G, I to K and M give 11 pairs of levels, 7 after a reset (hardware manual of the H8S/2215,
REJ09B0140-0900, page 87).  Which sources belong to which: MAME's H8S/2245, whose vectors are the same.  The
first source of a pair has the upper three bits: the family's manuals.  In mode 0 levels count nothing and the
smaller vector comes first; in mode 2 a level must be above that of EXR.

Open questions
- Whether the pairs are those of the H8S/2245 (MAME takes its halves the other way round).
- IPRM, which belongs to USB, has no known address, and USB asks for nothing here.
- A flag is cleared by writing 0; the chip wants it read as 1 before, which is not checked here.
- The pins of IRQ0 to IRQ7: whoever knows a wiring drives them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.interrupts import InterruptLines, Request

NMI, IRQ0 = 7, 16
_NMI_LEVEL = 8
#: First and last vector of a group, its register, and whether it has the upper bits.
_GROUPS = (
    (16, 16, "IPRA", True),
    (17, 17, "IPRA", False),
    (18, 19, "IPRB", True),
    (20, 21, "IPRB", False),
    (22, 23, "IPRC", True),
    (24, 24, "IPRC", False),
    (25, 25, "IPRD", True),
    (28, 31, "IPRE", False),
    (32, 39, "IPRF", True),
    (40, 43, "IPRF", False),
    (44, 47, "IPRG", True),
    (64, 67, "IPRI", True),
    (68, 71, "IPRI", False),
    (72, 79, "IPRJ", True),
    (80, 83, "IPRJ", False),
    (84, 87, "IPRK", True),
    (88, 91, "IPRK", False),
)
_PAIRS = {vector: (name, upper) for first, last, name, upper in _GROUPS for vector in range(first, last + 1)}
_ALL_SEVEN = 0x77
_SYSCR_AFTER_RESET = 0x01  #: RAME; the family's manuals
_SENSES = ("low", "falling", "rising", "both")


class Lines(InterruptLines):
    """Requests that stand until the unit that asks takes them back: most flags outlive being heard."""

    def __init__(self, taken: Callable[[int], None]) -> None:
        super().__init__()
        self._taken = taken

    def take(self) -> Request:
        """The request that comes first; the controller is told."""
        first = self.first
        if first is None:
            raise LookupError("no request is pending")
        self._taken(first.vector)
        return first


class InterruptController:
    """Levels, modes, and the pins IRQ0 to IRQ7 and NMI.

    ``set_mode`` is told the interrupt control mode, ``transfer`` is asked first whether the DTC serves a
    request (True: nothing is left for the CPU), ``note`` is told every vector that is taken.
    """

    def __init__(
        self,
        registers: RegisterFile,
        set_mode: Callable[[int], None],
        transfer: Callable[[int], bool],
        note: Callable[[int], None],
    ) -> None:
        self._registers = registers
        self._set_mode = set_mode
        self._transfer = transfer
        self._note = note
        self.lines = Lines(self._take)
        self._pins = [True] * 8
        self.reset()

    def reset(self) -> None:
        """As after the reset line."""
        self.lines.clear()
        unit = self._registers.unit
        for name in sorted({pair[0] for pair in _PAIRS.values()}):
            unit(name, _ALL_SEVEN, take=partial(self._set_levels, name))
        unit("SYSCR", _SYSCR_AFTER_RESET, take=self._set_system)
        self._mode = 0
        self._set_mode(0)
        for name in ("ISCRH", "ISCRL"):
            unit(name)
        unit("IER", take=self._set_enables)
        unit("ISR", take=self._clear_flags)

    def level(self, vector: int) -> int:
        """How urgent a source is at the moment: 8 is above all."""
        if vector == NMI:
            return _NMI_LEVEL
        if not self._mode & 2 or vector not in _PAIRS:
            return 1
        name, upper = _PAIRS[vector]
        return self._registers.get(name) >> (4 if upper else 0) & 7

    def ask(self, vector: int, acknowledge: Callable[[], None] = lambda: None) -> None:
        """A source asks: the DTC serves it, which ``acknowledge`` is then told, or the CPU is to."""
        if self._transfer(vector):
            acknowledge()
        else:
            self.lines.request(vector, self.level(vector))

    def withdraw(self, vector: int) -> None:
        """A source asks no more."""
        self.lines.withdraw(vector)

    def set_pin(self, number: int, level: bool) -> None:
        """Drive the pin IRQ0 to IRQ7."""
        before, self._pins[number] = self._pins[number], level
        sense = self._sense(number)
        edge = before != level and sense in ("both", "rising" if level else "falling")
        if edge or (sense == "low" and not level):
            self._registers.put("ISR", self._registers.get("ISR") | 1 << number)
            self._ask_for_pin(number)

    def press_nmi(self) -> None:
        """An edge at the pin NMI."""
        self.lines.request(NMI, _NMI_LEVEL)

    def _sense(self, number: int) -> str:
        both = self._registers.get("ISCRH") << 8 | self._registers.get("ISCRL")
        return _SENSES[both >> 2 * number & 3]

    def _ask_for_pin(self, number: int) -> None:
        if self._registers.get("ISR") & self._registers.get("IER") & 1 << number:
            self.ask(IRQ0 + number, lambda: self._clear_pin(number))

    def _clear_pin(self, number: int) -> None:
        self._registers.put("ISR", self._registers.get("ISR") & ~(1 << number))
        self.withdraw(IRQ0 + number)

    def _set_enables(self, value: int) -> None:
        self._registers.put("IER", value)
        for number in range(8):
            self.withdraw(IRQ0 + number)
            self._ask_for_pin(number)

    def _clear_flags(self, value: int) -> None:
        for number in range(8):
            held = self._sense(number) == "low" and not self._pins[number]
            if not value >> number & 1 and not held:
                self._clear_pin(number)

    def _set_levels(self, name: str, value: int) -> None:
        self._registers.put(name, value & _ALL_SEVEN)
        self._reconsider()

    def _set_system(self, value: int) -> None:
        self._registers.put("SYSCR", value)
        self._mode = value >> 4 & 3
        self._set_mode(self._mode)
        self._reconsider()

    def _reconsider(self) -> None:
        for _, vector in self.lines.snapshot():
            self.lines.request(vector, self.level(vector))

    def _take(self, vector: int) -> None:
        self._note(vector)
        if vector == NMI:
            self.withdraw(NMI)
        elif IRQ0 <= vector < IRQ0 + 8 and self._sense(vector - IRQ0) != "low":
            self._clear_pin(vector - IRQ0)
