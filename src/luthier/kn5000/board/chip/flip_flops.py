"""The flip-flops of the timers, and the pins that show them (MAME's tmp94c241.cpp).

A flip-flop is turned over, set or cleared by hand, or turned over by its timer.  A pin whose function bit is
1 shows it: FF1 and FF3 at port C, bits 0 and 1, while the direction there is 0, FF7 and FFB while it is 1;
FF4 and FF6 at port D, bits 0 and 4; FF8 and FFA at port E, bits 0 and 4.

Open questions
- Whether a pin of port C that shows FF1 or FF3 needs a direction of 0, as MAME has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from luthier.kn5000.board.chip.ports import Ports
from luthier.kn5000.board.chip.register_file import RegisterFile

TURN, SET, CLEAR, LEAVE = range(4)
#: Port, bit and direction of the pin that shows a flip-flop; None where the direction does not matter.
PINS: dict[str, tuple[str, int, int | None]] = {
    "1": ("PC", 0, 0),
    "3": ("PC", 1, 0),
    "4": ("PD", 0, None),
    "6": ("PD", 4, None),
    "7": ("PC", 0, 1),
    "8": ("PE", 0, None),
    "A": ("PE", 4, None),
    "B": ("PC", 1, 1),
}
NAMES = "13456789AB"


class FlipFlops:
    """All flip-flops of a chip by the number of their timer register."""

    def __init__(self, registers: RegisterFile, ports: Ports) -> None:
        self._registers = registers
        self._ports = ports
        self.states = dict.fromkeys(NAMES, False)
        self.on_shown: list[Callable[[], None]] = []  #: told when other flip-flops are seen than before
        for port in ("PC", "PD", "PE"):
            registers.on_write(f"{port}FC", self._functions_of(port))

    def reset(self) -> None:
        """As after a reset: all at 0."""
        self.states = dict.fromkeys(NAMES, False)

    def by_hand(self, name: str, order: int) -> None:
        """What two bits of a control register ask for: turn over, set, clear, leave."""
        if order != LEAVE:
            self._put(name, not self.states[name] if order == TURN else order == SET)

    def turn(self, name: str, times: int = 1) -> None:
        """Turn over so many times."""
        if times & 1:
            self._put(name, not self.states[name])

    def is_shown(self, name: str) -> bool:
        """Whether a pin shows a flip-flop."""
        if name not in PINS:
            return False
        port, bit, direction = PINS[name]
        if not self._registers.get(f"{port}FC") >> bit & 1:
            return False
        return direction is None or self._registers.get(f"{port}CR") >> bit & 1 == direction

    def _functions_of(self, port: str) -> Callable[[int], None]:
        def take(value: int) -> None:
            self._registers.put(f"{port}FC", value)
            for name, (shown_at, bit, _) in PINS.items():
                if shown_at == port and not value >> bit & 1:
                    self._ports.take_over(port, bit, None)
                elif shown_at == port and self.is_shown(name):
                    self._put(name, self.states[name])
            for action in self.on_shown:
                action()

        return take

    def _put(self, name: str, state: bool) -> None:
        self.states[name] = state
        if self.is_shown(name):
            port, bit, _ = PINS[name]
            self._ports.take_over(port, bit, state)

    def snapshot(self) -> dict[str, Any]:
        """All of them."""
        return {"states": dict(self.states)}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.states = dict(taken["states"])
