"""Laws: there and back, and the points that sources give."""

from __future__ import annotations

import numpy as np

from luthier.kn5000.tone_generator import laws


def test_pitch_is_0100_a_semitone() -> None:
    # The auxiliary pool: (note << 8) | 0x80.
    assert laws.pitch_of_note(60) == 60 << 8 | 0x80
    notes = np.arange(0, 127.5, 0.25)
    assert np.allclose(laws.note_of_pitch(laws.pitch_of_note(notes)), notes)
    assert np.isclose(laws.ratio_of_pitch(12 * 0x100), 2)


def test_the_centre_is_40_and_power_is_equal() -> None:
    assert laws.pan_of_position(0) == 0x40
    assert laws.pan_of_position([-1, 1]).tolist() == [0, 0x7F]
    words = np.arange(0x80)
    assert (laws.pan_of_position(laws.position_of_pan(words)) == words).all()
    left, right = laws.gains_of_position(laws.position_of_pan(words))
    assert np.allclose(left**2 + right**2, 1)
    assert np.isclose(left[0x40], right[0x40])


def test_every_value_has_its_unit_and_the_unit_its_value() -> None:
    targets = np.arange(0x100)
    assert (laws.target_of_decibels(laws.decibels_of_target(targets)) == targets).all()
    rates = np.arange(0x80)
    assert (laws.rate_of_seconds(laws.seconds_of_rate(rates)) == rates).all()
    levels = np.arange(0x1000)
    assert (laws.level_of_decibels(laws.decibels_of_level(levels)) == levels).all()
    assert (laws.expression_of_decibels(laws.decibels_of_expression(levels)) == levels).all()
    cutoffs = np.arange(0x7D)
    assert (laws.cutoff_of_hertz(laws.hertz_of_cutoff(cutoffs)) == cutoffs).all()
    depths = np.arange(-0x80, 0x80)
    assert (laws.semitones_of_filter_depth(laws.filter_depth_of_semitones(depths)) == depths).all()
    assert (laws.lfo_of_hertz(laws.hertz_of_lfo(rates)) == rates).all()


def test_the_ends_of_the_laws() -> None:
    assert laws.decibels_of_target(0xFF) == -np.inf
    assert np.isclose(laws.decibels_of_target(0x10), -6.0206)
    assert np.isclose(laws.decibels_of_target(8), -3.0103)
    assert np.isclose(laws.seconds_of_rate(1), 30)
    assert np.isclose(laws.seconds_of_rate(0x7F), 0.001)
    assert laws.seconds_of_rate(0x80) == laws.seconds_of_rate(0) == 0
    assert np.isclose(laws.hertz_of_cutoff(0x7C), 20_000)
    assert laws.hertz_of_cutoff(0x257C) == laws.hertz_of_cutoff(0x017C)
    assert 15 < laws.hertz_of_cutoff(0) < 20


def test_segments_are_target_and_rate() -> None:
    word = laws.segment(-12, 0.8)
    assert np.isclose(laws.decibels_of_target(word >> 8), -12, atol=0.2)
    assert np.isclose(laws.seconds_of_rate(word), 0.8, rtol=0.05)
    assert laws.segment(0, 0) != 0
    assert laws.segment(-np.inf, 0, restart=True) == 0xFF80
    assert laws.bipolar_segment(-1, 0) >> 8 == 0x81


def test_words_stay_in_range() -> None:
    assert laws.pitch_of_note([-100, 1000, np.nan]).tolist() == [0, 0x7FFF, 0]
    assert laws.level_of_decibels([-np.inf, 50]).tolist() == [0, 0xFFF]
    assert laws.sends_word(2, -1) == 0xFF00
    assert laws.sends_of_word(laws.sends_word(0.2, 1)) == (51 / 255, 1)
