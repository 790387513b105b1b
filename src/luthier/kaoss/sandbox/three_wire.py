"""An EEPROM of the 93 series on four pins: the AK93C10A of the Kaoss Pad 3, 4,096 words of 16 bits.

A start bit, two bits of command, the address; DI is taken and DO changes at the rising edge of SK while
CS is high.  READ (10) gives a 0 and then words for as long as it is clocked; WRITE (01) takes a word that
is written once CS falls, when EWEN (00 11..) came before; EWDS (00 00..) forbids it again.  (Sources:
data sheets of the AK93C45A to AK93C75A for the commands, of the AK93C85A/95A/10A for size and 8 ms.)

Open questions
- That the AK93C10A takes twelve bits of address behind the same start bit and codes: concluded from its
  smaller relatives.
- WRAL and ERAL of other makers are not modelled; an unknown command does nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kaoss.sandbox.ports import Ports
from luthier.machine.clock import Clock

WORDS = 4096
#: A write takes this long at most; here it always does: modelled.
WRITE_SECONDS = 0.008
_ERASED = 0xFFFF
_START, _COMMAND, _READING, _WRITING, _IGNORING = range(5)
_READ, _WRITE, _SPECIAL = 0b10, 0b01, 0b00


class ThreeWireMemory:
    """The memory and its four pins; ``note`` is told every command in words."""

    def __init__(
        self,
        ports: Ports,
        clock: Clock,
        pins: dict[str, str],
        write_states: int,
        note: Callable[[str], None],
        content: list[int] | None = None,
    ) -> None:
        self.words = content if content is not None else [_ERASED] * WORDS
        self._address_bits = (len(self.words) - 1).bit_length()
        self._ports = ports
        self._clock = clock
        self._out = pins["do"]
        self._write_states = write_states
        self._note = note
        self._event = f"EEPROM at {self._out}"
        self._selected = self._clocked = self._in = False
        self._enabled = self._busy = False
        self._mode = _START
        self._bits = self._count = self._address = 0
        ports.watch(pins["cs"], self._select)
        ports.watch(pins["sk"], self._clock_pin)
        ports.watch(pins["di"], self._data)

    def _data(self, level: bool) -> None:
        self._in = level

    def _select(self, level: bool) -> None:
        if self._selected and not level:
            self._deselect()
        elif level:
            self._mode, self._bits, self._count = _START, 0, 0
            self._ports.drive(self._out, not self._busy)
        self._selected = level

    def _deselect(self) -> None:
        if self._mode == _WRITING and self._count == 16 and self._enabled and not self._busy:
            self.words[self._address] = self._bits
            self._note(f"write {self._address:03X} {self._bits:04X}")
            self._busy = True
            self._clock.after(self._write_states, self._event, self._ready)
        elif self._mode == _WRITING and self._count == 16:
            self._note(f"write {self._address:03X} {self._bits:04X} refused: {self._why}")
        elif self._mode == _WRITING:
            self._note(f"write {self._address:03X} broken off after {self._count} bits")
        self._mode = _START
        self._ports.drive(self._out, True)

    @property
    def _why(self) -> str:
        return "busy" if self._busy else "no EWEN before"

    def _ready(self) -> None:
        self._busy = False
        if self._selected:
            self._ports.drive(self._out, True)

    def _clock_pin(self, level: bool) -> None:
        rising, self._clocked = level and not self._clocked, level
        if not rising or not self._selected:
            return
        if self._mode == _START and self._in and not self._busy:
            self._mode, self._bits, self._count = _COMMAND, 0, 0
        elif self._mode == _COMMAND:
            self._shift_in(2 + self._address_bits, self._decode)
        elif self._mode == _WRITING:
            self._shift_in(16, lambda: None)
        elif self._mode == _READING:
            self._shift_out()

    def _shift_in(self, length: int, whole: Callable[[], None]) -> None:
        if self._count < length:
            self._bits, self._count = self._bits << 1 | self._in, self._count + 1
            if self._count == length:
                whole()

    def _shift_out(self) -> None:
        if self._count == 16:
            self._address = (self._address + 1) % len(self.words)
            self._count = 0
            self._note(f"read  {self._address:03X} {self.words[self._address]:04X}")
        self._ports.drive(self._out, bool(self.words[self._address] >> 15 - self._count & 1))
        self._count += 1

    def _decode(self) -> None:
        code, self._address = self._bits >> self._address_bits, self._bits & len(self.words) - 1
        top = self._address >> self._address_bits - 2
        self._bits = self._count = 0
        if code == _READ:
            self._mode = _READING
            self._note(f"read  {self._address:03X} {self.words[self._address]:04X}")
            self._ports.drive(self._out, False)
        elif code == _WRITE:
            self._mode = _WRITING
        elif code == _SPECIAL and top in (0, 3):
            self._enabled = top == 3
            self._mode = _IGNORING
            self._note("enable writing" if self._enabled else "disable writing")
        else:
            self._mode = _IGNORING
            self._note(f"command {code:02b} {self._address:03X} is not modelled")
