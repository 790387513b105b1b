"""Sixteen delay lines that feed each other: what a late reverb is made of.

A feedback delay network after Jot and Chaigne ("Digital delay networks for designing artificial
reverberators", 1991): what comes out of the lines is mixed by an orthogonal matrix, damped by a filter for
each line, and goes in again.  The matrix is Hadamard's of order 16: every line feeds every other alike, and
nothing is lost or won in it, so that the filters alone say how fast sound dies (``damping``).  The delays
move by a few samples, each line at its own phase, so that no tone stands out of the tail.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import BLOCK, GUARD, Place, Samples, read_moving, write
from luthier.dsp.loops import part
from luthier.dsp.oscillator import sine

LINES: Final = 16
SIZE: Final = 4096  #: places of a line
LONGEST: Final = SIZE - 2 * BLOCK  #: frames, with what moves
WAVES: Final = 4
MEMORY: Final = LINES * (SIZE + GUARD)

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
    delays: NDArray[np.int64],
    depth: float,
    phases: NDArray[np.int64],
    steps: NDArray[np.int64],
    filters: Samples,
    states: Samples,
    fed: Samples,
    scratch: Samples,
    mixed: Samples,
) -> None:
    """One block: reads all lines, mixes, damps and writes them.

    ``fed`` has a block of what goes in left and right, and takes a block of what comes out left and right.
    Left goes into even lines, right into odd ones.
    """
    stride = SIZE + GUARD
    for line in range(LINES):
        wave = line & (WAVES - 1)
        # Four waves in four phases each.
        phase = phases[wave] + ((line >> 2) << 30)
        now = depth * sine(phase)
        then = depth * sine(phase + steps[wave])
        read_moving(memory, line * stride, SIZE, time, delays[line] + now, then - now, scratch, line * BLOCK)
    for wave in range(WAVES):
        phases[wave] += steps[wave]
    mix(scratch, mixed)
    for i in range(BLOCK):
        fed[2 * BLOCK + i] = scratch[_LEFT * BLOCK + i] * _QUARTER
        fed[3 * BLOCK + i] = scratch[_RIGHT * BLOCK + i] * _QUARTER
    for i in range(BLOCK):
        for line in range(LINES):
            mixed[i * LINES + line] = scratch[line * BLOCK + i] * _QUARTER
    damp(mixed, filters, states)
    for line in range(LINES):
        side = (line & 1) * BLOCK
        for i in range(BLOCK):
            scratch[line * BLOCK + i] = mixed[i * LINES + line] + fed[side + i]
        write(memory, line * stride, SIZE, time, scratch, line * BLOCK)


@part
def damp(lanes: Samples, filters: Samples, states: Samples) -> None:
    """The filter of every line, sixteen samples of the same time side by side."""
    for i in range(BLOCK):
        at = i * LINES
        for line in range(LINES):
            come = lanes[at + line]
            first = filters[_POLE_1 + line] * states[line] + come
            second = filters[_POLE_2 + line] * states[LINES + line] + come
            states[line] = first
            states[LINES + line] = second
            lanes[at + line] = (
                filters[_STRAIGHT + line] * come
                + filters[_GAIN_1 + line] * first
                + filters[_GAIN_2 + line] * second
            )
    for i in range(STATES):
        if abs(states[i]) < _TINY:
            states[i] = 0


@part
def mix(lines: Samples, mixed: Samples) -> None:
    """Hadamard's matrix times 4: sums of all lines, each with its own pattern of signs.

    Twice in fours: lines whose numbers differ by 4, then neighbours.  ``lines`` has afterwards the result,
    ``mixed`` what lies between.
    """
    for line in range(4):
        _fours(lines, mixed, line * BLOCK, 4 * BLOCK)
    for line in range(4):
        _fours(mixed, lines, line * 4 * BLOCK, BLOCK)


@part
def _fours(source: Samples, target: Samples, first: int, apart: int) -> None:
    """Sums and differences of four blocks."""
    one, two, three, four = (
        Place(first),
        Place(first + apart),
        Place(first + 2 * apart),
        Place(first + 3 * apart),
    )
    for i in range(BLOCK):
        at = Place(i)
        a = source[one + at] + source[three + at]
        b = source[two + at] + source[four + at]
        c = source[one + at] - source[three + at]
        d = source[two + at] - source[four + at]
        target[one + at] = a + b
        target[two + at] = a - b
        target[three + at] = c + d
        target[four + at] = c - d
