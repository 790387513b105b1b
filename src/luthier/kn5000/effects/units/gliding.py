"""Numbers that go to their goal without steps, sample by sample.

An array has five rows of the same size: what a number is now, its step in a frame, where it is at the end
of 32 frames, a number that goes ahead of it, and what is wanted.  Half of the way takes 40 ms, and it
begins as softly as it ends.

Loops that take frame by frame call :func:`glide` for each; loops that take many at once ask :func:`straight`
how many, and what a number is then says :func:`number`.  A unit does one or the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import part

Numbers = NDArray[np.float64]
Words = NDArray[np.int64]

FRAMES: Final = 32
#: Of a time: the frame of 32.
LAST: Final = FRAMES - 1
_SHARE: Final = 1 / 32
_NEAR: Final = 1e-9
#: Rows behind the numbers themselves.
_STEP, _END, _AHEAD, _WANTED = 1, 2, 3, 4
ROWS: Final = 5

#: Words of every unit: frames since it began, and whether any number moves.
TIME: Final = 0
MOVING: Final = 1


@part
def _turn(numbers: Numbers, words: Words, size: int) -> None:
    """32 frames begin: the ``size`` numbers are where they were to be, and get new steps."""
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
                wish if abs(wish - ahead) <= _NEAR * abs(wish) + _NEAR else ahead + _SHARE * (wish - ahead)
            )
            goal = ahead if abs(ahead - end) <= _NEAR * abs(ahead) + _NEAR else end + _SHARE * (ahead - end)
            numbers[_AHEAD * size + i], numbers[_END * size + i] = ahead, goal
        numbers[_STEP * size + i] = (goal - end) / FRAMES
    words[MOVING] = moving


@part
def glide(numbers: Numbers, words: Words, time: int, size: int) -> None:
    """A frame goes by: the ``size`` numbers become what they are in it."""
    if time & LAST == 0:
        _turn(numbers, words, size)
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


@part
def straight(numbers: Numbers, words: Words, time: int, size: int, left: int) -> int:
    """For how many frames from ``time`` on, ``left`` at most, the numbers rest or go in straight lines."""
    place = time & LAST
    if place == 0:
        _turn(numbers, words, size)
    return left if is_still(numbers, words, size) else min(FRAMES - place, left)


@part
def number(numbers: Numbers, size: int, which: int, time: int) -> float:
    """What a number is in a frame of such a stretch."""
    here: float = numbers[which] + numbers[_STEP * size + which] * float(time & LAST)
    return here


@part
def begin(numbers: Numbers, size: int, which: int) -> tuple[np.float32, np.float32]:
    """Where a number was in the first frame of 32, and its step: 0 while it rests."""
    return np.float32(numbers[which]), np.float32(numbers[_STEP * size + which])


def wanted(numbers: Numbers) -> Numbers:
    """The row of what is wanted, to be written to."""
    row: Numbers = numbers.reshape(ROWS, -1)[_WANTED]
    return row


def arrive(numbers: Numbers) -> None:
    """Be there at once."""
    rows = numbers.reshape(ROWS, -1)
    rows[:_WANTED] = rows[_WANTED]
    rows[_STEP] = 0
