"""Editing changes what was asked for and nothing else; random sounds can be heard."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800 import edit
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank, initial_program
from luthier.poly800.program import PROGRAM_NUMBERS, Program
from luthier.poly800.synth import Synth

BANK = initial_bank(Synth.MK2)


def test_assignments_by_number_name_range_and_choice() -> None:
    bank = edit.assign(BANK, ["11.41=69", "12.cutoff=30", "87=2", "13-15,21.dco_mode=double", "all.detune=1"])
    assert bank.program(11)["cutoff"] == 69
    assert bank.program(12)["cutoff"] == 30
    assert bank.globals["midi_channel"] == 2
    doubles = [number for number, program in bank.numbered_programs() if program["dco_mode"] == 2]
    assert doubles == [13, 14, 15, 21]
    assert all(program["detune"] == 1 for program in bank.programs)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("11.41=100", r"'11\.41=100': 41 cutoff is 100, out of range; give 0 to 99"),
        ("19.41=1", "there is no program 19"),
        ("x.41=1", "no programs are called 'x'"),
        ("18-11.41=1", "runs backwards"),
        ("11.41", "not an assignment"),
        ("41=1", "belongs to a program"),
        ("11.87=1", "whole bank"),
        ("11.41=" + "9" * 5000, "cannot be"),
        ("9" * 5000 + ".41=1", "no programs are called"),
        ("11." + "4" * 5000 + "=1", "no parameter"),
        ("11.trigger=loud", "give 1 to 2 or single, multi"),
        ("11.cutof=1", "did you mean cutoff"),
    ],
)
def test_wrong_assignments_are_clear_errors(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        edit.assign(BANK, [text])


def test_copy_swap_init() -> None:
    bank = edit.assign(BANK, ["11.cutoff=11", "12.cutoff=12"])
    swapped = edit.swap(bank, 11, 12)
    assert (swapped.program(11)["cutoff"], swapped.program(12)["cutoff"]) == (12, 11)
    copied = edit.copy(bank, 11, [13, 88])
    assert copied.program(13) == copied.program(88) == bank.program(11)
    assert edit.init(bank, [11]).program(11) == initial_program(Synth.MK2)
    other = edit.assign(initial_bank(Synth.EX800), ["21.chorus=on", "21.cutoff=5"])
    foreign = edit.copy(bank, 21, [11], origin=other).program(11)
    assert (foreign["cutoff"], foreign["chorus"], foreign["eq_bass"]) == (5, 0, 6)


def program(**values: int) -> Program:
    return initial_program(Synth.MK2).replacing(values)


def test_morph_of_quantities_and_choices() -> None:
    first, second = (
        program(cutoff=10, dco1_waveform=1, interval=0),
        program(cutoff=50, dco1_waveform=2, interval=7),
    )
    quarter = edit.morph(first, second, 0.25)
    assert (quarter["cutoff"], quarter["dco1_waveform"], quarter["interval"]) == (20, 1, 0)
    later = edit.morph(first, second, 0.75)
    assert (later["cutoff"], later["dco1_waveform"], later["interval"]) == (40, 2, 7)


def test_morph_fades_the_second_oscillator_in() -> None:
    whole, double = program(dco_mode=1, dco2_level=31), program(dco_mode=2, dco2_level=20, dco2_4=1)
    middle = edit.morph(whole, double, 0.25)
    assert (middle["dco_mode"], middle["dco2_level"], middle["dco2_4"]) == (2, 5, 1)


def test_morph_passes_opposite_polarities_through_zero() -> None:
    first, second = program(polarity=2, eg_intensity=8), program(polarity=1, eg_intensity=8)
    steps = [edit.morph(first, second, position) for position in (0.25, 0.5, 0.75)]
    assert [(step["polarity"], step["eg_intensity"]) for step in steps] == [(2, 4), (2, 0), (1, 4)]


def test_morph_keeps_the_time_of_the_only_delay() -> None:
    dry, wet = program(delay_level=0, delay_time=0), program(delay_level=8, delay_time=60)
    middle = edit.morph(dry, wet, 0.5)
    assert (middle["delay_level"], middle["delay_time"]) == (4, 60)


@given(st.binary(min_size=26, max_size=26), st.binary(min_size=26, max_size=26), st.floats(0, 1))
def test_morph_ends_exactly_and_stays_in_range(first: bytes, second: bytes, position: float) -> None:
    one, other = Program(first), Program(second)
    assert edit.morph(one, other, 0) == one
    assert edit.morph(one, other, 1) == other
    if 0 < position < 1:
        assert edit.morph(one, other, position).out_of_range() == ()


def test_morph_refuses_what_has_no_middle() -> None:
    with pytest.raises(InputError, match="outside 0 to 1"):
        edit.morph(program(), program(), 1.5)
    with pytest.raises(InputError, match="convert"):
        edit.morph(program(), initial_program(Synth.EX800), 0.5)


@pytest.mark.parametrize("synth", list(Synth))
def test_random_programs_are_never_silent(synth: Synth) -> None:
    for seed in range(8):
        bank = edit.randomise(initial_bank(synth), PROGRAM_NUMBERS, seed)
        for number, sound in bank.numbered_programs():
            where = f"seed {seed}, program {number}"
            assert not sound.problems(), where
            assert any(sound[f"dco1_{feet}"] for feet in (16, 8, 4, 2)), where
            assert sound["dco1_level"] >= 16, where
            assert sound["deg1_attack"] <= 16, where
            assert sound["deg1_break_point"] >= 12, where
            assert sound["cutoff"] >= (60 if sound["polarity"] == 1 else 30), where


def test_the_same_seed_gives_the_same_sounds() -> None:
    first = edit.randomise(BANK, [11, 12], 7)
    assert first == edit.randomise(BANK, [11, 12], 7)
    assert first != edit.randomise(BANK, [11, 12], 8)
    assert first.program(13) == BANK.program(13)


def test_edits_leave_garbage_elsewhere_alone() -> None:
    bank = Bank(Synth.POLY800, random.Random(3).randbytes(1633))
    changed = edit.assign(bank, ["11.cutoff=5"])
    assert [index for index, (a, b) in enumerate(zip(bank.ram, changed.ram, strict=True)) if a != b] == [294]
