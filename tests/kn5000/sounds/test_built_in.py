"""The built-in tones and kits as strikes."""

from __future__ import annotations

import math

import pytest

from luthier.kn5000.sounds.built_in import BuiltInSounds, velocity_level
from luthier.kn5000.waves import tones


@pytest.fixture(scope="module")
def sounds() -> BuiltInSounds:
    return BuiltInSounds()


def test_softest_stroke_lies_the_span_below_the_loudest() -> None:
    assert velocity_level(127, 34.0) == 0.0
    assert velocity_level(1, 34.0) == pytest.approx(-34.0)


def test_amplitude_grows_with_a_power_of_velocity() -> None:
    # A span of 20 * log10(127) dB is an amplitude in proportion to the velocity.
    span = 20 * math.log10(127)
    assert 10 ** (velocity_level(64, span) / 20) == pytest.approx(64 / 127)


@pytest.mark.parametrize("program", range(128))
def test_every_program_sounds_on_every_key(sounds: BuiltInSounds, program: int) -> None:
    sound = sounds.sound(program)
    for key in range(128):
        strikes = sound.strikes(key, 100)
        assert strikes
        for strike in strikes:
            assert sounds.recordings.table[strike.selector]["length"] > 0
            assert abs(strike.pitch - key) <= 24  # some layers are intervals
            assert strike.level <= 12
            assert 0 < strike.amplitude[0].seconds < 5


def test_softer_strokes_are_quieter_and_darker(sounds: BuiltInSounds) -> None:
    loud, soft = (sounds.sound(0).strikes(60, velocity)[0] for velocity in (120, 20))
    assert soft.level < loud.level
    assert soft.cutoff < loud.cutoff


def test_decay_halves_by_the_octave_as_the_tone_says(sounds: BuiltInSounds) -> None:
    follow = tones.tone(0).envelope.decay_follow
    middle, higher = (sounds.sound(0).strikes(key, 100)[0].amplitude[1].seconds for key in (60, 72))
    assert higher == pytest.approx(middle * 0.5**follow)


def test_a_kit_has_strikes_for_its_notes_only(sounds: BuiltInSounds) -> None:
    kit = sounds.sound(0, drums=True)
    assert kit.strikes(36, 100)[0].to_the_end
    assert kit.strikes(0, 100) == ()
    closed, opened = kit.strikes(42, 100)[0], kit.strikes(46, 100)[0]
    assert closed.group == opened.group != 0
