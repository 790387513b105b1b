"""Numbers of the panel and amounts with units: laws of the translator, the way back, what is refused.

Expected numbers are those of the closed forms (facts 2.5) and of the lists of ranges.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from luthier.errors import InputError, UsageError
from luthier.kn5000.effect_catalogue.models import Certainty
from luthier.kn5000.effects.named import NAMES, effect
from luthier.kn5000.effects.panel import apply, panel_value, physical, ranges, setting
from luthier.kn5000.effects.units.rotors import Rotors

every_effect = pytest.mark.parametrize("name", NAMES.values())


@every_effect
def test_every_number_of_the_panel_leads_back_to_itself(name: str) -> None:
    found = effect(name)
    for scale in ranges(found):
        numbers = range(scale.low, scale.high + 1)
        amounts = [physical(found, scale.name, number) for number in numbers]
        assert all(before <= after for before, after in itertools.pairwise(amounts))
        assert len(set(amounts)) >= 0.75 * len(amounts), scale.name  # few are held at the ends
        for amount in (amounts[0], amounts[-1]):
            found.set(scale.name, amount)  # within what the effect takes
        for number, amount in zip(numbers, amounts, strict=True):
            back = panel_value(found, scale.name, amount)
            assert physical(found, scale.name, back) == amount
            if amounts.count(amount) == 1:
                assert back == number


@every_effect
def test_every_parameter_has_a_scale_of_the_catalogue(name: str) -> None:
    found = effect(name)
    scales = ranges(found)
    assert [scale.name for scale in scales] == [parameter.name for parameter in found.parameters]
    for scale in scales:
        assert scale.first is None or scale.low <= scale.first <= scale.high
        assert scale.least <= scale.values[0] <= scale.values[-1] <= scale.most
        assert scale.least <= scale.default <= scale.most
        assert scale.certainty in set(Certainty)
        assert scale.law


@pytest.mark.parametrize(
    ("name", "text", "amount"),
    [
        # Opcode 75: 0.1 s by 0.02; 16: 0.45 by 0.05; 24: 0.9 by 0.1; 56: 4.2 by 0.2; 76: 9 by 1.
        ("CONCERT REVERB 1", "REVERB TIME=60", 4.2 + 4 * 0.2),
        ("CONCERT REVERB 1", "REVERB TIME=20", 0.45 + 4 * 0.05),
        ("CONCERT REVERB 1", "REVERB TIME=35", 0.9 + 11 * 0.1),
        ("CONCERT REVERB 1", "REVERB TIME=97", 30.0),
        ("CONCERT REVERB 1", "PRE DELAY=30", 30),
        # Opcode 65, both families.
        ("CHORUS", "LFO SPEED=40", 40 / 10),
        ("CHORUS", "LFO SPEED=60", (60 - 25) / 5),
        ("CHORUS", "LFO SPEED=80", (4 * 80 - 250) / 5),
        ("CHORUS", "LFO SPEED=99", (9 * 99 - 690) / 5),
        ("RING MODULATOR", "OSC SPEED=15", 10 * 15 - 90),
        ("RING MODULATOR", "OSC SPEED=64", 1000),
        ("RING MODULATOR", "OSC SPEED=99", 800 * 99 - 59_600),
        # Opcode 6A.
        ("ROTARY SPEAKER", "TREBLE FAST=45", (45 - 10) / 5),
        ("ROTARY SPEAKER", "BASS FAST=99", (11 * 99 - 390) / 20),
        ("ROTARY SPEAKER", "BASS SLOW=0", 0),
        # Opcodes 67, 68, 6D, 6F.
        ("SINGLE DELAY", "DELAY L=350", 350),
        ("FLANGER", "PHASE=180", 180),
        ("COMPRESSOR", "ATTACK SENS.=9", 0.010),
        ("COMPRESSOR", "RELEASE SENS.=90", 0.100),
        ("GATED REVERB", "GATE TIME=75", 50 * 75 - 3000),
        ("GATED REVERB", "MASK TIME=99", 2900),
        # Opcodes 70 and 76: the grid of ISO 266, half decibels.
        ("PARAMETRIC EQ", "BAND EMPHASIS FC 3=14", 1000),
        ("PARAMETRIC EQ", "BAND EMPHASIS Q=31", 20),
        ("PARAMETRIC EQ", "BAND EMPHASIS G 5=30", 3),
        ("GEQ", "LOW EMPHASIS G=0", -12),
        ("STAGE", "EMPHASIS GAIN=36", 6),
        ("SINGLE DELAY", "HIGH DAMP GAIN=18", -3),
        # Opcode 71: 50 cents a step above 19, semitones above 31.
        ("PITCH SHIFTER", "PITCH L=31", 700),
        ("PITCH SHIFTER", "PITCH R=-36", -1200),
        # Opcode 6C: addresses up to 200 frames at 99.
        ("FLANGER", "MANUAL=99", 200 / 44.1),
        ("DEEP SPACE", "INTENSITY=99", 100),
        # Opcode 63, kind 0: 0.2 dB a step above 84.
        ("CHORUS", "VOLUME=84", 100 * 10 ** (-15 * 0.2 / 20)),
        ("CHORUS", "VOLUME=0", 0),
        ("CHORUS", "REV SEND=99", 80),
        ("CHORUS", "DEPTH=99", 100),
        # Opcode 69: 5 s for 24 octaves, of which a tenth is left after log2(10).
        ("ROTARY SPEAKER", "WIND UP=10", 5 * math.log2(10) / 24),
    ],
)
def test_a_number_alone_is_one_of_the_panel(name: str, text: str, amount: float) -> None:
    parameter, value = setting(effect(name), text)
    assert parameter == text.partition("=")[0]
    assert value == pytest.approx(amount, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("CONCERT REVERB 1", "REVERB TIME=2.4s", ("REVERB TIME", 2.4)),
        ("concert reverb 1", " reverb  time = 2400 ms ", ("REVERB TIME", 2.4)),
        ("PARAMETRIC EQ", "BAND EMPHASIS FC=80Hz", ("BAND EMPHASIS FC", 80)),
        ("PARAMETRIC EQ", "band emphasis fc 2=1.6kHz", ("BAND EMPHASIS FC 2", 1600)),
        ("PARAMETRIC EQ", "BAND EMPHASIS G=−6 dB", ("BAND EMPHASIS G", -6)),
        ("PARAMETRIC EQ", "BAND EMPHASIS Q=0.7Q", ("BAND EMPHASIS Q", 0.7)),
        ("SINGLE DELAY", "DELAY L=350ms", ("DELAY L", 350)),
        ("SINGLE DELAY", "DELAY L=.25 s", ("DELAY L", 250)),
        ("CHORUS", "DEPTH=30%", ("DEPTH", 30)),
        ("CHORUS", "VOLUME=-6dB", ("VOLUME", 100 * 10 ** (-6 / 20))),
        ("CHORUS", "LFO WAVEFORM=triangle", ("LFO WAVEFORM", 1)),
        ("CHORUS", "LFO WAVEFORM=sq", ("LFO WAVEFORM", 2)),
        ("CHORUS", "LFO WAVEFORM=1", ("LFO WAVEFORM", 1)),
        ("CHORUS", "LFO WAVEFORM=2.0", ("LFO WAVEFORM", 2)),
        ("CHORUS", "DEPTH=99.0", ("DEPTH", 100)),
        ("NOISE FLANGER", "LFO WAVEFORM=noise", ("LFO WAVEFORM", 3)),
        ("ROTARY SPEAKER", "SLOW/FAST=slow", ("SLOW/FAST", 0)),
        ("COMPRESSOR", "RATIO=4:1", ("RATIO", 4)),
        ("PITCH SHIFTER", "PITCH L=7 semitones", ("PITCH L", 700)),
        ("AUTO WAH", "SWEEP RANGE=2 octaves", ("SWEEP RANGE", 2)),
        ("FLANGER", "PHASE=45°", ("PHASE", 45)),
        ("CHORUS", "lfo s=4Hz", ("LFO SPEED", 4)),
        ("CONCERT REVERB 1", "rev=1s", ("REVERB TIME", 1)),
    ],
)
def test_an_amount_with_its_unit(name: str, text: str, expected: tuple[str, float]) -> None:
    parameter, value = setting(effect(name), text)
    assert parameter == expected[0]
    assert value == pytest.approx(expected[1])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("CHORUS", "DEPTH", "sets nothing"),
        ("CHORUS", "DEPTH=", "is no number; give DEPTH 0 to 99 as on the panel, or 0 to 100 %"),
        ("CHORUS", "DEPTH=deep", "is no number"),
        ("CHORUS", "DEPTH=nan", "is no number"),
        ("CHORUS", "DEPTH=inf", "is no number"),
        ("CHORUS", "DEPTH=100", "100 is no DEPTH; choose 0 to 99 as on the panel, or 0 to 100 %"),
        ("CHORUS", "DEPTH=-1", "-1 is no DEPTH"),
        ("CHORUS", "DEPTH=1e999", "is no DEPTH"),
        ("CHORUS", "DEPTH=101%", "101% is no DEPTH"),
        ("CHORUS", "DEPTH=1e999%", "is no DEPTH"),
        ("CHORUS", "VOLUME=6dB", "is no VOLUME"),
        ("CHORUS", "VOLUME=1e300dB", "is no VOLUME"),
        ("CHORUS", "DEPTH=-6dB", "DEPTH is not in db"),
        ("CHORUS", "DEPTH=3Hz", "DEPTH is not in hz"),
        ("CHORUS", "LFO WAVEFORM=1.5", "choose SINE, TRIANGLE, SQUARE"),
        ("CHORUS", "LFO WAVEFORM=1e999", "choose SINE, TRIANGLE, SQUARE"),
        ("CHORUS", "LFO WAVEFORM=3", "choose SINE, TRIANGLE, SQUARE"),
        ("CHORUS", "LFO WAVEFORM=s", "choose SINE, TRIANGLE, SQUARE"),
        ("CHORUS", "LFO WAVEFORM=", "choose SINE, TRIANGLE, SQUARE"),
        ("CHORUS", "LFO WAVEFORM=²", "choose SINE, TRIANGLE, SQUARE"),
        ("CHORUS", "LFO=3", "may be LFO SPEED or LFO WAVEFORM"),
        ("CHORUS", "DEPHT=3", "did you mean DEPTH"),
        ("CHORUS", "=3", "has no"),
        ("CONCERT REVERB 1", "REVERB TIME=2.5", "15 to 97 as on the panel, or 0.4 to 30 s, with the unit"),
        ("CONCERT REVERB 1", "REVERB TIME=10", "choose 15 to 97"),
    ],
)
def test_what_is_refused(name: str, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        setting(effect(name), text)


def test_every_speed_seen_on_the_machine_is_a_number_of_the_panel() -> None:
    # Facts, effects: defaults seen in hertz.
    for hertz in (0.2, 0.4, 0.6, 1.2, 3.0, 4.0, 5.2, 7.4):
        chosen = effect("CHORUS")
        assert physical(chosen, "LFO SPEED", panel_value(chosen, "LFO SPEED", hertz)) == hertz
    ring = effect("RING MODULATOR")
    assert physical(ring, "OSC SPEED", panel_value(ring, "OSC SPEED", 1000)) == 1000


def test_nothing_is_set_if_one_of_it_cannot_be() -> None:
    found = effect("CHORUS")
    before = found.settings
    with pytest.raises(InputError):
        apply(found, ["DEPTH=20", "WIDTH=3"])
    assert found.settings == before
    apply(found, ["DEPTH=20%", "LFO SPEED=6"])
    assert found.settings["DEPTH"] == 20
    assert found.settings["LFO SPEED"] == pytest.approx(0.6)
    with pytest.raises(UsageError):
        apply(found, ["DEPTH"])


def test_numbers_beyond_the_panel() -> None:
    found = effect("CHORUS")
    for wrong in (-1, 100):
        with pytest.raises(InputError, match="0 to 99"):
            physical(found, "DEPTH", wrong)
    with pytest.raises(InputError, match="no DEPTH"):
        panel_value(found, "DEPTH", math.nan)


def test_known_and_modelled() -> None:
    def certainty(name: str) -> dict[str, str]:
        return {scale.name: scale.certainty.value for scale in ranges(effect(name))}

    assert certainty("CHORUS") == {
        **{"DEPTH": "modelled", "LFO SPEED": "known", "LFO WAVEFORM": "known"},
        **{"VOLUME": "modelled", "REV SEND": "known"},
    }
    assert certainty("CONCERT REVERB 1")["REVERB TIME"] == "known"
    assert set(certainty("CEL").values()) == {"modelled"}  # a list of ours


def test_a_rotor_takes_every_speed_of_the_panel() -> None:
    found = effect("ROTARY SPEAKER")
    apply(found, ["TREBLE FAST=99", "BASS FAST=0"])
    found.reset()
    rotors = next(unit for unit in found._units if isinstance(unit, Rotors))
    assert rotors.speeds == pytest.approx((34.95, 0))
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, (44_100, 2)).astype(np.float32)
    out = found.process(sound)
    assert np.isfinite(out).all()
    assert np.abs(out).max() < 4
