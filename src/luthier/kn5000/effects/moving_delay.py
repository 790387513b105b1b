"""The plain chorus: for each side a delay that a sine moves, a quarter of a turn apart (modelled).

A block comes out one block after it went in; the lines are read a block sooner to make up for it, and what
goes round again waits for its own time.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import BLOCK, GUARD, Place, Samples, cubic, places, write
from luthier.dsp.loops import part
from luthier.dsp.one_pole import low_pass, smoothing
from luthier.dsp.oscillator import TURN, sine, step
from luthier.kn5000.effects.approach import approached, arrived, is_heard, swelling
from luthier.kn5000.effects.characters import RATE
from luthier.kn5000.effects.settings import Chorus

Words = NDArray[np.int64]

_SIZE: Final = 8192  # frames: 0.1 s, and 0.05 s of depth
_STRIDE: Final = _SIZE + GUARD
_MASK: Final = _SIZE - 1
_QUARTER_TURN: Final = TURN // 4
_PATIENCE: Final = _SIZE // BLOCK
_QUIET = np.float32(1e-5)

_LEVEL, _FEEDBACK, _DELAY, _DEPTH, _TO_REVERB, _SMOOTHING = range(6)
_MOVING: Final = 6
_PHASE, _STEP, _CALM, ASLEEP = range(4)
_ONE = np.float32(1)


class MovingDelay(NamedTuple):
    """All state of the chorus."""

    lines: Samples
    numbers: Samples
    wanted_numbers: Samples
    smooth: Samples
    held: Samples
    words: Words


_AT: Final = tuple(accumulate((places(2, _SIZE), 2 * _MOVING, _MOVING, 2, 2 * BLOCK), initial=0))
#: Places that a chorus takes of the samples and of the words.
SAMPLES: Final = _AT[-1]
WORDS: Final = 4


@part
def within(samples: Samples, words: Words) -> MovingDelay:
    """The chorus that lies in these."""
    return MovingDelay(
        lines=samples[: _AT[1]],
        numbers=samples[_AT[1] : _AT[2]],
        wanted_numbers=samples[_AT[2] : _AT[3]],
        smooth=samples[_AT[3] : _AT[4]],
        held=samples[_AT[4] : _AT[5]],
        words=words[:WORDS],
    )


def empty(chorus: MovingDelay) -> None:
    """Make of zeros that there was no sound yet."""
    chorus.words[ASLEEP] = 1


def shape(chorus: MovingDelay, wanted: Chorus) -> None:
    """Say what it is to become."""
    # What goes round adds up; so much less comes out that noise keeps its loudness.
    level = wanted.level * (1 - wanted.feedback**2) ** 0.5
    chorus.wanted_numbers[:] = (
        level,
        wanted.feedback,
        wanted.delay * RATE,
        wanted.depth * RATE,
        wanted.to_reverb,
        smoothing(wanted.low_pass, RATE),
    )
    chorus.words[_STEP] = step(wanted.rate, RATE, BLOCK)


@part
def _delays(delay: float, depth: float, phase: int) -> float:
    return delay + 0.5 * depth * (1 + sine(phase))


@part
def _read(
    lines: Samples, start: int, time: int, delay: float, change: float, target: Samples, first: int
) -> None:
    """Read with a delay that goes from ``delay`` to ``delay + change``, however far that is."""
    # Whole frames apart, for the precision of the rest.
    whole = int(delay)
    come = time - whole - 2
    rest, step = np.float32(delay - whole), np.float32(change / BLOCK)
    last = np.floor(rest + step * np.float32(BLOCK - 1))
    begin = 0
    while begin < BLOCK:
        down = np.floor(rest + step * np.float32(begin))
        end = BLOCK if down == last else begin + 1
        while end < BLOCK and np.floor(rest + step * np.float32(end)) == down:
            end += 1
        # As long as no whole frame is passed, places go on one by one.
        at = Place(start + ((come + begin - int(down)) & _MASK))
        for i in range(end - begin):
            share = down + _ONE - (rest + step * np.float32(begin + i))
            target[Place(first + begin + i)] = cubic(lines, at + Place(i), share)
        begin = end


@part
def move(chorus: MovingDelay, time: int, sent: Samples, out: Samples, reverb: Samples) -> None:
    """One block: adds what comes back of ``sent`` to ``out`` and a share of it to ``reverb``."""
    words, numbers, lines, held = chorus.words, chorus.numbers, chorus.lines, chorus.held
    words[_PHASE] += words[_STEP]
    if words[ASLEEP]:
        if not is_heard(sent, 2 * BLOCK):
            return
        arrived(numbers, chorus.wanted_numbers, _MOVING)
        words[ASLEEP] = 0
    level, delay, depth, share = numbers[_LEVEL], numbers[_DELAY], numbers[_DEPTH], numbers[_TO_REVERB]
    feedback = numbers[_FEEDBACK]
    approached(numbers, chorus.wanted_numbers, _MOVING)
    quiet = True
    for side in range(2):
        first, start = side * BLOCK, side * _STRIDE
        low_pass(sent, first, chorus.smooth, side, numbers[_SMOOTHING])
        phase = words[_PHASE] + side * _QUARTER_TURN
        begin = _delays(delay, depth, phase - words[_STEP]) - BLOCK
        change = _delays(numbers[_DELAY], numbers[_DEPTH], phase) - BLOCK - begin
        for i in range(BLOCK):
            here = Place(first + i)
            sent[here] += feedback * held[here]
            quiet &= abs(sent[here]) < _QUIET
        write(lines, start, _SIZE, time, sent, first)
        _read(lines, start, time, begin, change, held, first)
        for i in range(BLOCK):
            sent[Place(first + i)] = held[Place(first + i)]
        swelling(sent, first, level, numbers[_LEVEL])
        for i in range(BLOCK):
            out[Place(first + i)] += sent[Place(first + i)]
        if share > 0 or numbers[_TO_REVERB] > 0:
            swelling(sent, first, share, numbers[_TO_REVERB])
            for i in range(BLOCK):
                reverb[Place(first + i)] += sent[Place(first + i)]
    words[_CALM] = words[_CALM] + 1 if quiet else 0
    if words[_CALM] >= _PATIENCE and (time // BLOCK) % 8 == 7:
        lines[:] = 0
        held[:] = 0
        chorus.smooth[:] = 0
        words[_CALM] = 0
        words[ASLEEP] = 1
