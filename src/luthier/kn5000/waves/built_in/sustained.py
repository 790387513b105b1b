"""What sounds as long as it is played: brass, reeds, flutes, bows, organs, voices, plain synthesiser waves.

Modelled: harmonics from a slope, resonances and a corner; upper ones that come later than the lower (brass);
breath or bow noise, with a chiff at the onset; a slight waver of every harmonic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.waves.built_in.sound import Samples, Sound, shaped_noise
from luthier.kn5000.waves.built_in.spectra import band, resonances, wave


@dataclass(frozen=True)
class Sustained:
    """How it sounds; see the module."""

    shape: str = "saw"
    levels: tuple[float, ...] = ()
    """Levels of the first harmonics, instead of a shape."""
    tilt: float = 0.0
    """Further loss in dB an octave."""
    even: float = 1.0
    """Level of the even harmonics, for closed pipes."""
    corner: float = 20_000.0
    """Where the harmonics begin to fall, for middle C."""
    corner_follow: float = 0.5
    steepness: float = 2.0
    body: tuple[tuple[float, float, float], ...] = ()
    attack: float = 0.02
    attack_spread: float = 0.0
    """Seconds by which the tenth harmonic comes later than the first."""
    blare: float = 0.0
    """How much louder the onset is than what follows."""
    breath: float = 0.0
    """Noise as a share of the whole."""
    breath_frequency: float = 3000.0
    breath_octaves: float = 3.0
    chiff: float = 0.0
    """Noise at the onset, as a share."""
    chiff_decay: float = 0.04
    shimmer: float = 0.02
    voices: int = 1
    detune: float = 0.0
    """Cents from the lowest to the highest voice."""
    ratios: tuple[float, ...] = (1.0,)
    """Several ranks at once: their pitches, as for organs and fifths."""
    click: float = 0.0


def harmonics(sound: Sound, form: Sustained, ratio: float = 1.0) -> tuple[Samples, Samples]:
    """Frequencies and levels of one rank."""
    root = sound.fundamental * ratio
    key = np.log2(sound.fundamental / 261.6256)
    count = int(min(max(sound.shape.top / root, 1), 100))
    level: Samples = np.array(form.levels[:count]) if form.levels else wave(form.shape, count)
    number = np.arange(1, level.size + 1)
    frequency: Samples = root * number
    level = level * np.power(number, form.tilt / 6.0206)
    level = np.where(number % 2 == 0, level * form.even, level)
    corner = form.corner * 2.0 ** (form.corner_follow * key)
    level = level * resonances(frequency, form.body) / (1 + (frequency / corner) ** form.steepness)
    return frequency, level


def sustained(sound: Sound, form: Sustained) -> None:
    """Add it to ``sound``."""
    sound.shimmer = form.shimmer
    total = 0.0
    for ratio in form.ratios:
        frequency, level = harmonics(sound, form, ratio)
        # High ranks are voiced softer.
        level = level * min(1.0, ratio**-0.5)
        total += float(np.sum(level**2))
        # A single voice keeps the phases of its shape; several have any.
        spread = np.linspace(-0.5, 0.5, form.voices) * form.detune if form.voices > 1 else np.zeros(1)
        for place, (pitch, loud) in enumerate(zip(frequency, level, strict=True)):
            late = form.attack + form.attack_spread * min(place, 14) / 9
            for cents in spread:
                share = float(loud) / form.voices**0.5
                sound.partial(
                    float(pitch * 2.0 ** (cents / 1200)),
                    steady=share,
                    extra=share * form.blare,
                    decay=0.06,
                    attack=late,
                    phase=None if form.voices > 1 or form.shimmer else 0.0,
                )
    loud = total**0.5 / 2**0.5
    key = float(np.log2(sound.fundamental / 261.6256))
    noise = band(form.breath_frequency * 2.0 ** (0.3 * key), form.breath_octaves)
    if form.breath or form.chiff:
        sound.noise(
            noise,
            steady=form.breath * loud,
            extra=form.chiff * loud,
            decay=form.chiff_decay,
            attack=form.attack / 4,
        )
    if form.click:
        sound.noise(band(2500.0, 2.0), extra=form.click * loud, decay=0.004, attack=0.0003)


@dataclass(frozen=True)
class Ensemble:
    """Many players at once: every harmonic is a narrow band of noise, symmetrical about its pitch."""

    form: Sustained = Sustained()
    width: float = 25.0
    """Cents from the middle to where a band has fallen to 1/e."""
    growth: float = 0.9
    """How a band widens with the number of its harmonic."""
    breath: float = 0.02
    tremolo: float = 0.0
    """Strokes a second, for tremolo strings."""


#: How much of its unevenness the level of a harmonic loses: players rarely fade all together.
_EVENED = 0.65
#: Of so many harmonics the one is taken that is best in tune: evening shifts their middle a little.
_ATTEMPTS = 24
#: Above so many harmonics the ear no longer tunes by them, and a few attempts do.
_TUNED = 4
_FEW_ATTEMPTS = 4


def _harmonic(sound: Sound, pitch: float, width: float, attempts: int) -> NDArray[np.complex128]:
    """The spectrum of a harmonic of RMS 1 as many play it."""
    size, rate = sound.shape.loop_length, sound.shape.rate
    step = rate / size
    reach = int(np.ceil(6 * width / step)) + 1
    centre = round(pitch / step)
    bell = np.exp(-((np.arange(-reach, reach + 1) * step / width) ** 2))
    # A slow signal, for which few points do.
    points = 1 << int(np.ceil(np.log2(12 * reach)))
    best, off = np.zeros(0, np.complex128), np.inf
    for _ in range(attempts):
        slow = np.zeros(points, np.complex128)
        slow[np.arange(-reach, reach + 1)] = bell * np.exp(2j * np.pi * sound.random.uniform(0, 1, bell.size))
        course = np.fft.ifft(slow)
        course /= np.maximum(np.abs(course), 1e-9 * np.max(np.abs(course))) ** _EVENED
        lines = np.fft.fft(course)
        lines = np.concatenate([lines[-2 * reach :], lines[: 2 * reach + 1]])
        power = np.abs(lines) ** 2
        middle = abs(float(np.sum(power * np.arange(-2 * reach, 2 * reach + 1)) / np.sum(power)))
        if middle < off:
            best, off = lines / np.sqrt(2 * np.sum(power)), middle
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    first = centre - 2 * reach
    inside = slice(max(first, 1), min(first + best.size, spectrum.size))
    spectrum[inside] = best[inside.start - first : inside.stop - first] * size
    return spectrum


def ensemble(sound: Sound, form: Ensemble) -> Samples:
    """The samples: harmonics that repeat with the loop (like Nasca's PADsynth, but evener), and an onset."""
    shape = sound.shape
    size = shape.loop_length
    frequency, level = harmonics(sound, form.form)
    bins = np.arange(size // 2 + 1) * shape.rate / size
    spectrum = np.zeros(bins.size, np.complex128)
    for index, (pitch, loud) in enumerate(zip(frequency, level, strict=True)):
        wide = max(pitch * (2.0 ** (form.width / 1200) - 1) * (index + 1) ** (form.growth - 1), 1.5 * bins[1])
        attempts = _ATTEMPTS if index < _TUNED else _FEW_ATTEMPTS
        spectrum += loud * _harmonic(sound, float(pitch), float(wide), attempts)
    spectrum[bins >= shape.top] = 0
    tile = np.fft.irfft(spectrum, size)
    tile /= np.sqrt(np.mean(tile**2))
    dark = np.fft.irfft(spectrum / (1 + (bins / (3 * sound.fundamental)) ** 2), size)
    dark /= np.sqrt(np.mean(dark**2))
    noise = shaped_noise(size, shape.rate, band(form.form.breath_frequency, 3.0), shape.top, sound.random)
    place = np.arange(shape.length)
    if form.tremolo:
        strokes = max(round(form.tremolo * size / shape.rate), 1)
        stroke = 0.6 + 0.4 * np.cos(2 * np.pi * strokes * np.arange(size) / size)
        tile, dark = tile * stroke, dark * stroke
    turned = (place - shape.loop_start) % size
    # The onset is darker and more bow than tone; all of it is over when the loop begins.
    bright = np.clip(place / max(shape.loop_start, 1), 0, 1) ** 0.5
    scrape = form.breath * (1 + 3 * np.clip(1 - 3 * place / max(shape.loop_start, 1), 0, 1))
    rise = np.clip(place / max(form.form.attack * shape.rate, 1), 0, 1)
    mixed = bright * tile[turned] + (1 - bright) * dark[turned] + scrape * noise[turned]
    return np.asarray(mixed * rise * rise * (3 - 2 * rise))
