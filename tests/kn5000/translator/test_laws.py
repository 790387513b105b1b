"""The laws in whole numbers, against the formulas and points of the listing, and against exact fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.kn5000.translator import laws

ONE = 1 << 23
#: Ends of the segments of opcode 65, families 0 and 2, in hertz.
SLOW_POINTS = {
    0: 0,
    1: Fraction(1, 10),
    50: 5,
    51: Fraction(26, 5),
    75: 10,
    88: Fraction(102, 5),
    99: Fraction(201, 5),
}
FAST_POINTS = {
    0: 0,
    10: 10,
    11: 20,
    19: 100,
    20: 120,
    64: 1_000,
    65: 1_200,
    87: 10_000,
    88: 10_800,
    99: 19_600,
}
ROTOR_POINTS = {0: 0, 20: 2, 21: Fraction(11, 5), 50: 8, 99: Fraction(699, 20)}
NUMBERS = st.integers(-ONE, ONE - 1)
VALUES = st.integers(0, 99)


@pytest.mark.parametrize(("value", "hertz"), SLOW_POINTS.items())
def test_points_of_the_slow_speed(value: int, hertz: Fraction) -> None:
    assert Fraction(*laws.slow_speed(value)) == hertz
    assert laws.speed(0, value) == hertz * ONE // 44_100
    assert laws.speed(2, value) == hertz * ONE // (400 - 2 * hertz)


@pytest.mark.parametrize(("value", "hertz"), FAST_POINTS.items())
def test_points_of_the_fast_speed(value: int, hertz: int) -> None:
    assert laws.fast_speed(value) == hertz
    coarse = 1 if value <= 19 else 256
    assert laws.speed(1, value) == hertz * ONE // coarse // 44_100 * coarse


@pytest.mark.parametrize(("value", "hertz"), ROTOR_POINTS.items())
def test_points_of_the_rotor(value: int, hertz: Fraction) -> None:
    assert Fraction(*laws.rotor_speed(value)) == hertz
    coarse = 1 if value <= 50 else 256
    assert laws.rotor(value) == hertz * ONE // coarse // (400 - 2 * hertz) * coarse


def test_segments_meet_at_their_borders() -> None:
    # The formulas of both segments give the same at the border: 50, 75, 88; 10, 19, 87; 20, 50.
    assert Fraction(50, 10) == Fraction(50 - 25, 5)
    for value, following in ((75, Fraction(4 * 75 - 250, 5)), (88, Fraction(9 * 88 - 690, 5))):
        assert Fraction(*laws.slow_speed(value)) == following
    for value, hertz in ((10, 10 * 10 - 90), (19, 20 * 19 - 280), (64, 1_000), (87, 800 * 87 - 59_600)):
        assert laws.fast_speed(value) == hertz
    for value, following in ((20, Fraction(20 - 10, 5)), (50, Fraction(11 * 50 - 390, 20))):
        assert Fraction(*laws.rotor_speed(value)) == following
    for value, milliseconds in (
        (20, 5 * 20 - 50),
        (30, 10 * 30 - 200),
        (70, 50 * 70 - 3_000),
        (80, 100 * 80 - 7_000),
    ):
        assert laws.gate_time(value) == milliseconds


@pytest.mark.parametrize(
    "law", [lambda x: laws.speed(0, x), lambda x: laws.speed(1, x), lambda x: laws.speed(2, x)]
)
def test_speeds_never_fall(law: Callable[[int], int]) -> None:
    sent = [law(value) for value in range(100)]
    assert sent[0] == 0
    assert all(first < second for first, second in pairwise(sent))


def test_the_rotor_and_the_gate_never_fall() -> None:
    for law in (laws.rotor, laws.gate_time):
        assert all(law(value) < law(value + 1) for value in range(99))


def test_the_gate_time_goes_from_10_to_2900_milliseconds() -> None:
    assert [laws.gate_time(value) for value in (0, 20, 30, 70, 80, 99)] == [10, 50, 100, 500, 1_000, 2_900]


def test_families_beyond_are_nothing() -> None:
    assert [laws.speed(family, 50) for family in (3, 255)] == [0, 0]


@pytest.mark.parametrize("tenths", [2, 4, 6, 12, 30, 40, 52, 74])
def test_increments_of_the_first_speeds(tenths: int) -> None:
    value = next(v for v in range(100) if Fraction(*laws.slow_speed(v)) == Fraction(tenths, 10))
    assert laws.speed(0, value) == tenths * ONE // 441_000
    if tenths == 6:
        assert laws.speed(0, value) == 0x72


def test_the_oscillator_at_1000_hertz() -> None:
    # Listing, RING MODULATOR: OSC SPEED 64 at first.
    assert laws.fast_speed(64) == 1_000
    assert laws.speed(1, 64) == 1_000 * ONE // 44_100 & ~0xFF


@given(NUMBERS, NUMBERS, VALUES)
def test_a_blend(first: int, second: int, value: int) -> None:
    if not -ONE <= second - first < ONE:
        return
    exact = Fraction((second - first) * value, 99)
    if abs((second - first) * value) < 1 << 31:
        assert laws.blend(first, second, value) == first + int(exact)
    assert laws.blend(first, second, 0) == first


def test_a_blend_is_cut_towards_0_and_wraps() -> None:
    assert laws.blend(0, 100, 50) == 50
    assert laws.blend(0, -100, 50) == -50
    assert laws.blend(0, ONE // 2, 99) == ONE // 2
    # More than full scale apart: the difference turns round.
    assert laws.blend(-ONE // 2 - 1, ONE // 2 + 1, 1) < -ONE // 2 - 1


def test_a_bipolar_blend() -> None:
    # Listing: FEEDBACK from -0.48 to 0.48; the step is cut first, so 99 is not quite reached.
    end = int(0.48 * ONE)
    assert laws.bipolar_blend(-end, end, -99) == -end
    step = 2 * end // 198
    assert [laws.bipolar_blend(-end, end, value) for value in (0, 99)] == [
        -end + 99 * step,
        -end + 198 * step,
    ]


@given(st.integers(0, 48_000))
def test_milliseconds(milliseconds: int) -> None:
    assert laws.samples(milliseconds) == milliseconds * 44_100 // 1_000


def test_the_largest_delay_of_a_gm_tap() -> None:
    assert laws.samples(350) == 15_435
    assert laws.samples(700) == 30_870


@pytest.mark.parametrize(
    ("span", "value", "sent"), [(0x400000, 180, 0x400000), (0x400000, 90, 0x200000), (0, 90, 0)]
)
def test_degrees(span: int, value: int, sent: int) -> None:
    assert laws.degrees(span, value) == sent


def test_a_ratio() -> None:
    assert [laws.ratio(350, value) for value in (0, 350)] == [-ONE, 0]
    assert all(laws.ratio(350, value) % 4 == 0 for value in range(351))
    assert laws.ratio(350, 25) == (25 * (1 << 21) // 350) * 4 - ONE
    assert laws.ratio(0, 25) == -ONE


def test_an_address_blend() -> None:
    # MANUAL of the flanger: 0 to 200 samples, 256 to a sample, behind the descriptor's.
    assert laws.address_blend(0, 200, 99, 0) == 200 * 256
    assert laws.address_blend(0, 200, 50, 7) == (7 + 200 * 50 // 99) * 256


@given(st.integers(-(1 << 40), 1 << 40))
def test_32_bits(number: int) -> None:
    assert laws.wrapped(number) == (number + (1 << 31)) % (1 << 32) - (1 << 31)


@given(st.integers(-(1 << 31), (1 << 31) - 1), st.integers(-(1 << 31), (1 << 31) - 1))
def test_division_towards_0(number: int, divisor: int) -> None:
    assert laws.divided(number, divisor) == (int(Fraction(number, divisor)) if divisor else 0)
