"""Loudness: signals whose loudness the standards give or arithmetic does, and ffmpeg's meter."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from luthier.audio.loudness import Loudness, LoudnessMeter, filters
from luthier.errors import InputError
from luthier.kn5000.waves.built_in.loudness import weighting

Signal = NDArray[np.float64]


def tone(levels: list[tuple[float, float]], rate: int = 48_000, frequency: float = 1000) -> Signal:
    """Stretches of a stereo sine: dBFS of its peak, seconds."""
    gains = np.concatenate([np.full(round(seconds * rate), 10 ** (level / 20)) for level, seconds in levels])
    sine = np.sin(2 * np.pi * frequency * np.arange(len(gains)) / rate)
    return np.column_stack([gains * sine] * 2)


def measured(signal: Signal, rate: int = 48_000, block: int = 4800) -> Loudness:
    meter = LoudnessMeter(rate, 1 if signal.ndim == 1 else signal.shape[1])
    for begin in range(0, len(signal), block):
        meter.add(signal[begin : begin + block])
    return meter.result()


#: EBU Tech 3341, cases 1 to 5: peaks in dBFS and seconds, what is integrated.
INTEGRATED: dict[int, tuple[list[tuple[float, float]], float]] = {
    1: ([(-23, 20)], -23),
    2: ([(-33, 20)], -33),
    3: ([(-36, 10), (-23, 60), (-36, 10)], -23),
    4: ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
    5: ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
}


@pytest.mark.parametrize("case", INTEGRATED)
def test_integrated_loudness_of_ebu_tech_3341(case: int) -> None:
    levels, wanted = INTEGRATED[case]
    assert measured(tone(levels)).integrated == pytest.approx(wanted, abs=0.1)


def test_short_term_loudness_of_ebu_tech_3341() -> None:
    # Case 9: -20 dBFS for 1.34 s, -30 for 1.66 s, five times: always -23 over 3 s.
    assert measured(tone([(-20, 1.34), (-30, 1.66)] * 5)).short_term == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("wait", [0, 1, 5, 13, 19])
def test_the_greatest_short_term_loudness(wait: int) -> None:
    # Case 10, some of its twenty: a tone of 3 s after a multiple of 150 ms, whatever comes round it.
    sound = tone([(-200, wait * 0.15), (-23, 3.0), (-200, 1.0)])
    assert measured(sound).short_term == pytest.approx(-23, abs=0.1)


def test_momentary_loudness_of_ebu_tech_3341() -> None:
    # Case 12: -20 dBFS for 0.18 s, -30 for 0.22 s, 25 times: always -23 over 400 ms.
    assert measured(tone([(-20, 0.18), (-30, 0.22)] * 25)).momentary == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("amplitude", "divisor", "phase", "wanted"),
    [(0.5, 4, 0, -6), (0.5, 4, 45, -6), (0.5, 6, 60, -6), (0.5, 8, 67.5, -6), (1.41, 4, 45, 3)],
)
def test_true_peak_of_ebu_tech_3341(amplitude: float, divisor: int, phase: float, wanted: float) -> None:
    # Cases 15 to 19: sines of a share of the rate whose samples miss the peaks; +0.2 / -0.4 dB.
    angle = 2 * np.pi * np.arange(48_000) / divisor + math.radians(phase)
    swell = np.clip(np.minimum(np.arange(48_000), np.arange(48_000)[::-1]) / 480, 0, 1)
    sine = amplitude * np.sin(angle) * swell
    found = measured(np.column_stack([sine, sine]))
    assert wanted - 0.4 <= found.true_peak <= wanted + 0.2
    assert found.sample_peak == pytest.approx(20 * math.log10(np.abs(sine).max()), abs=1e-5)


@pytest.mark.parametrize(("low", "high", "wanted"), [(-20, -30, 10), (-20, -15, 5), (-40, -20, 20)])
def test_loudness_range_of_ebu_tech_3342(low: float, high: float, wanted: float) -> None:
    # Cases 1 to 3: two stretches of 20 s.
    assert measured(tone([(low, 20), (high, 20)])).range == pytest.approx(wanted, abs=1)


@pytest.mark.parametrize("rate", [11_025, 32_000, 44_100, 96_000, 192_000])
def test_a_full_sine_reads_the_same_at_every_rate(rate: int) -> None:
    # BS.1770-5: 997 Hz at full scale in one channel is -3.01; both channels add.
    sine = tone([(0, 2)], rate, 997)
    assert measured(sine[:, 0], rate).integrated == pytest.approx(-3.01, abs=0.05)
    assert measured(sine, rate).integrated == pytest.approx(0, abs=0.05)


def test_filters_are_those_of_the_standard_at_its_own_rate() -> None:
    # BS.1770-5, tables 1 and 2.
    shelf = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
    high = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)
    assert filters(48_000) == pytest.approx(np.array([shelf, high]), abs=1e-9)


def test_the_wave_bank_weighs_alike() -> None:
    # The bank's generator has the gain of the same filters; two independent texts, one standard.
    frequency = np.array([30.0, 100, 1000, 5000, 15_000])
    delay = np.exp(-2j * np.pi * frequency / 48_000)
    gain = np.ones(5)
    for b0, b1, b2, a1, a2 in filters(48_000):
        gain *= np.abs((b0 + b1 * delay + b2 * delay**2) / (1 + a1 * delay + a2 * delay**2))
    assert gain == pytest.approx(weighting(frequency), rel=1e-9)


SPLIT = np.random.default_rng(3).standard_normal((9000, 2)) * 0.2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 9000), max_size=10))
def test_blocks_of_any_size_give_the_same(splits: list[int]) -> None:
    meter, whole = LoudnessMeter(11_025), LoudnessMeter(11_025)
    for block in np.split(SPLIT, sorted(splits)):
        meter.add(block)
    whole.add(SPLIT)
    found, wanted = meter.result(), whole.result()
    assert found.integrated == pytest.approx(wanted.integrated, abs=1e-9)
    assert (found.true_peak, found.sample_peak) == (wanted.true_peak, wanted.sample_peak)


def test_silence_and_nothing_have_no_loudness() -> None:
    for frames in (0, 10, 48_000):
        found = measured(np.zeros((frames, 2)))
        assert found.integrated == found.momentary == found.true_peak == -math.inf
        assert found.range == 0


def test_a_sound_too_short_for_a_block_is_still_measured() -> None:
    assert measured(tone([(-23, 0.25)])).integrated == pytest.approx(-23, abs=0.3)


def test_no_numbers_are_silence() -> None:
    sound = tone([(-23, 2)])
    sound[5] = np.nan
    assert measured(sound).integrated == pytest.approx(-23, abs=0.1)


def test_nothing_of_a_sound_is_left_long_after_it() -> None:
    # Numbers too small for the processor's usual form would make silence slow to measure.
    meter = LoudnessMeter(48_000)
    meter.add(np.full((4800, 2), 0.5, np.float32))
    for _ in range(60):
        meter.add(np.zeros((48_000, 2), np.float32))
    assert not meter._states.any()


def test_what_cannot_be_measured_is_refused() -> None:
    for rate, channels in ((48_000, 6), (10, 2), (math.nan, 2)):
        with pytest.raises(InputError, match="give"):
            LoudnessMeter(rate, channels)
    with pytest.raises(InputError, match="give"):
        LoudnessMeter(48_000, 2).add(np.zeros((4, 3)))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_ffmpeg_measures_the_same(rate: int, tmp_path: Path) -> None:
    # Noise that comes and goes, coloured, different on both sides.
    random = np.random.default_rng(8)
    sound = random.standard_normal((rate * 12, 2)).cumsum(axis=0)
    sound -= np.cumsum(sound, axis=0) / np.arange(1, len(sound) + 1)[:, None]
    sound = np.diff(sound, axis=0) * np.abs(np.sin(np.arange(len(sound) - 1) / rate * 0.7))[:, None] * 0.05
    soundfile.write(tmp_path / "sound.wav", sound, rate, subtype="FLOAT")
    run = subprocess.run(
        ["ffmpeg", "-nostats", "-i", "sound.wav", "-af", "ebur128=peak=true", "-f", "null", "-"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    summary = run.stderr[run.stderr.rindex("Summary") :]
    integrated, range_, peak = (
        float(re.search(rf"{name}:\s+(-?[\d.]+) (LUFS|LU|dBFS)", summary)[1])  # type: ignore[index]
        for name in ("I", "LRA", "Peak")
    )
    found = measured(sound, rate)
    assert found.integrated == pytest.approx(integrated, abs=0.1)
    assert found.range == pytest.approx(range_, abs=0.5)
    assert found.true_peak == pytest.approx(peak, abs=0.3)
