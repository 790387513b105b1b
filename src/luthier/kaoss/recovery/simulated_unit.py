"""A chip in USB boot mode to try a recovery on: a model of its boot program, and the sandbox's chip.

The boot program is played here (table 19.7 of the hardware manual, see :mod:`protocol`); what it loads is
run, by the instruction, in the sandbox.

Modelled
- The bytes to and from the loaded program go through SCI2, because the registers of the USB module are
  not known.
- The program is put at FFC000 unless told otherwise; the boot program's own place is not known.
- Erasing takes as long as three questions.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from luthier.errors import UsageError
from luthier.kaoss.recovery import protocol
from luthier.kaoss.sandbox.chip import ROM_SIZE, Chip
from luthier.kaoss.sandbox.wiring import Wiring
from luthier.machine.processor import Executor

LOAD_ADDRESS = 0xFFC000
ROOM = 0xFFEC00 - LOAD_ADDRESS  #: bytes up to what the stack may need
_CHANNEL = 2
_QUESTIONS = 3
_STEP = 1 << 14
#: Instructions without an answer after which the program is given up.
_MOST_SILENT = 50_000_000


class SimulatedUnit:
    """A channel to a simulated chip; ``rom`` is what its flash memory holds, by default nothing but FF.

    ``fails_to_erase`` has the chip answer EE, as a worn one does.
    """

    def __init__(
        self,
        rom: bytes = b"",
        *,
        address: int = LOAD_ADDRESS,
        fails_to_erase: bool = False,
        executor: Executor = "compiled",
    ) -> None:
        if address % 2 or not LOAD_ADDRESS <= address < LOAD_ADDRESS + ROOM:
            raise UsageError(f"no program can be loaded to {address:06X}")
        self.chip = Chip(rom.ljust(ROM_SIZE, b"\xff"), Wiring(16_000_000), executor=executor)
        self._address = address
        self._fails = fails_to_erase
        self._out = bytearray()
        self.chip.serial[_CHANNEL].sent = self._out.append
        self._in = bytearray()
        self._questions = 0
        self._length = 0
        self._phase: Callable[[], bool] = self._greeting
        self.halted = ""  #: why the boot program has halted; empty while it has not

    @property
    def rom(self) -> bytes:
        """What the flash memory holds."""
        return self.chip.memory.data[:ROM_SIZE].tobytes()

    @property
    def runs(self) -> bool:
        """Whether the loaded program runs."""
        return self._phase == self._running

    # As a channel

    def write(self, content: bytes) -> None:
        """Bytes for the boot program, then for the program it loaded."""
        self._in += content
        while not self.halted and self._phase():
            pass

    def read(self, count: int, seconds: float) -> bytes:
        """What comes back; the simulated chip runs until it is there, or silent for too long."""
        end = time.monotonic() + 10 * seconds  # a simulated chip may be slower than a real one
        silent = 0
        while len(self._out) < count and self.runs and not self.halted and silent < _MOST_SILENT:
            stop = self.chip.processor.run(_STEP)
            silent += stop.instructions
            if stop.reason != "limit":
                self.halted = f"the program ended: {stop.detail or stop.reason}"
            if time.monotonic() > end:
                break
        found = bytes(self._out[:count])
        del self._out[:count]
        return found

    # The boot program: every phase says whether there may be more to do with the bytes at hand

    def _greeting(self) -> bool:
        if not self._in:
            return False
        if self._in.pop(0) == protocol.GREETING:
            self._answer(protocol.YES, self._clock)
        return True

    def _clock(self) -> bool:
        if len(self._in) < len(protocol.CLOCK):
            return False
        self._agree(self._taken(len(protocol.CLOCK)) == protocol.CLOCK, self._size, "another clock")
        return True

    def _size(self) -> bool:
        if len(self._in) < 2:
            return False
        self._length = int.from_bytes(self._taken(2), "big")
        fits = 0 < self._length <= LOAD_ADDRESS + ROOM - self._address
        self._agree(fits, self._program, f"a program of {self._length} bytes")
        return True

    def _program(self) -> bool:
        if len(self._in) < self._length + 1:
            return False
        content = self._taken(self._length + 1)
        self._agree(not sum(content) & 0xFF, self._erasure, "a sum that is wrong")
        self.chip.memory.load(self._address, content[:-1])
        return True

    def _erasure(self) -> bool:
        if not self._in:
            return False
        if self._in.pop(0) != protocol.ERASE:
            return True
        self._questions += 1
        if self._fails:
            self._out.append(protocol.NOT_ERASED)
            self.halted = "it cannot be erased"
        elif self._questions < _QUESTIONS:
            self._out.append(protocol.ERASING)
        else:
            self.chip.memory.load(0, b"\xff" * ROM_SIZE)
            self.chip.processor.pc = self._address
            self._answer(protocol.ERASED, self._running)
        return True

    def _running(self) -> bool:
        if self._in:
            self.chip.serial[_CHANNEL].receive(bytes(self._taken(len(self._in))))
        return False

    def _agree(self, is_right: bool, following: Callable[[], bool], what: str) -> None:
        self._answer(protocol.YES if is_right else protocol.NO, following)
        if not is_right:
            self.halted = what

    def _answer(self, byte: int, following: Callable[[], bool]) -> None:
        self._out.append(byte)
        self._phase = following

    def _taken(self, count: int) -> bytes:
        found = bytes(self._in[:count])
        del self._in[:count]
        return found
