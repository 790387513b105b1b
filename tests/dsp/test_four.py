"""Four samples as one value: what NumPy does with four."""

from __future__ import annotations

import numpy as np

from luthier.dsp.delay_lines import Samples
from luthier.dsp.four import fold, load, load_frame, of_two, store, store_frame
from luthier.dsp.loops import loop


@loop
def _all(memory: Samples, out: Samples) -> None:
    one, two = load(memory, 0), load(memory, 4)
    store(out, 0, one + two)
    store(out, 4, one - two)
    store(out, 8, one * two)
    store(out, 12, load_frame(memory, 1))
    store(out, 16, of_two(memory[2], memory[5]))
    store(out, 20, fold(one))
    store_frame(out, 24, two)


def test_lane_by_lane() -> None:
    memory = np.random.default_rng(2).standard_normal(8).astype(np.float32)
    one, two = memory[:4], memory[4:]
    out = np.zeros(28, np.float32)
    _all(memory, out)
    assert np.array_equal(out[:12].reshape(3, 4), [one + two, one - two, one * two])
    assert np.array_equal(out[12:16], memory[[1, 2, 1, 2]])
    assert np.array_equal(out[16:20], memory[[2, 2, 5, 5]])
    assert np.array_equal(out[20:24], (one + memory[[2, 3, 0, 1]]))
    assert np.array_equal(out[24:], [*two[:2], 0, 0])
