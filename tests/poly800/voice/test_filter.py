"""The filter: 24 dB an octave, a corner that stays at every rate, tracking, Q, both polarities."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.poly800.voice.tones import RATE, amplitude, decibels, held, program

from luthier.poly800.voice import Voice, laws
from luthier.poly800.voice.ladder import filter_block, gain_of
from luthier.poly800.voice.state import FEEDBACK, FILTER_GAIN


def passed(
    hertz: float, corner: float, *, feedback: float = 0.0, rate: int = RATE, level: float = 0.01
) -> float:
    """What is left of a soft sine."""
    frames = rate // 2
    wave = level * np.sin(2 * np.pi * hertz / rate * np.arange(frames))
    numbers = np.zeros(9)
    numbers[FILTER_GAIN], numbers[FEEDBACK] = gain_of(corner, rate), feedback
    filter_block(wave, frames, numbers[FILTER_GAIN], feedback, numbers)
    return amplitude(wave[frames // 2 :], rate, hertz) / level


def test_slope_is_24_decibels_an_octave() -> None:
    # Four poles have 4 * 20 * log10(2) = 24.08 dB far above the corner, here four octaves.
    assert decibels(passed(800, 50) / passed(1_600, 50)) == pytest.approx(24.08, abs=0.2)


@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000, 192_000])
def test_the_corner_is_the_same_at_every_rate(rate: int) -> None:
    """Four equal poles leave a quarter, -12 dB, at their corner: exact for a trapezoidal ladder."""
    assert passed(1_000, 1_000, rate=rate) == pytest.approx(0.25, rel=1e-3)
    # With feedback k the corner passes 1 / (4 + k * ...): 1 / ((1 + j)^4 + k) with (1 + j)^4 = -4.
    assert passed(1_000, 1_000, feedback=2.0, rate=rate) == pytest.approx(1 / 2, rel=1e-2)


def test_highest_resonance_has_a_q_of_10() -> None:
    """MkII specification: Q 0 to 10.  Poles of (s + 1)^4 + k, found by numpy."""
    poles = np.roots(np.poly([-1] * 4) + np.array([0, 0, 0, 0, laws.resonance(15)]))
    pair = poles[np.argmax(poles.real)]
    assert abs(pair) / (2 * -pair.real) == pytest.approx(10, rel=1e-6)
    assert laws.resonance(0) == 0.0
    # In the sound: the peak is as high above the deep end as that filter's.
    peak = abs(pair)
    assert decibels(passed(1_000 * peak, 1_000, feedback=laws.resonance(15)) / passed(20, 1_000)) == (
        pytest.approx(decibels(abs(1 / ((1 + 1j * peak) ** 4 + laws.resonance(15)))), abs=0.3)
    )


def test_beyond_self_oscillation_it_stays_finite() -> None:
    noise = np.random.default_rng(1).normal(0, 10, RATE)
    numbers = np.zeros(9)
    numbers[FILTER_GAIN], numbers[FEEDBACK] = gain_of(3_000, RATE), 40.0
    filter_block(noise, RATE, numbers[FILTER_GAIN], 40.0, numbers)
    assert np.isfinite(noise).all()
    assert np.abs(noise).max() < 500


def test_a_little_beyond_it_sings_at_its_corner() -> None:
    """A ladder with a feedback of more than four oscillates at its corner."""
    wave = np.zeros(RATE)
    wave[0] = 1.0
    numbers = np.zeros(9)
    numbers[FILTER_GAIN], numbers[FEEDBACK] = gain_of(1_000, RATE), 4.2
    filter_block(wave, RATE, numbers[FILTER_GAIN], 4.2, numbers)
    spectrum = np.abs(np.fft.rfft(wave[RATE // 2 :] * np.hanning(RATE - RATE // 2)))
    assert spectrum.argmax() * 2 == pytest.approx(1_000, rel=0.02)
    assert np.abs(wave[-1_000:]).max() > 0.1


def test_cutoff_in_the_middle_and_at_the_top() -> None:
    """synthark.org: 2 kHz in the middle, 25 kHz at the top."""
    assert laws.cutoff(49.5) == pytest.approx(2_000)
    assert laws.cutoff(99) == pytest.approx(25_000)


def corner_of(voice: Voice) -> float:
    """The corner in Hz that the filter has now, from what a pole passes on: g = tan(pi f / rate)."""
    a = voice._state.numbers[FILTER_GAIN]
    return float(np.arctan(a / (1 - a)) * voice.rate / np.pi)


@pytest.mark.parametrize(("value", "octaves"), [(0, 0.0), (1, 0.5), (2, 1.0)])
def test_keyboard_track_is_0_50_or_100_percent(value: int, octaves: float) -> None:
    """MkII specification."""
    played = program(cutoff=40, keyboard_track=value)
    corners = [corner_of(held(played, key)) for key in (48, 60, 72)]
    assert corners[1] == pytest.approx(laws.cutoff(40), rel=1e-6)
    for low, high in itertools.pairwise(corners):
        assert np.log2(high / low) == pytest.approx(octaves, abs=1e-9)


@pytest.mark.parametrize(("polarity", "sign"), [(1, -1), (2, 1)])
def test_envelope_moves_the_cutoff_both_ways(polarity: int, sign: int) -> None:
    steady = {"deg3_break_point": 31, "deg3_sustain": 31, "cutoff": 50, "polarity": polarity}
    still, moved = (corner_of(held(program(eg_intensity=value, **steady), 60)) for value in (0, 5))
    assert np.log2(moved / still) == pytest.approx(sign * 5 / 15 * laws.CUTOFF_RANGE * 254 / 255, rel=1e-3)


def test_single_and_multi_trigger() -> None:
    """Single: the filter's envelope begins with the first key only; multi: with each."""
    falling = {"deg3_decay": 20, "deg3_break_point": 0, "deg3_sustain": 0, "eg_intensity": 8, "cutoff": 30}
    after = {}
    for trigger in (1, 2):
        voice = held(program(trigger=trigger, **falling), 60)
        voice.render(RATE)
        low = corner_of(voice)
        voice.note_on(64)
        voice.render(RATE // 50)
        after[trigger] = corner_of(voice) / low
    assert after[1] == pytest.approx(1.0, rel=1e-6)
    assert after[2] > 4


def test_mg_moves_the_cutoff() -> None:
    voice = held(program(cutoff=50, mg_frequency=4, mg_vcf=3), 60)
    corners = []
    for _ in range(400):
        voice.render(235)
        corners.append(corner_of(voice))
    # 15 + 7 of 116 steps make 10 2/3 octaves either way.
    swing = np.log2(np.array(corners) / laws.cutoff(50))
    assert swing.max() == pytest.approx(32 / 3 * 22 / 116, rel=0.01)
    assert swing.min() == pytest.approx(-32 / 3 * 22 / 116, rel=0.01)
