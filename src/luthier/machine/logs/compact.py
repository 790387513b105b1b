"""Rows of a trace in few bytes: only what an instruction changed.

A row is a 16-bit head, the way to the next address, the states since the row before, and what its bits name:

    bits 0-7    registers that differ from the row before: 4 bytes each
    bit 8       flags and bank differ: 2 bytes
    bit 9       the address is given whole, in 4 bytes; otherwise as a signed byte from the one before
    bit 10      the states are given as 4 bytes; otherwise as one
    bit 11      there is a memory operand: 4 bytes

All numbers have their low end first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled, inlined
from luthier.cpu.executor_text import NO_OPERAND, TRACE_COLUMNS

Bytes = npt.NDArray[np.uint8]
Table = npt.NDArray[np.uint32]

LONGEST_ROW = 2 + 4 + 4 + 2 + 4 + 8 * 4
SHORTEST_ROW = 4
_NO_OPERAND = np.uint32(NO_OPERAND)


@inlined
def _put(out: Bytes, at: int, size: int, value: int) -> None:
    for place in range(size):
        out[at + place] = value >> 8 * place & 0xFF


@inlined
def _get(data: Bytes, at: int, size: int) -> int:
    value = 0
    for place in range(size):
        value |= int(np.int64(data[at + place])) << 8 * place
    return value


@compiled
def pack(
    table: Table, before: Table, known: Bytes, out: Bytes, fresh: npt.NDArray[np.int32]
) -> tuple[int, int]:
    """Rows (n, 12) as bytes in ``out``; how many, and how many addresses ``known`` did not have: ``fresh``.

    ``before`` is the row before the first, and is the last one afterwards.
    """
    at, found = 0, 0
    for row in range(table.shape[0]):
        head, start = 0, at
        address = int(np.int64(table[row, 0]))
        at += 2
        step = address - int(np.int64(before[0]))
        if -128 <= step < 128:
            out[at] = step & 0xFF
            at += 1
        else:
            head |= 1 << 9
            _put(out, at, 4, address)
            at += 4
        passed = int(np.int64(table[row, 11]) - np.int64(before[11])) & 0xFFFFFFFF
        if passed < 256:
            out[at] = passed
            at += 1
        else:
            head |= 1 << 10
            _put(out, at, 4, passed)
            at += 4
        if table[row, 1] != before[1]:
            head |= 1 << 8
            _put(out, at, 2, int(np.int64(table[row, 1])))
            at += 2
        if table[row, 10] != _NO_OPERAND:
            head |= 1 << 11
            _put(out, at, 4, int(np.int64(table[row, 10])))
            at += 4
        for register in range(8):
            if table[row, 2 + register] != before[2 + register]:
                head |= 1 << register
                _put(out, at, 4, int(np.int64(table[row, 2 + register])))
                at += 4
        _put(out, start, 2, head)
        for column in range(12):
            before[column] = table[row, column]
        if not known[address]:
            known[address] = 1
            fresh[found] = address
            found += 1
    return at, found


@compiled
def unpack(data: Bytes, table: Table, before: Table) -> int:
    """The rows of ``data`` in ``table``; how many bytes they took, -1 if they reach beyond the end."""
    at = 0
    for row in range(table.shape[0]):
        if at + 2 > data.size:
            return -1
        head = _get(data, at, 2)
        size = 4 + 3 * (head >> 9 & 1) + 3 * (head >> 10 & 1) + 2 * (head >> 8 & 1) + 4 * (head >> 11 & 1)
        for register in range(8):
            size += 4 * (head >> register & 1)
        if at + size > data.size:
            return -1
        at += 2
        if head >> 9 & 1:
            before[0] = _get(data, at, 4)
            at += 4
        else:
            step = np.int64(data[at])
            before[0] = np.int64(before[0]) + step - 256 * (step >> 7)
            at += 1
        width = 4 if head >> 10 & 1 else 1
        before[11] = np.int64(before[11]) + _get(data, at, width)
        at += width
        if head >> 8 & 1:
            before[1] = _get(data, at, 2)
            at += 2
        before[10] = NO_OPERAND
        if head >> 11 & 1:
            before[10] = _get(data, at, 4)
            at += 4
        for register in range(8):
            if head >> register & 1:
                before[2 + register] = _get(data, at, 4)
                at += 4
        for column in range(12):
            table[row, column] = before[column]
    return at


def first_row() -> Table:
    """The row before the first."""
    return np.zeros(TRACE_COLUMNS, np.uint32)
