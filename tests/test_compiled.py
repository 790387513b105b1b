"""What the decorators for compiled loops promise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled, inlined


@inlined
def _first_above(values: npt.NDArray[np.float64], limit: float, put: npt.NDArray[np.int64]) -> int:
    for place in range(values.size):
        if values[place] > limit:
            put[0] += 1
            return place
    return -1


@compiled
def _places(values: npt.NDArray[np.float64], put: npt.NDArray[np.int64]) -> tuple[int, int]:
    return _first_above(values, 1.5, put), _first_above(values, 9.0, put)


def test_inlined_functions_return_early_and_write_into_arrays() -> None:
    put = np.zeros(1, dtype=np.int64)
    assert _places(np.array([0.0, 1.0, 2.0, 3.0]), put) == (2, -1)
    assert put[0] == 1
