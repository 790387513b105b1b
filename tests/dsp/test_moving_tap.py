"""Many frames of a moving tap at once are the same frames one by one, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from luthier.dsp.loops import loop
from luthier.dsp.moving_tap import MARGIN, SHORTEST, between, between_all

SIZE, COUNT = 1024, 200
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


@loop
def _one_by_one(memory: Samples, start: int, time: int, delays: Numbers, found: Samples) -> None:
    for i in range(len(delays)):
        found[i] += between(memory, start, SIZE, time + i, delays[i])


@loop
def _at_once(memory: Samples, start: int, time: int, delays: Numbers, found: Samples) -> None:
    between_all(memory, start, SIZE, time, len(delays), delays, found)


@pytest.mark.parametrize("time", [0, 500, SIZE - 100, 12_345])
@pytest.mark.parametrize("depth", [0.0, 0.3, 7.0, 100.0])
def test_at_once_as_one_by_one(time: int, depth: float) -> None:
    random_of = np.random.default_rng(time)
    memory = random_of.standard_normal(3 * SIZE).astype(np.float32)
    delays = 120 + depth * np.sin(np.arange(COUNT) * 0.05)
    found = [np.ones(COUNT, np.float32) for _ in range(2)]
    _one_by_one(memory, SIZE, time, delays, found[0])
    _at_once(memory, SIZE, time, delays, found[1])
    assert np.array_equal(found[0], found[1])
    assert np.ptp(found[0]) > 0.1


def test_whole_frames_of_delay_give_what_was_written() -> None:
    memory = np.arange(2 * SIZE, dtype=np.float32)
    delays = np.array([SHORTEST, 3.0, 100.0, SIZE - 2.0 * MARGIN])
    found = np.zeros(4, np.float32)
    _at_once(memory, 0, 1000, delays, found)
    # Frame i is read at time 1000 + i, so many frames before it.
    expected = [(1000 + i - int(delay)) % SIZE for i, delay in enumerate(delays)]
    assert found.tolist() == expected
