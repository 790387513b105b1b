"""Half-waves and curves of a recording for a stretch of time, thinned to what a picture can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.poly800.tape.health.measures import WINDOW_SECONDS
from luthier.poly800.tape.health.time_line import SpeedCurve, kinds
from luthier.poly800.tape.reading import Trace

FloatArray = npt.NDArray[np.float64]

#: Odd half-waves take at most this part of what is shown, so that the others are seen too.
_ODD_PART = 0.5
#: Points of the speed farther apart are not joined, seconds (as in the pictures of the report).
_HOLE_SECONDS = 0.05
#: What the level axis calls silence, dBFS.
_SILENCE = -100.0


@dataclass(frozen=True)
class HalfWaves:
    """The half-waves of all dumps of a recording."""

    seconds: FloatArray
    """Where each begins, in the order of time."""
    lengths: npt.NDArray[np.float32]
    """Microseconds."""
    kinds: npt.NDArray[np.uint8]
    """0 short, 1 long, 2 odd."""

    @classmethod
    def of(cls, traces: Sequence[Trace]) -> HalfWaves:
        """Those of some dumps."""
        traces = sorted((trace for trace in traces if trace.seconds.size), key=lambda one: one.seconds[0])
        empty = np.zeros(0)
        return cls(
            np.concatenate([empty, *(trace.seconds for trace in traces)]),
            np.concatenate([empty, *(trace.lengths for trace in traces)]).astype(np.float32),
            np.concatenate([empty.astype(np.uint8), *(kinds(trace) for trace in traces)]),
        )

    def between(self, begin: float, end: float, most: int) -> HalfWaves:
        """Those that begin from second ``begin`` to ``end``, ``most`` at most: odd ones before others."""
        first, last = np.searchsorted(self.seconds, [begin, end])
        places = np.arange(first, last)
        if places.size > most:
            odd = _thinned(places[self.kinds[places] == 2], int(most * _ODD_PART))
            rest = _thinned(places[self.kinds[places] < 2], most - odd.size)
            places = np.sort(np.concatenate([odd, rest]))
        return HalfWaves(self.seconds[places], self.lengths[places], self.kinds[places])

    def packed(self) -> bytes:
        """64-bit seconds, 32-bit lengths and 8-bit kinds, each for all, lowest bytes first."""
        return (
            self.seconds.astype("<f8").tobytes() + self.lengths.astype("<f4").tobytes() + self.kinds.tobytes()
        )


def level_curve(levels: FloatArray, begin: float, end: float, most: int) -> tuple[FloatArray, FloatArray]:
    """Seconds and dBFS of the loudest of each of ``most`` parts at most; ``levels`` as in ``Curves``."""
    # One more on each side, so that a line leads into the picture and out of it.
    first = int(np.clip(begin / WINDOW_SECONDS - 1, 0, levels.size))
    last = int(np.clip(end / WINDOW_SECONDS + 2, 0, levels.size))
    if first >= last:
        return np.zeros(0), np.zeros(0)
    starts = np.arange(first, last, max(-(-(last - first) // most), 1))
    loudest = np.maximum.reduceat(levels[:last], starts)
    decibels = 20 * np.log10(np.maximum(loudest, 10 ** (_SILENCE / 20)))
    return np.asarray(starts * WINDOW_SECONDS, np.float64), decibels


def speed_curve(
    curves: Sequence[SpeedCurve], begin: float, end: float, most: int
) -> tuple[FloatArray, FloatArray]:
    """Seconds and percent of nominal, thinned; NaN stands where nothing was seen between two points."""
    seconds = np.concatenate([np.zeros(0), *(curve.seconds for curve in curves)])
    speeds = np.concatenate([np.zeros(0), *(curve.speeds for curve in curves)])
    first, last = np.searchsorted(seconds, [begin, end])
    first, last = max(first - 1, 0), min(last + 1, seconds.size)
    step = max(-(-int(last - first) // most), 1)
    shown, percent = seconds[first:last:step], 100 * speeds[first:last:step]
    if not shown.size:
        return shown, percent
    usual = float(np.median(np.diff(shown))) if shown.size > 1 else 0.0
    holes = 1 + np.flatnonzero(np.diff(shown) > max(_HOLE_SECONDS, 5 * usual))
    middles = (shown[holes - 1] + shown[holes]) / 2
    return _filled(shown, holes, middles), _filled(percent, holes, np.full(holes.size, np.nan))


def _filled(row: FloatArray, places: npt.NDArray[np.int64], values: FloatArray) -> FloatArray:
    return np.asarray(np.insert(row, places, values), np.float64)


def _thinned(places: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    # An odd step meets half-waves of both signs.
    step = max(-(-places.size // max(most, 1)), 1)
    return places[:: step | 1] if step > 1 else places
