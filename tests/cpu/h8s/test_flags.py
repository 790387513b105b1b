"""Every pair of bytes through every byte operation, with every carry: results and flags by arithmetic.

A program on the compiled executor goes through all pairs and notes result and CCR; NumPy reckons what they
must be.  That the plain executor does the same is shown by ``test_instructions.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from tests.cpu.h8s.boards import CPU
from tests.cpu.h8s.reference import decimal_adjustment

from luthier.cpu.assembler import assemble
from luthier.machine import FlatMachine

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.int64] | npt.NDArray[np.bool_]
TABLE = 0x100000
KEPT = 0x50  #: UI and U, which no result changes; I is 1
C, V, Z, N, H = 1, 2, 4, 8, 0x20

_PROGRAM = """
        org 0x1000
start:  mov.l #{table},er6
        mov.w #0,r1
again:  mov.b r1h,r0h
        mov.b r1l,r0l
        ldc #{ccr},ccr
        {instruction}
        stc ccr,r2l
        mov.b r0h,@er6
        mov.b r2l,@(1,er6)
        adds #2,er6
        inc.w #1,r1
        bne again
        sleep
"""


def results(instruction: str, ccr: int) -> tuple[Ints, Ints]:
    """R0H and CCR after an instruction for every R0H (the slow one) and R0L."""
    machine = FlatMachine(CPU)
    source = _PROGRAM.format(table=TABLE, ccr=ccr, instruction=instruction)
    assembly = assemble(source, cpu=CPU)
    machine.load(assembly.base, assembly.image)
    machine.reset()
    machine.pc = assembly.base
    assert machine.run(2_000_000).reason == "halt"
    table = machine.memory[TABLE : TABLE + 0x20000].reshape(0x10000, 2).astype(np.int64)
    return table[:, 0], table[:, 1]


X, Y = np.divmod(np.arange(0x10000), 256)


def signed(values: Ints) -> Ints:
    return (values + 128) % 256 - 128


def flags(h: Bits, result: Ints, v: Bits, c: Bits) -> Ints:
    negative, zero = result % 256 >= 128, result % 256 == 0
    return np.asarray(H * h + N * negative + Z * zero + V * v + C * c, np.int64)


def total(x: Ints, y: Ints, carry: int) -> tuple[Ints, Ints]:
    exact = signed(x) + signed(y) + carry
    overflow = (exact < -128) | (exact > 127)
    half = x % 16 + y % 16 + carry > 15
    return (x + y + carry) % 256, flags(half, x + y + carry, overflow, x + y + carry > 255)


def difference(x: Ints, y: Ints, borrow: int) -> tuple[Ints, Ints]:
    exact = signed(x) - signed(y) - borrow
    overflow = (exact < -128) | (exact > 127)
    half = x % 16 < y % 16 + borrow
    return (x - y - borrow) % 256, flags(half, x - y - borrow, overflow, x < y + borrow)


def with_zero_kept(flags_: Ints, ccr: int) -> Ints:
    """ADDX and SUBX clear Z, or leave it."""
    return flags_ if ccr & Z else flags_ & ~Z


@pytest.mark.parametrize("ccr", [0, C, Z, C | Z, 0x7F])
@pytest.mark.parametrize("name", ["add.b", "addx", "sub.b", "subx", "cmp.b"])
def test_sums_and_differences(name: str, ccr: int) -> None:
    ccr |= 0x80
    found, found_flags = results(f"{name} r0l,r0h", ccr)
    compute = total if name.startswith("add") else difference
    wanted, wanted_flags = compute(X, Y, ccr & C if name.endswith("x") else 0)
    if name.endswith("x"):
        wanted_flags = with_zero_kept(wanted_flags, ccr)
    assert np.array_equal(found, X if name == "cmp.b" else wanted)
    assert np.array_equal(found_flags, wanted_flags | ccr & 0xD0)


@pytest.mark.parametrize("ccr", [0x80, 0xFF])
def test_neg(ccr: int) -> None:
    found, found_flags = results("neg.b r0h", ccr)
    wanted, wanted_flags = difference(np.zeros_like(X), X, 0)
    assert np.array_equal(found, wanted)
    assert np.array_equal(found_flags, wanted_flags | ccr & 0xD0)


@pytest.mark.parametrize("ccr", [0x80, 0xFF])
@pytest.mark.parametrize(("name", "step"), [("inc.b", 1), ("dec.b", -1)])
def test_steps_leave_h_and_c(name: str, step: int, ccr: int) -> None:
    found, found_flags = results(f"{name} r0h", ccr)
    exact = signed(X) + step
    overflow = (exact < -128) | (exact > 127)
    zero = np.zeros_like(X)
    assert np.array_equal(found, (X + step) % 256)
    assert np.array_equal(found_flags, flags(zero, X + step, overflow, zero) | ccr & 0xF1)


@pytest.mark.parametrize("ccr", [0x80, 0xFF])
@pytest.mark.parametrize(
    ("name", "compute"), [("and", np.bitwise_and), ("or", np.bitwise_or), ("xor", np.bitwise_xor)]
)
def test_logic_leaves_h_and_c(name: str, compute: Callable[[Ints, Ints], Ints], ccr: int) -> None:
    found, found_flags = results(f"{name}.b r0l,r0h", ccr)
    zero = np.zeros_like(X)
    assert np.array_equal(found, compute(X, Y))
    assert np.array_equal(found_flags, flags(zero, compute(X, Y), zero, zero) | ccr & 0xF1)


@pytest.mark.parametrize("ccr", [0, C, H, C | H])
@pytest.mark.parametrize("name", ["daa", "das"])
def test_decimal_adjustment(name: str, ccr: int) -> None:
    """Where the manual's table has a line; H and V are open."""
    found, found_flags = results(f"{name} r0h", ccr | 0x80)
    for value in range(256):
        added, carry = decimal_adjustment(name, value >> 4, value & 15, bool(ccr & C), bool(ccr & H))
        if added is None:
            continue
        result = (value + added) % 256
        assert found[256 * value] == result
        wanted = N * (result >= 128) | Z * (result == 0) | C * carry
        assert found_flags[256 * value] & (N | Z | C) == wanted


@pytest.mark.parametrize("borrow", [False, True])
def test_decimal_numbers(borrow: bool) -> None:
    """Sums and differences of all pairs of decimal numbers, adjusted."""
    decimal = (X >> 4 < 10) & (X % 16 < 10) & (Y >> 4 < 10) & (Y % 16 < 10)
    x, y = 10 * (X >> 4) + X % 16, 10 * (Y >> 4) + Y % 16
    for name, adjust, exact in (("addx", "daa", x + y + borrow), ("subx", "das", x - y - borrow)):
        found, found_flags = results(f"{name} r0l,r0h\n {adjust} r0h", 0x80 | borrow)
        wanted = exact % 100
        assert np.array_equal(found[decimal], (16 * (wanted // 10) + wanted % 10)[decimal])
        assert np.array_equal((found_flags & C)[decimal], ((exact > 99) | (exact < 0))[decimal])


SHIFTS = ["shal", "shar", "shll", "shlr", "rotl", "rotr", "rotxl", "rotxr"]


@pytest.mark.parametrize("ccr", [0x80, 0x81, 0xFF, 0xFE])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", SHIFTS)
def test_shifts(name: str, count: int, ccr: int) -> None:
    found, found_flags = results(f"{name}.b {'#2,' * (count - 1)}r0h", ccr)
    for value in range(256):
        digits = f"{value:08b}"
        carry = str(ccr & C)
        overflow = False
        for _ in range(count):
            if name.endswith("l"):
                coming = {"shal": "0", "shll": "0", "rotl": digits[0], "rotxl": carry}[name]
                overflow |= name == "shal" and digits[0] != digits[1]
                carry, digits = digits[0], digits[1:] + coming
            else:
                coming = {"shar": digits[0], "shlr": "0", "rotr": digits[-1], "rotxr": carry}[name]
                carry, digits = digits[-1], coming + digits[:-1]
        result = int(digits, 2)
        wanted = N * (result >= 128) | Z * (result == 0) | V * overflow | C * int(carry)
        assert found[256 * value] == result
        assert found_flags[256 * value] == wanted | ccr & 0xF0


# Products and quotients, by hand

#: text, ER0, ER1, CCR before; ER1 and CCR after
PRODUCTS = [
    ("mulxu.b r0l,r1", 0xFF, 0xABFF, 0x0F, 0xFE01, 0x0F),
    ("mulxs.b r0l,r1", 0xFF, 0xABFF, 0x0F, 0x0001, 0x03),
    ("mulxs.b r0l,r1", 0x80, 0x007F, 0x00, 0xC080, 0x08),
    ("mulxs.b r0l,r1", 0x00, 0x00FF, 0x08, 0x0000, 0x04),
    ("mulxu.w r0,er1", 0xFFFF, 0x1234FFFF, 0x0F, 0xFFFE0001, 0x0F),
    ("mulxs.w r0,er1", 0xFFFF, 0x12340002, 0x00, 0xFFFFFFFE, 0x08),
    ("divxu.b r0l,r1", 0x10, 0x0123, 0x0F, 0x0312, 0x03),
    ("divxu.b r0l,r1", 0x80, 0x0123, 0x00, 0x2302, 0x08),  # N: the divisor's highest bit
    ("divxu.b r0l,r1", 0x00, 0x0123, 0x00, 0x0123, 0x04),  # by zero: Z, and nothing moves
    ("divxu.w r0,er1", 0x0010, 0x00012345, 0x00, 0x00051234, 0x00),
    ("divxs.b r0l,r1", 0x03, 0xFFEC, 0x00, 0xFEFA, 0x08),  # -20 / 3 = -6, rest -2
    ("divxs.b r0l,r1", 0xFD, 0x0014, 0x00, 0x02FA, 0x08),  # 20 / -3 = -6, rest 2
    ("divxs.b r0l,r1", 0xFD, 0xFFEC, 0x08, 0xFE06, 0x00),  # -20 / -3 = 6, rest -2
    ("divxs.b r0l,r1", 0x7F, 0xFFFF, 0x00, 0xFF00, 0x08),  # a quotient of 0 with N
    ("divxs.w r0,er1", 0x0003, 0xFFFFFFEC, 0x00, 0xFFFEFFFA, 0x08),
]


@pytest.mark.parametrize(("text", "er0", "er1", "ccr", "wanted", "wanted_ccr"), PRODUCTS)
def test_products_and_quotients(
    text: str, er0: int, er1: int, ccr: int, wanted: int, wanted_ccr: int
) -> None:
    machine = FlatMachine(CPU, executor="plain")
    machine.load(0x1000, assemble(f" org 0x1000\n {text}", cpu=CPU).image)
    machine.reset()
    machine.pc = 0x1000
    machine.registers.update({"ER0": er0, "ER1": er1, "CCR": ccr})
    machine.run(1)
    assert (machine.registers["ER1"], machine.registers["CCR"]) == (wanted, wanted_ccr)
