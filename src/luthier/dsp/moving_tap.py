"""A delay line that is written and read one sample at a time, at any fraction of a frame."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import BLOCK, Place, Samples
from luthier.dsp.loops import part

SHORTEST: Final = 2.0  #: frames: the newest of the four samples of a curve is then already written
#: Frames that a line must be longer than its longest delay.
MARGIN: Final = 4
_HALF, _ONE, _TWO, _SIXTH = np.float32(0.5), np.float32(1), np.float32(2), np.float32(1 / 6)


@part
def between(memory: Samples, start: int, size: int, time: int, delay: float) -> np.float32:
    """What was written ``delay`` frames before ``time``: the curve through four samples (Lagrange).

    The line has ``size`` places from ``start`` on, a power of two; the delay is from :data:`SHORTEST` on.
    """
    whole = int(delay)
    x = np.float32(1.0 - (delay - whole))
    mask, at = size - 1, time - whole - 2
    first, second = memory[Place(start + (at & mask))], memory[Place(start + ((at + 1) & mask))]
    third, fourth = memory[Place(start + ((at + 2) & mask))], memory[Place(start + ((at + 3) & mask))]
    return curve(first, second, third, fourth, x)


@part
def between_all(
    memory: Samples, start: int, size: int, time: int, count: int, delays: NDArray[np.float64], found: Samples
) -> None:
    """:func:`between` of ``count`` frames from ``time`` on, to the same bits, added to ``found``.

    Nothing of what is read may be written meanwhile.  As long as the whole frames of a delay stay, what is
    read lies in one piece, and the processor takes eight or sixteen at once.
    """
    mask = size - 1
    for first in range(0, count, BLOCK):
        last = min(first + BLOCK, count)
        least = most = delays[first]
        for i in range(first, last):
            least, most = min(least, delays[i]), max(most, delays[i])
        begin = first
        while begin < last:
            whole, end = int(delays[begin]), last
            if int(least) != int(most):
                end = begin + 1
                while end < last and int(delays[end]) == whole:
                    end += 1
            place = (time + begin - whole - 2) & mask
            if place + end - begin + 3 > size:
                for i in range(begin, end):
                    found[i] += between(memory, start, size, time + i, delays[i])
            else:
                at = Place(start + place)
                for i in range(end - begin):
                    here, to = at + Place(i), Place(begin + i)
                    found[to] += curve(
                        memory[here],
                        memory[here + Place(1)],
                        memory[here + Place(2)],
                        memory[here + Place(3)],
                        np.float32(1.0 - (delays[to] - whole)),
                    )
            begin = end


@part
def curve(
    first: np.float32, second: np.float32, third: np.float32, fourth: np.float32, x: np.float32
) -> np.float32:
    """The curve through four samples, ``x`` after the second."""
    below, above, beyond = x + _ONE, x - _ONE, x - _TWO
    outer, inner = x * above * _SIXTH, below * beyond * _HALF
    value: np.float32 = (
        below * outer * fourth - inner * x * third + inner * above * second - beyond * outer * first
    )
    return value
