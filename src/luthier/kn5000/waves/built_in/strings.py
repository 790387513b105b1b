"""Struck and plucked strings: pianos, harpsichords, guitars, basses, harps and their kin.

Modelled: stiff strings with levels from where and how they are set in motion, losses that grow with
frequency, two or three strings to a key that beat and decay in two stages, resonances of the body, and the
noise of hammer, pick or finger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luthier.kn5000.waves.built_in.sound import Samples, Sound
from luthier.kn5000.waves.built_in.spectra import band, distorted, plucked, resonances


@dataclass(frozen=True)
class String:
    """How a string sounds; see the module."""

    position: float = 0.13
    tilt: float = 1.0
    hardness: float = 4000.0
    """Frequency above which hammer or finger take the partials away, for middle C."""
    hardness_follow: float = 0.4
    """How far that moves with the key."""
    decay: float = 3.0
    """Seconds to 1/e of the fundamental of middle C."""
    decay_follow: float = 0.6
    damping: float = 0.06
    """How much faster each further partial decays."""
    stiffness: float = 0.0001
    """Inharmonicity of middle C."""
    strings: int = 1
    detune: float = 0.6
    """Cents between the strings of a key."""
    aftersound: float = 0.25
    """Share of the slow second stage of a decay."""
    body: tuple[tuple[float, float, float], ...] = ()
    knock: float = 0.1
    knock_frequency: float = 400.0
    knock_octaves: float = 2.0
    knock_decay: float = 0.02
    attack: float = 0.001
    buzz: float = 0.0
    """Share of late brightness, as from a curved bridge (sitar)."""
    sustain: float = 0.0
    """Share of the level that stays (feedback, bow)."""
    drive: float = 0.0
    """How far the harmonics are bent by an amplifier; 0: not at all."""
    only_even: bool = False


def string(sound: Sound, form: String) -> None:
    """Add a string to ``sound``."""
    root = sound.fundamental
    key = np.log2(root / 261.6256)
    count = int(min(sound.shape.top / root, 110))
    number = np.arange(1, count + 1)
    level: Samples = plucked(count, form.position, form.tilt)
    phases: Samples = np.zeros(count)
    if form.drive:
        level, phases = distorted(level, form.drive, 0.18, count)
    stiffness = form.stiffness * 2.0 ** (1.4 * key) if key > 0 else form.stiffness * 2.0 ** (-0.6 * key)
    # The first partial is the one that is tuned.
    frequency = root * number * np.sqrt((1 + stiffness * number**2) / (1 + stiffness))
    corner = form.hardness * 2.0 ** (form.hardness_follow * key)
    level = level * resonances(frequency, form.body) / (1 + (frequency / corner) ** 3)
    if form.only_even:
        level[2::2] *= 0.15
    decay = form.decay * 2.0 ** (-form.decay_follow * key) / (1 + form.damping * (number - 1))
    decay = decay / (1 + (frequency / 6000.0) ** 2)
    spread = np.linspace(-0.5, 0.5, form.strings) * form.detune if form.strings > 1 else np.zeros(1)
    for index in range(count):
        for cents in spread:
            share = level[index] / form.strings
            phase = float(phases[index]) + (0.0 if form.drive else float(sound.random.uniform(-0.6, 0.6)))
            tuned = float(frequency[index])
            detuned = float(tuned * 2.0 ** (cents / 1200))
            stays, goes = form.sustain * share, (1 - form.sustain) * share
            first = (1 - form.aftersound) * goes
            length = float(decay[index])
            if form.buzz:
                # Late partials: the bridge lets them in after the pluck.
                late = 0.02 + 0.25 * form.buzz * index / count
                loud = goes * (1 + form.buzz * index / 4)
                sound.partial(detuned, extra=loud, decay=length, attack=late, looped_as=tuned)
                continue
            sound.partial(
                detuned,
                steady=stays,
                extra=first,
                decay=0.45 * length,
                attack=form.attack,
                phase=phase,
                looped_as=tuned,
            )
            sound.partial(
                detuned,
                extra=form.aftersound * goes,
                decay=2.2 * length,
                attack=form.attack,
                phase=phase,
                looped_as=tuned,
            )
    if form.knock:
        strength = form.knock * float(np.sqrt(np.sum(level**2)))
        place = form.knock_frequency * 2.0 ** (0.3 * key)
        noise = band(float(place), form.knock_octaves)
        sound.noise(noise, extra=strength, decay=form.knock_decay, attack=0.0005)
