"""The two latches between the CPUs, a byte each way, and the four handshake lines.

The main CPU has both at 0x140000, the sub CPU at 0x120000 (facts C24; the memory-map page gives 0x120000 to
both).  Writing one raises INT0 of the other CPU, reading it ends the request.  Lines and their meaning:
:mod:`luthier.kn5000.transport.latch`.  A pin that is no output counts as high, which is their rest.

A byte or a level takes effect when the other CPU has come to the time of the write: a meeting of the
schedule.  A byte that comes while one waits raises INT0 anew, by a short low (a fork of MAME has it so).

Open questions
- What a latch does with the other bytes of a wider access: here it only sees the lowest.
- What it holds at power on; here 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from luthier.machine.schedule import Schedule

#: Bits of the ports: what each CPU puts out, and where the other reads it (inter-CPU page).
_MAIN_PORT, _SUB_PORT = "PZ", "PD"
_MAIN_OUT, _SUB_IN = (0, 1), (2, 4)
_SUB_OUT, _MAIN_IN = (0, 1), (2, 3)
_LINES: Final = 0x03

#: Told a direction, "main to sub" or "sub to main", and a byte or the two lines of its sender.
Observe = Callable[[str, str, int], None]


class Pins(Protocol):
    """A chip's ports."""

    def drive(self, port: str, bit: int, level: bool | None) -> None:
        """Drive an input."""

    def watch(self, port: str, action: Callable[[int, int], None]) -> None:
        """Be told of outputs."""

    def outputs(self, port: str) -> int:
        """What is put out."""


class End(Protocol):
    """A chip as the latches see it."""

    @property
    def ports(self) -> Pins:
        """Its ports."""

    def external(self, source: str, level: bool) -> None:
        """An interrupt pin."""


class Direction:
    """One latch with its sender's two lines."""

    def __init__(
        self,
        name: str,
        schedule: Schedule,
        ends: tuple[End, End],
        ports: tuple[str, str],
        bits: tuple[tuple[int, int], tuple[int, int]],
    ) -> None:
        self.name = name
        self._schedule = schedule
        sender, self._receiver = ends
        (out, self._in), (self._out_bits, self._in_bits) = ports, bits
        self.observe: Observe | None = None
        self.heard_by: list[Callable[[str, int], None]] = []
        """Parts of the board that hear what arrives: a byte or the lines."""
        self.reset()
        self._lines = sender.ports.outputs(out) & _LINES
        schedule.on_meeting(f"{name}, byte", self._arrive)
        schedule.on_meeting(f"{name}, lines", self._settle)
        sender.ports.watch(out, self._changed)
        self._settle(self._lines)

    def reset(self) -> None:
        """As at power on."""
        self.value = 0
        self.pending = False
        self.bytes = 0
        """Bytes sent so far."""
        self.lost = 0
        """Bytes overwritten before they were read."""

    def write(self, byte: int) -> None:
        """The sender writes."""
        self._schedule.rendezvous(f"{self.name}, byte", byte & 0xFF)

    def read(self) -> int:
        """The receiver reads."""
        if self.pending:
            self.pending = False
            self._receiver.external("INT0", False)
        return self.value

    def _arrive(self, byte: int) -> None:
        self.bytes += 1
        self.lost += self.pending
        if self.pending:
            self._receiver.external("INT0", False)
        self.value, self.pending = byte, True
        self._tell("byte", byte)
        self._receiver.external("INT0", True)

    def _changed(self, before: int, after: int) -> None:
        if (before ^ after) & _LINES:
            self._schedule.rendezvous(f"{self.name}, lines", after & _LINES)

    def _settle(self, lines: int) -> None:
        self._lines = lines
        self._tell("lines", lines)
        for out, into in zip(self._out_bits, self._in_bits, strict=True):
            self._receiver.ports.drive(self._in, into, bool(lines >> out & 1))

    def _tell(self, kind: str, value: int) -> None:
        if self.observe is not None:
            self.observe(self.name, kind, value)
        for hear in self.heard_by:
            hear(kind, value)

    def snapshot(self) -> Any:
        """What it holds."""
        return self.value, self.pending, self.bytes, self.lost, self._lines

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot; pins and requests are the chips' own."""
        self.value, self.pending, self.bytes, self.lost, self._lines = taken


class Latches:
    """Both latches between two chips."""

    def __init__(self, schedule: Schedule, main: End, sub: End) -> None:
        self.to_sub = Direction(
            "main to sub", schedule, (main, sub), (_MAIN_PORT, _SUB_PORT), (_MAIN_OUT, _SUB_IN)
        )
        self.to_main = Direction(
            "sub to main", schedule, (sub, main), (_SUB_PORT, _MAIN_PORT), (_SUB_OUT, _MAIN_IN)
        )
        self.main_window = _Window(self.to_sub, self.to_main)
        self.sub_window = _Window(self.to_main, self.to_sub)

    def snapshot(self) -> Any:
        """Both."""
        return self.to_sub.snapshot(), self.to_main.snapshot()

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot."""
        for direction, state in zip((self.to_sub, self.to_main), taken, strict=True):
            direction.restore(state)


class _Window:
    """The latches on one CPU's bus: it writes one and reads the other."""

    def __init__(self, out: Direction, into: Direction) -> None:
        self._out, self._into = out, into

    def read(self, address: int, size: int) -> int:  # noqa: ARG002 - the same everywhere
        """The byte that came last."""
        return self._into.read()

    def write(self, address: int, size: int, value: int) -> None:  # noqa: ARG002 - the same everywhere
        """Send a byte."""
        self._out.write(value)
