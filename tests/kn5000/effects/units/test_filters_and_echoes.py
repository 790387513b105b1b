"""Equalizers, echoes, wah and phaser against their formulas."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.named import effect

RATE = 44_100
Samples = NDArray[np.float32]


def impulse(seconds: float, side: int | None = None) -> Samples:
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    sound[0, slice(None) if side is None else side] = 1
    return sound


def chosen(name: str, **settings: float) -> Chain:
    """An effect that is already what it is set to."""
    found = effect(name)
    for parameter, value in settings.items():
        found.set(parameter.replace("_", " "), value)
    return found


def spectrum(sound: Samples) -> NDArray[np.float64]:
    return np.asarray(np.abs(np.fft.rfft(sound[:, 0].astype(np.float64))))


# --- Equalizers ---------------------------------------------------------------------------------------------


def analogue_bell(
    frequencies: NDArray[np.floating], middle: float, q: float, decibels: float
) -> NDArray[np.float64]:
    """Decibels of (s**2 + V s / Q + 1) / (s**2 + s / Q + 1), its frequencies warped.

    A second way to the same curve: from the filter's definition, without any coefficient.
    """
    gain = 10 ** (abs(decibels) / 20)
    s = 1j * np.tan(np.pi * frequencies / RATE) / np.tan(np.pi * middle / RATE)
    ratio = (s * s + gain * s / q + 1) / (s * s + s / q + 1)
    return np.asarray(np.sign(decibels) * 20 * np.log10(np.abs(ratio)))


@pytest.mark.parametrize("middle", [40, 1000, 16_000])
@pytest.mark.parametrize(("q", "decibels"), [(0.1, 12), (1, -12), (5, 6.5), (20, 12), (20, -12)])
def test_a_bell_is_the_machines_formula(middle: float, q: float, decibels: float) -> None:
    equalizer = chosen("PARAMETRIC EQ")
    for band in range(5):
        number = f" {band + 1}" if band else ""
        equalizer.set(f"BAND EMPHASIS FC{number}", middle)
        equalizer.set(f"BAND EMPHASIS Q{number}", q)
        equalizer.set(f"BAND EMPHASIS G{number}", decibels if band == 2 else 0)
    # A bell of 40 Hz and a Q of 20 rings for two seconds.
    sound = equalizer.process(impulse(8))
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    used = (frequencies > 20) & (frequencies < 21_000)
    measured = 20 * np.log10(spectrum(sound)[used])
    expected = analogue_bell(frequencies[used], middle, q, decibels)
    assert np.abs(measured - expected).max() < 0.05


def test_five_bells_add_up() -> None:
    equalizer = chosen("PARAMETRIC EQ")
    sound = equalizer.process(impulse(4))
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)[100:80_000]
    expected = np.sum(
        [
            analogue_bell(frequencies, middle, 1, decibels)
            for middle, decibels in ((100, 6), (315, -6), (1000, 6), (3150, -6), (10_000, 6))
        ],
        axis=0,
    )
    assert np.abs(20 * np.log10(spectrum(sound)[100:80_000]) - expected).max() < 0.05


def test_an_enhancer_mixes_lows_and_highs() -> None:
    sound = chosen("ENHANCER", MANUAL=2000, LOW_MIX=50, HIGH_MIX=100).process(impulse(1))
    gain = spectrum(sound)
    assert gain[20] == pytest.approx(0.5, abs=0.01)
    assert gain[22_000] == pytest.approx(1, abs=0.01)
    assert gain[2000] == pytest.approx(np.sqrt((0.5**2 + 1) / 2), abs=0.01)


# --- Echoes -------------------------------------------------------------------------------------------------


def echoes(sound: Samples) -> dict[int, float]:
    return {int(place): float(sound[place]) for place in np.flatnonzero(np.abs(sound) > 1e-3)}


@pytest.mark.parametrize(("left", "right"), [(0.1, 350), (100, 20.5), (13.7, 249.9)])
def test_a_single_delay_comes_to_the_frame_and_again(left: float, right: float) -> None:
    settings = {"DELAY L": left, "DELAY R": right, "FEEDBACK L": 50, "FEEDBACK R": -50, "HIGH DAMP GAIN": 0}
    found = chosen("SINGLE DELAY", **settings).process(impulse(1.1))
    for side, milliseconds, feedback in ((0, left, 0.5), (1, right, -0.5)):
        frames = int(milliseconds * 44_100 / 1000)
        heard = echoes(found[:, side])
        expected = [(frames * (number + 1), feedback**number) for number in range(3)]
        assert list(heard)[:3] == [place for place, _ in expected]
        assert list(heard.values())[:3] == pytest.approx([gain for _, gain in expected], abs=1e-6)


def test_the_taps_of_a_multi_tap_delay_and_their_places() -> None:
    names = {"FEEDBACK": 50.0, "HIGH DAMP GAIN": 0.0}
    for number, (time, pan) in enumerate(((100, -100), (250.5, 100), (400, 0), (700, 50)), 1):
        names |= {f"DELAY {number}": time, f"PAN {number}": pan}
    found = chosen("MULTI TAP DELAY", **names).process(impulse(0.81))
    left, right = echoes(found[:, 0]), echoes(found[:, 1])
    third = np.sqrt(0.5)
    assert left == {
        4410: pytest.approx(1),
        17_640: pytest.approx(third),
        30_870: pytest.approx(np.sin(np.pi / 8)),
        30_870 + 4410: pytest.approx(0.5),
    }
    assert right == {
        11_047: pytest.approx(1),
        17_640: pytest.approx(third),
        30_870: pytest.approx(np.cos(np.pi / 8)),
    }


def test_high_damp_gain_is_what_a_repeat_loses_of_its_highs() -> None:
    settings = {"DELAY L": 100, "FEEDBACK L": 80, "HIGH DAMP GAIN": -12}
    found = chosen("SINGLE DELAY", **settings).process(impulse(0.35))[:, 0]
    first, second = (np.abs(np.fft.rfft(found[at : at + 4000])) for at in (4410, 8820))
    loss = 20 * np.log10(second / first / 0.8)
    assert loss[1] == pytest.approx(0, abs=0.1)
    assert loss[4000 * 4000 // 44_100] == pytest.approx(10 * np.log10((1 + 10**-1.2) / 2), abs=0.1)
    assert loss[-1] == pytest.approx(-12, abs=0.1)


def test_another_delay_fades_in() -> None:
    delay = chosen("SINGLE DELAY", DELAY_L=100, FEEDBACK_L=0)
    tone = np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE).astype(np.float32)[:, None].repeat(2, 1)
    delay.process(tone)
    delay.set("DELAY L", 305)
    sound = delay.process(tone)[:, 0]
    # The tone's own steps are 0.0143 and no more than the two are heard together.
    assert np.abs(np.diff(sound)).max() < 0.02


def test_hars_moves_each_side() -> None:
    found = chosen("HARS EFFECT", HARS_TIME_L=5, HARS_TIME_R=30, BALANCE_L=50).process(impulse(0.1))
    assert echoes(found[:, 0]) == {220: pytest.approx(0.5)}
    assert echoes(found[:, 1]) == {1323: pytest.approx(1)}


# --- Wah and phaser -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("centre", [80, 1000, 8000])
@pytest.mark.parametrize("resonance", [0, 100])
def test_a_pedal_wah_is_a_band_pass(centre: float, resonance: float) -> None:
    sound = chosen("PEDAL WAH", WAH_CENTER_FC=centre, RESONANCE=resonance).process(impulse(2))
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)[1:]
    q = 20 ** (resonance / 100)
    s = 1j * np.tan(np.pi * frequencies / RATE) / np.tan(np.pi * centre / RATE)
    expected = np.abs((s / q) / (s * s + s / q + 1))
    assert spectrum(sound)[1:] == pytest.approx(expected, abs=2e-3)


def test_an_auto_wah_opens_with_loudness() -> None:
    peaks = []
    for level in (0.001, 0.125, 0.9):
        wah = chosen("AUTO WAH", RESONANCE=100, MANUAL=300, SWEEP_RANGE=3)
        noise = (level * np.sign(np.random.default_rng(1).standard_normal((RATE, 2)))).astype(np.float32)
        power = spectrum(wah.process(noise)[RATE // 2 :])
        band = np.convolve(power**2, np.ones(40), "same")
        peaks.append(float(np.argmax(band[: len(band) // 2])) * 2)
    # 300 Hz, an octave and a quarter of three octaves, three octaves up: loudness of 0.5 is full.
    assert peaks == pytest.approx([300, 300 * 2 ** (3 * 0.25), 2400], rel=0.1)


@pytest.mark.parametrize("corner", [100, 800, 2500])
def test_a_phaser_at_rest_passes_all_and_turns(corner: float) -> None:
    sound = chosen("PHASER", DEPTH=0, RESONANCE=0, MANUAL=corner).process(impulse(1))
    answer = np.fft.rfft(sound[:, 0])
    assert np.abs(answer) == pytest.approx(1, abs=1e-3)
    # Six stages of first order: each a quarter of a turn at the corner; together with the dry sound notches
    # where they make odd halves of a turn.
    frequencies = np.arange(len(answer))
    turned = -12 * np.arctan(np.tan(np.pi * frequencies / RATE) / np.tan(np.pi * corner / RATE))
    difference = np.angle(answer[1:-1] * -np.exp(-1j * turned[1:-1]) * -1)
    assert np.abs(difference).max() < 0.02
