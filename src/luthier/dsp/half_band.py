"""Twice and half the sampling rate by two chains of all-passes.

An elliptic half-band filter is half the sum of two chains of all-passes, one sample apart (Valenzuela and
Constantinides, "Digital signal processing schemes for efficient interpolation and decimation", 1983).  Half
of its work falls away because every second sample is nothing or is not wanted.  It delays low tones by a few
samples only.  Both chains of both sides are four lanes done at once.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy import float32
from numpy.typing import NDArray

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.loops import loop, part

LANES: Final = 4
_TINY = np.float32(1e-20)
_HALF = np.float32(0.5)
_EVERY: Final = 31  # once in 32 frames


def coefficients(sections: int, transition: float) -> NDArray[np.float64]:
    """The 2 * ``sections`` numbers of a filter whose two edges are ``transition`` of the high rate apart.

    Even ones are those of the first chain.  The elliptic functions are sums of their theta series.
    """
    k = math.tan((1 - 2 * transition) * math.pi / 4) ** 2
    root = (1 - k * k) ** 0.25
    e = 0.5 * (1 - root) / (1 + root)
    q = e * (1 + e**4 * (2 + e**4 * (15 + 150 * e**4)))
    order = 4 * sections + 1
    found = []
    for number in range(1, 2 * sections + 1):
        angle = number * math.pi / order
        above = sum((-1) ** i * q ** (i * (i + 1)) * math.sin((2 * i + 1) * angle) for i in range(8))
        below = 0.5 + sum((-1) ** i * q ** (i * i) * math.cos(2 * i * angle) for i in range(1, 8))
        square = (above * q**0.25 / below) ** 2
        x = math.sqrt((1 - square * k) * (1 - square / k)) / (1 + square)
        found.append((1 - x) / (1 + x))
    return np.array(found)


def lanes(numbers: NDArray[np.float64], *, lowering: bool) -> Samples:
    """The numbers of a filter for its four lanes; sections one after the other."""
    first, second = numbers[0::2], numbers[1::2]
    if lowering:
        first, second = second, first
    return np.stack([first, first, second, second], axis=1).astype(np.float32).ravel()


def states(filter_lanes: Samples) -> Samples:
    """A filter's past: none; what went in and came out of each section."""
    return np.zeros(2 * len(filter_lanes), np.float32)


@part
def _flush(past: Samples, size: int) -> None:
    for j in range(2 * size):
        past[j] = past[j] if abs(past[j]) > _TINY else np.float32(0)


@part
def _section(
    filter_: Samples, past: Samples, size: int, at: int, a: float32, b: float32, c: float32, d: float32
) -> tuple[float32, float32, float32, float32]:
    """All four lanes through one all-pass: y = x1 + k (x - y1).

    What does not wait for y1 comes first.
    """
    x, y = Place(at), Place(size + at)
    one = (past[x] + filter_[x] * a) - filter_[x] * past[y]
    two = (past[x + Place(1)] + filter_[x + Place(1)] * b) - filter_[x + Place(1)] * past[y + Place(1)]
    three = (past[x + Place(2)] + filter_[x + Place(2)] * c) - filter_[x + Place(2)] * past[y + Place(2)]
    four = (past[x + Place(3)] + filter_[x + Place(3)] * d) - filter_[x + Place(3)] * past[y + Place(3)]
    past[x], past[x + Place(1)], past[x + Place(2)], past[x + Place(3)] = a, b, c, d
    past[y], past[y + Place(1)], past[y + Place(2)], past[y + Place(3)] = one, two, three, four
    return one, two, three, four


@part
def _nothing(value: float32) -> float32:
    """A number too small for the processor's quick ways is none."""
    return value if abs(value) > _TINY else np.float32(0)


@part
def _raise_by_one(
    source: Samples, target: Samples, count: int, time: int, first: float32, second: float32, past: Samples
) -> None:
    """With a single section, whose past is at hand: what goes in is the same in both chains."""
    x, y = past[0], past[1]
    a, b, c, d = past[4], past[5], past[6], past[7]
    for i in range(count):
        if (time + i) & _EVERY == 0:
            x, y, a, b, c, d = _nothing(x), _nothing(y), _nothing(a), _nothing(b), _nothing(c), _nothing(d)
        come, go = Place(2 * i), Place(LANES * i)
        left, right = source[come], source[come + Place(1)]
        a, b = (x + first * left) - first * a, (y + first * right) - first * b
        c, d = (x + second * left) - second * c, (y + second * right) - second * d
        x, y = left, right
        target[go], target[go + Place(1)], target[go + Place(2)], target[go + Place(3)] = a, b, c, d
    past[0], past[1], past[4], past[5], past[6], past[7] = x, y, a, b, c, d


@part
def _lower_by_one(
    source: Samples, target: Samples, count: int, time: int, first: float32, second: float32, past: Samples
) -> None:
    """The same on the way down."""
    w, x, y, z = past[0], past[1], past[2], past[3]
    a, b, c, d = past[4], past[5], past[6], past[7]
    for i in range(count):
        if (time + i) & _EVERY == 0:
            w, x, y, z = _nothing(w), _nothing(x), _nothing(y), _nothing(z)
            a, b, c, d = _nothing(a), _nothing(b), _nothing(c), _nothing(d)
        come, go = Place(LANES * i), Place(2 * i)
        one, two = source[come], source[come + Place(1)]
        three, four = source[come + Place(2)], source[come + Place(3)]
        a, b = (w + first * one) - first * a, (x + first * two) - first * b
        c, d = (y + second * three) - second * c, (z + second * four) - second * d
        w, x, y, z = one, two, three, four
        target[go], target[go + Place(1)] = _HALF * (a + c), _HALF * (b + d)
    past[0], past[1], past[2], past[3] = w, x, y, z
    past[4], past[5], past[6], past[7] = a, b, c, d


@loop
def raise_rate(
    source: Samples, target: Samples, count: int, time: int, filter_: Samples, past: Samples
) -> None:
    """``count`` frames of two sides to twice as many; both flat, left and right in turn."""
    size = len(filter_)
    if size == LANES:
        _raise_by_one(source, target, count, time, filter_[0], filter_[2], past)
        return
    for i in range(count):
        if (time + i) & _EVERY == 0:
            _flush(past, size)
        come, go = Place(2 * i), Place(LANES * i)
        a, b = source[come], source[come + Place(1)]
        c, d = a, b
        for at in range(0, size, LANES):
            a, b, c, d = _section(filter_, past, size, at, a, b, c, d)
        target[go], target[go + Place(1)], target[go + Place(2)], target[go + Place(3)] = a, b, c, d


@loop
def lower_rate(
    source: Samples, target: Samples, count: int, time: int, filter_: Samples, past: Samples
) -> None:
    """Twice ``count`` frames of two sides to ``count``; may be done in place."""
    size = len(filter_)
    if size == LANES:
        _lower_by_one(source, target, count, time, filter_[0], filter_[2], past)
        return
    for i in range(count):
        if (time + i) & _EVERY == 0:
            _flush(past, size)
        come, go = Place(LANES * i), Place(2 * i)
        a, b = source[come], source[come + Place(1)]
        c, d = source[come + Place(2)], source[come + Place(3)]
        for at in range(0, size, LANES):
            a, b, c, d = _section(filter_, past, size, at, a, b, c, d)
        target[go], target[go + Place(1)] = _HALF * (a + c), _HALF * (b + d)
