"""Chorus of the first model; equaliser and delay of the MkII, against the MkII's specification."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.poly800.voice.tones import RATE, amplitude, decibels, held, program, sound

from luthier.poly800.initial import NEUTRAL_EFFECTS
from luthier.poly800.synth import Synth
from luthier.poly800.voice import laws
from luthier.poly800.voice.chorus import Chorus
from luthier.poly800.voice.echo import Echo

BLOCK = 441


def through(effect: Chorus | Echo, mono: NDArray[np.float64]) -> NDArray[np.float64]:
    """What comes out, (n, 2)."""
    out = np.zeros((len(mono), 2), np.float32)
    for first in range(0, len(mono) - BLOCK + 1, BLOCK):
        effect.process(mono[first : first + BLOCK].copy(), BLOCK, out, first)
    return out.astype(np.float64)


def echo(rate: int = RATE, **values: int) -> Echo:
    made = Echo(rate)
    made.set({**NEUTRAL_EFFECTS, **values})
    return made


def click(seconds: float, rate: int = RATE) -> NDArray[np.float64]:
    mono = np.zeros(round(seconds * rate) // BLOCK * BLOCK)
    mono[BLOCK] = 0.5
    return mono


@pytest.mark.parametrize(("value", "milliseconds"), [(0, 4), (99, 1024)])
@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_delay_is_4_to_1024_milliseconds(value: int, milliseconds: float, rate: int) -> None:
    out = through(echo(rate, delay_time=value, delay_level=15), click(1.3, rate))
    wet = out[:, 0] - out.mean(1)
    assert (np.abs(wet).argmax() - BLOCK) / rate * 1000 == pytest.approx(milliseconds, abs=0.03)
    # Effect level 1:1 at most.
    assert np.abs(wet).sum() == pytest.approx(0.5, rel=0.02)


def test_delay_times_rise_evenly() -> None:
    times = [laws.delay_seconds(value) for value in range(100)]
    ratios = np.divide(times[1:], times[:-1])
    assert ratios == pytest.approx(256 ** (1 / 99))


@pytest.mark.parametrize("feedback", [0, 5, 10, 15])
def test_feedback_repeats(feedback: int) -> None:
    out = through(echo(delay_time=50, delay_level=15, delay_feedback=feedback), click(0.5))
    wet = out[:, 0] - out.mean(1)
    delay = round(laws.delay_seconds(50) * RATE)
    repeats = [np.abs(wet[BLOCK + delay * n - 5 : BLOCK + delay * n + 6]).sum() for n in (1, 2)]
    assert repeats[1] / repeats[0] == pytest.approx(feedback / 15, abs=0.06)


def test_full_feedback_stays_finite() -> None:
    noise = np.asarray(np.random.default_rng(3).normal(0, 3, RATE * 4 // BLOCK * BLOCK), np.float64)
    out = through(echo(delay_time=10, delay_level=15, delay_feedback=15), noise)
    assert np.isfinite(out).all()
    assert np.abs(out).max() < 40


@pytest.mark.parametrize(("value", "hertz"), [(0, 0.1), (31, 10.0)])
def test_sweep_is_a_tenth_to_ten_hertz(value: int, hertz: float) -> None:
    """Ten turns of the delay, told by a ramp as below."""
    swept = echo(
        delay_time=20, delay_level=15, delay_modulation_intensity=4, delay_modulation_frequency=value
    )
    turns = 2 if value == 0 else 10
    ramp = np.arange(round(turns / hertz * RATE) // BLOCK * BLOCK + 10 * BLOCK, dtype=np.float64) * 1e-9
    out = through(swept, ramp)
    delays = (ramp - (out[:, 0] - out.mean(1)))[10 * BLOCK :] / 1e-9
    swing = delays[::BLOCK] - delays.mean()
    assert np.abs(np.fft.rfft(swing))[1:].argmax() + 1 == turns


def test_sweep_goes_over_a_ratio_of_one_to_five() -> None:
    """A ramp that is delayed tells the delay: the ramp now less what comes out."""
    swept = echo(delay_time=40, delay_level=15, delay_modulation_intensity=31, delay_modulation_frequency=20)
    ramp = np.arange(RATE * 3 // BLOCK * BLOCK, dtype=np.float64) * 1e-6
    out = through(swept, ramp)
    wet = out[:, 0] - out.mean(1)
    delays = (ramp - wet)[RATE:] / 1e-6 / RATE
    middle = laws.delay_seconds(40)
    assert delays.max() / delays.min() == pytest.approx(5, rel=0.02)
    assert np.sqrt(delays.max() * delays.min()) == pytest.approx(middle, rel=0.02)


def gain_at(effect: Echo, hertz: float) -> float:
    wave = np.asarray(0.1 * np.sin(2 * np.pi * hertz / RATE * np.arange(RATE // BLOCK * BLOCK)), np.float64)
    out = through(effect, wave).mean(1)
    half = len(out) // 2
    return decibels(amplitude(out[half:], RATE, hertz) / 0.1)


@pytest.mark.parametrize(("value", "sign"), [(12, 1), (0, -1)])
def test_shelves_of_ten_decibels(value: int, sign: int) -> None:
    """±10 dB at the ends, ±3 dB at 300 Hz and 2 kHz, nothing at the other end."""
    bass, treble = echo(eq_bass=value), echo(eq_treble=value)
    assert gain_at(bass, 10) == pytest.approx(sign * 10, abs=0.2)
    assert gain_at(bass, 300) == pytest.approx(sign * 3, abs=0.1)
    assert gain_at(bass, 15_000) == pytest.approx(0, abs=0.1)
    assert gain_at(treble, 20_000) == pytest.approx(sign * 10, abs=0.2)
    assert gain_at(treble, 2_000) == pytest.approx(sign * 3, abs=0.15)
    assert gain_at(treble, 40) == pytest.approx(0, abs=0.1)


def test_flat_equaliser_changes_nothing() -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, BLOCK * 10)
    assert through(echo(), noise)[:, 1] == pytest.approx(noise, abs=1e-6)


def test_the_chorus_moves_around_6_8_milliseconds() -> None:
    chorus = Chorus(RATE)
    chorus.on = True
    ramp = np.arange(RATE * 4 // BLOCK * BLOCK, dtype=np.float64) * 1e-6
    out = through(chorus, ramp)
    wet = (out[:, 0] - out[:, 1]) / 2 / 0.33
    # The low-passes before and behind add their own delay, a hundredth of a millisecond each.
    delays = (ramp - wet)[RATE:] / 1e-6 / RATE * 1000
    assert delays.min() == pytest.approx(6.2, abs=0.06)
    assert delays.max() == pytest.approx(7.4, abs=0.06)


def test_the_chorus_is_off_unless_asked_for() -> None:
    one = held(program(), 60).render(1000)
    assert np.array_equal(one[:, 0], one[:, 1])
    two = held(program(chorus=1), 60).render(1000)
    assert not np.array_equal(two[:, 0], two[:, 1])


def test_the_mk2_has_delay_and_no_chorus() -> None:
    plain = held(program(Synth.MK2, chorus=1), 60).render(1000)
    assert np.array_equal(plain[:, 0], plain[:, 1])
    wet = held(program(Synth.MK2, delay_time=20, delay_level=8), 60).render(1000)
    assert not np.array_equal(wet[:, 0], wet[:, 1])


def test_it_is_not_silent_while_an_echo_is_to_come() -> None:
    voice = held(program(Synth.MK2, delay_time=99, delay_level=15), 60)
    voice.all_notes_off()
    sound(voice, 0.4)
    assert not voice.silent
    sound(voice, 2.0)
    assert voice.silent
