"""A bank is its bytes; every view of them can be changed without touching the rest."""

from __future__ import annotations

import random

import pytest

from luthier.errors import InputError
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank, initial_program
from luthier.poly800.memory import RAM_LENGTH
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth


def random_bank(synth: Synth, seed: int = 1) -> Bank:
    return Bank(synth, random.Random(seed).randbytes(RAM_LENGTH[synth]))


@pytest.mark.parametrize("synth", list(Synth))
def test_views_are_the_bytes_at_their_place(synth: Synth) -> None:
    bank = random_bank(synth)
    first, length = (0x400, 26) if synth is Synth.MK2 else (288, 21)
    assert bank.program(11).packed == bank.ram[first : first + length]
    assert bank.program(21).packed == bank.ram[first + 8 * length : first + 9 * length]
    assert bank.sequence == bank.ram[1 : 1 + (1000 if synth is Synth.MK2 else 256)]
    assert bank.with_programs(bank.programs) == bank
    assert bank.with_sequence(bank.sequence).with_chord(bank.chord) == bank
    assert bank.with_globals(bank.globals, allow_out_of_range=True) == bank
    assert bank.checksum == sum(bank.ram) % 256


def test_changing_one_program_leaves_the_rest() -> None:
    bank = random_bank(Synth.MK2)
    changed = bank.with_program(88, Program(bytes(26)))
    assert changed.ram == bank.ram[:-26] + bytes(26)


def test_globals_by_name_and_number() -> None:
    bank = initial_bank(Synth.MK2).with_globals({"87": 16, "sequence_mode": 2, "program_change": 1})
    assert bank.ram[0] == 15
    assert bank.ram[0x3F9:0x3FC].hex() == "010001"
    assert bank.globals == {
        "sequence_mode": 2,
        "sequence_clock": 1,
        "midi_channel": 16,
        "program_change": 1,
    }
    with pytest.raises(InputError, match="out of range"):
        bank.with_globals({"midi_channel": 17})
    with pytest.raises(InputError, match="no known place"):
        initial_bank(Synth.POLY800).with_globals({"86": 1})
    with pytest.raises(InputError, match=r"11\.cutoff"):
        bank.with_globals({"cutoff": 1})


def test_wrong_lengths_are_clear_errors() -> None:
    bank = initial_bank(Synth.POLY800)
    with pytest.raises(InputError, match="has 1633"):
        Bank(Synth.POLY800, bytes(1636))
    with pytest.raises(InputError, match="programs of the Poly-800 have 21"):
        bank.with_program(11, initial_program(Synth.MK2))
    with pytest.raises(InputError, match="256"):
        bank.with_sequence(b"")
    with pytest.raises(InputError, match="a bank has 64"):
        bank.with_programs([])


def test_undefined_bytes_of_a_new_bank_are_those_of_the_factory_tape() -> None:
    bank = initial_bank(Synth.EX800)
    assert bank.chord.hex(" ") == "00 b1 00 09 00 0b 00 03 02 01 00"
    assert bank.undefined == {"undefined_268": b"\xff" * 20, "undefined_1632": b"\x5b"}
    assert all(not program.problems() for program in bank.programs)
