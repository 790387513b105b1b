"""The laws in whole numbers, exactly as the firmware computes them: 32 bits, division towards 0.

Results are numbers of 24 bits, Q0.23, if nothing else is said.  Beyond the values that parameters have, sums
wrap as in 32 bits.  A division by 0, which only opcode 64 could ask for, gives 0 here.

Source: listing, 0x038F9B to 0x03A4B7.
"""

from __future__ import annotations

from luthier.compiled import compiled

#: The sample rate of the effect chips.
RATE = 44_100
#: The largest value of most parameters, and what blends divide by.
FULL = 99
HALF_TURN = 180
#: Families of opcode 65.
SLOW, FAST, PREWARPED = range(3)


@compiled
def wrapped(number: int) -> int:
    """The 32 bits of a number, signed."""
    return (number + 0x80000000 & 0xFFFFFFFF) - 0x80000000


@compiled
def divided(number: int, divisor: int) -> int:
    """Division of signed numbers, towards 0."""
    if divisor == 0:
        return 0
    quotient = abs(number) // abs(divisor)
    return quotient if (number < 0) == (divisor < 0) else -quotient


@compiled
def difference(first: int, second: int) -> int:
    """``second`` less ``first`` in 24 bits: ends further apart than full scale turn round."""
    return (second - first + 0x800000 & 0xFFFFFF) - 0x800000


@compiled
def blend(first: int, second: int, value: int) -> int:
    """Opcodes 21, 66, 6B, 77, and 24 when it has chosen: from ``first`` at 0 to ``second`` at 99."""
    return wrapped(first + divided(wrapped(difference(first, second) * value), 99))


@compiled
def bipolar_blend(first: int, second: int, value: int) -> int:
    """Opcode 73: from ``first`` at -99 to ``second`` at 99; the step is cut before it is multiplied."""
    return wrapped(first + divided(difference(first, second), 198) * (value + 99))


@compiled
def address_blend(first: int, second: int, value: int, bias: int) -> int:
    """Opcode 6C: a blend of addresses, 256 times."""
    return wrapped((bias + first + divided(wrapped((second - first) * value), 99)) << 8)


@compiled
def samples(milliseconds: int) -> int:
    """Opcode 40, and without its base opcode 67: samples, a whole number."""
    return divided(wrapped(milliseconds * 44_100), 1_000)


@compiled
def degrees(span: int, value: int) -> int:
    """Opcode 68: ``span`` at 180."""
    return divided(wrapped(span * value), 180)


@compiled
def ratio(divisor: int, value: int) -> int:
    """Opcode 64: -1 at 0, 0 at ``divisor``; a multiple of 4, for it is divided before the last shift."""
    return wrapped((divided(wrapped(value << 21), divisor) << 2) - 0x800000)


@compiled
def slow_speed(value: int) -> tuple[int, int]:
    """Hertz of opcode 65, families 0 and 2, as (numerator, denominator): 0 to 40.2 Hz."""
    if value <= 50:
        return value, 10
    if value <= 75:
        return value - 25, 5
    if value <= 88:
        return 4 * value - 250, 5
    return 9 * value - 690, 5


@compiled
def fast_speed(value: int) -> int:
    """Hertz of opcode 65, family 1: 0 to 19,600 Hz; from 64 to 65 on the steps are 200 Hz, then 400."""
    if value <= 10:
        return value
    if value <= 19:
        return 10 * value - 90
    if value <= 64:
        return 20 * value - 280
    if value <= 87:
        return 400 * value - 24_800
    return 800 * value - 59_600


@compiled
def rotor_speed(value: int) -> tuple[int, int]:
    """Hertz of opcode 6A as (numerator, denominator): 0 to 34.95 Hz."""
    if value <= 20:
        return value, 10
    if value <= 50:
        return value - 10, 5
    return 11 * value - 390, 20


@compiled
def speed(family: int, value: int) -> int:
    """Opcodes 65 and 78: what is added to a phase each sample, f / 44100, or in family 2 f / (400 - 2f).

    Family 1 loses the lower 8 bits above 19.  Any other family: 0.
    """
    if family == 1:
        hertz = fast_speed(value)
        if value <= 19:
            return divided(wrapped(hertz << 23), 44_100)
        return wrapped(divided(wrapped(hertz << 15), 44_100) << 8)
    numerator, denominator = slow_speed(value)
    if family == 0:
        return divided(wrapped(numerator << 23), 44_100 * denominator)
    if family == 2:
        return divided(wrapped(numerator << 23), 400 * denominator - 2 * numerator)
    return 0


@compiled
def rotor(value: int) -> int:
    """Opcode 6A: f / (400 - 2f); above 50 the lower 8 bits are 0."""
    numerator, denominator = rotor_speed(value)
    divisor = 400 * denominator - 2 * numerator
    if value <= 50:
        return divided(wrapped(numerator << 23), divisor)
    return wrapped(divided(wrapped(numerator << 15), divisor) << 8)


@compiled
def gate_time(value: int) -> int:
    """Milliseconds of opcode 6F: 10 to 2,900."""
    if value <= 20:
        return 2 * value + 10
    if value <= 30:
        return 5 * value - 50
    if value <= 70:
        return 10 * value - 200
    if value <= 80:
        return 50 * value - 3_000
    return 100 * value - 7_000
