"""The data transfer controller: requests that move data in place of interrupting the CPU.

A source that is enabled in DTCERA to DTCERF has the address of its record at 000400 + 2 × vector, the
lower half of an address in the RAM: mode A, source, mode B, destination, counts A and B, 12 bytes.
(Sources: MAME's h8_dtc.cpp for the bits, modes and enables; hardware manual of the H8S/2633 series,
section 9, for the vectors.) A transfer takes no time here: modelled.

Open questions
- Whether the enables are the same bits on the H8S/2215.
- Transfers started by software (DTVECR) are not made: their request is only noted as not modelled.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.memory import Memory

_ENABLES = "DTCERA", "DTCERB", "DTCERC", "DTCERD", "DTCERE", "DTCERF"
#: Vector: its bit, counted from the most significant of DTCERA on.
_BITS = {
    **{16 + number: number for number in range(8)},
    28: 9,
    **{32 + number: 10 + number for number in range(4)},
    40: 14,
    41: 15,
    44: 16,
    45: 17,
    64: 28,
    65: 29,
    68: 30,
    69: 31,
    81: 36,
    82: 37,
    85: 38,
    86: 39,
    89: 40,
    90: 41,
}
_TABLE = 0x400
_RECORD_HALF = 0xFF0000
_RECORD_SIZE = 12
_CHAIN, _EVERY_TIME = 0x80, 0x40  #: CHNE and DISEL of mode B
_REPEAT, _BLOCK = 1, 2
#: Chained records that are followed; a chain that leads to itself ends there.
_MOST_CHAINED = 16


class TransferController:
    """The DTC; ``note`` is told the vector of every transfer."""

    def __init__(self, registers: RegisterFile, memory: Memory, note: Callable[[int], None]) -> None:
        self._registers = registers
        self._memory = memory
        self._note = note
        self.reset()

    def reset(self) -> None:
        """As after the reset line: nothing is enabled."""
        for name in _ENABLES:
            self._registers.unit(name)

    def serve(self, vector: int) -> bool:
        """Make the transfer of a vector if it is enabled; False if the CPU is to be interrupted."""
        bit = _BITS.get(vector)
        if bit is None:
            return False
        name, mask = _ENABLES[bit // 8], 0x80 >> bit % 8
        if not self._registers.get(name) & mask:
            return False
        self._note(vector)
        record = _RECORD_HALF | self._memory.read(_TABLE + 2 * vector, 2) & 0xFFFC
        for _ in range(_MOST_CHAINED):
            mode_b, done = self._move(record)
            if not mode_b & _CHAIN:
                break
            record = record + _RECORD_SIZE & 0xFFFFFF
        if done or mode_b & _EVERY_TIME:
            self._registers.put(name, self._registers.get(name) & ~mask)
            return False
        return True

    def _move(self, record: int) -> tuple[int, bool]:
        """Make the transfer of one record; its mode B, and whether its count has run out."""
        read = self._memory.read
        source, target = read(record, 4), read(record + 4, 4)
        mode_a, mode_b = source >> 24, target >> 24
        count_a, count_b = read(record + 8, 2), read(record + 10, 2)
        source, target = source & 0xFFFFFF, target & 0xFFFFFF
        size = 2 if mode_a & 1 else 1
        ways = _way(mode_a >> 6, size), _way(mode_a >> 4 & 3, size)
        mode, from_source = mode_a >> 2 & 3, bool(mode_a & 2)
        length = (count_a >> 8 or 256) if mode in (_REPEAT, _BLOCK) else 1
        begin = source, target
        for _ in range(length if mode == _BLOCK else 1):
            self._memory.write(target, size, read(source, size))
            source, target = source + ways[0] & 0xFFFFFF, target + ways[1] & 0xFFFFFF
        if mode == _BLOCK:
            source, target = (begin[0], target) if from_source else (source, begin[1])
            count_b = count_b - 1 & 0xFFFF
            done = count_b == 0
        elif mode == _REPEAT:
            left = count_a - 1 & 0xFF
            if left == 0:
                left = length & 0xFF
                back = length * ways[0 if from_source else 1]
                source, target = (source - back, target) if from_source else (source, target - back)
            count_a, done = count_a & 0xFF00 | left, False
        else:
            count_a = count_a - 1 & 0xFFFF
            done = count_a == 0
        self._memory.write(record, 4, mode_a << 24 | source & 0xFFFFFF)
        self._memory.write(record + 4, 4, mode_b << 24 | target & 0xFFFFFF)
        self._memory.write(record + 8, 2, count_a)
        self._memory.write(record + 10, 2, count_b)
        return mode_b, done


def _way(bits: int, size: int) -> int:
    """How far an address moves: not at all, up or down."""
    return (0, 0, size, -size)[bits]
