"""What can be measured about a recording of a tape: level, noise, hum, band, speed, and where it is bad.

One pass over the file, block by block, with the dumps that were found in it as a map.  Everything is
measured on the channel the dumps were read from.  Where nothing can be said a measure is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.audio import files
from luthier.poly800.tape.health import spectra, time_line
from luthier.poly800.tape.health.spectra import Channels, PowerSpectrum
from luthier.poly800.tape.health.time_line import Dropout, SpeedCurve
from luthier.poly800.tape.reading import Dump, TapeReading, rank

FloatArray = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]

_BLOCK_SECONDS = 10.0
#: Length of the windows of the level curve, seconds: six long waves.
WINDOW_SECONDS = 0.01
#: Samples within this part of the largest sample, three or more in a row, were cut off.
_CLIP_MARGIN = 0.002
_CLIP_RUN = 3
#: Noise is measured above hum, in pieces of a quarter second that are weaker than this part of the data.
_NOISE_HERTZ = 200.0
_PAUSE_PART = 0.6
_FEWEST_PAUSES = 3
_SILENCE = 1e-9


@dataclass(frozen=True)
class Measures:
    """Measurements of one recording; levels in dBFS unless said otherwise."""

    kind: str
    """What the file is."""
    rate: int
    channels: int
    duration: float
    """Seconds."""
    channel: str
    """The channel that was measured."""
    truncated: bool
    broken_samples: int
    peak: float
    level: float
    """Effective level of the data (of everything, where no data were found)."""
    clipped: float
    """Share of the samples that lie in flat tops, 0 to 1."""
    clipped_sides: tuple[str, ...]
    """``positive``, ``negative`` or both."""
    offset: float
    """Direct voltage as part of the largest sample."""
    noise: float | None
    """Effective level of the pauses above 200 Hz; None without pauses or if they are digital silence."""
    signal_to_noise: float | None
    """Decibels between data and noise, both above 200 Hz."""
    digital_silence: bool
    """The pauses are exact zeros: something switched the sound off, or it was never on tape."""
    hum: dict[int, float]
    """Amplitude of 50 and 60 Hz with their first overtones, as part of the data's amplitude."""
    low_edge: float | None
    """Hz below which the data are weakened to a half."""
    high_edge: float | None
    """Hz above which the data are weaker than a quarter of a square wave's."""
    cut_off: float | None
    """Hz above which there is suddenly nothing, as behind a lossy codec; None if there is no such place."""
    speed: float | None
    """1 is nominal."""
    wow: float | None
    """Effective deviation of the speed, part of it."""
    wow_hertz: float | None
    """Where most of it lies."""
    short_half_wave: float | None
    """Median, microseconds, as recorded."""
    long_half_wave: float | None
    scatter: float | None
    """Standard deviation of edges, microseconds."""
    asymmetry: float | None
    """How much longer half-waves of one sign are than those of the other, microseconds."""
    explained: float | None
    """Part of the signal that half-waves explain: 1 in theory, 0.5 on noise."""
    level_swing: float | None
    """Standard deviation of the level within the data, decibels, dropouts apart."""
    leader_fade: float | None
    """Decibels by which the leader grows softer until the data begin."""
    stereo: Channels | None
    dropouts: tuple[Dropout, ...]
    bad_seconds: tuple[int, ...]
    """Whole seconds in which half-waves explain too little or bytes were not read surely."""


@dataclass(frozen=True)
class Curves:
    """What the pictures of a report show."""

    levels: FloatArray
    """Peak of each window of :data:`WINDOW_SECONDS`."""
    speed: SpeedCurve | None
    response: tuple[FloatArray, FloatArray] | None
    """Hz, and decibels in relation to a square wave."""
    excerpts: tuple[tuple[float, Samples], ...] = ()
    """Second at which each begins, and its samples."""


@dataclass
class _Pass:
    """What one pass over the file gathers."""

    peaks: list[FloatArray] = field(default_factory=list)
    powers: list[FloatArray] = field(default_factory=list)
    high: float = -np.inf
    low: float = np.inf
    sum: float = 0.0
    count: int = 0
    clipped_high: int = 0
    clipped_low: int = 0
    data: PowerSpectrum | None = None
    outside: list[FloatArray] = field(default_factory=list)
    """Powers above 200 Hz of pieces outside the data."""
    stereo: Channels | None = None
    kind: str = ""
    truncated: bool = False
    broken: int = 0
    channels: int = 1


def measure(
    path: Path, reading: TapeReading, worst: Sequence[tuple[float, float]] = ()
) -> tuple[Measures, Curves]:
    """Measure the recording in ``path``, which was read as ``reading``.

    ``worst`` are times (begin, end) in seconds of which the sound itself is wanted.  Raises InputError as
    :func:`luthier.audio.files.blocks` does.
    """
    best = max(reading.dumps, key=rank, default=None)
    channel = best.channel if best else ("mono" if not reading.stretches else "all channels together")
    spans = [(dump.begin, dump.end) for dump in reading.dumps] or list(reading.stretches)
    gathered = _Pass()
    excerpts: dict[tuple[float, float], list[Samples]] = {span: [] for span in worst}
    begin = 0.0
    rate = reading.rate
    for block in files.blocks(path, _BLOCK_SECONDS):
        rate = block.rate
        track = spectra.track(block.samples, channel)
        length = track.size / rate
        pauses = _within(_between(spans, reading.duration) if best else (), begin, length)
        _gather(gathered, block, track, _within(spans, begin, length), pauses)
        for span, parts in excerpts.items():
            first, last = (round((moment - begin) * rate) for moment in span)
            piece = track[max(first, 0) : max(last, 0)]
            if piece.size:
                # A view, even an empty one, would keep the whole block.
                parts.append(piece.copy())
        begin += track.size / rate
    curves = Curves(
        levels=np.concatenate(gathered.peaks or [np.zeros(0)]),
        speed=time_line.speed_curve(best.trace) if best and best.trace else None,
        response=_response(gathered, best),
        excerpts=tuple((span[0], np.concatenate(parts)) for span, parts in excerpts.items() if parts),
    )
    return _measures(gathered, curves, reading, best, channel, rate), curves


def _between(spans: Sequence[tuple[float, float]], duration: float) -> list[tuple[float, float]]:
    """The times outside ``spans``, which are in order."""
    begins = [0.0, *(end for _, end in spans)]
    ends = [*(begin for begin, _ in spans), duration]
    return list(zip(begins, ends, strict=True))


def _within(spans: Iterable[tuple[float, float]], begin: float, length: float) -> list[tuple[float, float]]:
    """The parts of ``spans`` inside a block, in seconds from its beginning."""
    inside = ((max(first - begin, 0.0), min(last - begin, length)) for first, last in spans)
    return [(first, last) for first, last in inside if last > first]


def _gather(
    gathered: _Pass,
    block: files.Recording,
    track: Samples,
    spans: list[tuple[float, float]],
    pauses: list[tuple[float, float]],
) -> None:
    rate = block.rate
    gathered.kind, gathered.channels = block.kind, block.samples.shape[1]
    gathered.truncated |= block.truncated
    gathered.broken += block.broken_samples
    gathered.sum += float(track.sum(dtype=np.float64))
    gathered.count += track.size
    high, low = float(track.max()), float(track.min())
    # A later block that goes further shows that nothing was cut off before.
    if high > gathered.high * (1 + _CLIP_MARGIN) or gathered.high <= 0:
        gathered.clipped_high = 0
    if low < gathered.low * (1 + _CLIP_MARGIN) or gathered.low >= 0:
        gathered.clipped_low = 0
    gathered.high, gathered.low = max(gathered.high, high), min(gathered.low, low)
    gathered.clipped_high += _flat(track >= gathered.high * (1 - _CLIP_MARGIN)) if gathered.high > 0 else 0
    gathered.clipped_low += _flat(track <= gathered.low * (1 - _CLIP_MARGIN)) if gathered.low < 0 else 0
    size = max(int(WINDOW_SECONDS * rate), 1)
    windows = track[: track.size // size * size].reshape(-1, size)
    gathered.peaks.append(np.abs(windows).max(axis=1, initial=0.0).astype(np.float64))
    gathered.powers.append(np.square(windows.astype(np.float64)).mean(axis=1))
    for first, last in spans:
        part = slice(int(first * rate), int(last * rate))
        if gathered.data is None:
            gathered.data = PowerSpectrum(rate)
        gathered.data.add(track[part])
        if gathered.stereo is None and block.samples.shape[1] == 2:
            gathered.stereo = spectra.channels(block.samples[part], rate)
    for first, last in pauses:
        piece = track[int(first * rate) : int(last * rate)]
        gathered.outside.append(spectra.powers_above(_NOISE_HERTZ, piece, rate))


def _flat(mask: npt.NDArray[np.bool_]) -> int:
    """How many samples lie in runs of at least three."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= _CLIP_RUN].sum())


def _response(gathered: _Pass, best: Dump | None) -> tuple[FloatArray, FloatArray] | None:
    if gathered.data is None or best is None:
        return None
    return spectra.response(gathered.data, best.image, best.scale)


def _measures(
    gathered: _Pass, curves: Curves, reading: TapeReading, best: Dump | None, channel: str, rate: int
) -> Measures:
    powers = np.concatenate(gathered.powers or [np.zeros(0)])
    moments: FloatArray = (np.arange(powers.size, dtype=np.float64) + 0.5) * WINDOW_SECONDS
    in_data = time_line.inside(moments, [(dump.begin, dump.end) for dump in reading.dumps])
    level = float(np.sqrt(powers[in_data].mean() if in_data.any() else powers.mean() if powers.size else 0.0))
    noise = _noise(gathered)
    largest = max(gathered.high, -gathered.low, _SILENCE)
    sides = (("positive", gathered.clipped_high), ("negative", gathered.clipped_low))
    edges = spectra.edges(curves.response) if curves.response else (None, None)
    tape = time_line.half_waves(best.trace) if best and best.trace else time_line.NOTHING
    wow = curves.speed.wow() if curves.speed else None
    return Measures(
        kind=gathered.kind,
        rate=rate,
        channels=gathered.channels,
        duration=reading.duration,
        channel=channel,
        truncated=gathered.truncated,
        broken_samples=gathered.broken,
        peak=spectra.decibels(largest),
        level=spectra.decibels(level),
        clipped=(gathered.clipped_high + gathered.clipped_low) / max(gathered.count, 1),
        clipped_sides=tuple(side for side, count in sides if count > 0.001 * gathered.count),
        offset=gathered.sum / max(gathered.count, 1) / largest,
        noise=spectra.decibels(noise) if noise else None,
        signal_to_noise=_signal_to_noise(gathered, noise) if noise and best else None,
        digital_silence=noise == 0.0,
        hum=gathered.data.hum() if gathered.data else {},
        low_edge=edges[0],
        high_edge=edges[1],
        cut_off=gathered.data.cut_off() if gathered.data else None,
        speed=best.speed if best else None,
        wow=wow[0] if wow else None,
        wow_hertz=wow[1] if wow else None,
        short_half_wave=tape.short,
        long_half_wave=tape.long,
        scatter=tape.scatter,
        asymmetry=tape.asymmetry,
        explained=tape.explained,
        level_swing=tape.level_swing,
        leader_fade=_leader_fade(powers, reading, best),
        stereo=gathered.stereo,
        dropouts=time_line.dropouts(best.trace) if best and best.trace else (),
        bad_seconds=time_line.bad_seconds(reading.dumps),
    )


def _noise(gathered: _Pass) -> float | None:
    """Effective value of the pauses above hum; 0 for digital silence, None without pauses.

    Leader and trailer, which also lie outside the data, are as strong as these.
    """
    if gathered.data is None or gathered.data.empty or not gathered.outside:
        return None
    powers = np.concatenate(gathered.outside)
    pauses = powers[powers < _PAUSE_PART * gathered.data.band(_NOISE_HERTZ, gathered.data.rate)]
    if pauses.size < _FEWEST_PAUSES:
        return None
    noise = float(np.sqrt(np.median(pauses)))
    return noise if noise > _SILENCE else 0.0


def _signal_to_noise(gathered: _Pass, noise: float) -> float | None:
    if gathered.data is None or gathered.data.empty:
        return None
    both = gathered.data.band(_NOISE_HERTZ, gathered.data.rate)
    return 10.0 * float(np.log10(max(both - noise**2, 1e-3 * both) / noise**2))


def _leader_fade(powers: FloatArray, reading: TapeReading, best: Dump | None) -> float | None:
    """Decibels from the loudest half second of the leader to its last; None without two seconds of it."""
    if best is None or not best.head:
        return None
    start = max((begin for begin, end in reading.stretches if begin <= best.begin < end), default=best.begin)
    half = int(0.5 / WINDOW_SECONDS)
    leader = powers[int(start / WINDOW_SECONDS) : int(best.begin / WINDOW_SECONDS)]
    if leader.size < 4 * half:
        return None
    means = leader[-(leader.size // half) * half :].reshape(-1, half).mean(axis=1)
    return 10.0 * float(np.log10((means.max() + 1e-20) / (means[-1] + 1e-20)))
