"""Two edits of one program: what goes together, what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800.edit import random_groups, randomise
from luthier.poly800.initial import initial_bank, initial_program
from luthier.poly800.merge import merge
from luthier.poly800.parameters import program_parameters
from luthier.poly800.synth import Synth

BASE = initial_program(Synth.POLY800)
ROWS = program_parameters(Synth.POLY800)


def test_different_parameters_go_together() -> None:
    mine, theirs = BASE.replacing({"cutoff": 20}), BASE.replacing({"resonance": 9})
    merged, conflicts = merge(BASE, mine, theirs)
    assert merged == BASE.replacing({"cutoff": 20, "resonance": 9})
    assert not conflicts


def test_the_same_change_is_none_against_another() -> None:
    mine = BASE.replacing({"cutoff": 20})
    assert merge(BASE, mine, mine.replacing({"noise": 3})) == (mine.replacing({"noise": 3}), [])


def test_one_parameter_changed_twice_is_named_and_mine_stands() -> None:
    mine, theirs = BASE.replacing({"cutoff": 20}), BASE.replacing({"cutoff": 30, "noise": 1})
    merged, conflicts = merge(BASE, mine, theirs)
    assert [str(one) for one in conflicts] == ["41 cutoff is 20 here and 30 there"]
    assert merged == BASE.replacing({"cutoff": 20, "noise": 1})


def test_spare_bits_are_kept_and_can_be_in_conflict() -> None:
    mine, theirs = BASE.with_spare_bits(((2, 3),)), BASE.replacing({"noise": 2})
    merged, conflicts = merge(BASE, mine, theirs)
    assert (merged.spare_bits(), merged["noise"], conflicts) == (((2, 3),), 2, [])
    _, conflicts = merge(BASE, mine, BASE.with_spare_bits(((2, 4),)))
    assert [one.what for one in conflicts] == ["spare bits"]


def test_two_families_do_not_merge() -> None:
    with pytest.raises(InputError, match="MkII"):
        merge(BASE, BASE, initial_program(Synth.MK2))


@given(st.data())
def test_edits_of_separate_parameters_give_both(data: st.DataObject) -> None:
    names = data.draw(st.permutations([row.name for row in ROWS]))
    cut = data.draw(st.integers(0, len(names)))
    by_name = {row.name: row for row in ROWS}
    values = {
        name: data.draw(st.integers(by_name[name].minimum, by_name[name].maximum)) for name in names[:20]
    }
    mine = {name: value for name, value in values.items() if name in names[:cut]}
    theirs = {name: value for name, value in values.items() if name not in mine}
    merged, conflicts = merge(BASE, BASE.replacing(mine), BASE.replacing(theirs))
    assert (merged, conflicts) == (BASE.replacing(values), [])


def test_random_groups() -> None:
    groups = {row.group for row in ROWS}
    bank = initial_bank(Synth.POLY800)
    assert random_groups(bank.program(11), groups, 7) == randomise(bank, [11], 7).program(11)
    changed = random_groups(BASE, ["VCF"], 7)
    assert {row.group for row in ROWS if changed[row] != BASE[row]} == {"VCF"}
    with pytest.raises(InputError, match="no group is called delay"):
        random_groups(BASE, ["delay"], 7)
