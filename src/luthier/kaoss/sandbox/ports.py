"""The pins: what the firmware drives, what it reads, and whoever is connected.

A pin is called ``P1.0`` or ``PA.3``: port and bit.

Open questions
- An input that nothing drives reads 1, whether or not its pull-up is on: modelled.
- Which of the pins exist on the H8S/2215, and what else they can be: as pins they are taken for plain ones.
- A direction register reads FF, as the family's do where the manual says that it cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from luthier.errors import InputError
from luthier.kaoss.sandbox.register_file import RegisterFile

#: Ports by their names, and whether they can drive their pins.
PORTS = {name: name not in "49" for name in "13479ABCDEFG"}

Watch = Callable[[bool], None]


class Ports:
    """All ports; ``note`` is told port and level of its outputs whenever they change."""

    def __init__(self, registers: RegisterFile, note: Callable[[str, int, int], None]) -> None:
        self._registers = registers
        self._note = note
        self._directions = dict.fromkeys(PORTS, 0)
        self._driven = dict.fromkeys(PORTS, 0xFF)
        self._seen: dict[str, tuple[int, int]] = {}
        self._watchers: dict[str, dict[int, list[Watch]]] = {name: {} for name in PORTS}
        self.reset()

    def reset(self) -> None:
        """As after the reset line: all pins are inputs."""
        unit = self._registers.unit
        for name, drives in PORTS.items():
            self._directions[name] = 0
            if drives:
                unit(f"P{name}DDR", 0xFF, take=partial(self._direct, name))
                unit(f"P{name}DR", take=partial(self._drive_out, name))
            unit(f"PORT{name}", take=lambda _value: None)
            self._settle(name)
        for name in ("PAPCR", "PBPCR", "PCPCR", "PDPCR", "PEPCR", "P3ODR", "PAODR", "PBODR", "PCODR"):
            unit(name)

    def level(self, pin: str) -> bool:
        """What is on a pin."""
        port, bit = parse_pin(pin)
        return bool(self._registers.get(f"PORT{port}") >> bit & 1)

    def drive(self, pin: str, level: bool) -> None:
        """Drive a pin from outside; an output of the chip is the stronger one."""
        port, bit = parse_pin(pin)
        mask = 1 << bit
        self._driven[port] = self._driven[port] | mask if level else self._driven[port] & ~mask
        self._settle(port)

    def watch(self, pin: str, watcher: Watch) -> None:
        """Have ``watcher`` told the level of a pin when the chip changes it; a pin it lets go of is 1."""
        port, bit = parse_pin(pin)
        self._watchers[port].setdefault(bit, []).append(watcher)

    def _direct(self, port: str, value: int) -> None:
        self._directions[port] = value
        self._settle(port)

    def _drive_out(self, port: str, value: int) -> None:
        self._registers.put(f"P{port}DR", value)
        self._settle(port)

    def _settle(self, port: str) -> None:
        outputs = self._directions[port]
        data = self._registers.get(f"P{port}DR") if PORTS[port] else 0
        self._registers.put(f"PORT{port}", data & outputs | self._driven[port] & ~outputs & 0xFF)
        before, now = self._seen.get(port, (0, 0xFF)), (outputs, data & outputs | ~outputs & 0xFF)
        if before == now:
            return
        self._seen[port] = now
        self._note(port, outputs, data & outputs)
        changed = before[1] ^ now[1]
        for bit, watchers in self._watchers[port].items():
            if changed >> bit & 1:
                for watcher in watchers:
                    watcher(bool(now[1] >> bit & 1))


def parse_pin(pin: str) -> tuple[str, int]:
    """Port and bit of a pin such as ``PA.3``; raises InputError if there is none of that name."""
    port, _, bit = pin.removeprefix("P").partition(".")
    if not pin.startswith("P") or port not in PORTS or bit not in tuple("01234567"):
        raise InputError(
            f"no pin is called {pin!r}",
            remedy=f"write port and bit, such as P1.0; the ports are {', '.join(PORTS)}",
        )
    return port, int(bit)
