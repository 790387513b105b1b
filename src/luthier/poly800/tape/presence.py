"""Whether anything in a recording can be a dump: a cheap look at the lengths of its half-waves.

A dump has half-waves of two lengths, one 2.2 times the other, at whatever speed the tape ran.  How large a
part of all half-waves has one of two such lengths tells dumps from nearly everything else.  Measured over
three seconds each: at least 0.59 on every row of the degradation table; in 27 minutes of songs at most 0.55,
at most 0.48 in 99 of 100 pieces; 0.4 in noise.  Some other signals have it too, those of modems and of other
computers: what passes is worth reading, no more.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.poly800.tape.line_code import LONG_SECONDS, SHORT_SECONDS

Samples = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]
Table = npt.NDArray[np.int64]

#: The part from which on three seconds are worth reading.
LIKELY: Final = 0.5
#: Seconds before and after each that are judged together with it.
_AROUND: Final = 1
#: Samples a second that are enough: five to a short half-wave at nominal speed, and crossings lie between.
_ENOUGH_RATE: Final = 16_000
#: Hum and drift: the mean over so long, taken away twice; it moves no crossing.
_SLOW_SECONDS: Final = 0.005
#: Hiss: the mean over so long.
_QUICK_SECONDS: Final = 0.00015
#: What does not rise to this part of the level around it is no half-wave of its own.
_RISE: Final = 0.1
_LEVEL_SECONDS: Final = 0.02
#: Lengths are counted in so many bins to a factor of two, from 0.1 to 3.2 ms.
_BINS_PER_OCTAVE: Final = 16
_SHORTEST: Final = 100e-6
_BINS: Final = 5 * _BINS_PER_OCTAVE
#: Half-waves count to a length this near, octaves: 16 % either way.
_NEAR: Final = 0.22
#: Length scales of tapes, octaves: from 0.6 to 2 times the nominal length, in steps that leave nothing out.
_SCALES: Final = np.arange(-0.75, 1.01, 1 / 16)
#: Of the eleven half-waves of a byte at least one is long and two are short; a few are lost in noise.
_FEWEST_LONG: Final = 0.06
_FEWEST_SHORT: Final = 0.1
#: Fewer half-waves than this around a second are silence.
_FEWEST: Final = 200


def likely(samples: Samples, rate: float) -> npt.NDArray[np.bool_]:
    """For each second of ``samples``, (n, channels) of any level, whether it is worth reading.

    Judged are the channels together and, of two, each alone; what passes for less than three seconds is none.
    """
    step = max(int(rate // _ENOUGH_RATE), 1)
    whole = samples[: len(samples) // step * step]
    # Row by row; NumPy's mean over a short axis takes three times as long.
    thin = sum((whole[place::step] for place in range(1, step)), start=whole[::step]) / np.float32(step)
    tracks = [thin.mean(axis=1)]
    if thin.shape[1] == 2:
        tracks += [np.ascontiguousarray(track) for track in thin.T]
    seconds = int(np.ceil(len(samples) / rate))
    parts = np.max([_likeness(track, rate / step, seconds) for track in tracks], axis=0)
    passed = np.pad(parts >= LIKELY, 2)
    middle = passed[:-2] & passed[1:-1] & passed[2:]
    return np.asarray(middle[:-2] | middle[1:-1] | middle[2:])


def _likeness(samples: Samples, rate: float, seconds: int) -> FloatArray:
    """For each second the part of the half-waves around it, 0 to 1, that has one of a dump's two lengths."""
    for _ in range(2):
        samples = samples - _mean(samples, round(_SLOW_SECONDS * rate / 2))
    quick = int(_QUICK_SECONDS * rate / 2)
    table = np.zeros((seconds, _BINS), np.int64)
    _count(_mean(_mean(samples, quick), quick), rate, table)
    return _parts(_together(table))


@compiled
def _mean(samples: Samples, half: int) -> Samples:
    """The mean of so many samples on either side of each; silence lies around the recording."""
    result = np.empty_like(samples)
    total = 0.0
    for place in range(min(half, samples.size)):
        total += samples[place]
    for place in range(samples.size):
        if place + half < samples.size:
            total += samples[place + half]
        if place - half - 1 >= 0:
            total -= samples[place - half - 1]
        result[place] = total / (2 * half + 1)
    return result


@compiled
def _count(samples: Samples, rate: float, table: Table) -> None:
    """Count half-waves: a row of ``table`` is a second, a column a length."""
    level, before, sign = 0.0, 0.0, 0.0
    crossing, begin = 0.0, -1.0
    for place in range(samples.size):
        sample = samples[place]
        level += (abs(sample) - level) / (_LEVEL_SECONDS * rate)
        if (before < 0.0) != (sample < 0.0):
            crossing = place - 1 + before / (before - sample)
        least = _RISE * level
        if (sample > least and sign <= 0.0) or (sample < -least and sign >= 0.0):
            if begin >= 0.0:
                length = (crossing - begin) / rate
                if length > _SHORTEST:
                    column = int(np.log2(length / _SHORTEST) * _BINS_PER_OCTAVE)
                    if column < table.shape[1]:
                        table[min(int(place / rate), table.shape[0] - 1), column] += 1
            begin = crossing
            sign = 1.0 if sample > 0.0 else -1.0
        before = sample


def _together(table: Table) -> Table:
    """Each second with those around it."""
    before = np.concatenate([np.zeros((1, _BINS), np.int64), np.cumsum(table, axis=0)])
    seconds = np.arange(len(table))
    first = np.maximum(seconds - _AROUND, 0)
    return np.asarray(before[np.minimum(seconds + _AROUND + 1, len(table))] - before[first])


def _parts(table: Table) -> FloatArray:
    """For each row the part of the two lengths of the speed at which it is largest."""
    counted = table.sum(axis=1)
    before = np.concatenate([np.zeros((len(table), 1)), np.cumsum(table, axis=1)], axis=1)
    before /= np.maximum(counted, 1)[:, None]
    best = np.zeros(len(table))
    for scale in _SCALES:
        short, long = (_near(before, length, scale) for length in (SHORT_SECONDS, LONG_SECONDS))
        right = (short > _FEWEST_SHORT) & (long > _FEWEST_LONG)
        best = np.maximum(best, np.where(right, short + long, 0.0))
    best[counted < _FEWEST] = 0.0
    return best


def _near(before: FloatArray, seconds: float, scale: float) -> FloatArray:
    """The part of half-waves near ``seconds`` long, on a tape ``scale`` octaves slower."""
    octaves = np.log2(seconds / _SHORTEST) + scale
    first, last = (round((octaves + away) * _BINS_PER_OCTAVE) for away in (-_NEAR, _NEAR))
    return np.asarray(before[:, min(last + 1, _BINS)] - before[:, min(max(first, 0), _BINS)])
