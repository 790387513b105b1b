"""Tables of exception vectors: the places in memory where a CPU looks up where to begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class VectorTable:
    """Pointers one behind the other; a name of None is a reserved one."""

    address: int
    names: tuple[str | None, ...]
    byte_order: Literal["little", "big"]
    size: int = 4  #: bytes of a pointer, of which the bus uses the low 24 bits

    def address_of(self, index: int) -> int:
        """Where a vector lies."""
        return self.address + self.size * index

    def target(self, pointer: bytes) -> int | None:
        """Where a vector leads; None for one never written: all bits set, or into the table itself."""
        target = int.from_bytes(pointer, self.byte_order) & 0xFFFFFF
        into_itself = self.address <= target < self.address_of(len(self.names))
        return None if pointer == b"\xff" * self.size or into_itself else target
