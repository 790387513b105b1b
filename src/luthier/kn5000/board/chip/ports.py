"""The ports: what the program writes to them, what stands at their pins, and who looks.

A pin whose direction is output has the level of the latch; one that is input has the level that something
outside drives, or is pulled up.  Ports A and B have no directions and put out always; port G only takes in.

Open questions
- Whether all pins are pulled up inside: modelled, so that a pin to which nothing is connected reads 1.
- What the function registers choose, apart from the outputs of timers: kept, and pins stay port pins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.kn5000.board.chip.register_table import registers as register_table

PORTS = tuple(f"P{letter}" for letter in "012345678ABCDEFGHZ")
_OUTPUTS = {"PA", "PB"}
_INPUTS = {"PG"}
_PULLED_UP = 0xFF

Watch = Callable[[int, int], None]


class Ports:
    """All ports of a chip; bits are those of the register, levels 1 is high."""

    def __init__(self, registers: RegisterFile) -> None:
        self._registers = registers
        self._latch = dict.fromkeys(PORTS, 0)
        self._driven = dict.fromkeys(PORTS, 0)  #: which pins are driven from outside
        self._outside = dict.fromkeys(PORTS, 0)  #: and to which level
        self._taken_over = dict.fromkeys(PORTS, 0)  #: pins that another unit of the chip drives
        self._inside = dict.fromkeys(PORTS, 0)
        self._directions = dict.fromkeys(PORTS, 0)
        self._put_out = dict.fromkeys(PORTS, _PULLED_UP)
        self._watching: defaultdict[str, list[Watch]] = defaultdict(list)
        for port in PORTS:
            if port not in _INPUTS:
                registers.on_write(port, partial(self._write, port))
            if f"{port}CR" in register_table():
                registers.on_write(f"{port}CR", partial(self._set_directions, port))
        self.reset()

    def reset(self) -> None:
        """As after a reset: pins are inputs; what drives them from outside goes on."""
        for port in PORTS:
            self._latch[port] = register_table()[port].reset or 0
            self._directions[port] = 0xFF if port in _OUTPUTS else 0
            self._taken_over[port] = 0
        for port in PORTS:
            self._settle(port)

    # For the board

    def drive(self, port: str, bit: int, level: bool | None) -> None:
        """Drive a pin from outside; None lets go of it."""
        mask = 1 << bit
        self._driven[port] = self._driven[port] & ~mask | (mask if level is not None else 0)
        self._outside[port] = self._outside[port] & ~mask | (mask if level else 0)
        self._settle(port)

    def drive_all(self, port: str, value: int | None) -> None:
        """Drive the eight pins of a port from outside; None lets go of them."""
        self._driven[port] = 0 if value is None else 0xFF
        self._outside[port] = value or 0
        self._settle(port)

    def watch(self, port: str, action: Watch) -> None:
        """Have ``action(before, after)`` called when levels that the chip puts out change.

        A pin that is no output counts as high.
        """
        self._watching[port].append(action)

    def levels(self, port: str) -> int:
        """What stands at the pins."""
        return self._levels(port)

    def outputs(self, port: str) -> int:
        """What the chip puts out; pins that are no outputs are 1."""
        return self._put_out[port]

    # For units of the chip

    def take_over(self, port: str, bit: int, level: bool | None) -> None:
        """Have an output pin show a level of another unit; None gives it back to the latch."""
        mask = 1 << bit
        self._taken_over[port] = self._taken_over[port] & ~mask | (mask if level is not None else 0)
        self._inside[port] = self._inside[port] & ~mask | (mask if level else 0)
        self._settle(port)

    # Within

    def _write(self, port: str, value: int) -> None:
        self._latch[port] = value
        self._settle(port)

    def _set_directions(self, port: str, value: int) -> None:
        self._registers.put(f"{port}CR", value)
        self._directions[port] = value
        self._settle(port)

    def _levels(self, port: str) -> int:
        out, driven = self._directions[port], self._driven[port]
        return self._put_out[port] & out | ~out & (self._outside[port] & driven | _PULLED_UP & ~driven)

    def _settle(self, port: str) -> None:
        """Work out what the pins are, show it, and tell who watches."""
        over = self._taken_over[port]
        value = self._latch[port] & ~over | self._inside[port] & over
        before, after = self._put_out[port], (value | ~self._directions[port]) & 0xFF
        self._put_out[port] = after
        self._registers.put(port, self._levels(port))
        if after != before:
            for action in self._watching[port]:
                action(before, after)

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """Latches, pins and who drives them."""
        return {name: dict(getattr(self, name)) for name in _STATE}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        for name in _STATE:
            setattr(self, name, dict(taken[name]))


_STATE = ("_latch", "_driven", "_outside", "_taken_over", "_inside", "_directions", "_put_out")
