"""Sixteen samples as one value: what NumPy does with sixteen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from luthier.dsp import four
from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop
from luthier.dsp.sixteen import between, columns, counted, joined, load, of_one, store, turn


@loop
def _operations(memory: Samples, out: Samples) -> None:
    one, two = load(memory, 0), load(memory, 16)
    store(out, 0, one + two)
    store(out, 16, one - two)
    store(out, 32, one * two)
    store(out, 48, one / two)
    store(out, 64, of_one(memory[3]))
    store(out, 80, counted(7))


@loop
def _shuffles(memory: Samples, out: Samples) -> None:
    store(
        out,
        0,
        joined(four.load(memory, 4), four.load(memory, 0), four.load(memory, 12), four.load(memory, 9)),
    )
    a, b, c, d = columns(load(memory, 0), load(memory, 16), load(memory, 32), load(memory, 48))
    store(out, 16, a)
    store(out, 32, b)
    store(out, 48, c)
    store(out, 64, d)


@loop
def _turned(memory: Samples) -> None:
    turn(memory, 3, 20, 400, 16)


@loop
def _between(numbers: NDArray[np.int64], out: Samples) -> None:
    store(out, 0, between(numbers[0], numbers[1], numbers[2]))


def _noise(count: int) -> Samples:
    return np.random.default_rng(3).standard_normal(count).astype(np.float32)


def test_lane_by_lane() -> None:
    memory, out = _noise(32), np.zeros(96, np.float32)
    one, two = memory[:16], memory[16:]
    _operations(memory, out)
    assert np.array_equal(out[:64].reshape(4, 16), [one + two, one - two, one * two, one / two])
    assert np.array_equal(out[64:80], np.full(16, memory[3]))
    assert np.array_equal(out[80:], np.arange(7, 23))


def test_four_times_four() -> None:
    memory, out = _noise(64), np.zeros(80, np.float32)
    _shuffles(memory, out)
    assert np.array_equal(out[:16], memory[[4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 9, 10, 11, 12]])
    # Value, quarter, lane of it: of each quarter the lanes become values, and the values lanes.
    assert np.array_equal(out[16:].reshape(4, 4, 4), memory.reshape(4, 4, 4).transpose(2, 1, 0))


def test_rows_become_columns() -> None:
    memory = _noise(700)
    rows = np.array([memory[3 + 20 * n :][:16] for n in range(16)])
    _turned(memory)
    assert np.array_equal(memory[400:656].reshape(16, 16), rows.T)


def test_places_between_samples() -> None:
    rng, out = np.random.default_rng(5), np.zeros(16, np.float32)
    for _ in range(50):
        position, step, change = (int(number) for number in rng.integers(-(1 << 40), 1 << 40, 3))
        _between(np.array([position, step, change]), out)
        positions = [position + n * step + n * (n - 1) // 2 * change for n in range(16)]
        assert np.allclose(out, [place % 2**32 / 2**32 - 0.5 for place in positions], rtol=0, atol=2**-25)
