"""The sub CPU's serial port 1, the connector TO HOST: what goes out and comes in, and when.

All of it is known from the listing (0x01F736 to 0x01F91F):

* 8-bit UART; the baud rate generator gives 20 MHz / 4 / 10 = 500 kHz, and the UART a sixteenth of that:
  31,250 baud, MIDI's rate
* FE, MIDI's active sensing, twice at the start and then every 135 ticks of 2.048 ms (timer 1: 20 times 2,048
  clocks), 276.48 ms, whatever else goes out; it goes before what waits
* bytes of handler 4 are commands at first: F5 opens the port, F4 opens it with an outside clock, all others
  are dropped; open, they go out, through a ring that holds 511
* bytes that come in are dropped until the port is open; then a ring takes 1,023, and the main loop sends them
  on to the main CPU by handler 4, at most 1,024 in a round

The rings' places are 0x0E16 (out) and 0x0A00 (in); the audio-subsystem page has them the other way round.

Open questions
- What the main CPU and the program of a computer say to each other besides MIDI.
- The rate with an outside clock.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from luthier.kn5000.transport import dispatch
from luthier.kn5000.transport.command_byte import chunks
from luthier.kn5000.transport.framing import Packet

CLOCK: Final = 20_000_000
#: One of BR1CR = 0A: the clock through 4 and 10; a UART takes 16 of its clocks for a bit.
BAUD: Final = CLOCK // 4 // 10 // 16
#: A byte has a start bit and a stop bit.
BYTE_TIME: Final = 10 / BAUD
#: Timer 1 counts every 2,048 clocks to 20 (RESET, 0x01F924).
TICK: Final = 2048 * 20 / CLOCK
#: Ticks from one FE to the next (0x01F837).
SENSING_TICKS: Final = 0x87
ACTIVE_SENSING: Final = 0xFE
OPEN, OPEN_WITH_OUTSIDE_CLOCK = 0xF5, 0xF4
#: One byte of the rings of 512 and 1,024 is never used.
OUT_CAPACITY, IN_CAPACITY = 511, 1023
#: Bytes from the computer that one round of the main loop sends on.
ROUND_LIMIT: Final = 0x400


@dataclass
class ComputerPort:
    """The port from the start of the program on; ``time`` in seconds passes with :meth:`advance`."""

    time: float = 0.0
    is_open: bool = False
    outside_clock: bool = False
    sent: list[tuple[float, int]] = field(default_factory=list)
    """When a byte began to go out, and the byte."""
    _waiting: deque[int] = field(default_factory=deque)
    _arrived: deque[int] = field(default_factory=deque)
    _ticks: int = 0
    _last_sensing: int = 0
    _sensing_due: bool = True
    _line_free: float = 0.0

    def __post_init__(self) -> None:
        # The set-up writes FE itself, and has set the flag that sends another.
        self._send(ACTIVE_SENSING)

    def write(self, data: bytes) -> None:
        """Bytes of handler 4, from the main CPU."""
        for byte in data:
            if self.is_open:
                if len(self._waiting) < OUT_CAPACITY:
                    self._waiting.append(byte)
            elif byte in (OPEN, OPEN_WITH_OUTSIDE_CLOCK):
                self.is_open = True
                self.outside_clock = byte == OPEN_WITH_OUTSIDE_CLOCK

    def arrive(self, data: bytes) -> None:
        """Bytes from the computer."""
        if self.is_open:
            self._arrived.extend(data[: IN_CAPACITY - len(self._arrived)])

    def round(self) -> bytes:
        """What one round of the main loop sends to the main CPU: packets of handler 4."""
        count = min(len(self._arrived), ROUND_LIMIT)
        data = bytes(self._arrived.popleft() for _ in range(count))
        return b"".join(Packet(dispatch.SERIAL, piece).encoded for piece in chunks(data))

    def advance(self, seconds: float) -> bytes:
        """Let time pass; the bytes whose sending began meanwhile."""
        before = len(self.sent)
        end = self.time + seconds
        while True:
            tick = (self._ticks + 1) * TICK
            byte = max(self._line_free, self.time) if self._sensing_due or self._waiting else math.inf
            following = min(tick, byte)
            if following > end:
                break
            self.time = following
            if byte <= tick:
                self._next_byte()
            else:
                self._tick()
        self.time = end
        return bytes(byte for _, byte in self.sent[before:])

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks - self._last_sensing >= SENSING_TICKS:
            self._last_sensing = self._ticks
            self._sensing_due = True

    def _next_byte(self) -> None:
        if self._sensing_due:
            self._sensing_due = False
            self._send(ACTIVE_SENSING)
        else:
            self._send(self._waiting.popleft())

    def _send(self, byte: int) -> None:
        self.sent.append((self.time, byte))
        self._line_free = self.time + BYTE_TIME
