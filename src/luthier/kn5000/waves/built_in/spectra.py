"""Spectra that instruments are made of: resonances, bands, string and wave shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from luthier.kn5000.waves.built_in.sound import Samples, Spectrum

#: Centre in Hz, gain in dB, width in Hz.
Resonance = Sequence[float]


def resonances(frequency: Samples, found: Sequence[Resonance]) -> Samples:
    """The gain of resonances at frequencies: each raises its surroundings by its dB."""
    decibels = np.zeros_like(frequency)
    for centre, gain, width in found:
        decibels += gain / (1 + ((frequency - centre) / (width / 2)) ** 2)
    return np.asarray(10 ** (decibels / 20))


def band(centre: float, octaves: float, slope: float = 0.0) -> Spectrum:
    """A bell over ``centre``, ``octaves`` wide, on a slope in dB an octave."""

    def magnitude(frequency: Samples) -> Samples:
        distance = np.log2(frequency / centre)
        return np.asarray(np.exp(-0.5 * (distance / (octaves / 2)) ** 2) * 10 ** (slope * distance / 20))

    return magnitude


def above(corner: float, order: float = 2.0) -> Spectrum:
    """High-passed noise."""

    def magnitude(frequency: Samples) -> Samples:
        ratio = (frequency / corner) ** order
        return np.asarray(ratio / np.sqrt(1 + ratio * ratio))

    return magnitude


def below(corner: float, order: float = 2.0) -> Spectrum:
    """Low-passed noise."""

    def magnitude(frequency: Samples) -> Samples:
        return np.asarray(1 / np.sqrt(1 + (frequency / corner) ** (2 * order)))

    return magnitude


def plucked(count: int, position: float, tilt: float) -> Samples:
    """Levels of the harmonics of a string set in motion at a share of its length."""
    number = np.arange(1, count + 1)
    return np.asarray(np.abs(np.sin(np.pi * number * position)) / number**tilt + 1e-4 / number)


def wave(name: str, count: int) -> Samples:
    """Levels of the harmonics of a plain wave shape."""
    number = np.arange(1, count + 1)
    odd = number % 2 == 1
    if name == "saw":
        return 1.0 / number
    if name == "square":
        return np.where(odd, 1.0 / number, 0.0)
    if name == "triangle":
        return np.where(odd, 1.0 / number**2, 0.0)
    if name == "sine":
        return np.where(number == 1, 1.0, 0.0)
    width = float(name.removeprefix("pulse")) / 100
    return np.asarray(np.abs(np.sin(np.pi * number * width)) / number)


def distorted(levels: Samples, drive: float, bias: float, count: int) -> tuple[Samples, Samples]:
    """Levels and phases of the harmonics of a wave behind a valve-like curve.

    One period is bent sixteen times finer than the harmonics that are kept, so that none folds back.
    """
    size = 16 * 2 ** int(np.ceil(np.log2(max(count, levels.size) + 1)))
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    spectrum[1 : levels.size + 1] = -1j * levels
    period = np.fft.irfft(spectrum, size)
    period /= np.max(np.abs(period))
    bent = np.fft.rfft(np.tanh(drive * (period + bias)))[1 : count + 1]
    return np.abs(bent) / np.max(np.abs(bent)), np.angle(bent) + np.pi / 2
