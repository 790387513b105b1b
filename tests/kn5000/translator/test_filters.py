"""Filters beside SciPy's bilinear transform of their analogue sections, and beside recorded numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import bilinear, freqz

from luthier.kn5000.translator import filters
from luthier.kn5000.translator.figures import FREQUENCIES, QUALITIES, gain

RATE = 44_100
HERTZ = np.geomspace(20, 20_000, 40)


def analogue(
    numerator: Sequence[float], denominator: Sequence[float], hertz: float
) -> tuple[list[float], list[float]]:
    """A section with its frequency at 1 rad/s, through a bilinear transform that is exact at ``hertz``."""
    rate = 0.5 / math.tan(math.pi * hertz / RATE)
    b, a = bilinear(numerator, denominator, rate)
    return list(b), list(a)


def peaking(hertz: float, quality: float, decibels: float) -> tuple[list[float], list[float]]:
    """Analogue peaking: (s^2 + V s / Q + 1) / (s^2 + s / Q + 1), a cut its reciprocal."""
    boost = 10 ** (abs(decibels) / 20)
    wide, narrow = [1, boost / quality, 1], [1, 1 / quality, 1]
    return analogue(wide, narrow, hertz) if decibels >= 0 else analogue(narrow, wide, hertz)


@pytest.mark.parametrize("hertz", FREQUENCIES)
def test_peaking_is_the_analogue_section(hertz: float) -> None:
    for quality, value in product(QUALITIES[::5], (0, 7, 23, 24, 25, 48)):
        b, a = peaking(hertz, quality, gain(value))
        found = filters.peaking(hertz, quality, gain(value))
        assert np.abs(np.array(found) - [*b, -a[1], -a[2]]).max() <= 1e-9


@pytest.mark.parametrize("hertz", FREQUENCIES)
def test_band_pass_is_the_analogue_section(hertz: float) -> None:
    b, a = analogue([1 / 0.1, 0], [1, 1 / 0.1, 1], hertz)
    found = filters.band_pass(hertz, 0.1)
    assert np.abs(np.array(found) - [*b, -a[1], -a[2]]).max() <= 1e-9


def decibels_at(
    section: tuple[float, float, float], hertz: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    b0, b1, a1 = section
    _, response = freqz([b0, b1], [1, -a1], worN=hertz, fs=RATE)
    return np.asarray(20 * np.log10(np.abs(response)))


@pytest.mark.parametrize("hertz", FREQUENCIES[:23])
@pytest.mark.parametrize("value", [0, 12, 24, 30, 48])
def test_shelves_are_the_analogue_sections(hertz: float, value: int) -> None:
    """First order: (s + 1) / (s + 1 / V) low, (s + 1) / (s / V + 1) high; a cut is the reciprocal."""
    boost = 10 ** (abs(gain(value)) / 20)
    for law, shifted in ((filters.low_shelf, [1, 1 / boost]), (filters.high_shelf, [1 / boost, 1])):
        over, under = ([1, 1], shifted) if value >= 24 else (shifted, [1, 1])
        b, a = analogue(over, under, hertz)
        b0, b1, a1 = law(hertz, gain(value))
        assert max(abs(b0 - b[0]), abs(b1 - b[1]), abs(a1 + a[1])) <= 1e-9


def test_shelves_end_at_their_gain() -> None:
    ends = np.array([1e-3, RATE / 2 - 1e-3])
    assert decibels_at(filters.low_shelf(200, -9), ends) == pytest.approx([-9, 0], abs=1e-6)
    assert decibels_at(filters.high_shelf(8_000, 6), ends) == pytest.approx([0, 6], abs=1e-6)


def test_0_decibels_change_nothing() -> None:
    for quality in QUALITIES:
        b0, b1, b2, a1, a2 = filters.peaking(1_000, quality, 0)
        assert (b0, b1 + a1, b2 + a2) == pytest.approx((1, 0, 0))


def word(number: int) -> int:
    return number & 0xFFFFFF


#: The documentation project's notes on the biquad: frequency, quality, decibels, numbers in 24 bits as sent.
RECORDED = {
    (1_000, 1, 12): (0xC4D91D, 0x2652E2, 0x156F03, 0x764DC6, 0x90F86E),
    (1_000, 1, -12): (0xCE9BD2, 0x1AB840, 0x172D5C, 0x62C85B, 0xB86993),
    (16_000, 0.1, 12): (0x08AFE0, 0x6B80A4, 0xA1D7C8, 0xEEA041, 0x4A9E50),
}


@pytest.mark.parametrize(("section", "numbers"), RECORDED.items())
def test_recorded_bands(section: tuple[float, float, float], numbers: tuple[int, ...]) -> None:
    # The notes round, the firmware cuts.
    for sent, number in zip(filters.band_numbers(filters.PEAKING, *section), numbers, strict=True):
        assert abs(word(sent) - number) <= 1


def test_recorded_equalizer() -> None:
    # Listing, the graphic equalizer as it is at first: the upper 16 bits, all flat.
    upper = [number >> 8 & 0xFFFF for number in filters.band_numbers(filters.SECOND_PEAKING, 1_000, 2, 0)]
    assert upper == [0x85A3, 0x3B9C, 0x88C6, 0x4000, 0x7A5C]
    assert [number >> 8 & 0xFFFF for number in filters.shelf_numbers(filters.LOW_SHELF, 200, 0)] == [
        0xC1CC,
        0x3E33,
        0x4000,
    ]
    assert [number >> 8 & 0xFFFF for number in filters.shelf_numbers(filters.HIGH_SHELF, 8_000, 0)] == [
        0xF8FE,
        0x0E02,
        0x2000,
    ]


def test_recorded_damping() -> None:
    # Listing, HIGH DAMP GAIN 18 of a delay: -3 dB at 4 kHz.
    found = filters.shelf_numbers(filters.DAMPING, 4_000, -3)
    for sent, number in zip(found, (0x23001E, 0x318B12, 0xE5762C), strict=True):
        assert abs(word(sent) - number) <= 1
