"""Envelopes take the times that the owner's manual prints, and the tables' of every rate."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.poly800.voice.tones import RATE, held, program

from luthier.poly800.voice import Voice, firmware

#: Square waves have the same level at every sample but near their edges: a peak per tick shows the envelope.
KEY = 84


def course(voice: Voice, seconds: float) -> NDArray[np.float64]:
    """The highest sample of every hundredth of a second."""
    heard = voice.render(round(seconds * RATE))[:, 0].astype(np.float64)
    parts = heard[: len(heard) // 441 * 441].reshape(-1, 441)
    return np.asarray(np.abs(parts).max(1))


#: Poly-800 owner's manual, 3.4.7: about so many seconds from the top to a break point with decay 31.
@pytest.mark.parametrize(("break_point", "printed"), [(30, 0.5), (29, 1.2), (25, 3.0), (20, 5.0)])
def test_decay_31_takes_what_the_manual_prints(break_point: int, printed: float) -> None:
    played = program(deg1_decay=31, deg1_break_point=break_point, deg1_slope=31, deg1_sustain=break_point)
    voice = Voice(played)
    voice.note_on(KEY)
    levels = course(voice, printed * 1.3 + 0.2)
    bottom = levels[-1]
    arrived = float(np.argmax(levels < bottom * 1.001)) / 100
    top = float(np.argmax(levels > levels.max() * 0.999)) / 100
    # "About": the one printed with two digits is 20 % off, the others are within 5 %.
    assert arrived - top == pytest.approx(printed, rel=0.22, abs=0.05)


def test_release_20_takes_what_was_measured_on_a_recording() -> None:
    """A public project measured 0.2 to 0.3 s to near silence."""
    voice = held(program(deg1_release=20), KEY)
    voice.note_off(KEY)
    levels = course(voice, 0.5)
    gone = float(np.argmax(levels < levels[0] * 0.01)) / 100
    assert 0.2 <= gone <= 0.3


@pytest.mark.parametrize("rate", [0, 5, 15, 22, 23, 24, 27, 31])
def test_full_range_takes_the_ticks_of_the_table(rate: int) -> None:
    """Attack from nothing to FF: 255 steps of so many, or every so many ticks."""
    table = bytes.fromhex(
        "FF 80 55 40 33 2B 25 20 1D 1B 17 15 13 11 0F 0D 0B 09 07 06 05 04 03 02 01 02 03 04 05 06 08 0A"
    )
    ticks = 255 * table[rate] if rate >= 24 else -(-255 // table[rate])
    voice = Voice(program(deg1_attack=rate))
    voice.note_on(KEY)
    levels = course(voice, ticks / 187.5 + 0.3)
    arrived = float(np.argmax(levels > levels.max() * 0.998)) / 100
    assert arrived == pytest.approx(ticks / 187.5, abs=0.02, rel=0.01)


def test_times_grow_with_the_number() -> None:
    speeds = [steps / ticks for steps, ticks in map(firmware.rate, range(32))]
    assert all(faster > slower for faster, slower in itertools.pairwise(speeds))


def test_levels_are_the_linear_table() -> None:
    full = course(held(program(deg1_break_point=31, deg1_sustain=31), KEY), 0.1).max()
    for sustain, entry in ((8, 0x40), (16, 0x80), (24, 0xC0), (28, 0xE4)):
        played = program(deg1_break_point=sustain, deg1_sustain=sustain)
        assert course(held(played, KEY), 0.1).max() / full == pytest.approx(entry / 0xFE, rel=0.01)


def test_the_slope_goes_up_or_down() -> None:
    for break_point, sustain in ((8, 24), (24, 8)):
        played = program(deg1_decay=10, deg1_break_point=break_point, deg1_slope=25, deg1_sustain=sustain)
        voice = Voice(played)
        voice.note_on(KEY)
        levels = course(voice, 3.0)
        middle = levels[60:65].mean()
        ends = sorted((levels[12:20].mean(), levels[-10:].mean()))
        assert ends[0] < middle < ends[1]


def test_level_and_envelope_multiply() -> None:
    full = course(held(program(), KEY), 0.1).max()
    half = course(held(program(dco1_level=16), KEY), 0.1).max()
    assert half / full == pytest.approx(0x80 / 0xFE, rel=0.01)


def test_each_oscillator_has_its_own() -> None:
    """DEG1 for DCO1, DEG2 for DCO2: with DCO1 silent only DEG2 is heard."""
    double = {"dco_mode": 2, "dco1_level": 0, "dco2_8": 1, "deg1_break_point": 0, "deg1_sustain": 0}
    fading = held(program(**double, deg2_decay=20, deg2_break_point=0, deg2_sustain=0), KEY)
    assert course(fading, 0.5)[-1] == pytest.approx(0, abs=1e-6)
    assert course(held(program(**double), KEY), 0.5)[-1] > 0.01
