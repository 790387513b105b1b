"""Ladders made from their laws, at the published numbers of the tables."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from luthier.kn5000.translator import figures, ladders, waveforms
from luthier.kn5000.translator.tables import Tables

#: Listing: numbers of the tables, by value.
POINTS = {
    ladders.drive: {0: 0x0763FE, 75: 0x400000, 99: 0x7FB260},
    ladders.mix: {
        0: 0,
        **dict(zip(range(1, 8), (74, 83, 93, 105, 118, 132, 148), strict=True)),
        96: 4_194_304,
        97: 4_706_086,
        98: 5_280_316,
        99: 5_924_612,
    },
    ladders.wide_volume: {0: 0, 1: 0x69C8, 54: 0x101379, 84: 0x400000, 99: 0x5A6704},
    ladders.narrow_volume: {0: 0, 1: 0x5247F, 54: 0x201373, 84: 0x400000, 99: 0x4C106B},
    ladders.long_volume: {
        0: 0,
        1: 0x30883,
        70: 0x178D0B,
        99: 0x37BB85,
        100: 0x38B40D,
        107: 0x3FFD4E,
        127: 0x5A6336,
    },
}


@pytest.mark.parametrize(
    ("law", "value", "number"), [(law, *point) for law, points in POINTS.items() for point in points.items()]
)
def test_the_published_numbers(law: Callable[[int], int], value: int, number: int) -> None:
    assert law(value) == number


def test_sizes_and_rises() -> None:
    assert [size for _, size in ladders.LADDERS] == [100, 100, 100, 100, 128]
    numbers = Tables.modelled().numbers
    assert len(ladders.modelled()) == ladders.TOTAL
    for start, (_, size) in zip(ladders.STARTS, ladders.LADDERS, strict=True):
        ladder = numbers[start : start + size]
        assert all(first < second for first, second in pairwise(ladder))
        assert 0 <= ladder[0] < ladder[-1] < 1 << 23


def test_the_volume_of_the_boot_trace() -> None:
    # Facts D14: VOLUME 70 of the first reverb, 17 bits of it at step 86 of the trace.
    assert ladders.long_volume(70) % (1 << 17) == 101_643


def test_waveforms() -> None:
    numbers = waveforms.modelled()
    assert len(numbers) == waveforms.TOTAL == sum(1 + size for _, size in waveforms.WAVEFORMS)
    for start in waveforms.STARTS:
        assert numbers[start] == 0x1D
    assert all(-(1 << 23) <= number < 1 << 23 for number in numbers)
    for law in (waveforms.sine, waveforms.triangle, waveforms.square):
        for index in range(12):
            assert law(index) == pytest.approx(-law(index + 12), abs=1e-12)


def test_frequencies_and_qualities() -> None:
    assert len(figures.FREQUENCIES) == 27
    assert len(figures.QUALITIES) == 32
    assert (figures.FREQUENCIES[0], figures.FREQUENCIES[14], figures.FREQUENCIES[-1]) == (40, 1_000, 16_000)
    assert (figures.QUALITIES[0], figures.QUALITIES[9], figures.QUALITIES[11], figures.QUALITIES[-1]) == (
        0.1,
        1,
        2,
        20,
    )
    # Third octaves: every third is about twice as high.
    for first, second in zip(figures.FREQUENCIES, figures.FREQUENCIES[3:], strict=False):
        assert second / first == pytest.approx(2, rel=0.03)
    assert [figures.gain(value) for value in (0, 24, 25, 48)] == [-12, 0, 0.5, 12]
