"""The built-in bank is whole, audible, varied, and named."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from typer.testing import CliRunner

from luthier.cli import app
from luthier.errors import InputError
from luthier.poly800.built_in import (
    WORDS,
    built_in_bank,
    built_in_chord,
    built_in_programs,
    built_in_sequence,
    names,
)
from luthier.poly800.convert import convert
from luthier.poly800.initial import initial_bank
from luthier.poly800.library import load_bank
from luthier.poly800.program import PROGRAM_NUMBERS
from luthier.poly800.sequence import Kind, decode
from luthier.poly800.sequence_midi import to_midi
from luthier.poly800.synth import Synth

#: Parameters in which two programs must differ to be two sounds.
DIFFERENT = 8


def test_every_place_has_a_program_with_its_own_name() -> None:
    programs = built_in_programs()
    assert tuple(entry.number for entry in programs) == PROGRAM_NUMBERS
    assert len({entry.name for entry in programs}) == 64
    assert all(0 < len(entry.name) <= 18 and entry.about for entry in programs)


@pytest.mark.parametrize("synth", list(Synth))
def test_values_are_those_of_the_file_and_in_range(synth: Synth) -> None:
    bank = built_in_bank(synth)
    assert not any(program.problems() for program in bank.programs)
    brass = bank.program(11)
    assert (brass["dco1_octave"], brass["dco1_4"], brass["dco2_2"], brass["dco_mode"]) == (3, 1, 0, 2)
    assert [brass[number] for number in (71, 72, 73, 74, 75, 76)] == [15, 20, 22, 23, 17, 16]
    assert (brass["chorus"], bank.program(12)["dco_mode"]) == (int(synth is not Synth.MK2), 1)
    if synth is Synth.MK2:
        assert (brass["delay_time"], brass["delay_level"], brass["eq_treble"]) == (14, 6, 8)


@pytest.mark.parametrize("entry", built_in_programs(), ids=lambda entry: entry.name)
def test_program_can_be_heard(entry) -> None:  # type: ignore[no-untyped-def]
    values = entry.values
    oscillators = (1, 2) if values["dco_mode"] == 2 else (1,)
    for number in oscillators:
        assert values[f"dco{number}_level"] > 0
        assert any(values[f"dco{number}_{feet}"] for feet in (16, 8, 4, 2))
    # Some sound goes through: a level that is more than a trace, and a filter that is or gets open.
    assert values["noise"] > 5 or max(values[f"dco{number}_level"] for number in oscillators) > 10
    opening = 4 * values["eg_intensity"] if values["polarity"] == 2 else -4 * values["eg_intensity"]
    assert values["cutoff"] + opening >= 20
    for number in (*oscillators, 3):
        # An envelope that neither stands nor falls slowly would be a click.
        lasting = values[f"deg{number}_sustain"] > 0 or values[f"deg{number}_decay"] >= 13
        assert lasting or values[f"deg{number}_break_point"] == 0


def test_programs_are_64_sounds() -> None:
    for one, other in combinations(built_in_programs(), 2):
        different = sum(one.values[name] != other.values[name] for name in one.values)
        assert different >= DIFFERENT, (one.name, other.name)


def test_the_bank_uses_what_the_synth_has() -> None:
    programs = built_in_programs()
    for name in programs[0].values:
        assert len({entry.values[name] for entry in programs}) > 1, name
    for name in programs[0].effects:
        assert len({entry.effects[name] for entry in programs}) > 1, name
    slopes = [entry for entry in programs if entry.values["deg1_sustain"] > entry.values["deg1_break_point"]]
    assert slopes, "no program rises to its sustain, which is what six stages are for"


def test_names_are_found_again_by_content() -> None:
    bank = built_in_bank()
    assert names(bank)[11] == "Town Hall Brass"
    assert len(names(bank)) == 64
    assert names(convert(bank, Synth.MK2)[0]) == names(built_in_bank(Synth.MK2)) == names(bank)
    assert names(bank.with_program(11, bank.program(12)))[11] == "Lone Trumpet"
    assert names(initial_bank(Synth.POLY800)) == {}


@pytest.mark.parametrize("synth", list(Synth))
def test_sequence_is_four_bars_with_rests_ties_and_chords(synth: Synth) -> None:
    stored = decode(built_in_bank(synth).sequence)
    assert stored.steps == built_in_sequence().steps
    assert len(stored.steps) == 64
    assert stored.problems() == []
    assert {step.kind for step in stored.steps} == set(Kind)
    assert max(len(step.codes) for step in stored.steps) == 4
    assert to_midi(stored).losses == ()


def test_chord_lies_on_the_keys() -> None:
    assert 3 <= len(built_in_chord()) <= 8
    assert all(36 <= note <= 84 for note in built_in_chord())


@pytest.mark.parametrize("word", sorted(WORDS))
def test_words_stand_for_the_bank_unless_a_file_is_called_so(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_bank(Path(word)) == built_in_bank(WORDS[word])
    Path(word).write_bytes(b"")
    with pytest.raises(InputError, match=word):
        load_bank(Path(word))


def test_names_are_shown() -> None:
    listed = CliRunner().invoke(app, ["poly800", "show", "built-in"]).output
    assert [line[4:17].strip() for line in listed.splitlines()[2:4]] == ["Town Hall Bra", "Lone Trumpet"]
    assert ": Village Harmonium" in CliRunner().invoke(app, ["poly800", "show", "built-in-mk2", "34"]).output
