"""Measures against sounds and laws whose answer is known: closed forms, increments, delays in samples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.named import effect
from luthier.kn5000.effects.panel import apply
from luthier.kn5000.effects.pictures import measures

RATE = 44_100
Frames = NDArray[np.float32]


class Made:
    """What a formula does to sound, in place of an effect."""

    def __init__(self, law: Callable[[Frames], NDArray[np.floating]]) -> None:
        self.law = law

    def reset(self) -> None:
        pass

    def process(self, frames: Frames) -> Frames:
        return self.law(frames).astype(np.float32)


def made(law: Callable[[Frames], NDArray[np.floating]]) -> Chain:
    return cast(Chain, Made(law))


def later(frames: Frames, count: int) -> Frames:
    return np.concatenate([np.zeros((count, 2), np.float32), frames[: len(frames) - count]])


def test_the_fall_of_noise_that_dies_away() -> None:
    seconds = 1.3
    time = np.arange(2 * RATE) / RATE
    noise = np.random.default_rng(3).normal(size=(len(time), 2)) * 10 ** (-3 * time / seconds)[:, None]
    left, found = measures.fall(noise)
    assert found == pytest.approx(seconds, rel=0.04)
    assert left[0] == 0
    assert (np.diff(left) <= 0).all()


def test_a_bell_is_the_one_of_the_formula() -> None:
    # Facts, effects: K = tan(pi f0 / 44100), a0 = 1 + K/Q + K^2, and the reciprocal for a cut.
    chosen = effect("PEQ+CHORUS")
    apply(chosen, ["BAND EMPHASIS FC=21", "BAND EMPHASIS Q=11", "BAND EMPHASIS G=40", "CHORUS DRY/WET=0"])
    hertz = np.geomspace(50, 15_000, 50)
    found = measures.frequency_response(measures.impulse_response(chosen, 0.5), hertz)
    k, quality, gain = math.tan(math.pi * 5000 / RATE), 2.0, 10 ** (8 / 20)
    s = 1j * np.tan(np.pi * hertz / RATE) / k
    expected = 20 * np.log10(np.abs((s * s + s * gain / quality + 1) / (s * s + s / quality + 1)))
    assert found == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("name", ["PLATE REVERB 2", "CONCERT REVERB 1", "BRIGHT REVERB 2", "STAGE"])
def test_reverbs_take_the_times_of_the_panel(name: str) -> None:
    """Opcode 75: 0.4 s at 15, 0.65 s at 20, 2 s at 35, 5 s at 60, 10 s at 77; plates have no 97."""
    numbers = {15: 0.4, 20: 0.65, 35: 2.0, 60: 5.0, 77: 10.0} | (
        {} if name.startswith("PLATE") else {97: 30.0}
    )
    for number, seconds in numbers.items():
        chosen = effect(name)
        apply(chosen, [f"REVERB TIME={number}"])
        response = measures.impulse_response(chosen, 1.1 * seconds + 0.3)
        if chosen.in_line:
            response[0] = 0
        assert measures.fall(response)[1] == pytest.approx(seconds, rel=0.1)


def test_white_noise_through_a_gain_is_flat() -> None:
    hertz = np.geomspace(100, 15_000, 30)
    assert measures.transfer(made(lambda frames: 0.25 * frames), 0.1, hertz) == pytest.approx(
        20 * math.log10(0.25), abs=1e-3
    )


def test_harmonics_of_a_curve_of_second_order() -> None:
    # x + b x^2 of a sine of amplitude a: the second harmonic is b a^2 / 2, so b a / 2 of the first.
    where, heard = measures.harmonics(made(lambda frames: frames + 0.4 * frames**2), 1000, 0.25)
    found = dict(zip(where, heard, strict=True))
    assert found[2000] == pytest.approx(20 * math.log10(0.4 * 0.25 / 2), abs=0.01)
    assert set(found) - {0, 1} == {1000, 2000}


def test_a_ring_modulator_makes_sum_and_difference() -> None:
    chosen = effect("RING MODULATOR")  # OSC SPEED 64 is 1000 Hz (facts 2.5)
    apply(chosen, ["OSC SPEED=64"])
    where, heard = measures.harmonics(chosen, 440, 0.25)
    assert list(where[heard > -3]) == [560, 1440]


def test_a_static_curve_has_its_ratio() -> None:
    chosen = effect("COMPRESSOR")
    apply(chosen, ["THRESHOLD=-30dB", "RATIO=4:1"])
    found = measures.static_curve(chosen, np.array([-50.0, -20.0, 0.0]))
    assert found == pytest.approx([-50, -30 + 10 / 4, -30 + 30 / 4], abs=0.3)


def test_a_fixed_delay_is_found_to_the_sample() -> None:
    chosen = effect("SINGLE DELAY")
    apply(chosen, ["DELAY L=12", "DELAY R=15", "FEEDBACK L=0", "FEEDBACK R=0", "HIGH DAMP GAIN=24"])
    times, found, sides = measures.delays(chosen, 0.5, 30)
    assert len(times) > 20
    # Milliseconds x 44,100 / 1000 frames, cut (facts 2.5).
    assert found[sides == 0] == pytest.approx(int(12 * 44.1) / 44.1, abs=1e-6)
    assert found[sides == 1] == pytest.approx(int(15 * 44.1) / 44.1, abs=1e-6)


def test_a_slow_wave_has_the_speed_of_its_increment() -> None:
    chosen = effect("VIBRATO")
    apply(chosen, ["LFO SPEED=52", "PHASE=0"])  # 5.4 Hz: (52 - 25) / 5
    times, found, sides = measures.delays(chosen, 4, 16)
    heard, at = found[sides == 0], times[sides == 0]
    hertz = math.floor(5.4 * 2**23 / RATE) * RATE / 2**23
    # The best sine of that speed leaves nothing; one of 1 % more leaves a lot.
    assert _left(at, heard, hertz) < 0.02
    assert _left(at, heard, 1.01 * hertz) > 0.2


def _left(times: NDArray[np.float64], values: NDArray[np.float64], hertz: float) -> float:
    turns = 2 * np.pi * hertz * times
    waves = np.stack([np.ones_like(turns), np.sin(turns), np.cos(turns)], axis=1)
    found, *_ = np.linalg.lstsq(waves, values)
    return float(np.abs(values - waves @ found).max() / np.ptp(values))


def test_gaps_lie_where_a_delay_turns_the_wave_over() -> None:
    times, hertz = measures.notches(made(lambda frames: later(frames, 49)), 0.5)
    odd = hertz / (RATE / (2 * 49))
    assert len(times) > 50
    assert odd == pytest.approx(2 * np.round((odd - 1) / 2) + 1, abs=0.03)


def test_turns_of_two_microphones() -> None:
    times = np.arange(0, 4, 0.01)
    angle = 2 * np.pi * 3.7 * times
    sides = np.stack([0.7 + 0.2 * np.sin(angle), 0.5 + 0.4 * np.cos(angle)], axis=1)
    assert measures.turns(times, sides, 9)[20:-20] == pytest.approx(3.7, rel=0.01)


def test_pitch_between_the_lines_of_a_spectrum() -> None:
    found = measures.pitch(measures.tone(523.37, 1, 0.5))
    assert 1200 * math.log2(found / 523.37) == pytest.approx(0, abs=0.05)


def test_levels_of_a_sine_are_those_of_its_peak() -> None:
    times, sides = measures.envelope(made(lambda frames: 0.5 * frames), measures.tone(5000, 0.1, 0.8), 441)
    assert times[0] == pytest.approx(0.005)
    assert sides == pytest.approx(0.4, abs=1e-3)
