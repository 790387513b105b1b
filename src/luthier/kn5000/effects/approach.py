"""Numbers that go to their goal slowly enough that nobody hears steps; what is silence."""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.dsp.delay_lines import BLOCK, Place, Samples
from luthier.dsp.loops import part

#: Share of the way in a block, twice: half of it in 40 ms.
_SHARE: Final = np.float32(1 / 32)
_NEAR = np.float32(1e-6)
#: Smaller samples (-300 dBFS) are none: the processor is slow with the smallest numbers there are.
_NOTHING = np.float32(1e-15)


@part
def approached(numbers: Samples, wanted: Samples, size: int) -> bool:
    """Go a step to what is wanted, starting as softly as arriving; True once all is there.

    Behind the ``size`` numbers lie as many more, which go ahead of them.
    """
    for i in range(size):
        _step(numbers, size + i, wanted[i])
        _step(numbers, i, numbers[size + i])
    there = True
    for i in range(size):
        there &= numbers[i] == wanted[i]
    return there


@part
def _step(numbers: Samples, which: int, goal: np.float32) -> None:
    way = goal - numbers[which]
    near = abs(way) <= _NEAR * abs(goal) + _NOTHING
    numbers[which] = goal if near else numbers[which] + _SHARE * way


@part
def arrived(numbers: Samples, wanted: Samples, size: int) -> None:
    """Be there at once."""
    for i in range(size):
        numbers[i] = wanted[i]
        numbers[size + i] = wanted[i]


@part
def swelling(signal: Samples, first: int, gain: float, end: float) -> None:
    """A block times a gain that goes in a straight line."""
    if gain == 1 and end == 1:
        return
    now, rise = np.float32(gain), np.float32((end - gain) / BLOCK)
    start = Place(first)
    for i in range(BLOCK):
        signal[start + Place(i)] *= now + rise * np.float32(i)


@part
def loudest(signal: Samples, size: int) -> np.float32:
    """The greatest sample to either side; samples that are as good as none become none."""
    found = np.float32(0)
    for i in range(size):
        now = abs(signal[i])
        if now < _NOTHING:
            signal[i] = 0
        elif now > found:
            found = now
    return found


@part
def is_heard(signal: Samples, size: int) -> bool:
    """Whether there is any sample; those that are as good as none become none."""
    found = False
    for i in range(size):
        none = abs(signal[i]) < _NOTHING
        found |= not none
        signal[i] = np.float32(0) if none else signal[i]
    return found


@part
def is_silent(signal: Samples, size: int, below: np.float32) -> bool:
    """No sample reaches ``below``."""
    found = True
    for i in range(size):
        found &= abs(signal[i]) < below
    return found
