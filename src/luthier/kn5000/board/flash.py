"""The custom flash (IC19) as the main CPU programs it: commands of AMD's and Fujitsu's chips on a 16-bit bus.

Known (flash page of the documentation): the addresses and values of the commands, unlocking by AA at 0xAAAA
and 55 at 0x5554, reset F0, identification 90, program A0, erase 80 with 10 for all of the chip; the makers
and devices that the firmware accepts.  A byte that is programmed can only lose ones.  Modelled: an operation
takes no time, so that what is polled is ready at once.

What is written changes the board's copy; the file it came from is never touched.

Open questions
- Which of the devices is on the board.  Here the page's AM29LV800B (2258) of AMD, one of 8 megabits.
- Erasing by sectors (30 in place of 10): the firmware's routines erase whole chips.  Here a sector has 64 KB,
  as nearly all of such a chip's.
- How long anything takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from luthier.machine.memory import Memory

#: Byte addresses of the two cycles that unlock; only so many lines of the address are compared.
UNLOCK_1, UNLOCK_2 = 0xAAAA, 0x5554
_COMPARED: Final = 0xFFFF
_KEY_1, _KEY_2 = 0xAA, 0x55
_RESET, _IDENTIFY, _PROGRAM, _ERASE, _ERASE_CHIP, _ERASE_SECTOR = 0xF0, 0x90, 0xA0, 0x80, 0x10, 0x30
SECTOR: Final = 0x10000
MAKER, DEVICE = 0x0001, 0x2258
_ERASED: Final = 0xFF
#: Erasures that makers of the time promise a sector; firmware that reaches it in a run writes in a loop.
ENDURANCE: Final = 100_000


class Flash:
    """``size`` bytes of flash from ``start`` on, whose content lies in ``memory``.

    Reading goes straight to the memory; the chip only sees what is written.
    ``refuse`` is told the addresses of writes that are part of no command.
    """

    def __init__(
        self, memory: Memory, start: int, size: int, refuse: Callable[[int], None] = lambda _address: None
    ) -> None:
        self._memory = memory
        self._start = start
        self._size = size
        self._refuse = refuse
        self.programmed = 0
        """Words and bytes programmed so far."""
        self.erasures = 0
        self.refused = 0
        """Writes that were part of no command."""
        self._keys = 0
        self._command = 0
        self._hidden: bytes | None = None

    @property
    def content(self) -> bytes:
        """What it holds, for a file of the user's choice."""
        held = self._memory.data[self._start : self._start + self._size].tobytes()
        return held if self._hidden is None else self._hidden + held[len(self._hidden) :]

    @property
    def is_worn(self) -> bool:
        """Whether it was erased or written more often than a chip endures."""
        return self.erasures > ENDURANCE or self.programmed > ENDURANCE * self._size // SECTOR

    def reset(self) -> None:
        """As at power on: it can be read, and no command is begun."""
        self._show()
        self._keys = self._command = 0

    def read(self, address: int, size: int) -> int:
        """What the memory holds."""
        return int.from_bytes(self._memory.data[address : address + size].tobytes(), "little")

    def write(self, address: int, size: int, value: int) -> None:
        """One cycle of a command, or what is to be programmed."""
        if self._command == _PROGRAM:
            self._command = 0
            self._program(address, size, value)
            return
        offset, key = (address - self._start) & _COMPARED, value & 0xFF
        if key == _RESET:
            self.reset()
        elif self._keys == 0 and (offset, key) == (UNLOCK_1, _KEY_1):
            self._keys = 1
        elif self._keys == 1 and (offset, key) == (UNLOCK_2, _KEY_2):
            self._keys = 2
        elif self._keys == 2:
            self._keys = 0
            self._begin(address, offset, key)
        else:
            self._give_up(address)

    def _begin(self, address: int, offset: int, command: int) -> None:
        begun, self._command = self._command, 0
        if begun == _ERASE and command == _ERASE_CHIP and offset == UNLOCK_1:
            self._erase(self._start, self._size)
        elif begun == _ERASE and command == _ERASE_SECTOR:
            sector = (address - self._start) // SECTOR
            self._erase(self._start + sector * SECTOR, SECTOR)
        elif begun or offset != UNLOCK_1:
            self._give_up(address)
        elif command in (_PROGRAM, _ERASE):
            self._show()
            self._command = command
        elif command == _IDENTIFY:
            self._hide()
        else:
            self._give_up(address)

    def _give_up(self, address: int) -> None:
        """A write that is part of no command; one that is begun is forgotten."""
        self.refused += 1
        self._keys = self._command = 0
        self._refuse(address)

    def _program(self, address: int, size: int, value: int) -> None:
        old = self._memory.data[address : address + size].tobytes()
        new = bytes(before & after for before, after in zip(old, value.to_bytes(size, "little"), strict=True))
        self.programmed += 1
        if new != old:
            self._memory.load(address, new)

    def _erase(self, start: int, size: int) -> None:
        self._show()
        self.erasures += 1
        self._memory.load(start, bytes([_ERASED]) * size)

    def _hide(self) -> None:
        """Let maker and device be read where the content begins."""
        shown = MAKER.to_bytes(2, "little") + DEVICE.to_bytes(2, "little")
        if self._hidden is None:
            self._hidden = self._memory.data[self._start : self._start + len(shown)].tobytes()
        self._memory.load(self._start, shown)

    def _show(self) -> None:
        if self._hidden is not None:
            self._memory.load(self._start, self._hidden)
            self._hidden = None

    def snapshot(self) -> dict[str, Any]:
        """Everything but the content, which is the memory's."""
        return {name: getattr(self, name) for name in _STATE}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        for name, value in taken.items():
            setattr(self, name, value)


_STATE = ("programmed", "erasures", "refused", "_keys", "_command", "_hidden")
