"""Reading dumps out of a recording of any length.

The way of the data: recording → :mod:`conditioning` (filter, level) → :mod:`survey` (where, how fast) →
:mod:`lattice` (half-waves) → :mod:`frames` (bytes) → :mod:`placement` (places in the dump) →
:mod:`extraction` and :mod:`choice` (dumps, checksum).  :mod:`attempts` goes that way as often as it takes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.errors import InputError
from luthier.poly800.tape.attempts import read_stretch
from luthier.poly800.tape.conditioning import PLAIN, Spectrum
from luthier.poly800.tape.reading import Dump, TapeReading, rank
from luthier.poly800.tape.survey import survey

Samples = npt.NDArray[np.float32]
Progress = Callable[[float, str], None]

LOWEST_RATE, HIGHEST_RATE = 4_000, 400_000
#: A recording is read in blocks of this length, each with as much of the next as a dump and its leader take
#: on a slow tape: memory stays bounded however long the recording is.
BLOCK_SECONDS = 30.0
OVERLAP_SECONDS = 25.0
#: A recording up to this length is one block.
_WHOLE_SECONDS = 75.0
#: A stretch that ends so near the end of a block may go on in the next.
_EDGE_SECONDS = 0.5
#: Further channels are read only where half-waves explain this part of them: noise is not worth it.
_CLEAR = 0.9
#: A dump with its leader is not shorter; a leader before one that was read is not longer.
_SHORTEST_SECONDS = 5.0
_LEADER_SECONDS = 12.0


def read(samples: npt.ArrayLike, rate: float, progress: Progress | None = None) -> TapeReading:
    """Every dump in a recording.

    ``samples`` is (n,) or (n, channels), floating (full scale 1) or integer, of any level and polarity;
    ``rate`` in Hz.  ``progress`` is called with the part done (0 to 1) and what is done.  Raises InputError
    for arrays that are no audio.
    """
    recording = _as_audio(samples, rate)
    blocks = [recording] if recording.shape[0] <= _WHOLE_SECONDS * rate else _cut(recording, rate)
    return _read_blocks(blocks, rate, recording.shape[0] / rate, progress)


def read_file(path: Path, progress: Progress | None = None) -> TapeReading:
    """Every dump in an audio file, without holding more than about a minute of it.

    Raises InputError if the file is no audio, MissingFeatureError if reading it needs ffmpeg.
    """
    from luthier.audio import files

    blocks = files.blocks(path, BLOCK_SECONDS)
    begun = list(itertools.islice(blocks, int(_WHOLE_SECONDS / BLOCK_SECONDS) + 1))
    rate = begun[0].rate
    if sum(block.duration for block in begun) <= _WHOLE_SECONDS:
        return read(np.concatenate([block.samples for block in begun]), rate, progress)
    parts = (block.samples for block in itertools.chain(begun, blocks))
    return _read_blocks(parts, rate, files.duration(path), progress)


def _as_audio(samples: npt.ArrayLike, rate: float) -> Samples:
    """(n, channels) floating samples without NaN; integers scaled to full scale 1."""
    recording = np.asarray(samples)
    if recording.ndim not in (1, 2) or recording.dtype.kind not in "fiu":
        raise InputError(f"samples of shape {recording.shape} and type {recording.dtype} are no audio")
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise InputError(
            f"a sampling rate of {rate:g} Hz", remedy=f"it must be {LOWEST_RATE} to {HIGHEST_RATE}"
        )
    if recording.ndim == 1:
        recording = recording[:, None]
    if recording.dtype.kind in "iu":
        information = np.iinfo(recording.dtype)
        middle = (int(information.max) + int(information.min) + 1) // 2
        full = int(information.max) - middle + 1
        return ((recording.astype(np.float64) - middle) / full).astype(np.float32)
    return np.nan_to_num(recording.astype(np.float32), nan=0.0, posinf=1.0, neginf=-1.0)


def _cut(recording: Samples, rate: float) -> Iterator[Samples]:
    """Blocks that follow each other."""
    length = int(BLOCK_SECONDS * rate)
    for begin in range(0, recording.shape[0], length):
        yield recording[begin : begin + length]


def _read_blocks(
    blocks: Iterable[Samples], rate: float, duration: float | None, progress: Progress | None
) -> TapeReading:
    """The dumps of blocks that follow each other, each read together with the one before it."""
    dumps: list[Dump] = []
    stretches: list[tuple[float, float]] = []
    kept: Samples | None = None
    origin = 0.0
    length = 0
    for block, more in _with_outlook(blocks):
        length += block.shape[0]
        part = block if kept is None else np.concatenate([kept, block])
        pause = _telling(progress, min(origin / duration, 1.0) if duration else 0.0, origin)
        pause()
        surplus = max(part.shape[0] - int(OVERLAP_SECONDS * rate), 0)
        # What begins in the overlap and goes on behind it is read with the next block.
        later = surplus / rate if more else np.inf
        _read_part(part, rate, origin, later, dumps, stretches, pause)
        kept = part[surplus:]
        origin += surplus / rate
    dumps.sort(key=lambda dump: dump.begin)
    return TapeReading(tuple(dumps), length / rate, int(rate), _joined(stretches))


def _telling(progress: Progress | None, done: float, second: float) -> Callable[[], None]:
    """What is called often: a listener that has had enough raises."""

    def pause() -> None:
        if progress is not None:
            progress(done, f"reading from {second:.0f} s")

    return pause


def _with_outlook(blocks: Iterable[Samples]) -> Iterator[tuple[Samples, bool]]:
    """Each block, and whether another follows."""
    waiting: Samples | None = None
    for block in blocks:
        if waiting is not None:
            yield waiting, True
        waiting = block
    if waiting is not None:
        yield waiting, False


def _read_part(
    part: Samples,
    rate: float,
    origin: float,
    later: float,
    dumps: list[Dump],
    stretches: list[tuple[float, float]],
    pause: Callable[[], None],
) -> None:
    """Add the dumps of ``part`` from the channel that gives most, and where half-waves were heard."""
    best: list[Dump] = []
    for number, (channel, track) in enumerate(_tracks(part)):
        pause()
        spectrum = Spectrum(track, rate)
        found: list[Dump] = []
        for stretch in survey(spectrum.conditioned(PLAIN)):
            stretches.append((origin + stretch.begin, origin + stretch.end))
            if stretch.begin >= later and stretch.end >= part.shape[0] / rate - _EDGE_SECONDS:
                continue
            if number > 0 and stretch.explained < _CLEAR:
                continue
            if _already_read(dumps, origin + stretch.begin, origin + stretch.end):
                continue
            read_dumps = read_stretch(spectrum, stretch, origin, pause)
            found.extend(replace(dump, channel=channel) for dump in read_dumps)
        best = max(best, found, key=_worth)
        if found and all(dump.complete for dump in found):
            break
    for dump in best:
        _keep(dumps, dump)


def _already_read(dumps: list[Dump], begin: float, end: float) -> bool:
    """Whether a complete dump covers these times up to what is too short for another."""
    return any(
        dump.complete and dump.begin <= begin + _LEADER_SECONDS and end - dump.end < _SHORTEST_SECONDS
        for dump in dumps
    )


def _worth(dumps: list[Dump]) -> float:
    """Expected number of right bytes; complete dumps count twice."""
    return sum(float(dump.confidence.sum()) * (1 + dump.complete) for dump in dumps)


def _tracks(recording: Samples) -> Iterator[tuple[str, Samples]]:
    """The channels worth reading: all together, each alone, their difference."""
    channels = recording.shape[1]
    if channels == 1:
        yield "mono", recording[:, 0]
        return
    yield "all channels together", recording.mean(axis=1)
    if channels == 2 and np.array_equal(recording[:, 0], recording[:, 1]):
        return  # a mono recording kept as stereo
    names = ("left", "right") if channels == 2 else tuple(f"channel {n + 1}" for n in range(channels))
    yield from zip(names, recording.T, strict=True)
    if channels == 2:
        yield "difference of left and right", recording[:, 0] - recording[:, 1]


def _keep(dumps: list[Dump], dump: Dump) -> None:
    """Add ``dump``; where blocks overlap the better reading of the same dump stays."""
    for index, other in enumerate(dumps):
        if other.same_time(dump):
            dumps[index] = max(other, dump, key=rank)
            return
    dumps.append(dump)


def _joined(stretches: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Overlapping times as one."""
    joined: list[tuple[float, float]] = []
    for begin, end in sorted(stretches):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)
