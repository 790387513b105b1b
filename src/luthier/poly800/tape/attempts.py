"""Reading one stretch of a recording in every way that may help, the most promising first.

A way of reading is a front (what the recording chain is taken to have done) and a tracking (how the tape
speed is followed).  The quick way comes first and is enough for most tapes.  If it is not, all ways audition
on an excerpt, the best are tried on the whole, and an equaliser is learned from what they read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from luthier.poly800.tape import equaliser, extraction
from luthier.poly800.tape.conditioning import FRONTS, PLAIN, Front, Spectrum
from luthier.poly800.tape.extraction import Walk
from luthier.poly800.tape.lattice import Tracking, search
from luthier.poly800.tape.merge import pooled
from luthier.poly800.tape.placement import FRAME_SECONDS
from luthier.poly800.tape.reading import Dump
from luthier.poly800.tape.survey import Stretch, explained

FloatArray = npt.NDArray[np.float64]

#: A steady tape, quickly; the same with everything kept; a tape whose speed flutters.
STEADY = Tracking(phase_gain=0.3, speed_gain=0.03, timing_sigma=60e-6)
THOROUGH = Tracking(phase_gain=0.3, speed_gain=0.03, timing_sigma=60e-6, weak=0.7, lists=4, beam=30.0)
FLUTTERING = Tracking(
    phase_gain=1.0, speed_gain=0.35, timing_sigma=30e-6, weight=6.0, weak=0.7, lists=4, beam=30.0
)
Way = tuple[Front, Tracking]
WAYS: tuple[Way, ...] = (*((front, THOROUGH) for front in FRONTS), (PLAIN, FLUTTERING))

#: The excerpt on which ways audition: its length, what is kept around it, its place in the stretch (past
#: any leader, before any trailer).  Every way is heard for the first part of it, and to its end if after
#: that it is among the best three or has this part of the best one's clarity: hopeless ways take longest.
_AUDITION_SECONDS = 0.8
_FIRST_SECONDS = 0.2
_HOPEFUL = 0.2
_AUDITION_MARGIN = 0.1
_AUDITION_PLACE = 0.6
#: Rivals further off than this do not lower the trust in a byte.
_AUDITION_BEAM = 15.0
#: Where no dump was found and no way of reading finds this part of the frames a tape would hold, there is
#: none: worse than the worst tapes that still give programs (measured: 0.77), better than noise, music,
#: modems and dial tones (at most 0.42).
_LEAST_PROMISE = 0.6
#: Where the quick way finds less than this part of the frames, and no leader, nothing more is tried.
_NOTHING = 0.03
#: Ways tried on the whole stretch after the audition.
_WAYS_TRIED = 3
#: Equalisers learned one from another at the end, as long as they help.
_LAST_LESSONS = 4
#: A byte surer than this needs no other reading.
_SURE = 0.98
#: Fewer bytes lost in a row may be a fault of the reading, more are a hole in the tape.
_LOSS_BYTES = 3


@dataclass(frozen=True)
class Attempt:
    """One reading of a stretch."""

    front: Front
    tracking: Tracking
    walk: Walk
    dumps: tuple[Dump, ...]

    @property
    def complete(self) -> bool:
        """Whether every dump that was found is complete."""
        return bool(self.dumps) and all(dump.complete for dump in self.dumps)

    @property
    def exhausted(self) -> bool:
        """Whether all that is missing was not on the tape: no other way of reading would find it."""
        return bool(self.dumps) and all(_only_lost(dump.confidence) for dump in self.dumps)

    @property
    def worth(self) -> float:
        """Expected number of right bytes."""
        return sum(float(dump.confidence.sum()) for dump in self.dumps)


class Promise(NamedTuple):
    """How well a way of reading does on an excerpt; the better sorts higher."""

    clarity: float
    """Mean margin of the frames a tape of this length would hold (nats)."""
    trust: float
    """Part of those frames that is found, weighed by trust."""


@dataclass(frozen=True)
class Reader:
    """Reads one stretch in whatever way it is asked to."""

    spectrum: Spectrum
    stretch: Stretch
    origin: float
    """Seconds of the recording before the spectrum begins."""

    def walk(self, front: Front, tracking: Tracking) -> Walk | None:
        """The half-waves of the stretch."""
        signal = self.spectrum.conditioned(front, self.stretch.scale)
        first = int(self.stretch.begin * signal.rate)
        part = signal.samples[first : int(self.stretch.end * signal.rate)]
        hints = self.stretch.hints(self.stretch.begin, signal.rate, part.size)
        path = search(part, signal.rate * self.stretch.scale, hints, tracking)
        return None if path is None else Walk(signal, path, explained(path, part), first, self.stretch.scale)

    def attempt(self, front: Front, tracking: Tracking) -> Attempt | None:
        """The dumps of the stretch."""
        walk = self.walk(front, tracking)
        if walk is None:
            return None
        # With few rivals kept, one wrong byte that none of them puts right can make another one fit the
        # checksum (measured: 2 of 8 such choices on 312 tapes with 40 µs of jitter).
        thorough = tracking.lists > STEADY.lists
        found = extraction.dumps(walk, self.origin, front.name, may_change=thorough)
        return Attempt(front, tracking, walk, tuple(found))

    def excerpt(self, seconds: float) -> Reader:
        """A reader for so much of the stretch."""
        begin = self.stretch.begin + _AUDITION_PLACE * (self.stretch.end - self.stretch.begin)
        scale = float(np.interp(begin, self.stretch.times, self.stretch.scales))
        part = Stretch(_AUDITION_MARGIN, _AUDITION_MARGIN + seconds, (0.0,), (scale,))
        spectrum = self.spectrum.excerpt(
            max(begin - _AUDITION_MARGIN, 0.0), begin + seconds + _AUDITION_MARGIN
        )
        return Reader(spectrum, part, self.origin + begin)

    def promise(self, way: Way) -> Promise:
        """What ``way`` finds in the stretch."""
        front, tracking = way
        walk = self.walk(front, replace(tracking, beam=_AUDITION_BEAM))
        if walk is None:
            return Promise(0.0, 0.0)
        expected = self.frames_expected
        return Promise(float(walk.margins.sum()) / expected, walk.trust / expected)

    def auditions(self) -> dict[Way, Promise]:
        """What the hopeful ways promise for the stretch."""
        first = self.excerpt(_FIRST_SECONDS)
        impressions = {way: first.promise(way) for way in WAYS}
        ranked = sorted(WAYS, key=impressions.__getitem__, reverse=True)
        enough = _HOPEFUL * impressions[ranked[0]].clarity
        hopeful = [
            way
            for place, way in enumerate(ranked)
            if place < _WAYS_TRIED or impressions[way].clarity >= enough
        ]
        excerpt = self.excerpt(_AUDITION_SECONDS)
        return {way: excerpt.promise(way) for way in hopeful}

    @property
    def frames_expected(self) -> float:
        """How many frames the stretch would hold if it were all data."""
        return (self.stretch.end - self.stretch.begin) / (FRAME_SECONDS * self.stretch.scale)


def _no_pause() -> None:
    """Nobody waits."""


def read_stretch(
    spectrum: Spectrum, stretch: Stretch, origin: float, pause: Callable[[], None] = _no_pause
) -> list[Dump]:
    """The dumps in ``stretch``, each as good as the attempts together make it.

    ``pause`` is called after every attempt; what it raises ends the work.
    """
    attempts: list[Attempt] = []
    for attempt in _attempts(Reader(spectrum, stretch, origin)):
        pause()
        attempts.append(attempt)
        if attempt.complete:
            return list(attempt.dumps)
        if len(attempts) > 1 and attempt.exhausted:
            break
    # The quick attempt keeps too few rivals to weigh as much as the others.
    return _together(attempts[1:] or attempts)


def _attempts(reader: Reader) -> Iterator[Attempt]:
    """The quick attempt; the most promising way; what is learned from it; the others."""
    tried: list[Attempt] = []

    def trying(front: Front | None, tracking: Tracking) -> Iterator[Attempt]:
        attempt = None if front is None else reader.attempt(front, tracking)
        if attempt is not None:
            tried.append(attempt)
            yield attempt

    def learning() -> Iterator[Attempt]:
        if tried:
            best = max(tried, key=lambda attempt: attempt.worth)
            tracking = THOROUGH if best.tracking == STEADY else best.tracking
            yield from trying(equaliser.learned(best.front, best.walk), tracking)

    yield from trying(PLAIN, STEADY)
    if tried and tried[0].walk.trust < _NOTHING * reader.frames_expected and not tried[0].walk.has_leader:
        return
    promises = reader.auditions()
    if (
        not (tried and tried[0].dumps)
        and max(promise.trust for promise in promises.values()) < _LEAST_PROMISE
    ):
        return
    ranked = sorted(promises, key=promises.__getitem__, reverse=True)[:_WAYS_TRIED]
    yield from trying(*ranked[0])
    yield from learning()
    if tried and tried[-1].worth == max(attempt.worth for attempt in tried):
        # What was learned helped: the better reading teaches more.
        yield from learning()
    for way in ranked[1:]:
        yield from trying(*way)
    for _ in range(_LAST_LESSONS):
        best = max(attempt.worth for attempt in tried) if tried else 0.0
        yield from learning()
        if not tried or tried[-1].worth <= best:
            break


def _only_lost(confidence: FloatArray) -> bool:
    """Whether bytes are either sure or lost several in a row, but for a few beside each loss."""
    lost = np.concatenate([[False], confidence == 0.0, [False]])
    edges = np.flatnonzero(np.diff(lost.astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    unsure = int(np.count_nonzero((confidence > 0.0) & (confidence < _SURE)))
    return lengths.size > 0 and int(lengths.min()) >= _LOSS_BYTES and unsure <= 3 * lengths.size


def _together(attempts: list[Attempt]) -> list[Dump]:
    """The attempts at the same dumps pooled."""
    places: list[list[Dump]] = []
    for dump in (dump for attempt in attempts for dump in attempt.dumps):
        for readings in places:
            if readings[0].same_time(dump):
                readings.append(dump)
                break
        else:
            places.append([dump])
    return [pooled(readings) for readings in places]
