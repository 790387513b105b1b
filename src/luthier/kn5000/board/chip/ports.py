"""The ports: what the program writes to them, what stands at their pins, and who looks.

A pin whose direction is output has the level of the latch; one that is input has the level that something
outside drives, or is pulled up.  Ports A and B have no directions and put out always; port G only takes in.

Open questions
- Whether all pins are pulled up inside: modelled, so that a pin to which nothing is connected reads 1.
- What the function registers choose, apart from the outputs of timers: kept, and pins stay port pins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.kn5000.board.chip.register_table import registers as register_table

PORTS = tuple(f"P{letter}" for letter in "012345678ABCDEFGHZ")
_OUTPUTS = {"PA", "PB"}
_INPUTS = {"PG"}
_PULLED_UP = 0xFF
_STATE = ("latch", "directions", "driven", "outside", "taken_over", "inside", "put_out")

Watch = Callable[[int, int], None]


class Port:
    """A port of eight pins; a bit for each in everything."""

    def __init__(self, name: str, registers: RegisterFile) -> None:
        self.name = name
        self._registers = registers
        self.latch = 0  #: what the program wrote
        self.directions = 0  #: 1 is output
        self.driven = self.outside = 0  #: which pins are driven from outside, and to which level
        self.taken_over = self.inside = 0  #: which pins show something else of the chip, and what
        self.put_out = _PULLED_UP
        self.watching: list[Watch] = []

    def reset(self) -> None:
        """As after a reset: pins are inputs; what drives them from outside goes on."""
        self.latch = register_table()[self.name].reset or 0
        self.directions = 0xFF if self.name in _OUTPUTS else 0
        self.taken_over = 0
        self.settle()

    def write(self, value: int) -> None:
        """The program writes the latch."""
        self.latch = value
        self.settle()

    def set_directions(self, value: int) -> None:
        """The program writes the directions."""
        self._registers.put(f"{self.name}CR", value)
        self.directions = value
        self.settle()

    @property
    def levels(self) -> int:
        """What stands at the pins."""
        others = self.outside & self.driven | _PULLED_UP & ~self.driven
        return self.put_out & self.directions | others & ~self.directions

    def settle(self) -> None:
        """Work out what the pins are, show it, and tell who watches."""
        value = self.latch & ~self.taken_over | self.inside & self.taken_over
        before, self.put_out = self.put_out, (value | ~self.directions) & 0xFF
        self._registers.put(self.name, self.levels)
        if self.put_out != before:
            for action in self.watching:
                action(before, self.put_out)


class Ports:
    """All ports of a chip; levels 1 is high."""

    def __init__(self, registers: RegisterFile) -> None:
        self._ports = {name: Port(name, registers) for name in PORTS}
        for name, port in self._ports.items():
            if name not in _INPUTS:
                registers.on_write(name, port.write)
            if f"{name}CR" in register_table():
                registers.on_write(f"{name}CR", port.set_directions)
        self.reset()

    def reset(self) -> None:
        """As after a reset."""
        for port in self._ports.values():
            port.reset()

    # For the board

    def drive(self, port: str, bit: int, level: bool | None) -> None:
        """Drive a pin from outside; None lets go of it."""
        one, mask = self._ports[port], 1 << bit
        one.driven = one.driven & ~mask | (mask if level is not None else 0)
        one.outside = one.outside & ~mask | (mask if level else 0)
        one.settle()

    def watch(self, port: str, action: Watch) -> None:
        """Have ``action(before, after)`` called when levels that the chip puts out change.

        A pin that is no output counts as high.
        """
        self._ports[port].watching.append(action)

    def levels(self, port: str) -> int:
        """What stands at the pins."""
        return self._ports[port].levels

    def outputs(self, port: str) -> int:
        """What the chip puts out; pins that are no outputs are 1."""
        return self._ports[port].put_out

    def write(self, port: str, value: int) -> None:
        """Write a latch: for stores that the memory has posted."""
        self._ports[port].write(value)

    # For units of the chip

    def take_over(self, port: str, bit: int, level: bool | None) -> None:
        """Have an output pin show a level of another unit; None gives it back to the latch."""
        one, mask = self._ports[port], 1 << bit
        one.taken_over = one.taken_over & ~mask | (mask if level is not None else 0)
        one.inside = one.inside & ~mask | (mask if level else 0)
        one.settle()

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """Latches, pins and who drives them."""
        return {name: {part: getattr(port, part) for part in _STATE} for name, port in self._ports.items()}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot; nobody is told."""
        for name, parts in taken.items():
            for part, value in parts.items():
                setattr(self._ports[name], part, value)
