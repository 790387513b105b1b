"""Reading dumps out of a recording: tries what is cheap first and everything before it gives up.

The way of the data: recording → :mod:`conditioning` → :mod:`survey` (where, how fast) → :mod:`lattice`
(half-waves) → :mod:`frames` (bytes) → :mod:`placement` (places in the dump) → :mod:`choice` (checksum).
A dump that is not complete is read again with other fronts and tracking, then with an equaliser learned
from the best reading so far; what the attempts agree on is merged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.errors import InputError
from luthier.poly800.memory import TAPE_HEADER, TAPE_IMAGE_LENGTH
from luthier.poly800.tape import choice, equaliser
from luthier.poly800.tape.choice import Alternative
from luthier.poly800.tape.conditioning import FRONTS, PLAIN, Front, Signal, Spectrum
from luthier.poly800.tape.frames import frames
from luthier.poly800.tape.lattice import HISTORY_BITS, Path, Tracking, search
from luthier.poly800.tape.line_code import BITS_PER_FRAME
from luthier.poly800.tape.merge import merged
from luthier.poly800.tape.placement import FRAME_SECONDS, Placement, placements, trusts
from luthier.poly800.tape.reading import Dump, TapeReading, Trace, empty_image
from luthier.poly800.tape.survey import Stretch, explained, survey

FloatArray = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]

LOWEST_RATE, HIGHEST_RATE = 4_000, 400_000
#: Longer recordings are read in blocks of this length that overlap by more than a slow dump and its leader.
_BLOCK_SECONDS = 75.0
_OVERLAP_SECONDS = 25.0

#: A steady tape, quickly; the same with everything kept; a tape whose speed flutters.
STEADY = Tracking(phase_gain=0.3, speed_gain=0.03, timing_sigma=60e-6)
THOROUGH = Tracking(phase_gain=0.3, speed_gain=0.03, timing_sigma=60e-6, weak=0.7, lists=4, beam=30.0)
FLUTTERING = Tracking(
    phase_gain=1.0, speed_gain=0.35, timing_sigma=30e-6, weight=6.0, weak=0.7, lists=4, beam=30.0
)
#: All ways of reading; a short audition finds the order in which they are tried.
WAYS = (*((front, THOROUGH) for front in FRONTS), (PLAIN, FLUTTERING))
_ATTEMPTS = 3
_LESSONS = 2
_AUDITION_SECONDS = 0.8
#: Where no dump was found and no way of reading finds this part of the frames a tape would hold, there is
#: none: worse than the worst tapes that still give programs (0.95), better than noise, music or modems (at
#: most 0.5; a dial tone up to 0.8).
_LEAST_PROMISE = 0.65
_AUDITION_MARGIN = 0.1
#: Cost of another reading that loses by ``extra`` nats: the search takes its own margins too seriously (the
#: law is that of :func:`luthier.poly800.tape.placement.trusts`).
_RIVAL_COST = 1.2
_RIVAL_SLOPE = 0.5
#: A byte surer than this needs no other reading.
_SURE = 0.98
#: Fewer bytes lost in a row may be a fault of the reading, more are a hole in the tape.
_LOSS_BYTES = 3
#: With more open readings than this a checksum of eight bits decides nothing.
_MOST_ALTERNATIVES = 500
#: Place of the audition in a stretch: past any leader, before any trailer.
_AUDITION_PLACE = 0.6


def read(samples: npt.ArrayLike, rate: float, progress: Progress | None = None) -> TapeReading:
    """Every dump in a recording.

    ``samples`` is (n,) or (n, channels), floating (full scale 1) or integer, any level and polarity;
    ``rate`` in Hz.  Raises InputError for arrays that are no audio.
    """
    recording = _as_audio(samples, rate)
    duration = recording.shape[0] / rate
    best: TapeReading | None = None
    for name, track in _tracks(recording):
        reading = _read_track(track, rate, name, progress or _silent)
        if best is None or _worth(reading) > _worth(best):
            best = reading
        if reading.complete:
            break
    assert best is not None or recording.shape[0] == 0
    return best or TapeReading((), duration, int(rate))


def _silent(_fraction: float, _now: str) -> None:
    """Progress nobody asked for."""


def _worth(reading: TapeReading) -> float:
    """The expected number of right bytes."""
    return sum(float(dump.confidence.sum()) + TAPE_IMAGE_LENGTH * dump.complete for dump in reading.dumps)


def _as_audio(samples: npt.ArrayLike, rate: float) -> FloatArray:
    """(n, channels) floating samples without NaN; integers scaled to full scale 1."""
    recording = np.asarray(samples)
    if recording.ndim not in (1, 2) or recording.dtype.kind not in "fiub":
        raise InputError(f"samples of shape {recording.shape} and type {recording.dtype} are no audio")
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise InputError(
            f"a sampling rate of {rate:g} Hz", remedy=f"it must be {LOWEST_RATE} to {HIGHEST_RATE}"
        )
    if recording.ndim == 1:
        recording = recording[:, None]
    if recording.dtype.kind in "iu":
        information = np.iinfo(recording.dtype)
        middle = (information.max + information.min + 1) / 2
        return np.asarray((recording.astype(np.float64) - middle) / (information.max - middle + 1))
    return np.nan_to_num(recording.astype(np.float64), nan=0.0, posinf=1.0, neginf=-1.0)


def _tracks(recording: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    """The channels worth reading, the most promising first: all together, each alone."""
    channels = recording.shape[1]
    if channels == 1:
        yield "mono", recording[:, 0]
        return
    yield "all channels together", recording.mean(axis=1)
    names = ("left", "right") if channels == 2 else tuple(f"channel {n + 1}" for n in range(channels))
    for name, channel in zip(names, recording.T, strict=True):
        yield name, channel
    if channels == 2:
        yield "difference of left and right", recording[:, 0] - recording[:, 1]


def _read_track(track: FloatArray, rate: float, channel: str, progress: Progress) -> TapeReading:
    """Every dump of one channel, block by block."""
    duration = track.size / rate
    dumps: list[Dump] = []
    heard: list[tuple[float, float]] = []
    block = duration if duration <= _BLOCK_SECONDS + _OVERLAP_SECONDS else _BLOCK_SECONDS
    begin = 0.0
    while begin < duration:
        progress(begin / duration, f"reading from {begin:.0f} s")
        length = block if block == duration else _BLOCK_SECONDS + _OVERLAP_SECONDS
        part = track[int(begin * rate) : int((begin + length) * rate)]
        spectrum = Spectrum(part, rate)
        for stretch in survey(spectrum.conditioned(PLAIN)):
            heard.append((begin + stretch.begin, begin + stretch.end))
            for dump in _read_stretch(spectrum, stretch, begin):
                _keep(dumps, dump)
        begin += block
    dumps.sort(key=lambda dump: dump.begin)
    return TapeReading(tuple(dumps), duration, int(rate), channel, tuple(heard))


def _keep(dumps: list[Dump], dump: Dump) -> None:
    """Add ``dump``; where blocks overlap the better reading of the same dump stays."""
    for index, other in enumerate(dumps):
        if _same_place(other, dump):
            dumps[index] = max(other, dump, key=_rank)
            return
    dumps.append(dump)


def _same_place(one: Dump, other: Dump) -> bool:
    """Whether two readings cover mostly the same time."""
    overlap = min(one.end, other.end) - max(one.begin, other.begin)
    return overlap > 0.5 * min(one.end - one.begin, other.end - other.begin)


def _rank(dump: Dump) -> tuple[bool, float]:
    return dump.complete, float(dump.confidence.sum())


@dataclass(frozen=True)
class _Attempt:
    """One reading of a stretch."""

    front: Front
    tracking: Tracking
    signal: Signal
    path: Path
    fit: FloatArray
    first: int
    """Sample of ``signal`` at which the path starts."""
    dumps: tuple[Dump, ...]

    @property
    def complete(self) -> bool:
        return bool(self.dumps) and all(dump.complete for dump in self.dumps)

    @property
    def exhausted(self) -> bool:
        """Whether all that is missing was not on the tape: no other way of reading would find it."""
        return bool(self.dumps) and all(_only_lost(dump.confidence) for dump in self.dumps)

    @property
    def worth(self) -> float:
        """Expected number of right bytes."""
        return sum(float(dump.confidence.sum()) for dump in self.dumps)


@dataclass(frozen=True)
class _Reader:
    """Reads one stretch in whatever way it is asked to."""

    spectrum: Spectrum
    stretch: Stretch
    origin: float
    """Seconds of the recording before the spectrum begins."""

    def search(
        self, front: Front, tracking: Tracking, begin: float, end: float
    ) -> tuple[Signal, Path, FloatArray, int] | None:
        """Half-waves between two times: the signal, the path, how well it fits, and its first sample."""
        signal = self.spectrum.conditioned(front, self.stretch.scale)
        first = int(begin * signal.rate)
        part = signal.samples[first : int(end * signal.rate)]
        hints = self.stretch.hints(begin, signal.rate, part.size)
        path = search(part, signal.rate * self.stretch.scale, hints, tracking)
        return None if path is None else (signal, path, explained(path, part), first)

    def attempt(self, front: Front, tracking: Tracking) -> _Attempt | None:
        """The whole stretch."""
        found = self.search(front, tracking, self.stretch.begin, self.stretch.end)
        if found is None:
            return None
        signal, path, fit, first = found
        start = self.origin + first / signal.rate
        dumps = tuple(_dumps(path, fit, signal, first, start, front.name, self.stretch.scale))
        return _Attempt(front, tracking, signal, path, fit, first, dumps)

    def excerpt(self) -> _Reader:
        """A second of the stretch past any leader, for auditions."""
        begin = self.stretch.begin + _AUDITION_PLACE * (self.stretch.end - self.stretch.begin)
        scale = float(np.interp(begin, self.stretch.times, self.stretch.scales))
        part = Stretch(_AUDITION_MARGIN, _AUDITION_MARGIN + _AUDITION_SECONDS, (0.0,), (scale,))
        spectrum = self.spectrum.excerpt(begin - _AUDITION_MARGIN, begin + _AUDITION_SECONDS + _AUDITION_MARGIN)
        return _Reader(spectrum, part, self.origin + begin)

    @property
    def frames_expected(self) -> float:
        """How many frames the stretch would hold if it were all data."""
        return (self.stretch.end - self.stretch.begin) / (FRAME_SECONDS * self.stretch.scale)

    def trust(self, way: tuple[Front, Tracking]) -> float:
        """How many bytes a way of reading finds, weighed by trust."""
        found = self.search(*way, self.stretch.begin, self.stretch.end)
        return 0.0 if found is None else float(trusts(frames(found[1], found[2])).sum())


def _read_stretch(spectrum: Spectrum, stretch: Stretch, origin: float) -> list[Dump]:
    """The dumps in ``stretch``, each as good as the attempts together make it."""
    reader = _Reader(spectrum, stretch, origin)
    attempts: list[_Attempt] = []
    for attempt in _attempts(reader):
        attempts.append(attempt)
        if attempt.complete:
            return list(attempt.dumps)
        if len(attempts) > 1 and attempt.exhausted:
            break
    # The quick attempt keeps too few rivals to weigh as much as the others.
    return _together([list(attempt.dumps) for attempt in attempts[1:] or attempts])


def _attempts(reader: _Reader) -> Iterator[_Attempt]:
    """Attempts at a stretch: the quick one, the most promising ways, then with a learned equaliser."""
    tried: list[_Attempt] = []

    def add(attempt: _Attempt | None) -> Iterator[_Attempt]:
        if attempt is not None:
            tried.append(attempt)
            yield attempt

    yield from add(reader.attempt(PLAIN, STEADY))
    excerpt = reader.excerpt()
    promise = {way: excerpt.trust(way) for way in WAYS}
    if not (tried and tried[0].dumps) and max(promise.values()) < _LEAST_PROMISE * excerpt.frames_expected:
        return
    for front, tracking in sorted(WAYS, key=promise.__getitem__, reverse=True)[:_ATTEMPTS]:
        yield from add(reader.attempt(front, tracking))
    for _ in range(_LESSONS):
        best = max(tried, key=lambda attempt: attempt.worth, default=None)
        if best is None:
            return
        taught = equaliser.learned(best.front, best.signal, best.path, best.fit, best.first)
        if taught is None:
            return
        yield from add(reader.attempt(taught, best.tracking if best.tracking != STEADY else THOROUGH))


def _only_lost(confidence: FloatArray) -> bool:
    """Whether bytes are either sure or lost several in a row, but for a few beside each loss."""
    lost = np.concatenate([[False], confidence == 0.0, [False]])
    edges = np.flatnonzero(np.diff(lost.astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    unsure = int(np.count_nonzero((confidence > 0.0) & (confidence < _SURE)))
    return lengths.size > 0 and int(lengths.min()) >= _LOSS_BYTES and unsure <= 3 * lengths.size


def _together(attempts: list[list[Dump]]) -> list[Dump]:
    """The attempts at the same dumps merged; a complete one stands as it is."""
    places: list[list[Dump]] = []
    for dump in (dump for attempt in attempts for dump in attempt):
        for readings in places:
            if _same_place(readings[0], dump):
                readings.append(dump)
                break
        else:
            places.append([dump])
    return [max([*readings, merged(readings, independent=False)], key=_rank) for readings in places]


def _dumps(
    path: Path, fit: FloatArray, signal: Signal, first: int, start: float, front: str, scale: float
) -> Iterator[Dump]:
    """Every dump along ``path``, which begins ``start`` seconds into the recording."""
    found = frames(path, fit)
    for group, trust, placement in placements(found, signal.rate * scale):
        yield _dump(path, fit, signal, first, start, front, scale, group, trust, placement)


def _dump(
    path: Path,
    fit: FloatArray,
    signal: Signal,
    first: int,
    start: float,
    front: str,
    scale: float,
    group: npt.NDArray[np.void],
    trust: FloatArray,
    placement: Placement,
) -> Dump:
    image, confidence = empty_image()
    filled = np.flatnonzero(placement.frame >= 0)
    chosen = placement.frame[filled]
    np.frombuffer(image, dtype=np.uint8)[filled] = group["value"][chosen]
    confidence[filled] = trust[chosen]
    alternatives = tuple(_alternatives(path, group, placement, bytes(image)))
    whole = placement.contiguous and placement.head and image.startswith(TAPE_HEADER)
    doubt = _unexplained_doubt(confidence, alternatives) if whole else np.inf
    result = choice.choose(bytes(image), alternatives, doubt)
    if result.proven:
        confidence = np.maximum(confidence, 0.999)
    where = group[chosen]
    half_waves = slice(int(where["first"][0]), int(where["first"][-1]) + BITS_PER_FRAME)
    return Dump(
        image=result.image,
        confidence=confidence,
        complete=result.proven,
        begin=start + float(where["begin"][0]) / signal.rate,
        end=start + float(where["end"][-1]) / signal.rate,
        head=placement.head,
        tail=placement.tail,
        front=front,
        scale=scale * float(np.median(where["speed"])),
        repaired=result.changed if result.proven else (),
        alternatives=alternatives,
        trace=_trace(path, fit, signal, first, start, scale, half_waves),
    )


def _unexplained_doubt(confidence: FloatArray, alternatives: tuple[Alternative, ...]) -> float:
    """Expected number of wrong bytes at places no alternative touches."""
    covered = {place for entry in alternatives for place, _ in entry.changes}
    free = np.ones(confidence.size, dtype=bool)
    free[list(covered)] = False
    return float((1.0 - confidence[free]).clip(min=0).sum())


def _alternatives(
    path: Path, group: npt.NDArray[np.void], placement: Placement, image: bytes
) -> Iterator[Alternative]:
    """The readings that lost on ``path``, as changes of bytes in their places."""
    if not placement.contiguous:
        return
    likely = _distinct(path.alternatives, (choice.COSTLIEST - _RIVAL_COST) / _RIVAL_SLOPE)
    if len(likely) > _MOST_ALTERNATIVES:
        return
    place_of = np.full(path.bits.size, -1, dtype=np.int64)
    starts = group["first"][placement.frame]
    data_bits = (starts[:, None] + 1 + np.arange(8)).ravel()
    place_of[data_bits] = np.arange(data_bits.size)
    for (last, mask), cost in likely.items():
        differing = [last - back for back in range(HISTORY_BITS) if mask >> back & 1]
        places = [divmod(int(place_of[half_wave]), 8) for half_wave in differing]
        if not places or min(places)[0] < 0:
            continue
        changes: dict[int, int] = {}
        for place, bit in places:
            changes[place] = changes.get(place, image[place]) ^ 1 << bit
        yield Alternative(tuple(sorted(changes.items())), _RIVAL_COST + _RIVAL_SLOPE * cost)


def _distinct(alternatives: FloatArray, costliest: float) -> dict[tuple[int, int], float]:
    """Lowest cost by (last half-wave, differing bits from it back), each difference once.

    One difference meets the path at many later boundaries; it is named here by the last bit that differs.
    """
    found: dict[tuple[int, int], float] = {}
    for last, mask, cost in alternatives[alternatives[:, 2] <= costliest].tolist():
        bits = int(mask)
        if not bits:
            continue
        same_since = (bits & -bits).bit_length() - 1
        key = (int(last) - same_since, bits >> same_since)
        if cost < found.get(key, np.inf):
            found[key] = cost
    return found


def _trace(
    path: Path, fit: FloatArray, signal: Signal, first: int, start: float, scale: float, part: slice
) -> Trace:
    edges = path.edges[part.start : part.stop + 1]
    places = np.clip((edges[:-1] + first).astype(np.int64), 0, signal.levels.size - 1)
    return Trace(
        seconds=start + edges[:-1] / signal.rate,
        lengths=np.diff(edges) / signal.rate * 1e6,
        scales=path.speeds[part] * scale,
        explained=fit[part],
        levels=signal.levels[places],
    )
