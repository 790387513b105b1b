"""Numbers that go to their goal without steps, sample by sample.

An array has five rows of the same size: what a number is now, its step in a frame, where it is at the end
of 32 frames, a number that goes ahead of it, and what is wanted.  Half of the way takes 40 ms, and it
begins as softly as it ends.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import part

Numbers = NDArray[np.float64]
Words = NDArray[np.int64]

FRAMES: Final = 32
_LAST: Final = FRAMES - 1
_SHARE: Final = 1 / 32
_NEAR: Final = 1e-9
#: Rows behind the numbers themselves.
_STEP, _END, _AHEAD, _WANTED = 1, 2, 3, 4
ROWS: Final = 5

#: Words of every unit: frames since it began, and whether any number moves.
TIME: Final = 0
MOVING: Final = 1


@part
def glide(numbers: Numbers, words: Words, time: int, size: int) -> None:
    """A frame goes by: the ``size`` numbers become what they are in it."""
    if time & _LAST == 0:
        moving = 0
        for i in range(size):
            end, ahead, wish = (
                numbers[_END * size + i],
                numbers[_AHEAD * size + i],
                numbers[_WANTED * size + i],
            )
            numbers[i] = goal = end
            if end != wish or ahead != wish:
                moving = 1
                ahead = (
                    wish
                    if abs(wish - ahead) <= _NEAR * abs(wish) + _NEAR
                    else ahead + _SHARE * (wish - ahead)
                )
                goal = (
                    ahead if abs(ahead - end) <= _NEAR * abs(ahead) + _NEAR else end + _SHARE * (ahead - end)
                )
                numbers[_AHEAD * size + i], numbers[_END * size + i] = ahead, goal
            numbers[_STEP * size + i] = (goal - end) / FRAMES
        words[MOVING] = moving
    elif words[MOVING]:
        for i in range(size):
            numbers[i] += numbers[_STEP * size + i]


@part
def is_still(numbers: Numbers, words: Words, size: int) -> bool:
    """Whether all numbers are where they are wanted: then :func:`glide` has nothing to do."""
    still = True
    for i in range(size):
        here = numbers[i]
        still &= (
            here == numbers[_END * size + i]
            and here == numbers[_AHEAD * size + i]
            and here == numbers[_WANTED * size + i]
        )
    if still:
        words[MOVING] = 0
    return still


def wanted(numbers: Numbers) -> Numbers:
    """The row of what is wanted, to be written to."""
    row: Numbers = numbers.reshape(ROWS, -1)[_WANTED]
    return row


def arrive(numbers: Numbers) -> None:
    """Be there at once."""
    rows = numbers.reshape(ROWS, -1)
    rows[:_WANTED] = rows[_WANTED]
    rows[_STEP] = 0
