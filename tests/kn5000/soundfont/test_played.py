"""A font of our own played by the engine."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kn5000.soundfont import writer
from tests.kn5000.soundfont.test_font import opened
from tests.kn5000.soundfont.writer import Instrument, Preset, Recorded, Zone, span
from tests.kn5000.tone_generator.sounding import RATE, decibels, hertz

from luthier.kn5000.engine import Engine

#: Generators of the volume envelope.
DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = 33, 34, 35, 36, 37, 38
DRUMS = 9


def timecents(seconds: float) -> int:
    return round(1200 * math.log2(seconds))


def engine(*zones: Zone, bank: int = 0) -> Engine:
    wave, loop = writer.sine(440.0)
    data = writer.font(
        [Recorded(wave, root=69, loop=loop)], [Instrument(zones)], [Preset([Zone(0)], 0, bank)]
    )
    made = Engine(opened(data))
    for part in (0, DRUMS):
        made.control(part, 91, 0)
    return made


def level(sound: NDArray[np.float32]) -> float:
    return decibels(float(np.sqrt(np.mean(sound[:, 0].astype(np.float64) ** 2))))


@pytest.mark.parametrize("key", [30, 57, 69, 100])
def test_every_key_is_in_tune(key: int) -> None:
    playing = engine(Zone(0, {writer.MODE: 1}))
    playing.note_on(0, key, 127)
    found = hertz(playing.render(RATE)[4410:, 0])
    assert abs(1200 * math.log2(found / (440 * 2 ** ((key - 69) / 12)))) < 1


@pytest.mark.parametrize("held", [0.05, 0.2, 0.6, 2.0])
def test_a_key_let_go_in_any_segment_falls_60_db_in_its_time(held: float) -> None:
    # Delay 0.1, attack 0.2, hold 0.5, decay; the release takes 1 s for 100 dB.
    envelope = {DELAY: timecents(0.1), ATTACK: timecents(0.2), HOLD: timecents(0.5), DECAY: 0, SUSTAIN: 60}
    playing = engine(Zone(0, {writer.MODE: 1, RELEASE: 0, **envelope}))
    playing.note_on(0, 69, 127)
    playing.render(round(held * RATE))
    playing.note_off(0, 69)
    first, later = (level(playing.render(RATE // 20)) for _ in range(2))
    if held > 0.1:
        # 5 dB in 50 ms; rates of the tone generator lie 8 % apart.
        assert first - later == pytest.approx(5, abs=0.6)
    playing.render(RATE)
    assert level(playing.render(RATE // 10)) < -100
    assert playing.sounding == 0


def test_a_delayed_sound_waits() -> None:
    playing = engine(Zone(0, {writer.MODE: 1, DELAY: timecents(0.3)}))
    playing.note_on(0, 69, 127)
    assert level(playing.render(round(0.25 * RATE))) < -90
    playing.render(round(0.15 * RATE))
    assert level(playing.render(round(0.1 * RATE))) > -30


def test_drums_of_a_class_silence_each_other() -> None:
    first = Zone(0, {writer.KEYS: span(42, 42), writer.CLASS: 1, writer.MODE: 1})
    second = Zone(0, {writer.KEYS: span(46, 46), writer.CLASS: 1, writer.MODE: 1})
    playing = engine(first, second, bank=128)
    playing.note_on(DRUMS, 46, 100)
    playing.render(RATE // 10)
    playing.note_on(DRUMS, 42, 100)
    playing.render(RATE // 2)
    assert playing.sounding == 1


def test_layers_take_a_voice_each() -> None:
    playing = engine(Zone(0, {writer.PAN: -500}), Zone(0, {writer.PAN: 500}), Zone(0, {writer.COARSE: 12}))
    playing.note_on(0, 60, 100)
    playing.render(64)
    assert playing.sounding == 3
