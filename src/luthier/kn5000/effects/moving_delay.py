"""The plain chorus: for each side a delay that a sine moves, a quarter of a turn apart (modelled).

A block comes out one block after it went in; the lines are read a block sooner to make up for it, and what
goes round again waits for its own time.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import BLOCK, Place, Samples
from luthier.dsp.loops import part
from luthier.dsp.one_pole import low_pass, smoothing
from luthier.dsp.oscillator import TURN, sine, step
from luthier.kn5000.effects.approach import approached, arrived, is_heard, swelling
from luthier.kn5000.effects.characters import RATE
from luthier.kn5000.effects.settings import Chorus

Words = NDArray[np.int64]

_SIZE: Final = 8192  # frames: 0.1 s, and 0.05 s of depth
_MASK: Final = _SIZE - 1
_QUARTER_TURN: Final = TURN // 4
_PATIENCE: Final = _SIZE // BLOCK
_QUIET = np.float32(1e-5)

_LEVEL, _FEEDBACK, _DELAY, _DEPTH, _TO_REVERB, _SMOOTHING = range(6)
_MOVING: Final = 6
_PHASE, _STEP, _CALM, ASLEEP = range(4)
_HALF, _ONE, _TWO, _SIXTH = np.float32(0.5), np.float32(1), np.float32(2), np.float32(1 / 6)


class MovingDelay(NamedTuple):
    """All state of the chorus."""

    lines: Samples
    numbers: Samples
    wanted_numbers: Samples
    smooth: Samples
    held: Samples
    words: Words


_AT: Final = tuple(accumulate((2 * _SIZE, 2 * _MOVING, _MOVING, 2, 2 * BLOCK), initial=0))
#: Places that a chorus takes of the samples and of the words.
SAMPLES: Final = _AT[-1]
WORDS: Final = 4


@part
def within(samples: Samples, words: Words) -> MovingDelay:
    """The chorus that lies in these."""
    return MovingDelay(
        samples[: _AT[1]],
        samples[_AT[1] : _AT[2]],
        samples[_AT[2] : _AT[3]],
        samples[_AT[3] : _AT[4]],
        samples[_AT[4] : _AT[5]],
        words[:WORDS],
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
    peak = np.float32(0)
    for side in range(2):
        low_pass(sent, side * BLOCK, chorus.smooth, side, numbers[_SMOOTHING])
        phase = words[_PHASE] + side * _QUARTER_TURN
        begin = _delays(delay, depth, phase - words[_STEP]) - BLOCK
        change = (_delays(numbers[_DELAY], numbers[_DEPTH], phase) - BLOCK - begin) / BLOCK
        first, base = side * BLOCK, Place(side * _SIZE)
        for i in range(BLOCK):
            here = Place(first + i)
            into = sent[here] + feedback * held[here]
            lines[base + Place((time + i) & _MASK)] = into
            peak = max(peak, abs(into))
            # A cubic (Lagrange) between four places.
            now = begin + change * i
            whole = int(now)
            x = np.float32(whole + 1 - now)
            at = time + i - whole - 2
            below, above, beyond = x + _ONE, x - _ONE, x - _TWO
            outer, inner = x * above * _SIXTH, below * beyond * _HALF
            p0, p1 = lines[base + Place(at & _MASK)], lines[base + Place((at + 1) & _MASK)]
            p2, p3 = lines[base + Place((at + 2) & _MASK)], lines[base + Place((at + 3) & _MASK)]
            held[here] = (below * outer * p3 - inner * x * p2) + inner * above * p1 - beyond * outer * p0
        for i in range(BLOCK):
            sent[Place(first + i)] = held[Place(first + i)]
        swelling(sent, first, level, numbers[_LEVEL])
        for i in range(BLOCK):
            out[Place(first + i)] += sent[Place(first + i)]
        if share > 0 or numbers[_TO_REVERB] > 0:
            swelling(sent, first, share, numbers[_TO_REVERB])
            for i in range(BLOCK):
                reverb[Place(first + i)] += sent[Place(first + i)]
    words[_CALM] = 0 if peak >= _QUIET else words[_CALM] + 1
    if words[_CALM] >= _PATIENCE and (time // BLOCK) % 8 == 7:
        lines[:] = 0
        held[:] = 0
        chorus.smooth[:] = 0
        words[_CALM] = 0
        words[ASLEEP] = 1
