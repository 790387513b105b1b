"""The registers of the H8S/2000 by name, and how it takes an interrupt, a trap and a trace.

What is pushed depends on the interrupt control mode, which SYSCR sets (bits INTM1 and INTM0): in mode 0 CCR
and PC, four bytes; in mode 2 EXR and a reserved byte below them, six bytes.  SYSCR lies in the chip, not in
the CPU: here the mode is ``registers["INTM"]``, 0 after a reset, and a board sets it when SYSCR is
written.  (Sources: H8S/2215 Group hardware manual REJ09B0140-0900, section 4.7; section 5.6 of its sister of
the H8S/2627.)

Open questions
- Modes 1 and 3 are prohibited on the H8S/2215; here they are as 0 and 2.
- SLEEP with T set: the trace does not end it; no source says so.
- No source says whether an interrupt may come between RTE and the instruction it returns to; here it may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from operator import index

import numpy as np
import numpy.typing as npt

from luthier.cpu.h8s.operands import PLACES
from luthier.cpu.h8s.vectors import TRACE

MASKED = 0x80  #: bit I of CCR: interrupts other than the NMI wait (mode 0)
TRACED = 0x80  #: bit T of EXR: an exception behind every instruction (mode 2)
LEVELS = 0x07  #: bits I2 to I0 of EXR: levels up to this one wait (mode 2)
RESERVED = 0x78  #: bits 6 to 3 of EXR always read 1
NMI_LEVEL = 8  #: above every level that a register can give
_EEPMOV = 4  #: bytes of EEPMOV


class Registers(MutableMapping[str, int]):
    """``registers["ER0"]``, ``["E0"]``, ``["R0"]``, ``["R0H"]``, ``["R0L"]``, ``["CCR"]``, ``["PC"]``.

    And ``["EXR"]`` and ``["INTM"]``, the interrupt control mode.
    """

    def __init__(
        self, file: npt.NDArray[np.uint8], state: npt.NDArray[np.int64], parts: dict[str, int]
    ) -> None:
        self._file = file
        self._state = state
        self._index = parts

    def __getitem__(self, name: str) -> int:
        if name in _PARTS:
            return self.part(_PARTS[name])
        place, width = self._place(name)
        return int.from_bytes(self._file[place : place + width].tobytes(), "little")

    def __setitem__(self, name: str, value: int) -> None:
        value = index(value)  # NumPy's small integers do not take our masks
        if name in _PARTS:
            value &= {"PC": 0xFFFFFE, "CCR": 0xFF, "EXR": 0xFF, "INTM": 3}[name]
            self.set_part(_PARTS[name], value | RESERVED if name == "EXR" else value)
            if name == "PC":
                self.set_part("halted", 0)
        else:
            place, width = self._place(name)
            content = (value & (1 << 8 * width) - 1).to_bytes(width, "little")
            self._file[place : place + width] = np.frombuffer(content, np.uint8)

    def __delitem__(self, name: str) -> None:
        raise TypeError("registers cannot be removed")

    def __iter__(self) -> Iterator[str]:
        return iter([*_PARTS, *PLACES])

    def __len__(self) -> int:
        return len(_PARTS) + len(PLACES)

    @property
    def saves_exr(self) -> bool:
        """Whether exceptions save EXR too: interrupt control mode 2."""
        return bool(self["INTM"] & 2)

    def part(self, name: str) -> int:
        """A part of the state."""
        return int(self._state[self._index[name]])

    def set_part(self, name: str, value: int) -> None:
        """Set a part of the state."""
        self._state[self._index[name]] = value

    def _place(self, name: str) -> tuple[int, int]:
        try:
            return PLACES[name]
        except KeyError:
            raise KeyError(f"the H8S/2000 has no register {name!r}") from None


_PARTS = {"PC": "pc", "CCR": "f", "EXR": "exr", "INTM": "intm"}

Read = Callable[[int, int], int]
Write = Callable[[int, int, int], None]


def reset(registers: Registers, read: Read) -> None:
    """What a reset leaves: bit I, levels 7, no trace, mode 0, PC from vector 0; the rest, unknown, is 0."""
    for name in PLACES:
        registers[name] = 0
    registers["CCR"] = MASKED
    registers["EXR"] = LEVELS
    registers["INTM"] = 0
    registers["PC"] = read(0, 4)


def accepts(registers: Registers, level: int) -> bool:
    """Whether a request is let through: the NMI (8) always, others by bit I, or in mode 2 by I2 to I0."""
    if level >= NMI_LEVEL:
        return True
    if registers.saves_exr:
        return level > registers["EXR"] & LEVELS
    return not registers["CCR"] & MASKED


def interrupt(registers: Registers, level: int, vector: int, read: Read, write: Write) -> None:
    """Take an interrupt by its vector's number; one that cuts EEPMOV.W short returns behind it."""
    if registers.part("block") == registers["PC"] + 1:
        registers["PC"] += _EEPMOV
    _exception(registers, vector, read, write)
    if registers.saves_exr:
        registers["EXR"] = min(level, 7)


def traces(registers: Registers) -> bool:
    """Whether bit T is set, in the mode that heeds it."""
    return registers.saves_exr and bool(registers["EXR"] & TRACED)


def trace(registers: Registers, read: Read, write: Write) -> None:
    """Take a trace exception, unless the instruction was RTE or sleeps still."""
    if registers.part("untraced") != registers.part("count") and not registers.part("halted"):
        _exception(registers, TRACE, read, write)


def _exception(registers: Registers, vector: int, read: Read, write: Write) -> None:
    """CCR and PC pushed, EXR too in mode 2; bit I set, T cleared; on with the vector."""
    stack = registers["ER7"] - 4
    write(stack & 0xFFFFFE, 4, registers["CCR"] << 24 | registers["PC"])
    if registers.saves_exr:
        stack -= 2
        write(stack & 0xFFFFFE, 2, registers["EXR"] << 8)
        registers["EXR"] &= ~TRACED
    registers["ER7"] = stack
    registers["CCR"] |= MASKED
    registers["PC"] = read(4 * vector, 4)
    registers.set_part("block", 0)
