"""How a tape ran: its speed over time, its half-waves, where signal was lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from luthier.poly800.memory import TAPE_IMAGE_LENGTH
from luthier.poly800.tape import modulation
from luthier.poly800.tape.line_code import BITS_PER_FRAME, LONG_SECONDS, SHORT_SECONDS
from luthier.poly800.tape.reading import Dump, Trace

FloatArray = npt.NDArray[np.float64]

#: Lengths above this (microseconds at nominal speed) are zeros, below ones: the geometric mean.
_MIDDLE = 1e6 * float(np.sqrt(SHORT_SECONDS * LONG_SECONDS))
#: Speed is averaged over so many half-waves, about 25 ms: flutter up to some 15 Hz is seen.
_SPEED_HALF_WAVES = 47
_SPEED_RATE = 100.0
#: Part of these half-waves that must be good: at the ends of a dump half of them are there.
_FULL_ENOUGH = 0.45
#: A speed is an outlier if it is so many times the usual difference, and more than the least one, away from
#: the median of the speeds around it.
_OUTLIER = 9.0
_LEAST_OUTLIER = 0.0005
#: Level is compared with its median over so many half-waves, about half a second.
_LEVEL_HALF_WAVES = 1001
#: Below this part of the usual level, for a millisecond or more, there is a dropout.
_DROPOUT_LEVEL = 0.4
_DROPOUT_SECONDS = 0.001
_MOST_DROPOUTS = 200
#: Half-waves explain more than this of a tape with noise as strong as the data (see survey.py).
_WELL_EXPLAINED = 0.85
#: A byte is read surely above this confidence.
_SURE = 0.98


@dataclass(frozen=True)
class Dropout:
    """A stretch of weak signal inside a dump."""

    begin: float
    """Second of the recording."""
    milliseconds: float
    decibels: float
    """Level at its weakest, in relation to the level around it."""


@dataclass(frozen=True)
class SpeedCurve:
    """Tape speed over time."""

    seconds: FloatArray
    speeds: FloatArray
    """1 is nominal."""

    def wow(self) -> tuple[float, float] | None:
        """Effective deviation (part of the mean speed) and the frequency in Hz at which most of it lies."""
        if self.seconds.size < 2 or self.seconds[-1] - self.seconds[0] < 2.0:
            return None
        even = np.arange(self.seconds[0], self.seconds[-1], 1 / _SPEED_RATE)
        curve = np.interp(even, self.seconds, self.speeds)
        deviation = curve / curve.mean() - 1.0
        lines = np.abs(np.fft.rfft(deviation * np.hanning(deviation.size)))
        hertz = np.fft.rfftfreq(deviation.size, 1 / _SPEED_RATE)
        place = 1 + int(np.argmax(lines[1:])) if lines.size > 1 else 0
        return float(deviation.std()), float(hertz[place])


@dataclass(frozen=True)
class HalfWaves:
    """What the half-waves of a dump are like; see the fields of the same names in Measures."""

    short: float | None = None
    long: float | None = None
    scatter: float | None = None
    asymmetry: float | None = None
    explained: float | None = None
    level_swing: float | None = None


NOTHING = HalfWaves()


def _nominal(trace: Trace) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """The length each half-wave should have at nominal speed (microseconds), and which are long."""
    long = trace.lengths / np.maximum(trace.scales, 1e-3) > _MIDDLE
    return np.where(long, 1e6 * LONG_SECONDS, 1e6 * SHORT_SECONDS), long


def speed_curve(trace: Trace) -> SpeedCurve | None:
    """The speed over the time of a dump; None if it has too few half-waves."""
    if trace.seconds.size < 2 * _SPEED_HALF_WAVES:
        return None
    nominal, _ = _nominal(trace)
    # The half-waves beside a hole are guesses as well.
    hole = ndimage.maximum_filter1d(_weak(trace)[1], _SPEED_HALF_WAVES, mode="nearest")
    good = (~hole & (trace.explained > _WELL_EXPLAINED / 2)).astype(np.float64)
    # Sums over many half-waves: errors of single edges cancel.  Nothing is put before the first or after the
    # last half-wave: repeated, its error would count for all of them.
    lengths, expected, counts = (
        ndimage.uniform_filter1d(values * good, _SPEED_HALF_WAVES, mode="constant")
        for values in (trace.lengths, nominal, np.ones(good.size))
    )
    speeds = expected / np.maximum(lengths, 1.0)
    # A little less than half a window: rounding in the running sums.
    found = np.flatnonzero((good > 0) & (counts > _FULL_ENOUGH))
    if found.size < 3:
        return None
    usual = ndimage.median_filter(speeds[found], _SPEED_HALF_WAVES, mode="nearest")
    away = np.abs(speeds[found] - usual)
    found = found[away <= max(_OUTLIER * float(np.median(away)), _LEAST_OUTLIER)]
    return SpeedCurve(trace.seconds[found], speeds[found]) if found.size > 2 else None


def half_waves(trace: Trace) -> HalfWaves:
    """Medians, scatter and symmetry of the half-waves of a dump."""
    curve = speed_curve(trace)
    if curve is None:
        return NOTHING
    nominal, long = _nominal(trace)
    if not long.any() or long.all():
        return NOTHING
    error = trace.lengths * np.interp(trace.seconds, curve.seconds, curve.speeds) - nominal
    well = trace.explained > _WELL_EXPLAINED / 2
    signs = np.arange(error.size) % 2 == 0
    # Errors of both edges of a half-wave add up.
    scatter = 1.4826 / float(np.sqrt(2.0)) * float(np.median(np.abs(error[well] - np.median(error[well]))))
    # Holes are told as dropouts, however long.
    present = trace.levels[~_weak(trace)[1]]
    decibels = 20 * np.log10(np.maximum(present, 1e-9))
    usual = ndimage.median_filter(decibels[::10], 41, mode="nearest")
    return HalfWaves(
        short=float(np.median(trace.lengths[~long])),
        long=float(np.median(trace.lengths[long])),
        scatter=scatter,
        asymmetry=abs(float(np.median(error[well & signs]) - np.median(error[well & ~signs]))),
        explained=float(trace.explained.mean()),
        level_swing=float(usual.std()) if usual.size else None,
    )


def _weak(trace: Trace) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """The level of each half-wave in relation to the usual one around it, and which are in a dropout."""
    usual = ndimage.median_filter(trace.levels[::10], _LEVEL_HALF_WAVES // 10, mode="nearest")
    relative = trace.levels / np.maximum(np.repeat(usual, 10)[: trace.levels.size], 1e-12)
    # A half-wave longer than any that counts stands for a place without signal.
    return relative, (relative < _DROPOUT_LEVEL) | (trace.lengths > 2e6 * LONG_SECONDS * trace.scales)


def dropouts(trace: Trace) -> tuple[Dropout, ...]:
    """The stretches of weak signal, the first two hundred at most."""
    if trace.seconds.size < 3:
        return ()
    relative, weak = _weak(trace)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], weak, [False]]).astype(np.int8)))
    ends = trace.seconds + trace.lengths * 1e-6
    found = []
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        length = float(ends[last - 1] - trace.seconds[first])
        if length >= _DROPOUT_SECONDS:
            depth = 20 * float(np.log10(max(float(relative[first:last].min()), 1e-3)))
            found.append(Dropout(float(trace.seconds[first]), 1000 * length, depth))
    return tuple(found[:_MOST_DROPOUTS])


def byte_times(dump: Dump) -> FloatArray:
    """The second at which each of the 1,636 bytes begins, as far as the bytes that were read tell it."""
    bits = modulation.half_waves(modulation.bits_of(dump.image))
    starts = bits[::BITS_PER_FRAME][:TAPE_IMAGE_LENGTH]
    read = np.flatnonzero(dump.confidence > 0)
    if not read.size:
        return np.full(TAPE_IMAGE_LENGTH, dump.begin)
    first, last = starts[read[0]], bits[BITS_PER_FRAME * (read[-1] + 1)]
    return np.asarray(dump.begin + (starts - first) * (dump.end - dump.begin) / (last - first))


def bad_seconds(dumps: Iterable[Dump]) -> tuple[int, ...]:
    """Whole seconds in which half-waves explain too little or a byte was not read surely."""
    bad: set[int] = set()
    for dump in dumps:
        times = byte_times(dump)
        bad.update(int(moment) for moment in times[dump.confidence < _SURE] if moment >= 0)
        if dump.trace is None:
            continue
        seconds = dump.trace.seconds.astype(np.int64)
        if not seconds.size:
            continue
        counts = np.bincount(np.maximum(seconds, 0))
        sums = np.bincount(np.maximum(seconds, 0), weights=dump.trace.explained)
        means = sums / np.maximum(counts, 1)
        bad.update(int(second) for second in np.flatnonzero((counts > 0) & (means < _WELL_EXPLAINED)))
    return tuple(sorted(bad))


def inside(moments: FloatArray, spans: Sequence[tuple[float, float]]) -> npt.NDArray[np.bool_]:
    """Which of ``moments`` lie in one of ``spans`` (seconds)."""
    within = np.zeros(moments.size, dtype=bool)
    for begin, end in spans:
        within |= (moments >= begin) & (moments < end)
    return within


def kinds(trace: Trace) -> npt.NDArray[np.uint8]:
    """What each half-wave was read as: 0 short, 1 long, 2 odd.

    Odd is what lies in a hole, or is away from what it should be by more than a quarter of the difference of
    long and short.
    """
    nominal, long = _nominal(trace)
    away = np.abs(trace.lengths / np.maximum(trace.scales, 1e-3) - nominal)
    odd = (away > 0.25e6 * (LONG_SECONDS - SHORT_SECONDS)) | _weak(trace)[1]
    return np.where(odd, 2, long).astype(np.uint8)
