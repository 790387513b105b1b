"""A cubic through four points for signals that fill a quarter of their sample rate.

The polynomials minimise what changes with the place between two samples (the images), weighted towards the
bass, and leave the loss in the treble to be made good beforehand; the idea is Olli Niemitalo's ("Polynomial
Interpolators for High-Quality Resampling of Oversampled Audio", 2001), the numbers come from
:func:`design`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: The weight of the inner points, at z = +-1/2, and of the outer ones, at +-3/2: c0 + c1 z + c2 z^2 + c3
#: z^3 for the later point of each pair and with -z for the earlier; z is -1/2 to 1/2 from the middle.
INNER: Final = (0.4598433, 0.49519388, -0.24764854, -0.41616311)
OUTER: Final = (0.04015706, 0.16868351, 0.24764423, 0.13658388)

_PLACES: Final = (np.arange(64) + 0.5) / 64 - 0.5


def _rows(frequency: float) -> NDArray[np.complex128]:
    """What each coefficient makes of a wave at 64 places, relative to the wave there."""
    powers = np.arange(4)
    later, earlier = _PLACES[:, None] ** powers, (-_PLACES[:, None]) ** powers
    turn = 2j * np.pi * frequency
    pairs = [later * np.exp(turn * point) + earlier * np.exp(-turn * point) for point in (0.5, 1.5)]
    rows: NDArray[np.complex128] = np.concatenate(pairs, 1) * np.exp(-turn * _PLACES)[:, None]
    return rows


def design(highest: float = 0.25, steps: int = 240) -> NDArray[np.float64]:
    """INNER and OUTER by least squares: nothing may depend on the place, and the gain at 0 Hz is 1."""
    equations, results = [], []
    for frequency in np.linspace(0.001, highest, steps):
        rows = _rows(float(frequency))
        images = (rows - rows.mean(0)) / frequency
        equations += [images.real, images.imag]
        results += [np.zeros(2 * len(_PLACES))]
    equations.append(1e4 * _rows(0.0).mean(0).real[None])
    results.append(np.array([1e4]))
    solution: NDArray[np.float64] = np.linalg.lstsq(np.concatenate(equations), np.concatenate(results))[0]
    return solution


def response(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """The gain at frequencies in parts of the sample rate."""
    coefficients = np.array(INNER + OUTER)
    return np.array([abs((_rows(float(f)) @ coefficients).mean()) for f in frequencies])


def images(frequency: float) -> float:
    """How much of a wave comes out at other frequencies, relative to the wave."""
    values = _rows(frequency) @ np.array(INNER + OUTER)
    return float(np.sqrt(np.mean(np.abs(values - values.mean()) ** 2)) / abs(values.mean()))
