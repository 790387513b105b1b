"""The registers on the bus: a device of 1 KiB whose bytes are served wherever they change only by events.

A unit of the chip says what happens when a register is written (``on_write``) or, rarely, read (``on_read``).
Everything else is a value that stands in memory, where the compiled loop reads it.

Open questions
- What an address without a register reads, and a register that is only written: FF here, and it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from luthier.kn5000.board.chip.register_table import SIZE, Register, registers
from luthier.machine.memory import OPEN_BUS, Kind, Memory

Take = Callable[[int], None]
Ask = Callable[[], int]
Observe = Callable[[str, int, int], None]

#: Unknown accesses that are told apart; a program run wild finds no more of them.
_MOST_UNKNOWN = 1024


@dataclass(frozen=True)
class UnknownAccess:
    """An access to what is no register, or not in this way; ``pc`` is where it came from, -1 anywhere."""

    kind: Kind
    address: int
    pc: int


class RegisterFile:
    """All special function registers of one chip."""

    def __init__(self, memory: Memory, where: Callable[[], int]) -> None:
        self._memory = memory
        self._where = where
        self.unknown: Counter[UnknownAccess] = Counter()
        self.asked = 0  #: accesses that were not served
        self.observe: Observe | None = None  #: told ("write", address, value) of every byte written
        self._table = registers()
        self._bytes = memory.data.data  #: quicker one by one than the array
        self._at: list[Register | None] = [None] * SIZE
        self._take: list[Take | None] = [None] * SIZE
        self._ask: list[Ask | None] = [None] * SIZE
        memory.add_device(0, SIZE, self, "registers")
        for register in self._table.values():
            for address in range(register.address, register.address + register.size):
                self._at[address] = register
            if register.is_readable:
                for address in range(register.address, register.address + register.size):
                    memory.serve(address, 0)
        self.reset()

    # For the units

    def on_write(self, name: str, take: Take) -> None:
        """Have ``take`` called with what is written to a register, instead of keeping it.

        A register of two bytes is taken as a whole, with what it held where only one byte is written.
        """
        register = self._table[name]
        for address in range(register.address, register.address + register.size):
            self._take[address] = take

    def on_read(self, name: str, ask: Ask | None) -> None:
        """Have ``ask`` called when the (first) byte of a register is read; None undoes it."""
        address = self._table[name].address
        self._ask[address] = ask
        if ask is not None:
            self._memory.withhold(address)
        else:
            self._memory.serve(address, self._bytes[address])

    def get(self, name: str) -> int:
        """What a register holds."""
        return self._value(self._table[name])

    def put(self, name: str, value: int) -> None:
        """Have a register hold a value, which whoever reads it finds."""
        register = self._table[name]
        address = register.address
        self._bytes[address] = value & 0xFF
        if register.size == 2:
            self._bytes[address + 1] = value >> 8

    def reset(self) -> None:
        """Give every register its value after a reset; one whose value nobody knows becomes 0."""
        for register in self._table.values():
            self.put(register.name, register.reset or 0)

    # As a device

    def read(self, address: int, size: int) -> int:
        """1, 2 or 4 bytes, of which at least one is not served."""
        self.asked += 1
        return sum(self._read_byte(address + offset) << 8 * offset for offset in range(size))

    def write(self, address: int, size: int, value: int) -> None:
        """1, 2 or 4 bytes; whole registers of two bytes are taken at once."""
        self.asked += 1
        end = address + size
        while address < end:
            step = 2 if size > 1 and end - address > 1 and self._is_word(address) else 1
            self._write(address, step, value & (1 << 8 * step) - 1)
            address, value = address + step, value >> 8 * step

    def write_posted(self, rows: npt.NDArray[np.int64]) -> None:
        """Stores that the memory has posted, in their order: states, address, bytes, value."""
        for _, address, size, value in rows.tolist():
            self.write(address, size, value & (1 << 8 * size) - 1)

    def _is_word(self, address: int) -> bool:
        register = self._at[address]
        return register is not None and register.size == 2 and register.address == address

    def _write(self, address: int, size: int, value: int) -> None:
        """What goes to one register, or to half of it."""
        register = self._at[address]
        if register is None or register.access == "r":
            self._count("write", address)
            return
        if self.observe is not None:
            for offset in range(size):
                self.observe("write", address + offset, value >> 8 * offset & 0xFF)
        if size < register.size:
            shift = 8 * (address - register.address)
            value = self._value(register) & ~(0xFF << shift) | value << shift
        take = self._take[address]
        if take is not None:
            take(value)
        else:
            self.put(register.name, value)

    def _read_byte(self, address: int) -> int:
        register, ask = self._at[address], self._ask[address]
        if register is None or not register.is_readable:
            self._count("read", address)
            return OPEN_BUS
        if ask is not None:
            return ask() & 0xFF
        return self._bytes[address]

    def _value(self, register: Register) -> int:
        address = register.address
        low: int = self._bytes[address]
        return low if register.size == 1 else low | self._bytes[address + 1] << 8

    def _count(self, kind: Kind, address: int) -> None:
        access = UnknownAccess(kind, address, self._where())
        if access not in self.unknown and len(self.unknown) >= _MOST_UNKNOWN:
            access = UnknownAccess(kind, address, -1)
        self.unknown[access] += 1

    # Snapshots: the values themselves are in memory

    def snapshot(self) -> dict[str, Any]:
        """Nothing beside memory."""
        return {}

    def restore(self, taken: dict[str, Any]) -> None:
        """Nothing beside memory."""
