"""The two characters called delay: echoes that are repeated, in place or from side to side (modelled).

A block comes out one block after it went in; echoes are read a block sooner to make up for it.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import BLOCK, GUARD, Samples, places, read, write
from luthier.dsp.loops import part
from luthier.dsp.one_pole import low_pass, smoothing
from luthier.kn5000.effects.approach import approached, arrived, is_heard, loudest, swelling
from luthier.kn5000.effects.characters import RATE
from luthier.kn5000.effects.settings import Character, Reverb

Words = NDArray[np.int64]

_SIZE: Final = 65_536
_STRIDE: Final = _SIZE + GUARD
_REPEATS_CORNER: Final = 6000.0  # Hz: repeats grow duller, as a hall's do
_FADE_BLOCKS: Final = 16  # 12 ms from an old delay to a new one
_PATIENCE: Final = _SIZE // BLOCK
_QUIET = np.float32(1e-5)
_MEAN = np.float32(np.sqrt(0.5))

_INPUT, _LEVEL, _FEEDBACK, _CROSSED, _SMOOTHING, _REPEATS = range(6)
_MOVING: Final = 6
_DELAY, _NEXT, _FADE, _CALM, ASLEEP, _IDLE = range(6)
#: Blocks of scratch: two sides from the old delay, then the new one, then what is to come out.
_NEW_AT: Final = 2 * BLOCK
_OUT_AT: Final = 4 * BLOCK


class Echo(NamedTuple):
    """All state of the echoes."""

    lines: Samples
    numbers: Samples
    wanted_numbers: Samples
    smooth: Samples
    scratch: Samples
    words: Words
    wanted_words: Words


_AT: Final = tuple(accumulate((places(2, _SIZE), 2 * _MOVING, _MOVING, 4, 6 * BLOCK), initial=0))
#: Places that echoes take of the samples and of the words.
SAMPLES: Final = _AT[-1]
WORDS: Final = 7


@part
def within(samples: Samples, words: Words) -> Echo:
    """The echoes that lie in these."""
    return Echo(
        lines=samples[: _AT[1]],
        numbers=samples[_AT[1] : _AT[2]],
        wanted_numbers=samples[_AT[2] : _AT[3]],
        smooth=samples[_AT[3] : _AT[4]],
        scratch=samples[_AT[4] : _AT[5]],
        words=words[: WORDS - 1],
        wanted_words=words[WORDS - 1 : WORDS],
    )


def empty(echo: Echo) -> None:
    """Make of zeros that there was no sound yet."""
    echo.words[:] = (2 * BLOCK, 2 * BLOCK, 0, 0, 1, 1)
    echo.wanted_words[_DELAY] = 2 * BLOCK


def shape(echo: Echo, reverb: Reverb) -> None:
    """Say what it is to become; of a room it only takes the end of its input."""
    if reverb.character < Character.DELAY:
        echo.wanted_numbers[_INPUT] = 0
        return
    crossed = float(reverb.character == Character.PANNING_DELAY)
    repeats = smoothing(_REPEATS_CORNER, RATE)
    corner = smoothing(reverb.low_pass, RATE)
    echo.wanted_numbers[:] = (1, reverb.level, reverb.feedback, crossed, corner, repeats)
    echo.wanted_words[_DELAY] = max(round((reverb.time + reverb.predelay) * RATE), 2 * BLOCK)


@part
def _read_faded(echo: Echo, time: int, first: int) -> None:
    """Both sides as many frames back as the delay is, from the old to the new one."""
    words, scratch, lines = echo.words, echo.scratch, echo.lines
    for side in range(2):
        read(lines, side * _STRIDE, _SIZE, time - words[_DELAY], scratch, first + side * BLOCK)
    if words[_FADE]:
        share, end = words[_FADE] - 1, words[_FADE]
        for side in range(2):
            read(lines, side * _STRIDE, _SIZE, time - words[_NEXT], scratch, _NEW_AT + side * BLOCK)
            swelling(scratch, _NEW_AT + side * BLOCK, share / _FADE_BLOCKS, end / _FADE_BLOCKS)
            swelling(scratch, first + side * BLOCK, 1 - share / _FADE_BLOCKS, 1 - end / _FADE_BLOCKS)
        for i in range(2 * BLOCK):
            scratch[first + i] += scratch[_NEW_AT + i]


@part
def _awake(echo: Echo, sent: Samples) -> bool:
    """Whether there is anything to do; what wakes it finds everything as it was last set."""
    words, numbers = echo.words, echo.numbers
    heard = is_heard(sent, 2 * BLOCK)
    idle = words[_IDLE]
    words[_IDLE] = not heard
    if not words[ASLEEP]:
        return True
    if not heard or echo.wanted_numbers[_INPUT] == 0:
        return False
    arrived(numbers, echo.wanted_numbers, _MOVING)
    if not idle:
        # What is sent was going on before: it swells.
        numbers[_INPUT] = numbers[_MOVING + _INPUT] = 0
    words[_DELAY] = words[_NEXT] = echo.wanted_words[_DELAY]
    words[ASLEEP] = 0
    return True


@part
def repeat(echo: Echo, time: int, sent: Samples, out: Samples) -> None:
    """One block: adds the echoes of ``sent`` to ``out``, left then right; ``sent`` is used up."""
    words, numbers, scratch = echo.words, echo.numbers, echo.scratch
    if not _awake(echo, sent):
        return
    entering = numbers[_INPUT]
    level, feedback, crossed = numbers[_LEVEL], numbers[_FEEDBACK], numbers[_CROSSED]
    approached(numbers, echo.wanted_numbers, _MOVING)
    if words[_FADE] == 0 and words[_NEXT] != echo.wanted_words[_DELAY]:
        words[_NEXT] = echo.wanted_words[_DELAY]
        words[_FADE] = 1

    for side in range(2):
        low_pass(sent, side * BLOCK, echo.smooth, side, numbers[_SMOOTHING])
        swelling(sent, side * BLOCK, entering, numbers[_INPUT])
    _read_faded(echo, time, 0)
    for side in range(2):
        low_pass(scratch, side * BLOCK, echo.smooth, 2 + side, numbers[_REPEATS])
    for i in range(BLOCK):
        left, right = sent[i], sent[BLOCK + i]
        straight = np.float32(1) - crossed
        from_left, from_right = scratch[i], scratch[BLOCK + i]
        # Crossed, all goes in on the left, and what comes back changes sides.
        both = crossed * _MEAN * (left + right)
        scratch[i] = straight * left + both + feedback * (straight * from_left + crossed * from_right)
        scratch[BLOCK + i] = straight * right + feedback * (straight * from_right + crossed * from_left)
    peak = loudest(scratch, 2 * BLOCK)
    for side in range(2):
        write(echo.lines, side * _STRIDE, _SIZE, time, scratch, side * BLOCK)
    _read_faded(echo, time + BLOCK, _OUT_AT)
    for side in range(2):
        swelling(scratch, _OUT_AT + side * BLOCK, level, numbers[_LEVEL])
    for i in range(2 * BLOCK):
        out[i] += scratch[_OUT_AT + i]

    if words[_FADE]:
        words[_FADE] += 1
        if words[_FADE] > _FADE_BLOCKS:
            words[_DELAY], words[_FADE] = words[_NEXT], 0
    words[_CALM] = 0 if peak >= _QUIET else words[_CALM] + 1
    if words[_CALM] >= _PATIENCE and (time // BLOCK) % 8 == 7:
        echo.lines[:] = 0
        echo.smooth[:] = 0
        words[_FADE] = words[_CALM] = 0
        words[ASLEEP] = 1
