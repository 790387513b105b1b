"""Logarithms and powers of many samples against NumPy's of one, in double precision."""

from __future__ import annotations

import numpy as np

from luthier.dsp.delay_lines import Samples
from luthier.dsp.logarithms import Bits, logarithms, powers
from luthier.dsp.loops import loop

COUNT = 4001


@loop
def _logarithms(samples: Samples, bits: Bits, count: int) -> None:
    logarithms(samples, bits, 0, count, count)


@loop
def _powers(samples: Samples, bits: Bits, count: int) -> None:
    powers(samples, bits, 0, count, count)


def _room(values: Samples) -> Samples:
    return np.concatenate([values, np.zeros_like(values)])


def test_logarithms() -> None:
    values = np.geomspace(1e-9, 1e9, COUNT).astype(np.float32)
    room = _room(values)
    _logarithms(room, room.view(np.int32), COUNT)
    expected = np.log2(values.astype(np.float64))
    # 32 bits of a number as large as 30 are exact to 1e-6.
    assert np.abs(room[:COUNT] - expected).max() < 3e-6


def test_powers() -> None:
    values = np.linspace(-100, 100, COUNT).astype(np.float32)
    room = _room(values)
    _powers(room, room.view(np.int32), COUNT)
    expected = 2.0 ** values.astype(np.float64)
    assert np.abs(room[:COUNT] / expected - 1).max() < 3e-7
    assert room[COUNT // 2] == 1


def test_the_smallest_power_is_a_number_of_full_precision() -> None:
    room = _room(np.array([-126, -127, -1000], np.float32))
    _powers(room, room.view(np.int32), 3)
    assert list(room[:3]) == [np.finfo(np.float32).tiny] * 3
