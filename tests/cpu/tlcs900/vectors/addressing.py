"""Every way of addressing memory: a prefix, with registers set so that the operand lies where wanted."""

from __future__ import annotations

from collections.abc import Callable

from tests.cpu.tlcs900.vectors import harness
from tests.cpu.tlcs900.vectors.sketch import (
    RetryError,
    Sketch,
    code_of,
    signed,
)


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
