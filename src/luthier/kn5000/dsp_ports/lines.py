"""The lines of the sub CPU's ports that lead to the effect chips, and ports as latches of eight bits.

Sources: audio-subsystem page, "DSP Port I/O Control"; listing, 0x038396 to 0x0383F7.  Bit 6 of port 7 is
0 for a command; the page's other table, which has 1, errs (errata).

Open questions
- What the latches hold before the first write.  Port H is set to FF at the start (listing, 0x01F924);
  here all lines begin at rest, high.
- Which level of the mute line mutes.
- Whether ready is ever low: the start makes bit 0 of port H an output, and a chip of this family then
  reads its own latch, which the firmware has just set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

PORT_7, PORT_E, PORT_F, PORT_H, PORT_Z = 0x1C, 0x38, 0x3C, 0x44, 0x68
#: Names of the ports in captures and lists.
PORT_NAMES = {PORT_7: "P7", PORT_E: "PE", PORT_F: "PF", PORT_H: "PH", PORT_Z: "PZ"}
AT_REST = 0xFF


class PortWrite(NamedTuple):
    """One byte written to a port, or to a byte of the memory map."""

    port: int
    value: int


class Line(NamedTuple):
    """One bit of a port."""

    port: int
    bit: int
    name: str

    @property
    def mask(self) -> int:
        """The bit in its byte."""
        return 1 << self.bit

    def level(self, value: int) -> bool:
        """Whether the line is high when the port holds ``value``."""
        return value >> self.bit & 1 == 1


WRITE = Line(PORT_7, 3, "write strobe, active low")
READ = Line(PORT_7, 4, "read strobe, active low")
SELECT_1 = Line(PORT_7, 5, "selects DSP 1, active low")
DATA_NOT_COMMAND = Line(PORT_7, 6, "0 command, 1 data")
SELECT_2 = Line(PORT_E, 6, "selects DSP 2, active low")
MUTE = Line(PORT_E, 0, "mute")
SERIAL_DATA = Line(PORT_F, 0, "data to DSP 2")
SERIAL_CLOCK = Line(PORT_F, 2, "clock to DSP 2")
RESET_1 = Line(PORT_H, 1, "resets DSP 1, active low")
RESET_2 = Line(PORT_H, 2, "resets DSP 2, active low")
READY = Line(PORT_H, 0, "DSP 1 is ready, input")
LINES = (
    WRITE,
    READ,
    SELECT_1,
    DATA_NOT_COMMAND,
    SELECT_2,
    MUTE,
    SERIAL_DATA,
    SERIAL_CLOCK,
    RESET_1,
    RESET_2,
    READY,
)

SELECTS = (SELECT_1, SELECT_2)
RESETS = (RESET_1, RESET_2)
CHIPS = (0, 1)


@dataclass
class Latches:
    """What the ports hold; every change of a line is a write of its port, and is logged."""

    values: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PORT_NAMES, AT_REST))
    log: list[PortWrite] = field(default_factory=list)

    def put(self, port: int, value: int) -> None:
        """Write a port."""
        self.values[port] = value
        self.log.append(PortWrite(port, value))

    def raise_line(self, line: Line) -> None:
        """The instruction SET; a write even if the line is high already."""
        self.put(line.port, self.values[line.port] | line.mask)

    def lower(self, line: Line) -> None:
        """The instruction RES; a write even if the line is low already."""
        self.put(line.port, self.values[line.port] & ~line.mask)

    def taken(self) -> list[PortWrite]:
        """The log, emptied."""
        log, self.log = self.log, []
        return log
