"""Drums and percussion: sweeping tones, ringing modes, bands of noise, clusters of metal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luthier.kn5000.waves.built_in.sound import Samples, Sound, shaped_noise
from luthier.kn5000.waves.built_in.spectra import above, band


@dataclass(frozen=True)
class Part:
    """A part of a stroke; which figures count depends on its kind."""

    kind: str
    """tone, modes, noise, hiss (noise above a corner), cluster."""
    level: float = 1.0
    decay: float = 0.1
    """Seconds to 1/e."""
    attack: float = 0.0005
    start: float = 0.0
    """Seconds until it begins."""
    frequency: float = 200.0
    """Of a tone at its end, the lowest mode or partial, the middle of a band, the corner of a hiss."""
    sweep: float = 1.0
    """A tone begins at this multiple of its frequency."""
    sweep_time: float = 0.03
    octaves: float = 1.5
    """How wide a band or a cluster is."""
    ratios: tuple[float, ...] = (1.0,)
    count: int = 30
    """Partials of a cluster."""


def stroke(sound: Sound, parts: tuple[Part, ...]) -> Samples:
    """The samples of all parts together."""
    shape = sound.shape
    total = np.zeros(shape.length)
    time = np.arange(shape.length) / shape.rate
    for part in parts:
        begin = int(part.start * shape.rate)
        local = time[: shape.length - begin]
        total[begin:] += part.level * _envelope(part, local) * _wave(sound, part, local)
    fade = shape.length // 8
    total[-fade:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade))
    return total


def _envelope(part: Part, time: Samples) -> Samples:
    rise = np.clip(time / part.attack, 0, 1)
    return np.asarray(rise * rise * (3 - 2 * rise) * np.exp(-time / part.decay))


def _wave(sound: Sound, part: Part, time: Samples) -> Samples:
    shape, random = sound.shape, sound.random
    if part.kind == "tone":
        course = part.frequency * (1 + (part.sweep - 1) * np.exp(-time / part.sweep_time))
        return np.sin(2 * np.pi * np.cumsum(course) / shape.rate)
    if part.kind == "noise":
        return shaped_noise(time.size, shape.rate, band(part.frequency, part.octaves), shape.top, random)
    if part.kind == "hiss":
        return shaped_noise(time.size, shape.rate, above(part.frequency), shape.top, random)
    if part.kind == "modes":
        frequencies = part.frequency * np.array(part.ratios)
        fades = 1 / np.sqrt(np.array(part.ratios) / part.ratios[0])
    elif part.kind == "cluster":
        places = np.sort(random.uniform(0, part.octaves, part.count))
        frequencies = part.frequency * 2.0**places
        fades = random.uniform(0.3, 1, part.count)
    else:
        raise ValueError(f"no part of a stroke is called {part.kind!r}")
    total = np.zeros(time.size)
    for frequency, fade in zip(frequencies, fades, strict=True):
        if frequency < shape.top:
            ringing = np.exp(-time * (1 / fade - 1) / part.decay)
            total += fade * ringing * np.sin(2 * np.pi * frequency * time + random.uniform(0, 2 * np.pi))
    return np.asarray(total / np.sqrt(frequencies.size / 2))
