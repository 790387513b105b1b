"""Make the cases, run them in MAME and write ``vectors.npz.xz`` (see README.md).

Each case is one instruction with everything it needs: registers, two windows of memory, a place its branch
may lead to.  Which slots there are and how long they are is what unidasm says (``unidasm.txt.xz``).
"""

from __future__ import annotations

import argparse
import collections
import random
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cpu.tlcs900.vectors import disassemble, harness
from tests.cpu.tlcs900.vectors.cases import HERE, Arrays, write
from tests.cpu.tlcs900.vectors.harness import CODE, RAM_PADS, Case, Image, Window

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


# --- addressing modes: each returns the prefix and sets registers so that the operand lies where it is wanted


def far_base(sketch: Sketch, address: int) -> int:
    """The address as a register holds it: bits 31 to 24 reach no bus."""
    if sketch.random.random() < 0.1:
        return (address & 0xFFFFFF) | sketch.random.getrandbits(8) << 24
    return address & 0xFFFFFFFF


def base_code(sketch: Sketch) -> int:
    """A long register for an address."""
    pick = sketch.random.random()
    if pick < 0.6:
        return code_of(sketch.random.randrange(8), 4)
    return sketch.random.choice((*harness.REGISTER_CODES, 0xD0, 0xD4, 0xD8, 0xDC, 0xFC))


def indirect(sketch: Sketch, group: int, ea: int) -> bytes:
    register = sketch.random.randrange(8)
    sketch.registers.write(code_of(register, 4), far_base(sketch, ea))
    return bytes([(group - 0x40) | register])


def short_displacement(sketch: Sketch, group: int, ea: int) -> bytes:
    register, d = (
        sketch.random.randrange(8),
        sketch.random.choice((0, 1, 0x7F, 0x80, 0xFF, sketch.random.getrandbits(8))),
    )
    sketch.registers.write(code_of(register, 4), far_base(sketch, ea - signed(d, 8)))
    return bytes([(group - 0x38) | register, d])


def absolute8(sketch: Sketch, group: int, ea: int) -> bytes:
    if ea > 0xFF:
        raise RetryError
    return bytes([group, ea])


def absolute16(sketch: Sketch, group: int, ea: int) -> bytes:
    if ea > 0xFFFF:
        raise RetryError
    return bytes([group + 1]) + ea.to_bytes(2, "little")


def absolute24(sketch: Sketch, group: int, ea: int) -> bytes:
    return bytes([group + 2]) + ea.to_bytes(3, "little")


def any_register(sketch: Sketch, group: int, ea: int) -> bytes:
    code = base_code(sketch)
    sketch.registers.write(code, far_base(sketch, ea))
    return bytes([group + 3, code])


def long_displacement(sketch: Sketch, group: int, ea: int) -> bytes:
    code, d = base_code(sketch), sketch.value(2)
    sketch.registers.write(code, far_base(sketch, ea - signed(d, 16)))
    return bytes([group + 3, code | 1]) + d.to_bytes(2, "little")


def indexed(sketch: Sketch, group: int, ea: int, size: int) -> bytes:
    base, index = base_code(sketch), base_code(sketch)
    index |= sketch.random.randrange(4) if size == 1 else 2 * sketch.random.randrange(2)
    sketch.registers.write(index, sketch.value(size), size)
    high = sketch.random.getrandbits(8) << 24 if sketch.random.random() < 0.1 else 0
    for _ in range(20):
        offset = signed(sketch.registers.read(index, size), 8 * size)
        sketch.registers.write(base, (ea - offset & 0xFFFFFF) | high)
        if offset == signed(sketch.registers.read(index, size), 8 * size):
            return bytes([group + 3, 3 if size == 1 else 7, base, index])
    raise RetryError


def indexed8(sketch: Sketch, group: int, ea: int) -> bytes:
    return indexed(sketch, group, ea, 1)


def indexed16(sketch: Sketch, group: int, ea: int) -> bytes:
    return indexed(sketch, group, ea, 2)


def pre_decrement(sketch: Sketch, group: int, ea: int) -> bytes:
    code, step = base_code(sketch), sketch.random.randrange(3)
    sketch.registers.write(code, far_base(sketch, ea + (1 << step)))
    return bytes([group + 4, code | step])


def post_increment(sketch: Sketch, group: int, ea: int) -> bytes:
    code, step = base_code(sketch), sketch.random.randrange(3)
    sketch.registers.write(code, far_base(sketch, ea))
    return bytes([group + 5, code | step])


Mode = Callable[[Sketch, int, int], bytes]
LONG_MODES: tuple[Mode, ...] = (
    absolute8,
    absolute16,
    absolute24,
    any_register,
    long_displacement,
    indexed8,
    indexed16,
    pre_decrement,
    post_increment,
)


# --- instructions


def begin(source: random.Random, address: int, page: bool, low: bool) -> Sketch:
    """Everything random that all cases have."""
    background = source.choice(BACKGROUNDS)
    stack_at = source.choice(STACKS)
    flags = source.getrandbits(8) & FLAGS
    bank = source.choice((0, 0, 1, 2, 3))
    data = bytearray(source.choice(PATTERNS))
    if page:
        data_at, length = source.choice(PAGE_WINDOWS)
        data = data[:length]
    else:
        data_at = source.choice(LOW_WINDOWS if low or source.random() < 0.5 else HIGH_WINDOWS)
    stack = bytearray(source.choice(PATTERNS)[:32])
    registers = Registers([*background, stack_at + 16], bank)
    sketch = Sketch(source, registers, flags, data, data_at, stack, stack_at, address)
    sketch.sr_high = 0x88 | bank | (7 if source.random() < 0.8 else source.randrange(8)) << 4
    return sketch


def finish(sketch: Sketch, code: bytes) -> Case:
    """The sketch as a case."""
    *values, xsp = sketch.registers.values
    control = b"".join(
        bytes(
            [0x11 * (channel + 1)] * 2
            + [channel, 0, 0x80 + channel]
            + [0x23] * 3
            + [0xC0 | channel, 0x7F, channel * 5, 0]
        )
        for channel in range(4)
    )
    return Case(
        code=code,
        address=sketch.address,
        data=Window(sketch.data_at, bytes(sketch.data)),
        stack=Window(sketch.stack_at, bytes(sketch.stack)),
        registers=values,
        xsp=xsp,
        sr=sketch.sr_high << 8 | sketch.flags,
        f_alternate=sketch.random.choice((0x00, 0xD7, 0x41, 0x96)),
        control=control,
        target=sketch.target,
    )


def extra_bytes(sketch: Sketch, count: int) -> bytes:
    """An immediate operand."""
    if count == 3:
        return bytes([sketch.value(1)]) + sketch.value(2).to_bytes(2, "little")
    return sketch.value(count).to_bytes(count, "little") if count else b""


def seed_registers(sketch: Sketch, size: int, *registers: int) -> None:
    """Put operands into the registers of these 3-bit numbers; XSP stays where it is."""
    for register in registers:
        code = code_of(register, size)
        if code < 0xFC:
            sketch.registers.write(code, sketch.value(size), size)


def seed_count(sketch: Sketch, most: int) -> None:
    """A is a bit number or a count, mostly not above ``most``."""
    low = sketch.random.randrange(most + 1)
    sketch.registers.write(0xE0, sketch.value(1) if sketch.random.random() < 0.25 else low, 1)


def keep_from_trap(sketch: Sketch, code: int) -> None:
    """-2^31 / -1 stops programs written in C, MAME too."""
    if sketch.registers.read(code) == 0x80000000:
        sketch.registers.write(code, 0x80000003)


def small_dividend(sketch: Sketch, code: int, size: int) -> None:
    """Make a quotient that fits, half of the time. ``size`` is that of the divisor."""
    if sketch.random.random() < 0.6 and code < 0xFC:
        high = sketch.random.choice((0, 0, 1, 2, 5, (1 << 8 * size) - 1, (1 << 8 * size) - 2))
        value = high << 8 * size | sketch.value(size)
        sketch.registers.write(code, value, 2 * size)


def source_operand(sketch: Sketch, group: int, second: int, extra: int, mode: Mode) -> bytes:
    """Instructions whose first operand is read from memory."""
    size = {BYTE_MEMORY: 1, WORD_MEMORY: 2, LONG_MEMORY: 4}[group]
    register = second & 7
    if 0x10 <= second < 0x18:
        return block(sketch, group, second, size)
    if 0x40 <= second < 0x60:
        dividend = 0xE0 + 4 * (register >> 1) if size == 1 else code_of(register, 4)
        if register < 7 or size == 1:
            sketch.registers.write(dividend, sketch.value(2 * size), 2 * size)
            if second >= 0x50:
                small_dividend(sketch, dividend, size)
    elif second >= 0x20:
        seed_registers(sketch, size, register)
    else:
        seed_registers(sketch, 1, 1)
    ea = sketch.spot()
    prefix = mode(sketch, group, ea)
    if second >= 0x58 and second < 0x60 and size == 2:
        keep_from_trap(sketch, code_of(register, 4))
    sketch.poke(ea, sketch.value(size), size)
    tail = extra_bytes(sketch, extra)
    if second == 0x19:
        tail = sketch.spot().to_bytes(3, "little")[:2]
    return prefix + bytes([second]) + tail


def block(sketch: Sketch, group: int, second: int, size: int) -> bytes:
    """LDI, LDIR, LDD, LDDR, CPI, CPIR, CPD, CPDR."""
    compare, repeat = second >= 0x14, bool(second & 1)
    register = sketch.random.choice((2, 3, 4, 5, 6) if compare else (3, 5))
    middle = len(sketch.data) // 2
    for code in (0xE8, 0xEC, 0xF0, 0xF4, code_of(register, 4)):
        sketch.registers.write(code, sketch.data_at + sketch.random.randrange(middle - 12, middle + 10))
    count = sketch.random.randint(1, 5) if repeat else sketch.random.choice((1, 1, 2, 3, 0, 0x100, 0xFFFF))
    sketch.registers.write(0xE4, count, 2)
    ea = sketch.registers.read(code_of(register, 4))
    if compare:
        sketch.registers.write(0xE0, sketch.value(size), size)
        for step in range(-5, 6):
            if sketch.random.random() < 0.4:
                sketch.poke(ea + step * size, sketch.registers.read(0xE0, size), size)
    return bytes([group - 0x40 + register, second])


def destination(sketch: Sketch, second: int, extra: int, mode: Mode) -> bytes:
    """Instructions whose first operand is written, or only an address."""
    register = second & 7
    seed_registers(sketch, {0x40: 1, 0x50: 2, 0x60: 4}.get(second & 0xF8, 4), register)
    if 0x28 <= second <= 0x2C:
        seed_count(sketch, 7)
    if second >= 0xF0:
        prefix = mode(sketch, DESTINATION, sketch.spot())
        sketch.target = sketch.code_target(harness.ROM, CODE)
        sketch.poke(sketch.registers.values[19] & 0xFFFFFF, sketch.target, 4)
        return prefix + bytes([second])
    if second >= 0xD0:
        return jump_or_call(sketch, second, mode)
    ea = sketch.spot()
    prefix = mode(sketch, DESTINATION, ea)
    sketch.poke(ea, sketch.value(1), 1)
    tail = extra_bytes(sketch, extra)
    if second in (0x14, 0x16):
        tail = sketch.spot().to_bytes(3, "little")[:2]
    return prefix + bytes([second]) + tail


def jump_or_call(sketch: Sketch, second: int, mode: Mode) -> bytes:
    """JP cc,mem and CALL cc,mem, with a pad where they lead."""
    if mode is absolute8:  # no pad in the I/O page
        if condition(second & 15, sketch.flags):
            raise RetryError
        return bytes([DESTINATION, sketch.random.choice((0x48, 0x10, 0xFF)), second])
    if mode is absolute16:
        sketch.target = sketch.random.choice(RAM_PADS)
    else:
        sketch.target = sketch.code_target(harness.ROM, CODE)
    prefix = mode(sketch, DESTINATION, sketch.target)
    if second >= 0xE0 and not stack_in_window(sketch):
        raise RetryError
    return prefix + bytes([second])


def stack_in_window(sketch: Sketch) -> bool:
    """Whether a push of six bytes stays in a window."""
    xsp = sketch.registers.values[19] & 0xFFFFFF
    return any(
        base + 6 <= xsp <= base + len(window) - 6
        for window, base in ((sketch.data, sketch.data_at), (sketch.stack, sketch.stack_at))
    )


def seed_product(sketch: Sketch, second: int, code: int, size: int) -> None:
    """The wide operand of MUL, MULS, DIV and DIVS."""
    divides = second in (0x0A, 0x0B) or second >= 0x50
    if second < 0x40:
        pair = code & (0xFE if size == 1 else 0xFC)
    else:
        other = second & 7
        pair = 0xE0 + 4 * (other >> 1) if size == 1 else code_of(other, 4)
    if sketch.registers.place(pair) != 19:
        sketch.registers.write(pair, sketch.value(2 * size), 2 * size)
        if divides:
            small_dividend(sketch, pair, size)
    keep_from_trap(sketch, pair & 0xFC)


def register_operand(sketch: Sketch, group: int, second: int, extra: int) -> bytes:
    """Instructions whose first operand is a register."""
    size = {BYTE_REGISTER: 1, WORD_REGISTER: 2, LONG_REGISTER: 4}[group]
    register, other = sketch.random.randrange(8), second & 7
    prefix, code = bytes([group | register]), code_of(register, size)
    if sketch.random.random() < 0.35:
        code = base_code(sketch)
        code |= {1: sketch.random.randrange(4), 2: 2 * sketch.random.randrange(2), 4: 0}[size]
        prefix = bytes([group - 1, code])
    if sketch.registers.place(code) != 19:
        sketch.registers.write(code, sketch.value(size), size)
    tail = extra_bytes(sketch, extra)
    if second >= 0x80:
        seed_registers(sketch, size, other)
    if 0x28 <= second < 0x2D or second >= 0xF8:
        seed_count(sketch, 7 if group == BYTE_REGISTER and second < 0x80 else 17)
        if sketch.registers.place(code) != 19 and code != 0xE0 and sketch.random.random() < 0.5:
            sketch.registers.write(code, sketch.value(size), size)
    if 0x20 <= second < 0x25 or 0x30 <= second < 0x35 or 0xE8 <= second < 0xF0:
        tail = bytes([sketch.random.choice((0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 12, 15))])
    if 0x08 <= second < 0x0C or 0x40 <= second < 0x60:
        seed_product(sketch, second, code, size)
    special = SPECIAL.get(second)
    if special is not None:
        tail = special(sketch, group, code, tail, len(prefix))
    if second in (0x04, 0x05, 0x0C, 0x0D) and not stack_in_window(sketch):
        raise RetryError
    return prefix + bytes([second]) + tail


def control_register(sketch: Sketch, group: int, code: int, tail: bytes, length: int) -> bytes:
    return bytes([sketch.random.choice((*CONTROL_WORDS[group], *CONTROL_WORDS[group], 0x7C))])


def djnz(sketch: Sketch, group: int, code: int, tail: bytes, length: int) -> bytes:
    if sketch.random.random() < 0.5 and sketch.registers.place(code) != 19:
        sketch.registers.write(code, sketch.random.choice((0, 1, 2)), 1 if group == BYTE_REGISTER else 2)
    return relative(sketch, length + 2, 8)


def unlink(sketch: Sketch, group: int, code: int, tail: bytes, length: int) -> bytes:
    sketch.registers.write(code, sketch.stack_at + sketch.random.randrange(8, 20))
    return b""


def multiply_accumulate(sketch: Sketch, group: int, code: int, tail: bytes, length: int) -> bytes:
    if sketch.registers.place(code) in (sketch.registers.place(0xE8), sketch.registers.place(0xEC)):
        raise RetryError
    for pointer in (0xE8, 0xEC):
        spot = sketch.spot()
        sketch.registers.write(pointer, spot)
        sketch.poke(spot, sketch.value(2), 2)
    sketch.registers.write(code & 0xFC, sketch.value(4))
    return b""


def modulo(step: int) -> Callable[[Sketch, int, int, bytes, int], bytes]:
    """MINC and MDEC: the operand is a power of two less the step."""

    def operand(sketch: Sketch, group: int, code: int, tail: bytes, length: int) -> bytes:
        modulus = 1 << sketch.random.randint(3, 15)
        if sketch.random.random() < 0.35 and sketch.registers.place(code) != 19:
            value = sketch.value(2) & ~(modulus - 1) | sketch.random.choice((0, modulus - step))
            sketch.registers.write(code, value, 2)
        return (modulus - step).to_bytes(2, "little")

    return operand


def link(sketch: Sketch, group: int, code: int, tail: bytes, length: int) -> bytes:
    return sketch.value(2).to_bytes(2, "little")


SPECIAL: dict[int, Callable[[Sketch, int, int, bytes, int], bytes]] = {
    0x0C: link,
    0x0D: unlink,
    0x19: multiply_accumulate,
    0x1C: djnz,
    0x2E: control_register,
    0x2F: control_register,
    0x38: modulo(1),
    0x39: modulo(2),
    0x3A: modulo(4),
    0x3C: modulo(1),
    0x3D: modulo(2),
    0x3E: modulo(4),
}


def relative(sketch: Sketch, length: int, bits: int) -> bytes:
    """A displacement, and the target it leads to."""
    limit = 1 << bits - 1
    end = sketch.address + length
    edge = sketch.random.random()
    if edge < 0.1:
        d = sketch.random.choice((0, limit - 1, -limit))
    else:
        d = sketch.random.choice((1, -1)) * sketch.random.randrange(28, limit)
    sketch.target = end + d
    if not harness.ROM + 16 <= sketch.target <= CODE - 0x200:
        raise RetryError
    return (d & (1 << bits) - 1).to_bytes(bits // 8, "little")


def pop_target(sketch: Sketch, offset: int = 0) -> None:
    """Let a return find the address of a pad."""
    sketch.target = sketch.code_target(harness.ROM, CODE)
    sketch.poke(sketch.registers.values[19] + offset, sketch.target, 4)


def popped_sr(sketch: Sketch) -> None:
    """A status register on the stack; now and then with SYSM or MAX clear, which the chip has fixed at 1."""
    fixed = 0x0800 if sketch.random.random() < 0.15 else 0x8800
    if sketch.random.random() < 0.1:
        fixed &= 0x8000
    value = fixed | sketch.random.getrandbits(16) & 0x73D7
    if sketch.random.random() < 0.15:
        value |= sketch.random.getrandbits(16) & 0x0428
    sketch.poke(sketch.registers.values[19], value, 2)


def direct(sketch: Sketch, first: int, extra: int) -> bytes:
    """Instructions without a prefix."""
    if first in (0x08, 0x0A):
        tail = bytes([sketch.spot()]) + extra_bytes(sketch, extra - 1)
    elif first in (0x1A, 0x1C):
        sketch.target = sketch.random.choice(RAM_PADS)
        tail = sketch.target.to_bytes(2, "little")
    elif first in (0x1B, 0x1D):
        sketch.target = sketch.code_target(harness.ROM, CODE)
        tail = sketch.target.to_bytes(3, "little")
    elif first == 0x1E or 0x70 <= first < 0x80:
        tail = relative(sketch, 3, 16)
    elif 0x60 <= first < 0x70:
        tail = relative(sketch, 2, 8)
    elif first in (0x06, 0x17):
        limit = 8 if first == 6 else 4
        tail = bytes([sketch.random.randrange(limit) if sketch.random.random() < 0.85 else sketch.value(1)])
    else:
        seed_direct(sketch, first)
        tail = extra_bytes(sketch, extra)
    return bytes([first]) + tail


def seed_direct(sketch: Sketch, first: int) -> None:
    """What instructions without a prefix find in registers and on the stack."""
    if first == 0x03:
        popped_sr(sketch)
    elif first == 0x07:
        popped_sr(sketch)
        pop_target(sketch, 2)
    elif first in (0x0E, 0x0F):
        pop_target(sketch)
    elif 0x20 <= first < 0x40:
        seed_registers(sketch, 4, first & 7)
    elif first in (0x14, 0x15):
        seed_registers(sketch, 1, 1)


#: not run: HALT doesn't come back, and the driver's LDX is of another length than unidasm says
LEFT_OUT = (0x05, 0xF7)


@dataclass(frozen=True)
class Plan:
    """A slot to make a case of."""

    table: int
    second: int
    extra: int
    mode: Mode | None = None


def attempt(plan: Plan, source: random.Random, address: int) -> Case:
    """Make a case or raise RetryError."""
    page = plan.mode is absolute8 or (plan.table == DIRECT and plan.second in (0x08, 0x0A))
    memory = plan.table not in (DIRECT, BYTE_REGISTER, WORD_REGISTER, LONG_REGISTER)
    low = memory and (plan.mode is absolute16 or plan.second in (0x19, 0x14, 0x16))
    sketch = begin(source, address, page, low)
    if plan.table == DIRECT:
        code = direct(sketch, plan.second, plan.extra)
    elif not memory:
        code = register_operand(sketch, plan.table, plan.second, plan.extra)
    elif plan.mode is None:  # LDAR
        seed_registers(sketch, 4, plan.second & 7)
        code = b"\xf3\x13" + sketch.value(2).to_bytes(2, "little") + bytes([plan.second])
    elif plan.table == DESTINATION:
        code = destination(sketch, plan.second, plan.extra, plan.mode)
    else:
        code = source_operand(sketch, plan.table, plan.second, plan.extra, plan.mode)
    if touches_stack(plan) and not stack_in_window(sketch):
        raise RetryError
    return finish(sketch, code)


def touches_stack(plan: Plan) -> bool:
    """Whether XSP must lead into a window."""
    if plan.table == DIRECT:
        return True
    if plan.table == DESTINATION:
        return plan.second in (0x04, 0x06) or plan.second >= 0xE0
    return plan.second == 0x04


def plans(each: int, per_mode: int) -> Iterator[Plan]:
    """Every slot as often as it is to be run."""
    found = tables()
    for first, extra in found[DIRECT].items():
        if first not in LEFT_OUT:
            many = 4 if first in (0x03, 0x07, 0x06, 0x17, 0x16) else 1
            yield from [Plan(DIRECT, first, extra)] * (2 * each * many)
    for group in (BYTE_MEMORY, WORD_MEMORY, LONG_MEMORY, DESTINATION):
        for second, extra in found[group - 0x40].items():
            block_move = 0x10 <= second < 0x18 and group != DESTINATION
            yield from [Plan(group, second, extra, indirect)] * (each * (6 if block_move else 1))
        for second, extra in found[group - 0x38].items():
            yield from [Plan(group, second, extra, short_displacement)] * each
        for second, extra in found[group].items():
            for mode in LONG_MODES:
                if mode is absolute8 and group == DESTINATION and second in (0xD8, 0xE8):
                    continue  # JP T, CALL T: no pad in the I/O page
                yield from [Plan(group, second, extra, mode)] * per_mode
    for second in (*range(0x20, 0x28), *range(0x30, 0x38)):
        yield from [Plan(DESTINATION, second, 0, None)] * each
    for group in (BYTE_REGISTER, WORD_REGISTER, LONG_REGISTER):
        for second, extra in found[group].items():
            many = 1 if second >= 0x80 and second & 0xF8 not in (0xC8, 0xE8, 0xF8) else 2
            yield from [Plan(group, second, extra)] * (each * many)


def fill(image: Image, queue: list[Plan], source: random.Random) -> tuple[list[Plan], list[Case]]:
    """Take as many plans from the queue as one run of MAME can hold."""
    chosen, cases = [], []
    room = (CODE - 0x400 - harness.ROM - 0x400) // harness.CAPACITY
    for number in range(min(harness.CAPACITY, len(queue))):
        plan = queue.pop()
        for _ in range(200):
            address = harness.ROM + 0x200 + room * number + source.randrange(room // 3)
            try:
                case = attempt(plan, source, address)
            except RetryError:
                continue
            if image.room_for(case):
                break
        else:
            print(f"no case found for {plan}", file=sys.stderr)
            continue
        image.add(case)
        chosen.append(plan)
        cases.append(case)
    return chosen, cases


def run(
    mame: str, folder: Path, queue: list[Plan], source: random.Random
) -> Iterator[tuple[Plan, Case, harness.Result]]:
    """Run one batch; without the cases that led astray."""
    image = Image()
    chosen, cases = fill(image, queue, source)
    while True:
        try:
            results = harness.run(mame, folder, image, cases)
            break
        except harness.CaseLostError as lost:
            print(f"{lost}: {cases[lost.number].code.hex()}", file=sys.stderr)
            del chosen[lost.number], cases[lost.number]
    for plan, case, result in zip(chosen, cases, results, strict=True):
        if result.pc is None:
            print(f"astray: {case.code.hex()} at {case.address:06X}", file=sys.stderr)
        else:
            yield plan, case, result


def main() -> None:
    """Write the vectors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mame", help="the mame program, version 0.289")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "vectors.npz.xz")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--each", type=int, default=9, help="cases of a slot, and seed")
    parser.add_argument(
        "--per-mode", type=int, default=2, help="cases of a slot in each of the nine long modes"
    )
    parser.add_argument("--batches", type=int, default=1000, help="stop after so many runs")
    arguments = parser.parse_args()
    arrays = Arrays()
    for seed in arguments.seeds:
        source = random.Random(seed)
        queue = list(plans(arguments.each, arguments.per_mode))
        source.shuffle(queue)
        print(f"seed {seed}: {len(queue)} cases")
        batches = 0
        while queue and batches < arguments.batches:
            folder = Path(tempfile.mkdtemp(prefix="luthier-vectors-"))
            try:
                for plan, case, result in run(arguments.mame, folder, queue, source):
                    arrays.append(plan.table, plan.second, case, result)
            finally:
                shutil.rmtree(folder)
            batches += 1
            print(f"  {len(queue)} to go", flush=True)
    write(arguments.output, arrays)


if __name__ == "__main__":
    main()
