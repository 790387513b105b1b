"""Mallets, bells, skins, electric pianos: a few partials, each with its own level and decay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luthier.kn5000.waves.built_in.sound import Sound
from luthier.kn5000.waves.built_in.spectra import band


@dataclass(frozen=True)
class Bar:
    """What rings: (ratio to the fundamental, level, decay as a share of that of the fundamental)."""

    modes: tuple[tuple[float, float, float], ...] = ((1.0, 1.0, 1.0),)
    decay: float = 1.0
    """Seconds to 1/e of the fundamental of middle C."""
    decay_follow: float = 0.5
    attack: float = 0.0008
    click: float = 0.1
    click_frequency: float = 2500.0
    click_octaves: float = 1.5
    click_decay: float = 0.006
    pair: float = 0.0
    """Cents by which every mode but the first is doubled, which makes it beat."""
    soften: float = 0.5
    """How much upper modes lose per octave above middle C, in shares."""


def bar(sound: Sound, form: Bar) -> None:
    """Add a bar, bell or skin to ``sound``."""
    key = float(np.log2(sound.fundamental / 261.6256))
    decay = form.decay * 2.0 ** (-form.decay_follow * key)
    for ratio, level, share in form.modes:
        frequency = sound.fundamental * ratio
        loud = level * (1.0 if ratio <= 1 else (1 - form.soften) ** max(key, 0))
        if form.pair and ratio != 1:
            for cents in (-form.pair / 2, form.pair / 2):
                detuned = frequency * 2.0 ** (cents / 1200)
                sound.partial(
                    detuned,
                    extra=loud / 2,
                    decay=decay * share,
                    attack=form.attack,
                    phase=0.0,
                    looped_as=frequency,
                )
        else:
            sound.partial(frequency, extra=loud, decay=decay * share, attack=form.attack, phase=0.0)
    if form.click:
        place = form.click_frequency * 2.0 ** (0.3 * key)
        noise = band(float(place), form.click_octaves)
        sound.noise(noise, extra=form.click, decay=form.click_decay, attack=0.0003)
