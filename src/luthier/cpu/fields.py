"""Operand kinds: what a letter in an instruction's code stands for, in bits, in text and at run time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: The columns of a decoded instruction; an operand's value lies in one of them.
SLOTS = ("base", "displacement", "second", "third", "immediate")


@dataclass(frozen=True)
class Field:
    """Some bits of a code byte: ``values[raw]`` goes into ``slot``, None is undefined; ``names`` are text."""

    letter: str
    slot: str
    values: tuple[int | None, ...]
    names: tuple[str | None, ...]
    register: str = ""  #: ``b``, ``w`` or ``l`` where the value is the place of a register


@dataclass(frozen=True)
class Immediate:
    """Whole bytes that are a number; ``relative`` ones count from the byte behind them."""

    letter: str
    slot: str
    size: int  #: bytes
    signed: bool = False
    relative: bool = False
    byte_order: Literal["little", "big"] = "little"
    #: What stands above a short address: nothing, its highest bit over and over, or ones.
    extended: Literal["", "sign", "ones"] = ""

    @property
    def is_address(self) -> bool:
        """Whether it stands for an address of 24 bits, whatever its own size."""
        return self.relative or bool(self.extended)

    def value(self, code: bytes, behind: int) -> int:
        """The number that these bytes are; ``behind`` is the address behind them."""
        number = int.from_bytes(code, self.byte_order, signed=self.signed or self.relative)
        if self.relative:
            return behind + number & 0xFFFFFF
        if self.extended:
            high = self.extended == "ones" or number >> 8 * self.size - 1
            return number | 0xFFFFFF >> 8 * self.size << 8 * self.size if high else number
        return number


@dataclass(frozen=True)
class Fixed:
    """A register that effects name outright: its place in the register file and its width in bytes."""

    place: int
    size: int
