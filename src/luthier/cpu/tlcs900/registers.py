"""The registers of the TLCS-900/H2 by name, and how it takes an interrupt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from operator import index

import numpy as np
import numpy.typing as npt

from luthier.cpu.tlcs900.operands import field, register_name

CURRENT = 0xE0  #: where the current bank's bytes are
VECTORS = 0xFFFF00  #: the vector table; the reset vector comes first
STATUS_FIXED = 0x8800  #: SYSM and MAX of SR always read 1 on the H2
FLAG_MASK = 0xD7  #: bits 5 and 3 of F always read 0


def _places() -> dict[str, tuple[int, int]]:
    """Every register that is bytes of the file: its code (or control place) and width."""
    places: dict[str, tuple[int, int]] = {}
    for size, width in (("l", 4), ("w", 2), ("b", 1)):
        for code in range(256):
            name = register_name(code, size)
            if name is not None:
                places[name] = code, width
        control = field("u", 8, size)
        assert control is not None
        for place, name in zip(control.values, control.names, strict=True):
            if place is not None and name is not None:
                places[name] = place, width
    return places


_PLACES = _places()


class Registers(MutableMapping[str, int]):
    """``registers["XWA"]``, ``["RA0"]``, ``["XWA-1"]``, ``["SR"]``, ``["F'"]``, ``["PC"]``, ``["DMAS0"]``."""

    def __init__(
        self, file: npt.NDArray[np.uint8], state: npt.NDArray[np.int64], parts: dict[str, int]
    ) -> None:
        self._file = file.data  #: plain bytes and numbers: quicker one by one than NumPy
        self._state = state.data
        self._index = parts

    def __getitem__(self, name: str) -> int:
        if name == "SR":
            return STATUS_FIXED | self._part("iff") << 12 | self._part("rfp") << 8 | self._part("f")
        if name in _PARTS:
            return self._part(_PARTS[name])
        place, width = self._place(name)
        return int.from_bytes(self._file[place : place + width], "little")

    def __setitem__(self, name: str, value: int) -> None:
        value = index(value)  # NumPy's small integers do not take our masks
        if name == "SR":
            self._set_part("f", value & FLAG_MASK)
            self._set_part("iff", value >> 12 & 7)
            self.switch_bank(value >> 8 & 3)
        elif name in _PARTS:
            masks = {"PC": 0xFFFFFF, "F": FLAG_MASK, "F'": FLAG_MASK}
            self._set_part(_PARTS[name], value & masks[name])
            if name == "PC":
                self._set_part("halted", 0)
        else:
            place, width = self._place(name)
            content = (value & (1 << 8 * width) - 1).to_bytes(width, "little")
            self._file[place : place + width] = content

    def __delitem__(self, name: str) -> None:
        raise TypeError("registers cannot be removed")

    def __iter__(self) -> Iterator[str]:
        return iter(["PC", "SR", "F", "F'", *_PLACES])

    def __len__(self) -> int:
        return len(_PLACES) + 4

    def switch_bank(self, number: int) -> None:
        """Make another bank the current one."""
        old = self._part("rfp") << 4
        self._file[old : old + 16] = self._file[CURRENT : CURRENT + 16]
        self._file[CURRENT : CURRENT + 16] = self._file[number << 4 : (number << 4) + 16]
        self._set_part("rfp", number)

    @property
    def interrupt_mask(self) -> int:
        """IFF of SR."""
        return self._part("iff")

    @interrupt_mask.setter
    def interrupt_mask(self, level: int) -> None:
        self._set_part("iff", level & 7)

    @property
    def is_halted(self) -> bool:
        """Whether HALT was executed and no interrupt came since."""
        return bool(self._part("halted"))

    @property
    def states(self) -> int:
        """Clock states since reset."""
        return self._part("states")

    def spend(self, states: int) -> None:
        """Let states pass in which the CPU does not have the bus."""
        self._set_part("states", self._part("states") + states)

    def _place(self, name: str) -> tuple[int, int]:
        """Where a register's bytes are now: those of the current bank are in the window at E0."""
        try:
            code, width = _PLACES[name]
        except KeyError:
            raise KeyError(f"the TLCS-900/H2 has no register {name!r}") from None
        if code < CURRENT:
            bank = code >> 4 if code < 0x40 else self._part("rfp") - 1 & 3
            code = (CURRENT if bank == self._part("rfp") else bank << 4) | code & 15
        return code, width

    def _part(self, name: str) -> int:
        number: int = self._state[self._index[name]]
        return number

    def _set_part(self, name: str, value: int) -> None:
        self._state[self._index[name]] = value


_PARTS = {"PC": "pc", "F": "f", "F'": "alternate"}

Read = Callable[[int, int], int]
Write = Callable[[int, int, int], None]


def reset(registers: Registers, read: Read) -> None:
    """What a reset leaves: SR F800, XSP 100h, PC from the vector table (24 bits); here the rest is 0."""
    for name in ("XWA", "XBC", "XDE", "XHL", "XIX", "XIY", "XIZ", "INTNEST", "F'"):
        registers[name] = 0
    registers["SR"] = 0xF800
    registers["XSP"] = 0x100
    registers["PC"] = read(VECTORS, 4)


def accepts(registers: Registers, level: int) -> bool:
    """Whether a request of a level is let through by the mask: NMI (7) always, 1 to 6 from IFF upwards."""
    return level == 7 or max(1, registers["SR"] >> 12 & 7) <= level < 7


def interrupt(registers: Registers, level: int, vector: int, read: Read, write: Write) -> None:
    """Take an interrupt: PC and SR pushed, mask raised above ``level``, INTNEST counted, to the vector."""
    stack = registers["XSP"] - 6 & 0xFFFFFFFF
    write(stack + 2 & 0xFFFFFF, 4, registers["PC"])
    write(stack & 0xFFFFFF, 2, registers["SR"])
    registers["XSP"] = stack
    registers["INTNEST"] += 1
    registers.interrupt_mask = min(7, level + 1)
    registers["PC"] = read(VECTORS + vector, 4)
