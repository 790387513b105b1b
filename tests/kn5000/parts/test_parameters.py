"""Registered and non-registered parameters, and data entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.parts.playing import new_parts

from luthier.kn5000.parts import Change, NoteSetting, Parts


def choose(parts: Parts, msb: int, lsb: int, *, registered: bool = True) -> None:
    parts.control(0, 101 if registered else 99, msb)
    parts.control(0, 100 if registered else 98, lsb)


def enter(parts: Parts, msb: int, lsb: int | None = None) -> Change:
    change = parts.control(0, 6, msb)
    return change if lsb is None else parts.control(0, 38, lsb)


@pytest.fixture
def parts() -> Parts:
    return new_parts()


def test_bend_range(parts: Parts) -> None:
    choose(parts, 0, 0)
    assert enter(parts, 12) == Change.PITCH
    assert parts.records["bend_range"][0] == 12
    parts.bend(0, 0)
    assert parts.state(0).bend == -12.0
    assert parts.records["bend"][0] == -12 * 256
    enter(parts, 3, 50)
    assert parts.state(0).bend == -3.5
    assert parts.records["bend_range"][0] == 3


def test_fine_tuning(parts: Parts) -> None:
    choose(parts, 0, 1)
    # RP: 00 00 a semitone down, 40 00 none, 7F 7F nearly a semitone up.
    for msb, lsb, semitones, word in ((0, 0, -1.0, -256), (0x40, 0, 0.0, 0), (0x60, 0, 0.5, 128)):
        assert enter(parts, msb, lsb) == Change.PITCH
        assert parts.state(0).tuning == semitones
        assert parts.records["fine_tuning"][0] == word


def test_coarse_tuning(parts: Parts) -> None:
    choose(parts, 0, 2)
    enter(parts, 64 - 12)
    assert parts.state(0).tuning == -12.0
    assert parts.records["coarse_tuning"][0] == -12


def test_the_programs_own_tuning_controllers(parts: Parts) -> None:
    assert (
        parts.control(0, 0x80, 7)
        == parts.control(0, 0x81, 0xC0)
        == parts.control(0, 0x82, 65)
        == Change.PITCH
    )
    parts.bend(0, 0)
    state = parts.state(0)
    # (C0 - 80) * 2 is 80: 128/256 of a semitone.
    assert (state.bend, state.tuning) == (-7.0, 1.5)


def test_modulation_depth_range(parts: Parts) -> None:
    parts.control(0, 1, 127)
    choose(parts, 0, 5)
    assert enter(parts, 1, 64) == Change.MODULATION
    assert parts.state(0).vibrato == pytest.approx(150.0)


def test_null_takes_no_data(parts: Parts) -> None:
    choose(parts, 0, 0)
    choose(parts, 127, 127)
    assert enter(parts, 24, 0) == Change.NONE
    assert parts.records["bend_range"][0] == 2
    assert not parts.unsupported


def test_nothing_is_chosen_at_first(parts: Parts) -> None:
    assert enter(parts, 24, 0) == Change.NONE
    assert parts.records["bend_range"][0] == 2


def test_increment_and_decrement(parts: Parts) -> None:
    choose(parts, 0, 0)
    for _ in range(50):
        parts.control(0, 96, 0)
    parts.bend(0, 0)
    assert parts.state(0).bend == -2.5
    parts.control(0, 97, 0)
    assert parts.state(0).bend == pytest.approx(-2.49)
    choose(parts, 0, 2)
    parts.control(0, 97, 0)
    assert parts.state(0).tuning == -1.0


@pytest.mark.parametrize(
    ("lsb", "controller"),
    [(0x08, 76), (0x09, 77), (0x0A, 78), (0x20, 74), (0x63, 73), (0x64, 75), (0x66, 72)],
)
def test_parameters_of_gs_do_what_controllers_do(parts: Parts, lsb: int, controller: int) -> None:
    choose(parts, 1, lsb, registered=False)
    change = enter(parts, 100)
    other = new_parts()
    assert change == other.control(0, controller, 100)
    assert parts.state(0) == other.state(0) != new_parts().state(0)


def test_single_drums(parts: Parts) -> None:
    for msb, value in ((0x18, 66), (0x1A, 50), (0x1C, 127), (0x1D, 0), (0x1E, 127)):
        choose(parts, msb, 38, registered=False)
        enter(parts, value)
    setting = parts.state(0).notes[38]
    assert setting.level == pytest.approx(-12.04, abs=0.01)  # half is 40 log10(1/2)
    assert (setting.tuning, setting.pan, setting.reverb, setting.chorus) == (2.0, 1.0, 0.0, 1.0)
    assert 40 not in parts.state(0).notes
    parts.program(0, 8)
    assert not parts.state(0).notes


def test_pan_0_of_a_drum_leaves_it(parts: Parts) -> None:
    parts.set_drum(9, 38, "pan", 0)
    assert parts.state(9).notes[38] == NoteSetting()


def test_what_is_left_out_is_counted(parts: Parts) -> None:
    choose(parts, 1, 0x21, registered=False)
    enter(parts, 100)
    choose(parts, 0, 3)
    enter(parts, 1, 0)
    assert parts.unsupported == {
        "non-registered parameter 1 33 resonance": 1,
        "registered parameter 0 3 tuning program": 2,
    }


@given(st.lists(st.tuples(st.sampled_from([6, 38, 96, 97, 98, 99, 100, 101, 121]), st.integers(0, 127))))
def test_any_data_entry_leaves_values_in_range(messages: list[tuple[int, int]]) -> None:
    parts = new_parts()
    for number, value in messages:
        parts.control(0, number, value)
        assert 0 <= parts.records["bend_range"][0] <= 127
        assert abs(parts.state(0).tuning) <= 65
