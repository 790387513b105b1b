"""A case in the making: where things lie, which values operands take, registers by their codes."""

from __future__ import annotations

import collections
import random
import struct
from dataclasses import dataclass

from tests.cpu.tlcs900.vectors import disassemble, harness
from tests.cpu.tlcs900.vectors.harness import CODE

BYTE_MEMORY, WORD_MEMORY, LONG_MEMORY, DESTINATION = 0xC0, 0xD0, 0xE0, 0xF0
BYTE_REGISTER, WORD_REGISTER, LONG_REGISTER = 0xC8, 0xD8, 0xE8
DIRECT = 0x00

LOW_WINDOWS = (0x0900, 0x1003, 0x3F20, 0x6002, 0x7F41, 0x7FA9, 0xB0F6, 0xF3D0)
HIGH_WINDOWS = (0x0F0300, 0x0F4FE7, 0x0FA012, 0x0FFF81, 0x1E0040, 0x1E7FE3, 0x1FFE05)
#: where the I/O page of the driver's CPU keeps what is written, so that (#8) can be used: address and length
PAGE_WINDOWS = ((0x48, 32), (0x6C, 20))
STACKS = (0x0A80, 0x2343, 0x4F00, 0x0F8002, 0x0FE7F1, 0x1E1230)

EDGES = {
    1: (0x00, 0x01, 0x02, 0x09, 0x0A, 0x0F, 0x10, 0x7F, 0x80, 0x81, 0x99, 0xFE, 0xFF, 0x55, 0xAA),
    2: (
        0x0000,
        0x0001,
        0x0002,
        0x000F,
        0x00FF,
        0x0100,
        0x7FFF,
        0x8000,
        0x8001,
        0xFF00,
        0xFFFE,
        0xFFFF,
        0x1234,
    ),
    4: (
        0,
        1,
        2,
        0xFF,
        0xFFFF,
        0x10000,
        0x7FFFFFFF,
        0x80000000,
        0x80000001,
        0xFFFFFFFE,
        0xFFFFFFFF,
        0x12345678,
    ),
}
#: few, so that the file stays small; every register and most bytes differ within one
PATTERNS = [bytes(random.Random(1000 + n).choices((*EDGES[1], *range(256)), k=64)) for n in range(16)]
BACKGROUNDS = [list(struct.unpack("<19I", random.Random(2000 + n).randbytes(76))) for n in range(16)]
CONTROL_WORDS: dict[int, tuple[int, ...]] = {
    BYTE_REGISTER: (0x42, 0x46, 0x4A, 0x4E),
    WORD_REGISTER: (0x40, 0x44, 0x48, 0x4C),
}
CONTROL_WORDS[LONG_REGISTER] = (0x00, 0x04, 0x08, 0x0C, 0x20, 0x24, 0x28, 0x2C)
FLAGS = 0xD7


def signed(value: int, bits: int) -> int:
    """The value as a two's complement number."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


class Registers:
    """All registers, reached by the 8-bit register code."""

    def __init__(self, values: list[int], bank: int) -> None:
        self.values = values  #: 16 in banks, XIX XIY XIZ XSP
        self.bank = bank

    def place(self, code: int) -> int:
        """The index into the values."""
        if code < 0x40:
            return code >> 2
        if code >= 0xF0:
            return 16 + (code >> 2 & 3)
        if code >= 0xD0:
            bank = self.bank if code >= 0xE0 else self.bank - 1 & 3
            return 4 * bank + (code >> 2 & 3)
        raise ValueError(f"no register has the code {code:02X}")

    def read(self, code: int, size: int = 4) -> int:
        """The register, or a part of it."""
        return self.values[self.place(code)] >> (8 * (code & 3)) & ((1 << 8 * size) - 1)

    def write(self, code: int, value: int, size: int = 4) -> None:
        """Set a register or a part of it."""
        shift, mask = 8 * (code & 3), (1 << 8 * size) - 1
        place = self.place(code)
        self.values[place] = self.values[place] & ~(mask << shift) & 0xFFFFFFFF | (value & mask) << shift


def code_of(register: int, size: int) -> int:
    """The 8-bit code of a 3-bit register number."""
    if size == 1:
        return 0xE0 + 4 * (register >> 1) + (1 - (register & 1))
    return 0xE0 + 4 * register if register < 4 else 0xF0 + 4 * (register - 4)


@dataclass
class Sketch:
    """A case in the making."""

    random: random.Random
    registers: Registers
    flags: int
    data: bytearray
    data_at: int
    stack: bytearray
    stack_at: int
    address: int
    sr_high: int = 0xF8
    target: int | None = None

    def value(self, size: int) -> int:
        """An operand: every other one is an edge."""
        if self.random.random() < 0.6:
            return self.random.choice(EDGES[size])
        return self.random.getrandbits(8 * size)

    def poke(self, address: int, value: int, size: int) -> None:
        """Set bytes in the window they are in."""
        for window, base in ((self.data, self.data_at), (self.stack, self.stack_at)):
            if base <= address and address + size <= base + len(window):
                window[address - base : address - base + size] = value.to_bytes(size, "little")
                return
        raise RetryError

    def spot(self) -> int:
        """An address in the data window, away from its ends."""
        low, high = (8, 12) if len(self.data) == harness.DATA_LENGTH else (2, 6)
        return self.data_at + self.random.randrange(low, len(self.data) - high)

    def code_target(self, low: int, high: int) -> int:
        """A place for a pad between two addresses."""
        low, high = max(low, harness.ROM + 16), min(high, CODE - 0x200)
        if low > high:
            raise RetryError
        return self.random.randint(low, high)


class RetryError(Exception):
    """The random numbers don't fit together."""


def condition(number: int, flags: int) -> bool:
    """Whether the condition holds."""
    s, z, v, c = (bool(flags & bit) for bit in (0x80, 0x40, 0x04, 0x01))
    holds = (False, s != v, z or s != v, c or z, v, s, z, c)[number & 7]
    return holds != (number >= 8)


#: table of second bytes -> second byte -> operand bytes after it
Extras = dict[int, dict[int, int]]


def tables() -> Extras:
    """Which second bytes unidasm knows, and how many operand bytes follow."""
    found: Extras = collections.defaultdict(dict)
    lines = disassemble.read()
    for entry, (_, length, text) in zip(disassemble.entries(), lines, strict=True):
        if text.startswith("db"):
            continue
        prefix = disassemble.prefix_length(entry)
        if prefix == 0 and (entry[0] < 0x80 or entry[0] >= 0xF6):
            found[DIRECT][entry[0]] = length - 1
        elif prefix:
            table = entry[0] + 1 if entry[0] in (0xC7, 0xD7, 0xE7) else entry[0]
            found[table & 0xF8][entry[prefix]] = length - prefix - 1
    return found
