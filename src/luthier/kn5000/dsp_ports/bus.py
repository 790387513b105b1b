"""The sub CPU's end: what it writes to its ports to send a byte.

DSP 1 (listing, 0x036331 and 0x0367EE).  A *look* is: raise both strobes, select, read ready, deselect.
It looks once and then 8,000 times at most.  When ready it chooses command or data, lowers the write
strobe, selects, looks at ready once more and only then writes the byte; it deselects, raises the strobe,
and after a command goes back to data.  Not ready at the second look: no byte, and the error is dropped as
that of the timeout is.

The audio-subsystem page has nine steps in another order, and a second list that waits for ready after the
strobe.  Both are half right: there are looks before and one after.  ``Protocol.PUBLISHED`` does the nine
steps.

DSP 2 (listing, 0x03640A, 0x0364C4, 0x03666B, 0x0368BA).  It is a two-wire bus with a select line: a
command begins with a start condition (data falls while the clock is high), eight bits follow, most
significant first, and a ninth pulse with the data as they are; *idle* ends with a stop condition (data
rise while the clock is high).  So the bus rests with both lines high, the start raises nothing, and a byte
has nine rising edges, command or data.  As the page tells it there is no start, the bus rests with both
lines low, and the first bit of a command is set while the clock is high already.

Open questions
- How long a pause between edges must be: 16 to 20 NOPs in the firmware, of which nothing is modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from luthier.errors import InputError
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import (
    CHIPS,
    DATA_NOT_COMMAND,
    PORT_Z,
    READ,
    READY,
    RESETS,
    SELECT_1,
    SELECT_2,
    SERIAL_CLOCK,
    SERIAL_DATA,
    WRITE,
    Latches,
    PortWrite,
)

#: Documented, 1F40; the firmware looks once before it counts.
READY_LIMIT = 8000
LOOKS = READY_LIMIT + 1
BITS = 8
DSP_1, DSP_2 = CHIPS


class Protocol(Enum):
    """Whose order of steps."""

    FIRMWARE = "firmware"
    PUBLISHED = "published"


class Outcome(Enum):
    """How a byte fared."""

    SENT = "sent"
    TIMEOUT = "DSP 1 was not ready: nothing was sent"
    REFUSED = "DSP 1 was ready and then was not: nothing was sent"


@dataclass
class Bus:
    """Both chips' lines.  ``ready`` is what reading bit 0 of port H gives."""

    ready: Callable[[], bool] = lambda: True
    protocol: Protocol = Protocol.FIRMWARE
    latches: Latches = field(default_factory=Latches)

    def command(self, chip: int, byte: int) -> Outcome:
        """Send a command byte to chip 0 or 1."""
        return self._send(chip, byte, True)

    def data(self, chip: int, byte: int) -> Outcome:
        """Send a data byte to chip 0 or 1."""
        return self._send(chip, byte, False)

    def idle(self) -> None:
        """Let the serial bus rest: the end of what DSP 2 is told."""
        lines = self.latches
        lines.lower(SERIAL_CLOCK)
        lines.lower(SERIAL_DATA)
        if self.protocol is Protocol.FIRMWARE:
            lines.raise_line(SERIAL_CLOCK)
            lines.raise_line(SERIAL_DATA)

    def reset(self, chip: int) -> None:
        """Hold a chip in reset."""
        self.latches.lower(RESETS[_checked(chip)])

    def release(self, chip: int) -> None:
        """Let a chip run."""
        self.latches.raise_line(RESETS[_checked(chip)])

    def send(self, events: Iterable[Event]) -> list[PortWrite]:
        """The writes for an interpreter's events; a byte that cannot be sent is left out, as it is there."""
        for event in events:
            if event.kind is Kind.COMMAND:
                self.command(event.chip, event.value)
            elif event.kind is Kind.DATA:
                self.data(event.chip, event.value)
            elif event.kind is Kind.IDLE:
                self.idle()
            elif event.kind is Kind.RESET:
                self.reset(event.chip)
            elif event.kind is Kind.RELEASE:
                self.release(event.chip)
        return self.latches.taken()

    def _send(self, chip: int, byte: int, is_command: bool) -> Outcome:
        if not 0 <= byte <= 0xFF:
            raise InputError(f"{byte} is no byte", remedy="give 0 to 255")
        published = self.protocol is Protocol.PUBLISHED
        if _checked(chip) == DSP_2:
            (self._serial_as_published if published else self._serial)(byte, is_command)
            return Outcome.SENT
        return (self._parallel_as_published if published else self._parallel)(byte, is_command)

    # --- DSP 1 -----------------------------------------------------------------------------------------

    def _parallel(self, byte: int, is_command: bool) -> Outcome:
        lines = self.latches
        outcome = Outcome.SENT
        if any(self._look() for _ in range(LOOKS)):
            if not is_command:
                lines.raise_line(DATA_NOT_COMMAND)
            lines.raise_line(SELECT_1)
            lines.raise_line(READ)
            lines.lower(WRITE)
            if is_command:
                lines.lower(DATA_NOT_COMMAND)
            lines.lower(SELECT_1)
            if self._is_ready():
                lines.put(PORT_Z, byte)
            else:
                outcome = Outcome.REFUSED
        else:
            outcome = Outcome.TIMEOUT
        lines.raise_line(SELECT_1)
        lines.raise_line(WRITE)
        if is_command:
            lines.raise_line(DATA_NOT_COMMAND)
        return outcome

    def _look(self) -> bool:
        lines = self.latches
        lines.raise_line(READ)
        lines.raise_line(WRITE)
        lines.lower(SELECT_1)
        ready = self._is_ready()
        lines.raise_line(SELECT_1)
        return ready

    def _is_ready(self) -> bool:
        self.latches.raise_line(READY)  # the firmware sets the bit before it reads it
        return self.ready()

    def _parallel_as_published(self, byte: int, is_command: bool) -> Outcome:
        lines = self.latches
        lines.raise_line(READ)
        lines.raise_line(WRITE)
        lines.lower(SELECT_1)
        ready = any(self.ready() for _ in range(READY_LIMIT))
        if ready:
            (lines.lower if is_command else lines.raise_line)(DATA_NOT_COMMAND)
            lines.lower(WRITE)
            lines.put(PORT_Z, byte)
            lines.raise_line(WRITE)
        lines.raise_line(SELECT_1)
        lines.raise_line(DATA_NOT_COMMAND)
        return Outcome.SENT if ready else Outcome.TIMEOUT

    # --- DSP 2 -----------------------------------------------------------------------------------------

    def _serial(self, byte: int, is_command: bool) -> None:
        lines = self.latches
        lines.lower(SELECT_2)
        if is_command:
            lines.raise_line(SERIAL_CLOCK)
            lines.raise_line(SERIAL_DATA)
            lines.lower(SERIAL_DATA)
            lines.lower(SERIAL_CLOCK)
        for bit in range(BITS):
            self._set_bit(byte, bit)
            lines.raise_line(SERIAL_CLOCK)
            lines.lower(SERIAL_CLOCK)
        lines.raise_line(SERIAL_CLOCK)
        lines.lower(SERIAL_CLOCK)
        lines.raise_line(SELECT_2)

    def _serial_as_published(self, byte: int, is_command: bool) -> None:
        lines = self.latches
        lines.lower(SELECT_2)
        if is_command:
            lines.raise_line(SERIAL_CLOCK)
        for bit in range(BITS):
            self._set_bit(byte, bit)
            lines.raise_line(SERIAL_CLOCK)
            lines.lower(SERIAL_CLOCK)
        lines.raise_line(SERIAL_CLOCK)
        lines.lower(SERIAL_CLOCK)
        lines.raise_line(SELECT_2)

    def _set_bit(self, byte: int, bit: int) -> None:
        high = byte >> (BITS - 1 - bit) & 1
        (self.latches.raise_line if high else self.latches.lower)(SERIAL_DATA)


def _checked(chip: int) -> int:
    if chip not in CHIPS:
        raise InputError(f"effect chip {chip} does not exist", remedy="give 0 for DSP 1 or 1 for DSP 2")
    return chip
