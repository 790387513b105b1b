"""The laws in fractions: their ends, their segments, what they mean, and numbers of the boot trace."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.kn5000.translator import decays

ONE = 1 << 23


@pytest.mark.parametrize(("value", "seconds"), [(0, 1.0), (75, 31.0), (76, 33.5), (99, 62.25)])
def test_times_of_the_long_decay(value: int, seconds: float) -> None:
    assert decays.long_time(value) == pytest.approx(seconds)
    sent = decays.decay(decays.long_time(value)) / ONE
    # So many samples later full scale is its last bit.
    assert sent ** (44_100 * seconds - 1) == pytest.approx(2**-24, rel=1 * 44_100 * seconds / ONE)


def test_times_of_the_blended_decay() -> None:
    # ATTACK RATE: 0.2 to 20 s, RELEASE RATE: 0.01 to 1 s; the first is a fraction, the second whole seconds.
    for start, end in ((0.2, 20), (0.01, 1)):
        first = int(start * ONE)
        assert decays.blended_time(first, end, 0) == pytest.approx(start, abs=1e-6)
        assert decays.blended_time(first, end, 99) == pytest.approx(end)


@pytest.mark.parametrize(("value", "milliseconds"), [(0, 1), (89, 90), (90, 100), (99, 1_000)])
def test_times_of_the_sensitivity(value: int, milliseconds: int) -> None:
    assert decays.sensitivity_time(value) == milliseconds
    after = (1 - decays.sensitivity(value) / ONE) ** (44.1 * milliseconds)
    assert after == pytest.approx(0.4270422, rel=44.1 * milliseconds / ONE)


def test_the_first_sensitivity_of_the_compressor() -> None:
    # Listing: ATTACK SENS. 9, 10 ms.
    assert decays.sensitivity(9) == 0x003F29


@pytest.mark.parametrize(
    ("value", "cents"),
    [(0, 0), (1, 1), (10, 10), (11, 20), (19, 100), (20, 150), (31, 700), (32, 800), (36, 1_200)],
)
def test_pitches(value: int, cents: int) -> None:
    assert decays.half_cents(value) == 2 * cents
    assert decays.half_cents(-value) == -2 * cents
    window = 1 - 2_400 * decays.pitch(value) / ONE
    assert 1_200 * math.log2(window) == pytest.approx(2 * cents / 2, abs=1_200 * 2_400 / ONE / math.log(2))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0.1),
        (15, 0.4),
        (16, 0.45),
        (23, 0.8),
        (24, 0.9),
        (35, 2.0),
        (55, 4.0),
        (56, 4.2),
        (75, 8),
        (76, 9),
        (97, 30),
    ],
)
def test_reverb_times(value: int, seconds: float) -> None:
    assert decays.reverb_time(value) == pytest.approx(seconds)


def test_the_reverb_time_of_the_boot_trace() -> None:
    # Facts D13: CONCERT REVERB 1 at 35 (2 s), 17 bits of it at step 97 of the trace.
    assert decays.reverb(0x179724, 35) % (1 << 17) == 63_251


def test_reverb_feeds_back_at_most_a_half() -> None:
    sent = [decays.reverb(0x179724, value) for value in range(15, 98)]
    assert all(-ONE // 2 < second < first <= 0 for first, second in pairwise(sent))


def test_what_rises() -> None:
    for law, values in (
        (decays.long_time, range(100)),
        (decays.sensitivity_time, range(100)),
        (decays.half_cents, range(-36, 37)),
        (decays.reverb_time, range(98)),
        (lambda value: -decays.pitch(value), range(-36, 37)),
        (lambda value: -decays.sensitivity(value), range(100)),
    ):
        found = [law(value) for value in values]
        assert all(first < second for first, second in pairwise(found))


@pytest.mark.parametrize("threshold", [0, 14, 50, 89, 99])
@pytest.mark.parametrize("ratio", [0, 28, 88, 99])
def test_the_gain_curve_goes_through_its_ends(threshold: int, ratio: int) -> None:
    three, corner, bend, curve, offset = decays.gain_curve(threshold, ratio)
    assert three == 3 << 21
    level, m, end = corner / ONE, curve / (1 << 21), offset / (1 << 21)
    assert bend / (1 << 22) == pytest.approx(-m, abs=2**-20)
    # The listing: m x^2 - 4 m x + R + 3 m is 3 at the threshold and R at full scale.
    assert m * level**2 - 4 * m * level + end == pytest.approx(3, abs=1e-4)
    assert m - 4 * m + end == pytest.approx(decays.compressor_level(ratio, 88), abs=1e-5)


def test_threshold_and_ratio_are_levels() -> None:
    for limit in (89, 88):
        steps = [20 * math.log10(decays.compressor_level(value, limit)) for value in range(limit + 1)]
        assert all(second - first == pytest.approx(1.394) for first, second in pairwise(steps))
        assert decays.compressor_level(99, limit) == decays.compressor_level(limit, limit)


@given(st.integers(-(1 << 15), (1 << 15) - 1), st.integers(-ONE, ONE - 1))
def test_any_value_gives_a_number(value: int, scale: int) -> None:
    numbers = [
        decays.decay(decays.long_time(value)),
        decays.decay(decays.blended_time(scale, scale & 0xFFFFFF, value)),
        decays.sensitivity(value),
        decays.pitch(value),
        decays.reverb(scale, value),
        *decays.gain_curve(value, scale % 100),
    ]
    assert all(-(1 << 31) <= number < 1 << 31 for number in numbers)


@pytest.mark.parametrize(
    ("number", "whole"), [(1.9, 1), (-1.9, -1), (1e20, (1 << 31) - 1), (-1e20, -(1 << 31))]
)
def test_cut(number: float, whole: int) -> None:
    assert decays.cut(number) == whole
    assert decays.cut(math.nan) == 0
