"""What frequencies a recording holds: hum, the band it was squeezed through, and how its channels differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.poly800.tape import modulation

FloatArray = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]

#: Length of the windows of a spectrum, seconds: resolves mains hum from the data around it.
_WINDOW_SECONDS = 0.25
#: Bands of a response: a third of an octave from 100 Hz on (the output of the synth is coupled at 10 Hz).
_LOWEST_BAND = 100.0
_HIGHEST_BAND = 12_000.0
#: The band on which a response is 0 dB: around the half-waves themselves, 700 to 1550 Hz.
_REFERENCE_BAND = (600.0, 1700.0)
#: A response is weak below this many decibels: a half; above, where the edges are rounder than a square
#: wave's on any tape, a quarter.
_LOW_EDGE_DECIBELS = -6.0
_HIGH_EDGE_DECIBELS = -12.0
#: A fall by so many decibels within a sixth of an octave: no tape deck does this, codecs do.
_CUT_OFF_DECIBELS = 20.0
_CUT_OFF_RATIO = 2 ** (1 / 6)
_CUT_OFF_FROM = 2_500.0
#: Time between channels is looked for up to this, seconds: far more than a tilted head makes.
_MOST_DELAY = 0.001


def decibels(value: float) -> float:
    """``value`` (1 is full scale) in decibels, not below -200."""
    return max(20.0 * float(np.log10(max(value, 1e-10))), -200.0)


def track(samples: Samples, channel: str) -> Samples:
    """The channel of (n, channels) ``samples`` that a dump calls ``channel``."""
    if channel.startswith("difference") and samples.shape[1] == 2:
        return np.asarray(samples[:, 0] - samples[:, 1])
    names = {"left": 0, "right": 1} | {f"channel {n + 1}": n for n in range(samples.shape[1])}
    if channel in names and names[channel] < samples.shape[1]:
        return np.asarray(samples[:, names[channel]])
    return np.asarray(samples.mean(axis=1))


class PowerSpectrum:
    """The mean power spectrum of the pieces it is given (Welch: Hann windows that overlap by half)."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.size = max(int(2 ** np.ceil(np.log2(_WINDOW_SECONDS * rate))), 16)
        self.hertz = np.fft.rfftfreq(self.size, 1 / rate)
        self._window = np.hanning(self.size)
        self._sum = np.zeros(self.hertz.size)
        self._count = 0

    def add(self, samples: npt.ArrayLike) -> None:
        """Take another piece into the mean; what does not fill a window is left out."""
        row = np.asarray(samples, dtype=np.float64)
        for begin in range(0, row.size - self.size + 1, self.size // 2):
            piece = row[begin : begin + self.size]
            self._sum += np.abs(np.fft.rfft((piece - piece.mean()) * self._window)) ** 2
            self._count += 1

    @property
    def power(self) -> FloatArray:
        """Mean square of the signal in each line of the spectrum (their sum is that of the signal)."""
        scale = 2.0 / (self.size * float(np.square(self._window).sum()) * max(self._count, 1))
        return self._sum * scale

    @property
    def empty(self) -> bool:
        """Whether no window was filled."""
        return self._count == 0

    def band(self, low: float, high: float) -> float:
        """Mean square between two frequencies."""
        return float(self.power[(self.hertz >= low) & (self.hertz < high)].sum())

    def hum(self) -> dict[int, float]:
        """Amplitude of 50 and 60 Hz, each with two overtones, as part of the data's amplitude (300 Hz on)."""
        data = np.sqrt(2.0 * self.band(300.0, self.rate / 2)) + 1e-12
        return {
            mains: float(np.sqrt(sum(self._line(mains * n) for n in (1, 2, 3))) / data) for mains in (50, 60)
        }

    def _line(self, hertz: float) -> float:
        """Twice the mean square of a line, without what lies on both its sides."""
        step = self.rate / self.size
        near = np.abs(self.hertz - hertz) <= 2.0 * step
        beside = (np.abs(self.hertz - hertz) > 2.0 * step) & (np.abs(self.hertz - hertz) <= 5.0 * step)
        # The stronger side counts: 60 Hz must not be seen on the flank of 50 Hz.
        floor = float(self.power[beside].max(initial=0.0)) * int(near.sum())
        return max(2.0 * (float(self.power[near].sum()) - floor), 0.0)

    def cut_off(self) -> float | None:
        """Hz of the steepest fall, if it is as steep as a codec's and everything above is weak too."""
        if self.empty:
            return None
        centres = [_CUT_OFF_FROM]
        while centres[-1] * _CUT_OFF_RATIO**2 < 0.48 * self.rate:
            centres.append(centres[-1] * _CUT_OFF_RATIO)
        levels = np.array([self.band(c, c * _CUT_OFF_RATIO) / (c * (_CUT_OFF_RATIO - 1)) for c in centres])
        curve = 10 * np.log10(levels + 1e-30)
        # Over two bands: the fall of a filter may lie across one.
        falls = curve[:-2] - curve[2:]
        for place in np.flatnonzero(falls > _CUT_OFF_DECIBELS):
            if curve[place + 2 :].max() < curve[place] - _CUT_OFF_DECIBELS:
                return float(centres[place + 1])
        return None


def powers_above(hertz: float, samples: npt.ArrayLike, rate: int) -> FloatArray:
    """The mean square above ``hertz`` of each quarter second of ``samples``."""
    row = np.asarray(samples, dtype=np.float64)
    found = []
    for begin in range(0, row.size, int(_WINDOW_SECONDS * rate) or 1):
        piece = PowerSpectrum(rate)
        piece.add(row[begin : begin + piece.size])
        if not piece.empty:
            found.append(piece.band(hertz, rate))
    return np.array(found)


def response(spectrum: PowerSpectrum, image: bytes, scale: float) -> tuple[FloatArray, FloatArray] | None:
    """What the recording chain did to a square wave: band centres in Hz, and decibels.

    ``image`` and ``scale`` (length of half-waves, 1 nominal) say what was on the tape.  None if too little
    was recorded.
    """
    if spectrum.empty:
        return None
    edges = modulation.half_waves(modulation.bits_of(image)) * scale
    # Noise of an unmodulated line need not be told from a wave that is 100 dB down.
    ideal = PowerSpectrum(spectrum.rate)
    ideal.add(_square(edges, spectrum.rate))
    if ideal.empty:
        return None
    centres = []
    centre = _LOWEST_BAND
    while centre * 2 ** (1 / 6) < min(_HIGHEST_BAND, 0.45 * spectrum.rate):
        centres.append(centre)
        centre *= 2 ** (1 / 3)
    bands = [(c * 2 ** (-1 / 6), c * 2 ** (1 / 6)) for c in centres]
    gains = np.array([_gain(spectrum, ideal, *band) for band in bands])
    reference = _gain(spectrum, ideal, *_REFERENCE_BAND)
    return np.array(centres), 10 * np.log10((gains + 1e-12) / (reference + 1e-12))


def _gain(spectrum: PowerSpectrum, ideal: PowerSpectrum, low: float, high: float) -> float:
    return spectrum.band(low, high) / (ideal.band(low, high) + 1e-30)


def _square(edges: FloatArray, rate: int) -> Samples:
    """The undamaged signal; recordings below 8 kHz are compared with a plain square."""
    if modulation.LOWEST_RATE <= rate <= modulation.HIGHEST_RATE:
        return modulation.waveform(edges, rate, level=1.0)
    moments = np.arange(int(edges[-1] * rate)) / rate
    return np.asarray(1.0 - 2.0 * (np.searchsorted(edges, moments) % 2), dtype=np.float32)


def edges(curve: tuple[FloatArray, FloatArray]) -> tuple[float | None, float | None]:
    """Where a response is a half at the low end, and a quarter at the high end; None if nowhere."""
    hertz, gains = curve
    middle = int(np.searchsorted(hertz, 1000.0))
    low = [place for place in range(min(middle, hertz.size)) if gains[place] < _LOW_EDGE_DECIBELS]
    high = [place for place in range(middle, hertz.size) if gains[place] < _HIGH_EDGE_DECIBELS]
    return (
        float(hertz[low[-1] + 1]) if low and low[-1] + 1 < hertz.size else None,
        float(hertz[high[0] - 1]) if high else None,
    )


@dataclass(frozen=True)
class Channels:
    """How left and right of a recording differ."""

    left: float
    right: float
    """Effective levels, dBFS."""
    delay: float
    """Microseconds by which the right channel is late."""
    likeness: float
    """Correlation at that delay, -1 to 1; below 0 one is upside down."""


def channels(samples: Samples, rate: int) -> Channels | None:
    """Compare the two channels of (n, 2) ``samples``; None if there are too few of them."""
    most = int(_MOST_DELAY * rate) + 1
    if samples.shape[0] < 8 * most:
        return None
    left, right = (
        np.asarray(channel - channel.mean(), dtype=np.float64) for channel in samples[: 4 * rate].T
    )
    energy = float(np.sqrt(np.square(left).sum() * np.square(right).sum()))
    levels = [float(np.sqrt(np.square(channel).mean())) for channel in (left, right)]
    if energy <= 1e-12:
        return Channels(decibels(levels[0]), decibels(levels[1]), 0.0, 0.0)
    size = int(2 ** np.ceil(np.log2(left.size + most)))
    crossed = np.fft.irfft(np.conj(np.fft.rfft(left, size)) * np.fft.rfft(right, size), size)
    lags = np.concatenate([crossed[-most:], crossed[: most + 1]]) / energy
    place = int(np.argmax(np.abs(lags)))
    shift = _parabola(np.abs(lags), place)
    return Channels(
        decibels(levels[0]), decibels(levels[1]), (place + shift - most) / rate * 1e6, float(lags[place])
    )


def _parabola(curve: FloatArray, place: int) -> float:
    """How far the top of the parabola through a maximum and its neighbours lies beside it."""
    if not 0 < place < curve.size - 1:
        return 0.0
    before, at, after = curve[place - 1 : place + 2]
    bend = before - 2 * at + after
    return float(0.5 * (before - after) / bend) if bend < 0 else 0.0
