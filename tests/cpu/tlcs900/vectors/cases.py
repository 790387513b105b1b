"""Reads the vectors: single instructions of the TLCS-900/H, all state before and after as MAME 0.289 has it.

``load()`` gives columns, one row per case; ``sr_ignored`` and ``excluded`` say what is not to be compared.
Needs NumPy and nothing else. What the vectors are, and how they were made, is in README.md.
"""

from __future__ import annotations

import io
import lzma
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
FLAG_BITS = {"S": 0x80, "Z": 0x40, "H": 0x10, "V": 0x04, "N": 0x02, "C": 0x01}
CODE_LENGTH = 10  #: room for an instruction; what is behind it is 0
#: columns of ``registers``
REGISTER_NAMES = (
    *(f"{name}{bank}" for bank in range(4) for name in ("XWA", "XBC", "XDE", "XHL")),
    "XIX",
    "XIY",
    "XIZ",
    "XSP",
)
#: the vector table at FFFF00, which every case has: where SWI 0 to 7 lead to
VECTORS_AT = 0xFFFF00
SWI_TARGETS = (0xFF8000, 0xFF7F10, 0xFF7F20, 0xFF7F30, 0xFF7F40, 0xFF7F50, 0xFF7F60, 0xFF7F70)


@dataclass(frozen=True)
class Cases:
    """``n`` cases, one per row. ``..._after`` is the state when the instruction, with all its turns, is done.

    PC before is ``address``. Outside both windows no case writes. A repeated instruction (LDIR, CPIR ...) has
    run to its end: step until PC is no longer ``address``.
    """

    table: NDArray[
        np.uint8
    ]  #: n; 0 no prefix, C0 D0 E0 memory byte word long, F0 destination, C8 D8 E8 register
    second: NDArray[np.uint8]  #: n; the byte in that table: the first of the code, or that after the prefix
    code: NDArray[np.uint8]  #: n x 10; the instruction
    length: NDArray[np.uint8]  #: n; its length
    address: NDArray[np.uint32]  #: n; where it stands
    registers: NDArray[np.uint32]  #: n x 20, see REGISTER_NAMES
    sr: NDArray[np.uint16]  #: n
    f_alternate: NDArray[np.uint8]  #: n; F'
    control: NDArray[np.uint8]  #: n x 48; four channels of DMAS (4), DMAD (4), DMAC (2), DMAM (1), a zero
    data_address: NDArray[np.uint32]  #: n; the data window
    data_length: NDArray[np.uint8]  #: n; its length, at most 64
    data: NDArray[np.uint8]  #: n x 64
    stack_address: NDArray[np.uint32]  #: n; the stack window
    stack: NDArray[np.uint8]  #: n x 32
    pc_after: NDArray[np.uint32]
    registers_after: NDArray[np.uint32]
    sr_after: NDArray[np.uint16]
    f_alternate_after: NDArray[np.uint8]
    control_after: NDArray[np.uint8]
    data_after: NDArray[np.uint8]
    stack_after: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.table)

    def instruction(self, row: int) -> bytes:
        """The bytes of one instruction."""
        return self.code[row, : self.length[row]].tobytes()

    @cached_property
    def _judged(self) -> tuple[NDArray[np.uint16], NDArray[np.int16]]:
        ignored = np.zeros(len(self), dtype=np.uint16)
        excluded = np.full(len(self), -1, dtype=np.int16)
        for number, mask in enumerate(MASKS):
            hit = mask.applies(self)
            ignored[hit] |= mask.sr_bits
            if mask.whole:
                excluded[hit & (excluded < 0)] = number
        return ignored, excluded

    @property
    def sr_ignored(self) -> NDArray[np.uint16]:
        """The bits of SR after the case that are not to be compared (masks.toml)."""
        return self._judged[0]

    @property
    def excluded(self) -> NDArray[np.int16]:
        """The number in MASKS of what says that the case is not to be compared at all; -1 for most."""
        return self._judged[1]


Condition = Callable[[Cases], NDArray[np.bool_]]


def _prefix_register_even(cases: Cases) -> NDArray[np.bool_]:
    """The register of a byte MUL or DIV by an immediate is W, B, D or H, which names no 16-bit register."""
    full = cases.code[:, 0] == 0xC7
    hit: NDArray[np.bool_] = np.where(full, cases.code[:, 1] & 1 == 1, cases.code[:, 0] & 1 == 0)
    return hit


def _no_long_register(cases: Cases) -> NDArray[np.bool_]:
    """The register behind D7 is not the low half of a long one."""
    hit: NDArray[np.bool_] = (cases.code[:, 0] == 0xD7) & (cases.code[:, 1] & 3 != 0)
    return hit


def _other_than_b0(cases: Cases) -> NDArray[np.bool_]:
    """The first byte is B1 to B7."""
    hit: NDArray[np.bool_] = cases.code[:, 0] != 0xB0
    return hit


def _second_even(cases: Cases) -> NDArray[np.bool_]:
    """The same, of MUL and DIV by a register or memory."""
    hit: NDArray[np.bool_] = np.equal(cases.second & 1, 0)
    return hit


def _bit_of_a(cases: Cases) -> NDArray[np.bool_]:
    """A names a bit a byte doesn't have."""
    bank = cases.sr >> 8 & 3
    a = cases.registers[np.arange(len(cases)), 4 * bank]
    hit: NDArray[np.bool_] = np.greater(a & 15, 7)
    return hit


def _bit_of_operand(cases: Cases) -> NDArray[np.bool_]:
    """The immediate names a bit a byte doesn't have."""
    last = cases.code[np.arange(len(cases)), cases.length - 1]
    hit: NDArray[np.bool_] = np.greater(last & 15, 7)
    return hit


def _operand_above(limit: int) -> Condition:
    def above(cases: Cases) -> NDArray[np.bool_]:
        hit: NDArray[np.bool_] = np.greater(cases.code[:, 1], limit)
        return hit

    return above


def _nesting_counter(cases: Cases) -> NDArray[np.bool_]:
    """The control register is INTNEST."""
    hit: NDArray[np.bool_] = np.equal(cases.code[np.arange(len(cases)), cases.length - 1], 0x7C)
    return hit


def _stack_pointer_steps(cases: Cases) -> NDArray[np.bool_]:
    """The memory operand is (-XSP) or (XSP+)."""
    steps = np.isin(cases.code[:, 0], (0xC4, 0xC5, 0xD4, 0xD5, 0xE4, 0xE5, 0xF4, 0xF5))
    hit: NDArray[np.bool_] = steps & (cases.code[:, 1] >= 0xFC)
    return hit


def _word_of_prefix(cases: Cases) -> NDArray[np.uint16]:
    """The word register that the prefix D7 or D8 to DF names."""
    current, previous = cases.sr >> 8 & 3, (cases.sr >> 8) - 1 & 3
    short = cases.code[:, 0] & 7
    code = np.where(cases.code[:, 0] == 0xD7, cases.code[:, 1], 0xE0 + 4 * short.astype(np.int64))
    bank = np.select([code < 0x40, code < 0xE0, code < 0xF0], [code >> 4, previous, current], 4)
    values = cases.registers[np.arange(len(cases)), 4 * bank.astype(np.intp) + (code >> 2 & 3)]
    return np.where(code & 2, values >> 16, values).astype(np.uint16)


def _wraps(cases: Cases) -> NDArray[np.bool_]:
    """The low bits of the register are all 0 or all 1."""
    rows = np.arange(len(cases))
    last = cases.length.astype(np.intp) - 1
    operand = cases.code[rows, last].astype(np.uint16) << 8 | cases.code[rows, last - 1]
    low = _word_of_prefix(cases) & operand
    hit: NDArray[np.bool_] = (low == 0) | (low == operand)
    return hit


CONDITIONS: dict[str, Condition] = {
    "prefix register even": _prefix_register_even,
    "no long register": _no_long_register,
    "other than B0": _other_than_b0,
    "second byte even": _second_even,
    "bit of A above 7": _bit_of_a,
    "bit above 7": _bit_of_operand,
    "operand above 3": _operand_above(3),
    "operand above 7": _operand_above(7),
    "INTNEST": _nesting_counter,
    "(-XSP) or (XSP+)": _stack_pointer_steps,
    "modulo wraps": _wraps,
}


@dataclass(frozen=True)
class Mask:
    """What is not to be compared, and why."""

    reason: str
    tables: frozenset[int]
    seconds: frozenset[int]
    sr_bits: int
    whole: bool
    condition: str | None

    def applies(self, cases: Cases) -> NDArray[np.bool_]:
        """The cases it is about."""
        hit = np.isin(cases.table, list(self.tables)) & np.isin(cases.second, list(self.seconds))
        if self.condition is not None:
            hit &= CONDITIONS[self.condition](cases)
        return hit


def _read_masks() -> tuple[Mask, ...]:
    with (HERE / "masks.toml").open("rb") as stream:
        rows: list[dict[str, Any]] = tomllib.load(stream)["mask"]
    return tuple(
        Mask(
            reason=row["reason"],
            tables=frozenset(row["tables"]),
            seconds=frozenset(second for low, high in row["seconds"] for second in range(low, high + 1)),
            sr_bits=sum(FLAG_BITS[flag] for flag in row.get("flags", "")) | row.get("sr", 0),
            whole=row.get("whole", False),
            condition=row.get("condition"),
        )
        for row in rows
    )


MASKS = _read_masks()

#: stored as the difference (exclusive or) to the state before: most of it is 0
AFTER = ("registers", "sr", "f_alternate", "control", "data", "stack")


def load(path: Path = HERE / "vectors.npz.xz") -> Cases:
    """Read all cases; about a second."""
    with np.load(io.BytesIO(lzma.decompress(path.read_bytes())), allow_pickle=False) as stored:
        arrays: dict[str, NDArray[Any]] = {name: stored[name] for name in stored.files}
    for name in AFTER:
        arrays[f"{name}_after"] = arrays[name] ^ arrays.pop(f"{name}_changed")
    arrays["pc_after"] = arrays["address"] + arrays.pop("pc_moved")
    return Cases(**{name.name: arrays[name.name] for name in fields(Cases)})


class _Window(Protocol):
    @property
    def address(self) -> int: ...
    @property
    def data(self) -> bytes: ...


class _Case(Protocol):
    code: bytes
    address: int
    registers: list[int]
    xsp: int
    sr: int
    f_alternate: int
    control: bytes

    @property
    def data(self) -> _Window: ...
    @property
    def stack(self) -> _Window: ...


class _Result(Protocol):
    @property
    def data(self) -> bytes: ...
    @property
    def stack(self) -> bytes: ...
    @property
    def registers(self) -> tuple[int, ...]: ...
    @property
    def xsp(self) -> int: ...
    @property
    def sr(self) -> int: ...
    @property
    def f_alternate(self) -> int: ...
    @property
    def control(self) -> bytes: ...
    @property
    def pc(self) -> int | None: ...


class Arrays:
    """Collects cases for :func:`write`."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Any]] = {}

    def append(self, table: int, second: int, case: _Case, result: _Result) -> None:
        """Take one case."""
        assert result.pc is not None
        row: dict[str, Any] = {
            "table": table,
            "second": second,
            "code": case.code.ljust(CODE_LENGTH, b"\0"),
            "length": len(case.code),
            "address": case.address,
            "registers": (*case.registers, case.xsp),
            "sr": case.sr,
            "f_alternate": case.f_alternate,
            "control": case.control,
            "data_address": case.data.address,
            "data_length": len(case.data.data),
            "data": case.data.data.ljust(64, b"\0"),
            "stack_address": case.stack.address,
            "stack": case.stack.data,
            "pc_after": result.pc,
            "registers_after": (*result.registers, result.xsp),
            "sr_after": result.sr,
            "f_alternate_after": result.f_alternate,
            "control_after": result.control,
            "data_after": result.data.ljust(64, b"\0"),
            "stack_after": result.stack,
        }
        for name, value in row.items():
            self.rows.setdefault(name, []).append(value)

    def cases(self) -> Cases:
        """All that was taken."""
        types: dict[str, type[np.unsignedinteger[Any]]] = {"sr": np.uint16, "sr_after": np.uint16}
        long = ("address", "registers", "data_address", "stack_address", "pc_after", "registers_after")
        types |= dict.fromkeys(long, np.uint32)
        arrays: dict[str, NDArray[Any]] = {}
        for name, values in self.rows.items():
            if isinstance(values[0], bytes):
                arrays[name] = np.frombuffer(b"".join(values), dtype=np.uint8).reshape(len(values), -1)
            else:
                arrays[name] = np.array(values, dtype=types.get(name, np.uint8))
        return Cases(**arrays)


def write(path: Path, collected: Arrays) -> None:
    """Store the cases, small."""
    cases = collected.cases()
    arrays: dict[str, NDArray[Any]] = {item.name: getattr(cases, item.name) for item in fields(Cases)}
    for name in AFTER:
        arrays[f"{name}_changed"] = arrays[name] ^ arrays.pop(f"{name}_after")
    arrays["pc_moved"] = arrays.pop("pc_after") - arrays["address"]
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME))
