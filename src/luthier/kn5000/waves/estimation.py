"""Root and loop of a wave whose format tells neither: estimated, and shown as such.

Open questions
- Root notes, rates and loop points of the maker's waves: the ROM does not tell them in any way that is known.
  Rate is taken as 44,100 Hz, the pitch is that of the autocorrelation, a loop is where a wave best
  repeats itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: The DSP side runs at this rate (facts of the KN5000); that the waves do too is a guess.
ASSUMED_RATE = 44_100.0
#: No wave is looked at for longer.
_LONGEST = 65_536
_WINDOW = 8_192
_HIGHEST, _LOWEST = 4_200.0, 25.0
#: A wave that repeats less than this has no pitch; a seam that fits less is no loop.
_CLEAR = 0.5
_FITTING = 0.9
_SEAM = 256


@dataclass(frozen=True)
class Estimate:
    """What a wave seems to be."""

    frequency: float | None
    """Hz at the assumed rate; None: no pitch was found."""
    clearness: float
    """How well it repeats after that time, 0 to 1."""
    loop: tuple[int, int] | None
    """First sample of a loop and the one behind it; None: played once."""


def estimate(samples: NDArray[np.int16]) -> Estimate:
    """Judge a wave by its sound alone."""
    wave = samples[:_LONGEST].astype(np.float64)
    frequency, clearness = _pitch(wave)
    return Estimate(frequency, clearness, _loop(wave) if frequency else None)


def _pitch(wave: NDArray[np.float64]) -> tuple[float | None, float]:
    begin = min(wave.size // 3, max(wave.size - _WINDOW, 0))
    part = wave[begin : begin + _WINDOW]
    part = part - np.mean(part) if part.size else part
    if part.size < 32 or not np.any(part):
        return None, 0.0
    size = part.size
    spectrum = np.fft.rfft(part, 2 * size)
    alike = np.fft.irfft(np.abs(spectrum) ** 2)[:size]
    # As much as a shorter overlap could be alike at most.
    power = np.cumsum(part**2)
    most = np.sqrt(np.maximum(power[::-1] * (power[-1] - np.concatenate([[0.0], power[:-1]])), 1e-9))
    alike = alike / np.maximum(most, 1e-9 * power[-1])
    first = int(ASSUMED_RATE / _HIGHEST)
    last = min(int(ASSUMED_RATE / _LOWEST), size * 2 // 3)
    below = np.flatnonzero(alike[first:last] < 0)
    if below.size == 0:
        return None, 0.0
    first += int(below[0])
    inside = alike[first:last]
    best = float(np.max(inside))
    if best < _CLEAR:
        return None, max(best, 0.0)
    # The first peak that is nearly as high: later ones are its multiples.
    peaks = np.flatnonzero((inside[1:-1] >= inside[:-2]) & (inside[1:-1] > inside[2:])) + 1
    good = [place for place in peaks if inside[place] > 0.9 * best]
    place = first + int(good[0]) if good else first + int(np.argmax(inside))
    lag = place + _peak(alike[place - 1 : place + 2])
    # A longer distance tells the period better.
    times = int((size // 2) // lag)
    if times > 1:
        about = round(times * lag)
        near = alike[about - 3 : about + 4]
        if near.size == 7:
            centre = about - 3 + int(np.argmax(near))
            lag = (centre + _peak(alike[centre - 1 : centre + 2])) / times
    return ASSUMED_RATE / lag, min(best, 1.0)


def _peak(three: NDArray[np.float64]) -> float:
    """Where the parabola through three values has its top, relative to the middle one."""
    bend = three[0] - 2 * three[1] + three[2] if three.size == 3 else 0.0
    return float(np.clip(0.5 * (three[0] - three[2]) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _loop(wave: NDArray[np.float64]) -> tuple[int, int] | None:
    """The place that the end of a wave is most alike; the loop goes from there to the end."""
    if wave.size < 4 * _SEAM:
        return (0, wave.size) if wave.size else None
    pattern = wave[-_SEAM:]
    searched = wave[wave.size // 4 : -2 * _SEAM + _SEAM // 2]
    if searched.size <= _SEAM or not np.any(pattern):
        return None
    size = searched.size + _SEAM
    alike = np.fft.irfft(np.fft.rfft(searched, size) * np.conj(np.fft.rfft(pattern, size)), size)
    alike = alike[: searched.size - _SEAM + 1]
    power = np.concatenate([[0.0], np.cumsum(searched**2)])
    around = power[_SEAM:] - power[:-_SEAM]
    fit = alike / np.sqrt(np.maximum(around * np.sum(pattern**2), 1e-9))
    place = int(np.argmax(fit))
    if fit[place] < _FITTING:
        return None
    start = wave.size // 4 + place + _SEAM
    return (start, wave.size)
