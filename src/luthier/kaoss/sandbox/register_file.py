"""The on-chip registers on the bus: who answers for which, and what the firmware did to them.

A register whose value only changes when something happens is served after its first read: from then on
reading it costs nothing, which is what makes firmware that polls a flag quick.  So reads are counted up
to the first one; writes all are.

Open questions
- What a register reads that was never written and whose reset value is in no source: 0 here.
- What an address in the area of registers reads where no register is known: FF here, and the access is noted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from luthier.kaoss.registers import Register, registers
from luthier.machine.memory import OPEN_BUS, Kind, Memory

Ask = Callable[[], int]
Take = Callable[[int], None]

#: Unknown addresses that are told apart.
_MOST_UNKNOWN = 256


@dataclass
class Cell:
    """A register and what is known of it; ``modelled`` says whether a unit of the sandbox answers for it."""

    register: Register
    value: int = 0
    ask: Ask | None = None
    take: Take | None = None
    modelled: bool = False
    is_read: bool = False
    writes: int = 0


@dataclass(frozen=True)
class UnknownAccess:
    """An access to an address that no known register has; ``pc`` is where the first came from."""

    kind: Kind
    address: int
    pc: int


class RegisterFile:
    """All registers of the chip: a device on its memory."""

    def __init__(self, memory: Memory, where: Callable[[], int]) -> None:
        self._memory = memory
        self._where = where
        self.cells = {one.name: Cell(one) for one in registers().values()}
        self._at: dict[int, tuple[Cell, int]] = {}
        for cell in sorted(self.cells.values(), key=lambda one: -one.register.size):
            for offset in range(cell.register.size):
                self._at[cell.register.address + offset] = cell, offset
        self._words: dict[int, Take] = {}
        self.unknown: Counter[UnknownAccess] = Counter()
        self._first: dict[tuple[Kind, int], UnknownAccess] = {}

    def unit(self, name: str, initial: int = 0, *, ask: Ask | None = None, take: Take | None = None) -> None:
        """Say who answers for a register.

        ``ask`` gives what it reads at the moment; without it, it reads what :meth:`put` or the firmware put
        there.  ``take`` is called with what is written; without it, that is kept.
        """
        cell = self.cells[name]
        cell.ask, cell.take, cell.modelled = ask, take, True
        self.put(name, initial)

    def word(self, address: int, take: Take) -> None:
        """Have words written to ``address`` go to ``take``, whatever register is there."""
        self._words[address] = take

    def get(self, name: str) -> int:
        """What a register holds."""
        return self.cells[name].value

    def put(self, name: str, value: int) -> None:
        """Have a register read ``value`` from now on."""
        cell = self.cells[name]
        cell.value = value
        if cell.is_read and cell.ask is None:
            self._serve(cell)

    def forget(self) -> None:
        """Clear the registers that no unit answers for, as a reset does."""
        for name, cell in self.cells.items():
            if not cell.modelled:
                self.put(name, 0)

    # As a device

    def read(self, address: int, size: int) -> int:
        """One or two bytes."""
        found = self._at.get(address)
        if size == 2 and (found is None or found[0].register.size == 1 or found[1]):
            return self.read(address, 1) << 8 | self.read(address + 1, 1)
        if found is None:
            self._note("read", address)
            return OPEN_BUS
        cell, offset = found
        if cell.ask is None:
            if not cell.is_read:
                cell.is_read = True
                self._serve(cell)
            value = cell.value
        else:
            cell.is_read = True
            value = cell.ask()
        return value if size == cell.register.size else value >> 8 * (cell.register.size - 1 - offset) & 0xFF

    def write(self, address: int, size: int, value: int) -> None:
        """One or two bytes."""
        if size == 2 and address in self._words:
            self._at[address][0].writes += 1
            self._words[address](value)
            return
        found = self._at.get(address)
        if size == 2 and (found is None or found[0].register.size == 1 or found[1]):
            self.write(address, 1, value >> 8)
            self.write(address + 1, 1, value & 0xFF)
            return
        if found is None:
            self._note("write", address)
            return
        cell, offset = found
        if size < cell.register.size:
            whole = cell.ask() if cell.ask else cell.value
            value = whole & 0xFF00 | value if offset else whole & 0xFF | value << 8
        cell.writes += 1
        if cell.take is not None:
            cell.take(value)
        else:
            self.put(cell.register.name, value)

    def _serve(self, cell: Cell) -> None:
        for offset, byte in enumerate(cell.value.to_bytes(cell.register.size, "big")):
            address = cell.register.address + offset
            if self._at[address][0] is cell:
                self._memory.serve(address, byte)

    def _note(self, kind: Kind, address: int) -> None:
        first = self._first.get((kind, address))
        if first is None:
            if len(self._first) >= _MOST_UNKNOWN:
                return
            first = self._first[kind, address] = UnknownAccess(kind, address, self._where())
        self.unknown[first] += 1
