"""Filters of second order by the bilinear transform: bells, low-passes, high-passes, shelves of first order.

Five coefficients each: b0, b1, b2, a1, a2 of y = b0 x + b1 x1 + b2 x2 - a1 y1 - a2 y2.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Coefficients = tuple[float, float, float, float, float]
THROUGH: Coefficients = (1.0, 0.0, 0.0, 0.0, 0.0)


def bell(frequency: float, q: float, decibels: float, rate: float) -> Coefficients:
    """A bell of ``decibels`` at its middle; a cut is the reciprocal of the boost (facts, PARAMETRIC EQ).

    K = tan(pi f0 / rate), a0 = 1 + K/Q + K**2, a1 = 2 (K**2 - 1), a2 = 1 - K/Q + K**2.
    """
    k, gain = math.tan(math.pi * frequency / rate), 10 ** (abs(decibels) / 20)
    middle = 2 * (k * k - 1)
    plain = (1 + k / q + k * k, middle, 1 - k / q + k * k)
    raised = (1 + gain * k / q + k * k, middle, 1 - gain * k / q + k * k)
    above, below = (raised, plain) if decibels >= 0 else (plain, raised)
    return _normalised(above, below)


def low_pass(frequency: float, q: float, rate: float) -> Coefficients:
    """A low-pass; Butterworth's with q = 0.7071."""
    k = math.tan(math.pi * frequency / rate)
    return _normalised((k * k, 2 * k * k, k * k), (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k))


def high_pass(frequency: float, q: float, rate: float) -> Coefficients:
    """A high-pass; Butterworth's with q = 0.7071."""
    k = math.tan(math.pi * frequency / rate)
    return _normalised((1, -2, 1), (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k))


def shelves(frequency: float, low: float, high: float, rate: float) -> Coefficients:
    """First order: a gain of ``low`` far below the frequency and of ``high`` far above it."""
    k = math.tan(math.pi * frequency / rate)
    return _normalised((low * k + high, low * k - high, 0), (k + 1, k - 1, 0))


def _normalised(above: tuple[float, float, float], below: tuple[float, float, float]) -> Coefficients:
    scale = below[0]
    return above[0] / scale, above[1] / scale, above[2] / scale, below[1] / scale, below[2] / scale


def response(
    coefficients: Coefficients, frequencies: NDArray[np.float64], rate: float
) -> NDArray[np.complex128]:
    """What a filter makes of steady tones."""
    b0, b1, b2, a1, a2 = coefficients
    z = np.exp(-2j * np.pi * frequencies / rate)
    return np.asarray((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z))
