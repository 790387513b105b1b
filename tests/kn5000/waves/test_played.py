"""Our recordings through the tone generator: in tune on every key of a zone, clean at its upper end."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.tone_generator.sounding import RATE, played, voice
from tests.kn5000.waves.measuring import cents, pitch, plan, rendered

from luthier.kn5000.tone_generator.recordings import RECORDING, Recordings
from luthier.kn5000.waves.built_in import catalogue, generation
from luthier.kn5000.waves.built_in.sound import frequency_of


def alone(name: str) -> Recordings:
    """A bank of one recording, with selector 0."""
    selector = next(entry.selector for entry in catalogue.layout() if entry.plan is plan(name))
    row = generation.table()[selector : selector + 1].astype(RECORDING)
    row["start"] = 0
    return Recordings(rendered(name), row)


@pytest.mark.parametrize(
    "instrument", ["piano", "flute", "trumpet", "saw", "marimba", "drawbar-8", "finger-bass"]
)
@pytest.mark.parametrize("key", [52, 67])
def test_a_key_sounds_at_its_pitch(instrument: str, key: int) -> None:
    heard = played(alone(f"{instrument}@{key}"), voice(key), 2 * RATE)[:, 0].astype(np.float64)
    steady = heard[RATE // 2 :]
    assert abs(cents(pitch(steady, RATE, frequency_of(key), reach=0.25), frequency_of(key))) < 1.5


@pytest.mark.parametrize("name", ["square@65", "square@77", "drawbar-8@69"])
def test_nothing_but_harmonics_is_heard_at_the_upper_end_of_a_zone(name: str) -> None:
    key = int(name.partition("@")[2])
    heard = played(alone(name), voice(key), 2 * RATE)[RATE // 2 :, 0].astype(np.float64)
    power = np.abs(np.fft.rfft(heard * np.blackman(heard.size))) ** 2
    frequency = np.fft.rfftfreq(heard.size, 1 / RATE)
    number = np.maximum(np.round(frequency / frequency_of(key)), 1)
    aside = np.abs(frequency - number * frequency_of(key)) > 20
    # -60 dB for all together, and less than -80 for any one of them.
    assert np.sum(power[aside]) < 1e-6 * np.sum(power)
    assert np.max(power[aside]) < 1e-8 * np.max(power)
