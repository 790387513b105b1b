"""What holds for every effect by its name: lists, silence, blocks, extremes, glides, sleep."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.errors import InputError
from luthier.kn5000.effect_catalogue.loading import find
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.named import MODELLED, NAMES, effect
from luthier.kn5000.effects.slot import Slot

RATE = 44_100
Samples = NDArray[np.float32]
every_effect = pytest.mark.parametrize("name", NAMES.values())


def noise(frames: int, level: float = 0.3) -> Samples:
    return (level * np.random.default_rng(7).uniform(-1, 1, (frames, 2))).astype(np.float32)


def tone(seconds: float) -> Samples:
    return np.repeat(
        0.5 * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE)) / RATE)[:, None], 2, 1
    ).astype(np.float32)


@every_effect
def test_parameters_are_those_of_the_catalogue(name: str) -> None:
    """In its order; VOLUME and REV SEND behind where the machine shows none."""
    shown = list(find(name).panel)
    found = [parameter.name for parameter in effect(name).parameters]
    assert found[: len(shown)] == shown
    assert set(found[len(shown) :]) <= {"VOLUME", "REV SEND"}
    assert "VOLUME" in found


def test_equal_names_are_numbered_as_the_lists_have_them() -> None:
    # Facts, effects: the list of ROTARY SPEAKER with its common end.
    assert list(effect("ROTARY SPEAKER").settings) == [
        *("DRIVE", "VOLUME ADJUST", "TREBLE DEPTH", "TREBLE FAST", "SLOW", "WIND UP", "WIND DOWN"),
        *("BASS DEPTH", "BASS FAST", "BASS SLOW", "WIND UP 2", "WIND DOWN 2"),
        *("VOLUME", "SLOW/FAST", "REV SEND"),
    ]


@every_effect
def test_silence_stays_silence(name: str) -> None:
    found = effect(name)
    assert found.silent
    assert not found.process(np.zeros((3000, 2), np.float32)).any()
    assert found.silent


@every_effect
def test_it_is_heard_and_the_same_in_any_blocks(name: str) -> None:
    sound = noise(30_000)
    whole = effect(name).process(sound)
    assert np.abs(whole).max() > 1e-3
    parted, places = effect(name), [0, 1, 40, 40, 72, 1100, 5000, 5031, 29_999, 30_000]
    pieces = [parted.process(sound[a:b]) for a, b in itertools.pairwise(places)]
    assert np.array_equal(np.concatenate(pieces), whole)
    # And in place.
    again = sound.copy()
    effect(name).process(again, again)
    assert np.array_equal(again, whole)


@every_effect
def test_it_is_the_same_in_any_blocks_while_it_glides(name: str) -> None:
    sound, outs = noise(9000), []
    for places in ([0, 3000, 9000], [0, 1, 72, 1100, 2999, 3000, 3001, 3033, 3100, 5031, 9000]):
        found, pieces = effect(name), []
        for begin, end in itertools.pairwise(places):
            if begin == 3000:
                for parameter in found.parameters:
                    found.set(parameter.name, parameter.high)
                found.set("VOLUME", 50)
            pieces.append(found.process(sound[begin:end]))
        outs.append(np.concatenate(pieces))
    assert np.array_equal(outs[0], outs[1])


@every_effect
def test_all_extremes_are_stable_and_without_a_steady_part(name: str) -> None:
    found = effect(name)
    sound = np.diff(noise(RATE // 2 + 1, 0.5), axis=0)
    for end in ("low", "high", "default"):
        for parameter in found.parameters:
            found.set(parameter.name, getattr(parameter, end))
        out = found.process(sound)
        assert np.isfinite(out).all()
        assert np.abs(out).max() < 600  # five bells of 12 dB at one frequency
        assert np.abs(out[len(out) // 2 :].mean(axis=0)).max() < 0.05 * max(1, out.std())
    # What is left of it has no numbers too small for the processor's quick ways.
    for _ in range(4):
        out = found.process(np.zeros((RATE, 2), np.float32))
        small = np.abs(out[(out != 0)])
        assert not small.size or small.min() > np.finfo(np.float32).tiny


@every_effect
def test_samples_that_are_no_numbers_are_silence(name: str) -> None:
    found = effect(name)
    sound = noise(4096)
    sound[100], sound[200], sound[300] = np.nan, np.inf, 1e30
    found.process(sound)
    for _ in range(20):
        out = found.process(noise(4096))
    assert np.isfinite(out).all()
    assert np.abs(out).max() < 100


@every_effect
def test_it_falls_asleep_and_wakes_as_new(name: str) -> None:
    found = effect(name)
    for parameter in found.parameters:
        if parameter.name.startswith("FEEDBACK"):
            found.set(parameter.name, 0)
    found.process(noise(2048))
    for _ in range(200):
        if found.silent:
            break
        found.process(np.zeros((2048, 2), np.float32))
    assert found.silent
    assert not found.process(np.zeros((500, 2), np.float32)).any()
    found.process(noise(100))
    assert not found.silent


@every_effect
def test_reset_makes_it_new(name: str) -> None:
    used, new = effect(name), effect(name)
    for parameter in used.parameters:
        used.set(parameter.name, parameter.low)
        new.set(parameter.name, parameter.low)
    used.process(noise(3000))
    used.reset()
    sound = noise(2000)
    assert np.abs(used.process(sound) - new.process(sound)).max() < 1e-6 or "LFO SPEED" in used.settings


def roughness(sound: Samples) -> float:
    """The loudest above 10 kHz in any 5 ms: a click is heard there, a tone of 200 Hz is not."""
    from scipy import signal

    highs = signal.sosfilt(signal.butter(6, 10_000, "high", fs=RATE, output="sos"), sound, axis=0)
    return float(np.abs(highs[2000:]).max())


@pytest.mark.parametrize(
    ("name", "parameter", "values"),
    [
        ("CHORUS", "VOLUME", (100, 0)),
        ("CHORUS", "DEPTH", (0, 100)),
        ("CHORUS", "LFO WAVEFORM", (0, 2)),
        ("PHASER", "LFO WAVEFORM", (1, 0)),
        ("AUTO PAN", "LFO WAVEFORM", (0, 2)),
        ("AUTO PAN", "DEPTH", (100, 0)),
        ("FLANGER", "MANUAL", (2, 8)),
        ("FLANGER", "RESONANCE", (-90, 90)),
        ("PHASER", "MANUAL", (200, 2000)),
        ("PARAMETRIC EQ", "BAND EMPHASIS G", (-12, 12)),
        ("PARAMETRIC EQ", "BAND EMPHASIS FC 3", (100, 10_000)),
        ("COMPRESSOR", "THRESHOLD", (0, -50)),
        ("MULTI TAP DELAY", "PAN 1", (-100, 100)),
        ("SINGLE DELAY", "FEEDBACK L", (-90, 90)),
        ("PEDAL WAH", "WAH CENTER FC", (200, 4000)),
        ("S.DELAY+CHORUS", "DELAY DRY/WET", (0, 100)),
        ("CONCERT REVERB 1", "REVERB TIME", (1, 4)),
        ("CONCERT REVERB 1", "PRE DELAY", (0, 100)),
        ("ROOM REVERB 1", "ER.LEVEL", (0, 100)),
        ("ROTARY SPEAKER", "TREBLE DEPTH", (0, 100)),
        ("RING MODULATOR", "PHASE", (0, 180)),
        ("DEEP SPACE", "INTENSITY", (10, 90)),
    ],
)
def test_parameters_glide(name: str, parameter: str, values: tuple[float, float]) -> None:
    found = effect(name)
    found.set(parameter, values[0])
    sound = tone(0.4)
    at_rest = roughness(np.concatenate([found.process(sound), found.process(sound)]))
    begin = found.process(sound)
    found.set(parameter, values[1])
    moved = found.process(sound)
    assert roughness(np.concatenate([begin, moved])) < at_rest + 5e-4


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("PEQ+COMPR+DIST", ("PARAMETRIC EQ", "COMPRESSOR", "DISTORTION")),
        ("PEQ+CHORUS", ("PARAMETRIC EQ", "CHORUS")),
        ("S.DELAY+FLANGER", ("SINGLE DELAY", "FLANGER")),
        ("AUTO WAH+S.DELAY", ("AUTO WAH", "SINGLE DELAY")),
    ],
)
def test_a_combination_is_its_parts_in_series(name: str, parts: tuple[str, ...]) -> None:
    whole = effect(name)
    for parameter in whole.parameters:
        if parameter.name.endswith("DRY/WET"):
            whole.set(parameter.name, 100)
    sound = noise(20_000)
    expected = sound
    for part in parts:
        unit = effect(part)
        for parameter in unit.parameters:
            if parameter.name in whole.settings:
                unit.set(parameter.name, whole.settings[parameter.name])
            elif parameter.name.startswith(("BAND EMPHASIS G", "HIGH DAMP GAIN")):
                unit.set(parameter.name, 0)
        expected = unit.process(expected)
    assert np.abs(whole.process(sound) - expected).max() < 1e-5


def test_all_of_the_table_are_there() -> None:
    assert len(NAMES) == 71
    assert list(NAMES) == sorted(NAMES)
    assert {number for number in NAMES if NAMES[number] in MODELLED} == {
        *(11, 38, 44, 45, 49, 51, 55, 63, 69, 80, 81)
    }
    in_line = [number for number in NAMES if effect(number).in_line]
    assert in_line == [57, 58, 59, 60, 79, 88, 89, 90, 91]


def test_an_illusion_is_what_goes_through_and_seven_echoes() -> None:
    click = np.zeros((4000, 2), np.float32)
    click[0, 0] = 1
    for share in (100, 50):
        found = effect("STANDARD")
        found.set("INTENSITY", share)
        places = np.flatnonzero(np.abs(found.process(click)).max(axis=1) > 1e-6)
        # The left line's: 1501, 801, 541 and 701 frames at full intensity.
        assert list(places) == [0, *(int(length * share / 100 + 0.5) for length in (541, 701, 801, 1501))]


def test_a_change_of_effect_does_not_click() -> None:
    slot = Slot(effect("CHORUS"))
    sound = tone(0.3)
    outs = [slot.process(sound)]
    for name in ("DISTORTION", "SINGLE DELAY", "NO OPERATION"):
        slot.choose(effect(name))
        outs.append(slot.process(sound[:777]))
        outs.append(slot.process(sound[777:]))
    steps = np.abs(np.diff(np.concatenate(outs), axis=0))
    # A tone of 200 Hz through a distortion steps by less than 0.1; a cut to silence would step by half of it.
    assert steps[: len(sound) + 100].max() < 0.05
    assert slot.idle  # and it returns nothing


def test_numbers_and_names() -> None:
    assert effect(1).name == effect(" chorus ").name == effect("1").name == "CHORUS"
    assert effect("chorus").parameter("lfo  speed").unit == "Hz"
    with pytest.raises(InputError, match="did you mean CHORUS"):
        effect("CHORS")
    with pytest.raises(InputError, match="no effect"):
        effect(7)
    for wild in ("9" * 5000, "a\x00b", "\n\u2028"):
        with pytest.raises(InputError) as caught:
            effect(wild)
        assert str(caught.value).isprintable()
        with pytest.raises(InputError) as caught:
            effect("CHORUS").set(wild, 1)
        assert str(caught.value).isprintable()
    with pytest.raises(InputError, match="did you mean DEPTH"):
        effect("CHORUS").set("DEPHT", 3)
    for wrong in (-1, 101, float("nan"), float("inf")):
        with pytest.raises(InputError, match="choose 0 to 100 %"):
            effect("CHORUS").set("DEPTH", wrong)
    with pytest.raises(InputError, match="choose SINE, TRIANGLE, SQUARE"):
        effect("CHORUS").set("LFO WAVEFORM", 0.5)
    with pytest.raises(InputError, match="shape"):
        effect("CHORUS").process(np.zeros((4, 1), np.float32))
    parameter = effect("CHORUS").parameter("LFO WAVEFORM")
    assert parameter.read("triangle") == 1
    with pytest.raises(InputError, match="no number"):
        effect("CHORUS").parameter("LFO SPEED").read("fast")
    assert effect("CHORUS").parameter("LFO SPEED").read("3 Hz") == 3


def test_what_is_set_while_asleep_is_there_at_once() -> None:
    found: Chain = effect("RING MODULATOR")
    found.set("OSC SPEED", 0)
    found.set("VOLUME", 50)
    assert not found.process(np.ones((10, 2), np.float32)).any()
