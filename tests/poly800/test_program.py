"""Programs against a second packer, written straight from the bit table of the memory."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800.parameters import every_parameter, lookup, program_parameters
from luthier.poly800.program import PROGRAM_NUMBERS, Program, program_index, program_number
from luthier.poly800.synth import Synth

# The table, bit 7 to bit 0 per byte: panel number "." bit of the stored value; "-" is a spare bit.
BYTES_0_TO_8 = """
22.1 22.0 12.1 12.0 21.1 21.0 11.1 11.0
26.0 25.0 24.0 23.0 16.0 15.0 14.0 13.0
48.0 18.0 -    -    -    -    32.1 32.0
33.3 33.2 33.1 33.0 31.3 31.2 31.1 31.0
17.4 17.3 17.2 44.0 45.3 45.2 45.1 45.0
-    27.4 27.3 27.2 27.1 27.0 17.1 17.0
46.0 41.6 41.5 41.4 41.3 41.2 41.1 41.0
82.3 82.2 82.1 82.0 81.3 81.2 81.1 81.0
84.3 84.2 84.1 84.0 83.3 83.2 83.1 83.0
"""
MK2_BYTES = """
-    34.6 34.5 34.4 34.3 34.2 34.1 34.0
38.3 38.2 38.1 38.0 35.3 35.2 35.1 35.0
-    -    -    36.4 36.3 36.2 36.1 36.0
-    -    -    37.4 37.3 37.2 37.1 37.0
47.3 47.2 47.1 47.0 m8.3 m8.2 m8.1 m8.0
"""
ONE_BASED = {11, 12, 21, 22, 18, 44, 46}


def reference_bits(mk2: bool) -> list[str]:
    """Cell names of the whole program, bit 0 of byte 0 first."""
    cells = [cell for line in BYTES_0_TO_8.split("\n") for cell in reversed(line.split())]
    for envelope in (50, 60, 70):
        for stage in range(1, 7):
            cells += [f"{envelope + stage}.{bit}" for bit in range(5)]
    cells += [f"42.{bit}" for bit in range(4)] + [f"43.{bit}" for bit in range(2)]
    if mk2:
        cells += [cell for line in MK2_BYTES.split("\n") for cell in reversed(line.split())]
    return cells


def reference_pack(panel: dict[str, int], mk2: bool) -> bytes:
    """``panel`` values by the number of the table."""
    text = ""
    for cell in reference_bits(mk2):
        number, _, bit = cell.partition(".")
        if number == "-":
            text += "0"
            continue
        value = panel[number]
        if number.isdigit() and int(number) in ONE_BASED:
            value -= 1
        if number == "48":
            value = 1 - value
        text += str(value >> int(bit) & 1)
    return bytes(int(text[start : start + 8][::-1], 2) for start in range(0, len(text), 8))


def reference_name(number: str, mk2: bool) -> str:
    if number == "m8":
        return "eq_treble"
    return "chorus" if number == "48" else lookup(number, Synth.MK2 if mk2 else Synth.POLY800).name


@pytest.mark.parametrize("mk2", [False, True])
def test_packing_agrees_with_the_second_packer(mk2: bool) -> None:
    synth = Synth.MK2 if mk2 else Synth.POLY800
    numbers = sorted({cell.partition(".")[0] for cell in reference_bits(mk2)} - {"-"})
    generator = random.Random(800)
    for _ in range(100):
        panel = {}
        for number in numbers:
            row = lookup(reference_name(number, mk2), synth)
            panel[number] = generator.randint(row.minimum, row.maximum)
        packed = reference_pack(panel, mk2)
        assert len(packed) == (26 if mk2 else 21)
        program = Program(packed)
        named = {reference_name(number, mk2): value for number, value in panel.items()}
        assert program.values() == named
        assert program.problems() == ()
        assert Program(bytes(len(packed))).replacing(named).packed == packed


def test_bytes_packed_by_hand() -> None:
    values = {11: 2, 12: 2, 21: 3, 22: 1, 13: 1, 15: 1, 26: 1, 48: 1, 18: 2, 32: 3, 33: 9, 31: 12}
    values |= {17: 0b10110, 44: 2, 45: 5, 27: 31, 46: 2, 41: 99, 82: 1, 81: 15, 84: 8, 83: 2}
    values |= {51: 31, 52: 0, 53: 31, 76: 16, 42: 15, 43: 2}
    program = Program(bytes(21)).replacing({str(number): value for number, value in values.items()})
    expected = "19 85 43 9c b5 7e e3 1f 82 1f 7c 00 00 00 00 00 00 00 00 00 be"
    assert program.packed.hex(" ") == expected


def test_table_is_the_published_one() -> None:
    assert len(program_parameters(Synth.POLY800)) == 47
    assert len(program_parameters(Synth.EX800)) == 47
    assert len(program_parameters(Synth.MK2)) == 54
    ranges = {row.number: (row.minimum, row.maximum) for row in program_parameters(Synth.POLY800)}
    assert ranges[11] == (1, 3)
    assert ranges[31] == (0, 12)
    assert ranges[41] == (0, 99)
    assert ranges[48] == (0, 1)
    assert all(ranges[base + stage] == (0, 31) for base in (50, 60, 70) for stage in range(1, 7))
    assert lookup("85", Synth.MK2).name == "sequence_mode"


def test_no_two_parameters_share_a_bit_or_a_name() -> None:
    for synth in Synth:
        taken: set[int] = set()
        for row in program_parameters(synth):
            bits = {first + step for first, count in row.runs for step in range(count)}
            assert not taken & bits, row.title
            taken |= bits
    names = [row.name for row in every_parameter()]
    assert len(names) == len(set(names))
    assert all(row.source and row.certainty in ("known", "unconfirmed") for row in every_parameter())


def test_48_is_the_chorus_on_one_synth_and_the_treble_on_the_other() -> None:
    assert lookup(48, Synth.EX800).name == "chorus"
    assert lookup(48, Synth.MK2).name == "eq_treble"
    assert lookup("chorus", Synth.MK2).runs == lookup("chorus", Synth.POLY800).runs


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("cutof", "did you mean cutoff"),
        ("99", "no parameter"),
        ("eq_bass", "no known place"),
        ("²", "no parameter"),
    ],
)
def test_unknown_parameter_is_a_clear_error(key: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        lookup(key, Synth.POLY800)


def test_values_out_of_range_are_refused_but_can_be_kept() -> None:
    program = Program(bytes(21))
    with pytest.raises(InputError, match="41 cutoff is 100, out of range; give 0 to 99"):
        program.replacing({"cutoff": 100})
    kept = program.replacing({"cutoff": 127, "dco1_octave": 4}, allow_out_of_range=True)
    assert kept["cutoff"] == 127
    assert [row.name for row in kept.out_of_range()] == ["dco1_octave", "cutoff"]
    with pytest.raises(InputError, match="cannot be stored"):
        program.replacing({"cutoff": 128}, allow_out_of_range=True)
    with pytest.raises(InputError, match="whole bank"):
        program["midi_channel"]


@given(st.binary(min_size=21, max_size=21) | st.binary(min_size=26, max_size=26))
def test_any_bytes_survive_being_taken_apart(packed: bytes) -> None:
    program = Program(packed)
    empty = Program(bytes(len(packed))).with_spare_bits(program.spare_bits())
    assert empty.replacing(program.values(), allow_out_of_range=True) == program


def test_spare_bits_are_kept_and_told() -> None:
    program = Program(b"\0\0\x20" + bytes(18))
    assert program.spare_bits() == ((2, 5),)
    assert program.replacing({"detune": 3}).packed[2] == 0x23
    assert any("spare bit 5 of byte 2" in line for line in program.problems())
    with pytest.raises(InputError, match="not a spare bit"):
        program.with_spare_bits(((2, 0),))


def test_numbers_run_from_11_to_88_without_9_and_0() -> None:
    assert len(PROGRAM_NUMBERS) == 64
    assert [program_index(number) for number in (11, 18, 21, 88)] == [0, 7, 8, 63]
    assert program_number(8) == 21
    for wrong in (0, 10, 19, 90):
        with pytest.raises(InputError, match="11 to 18"):
            program_index(wrong)
    with pytest.raises(InputError):
        program_number(64)
    with pytest.raises(InputError, match="22 bytes"):
        Program(bytes(22))
