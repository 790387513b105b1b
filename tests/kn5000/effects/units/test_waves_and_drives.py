"""Moving taps, levels, dynamics, drives: waves, delays, gains and harmonics measured against arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from luthier.dsp import half_band
from luthier.dsp.four import load_frame, store
from luthier.dsp.loops import loop
from luthier.dsp.slow_waves import RANDOM, SQUARE, TRIANGLE, TURN, increment, wave
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.named import effect

RATE = 44_100
Samples = NDArray[np.float32]


def both(sound: NDArray[np.floating]) -> Samples:
    return np.repeat(np.asarray(sound, np.float32)[:, None], 2, axis=1)


def tone(frequency: float, seconds: float, level: float = 1.0) -> Samples:
    return both(level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE))


def chosen(name: str, **settings: float) -> Chain:
    found = effect(name)
    for parameter, value in settings.items():
        found.set(parameter.replace("_", " "), value)
    return found


# --- Waves --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frequency", "step"),
    # The increments seen in the machine are floor(f * 2**23 / 44,100).
    [
        (0.2, 38),
        (0.4, 76),
        (0.6, 114),
        (1.2, 228),
        (3.0, 570),
        (4.0, 760),
        (5.2, 989),
        (7.4, 1407),
        (1000, 190217),
    ],
)
def test_increments_are_the_machines(frequency: float, step: int) -> None:
    assert increment(frequency) == step


def test_shapes_of_waves() -> None:
    eighths = [number * TURN // 8 for number in range(8)]
    half = np.sqrt(0.5)
    assert [wave(phase, 0) for phase in eighths] == pytest.approx(
        [0, half, 1, half, 0, -half, -1, -half], abs=1e-6
    )
    assert [wave(phase, TRIANGLE) for phase in eighths] == [0, 0.5, 1, 0.5, 0, -0.5, -1, -0.5]
    assert [wave(phase, SQUARE) for phase in eighths] == [0, 1, 1, 1, 0, -1, -1, -1]
    chance = np.array([wave(turn * TURN, RANDOM) for turn in range(4000)])
    assert np.abs(chance).max() <= 1
    assert chance.mean() == pytest.approx(0, abs=0.05)
    assert chance.std() == pytest.approx(3**-0.5, abs=0.03)


@pytest.mark.parametrize("speed", [0.6, 5.2, 40.2])
def test_an_auto_pan_has_its_speed_and_depth(speed: float) -> None:
    pan = chosen("AUTO PAN", LFO_SPEED=speed, DEPTH=100, PHASE=180)
    gains = pan.process(np.ones((10 * RATE, 2), np.float32))
    exact = increment(speed) / 2**23
    phase = exact * (1 + np.arange(10 * RATE))
    # A rate off by a thousandth would be off by a hundredth of a turn or more at the end.
    assert np.abs(gains[:, 0] - (0.5 - 0.5 * np.sin(2 * np.pi * phase))).max() < 2e-6
    assert np.abs(gains[:, 1] - (0.5 + 0.5 * np.sin(2 * np.pi * phase))).max() < 2e-6


@pytest.mark.parametrize("oscillator", [50, 1000, 19_600])
def test_a_ring_modulator_makes_sums_and_differences(oscillator: float) -> None:
    found = chosen("RING MODULATOR", OSC_SPEED=oscillator).process(tone(440, 1, 0.5))[:, 0]
    power = np.abs(np.fft.rfft(found * np.hanning(len(found))))
    lines = sorted(
        abs(line) if abs(line) < RATE / 2 else RATE - abs(line)
        for line in (oscillator - 440, oscillator + 440)
    )
    peaks, _ = signal.find_peaks(power, height=power.max() / 100)
    assert sorted(peaks) == pytest.approx(lines, abs=1)
    assert np.std(found) == pytest.approx(0.25, rel=0.01)


# --- Moving taps --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "settings", "middle", "depth", "speed", "apart"),
    [
        ("CHORUS", {"DEPTH": 100, "LFO SPEED": 3}, 14, 5, 3, 90),
        ("CHORUS", {"DEPTH": 40, "LFO SPEED": 5.2}, 14, 2, 5.2, 90),
        ("VIBRATO", {"DEPTH": 100, "LFO SPEED": 5.2, "PHASE": 180}, 5, 4, 5.2, 180),
        ("FLANGER", {"DEPTH": 50, "LFO SPEED": 3, "RESONANCE": 0, "MANUAL": 4.05}, 4.05, 2, 3, 90),
        (
            "MODULATION DELAY",
            {
                "DELAY L": 50,
                "DELAY R": 50,
                "FEEDBACK L": 0,
                "FEEDBACK R": 0,
                "MODULATION DEPTH": 60,
                "LFO SPEED": 4,
            },
            50,
            3,
            4,
            90,
        ),
    ],
)
def test_a_tap_is_where_its_wave_says(
    name: str, settings: dict[str, float], middle: float, depth: float, speed: float, apart: float
) -> None:
    # A straight line comes out as much lower as it is late.
    frames = np.arange(RATE)
    found = chosen(name, **settings).process(both(frames / RATE - 0.5))
    phase = 2 * np.pi * increment(speed) / 2**23 * (1 + frames)
    for side, ahead in enumerate(np.radians([0, apart])):
        expected = (middle + depth * np.sin(phase + ahead)) * RATE / 1000
        measured = frames - (found[:, side].astype(np.float64) + 0.5) * RATE
        assert np.abs(measured - expected)[RATE // 10 :].max() < 0.01


@pytest.mark.parametrize("resonance", [-95, -50, 60, 95])
def test_a_flanger_at_rest_is_a_comb(resonance: float) -> None:
    flanger = chosen("FLANGER", DEPTH=0, RESONANCE=resonance, MANUAL=2)
    sound = np.zeros((2 * RATE, 2), np.float32)
    sound[0] = 1
    answer = np.abs(np.fft.rfft(flanger.process(sound)[:, 0].astype(np.float64)))
    feedback = resonance / 100
    places = np.array([250, 500, 750, 1000])  # Hz, of a comb of 2 ms: peaks and notches
    expected = np.sqrt(1 - feedback**2) / np.abs(1 - feedback * np.exp(-2j * np.pi * places * 0.002))
    assert answer[2 * places] == pytest.approx(expected, rel=0.02)


def test_the_voices_of_an_ensemble_are_thirds_of_a_turn_apart() -> None:
    still = chosen("ENSEMBLE", DEPTH=0)
    sound = np.zeros((RATE // 10, 2), np.float32)
    sound[0] = 1
    found = still.process(sound)[:, 0]
    # 9, 12.5 and 16 ms, each with a third of the power.
    for milliseconds in (9, 12.5, 16):
        centre = round(milliseconds * 44.1)
        assert found[centre - 3 : centre + 4].sum() == pytest.approx(3**-0.5, abs=1e-3)


# --- Dynamics -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [-60, -30, 0])
@pytest.mark.parametrize("ratio", [1, 4, 100])
def test_a_compressors_curve(threshold: float, ratio: float) -> None:
    levels = np.array([-70, -50, -35, -20, -6, 0], float)
    settings = {"THRESHOLD": threshold, "RATIO": ratio, "ATTACK SENS.": 0.001, "RELEASE SENS.": 0.02}
    compressor = chosen("COMPRESSOR", **settings)
    for level in levels:
        # Both halves of a square have the same size: what is measured is the curve alone.
        square = both(10 ** (level / 20) * np.where(np.arange(RATE // 2) % 100 < 50, 1, -1))
        found = 20 * np.log10(np.abs(compressor.process(square)[-1, 0]))
        assert found == pytest.approx(level - max(level - threshold, 0) * (1 - 1 / ratio), abs=0.05)


@pytest.mark.parametrize(("attack", "release"), [(0.0005, 0.01), (0.02, 0.2), (0.5, 1.0)])
def test_a_compressors_times_are_those_of_63_per_cent(attack: float, release: float) -> None:
    settings = {"THRESHOLD": -40, "RATIO": 2, "ATTACK SENS.": attack, "RELEASE SENS.": release}
    compressor = chosen("COMPRESSOR", **settings)
    frames = round(10 * RATE * attack)
    soft, loud = 10**-2, 1.0
    compressor.process(np.full((RATE // 10, 2), soft, np.float32))
    taken = -20 * np.log10(compressor.process(np.full((frames, 2), loud, np.float32))[:, 0])
    assert np.argmax(taken > 20 * (1 - np.exp(-1))) == pytest.approx(attack * RATE, rel=0.02, abs=1)
    # Down again: what is released goes through the time of the attack too.
    left = 20 * np.log10(soft) - 20 * np.log10(
        compressor.process(np.full((round(6 * RATE * release), 2), soft, np.float32))[:, 0]
    )
    time = np.arange(len(left)) / RATE
    expected = 20 * (release * np.exp(-time / release) - attack * np.exp(-time / attack)) / (release - attack)
    assert np.abs(left - expected).max() < 0.1


def test_a_slow_attacker_swells_and_sinks() -> None:
    attacker = chosen("SLOW ATTACKER", **{"THRESHOLD": -40, "ATTACK RATE": 0.2, "RELEASE RATE": 0.1})
    found = attacker.process(np.full((RATE, 2), 0.5, np.float32))[:, 0] / 0.5
    assert np.argmax(found > 1 - np.exp(-1)) == pytest.approx(0.2 * RATE, rel=0.01)
    assert found[-1] > 0.99
    soft = attacker.process(np.full((RATE, 2), 0.001, np.float32))[:, 0] / 0.001
    # 50 ms later it lets go.
    assert np.argmax(soft < np.exp(-1)) == pytest.approx((0.05 + 0.1) * RATE, rel=0.01)


# --- Drives -------------------------------------------------------------------------------------------------


@loop
def _through(memory: Samples, count: int) -> None:
    numbers, past = half_band.filters(0), half_band.pasts(memory, 0)
    for i in range(count):
        past = half_band.through(numbers, load_frame(memory, half_band.STATES + 2 * i), past)
        store(memory, half_band.STATES + 2 * count + 4 * i, past[5])


def test_all_passes_stop_what_would_fold() -> None:
    memory = np.zeros(half_band.STATES + 6 * 4096, np.float32)
    memory[half_band.STATES] = 1
    _through(memory, 4096)
    sides = memory[half_band.STATES + 2 * 4096 :].reshape(-1, 2).astype(np.float64)
    answer = 20 * np.log10(np.abs(np.fft.rfft(sides[:, 0])) / 2)
    passed, stopped = int(8192 * (0.25 - 0.005)), int(8192 * (0.25 + 0.005)) + 1
    assert np.abs(answer[:passed]).max() < 0.001
    assert answer[stopped:].max() < -85
    assert np.abs(sides[:, 1]).max() < 1e-15


def test_taps_stop_what_would_fold() -> None:
    found = half_band.taps(half_band.MORE, 0.25)
    turns = np.linspace(0, 0.5, 1001)
    answer = 0.5 + sum(tap * np.cos(2 * np.pi * (2 * number + 1) * turns) for number, tap in enumerate(found))
    assert np.abs(answer[turns <= 0.125] - 1).max() < 1e-4
    assert np.abs(answer[turns >= 0.375]).max() < 10 ** (-80 / 20)


@pytest.mark.parametrize("name", ["DISTORTION", "OVERDRIVE", "FUZZ"])
@pytest.mark.parametrize("frequency", [997, 2503, 5003, 9973])
def test_what_folds_back_is_60_db_down(name: str, frequency: int) -> None:
    driven = chosen(name, DRIVE=100, ADJUST=0)
    power = np.abs(np.fft.rfft(driven.process(tone(frequency, 2, 0.9))[RATE:, 0].astype(np.float64)))
    harmonics = np.arange(0, RATE // 2, frequency)
    loudest = power[frequency]
    power[harmonics] = 0
    assert 20 * np.log10(power.max() / loudest) < -60


def test_harmonics_of_the_curve() -> None:
    # At a low tone the curve itself is heard: by numerical integration.
    level, gain, frequency = 0.5, 10 ** (22 / 20), 100
    found = chosen("DISTORTION", DRIVE=60, ADJUST=0).process(tone(frequency, 2, level))[RATE:, 0]
    power = np.abs(np.fft.rfft(found.astype(np.float64))) / (RATE / 2)
    angle = 2 * np.pi * (np.arange(4096) + 0.5) / 4096
    driven = gain * level * np.sin(angle)
    shape = driven / np.sqrt(1 + driven**2)
    for number in (1, 3, 5, 7, 21):
        expected = abs(2 * np.mean(shape * np.sin(number * angle)))
        assert power[number * frequency] == pytest.approx(expected, rel=0.02)
    assert power[[200, 400, 600]].max() < 1e-5


def test_lopsided_curves_have_even_harmonics_and_no_steady_part() -> None:
    for name in ("OVERDRIVE", "FUZZ"):
        found = chosen(name, DRIVE=50, ADJUST=0).process(tone(200, 3, 0.3))[2 * RATE :, 0]
        power = np.abs(np.fft.rfft(found.astype(np.float64))) / (RATE / 2)
        assert power[400] > 0.02
        assert power[0] < 1e-3


def test_an_exciter_adds_highs_only() -> None:
    exciter = chosen("EXCITER", HIGH_EMPHASIS_FC=4000, DRIVE=80, ADJUST=0)
    low, high = (exciter.process(tone(frequency, 1, 0.3))[RATE // 2 :, 0] for frequency in (200, 6000))
    assert np.std(low) < 0.01
    assert np.std(high) > 0.1
