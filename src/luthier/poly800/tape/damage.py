"""A laboratory that damages recordings: every fault a tape, a deck or a phone adds, in a known dose.

A :class:`Take` goes through a list of damages and comes out worse, the same way every time for the same
seed.  Doses follow the degradation table of the manual: "× peak" means times the largest absolute sample
of the take as it arrives, signal-to-noise ratios are over the full band with the signal power measured
where the data are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from luthier.audio import codecs

FloatArray = npt.NDArray[np.float64]
Random = np.random.Generator


@dataclass(frozen=True)
class Take:
    """A mono recording and where in it the data are."""

    samples: FloatArray
    """Shape (n,)."""
    rate: int
    """Hz."""
    data: slice
    """The samples that carry the bytes of the dump, without leader and trailer."""

    @classmethod
    def of(cls, samples: npt.ArrayLike, rate: int, data: tuple[float, float] | None = None) -> Take:
        """A take of mono ``samples``; ``data`` are the seconds where the data begin and end."""
        row = np.asarray(samples, dtype=np.float64)
        begin, end = (0, row.size) if data is None else (round(moment * rate) for moment in data)
        return cls(row, rate, slice(begin, end))

    @property
    def peak(self) -> float:
        """The largest absolute sample."""
        return float(np.max(np.abs(self.samples), initial=0.0))

    @property
    def power(self) -> float:
        """The mean square of the data."""
        return float(np.mean(np.square(self.samples[self.data])))

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.samples.size / self.rate


@dataclass(frozen=True)
class Damage:
    """One fault in one dose; ``name`` says both."""

    name: str
    apply: Callable[[Take, Random], Take]


def damaged(take: Take, damages: Iterable[Damage], seed: int) -> Take:
    """``take`` with all ``damages`` one after the other; the same ``seed`` gives the same result."""
    random = np.random.default_rng(seed)
    for damage in damages:
        take = damage.apply(take, random)
    return take


# Additions: noise, hum, offset, clicks


def white_noise(decibels: float) -> Damage:
    """White noise over the full band at a signal-to-noise ratio of ``decibels``."""

    def apply(take: Take, random: Random) -> Take:
        sigma = np.sqrt(take.power / 10 ** (decibels / 10))
        return replace(take, samples=take.samples + random.normal(0.0, sigma, take.samples.size))

    return Damage(f"white noise {decibels:g} dB", apply)


def hum(hertz: float, times_peak: float) -> Damage:
    """A sine of ``hertz`` with ``times_peak`` × the peak of the take, starting anywhere in its cycle."""

    def apply(take: Take, random: Random) -> Take:
        moments = np.arange(take.samples.size) / take.rate
        sine = np.sin(2 * np.pi * (hertz * moments + random.random()))
        return replace(take, samples=take.samples + times_peak * take.peak * sine)

    return Damage(f"hum {hertz:g} Hz × {times_peak:g}", apply)


def offset(times_peak: float) -> Damage:
    """A constant voltage of ``times_peak`` × the peak of the take, either way."""

    def apply(take: Take, random: Random) -> Take:
        sign = random.choice((-1.0, 1.0))
        return replace(take, samples=take.samples + sign * times_peak * take.peak)

    return Damage(f"offset × {times_peak:g}", apply)


def clicks(count: int, times_peak: float, width: int = 3) -> Damage:
    """``count`` pulses of ``width`` samples and ``times_peak`` × the peak, either way, within the data."""

    def apply(take: Take, random: Random) -> Take:
        samples = take.samples.copy()
        places = random.integers(take.data.start, max(take.data.stop - width, take.data.start + 1), count)
        for place, sign in zip(places, random.choice((-1.0, 1.0), count), strict=True):
            samples[place : place + width] += sign * times_peak * take.peak
        return replace(take, samples=samples)

    return Damage(f"{count} clicks × {times_peak:g}", apply)


# Losses: dropouts, fades, holes


def dropout(milliseconds: float, times: float = 0.0, edge_milliseconds: float = 0.0) -> Damage:
    """A stretch anywhere in the data that falls to ``times`` its level, with edges of raised cosine."""

    def apply(take: Take, random: Random) -> Take:
        length = milliseconds / 1000
        span = (take.data.stop - take.data.start) / take.rate - length
        begin = take.data.start / take.rate + random.random() * max(span, 0.0)
        return _faded(take, begin, length, times, edge_milliseconds / 1000)

    return Damage(f"dropout {milliseconds:g} ms to × {times:g}", apply)


def fade(milliseconds: float, times: float, edge_milliseconds: float = 5.0) -> Damage:
    """A stretch in the data that falls to ``times`` its level, within soft edges."""
    return replace(
        dropout(milliseconds, times, edge_milliseconds), name=f"fade {milliseconds:g} ms to × {times:g}"
    )


def hole(begin: float, milliseconds: float) -> Damage:
    """Silence of ``milliseconds`` that begins at the part ``begin`` (0 to 1) of the data."""

    def apply(take: Take, random: Random) -> Take:  # noqa: ARG001 - nothing random here
        first = take.data.start + begin * (take.data.stop - take.data.start)
        return _faded(take, first / take.rate, milliseconds / 1000, 0.0, 0.0)

    return Damage(f"hole {milliseconds:g} ms at {begin:g}", apply)


def _faded(take: Take, begin: float, length: float, times: float, edge: float) -> Take:
    moments = np.arange(take.samples.size) / take.rate
    outside = np.maximum(begin - moments, moments - (begin + length))
    if edge > 0:
        depth = 0.5 + 0.5 * np.cos(np.pi * np.clip(outside / edge, 0.0, 1.0))
    else:
        depth = (outside <= 0).astype(np.float64)
    return replace(take, samples=take.samples * (1 - depth * (1 - times)))


# Time: speed, wow, flutter, edge jitter


def speed(factor: float) -> Damage:
    """The tape runs ``factor`` times as fast as it should: 1.5 is +50 %."""

    def apply(take: Take, random: Random) -> Take:  # noqa: ARG001 - nothing random here
        import soxr

        samples = soxr.resample(take.samples, take.rate * factor, take.rate, quality="VHQ")
        return replace(take, samples=samples, data=_scaled(take.data, 1 / factor, samples.size))

    return Damage(f"speed {100 * (factor - 1):+g} %", apply)


def wow(hertz: float, depth: float) -> Damage:
    """The speed swings by ``depth`` (0.2 is ±20 %) at ``hertz``; above some 6 Hz it is called flutter."""

    def apply(take: Take, random: Random) -> Take:
        start = 2 * np.pi * random.random()
        turn = 2 * np.pi * hertz

        def place(moments: FloatArray) -> FloatArray:
            """Seconds of the undamaged tape that are heard at ``moments``: the integral of the speed."""
            swing: FloatArray = moments + depth / turn * (np.cos(start) - np.cos(turn * moments + start))
            return swing

        # place() rises and is invertible for depth < 1; a fine grid is enough to find when the data pass.
        grid = np.linspace(0.0, take.duration / (1 - depth), 100_000)
        passing = np.interp([take.data.start / take.rate, take.data.stop / take.rate], place(grid), grid)
        end = float(np.interp(take.duration, place(grid), grid))
        moments = np.arange(int(end * take.rate)) / take.rate
        samples = _heard_at(take.samples, take.rate, place(moments))
        begin, stop = np.round(passing * take.rate).astype(int)
        return replace(take, samples=samples, data=slice(int(begin), int(stop)))

    return Damage(f"wow {hertz:g} Hz ±{100 * depth:g} %", apply)


#: Oversampling and cubic interpolation: the error of a 15 kHz partial at 44.1 kHz stays below -60 dB, of
#: the half-waves themselves below -130 dB.
_OVERSAMPLING = 4


def _heard_at(samples: FloatArray, rate: int, moments: FloatArray) -> FloatArray:
    """``samples`` read at ``moments`` (seconds, spaced about 1/rate)."""
    import soxr

    fine = soxr.resample(samples, rate, rate * _OVERSAMPLING, quality="VHQ")
    # Read at the fine rate too and come down last: what a faster tape lifts over half the rate is cut off.
    steps = np.arange(moments.size * _OVERSAMPLING) / _OVERSAMPLING
    positions = np.interp(steps, np.arange(moments.size), moments) * (rate * _OVERSAMPLING)
    read: FloatArray = soxr.resample(_cubic(fine, positions), rate * _OVERSAMPLING, rate, quality="VHQ")
    return read


def _cubic(samples: FloatArray, positions: FloatArray) -> FloatArray:
    """Four-point Lagrange interpolation of ``samples`` at fractional ``positions``."""
    padded = np.pad(samples, (1, 2))
    whole = np.clip(np.floor(positions).astype(np.int64), 0, samples.size - 1)
    t = np.clip(positions - whole, 0.0, 1.0)
    before, at, after, later = (padded[whole + shift] for shift in range(4))
    interpolated: FloatArray = (
        before * (-t * (t - 1) * (t - 2) / 6)
        + at * ((t + 1) * (t - 1) * (t - 2) / 2)
        + after * (-(t + 1) * t * (t - 2) / 2)
        + later * ((t + 1) * t * (t - 1) / 6)
    )
    return interpolated


def jittered(edges: FloatArray, microseconds: float, random: Random) -> FloatArray:
    """``edges`` (seconds) each moved by its own normal error of standard deviation ``microseconds``.

    For use between :func:`luthier.poly800.tape.modulation.half_waves` and ``waveform``.  Where two edges
    would change places they are put in order again, at least a nanosecond apart.
    """
    moved = np.sort(np.maximum(edges + random.normal(0.0, microseconds * 1e-6, edges.size), 0.0))
    nanoseconds = 1e-9 * np.arange(edges.size)
    spaced: FloatArray = np.maximum.accumulate(moved - nanoseconds) + nanoseconds
    return spaced


# Filters


def low_pass(hertz: float, order: int = 4) -> Damage:
    """A Butterworth low-pass of ``order``."""
    return Damage(
        f"low-pass {hertz:g} Hz order {order}", functools.partial(_filtered, hertz, order, "lowpass")
    )


def high_pass(hertz: float, order: int = 2) -> Damage:
    """A Butterworth high-pass of ``order``."""
    return Damage(
        f"high-pass {hertz:g} Hz order {order}", functools.partial(_filtered, hertz, order, "highpass")
    )


def band_pass(low: float = 300.0, high: float = 3400.0, order: int = 4) -> Damage:
    """Butterworth high-pass at ``low`` and low-pass at ``high``, each of ``order``: a telephone."""

    def apply(take: Take, random: Random) -> Take:
        return _filtered(high, order, "lowpass", _filtered(low, order, "highpass", take, random), random)

    return Damage(f"band {low:g}–{high:g} Hz order {order}", apply)


def _filtered(hertz: float, order: int, kind: str, take: Take, random: Random) -> Take:  # noqa: ARG001
    from scipy.signal import butter, sosfilt

    sections = butter(order, hertz, kind, fs=take.rate, output="sos")
    return replace(take, samples=sosfilt(sections, take.samples))


# Level: quiet recordings, few bits, clipping


def level(decibels: float, bits: int = 16) -> Damage:
    """The peak at ``decibels`` below full scale (-50), then stored with ``bits``."""

    def apply(take: Take, random: Random) -> Take:  # noqa: ARG001 - nothing random here
        return _quantised(_normalised(take, 10 ** (decibels / 20)), bits)

    return Damage(f"level {decibels:g} dBFS, {bits} bits", apply)


def bit_depth(bits: int) -> Damage:
    """The peak at full scale, stored with ``bits`` (2 to 16) and no dither."""
    return Damage(f"{bits} bits", lambda take, _random: _quantised(_normalised(take, 1.0), bits))


def clipping(times_peak: float) -> Damage:
    """Everything beyond ± ``times_peak`` × the peak is cut off."""

    def apply(take: Take, random: Random) -> Take:  # noqa: ARG001 - nothing random here
        limit = times_peak * take.peak
        return replace(take, samples=np.clip(take.samples, -limit, limit))

    return Damage(f"clipping at × {times_peak:g}", apply)


def one_sided_clipping(times_peak: float) -> Damage:
    """With the peak at full scale, the negative side is cut at - ``times_peak`` and the positive at 0.99."""

    def apply(take: Take, random: Random) -> Take:  # noqa: ARG001 - nothing random here
        return replace(take, samples=np.clip(_normalised(take, 1.0).samples, -times_peak, 0.99))

    return Damage(f"one-sided clipping at × {times_peak:g}", apply)


def _normalised(take: Take, peak: float) -> Take:
    return replace(take, samples=take.samples * (peak / max(take.peak, 1e-30)))


def _quantised(take: Take, bits: int) -> Take:
    steps = 2 ** (bits - 1)
    return replace(take, samples=np.clip(np.round(take.samples * steps), -steps, steps - 1) / steps)


# Codecs


def codec(name: str, kilobits: int | None = None, through: codecs.Through = "ffmpeg") -> Damage:
    """Encoded and decoded again, at the rate of the codec: mp3, aac, opus, gsm or speex, mono.

    The peak is brought to -1 dBFS first, as people do.  Raises MissingFeatureError when applied without
    ffmpeg (``through`` "libsndfile" needs none, see :func:`luthier.audio.codecs.round_trip`).
    """
    chosen = codecs.codec(name, kilobits)

    def apply(take: Take, random: Random) -> Take:  # noqa: ARG001 - nothing random here
        loud = _normalised(take, 10 ** (-1 / 20)).samples
        samples, rate = codecs.round_trip(loud, take.rate, chosen, through)
        data = _scaled(take.data, rate / take.rate, samples.size)
        return Take(samples.astype(np.float64), rate, data)

    return Damage(chosen.name, apply)


def _scaled(part: slice, factor: float, length: int) -> slice:
    return slice(*(min(round(place * factor), length) for place in (part.start, part.stop)))
