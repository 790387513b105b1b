"""Measures recordings: pitch, seams, what lies above a frequency."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.waves.built_in import catalogue, generation
from luthier.kn5000.waves.built_in.catalogue import Plan

Wave = NDArray[np.floating[Any]]


@cache
def plan(name: str) -> Plan:
    """``flute@66``: what the flute plays on key 66; ``crash``: the drum."""
    instrument, _, key = name.partition("@")
    zones = [placed.plan for placed in catalogue.zones(instrument)]
    return next(found for found in zones if not key or found.low <= int(key) <= found.high)


@cache
def rendered(name: str) -> NDArray[np.int16]:
    return generation.render(plan(name))


def loop_of(name: str) -> Wave:
    shape = plan(name).shape
    end = shape.loop_start + shape.loop_length
    return rendered(name)[shape.loop_start : end].astype(np.float64)


def played(name: str, seconds: float) -> Wave:
    """A held note: the loop is repeated."""
    shape = plan(name).shape
    samples = rendered(name).astype(np.float64)
    place = np.arange(int(seconds * shape.rate))
    if not shape.loop_length:
        return np.pad(samples, (0, max(place.size - samples.size, 0)))[: place.size]
    inside = (place - shape.loop_start) % shape.loop_length + shape.loop_start
    return samples[np.where(place < shape.loop_start, place, inside)]


def pitch(wave: Wave, rate: float, near: float, reach: float = 0.6) -> float:
    """Hz: the middle of the energy within ``reach`` semitones of ``near``, of a windowed wave."""
    size = 1 << int(np.ceil(np.log2(wave.size * 4)))
    power = np.abs(np.fft.rfft(wave * np.blackman(wave.size), size)) ** 2
    frequency = np.fft.rfftfreq(size, 1 / rate)
    inside = np.abs(12 * np.log2(np.maximum(frequency, 1e-9) / near)) < reach
    found = power[inside]
    kept = found > 1e-3 * found.max()
    return float(np.sum(frequency[inside][kept] * found[kept]) / np.sum(found[kept]))


def cents(found: float, wanted: float) -> float:
    return 1200 * float(np.log2(found / wanted))


def share(wave: Wave, rate: float, chosen: Callable[[Wave], NDArray[np.bool_]]) -> float:
    """How much of the energy lies at the frequencies that are chosen."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float(np.sum(power[chosen(np.fft.rfftfreq(wave.size, 1 / rate))]) / np.sum(power))


def level(wave: Wave, rate: float, frequency: float) -> float:
    """Amplitude of the component of a whole loop at ``frequency``, and its two neighbours."""
    spectrum = np.abs(np.fft.rfft(wave)) * 2 / wave.size
    place = round(frequency * wave.size / rate)
    return float(np.sqrt(np.sum(spectrum[place - 1 : place + 2] ** 2)))
