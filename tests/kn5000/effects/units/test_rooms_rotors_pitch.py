"""Reverbs, rotary speakers and the pitch shifter, measured against what their parameters say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.named import NAMES, effect
from luthier.kn5000.effects.units.rotors import Rotors

RATE = 44_100
Samples = NDArray[np.float32]
REVERBS = [name for name in NAMES.values() if name.split()[-2:-1] == ["REVERB"]]


def chosen(name: str, **settings: float) -> Chain:
    found = effect(name)
    for parameter, value in settings.items():
        found.set(parameter.replace("_", " ").replace("ER ", "ER."), value)
    return found


def response(name: str, seconds: float, **settings: float) -> Samples:
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    sound[0] = 1
    return chosen(name, **settings).process(sound)


def tone(frequency: float, seconds: float, level: float = 0.5) -> Samples:
    wave = level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def decay(sound: Samples, frequency: float = 1000) -> float:
    """Seconds to fall by 60 dB in an octave, from the slope between -8 and -40 dB (Schroeder, 1965)."""
    edges = (frequency / np.sqrt(2), frequency * np.sqrt(2))
    sections = signal.butter(3, edges, "bandpass", fs=RATE, output="sos")
    band = signal.sosfilt(sections, sound.astype(np.float64), axis=0)
    left = np.cumsum(np.sum(band**2, axis=1)[::-1])[::-1]
    level = 10 * np.log10(left / left[0] + 1e-30)
    first, last = int(np.argmax(level < -8)), int(np.argmax(level < -40))
    return float(-60 / np.polyfit(np.arange(first, last) / RATE, level[first:last], 1)[0])


# --- Reverbs ------------------------------------------------------------------------------------------------


def test_there_are_twelve() -> None:
    assert len(REVERBS) == 12


@pytest.mark.parametrize("name", REVERBS)
def test_the_time_is_what_the_parameter_says(name: str) -> None:
    times = [0.5, 1.5, 4.0]
    found = [decay(response(name, 1.3 * time, REVERB_TIME=time)) for time in times]
    assert found == [pytest.approx(time, rel=0.1) for time in times]


def test_the_longest_and_the_shortest_time() -> None:
    for name, time in (("ROOM REVERB 1", 0.3), ("ROOM REVERB 1", 15), ("CONCERT REVERB 1", 15)):
        assert decay(response(name, 1.2 * time, REVERB_TIME=time)) == pytest.approx(time, rel=0.1)


@pytest.mark.parametrize("name", REVERBS)
def test_highs_die_as_high_damp_gain_says(name: str) -> None:
    bright, dull = (response(name, 2.2, REVERB_TIME=1.5, HIGH_DAMP_GAIN=gain) for gain in (0, -12))
    assert decay(bright, 8000) > 0.8 * decay(bright)
    assert decay(dull, 8000) < 0.55 * decay(bright, 8000)
    assert decay(dull) == pytest.approx(1.5, rel=0.1)


@pytest.mark.parametrize("before", [0.0, 33.3, 200])
def test_the_pre_delay_is_exact(before: float) -> None:
    early, late = (response("ROOM REVERB 1", 0.5, PRE_DELAY=time) for time in (0, before))
    first, second = (int(np.argmax(np.abs(sound).max(axis=1) > 0)) for sound in (early, late))
    assert second - first == round(before * 44.1)


def test_er_level_is_that_of_single_reflections() -> None:
    none, half, all_ = (response("ROOM REVERB 2", 0.2, ER_LEVEL=level) for level in (0, 50, 100))
    assert all_ - none == pytest.approx(2 * (half - none), abs=1e-6)
    assert np.count_nonzero(np.abs(all_ - none) > 1e-3) == 16


@pytest.mark.parametrize("name", REVERBS)
def test_the_tail_is_dense_and_no_tone_stands_out(name: str) -> None:
    sound = response(name, 1.6, REVERB_TIME=1.5)
    # Echo density after Abel and Huang (2006), against that of noise, 0.3173.
    for start in range(RATE // 8, RATE, RATE // 10):
        piece = sound[start : start + RATE // 50]
        assert np.mean(np.abs(piece) > np.std(piece, axis=0)) / 0.3173 > 0.8, start
    tail = sound[RATE // 4 :, 0] * 10 ** (3 * np.arange(len(sound) - RATE // 4) / RATE / 1.5)
    frequency, power = signal.welch(tail.astype(np.float64), RATE, nperseg=8192, noverlap=6144)
    for place in np.flatnonzero((frequency > 150) & (frequency < 5000)):
        near = np.abs(np.log2(frequency[1:] / frequency[place])) < 1 / 6
        assert power[place] < 12 * np.mean(power[1:][near]), frequency[place]


def test_a_gated_reverb_is_cut_off() -> None:
    sound = np.zeros((RATE, 2), np.float32)
    sound[:2000] = 0.5 * np.random.default_rng(3).standard_normal((2000, 2))
    sound[RATE // 2 : RATE // 2 + 10] = 10**-3  # softer than the gate
    found = chosen("GATED REVERB", GATE_TIME=200, THRESHOLD=-40, MASK_TIME=0).process(sound)
    level = np.sqrt(np.mean(found.reshape(-1, 441, 2) ** 2, axis=(1, 2)))
    # 200 ms after the first loud frame it closes: by 87 dB in 50 ms.
    end = 20
    assert level[5 : end - 1].min() > 0.02
    assert level[end + 6 :].max() < 1e-4


def test_a_masked_gate_stays_closed() -> None:
    clicks = np.zeros((RATE, 2), np.float32)
    clicks[[0, RATE // 4]] = 0.9
    settings = {"GATE TIME": 100, "THRESHOLD": -20, "MASK TIME": 300}
    masked = chosen("GATED REVERB", **settings).process(clicks)
    open_ = chosen("GATED REVERB", **(settings | {"MASK TIME": 50})).process(clicks)
    second = slice(RATE // 4 + 500, RATE // 4 + 4000)
    assert np.abs(open_[second]).max() > 100 * np.abs(masked[second]).max()


# --- Rotary speakers ----------------------------------------------------------------------------------------


def rotors(**settings: float) -> tuple[Rotors, dict[str, float]]:
    unit = Rotors()
    values = {parameter.name: parameter.default for parameter in unit.parameters}
    values |= {name.replace("_", " "): value for name, value in settings.items()}
    unit.shape(values)
    unit.reset()
    return unit, values


def lateness(sound: NDArray[np.floating], frequency: float) -> NDArray[np.float64]:
    """Frames that a tone comes late, but for a constant."""
    phase = np.unwrap(np.angle(np.asarray(signal.hilbert(sound.astype(np.float64)))))
    late = 2 * np.pi * frequency * np.arange(len(sound)) / RATE - phase
    return np.asarray(late * RATE / (2 * np.pi * frequency))


@pytest.mark.parametrize("speed", [0.8, 6.8, 10])
@pytest.mark.parametrize("depth", [30, 100])
def test_the_horns_doppler_is_that_of_its_radius(speed: float, depth: float) -> None:
    unit, _ = rotors(TREBLE_FAST=speed, TREBLE_DEPTH=depth, BASS_DEPTH=0)
    sound = tone(6000, 5)
    unit.process(sound)
    late = lateness(sound[:, 0], 6000)[RATE // 4 : -RATE // 4]
    # 18 cm at 343 m/s; a sine as fast as the horn.
    time = np.arange(RATE // 4, 5 * RATE - RATE // 4) / RATE
    basis = np.stack(
        [np.ones_like(time), np.sin(2 * np.pi * speed * time), np.cos(2 * np.pi * speed * time)], 1
    )
    solution, *_ = np.linalg.lstsq(basis, late, rcond=None)
    assert np.hypot(*solution[1:]) == pytest.approx(depth / 100 * 0.18 / 343 * RATE, rel=0.03)
    assert np.std(late - basis @ solution) < 0.3


def test_the_microphones_are_a_quarter_of_a_turn_apart() -> None:
    unit, _ = rotors(TREBLE_FAST=5, TREBLE_DEPTH=100)
    sound = tone(6000, 2)
    unit.process(sound)
    sides = [np.abs(np.asarray(signal.hilbert(sound[:, side])))[RATE // 2 :: 441] for side in range(2)]
    # 5 turns a second, looked at 100 times: a quarter of a turn is 5 looks.
    assert sides[1][:-5] == pytest.approx(sides[0][5:], rel=0.05)


@pytest.mark.parametrize(("up", "down"), [(0.5, 2.0), (3.0, 0.05)])
def test_rotors_take_their_time(up: float, down: float) -> None:
    unit, values = rotors(**{"SLOW/FAST": 0, "WIND_UP": up, "WIND_DOWN": down, "WIND_UP_2": 2 * up})
    assert unit.speeds == (0.8, 0.7)
    unit.shape(values | {"SLOW/FAST": 1})
    half = np.zeros((round(up / 2 * RATE), 2), np.float32)
    unit.process(half)
    assert unit.speeds[0] == pytest.approx(0.8 + 6.0 / 2, rel=1e-3)
    assert unit.speeds[1] == pytest.approx(0.7 + 5.3 / 4, rel=1e-3)
    unit.process(half[:-10])
    assert unit.speeds[0] < 6.8
    unit.process(half[:20])
    assert unit.speeds[0] == 6.8
    unit.shape(values)
    unit.process(np.zeros((round(down / 4 * RATE), 2), np.float32))
    assert unit.speeds[0] == pytest.approx(6.8 - 6.0 / 4, rel=2e-3)


def test_the_crossover_loses_nothing() -> None:
    unit, _ = rotors(TREBLE_DEPTH=0, BASS_DEPTH=0)
    sound = np.zeros((RATE // 2, 2), np.float32)
    sound[0] = 1
    unit.process(sound)
    answer = np.abs(np.fft.rfft(sound[:, 0].astype(np.float64)))
    assert answer == pytest.approx(1, abs=0.01)


# --- Pitch shifter ------------------------------------------------------------------------------------------


def pitch(sound: NDArray[np.floating], near: float) -> float:
    """The strongest tone, by a parabola on the logarithm of a Gaussian window's spectrum."""
    window = signal.windows.gaussian(len(sound), len(sound) / 8)
    power = np.log(np.abs(np.fft.rfft(sound * window)) + 1e-30)
    step = RATE / len(sound)
    low, high = int(near * 0.9 / step), int(near * 1.1 / step)
    top = low + int(np.argmax(power[low:high]))
    a, b, c = power[top - 1 : top + 2]
    return float((top + 0.5 * (a - c) / (a - 2 * b + c)) * step)


@pytest.mark.parametrize("cents", [-1200, -700, -100, -12, 0, 5, 50, 400, 1200])
@pytest.mark.parametrize("frequency", [82.4, 440, 3000])
def test_the_pitch_is_right_within_two_cents(cents: float, frequency: float) -> None:
    shifter = chosen("PITCH SHIFTER", PITCH_L=cents, PITCH_R=0)
    found = shifter.process(tone(frequency, 3))[RATE // 2 :, 0]
    wanted = frequency * 2 ** (cents / 1200)
    assert 1200 * np.log2(pitch(found, wanted) / wanted) == pytest.approx(0, abs=2)
    # And it keeps its loudness: where sound goes on from elsewhere it fits.
    assert np.std(found) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_a_chord_keeps_its_intervals() -> None:
    chord = tone(220, 3, 0.2) + tone(277.18, 3, 0.2) + tone(329.63, 3, 0.2)
    found = chosen("PITCH SHIFTER", PITCH_L=300, PITCH_R=300).process(chord)[RATE // 2 :, 0]
    for frequency in (220, 277.18, 329.63):
        wanted = frequency * 2**0.25
        assert 1200 * np.log2(pitch(found, wanted) / wanted) == pytest.approx(0, abs=4)
