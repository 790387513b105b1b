"""Filter and level, against formulas."""

from __future__ import annotations

import numpy as np
import pytest

from luthier.poly800.tape.conditioning import FRONTS, PLAIN, UPPER_HERTZ, WORKING_RATE, Spectrum

RATE = 44_100


def _tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


@pytest.mark.parametrize("stretch", [0.67, 1.0, 1.67])
def test_working_rate_follows_the_tape_speed(stretch: float) -> None:
    signal = Spectrum(_tone(1000), RATE).conditioned(PLAIN, stretch)
    assert signal.rate == pytest.approx(WORKING_RATE / stretch, rel=0.01)
    assert signal.samples.size == pytest.approx(signal.rate, rel=0.001)


def test_tone_keeps_its_frequency_and_gets_level_one() -> None:
    signal = Spectrum(0.01 * _tone(1000), RATE).conditioned(PLAIN)
    middle = signal.samples[2000:-2000]
    assert np.abs(middle).mean() == pytest.approx(1.0, abs=0.02)
    crossings = np.count_nonzero(np.diff(np.sign(middle)))
    assert crossings / (middle.size / signal.rate) == pytest.approx(2000, rel=0.002)
    # The level is that of the recording: a sine's mean is 2/pi of its peak.
    assert signal.levels[5000] == pytest.approx(0.01 * 2 / np.pi, rel=0.05)


def test_hum_ten_times_as_loud_is_gone() -> None:
    signal = Spectrum(_tone(1000) + 10 * _tone(50) + 10 * _tone(60) + 3, RATE).conditioned(PLAIN)
    spectrum = np.abs(np.fft.rfft(signal.samples[2000:-2000] * np.hanning(signal.samples.size - 4000)))
    hertz = np.fft.rfftfreq(signal.samples.size - 4000, 1 / signal.rate)
    assert spectrum[hertz < 100].max() < 0.1 * spectrum[(hertz > 900) & (hertz < 1100)].max()


def test_above_the_band_nothing_is_left() -> None:
    quiet = Spectrum(_tone(1000) + _tone(2 * UPPER_HERTZ), RATE).conditioned(PLAIN).samples
    clean = Spectrum(_tone(1000), RATE).conditioned(PLAIN).samples
    assert np.abs(quiet - clean)[2000:-2000].max() < 0.05


def test_inverse_filter_is_the_inverse() -> None:
    """A Butterworth high-pass and the front that undoes it: together 1 within the band."""
    from scipy import signal

    by_name = {front.name: front for front in FRONTS}
    hertz = np.array([400.0, 700.0, 1550.0, 2500.0])
    for name, corner, order in (
        ("undo high-pass 450 Hz, 2nd order", 450.0, 2),
        ("undo high-pass 300 Hz, 4th order", 300.0, 4),
        ("undo high-pass 900 Hz, 2nd order", 900.0, 2),
    ):
        poles = signal.butter(order, 2 * np.pi * corner, "high", analog=True)
        _, forward = signal.freqs(*poles, worN=2 * np.pi * hertz)
        assert np.abs(forward * by_name[name].response(hertz) - 1).max() < 0.02, name


def test_clicks_are_bridged_and_nothing_else_is_touched() -> None:
    tape = np.sign(_tone(1550)) * 0.3
    struck = tape.copy()
    struck[10_000:10_003] = 1.2
    struck[30_000:30_003] = -1.2
    assert np.abs(Spectrum(struck, RATE).samples[9_995:10_010]).max() < 0.4
    assert np.array_equal(Spectrum(tape, RATE).samples, tape.astype(np.float32))
    noisy = tape + np.random.default_rng(0).normal(0, 0.19, tape.size)
    changed = np.count_nonzero(Spectrum(noisy, RATE).samples != noisy.astype(np.float32))
    assert changed < 20


def test_silence_is_marked_and_short_dropouts_are_not() -> None:
    tape = _tone(1550, 2.0)
    tape[20_000:30_000] = 0.0
    tape[60_000:60_400] = 0.0
    signal = Spectrum(tape, RATE).conditioned(PLAIN)
    silent = signal.samples == 0.0
    ratio = signal.rate / RATE
    assert silent[int(22_000 * ratio) : int(28_000 * ratio)].all()
    assert not silent[int(55_000 * ratio) : int(65_000 * ratio)].any()


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(5), np.zeros(5000), np.full(5000, 1e-30)])
def test_hardly_anything(samples: np.ndarray) -> None:
    signal = Spectrum(samples, RATE).conditioned(PLAIN)
    assert np.isfinite(signal.samples).all()
