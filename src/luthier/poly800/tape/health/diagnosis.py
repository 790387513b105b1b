"""Everything there is to say about one recording: measures, framed bytes, worst places, advice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from luthier.poly800.tape.health.advice import Advice, advise
from luthier.poly800.tape.health.framing import Row, rows
from luthier.poly800.tape.health.measures import Curves, Measures, measure
from luthier.poly800.tape.health.time_line import byte_times, dropouts
from luthier.poly800.tape.reading import Dump, TapeReading, rank
from luthier.poly800.tape.takes import Recording, Takes

Samples = npt.NDArray[np.float32]

#: Sound around a bad place, seconds: about four bytes.
_EXCERPT_SECONDS = 0.024
#: A place is bad if this much of the signal is not explained on average over so many half-waves.
_BAD_FIT = 0.85
_FIT_HALF_WAVES = 22
#: Bytes less sure than this are bad places.
_DOUBTFUL = 0.98
_MOST_EXCERPTS = 3
#: Excerpts are at least so far apart: one hole needs one picture.
_APART_SECONDS = 0.5
#: Where framed bytes are looked for: a dump and its leader on a slow tape, in the longest stretches.
_LONGEST_STRETCH = 60.0
_MOST_STRETCHES = 2


@dataclass(frozen=True)
class Diagnosis:
    """One recording, examined."""

    recording: Recording
    measures: Measures
    curves: Curves
    """With the sound of the worst places as excerpts."""
    rows: tuple[Row, ...]
    """Framed bytes as they stand; looked for where no dump is complete."""
    advice: tuple[Advice, ...]


def diagnoses(takes: Takes) -> list[Diagnosis]:
    """Examine every recording; raises InputError if a file can no longer be read."""
    return [diagnose(recording, complete=takes.complete) for recording in takes.recordings]


def diagnose(recording: Recording, *, complete: bool = False) -> Diagnosis:
    """Examine a recording that was read; raises InputError if its file can no longer be read.

    ``complete`` says that together with other recordings everything was read.
    """
    reading = recording.reading
    places = worst_places(reading)
    stretches = [] if reading.complete else _longest(reading)
    measures, curves = measure(recording.path, reading, [*places, *stretches])
    sounds = dict(curves.excerpts)
    found = tuple(
        row for begin, _ in stretches if begin in sounds for row in rows(sounds[begin], reading.rate, begin)
    )
    shown = tuple((begin, sounds[begin]) for begin, _ in places if begin in sounds)
    curves = Curves(curves.levels, curves.speed, curves.response, shown)
    return Diagnosis(recording, measures, curves, found, tuple(advise(measures, reading, found, complete)))


def _longest(reading: TapeReading) -> list[tuple[float, float]]:
    stretches = sorted(reading.stretches, key=lambda stretch: stretch[0] - stretch[1])[:_MOST_STRETCHES]
    return [(begin, min(end, begin + _LONGEST_STRETCH)) for begin, end in stretches]


def worst_places(reading: TapeReading) -> list[tuple[float, float]]:
    """Up to three short times (begin, end) in seconds at which the best dump was hardest to read.

    Of a hole its beginning: in its middle there is nothing to see.
    """
    best = max(reading.dumps, key=rank, default=None)
    if best is None:
        return []
    holes = dropouts(best.trace) if best.trace is not None else ()
    found: list[float] = []
    for bad in _by_badness(best):
        inside = (hole.begin for hole in holes if hole.begin <= bad <= hole.begin + hole.milliseconds / 1000)
        moment = next(inside, bad)
        if all(abs(moment - other) > _APART_SECONDS for other in found):
            found.append(moment)
        if len(found) == _MOST_EXCERPTS:
            break
    half = _EXCERPT_SECONDS / 2
    return [(max(moment - half, 0.0), moment + half) for moment in sorted(found)]


def _by_badness(dump: Dump) -> list[float]:
    """Moments of the dump, the least readable first: half-waves that do not fit, unsure bytes, others."""
    moments: list[float] = []
    if dump.trace is not None and dump.trace.seconds.size:
        fit = ndimage.uniform_filter1d(dump.trace.explained, _FIT_HALF_WAVES, mode="nearest")
        bad = np.flatnonzero(fit < _BAD_FIT)
        moments += dump.trace.seconds[bad[np.argsort(fit[bad], kind="stable")]].tolist()
    if not dump.complete:
        order = np.argsort(dump.confidence, kind="stable")
        moments += byte_times(dump)[order[: np.count_nonzero(dump.confidence < _DOUBTFUL)]].tolist()
    if dump.trace is not None and dump.trace.seconds.size:
        usual = float(np.median(dump.trace.levels))
        badness = dump.trace.explained + np.minimum(dump.trace.levels / max(usual, 1e-12), 1.0)
        moments += dump.trace.seconds[np.argsort(badness, kind="stable")[:200]].tolist()
    return moments
