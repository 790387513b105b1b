"""Filters of first order: the shelves that make some frequencies die sooner.

The shelves are those of Jot ("Proportional parametric equalizers", 2015): at the corner they have half of
their decibels.  Two that differ in gain only then have the same shape in decibels, and a sound that goes
through delays of any length, each with its own, decays alike in all.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def slope(frequency: float, corner: float, rate: float) -> float:
    """Share of a high shelf's decibels at a frequency, 0 far below the corner and 1 far above."""
    ratio = math.tan(math.pi * frequency / rate) / math.tan(math.pi * corner / rate)
    return ratio**2 / (1 + ratio**2)


def two_shelves(gain: Numbers, low: Numbers, low_corner: float, high: Numbers, high_corner: float) -> Numbers:
    """Filters with ``gain`` in the middle, ``low`` and ``high`` times that at the ends.

    Corners are shares of the sampling rate.  Gives two poles, what goes straight through, and what each pole
    adds: y = straight x + first / (1 - pole_1 z) x + second / (1 - pole_2 z) x; shape (5, n).
    """
    corner = math.tan(math.pi * low_corner)
    root = np.sqrt(low)
    scale = 1 + corner / root
    zero_low, straight_low = -(1 - corner * root) / (1 + corner * root), (1 + corner * root) / scale
    pole_low = (1 - corner / root) / scale
    corner = math.tan(math.pi * high_corner)
    root = np.sqrt(high)
    scale = 1 / root + corner
    zero_high, straight_high = -(root - corner) / (root + corner), (root + corner) / scale
    pole_high = (1 / root - corner) / scale
    whole = gain * straight_low * straight_high

    def top(z: Numbers) -> Numbers:
        return np.asarray(whole * (1 + zero_low * z) * (1 + zero_high * z))

    return np.array(
        [
            pole_low,
            pole_high,
            whole * zero_low * zero_high / (pole_low * pole_high),
            top(1 / pole_low) / (1 - pole_high / pole_low),
            top(1 / pole_high) / (1 - pole_low / pole_high),
        ]
    )
