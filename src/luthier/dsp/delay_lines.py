"""Delay lines that are written and read a block at a time.

Many lines lie in one flat array of float32.  A line takes ``size + GUARD`` places from ``start`` on, and
``size`` is a power of two; time counts frames and is a multiple of ``BLOCK`` when a block is written.  The
first places stand behind the end once more, so that every block that is read lies in one piece and the
processor takes eight or sixteen samples at once.

A delay of at least a block is always the past.  A block that is read after the block of the same time was
written may have any delay from 0 on.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import part

Samples = NDArray[np.float32]

#: Places without a sign are no places from the end: the loops can then be done eight or sixteen at a time.
Place = np.uint64

BLOCK: Final = 32  #: frames
GUARD: Final = 64  #: places behind a line; a cubic over a block takes 35 of them
_CUBIC_BEFORE: Final = 1
_SHARE = np.float32(1 / BLOCK)
_HALF, _ONE, _TWO, _SIXTH = np.float32(0.5), np.float32(1), np.float32(2), np.float32(1 / 6)


def places(lines: int, size: int) -> int:
    """How long an array must be for so many lines."""
    return lines * (size + GUARD)


@part
def write(memory: Samples, start: int, size: int, time: int, source: Samples, first: int) -> None:
    """Write ``source[first : first + BLOCK]`` as the samples from ``time`` on."""
    place = time & (size - 1)
    go, come = Place(start + place), Place(first)
    for i in range(BLOCK):
        memory[go + Place(i)] = source[come + Place(i)]
    if place < GUARD:
        again = Place(start + size + place)
        for i in range(BLOCK):
            memory[again + Place(i)] = source[come + Place(i)]


@part
def read(memory: Samples, start: int, size: int, time: int, target: Samples, first: int) -> None:
    """Read the samples from ``time`` on into ``target[first : first + BLOCK]``."""
    come, go = Place(start + (time & (size - 1))), Place(first)
    for i in range(BLOCK):
        target[go + Place(i)] = memory[come + Place(i)]


@part
def aim(
    start: int, size: int, time: int, delay: np.float32, change: np.float32
) -> tuple[np.uint64, np.float32, np.float32]:
    """Where :func:`cubic` reads with a delay that goes from ``delay`` to ``delay + change`` over a block.

    ``time`` is less by whole frames of delay, and ``delay`` only what moves, a few frames.  Gives the first
    place, what lies between the second and the third, and how much that changes in a frame.
    Over the block the places go on one by one, so the delay is to change by less than a tenth of a sample.
    """
    whole = int(np.floor(delay + _HALF * change))
    place = (time - whole - 1 - _CUBIC_BEFORE) & (size - 1)
    return Place(start + place), np.float32(whole + 1) - delay, -change * _SHARE


@part
def cubic(memory: Samples, at: np.uint64, x: np.float32) -> np.float32:
    """The curve through four samples (Lagrange), ``x`` after the second of them."""
    below, above, beyond = x + _ONE, x - _ONE, x - _TWO
    outer, inner = x * above * _SIXTH, below * beyond * _HALF
    value: np.float32 = (
        (below * outer * memory[at + Place(3)] - inner * x * memory[at + Place(2)])
        + inner * above * memory[at + Place(1)]
        - beyond * outer * memory[at]
    )
    return value
