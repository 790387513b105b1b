"""An EEPROM with SPI, as the one of the Kaoss Pad 3 was published to be: 8,192 bytes.

CS low, then WREN (06), WRDI (04), RDSR (05), READ (03) or WRITE (02) with two bytes of address; SI is
taken at the rising edge of SCK and SO changes at the falling one.  That is the protocol of the 25C640 of
any maker.

Open questions
- No Kaoss unit is known to have one: the AK93C10A is no SPI part.  Pages of 32 bytes and 5 ms: modelled.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kaoss.sandbox.ports import Ports
from luthier.machine.clock import Clock

SIZE = 8192
WRITE_SECONDS = 0.005
_PAGE = 32
_ERASED = 0xFF
_WRITE, _READ, _DISABLE, _STATUS, _ENABLE = 2, 3, 4, 5, 6
_BUSY_BIT, _ENABLED_BIT = 1, 2


class SpiMemory:
    """The memory and its four pins; ``note`` is told every access in words."""

    def __init__(
        self,
        ports: Ports,
        clock: Clock,
        pins: dict[str, str],
        write_states: int,
        note: Callable[[str], None],
    ) -> None:
        self.content = bytearray([_ERASED]) * SIZE
        self._ports = ports
        self._clock = clock
        self._out = pins["so"]
        self._write_states = write_states
        self._note = note
        self._event = f"EEPROM at {self._out}"
        self._selected = self._clocked = False
        self._in = True
        self._enabled = self._busy = False
        self._bytes: list[int] = []
        self._bits = self._count = self._answer = 0
        ports.watch(pins["cs"], self._select)
        ports.watch(pins["sck"], self._clock_pin)
        ports.watch(pins["si"], self._data)

    def _data(self, level: bool) -> None:
        self._in = level

    def _select(self, level: bool) -> None:
        if self._selected and level:
            self._finish()
            self._ports.drive(self._out, True)
        self._selected = not level
        self._bytes, self._bits, self._count, self._answer = [], 0, 0, _ERASED

    def _finish(self) -> None:
        command = self._bytes[:1]
        if command == [_ENABLE]:
            self._enabled = True
            self._note("enable writing")
        elif command == [_DISABLE]:
            self._enabled = False
            self._note("disable writing")
        elif command == [_WRITE] and len(self._bytes) > 3:
            self._write()

    def _write(self) -> None:
        address = self._address
        text = bytes(self._bytes[3:]).hex(" ").upper()
        if not self._enabled or self._busy:
            self._note(f"write {address:04X} {text} refused: {'busy' if self._busy else 'no WREN before'}")
            return
        for offset, byte in enumerate(self._bytes[3:]):
            self.content[address & ~(_PAGE - 1) | (address + offset) % _PAGE] = byte
        self._note(f"write {address:04X} {text}")
        self._enabled, self._busy = False, True
        self._clock.after(self._write_states, self._event, self._ready)

    def _ready(self) -> None:
        self._busy = False

    @property
    def _address(self) -> int:
        return (self._bytes[1] << 8 | self._bytes[2]) % SIZE

    def _clock_pin(self, level: bool) -> None:
        if level == self._clocked:
            return
        self._clocked = level
        if not self._selected:
            return
        if level:
            self._bits, self._count = self._bits << 1 & 0xFF | self._in, self._count + 1
            if self._count == 8:
                self._bytes.append(self._bits)
                self._bits = self._count = 0
                self._answer = self._next()
        else:
            self._ports.drive(self._out, bool(self._answer >> 7 - self._count & 1))

    def _next(self) -> int:
        """What goes out while the next byte comes in."""
        if self._bytes[0] == _STATUS:
            return _BUSY_BIT * self._busy | _ENABLED_BIT * self._enabled
        if self._bytes[0] == _READ and len(self._bytes) >= 3 and not self._busy:
            address = (self._address + len(self._bytes) - 3) % SIZE
            self._note(f"read  {address:04X} {self.content[address]:02X}")
            return self.content[address]
        return _ERASED
