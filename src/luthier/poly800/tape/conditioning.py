"""From a recording to the signal the decoder searches: one filter, one level, about 20 samples a millisecond.

A *front* is a guess at what the recording chain did: each one is a frequency response that undoes it.
Filter, equaliser and resampling are one multiplication between two Fourier transforms, so that trying
another front on the same recording costs one inverse transform.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

#: Samples a second at nominal tape speed: 6.5 to a short half-wave.  Time grows with it.
WORKING_RATE = 20_000.0
#: Nothing of a short half-wave that matters to the search lies above, Hz at nominal speed.
UPPER_HERTZ = 3_000.0
#: Hum and drift lie below, the half-waves above.
HUM_HERTZ = 120.0
#: Level is measured over blocks of this length and the median of so many of them.
_LEVEL_SECONDS = 0.004
_LEVEL_BLOCKS = 5
#: Level below this part of the loudest is not amplified further.
_LEVEL_FLOOR = 0.004
#: A pause shorter than this may be bridged: up to six bytes are guessed from their time.
_SILENCE_SECONDS = 0.04
#: A click stands out by this factor from the median of the peaks in so many blocks around it.
_CLICK_BLOCK_SECONDS = 0.0025
_CLICK_BLOCKS = 9
_CLICK_FACTOR = 1.8
#: Peaks are cut at this multiple of the level: a sine's peak is 1.57 times its mean.
_LIMIT = 1.6
#: Strength of the regularisation of an inverse filter (part of its largest gain).
_REGULARISATION = 0.02

Response = Callable[[FloatArray], ComplexArray]


@dataclass(frozen=True)
class Front:
    """A guess at the recording chain: name for the report, and the response over Hz that undoes it."""

    name: str
    response: Response


@dataclass(frozen=True)
class Signal:
    """A conditioned recording."""

    samples: FloatArray
    """Level about 1."""
    rate: float
    levels: FloatArray
    """Level of the recording before it was evened out, one for every sample."""


class Spectrum:
    """The Fourier transform of a recording, kept for several fronts."""

    def __init__(self, samples: npt.ArrayLike, rate: float) -> None:
        """Transform ``samples`` (mono, any level) at ``rate``."""
        self.samples = _without_clicks(np.asarray(samples, dtype=np.float32), rate)
        self.rate = rate
        self.length = self.samples.size
        self._kept: tuple[Front, float, Signal] | None = None
        # Half a second of silence keeps one end from leaking into the other.
        self._padded = fft.next_fast_len(self.length + int(rate / 2), real=True)
        self._bins = fft.rfft(self.samples, self._padded)
        self._hertz = np.arange(self._bins.size) * (rate / self._padded)

    def excerpt(self, begin: float, end: float) -> Spectrum:
        """The part between two times, seconds."""
        return Spectrum(self.samples[int(begin * self.rate) : int(end * self.rate)], self.rate)

    def conditioned(self, front: Front, stretch: float = 1.0) -> Signal:
        """The recording through ``front``; ``stretch`` is the length scale of its half-waves.

        The last result is kept: a survey and a quick reading want the same.
        """
        if self._kept is None or self._kept[:2] != (front, stretch):
            self._kept = (front, stretch, self._condition(front, stretch))
        return self._kept[2]

    def _condition(self, front: Front, stretch: float) -> Signal:
        upper = min(1.6 * UPPER_HERTZ / stretch, 0.49 * self.rate)
        used = int(np.searchsorted(self._hertz, upper))
        wanted = WORKING_RATE / stretch
        length = fft.next_fast_len(int(np.ceil(self._padded * wanted / self.rate)), real=True)
        rate = self.rate * length / self._padded
        hertz = self._hertz[:used]
        roll_off = 1.0 / (1.0 + (hertz * stretch / UPPER_HERTZ) ** 8)
        gains = (front.response(hertz) * (roll_off * (length / self._padded))).astype(np.complex64)
        filtered = fft.irfft(self._bins[:used] * gains, length)
        filtered = filtered[: int(self.length * rate / self.rate)].astype(np.float64)
        levels = _levels(filtered, rate)
        even = np.clip(filtered / levels, -_LIMIT, _LIMIT)
        even[_silence(levels, rate)] = 0.0
        return Signal(even, rate, levels)


def _without_clicks(samples: FloatArray, rate: float) -> FloatArray:
    """``samples`` with lone peaks far above the peaks around them bridged by a line."""
    block = int(_CLICK_BLOCK_SECONDS * rate)
    if block < 4 or samples.size < 3 * block:
        return samples
    loudest = np.abs(samples[: samples.size // block * block].reshape(-1, block)).max(axis=1)
    if loudest.max() < _CLICK_FACTOR * np.median(loudest):
        return samples
    # Around a mean over a few half-waves neither hum nor drift counts.
    away = np.abs(samples - ndimage.uniform_filter1d(samples, block))
    peaks = away[: away.size // block * block].reshape(-1, block).max(axis=1)
    usual = ndimage.median_filter(peaks, _CLICK_BLOCKS, mode="nearest")
    # Where a signal begins after silence its first edge is no click.
    usual = np.maximum(usual, _LEVEL_FLOOR * usual.max(initial=0.0))
    high = away > _CLICK_FACTOR * np.repeat(np.append(usual, usual[-1]), block)[: samples.size]
    if not high.any():
        return samples
    clicks = ndimage.binary_dilation(high, iterations=max(int(rate / 40_000), 1))
    places = np.flatnonzero(clicks)
    kept = np.flatnonzero(~clicks)
    repaired = samples.copy()
    repaired[places] = np.interp(places, kept, samples[kept])
    return repaired


def _levels(samples: FloatArray, rate: float) -> FloatArray:
    """Mean absolute level around every sample; clicks do not count, silence is not amplified without end."""
    block = max(int(_LEVEL_SECONDS * rate), 1)
    blocks = max(samples.size // block, 1)
    means = (
        np.abs(samples[: blocks * block].reshape(blocks, -1)).mean(axis=1) if samples.size >= block else None
    )
    if means is None or means.max() <= 0:
        return np.ones(samples.size)
    steady = ndimage.median_filter(means, _LEVEL_BLOCKS, mode="nearest")
    steady = np.maximum(steady, _LEVEL_FLOOR * steady.max() + 1e-12)
    return np.asarray(np.interp(np.arange(samples.size), (np.arange(blocks) + 0.5) * block, steady))


def _silence(levels: FloatArray, rate: float) -> npt.NDArray[np.bool_]:
    """Where there has been no signal for longer than a search could bridge."""
    floor = levels <= _LEVEL_FLOOR * levels.max(initial=0.0) * 1.01
    edges = np.flatnonzero(np.diff(np.concatenate([[False], floor, [False]]).astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin < _SILENCE_SECONDS * rate:
            floor[begin:end] = False
    return np.asarray(floor)


def _without_below(corner: float) -> Response:
    """A steep high-pass without phase: takes away hum and drift."""

    def response(hertz: FloatArray) -> ComplexArray:
        return (1.0 / (1.0 + (corner / np.maximum(hertz, 1e-9)) ** 8)).astype(np.complex128)

    return response


def _undoing_high_pass(corner: float, order: int) -> Response:
    """The regularised inverse of a Butterworth high-pass."""

    def response(hertz: FloatArray) -> ComplexArray:
        # Poles of the normalised low-pass prototype; s -> corner / s turns it into the high-pass.
        angles = np.pi * (2 * np.arange(order) + order + 1) / (2 * order)
        poles = np.exp(1j * angles)
        s = corner / (1j * np.maximum(hertz, 1e-3))
        # The high-pass is one over this product; multiplied one by one, which is far quicker than np.prod.
        inverse = functools.reduce(np.multiply, [s - pole for pole in poles])
        power = inverse.real**2 + inverse.imag**2
        limited = inverse / (1.0 + _REGULARISATION**2 * power)
        return np.asarray(limited * _without_below(60.0)(hertz), dtype=np.complex128)

    return response


PLAIN = Front("plain", _without_below(HUM_HERTZ))
#: The corners of the inverse filters were chosen so that the second-order high-passes of the degradation
#: table, 100 to 2000 Hz, and its telephone band are near enough to one of them.
FRONTS = (
    PLAIN,
    Front("no baseline correction", _without_below(8.0)),
    Front("undo high-pass 300 Hz, 4th order", _undoing_high_pass(300.0, 4)),
    Front("undo high-pass 450 Hz, 2nd order", _undoing_high_pass(450.0, 2)),
    Front("undo high-pass 900 Hz, 2nd order", _undoing_high_pass(900.0, 2)),
    Front("undo high-pass 2000 Hz, 2nd order", _undoing_high_pass(2000.0, 2)),
)
