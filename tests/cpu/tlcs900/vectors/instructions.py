"""What an instruction needs around it to come back: operands, stack, targets of jumps."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.cpu.tlcs900.vectors import harness
from tests.cpu.tlcs900.vectors.addressing import (
    Mode,
    absolute8,
    absolute16,
    base_code,
)
from tests.cpu.tlcs900.vectors.harness import CODE, RAM_PADS, Case, Window
from tests.cpu.tlcs900.vectors.sketch import (
    BACKGROUNDS,
    BYTE_MEMORY,
    BYTE_REGISTER,
    CONTROL_WORDS,
    DESTINATION,
    FLAGS,
    HIGH_WINDOWS,
    LONG_MEMORY,
    LONG_REGISTER,
    LOW_WINDOWS,
    PAGE_WINDOWS,
    PATTERNS,
    STACKS,
    WORD_MEMORY,
    WORD_REGISTER,
    Registers,
    RetryError,
    Sketch,
    code_of,
    condition,
)


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
