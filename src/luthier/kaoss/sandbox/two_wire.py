"""An EEPROM with two wires (I2C), such as the one of the Kaossilator Pro is taken for: 8,192 bytes.

Start, the byte A0 (write) or A1 (read), two bytes of address, bytes; each is acknowledged with a low SDA.  A
write becomes effective at the stop and takes a while, in which nothing is acknowledged.  That is the protocol
of the 24C64 of any maker.

Open questions
- The part in the Kaossilator Pro is marked L64 0S33W: nobody knows it.  Pages of 32 bytes and 5 ms: modelled.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kaoss.sandbox.ports import Ports
from luthier.machine.clock import Clock

SIZE = 8192
WRITE_SECONDS = 0.005
_PAGE = 32
_ERASED = 0xFF
_DEVICE, _HIGH, _LOW, _DATA, _READING, _DEAF = range(6)


class TwoWireMemory:
    """The memory and its two pins; ``note`` is told every access in words."""

    def __init__(
        self,
        ports: Ports,
        clock: Clock,
        pins: dict[str, str],
        write_states: int,
        note: Callable[[str], None],
        device: int = 0xA0,
    ) -> None:
        self.content = bytearray([_ERASED]) * SIZE
        self._ports = ports
        self._clock = clock
        self._line = pins["sda"]
        self._write_states = write_states
        self._note = note
        self._device = device
        self._event = f"EEPROM at {self._line}"
        self._sda = self._scl = True
        self._mode = _DEAF
        self._bits = self._count = self._address = 0
        self._pending: list[int] = []
        self._busy = self._answering = False
        ports.watch(pins["sda"], self._data)
        ports.watch(pins["scl"], self._clock_pin)

    def _data(self, level: bool) -> None:
        if self._scl and level != self._sda:
            self._stop() if level else self._begin()
        self._sda = level

    def _begin(self) -> None:
        self._mode, self._bits, self._count = (_DEAF if self._busy else _DEVICE), 0, 0
        self._answering = False
        self._pending = []

    def _stop(self) -> None:
        if self._pending:
            page = self._address & ~(_PAGE - 1)
            for offset, byte in enumerate(self._pending):
                self.content[page | (self._address + offset) % _PAGE] = byte
            text = bytes(self._pending).hex(" ").upper()
            self._note(f"write {self._address:04X} {text}")
            self._busy = True
            self._clock.after(self._write_states, self._event, self._ready)
        self._pending = []
        self._mode = _DEAF

    def _ready(self) -> None:
        self._busy = False

    def _clock_pin(self, level: bool) -> None:
        if level == self._scl:
            return
        self._scl = level
        if self._mode == _DEAF:
            return
        if level:
            self._rise()
        else:
            self._fall()

    def _rise(self) -> None:
        """A bit is taken, or read by the other side."""
        if self._count < 8 and self._mode != _READING:
            self._bits = self._bits << 1 | self._sda
        elif self._count == 8 and not self._answering and self._sda:
            self._mode = _DEAF  # not acknowledged: that was the last byte
        self._count += 1

    def _fall(self) -> None:
        """The line changes hands, or the next bit is put on it."""
        if self._count == 8 and self._mode != _READING:
            self._answering = True
            self._ports.drive(self._line, not self._take())
        elif self._count == 9:
            self._count = self._bits = 0
            self._answering = False
            self._ports.drive(self._line, True)
            if self._mode == _READING:
                self._offer()
        elif self._mode == _READING:
            self._ports.drive(self._line, self._count == 8 or bool(self._bits >> 7 - self._count & 1))

    def _offer(self) -> None:
        """The next byte and its first bit."""
        self._bits = self.content[self._address]
        self._note(f"read  {self._address:04X} {self._bits:02X}")
        self._address = (self._address + 1) % SIZE
        self._ports.drive(self._line, bool(self._bits >> 7))

    def _take(self) -> bool:
        """A byte is whole; whether it is acknowledged."""
        byte = self._bits & 0xFF
        if self._mode == _DEVICE:
            if byte & 0xFE != self._device:
                self._mode = _DEAF
                return False
            self._mode = _READING if byte & 1 else _HIGH
        elif self._mode == _HIGH:
            self._address, self._mode = byte << 8, _LOW
        elif self._mode == _LOW:
            self._address, self._mode = (self._address | byte) % SIZE, _DATA
        elif self._mode == _DATA:
            self._pending.append(byte)
        return True
