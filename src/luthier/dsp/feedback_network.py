"""Sixteen delay lines that feed each other: what a late reverb is made of.

A feedback delay network after Jot and Chaigne ("Digital delay networks for designing artificial
reverberators", 1991): what comes out of the lines is mixed by an orthogonal matrix, damped by a filter for
each line, and goes in again.  The matrix is Hadamard's of order 16: every line feeds every other alike, and
nothing is lost or won in it, so that the filters alone say how fast sound dies (``damping``).  The delays
move by a few samples, each line at its own phase, so that no tone stands out of the tail.

A block of a line lies in one piece in its memory; the filters want sixteen lines of the same time side by
side.  On the way there and back samples are interleaved by four, twice: a compiler makes a few shuffles of
it.  The matrix is done in the same two steps, lines 0, 4, 8, 12 and so on first, then neighbours.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import BLOCK, GUARD, Place, Samples, aim, cubic
from luthier.dsp.loops import part
from luthier.dsp.oscillator import sine

Words = NDArray[np.int64]

LINES: Final = 16
SIZE: Final = 4096  #: places of a line
STRIDE: Final = SIZE + GUARD
LONGEST: Final = SIZE - 2 * BLOCK  #: frames, with what moves
MEMORY: Final = LINES * STRIDE

# Rows of the filters, 16 numbers each: two poles, what goes through straight, what each pole gives; states.
_POLE_1, _POLE_2, _STRAIGHT, _GAIN_1, _GAIN_2 = (row * LINES for row in range(5))
FILTER: Final = 5 * LINES
STATES: Final = 2 * LINES
SCRATCH: Final = LINES * BLOCK
#: What comes out: two of the sums over all lines, whose signs have nothing in common.
_LEFT, _RIGHT = 5, 10
_QUARTER = np.float32(0.25)
_TINY = np.float32(1e-20)


@part
def circulate(
    memory: Samples,
    time: int,
    delays: Words,
    depth: float,
    phases: Words,
    steps: Words,
    filters: Samples,
    states: Samples,
    fed: Samples,
    moved: Samples,
    fours: Samples,
    lanes: Samples,
) -> None:
    """One block: reads all lines, mixes, damps and writes them.

    ``fed`` has a block of what goes in left and right, and takes a block of what comes out left and right.
    Left goes into even lines, right into odd ones.  ``moved``, ``fours`` and ``lanes`` are scratch.
    """
    _move(phases, steps, depth, moved)
    for group in range(4):
        _read_four(memory, group, time, delays, moved, fours)
    _mix_fours(fours, lanes)
    for i in range(BLOCK):
        row = Place(LINES * i)
        fed[Place(2 * BLOCK + i)] = lanes[row + Place(_LEFT)]
        fed[Place(3 * BLOCK + i)] = lanes[row + Place(_RIGHT)]
    damp(lanes, filters, states)
    _into_fours(lanes, fours)
    place = time & (SIZE - 1)
    for group in range(4):
        _write_four(memory, group, place, fours, fed)
        if place < GUARD:
            _write_four(memory, group, place + SIZE, fours, fed)


@part
def _move(phases: Words, steps: Words, depth: float, moved: Samples) -> None:
    """How far every line is from its delay, then how much that changes over the block; the waves go on."""
    for line in range(LINES):
        place = Place(line)
        phase = phases[place]
        now, then = depth * sine(phase), depth * sine(phase + steps[place])
        moved[place] = now
        moved[Place(LINES) + place] = then - now
        phases[place] = phase + steps[place]


@part
def _aim(line: int, time: int, delays: Words, moved: Samples) -> tuple[np.uint64, np.float32, np.float32]:
    return aim(line * STRIDE, SIZE, time - delays[line], moved[line], moved[LINES + line])


@part
def _read_four(memory: Samples, group: int, time: int, delays: Words, moved: Samples, fours: Samples) -> None:
    """Read lines ``group``, ``group`` + 4 and so on: their sums and differences side by side."""
    at_1, share_1, step_1 = _aim(group, time, delays, moved)
    at_2, share_2, step_2 = _aim(group + 4, time, delays, moved)
    at_3, share_3, step_3 = _aim(group + 8, time, delays, moved)
    at_4, share_4, step_4 = _aim(group + 12, time, delays, moved)
    first = Place(group * 4 * BLOCK)
    for i in range(BLOCK):
        here, now = Place(i), np.float32(i)
        one = cubic(memory, at_1 + here, share_1 + step_1 * now)
        two = cubic(memory, at_2 + here, share_2 + step_2 * now)
        three = cubic(memory, at_3 + here, share_3 + step_3 * now)
        four = cubic(memory, at_4 + here, share_4 + step_4 * now)
        a, b, c, d = one + three, two + four, one - three, two - four
        row = first + Place(4 * i)
        fours[row] = a + b
        fours[row + Place(1)] = a - b
        fours[row + Place(2)] = c + d
        fours[row + Place(3)] = c - d


@part
def _mix_fours(fours: Samples, lanes: Samples) -> None:
    """The sums and differences of neighbours, all sixteen side by side: Hadamard's matrix is done."""
    for i in range(4 * BLOCK):
        at, row = Place(i), Place(4 * i)
        one, two = fours[at], fours[at + Place(4 * BLOCK)]
        three, four = fours[at + Place(8 * BLOCK)], fours[at + Place(12 * BLOCK)]
        a, b, c, d = one + three, two + four, one - three, two - four
        lanes[row] = (a + b) * _QUARTER
        lanes[row + Place(1)] = (a - b) * _QUARTER
        lanes[row + Place(2)] = (c + d) * _QUARTER
        lanes[row + Place(3)] = (c - d) * _QUARTER


@part
def _into_fours(lanes: Samples, fours: Samples) -> None:
    """Sixteen side by side into four by four, as they were read."""
    for i in range(4 * BLOCK):
        at, row = Place(i), Place(4 * i)
        fours[at] = lanes[row]
        fours[at + Place(4 * BLOCK)] = lanes[row + Place(1)]
        fours[at + Place(8 * BLOCK)] = lanes[row + Place(2)]
        fours[at + Place(12 * BLOCK)] = lanes[row + Place(3)]


@part
def _write_four(memory: Samples, group: int, place: int, fours: Samples, fed: Samples) -> None:
    """Write what was read by :func:`_read_four`, each with what goes in."""
    first, go = Place(group * 4 * BLOCK), Place(group * STRIDE + place)
    side = Place((group & 1) * BLOCK)
    for i in range(BLOCK):
        come, row, at = fed[side + Place(i)], first + Place(4 * i), go + Place(i)
        memory[at] = fours[row] + come
        memory[at + Place(4 * STRIDE)] = fours[row + Place(1)] + come
        memory[at + Place(8 * STRIDE)] = fours[row + Place(2)] + come
        memory[at + Place(12 * STRIDE)] = fours[row + Place(3)] + come


@part
def damp(lanes: Samples, filters: Samples, states: Samples) -> None:
    """The filter of every line, sixteen samples of the same time side by side."""
    for i in range(0, BLOCK, 2):
        at = Place(i * LINES)
        for line in range(LINES):
            here = Place(line)
            pole_1, pole_2 = filters[Place(_POLE_1) + here], filters[Place(_POLE_2) + here]
            straight = filters[Place(_STRAIGHT) + here]
            gain_1, gain_2 = filters[Place(_GAIN_1) + here], filters[Place(_GAIN_2) + here]
            come, then = lanes[at + here], lanes[at + Place(LINES) + here]
            state_1, state_2 = states[here], states[Place(LINES) + here]
            first, second = pole_1 * state_1 + come, pole_2 * state_2 + come
            # Two frames from the same state: the wait for a result is half as long.
            after_1 = pole_1 * pole_1 * state_1 + (pole_1 * come + then)
            after_2 = pole_2 * pole_2 * state_2 + (pole_2 * come + then)
            states[here], states[Place(LINES) + here] = after_1, after_2
            lanes[at + here] = straight * come + gain_1 * first + gain_2 * second
            lanes[at + Place(LINES) + here] = straight * then + gain_1 * after_1 + gain_2 * after_2
    for i in range(STATES):
        if abs(states[i]) < _TINY:
            states[i] = 0
