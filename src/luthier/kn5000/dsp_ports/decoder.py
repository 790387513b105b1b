"""The chips' end: what writes of the ports mean to them.

DSP 1 takes the byte of port Z that was written since the strobe before, when select or write strobe rises
after both were low; select cycles without a strobe are looks at ready.  After 8,001 in a row another one,
or the end, shows a timeout.

DSP 2 takes bits as the clock falls.  A select cycle with a start condition has one fall before the bits,
and the pulse of acknowledgement behind them is no bit.  A byte is a command if it has a start condition,
or else if it is the first one after the bus was idle, so that both ways of ``bus.Protocol`` are
understood.  Clock or data written while DSP 2 is not selected bring the bus to rest.

The memory-mapped window: 0x130000 chooses a register of DSP 1, 0x130002 is its data (``channels``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from luthier.kn5000.dsp_ports import channels
from luthier.kn5000.dsp_ports.bus import BITS, DSP_1, DSP_2, LOOKS
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import (
    AT_REST,
    DATA_NOT_COMMAND,
    PORT_7,
    PORT_E,
    PORT_F,
    PORT_H,
    PORT_NAMES,
    PORT_Z,
    RESETS,
    SELECT_1,
    SELECT_2,
    SERIAL_CLOCK,
    SERIAL_DATA,
    WRITE,
    Line,
    PortWrite,
)


def _resets(before: int, value: int) -> Iterator[Event]:
    for chip, line in enumerate(RESETS):
        if _fell(line, before, value):
            yield Event(Kind.RESET, chip)
        elif _rose(line, before, value):
            yield Event(Kind.RELEASE, chip)


def _rose(line: Line, before: int, value: int) -> bool:
    return not line.level(before) and line.level(value)


def _fell(line: Line, before: int, value: int) -> bool:
    return line.level(before) and not line.level(value)


@dataclass
class _Parallel:
    """DSP 1's side of the parallel bus."""

    byte: int | None = None
    """What port Z holds, None once it was taken."""
    looks: int = 0
    strobed: bool = False

    def step(self, before: int, value: int) -> Iterator[Event]:
        was_open, is_open = _is_open(before), _is_open(value)
        if was_open and not is_open:
            yield self._taken(before)
        if _fell(SELECT_1, before, value):
            self.strobed = False
            if not is_open:
                yield from self.end()
        self.strobed |= is_open
        if _rose(SELECT_1, before, value) and not self.strobed:
            self.looks += 1

    def end(self) -> Iterator[Event]:
        """The timeout that is there if no strobe follows the last look."""
        if self.looks >= LOOKS:
            self.looks = 0
            yield Event(Kind.TIMEOUT, DSP_1)

    def _taken(self, value: int) -> Event:
        self.looks = 0
        byte, self.byte = self.byte, None
        if byte is None:
            return Event(Kind.REFUSED, DSP_1)
        kind = Kind.DATA if DATA_NOT_COMMAND.level(value) else Kind.COMMAND
        return Event(kind, DSP_1, byte)


def _is_open(value: int) -> bool:
    """Whether select and write strobe are both low."""
    return not SELECT_1.level(value) and not WRITE.level(value)


@dataclass
class _Serial:
    """DSP 2's side of the serial bus."""

    selected: bool = False
    rested: bool = True
    started: bool = False
    bits: list[bool] = field(default_factory=list)
    """The data line at each fall of the clock in this select cycle."""

    def select(self, selected: bool) -> Iterator[Event]:
        self.selected = selected
        if selected:
            self.started, self.bits = False, []
            return
        if not self.bits:
            return
        # Bits and the pulse behind them; one fall more is that which ends a start condition.
        more = len(self.bits) - (BITS + 1)
        if more not in (0, self.started):
            yield Event(Kind.DAMAGED, DSP_2, len(self.bits))
            return
        is_command = more == 1 or self.rested
        self.rested = False
        byte = int("".join("01"[bit] for bit in self.bits[more : more + BITS]), 2)
        yield Event(Kind.COMMAND if is_command else Kind.DATA, DSP_2, byte)

    def step(self, before: int, value: int) -> Iterator[Event]:
        if not self.selected:
            if not self.rested:
                self.rested = True
                yield Event(Kind.IDLE, DSP_2)
            return
        if _fell(SERIAL_CLOCK, before, value):
            self.bits.append(SERIAL_DATA.level(before))
        if _fell(SERIAL_DATA, before, value) and SERIAL_CLOCK.level(value) and not self.bits:
            self.started = True


@dataclass
class Decoder:
    """Feed it writes; it gives events as they are complete."""

    _values: dict[int, int] = field(default_factory=lambda: dict.fromkeys(PORT_NAMES, AT_REST))
    _place: int = -1
    _parallel: _Parallel = field(default_factory=_Parallel)
    _serial: _Serial = field(default_factory=_Serial)
    _register: int = 0

    def feed(self, writes: Iterable[PortWrite]) -> Iterator[Event]:
        """The events that writes complete; ``place`` counts all writes ever fed, from 0."""
        for write in writes:
            self._place += 1
            for event in self._step(write):
                yield event._replace(place=self._place)

    def end(self) -> Iterator[Event]:
        """What only the end of all writes shows: that DSP 1 was given up."""
        for event in self._parallel.end():
            yield event._replace(place=self._place)

    def _step(self, write: PortWrite) -> Iterator[Event]:
        port, value = write
        before, self._values[port] = self._values.get(port, AT_REST), value
        if port == PORT_Z:
            self._parallel.byte = value
        elif port == PORT_7:
            yield from self._parallel.step(before, value)
        elif port == PORT_E:
            if SELECT_2.level(before) != SELECT_2.level(value):
                yield from self._serial.select(not SELECT_2.level(value))
        elif port == PORT_F:
            yield from self._serial.step(before, value)
        elif port == PORT_H:
            yield from _resets(before, value)
        elif port == channels.ADDRESS:
            self._register = value
        elif port == channels.DATA:
            yield Event(Kind.CHANNEL, DSP_1, self._register << 8 | value)


def decode(writes: Iterable[PortWrite]) -> Iterator[Event]:
    """The events of all writes there are."""
    decoder = Decoder()
    yield from decoder.feed(writes)
    yield from decoder.end()
