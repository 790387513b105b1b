"""Pictures of a sound as SVG, without any library: how its level goes, and which frequencies it holds.

Only shapes with attributes: no style sheet, no script, nothing that a strict content policy forbids.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from luthier.poly800.voice.state import Samples

WIDTH, HEIGHT = 360, 90
_GAP, _LABEL = 12, 14
_POINTS, _BANDS = 120, 60
_LOWEST, _HIGHEST = 40.0, 16_000.0
#: Decibels from the bottom of the spectrum to its top.
_RANGE = 60.0
_INK, _PALE, _TEXT = "#2b6cb0", "#e2e8f0", "#4a5568"


def picture(sound: Samples, rate: int) -> str:
    """An SVG of ``sound``, shape (n, 2): level over time on the left, spectrum on the right."""
    half = (WIDTH - _GAP) / 2
    level, bands = levels(sound), spectrum(sound, rate)
    marks = "".join(
        _text(half + _GAP + _place(hertz) * half, HEIGHT - 2, name, "middle")
        for hertz, name in ((100, "100"), (1_000, "1k"), (10_000, "10k"))
    )
    seconds = len(sound) / rate
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" role="img"><title>Level over {seconds:.1f} s, and spectrum in Hz</title>'
        f"{_panel(0, half)}{_panel(half + _GAP, half)}{_area(level, half)}{_bars(bands, half)}{marks}"
        f"{_text(0, HEIGHT - 2, '0 s', 'start')}{_text(half, HEIGHT - 2, f'{seconds:.0f} s', 'end')}</svg>\n"
    )


def levels(sound: Samples, points: int = _POINTS) -> NDArray[np.float64]:
    """The highest sample of each of ``points`` parts of a sound, 0 to 1 of the highest of all."""
    loud = np.abs(sound).max(1) if len(sound) else np.zeros(1)
    parts = [float(part.max()) if part.size else 0.0 for part in np.array_split(loud, points)]
    highest = max(parts)
    return np.array(parts) / highest if highest else np.zeros(points)


def spectrum(sound: Samples, rate: int, bands: int = _BANDS) -> NDArray[np.float64]:
    """Decibels below the strongest of bands of equal ratio from 40 Hz to 16 kHz, over the loudest second."""
    mono = sound.mean(1, dtype=np.float64)
    length = min(rate, len(mono))
    if length < 16 or not mono.any():
        return np.full(bands, -np.inf)
    begin = max(min(int(np.abs(mono).argmax()), len(mono) - length), 0)
    power = np.abs(np.fft.rfft(mono[begin : begin + length] * np.hanning(length))) ** 2
    hertz = np.fft.rfftfreq(length, 1 / rate)
    edges = np.geomspace(_LOWEST, _HIGHEST, bands + 1)
    places = np.searchsorted(hertz, edges)
    sums = np.array(
        [power[first : max(last, first + 1)].max(initial=0) for first, last in itertools.pairwise(places)]
    )
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(sums / sums.max()))


def _place(hertz: float) -> float:
    return float(np.log(hertz / _LOWEST) / np.log(_HIGHEST / _LOWEST))


def _panel(left: float, width: float) -> str:
    height = HEIGHT - _LABEL
    return f'<rect x="{left:.1f}" y="0" width="{width:.1f}" height="{height}" fill="{_PALE}"/>'


def _area(level: NDArray[np.float64], width: float) -> str:
    middle = (HEIGHT - _LABEL) / 2
    across = np.linspace(0, width, len(level))
    upper = [f"{x:.1f},{middle - y * (middle - 2):.1f}" for x, y in zip(across, level, strict=True)]
    lower = [f"{x:.1f},{middle + y * (middle - 2):.1f}" for x, y in zip(across, level, strict=True)]
    return f'<polygon points="{" ".join(upper + lower[::-1])}" fill="{_INK}"/>'


def _bars(bands: NDArray[np.float64], width: float) -> str:
    bottom, each = HEIGHT - _LABEL, width / len(bands)
    heights = np.clip(1 + bands / _RANGE, 0, 1) * (bottom - 2)
    return "".join(
        f'<rect x="{WIDTH - width + each * band:.1f}" y="{bottom - height:.1f}" width="{each * 0.8:.1f}"'
        f' height="{height:.1f}" fill="{_INK}"/>'
        for band, height in enumerate(heights)
        if height > 0
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="sans-serif" font-size="10" fill="{_TEXT}"'
        f' text-anchor="{anchor}">{text}</text>'
    )
