"""Operand kinds: what a letter in an instruction's code stands for, in bits, in text and at run time."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Fixed:
    """A register that effects name outright: its place in the register file and its width in bytes."""

    place: int
    size: int
