"""Conversion carries what both synths have and names everything else."""

from __future__ import annotations

import random

import pytest

from luthier.poly800.bank import Bank
from luthier.poly800.convert import Loss, convert
from luthier.poly800.initial import initial_bank
from luthier.poly800.memory import RAM_LENGTH
from luthier.poly800.synth import Synth


def told(losses: list[Loss]) -> str:
    return "\n".join(map(str, losses))


def test_poly800_and_ex800_share_every_byte() -> None:
    bank = Bank(Synth.POLY800, random.Random(1).randbytes(1633))
    converted, losses = convert(bank, Synth.EX800)
    assert (converted.synth, converted.ram, losses) == (Synth.EX800, bank.ram, [])


@pytest.mark.parametrize("synth", [Synth.POLY800, Synth.EX800])
def test_to_the_mk2_and_back(synth: Synth) -> None:
    bank = initial_bank(synth).with_globals({"midi_channel": 7})
    bank = bank.with_sequence(b"\xb0\x02" * 128)
    bank = bank.with_program(23, bank.program(23).replacing({"cutoff": 12}))
    wide, losses = convert(bank, Synth.MK2)
    assert wide.globals["midi_channel"] == 7
    assert wide.sequence == b"\xb0\x02" * 128 + bytes(744)
    assert [program.packed[:21] for program in wide.programs] == [program.packed for program in bank.programs]
    assert wide.program(23)["delay_level"] == 0
    assert (wide.program(23)["eq_bass"], wide.program(23)["eq_treble"]) == (6, 6)
    assert [loss.where for loss in losses] == ["chord", "undefined_268", "undefined_1632"]
    back, _ = convert(wide, synth)
    assert back.programs == bank.programs


def test_chorus_is_lost_on_the_mk2() -> None:
    bank = initial_bank(Synth.POLY800)
    for number in (11, 12, 21):
        bank = bank.with_program(number, bank.program(number).replacing({"chorus": 1}))
    converted, losses = convert(bank, Synth.MK2)
    assert "the chorus is on; the MkII has none, its delay is left off (programs 11-12, 21)" in told(losses)
    assert converted.program(11)["chorus"] == 0


def test_what_the_mk2_has_more_is_named_by_program() -> None:
    bank = initial_bank(Synth.MK2)
    bank = bank.with_program(12, bank.program(12).replacing({"delay_level": 3}))
    bank = bank.with_program(13, bank.program(13).replacing({"delay_time": 50}))
    bank = bank.with_program(88, bank.program(88).replacing({"eq_treble": 12}))
    bank = bank.with_program(81, bank.program(81).with_spare_bits(((23, 7),)))
    text = told(convert(bank, Synth.POLY800)[1])
    assert "the digital delay is heard (38 delay_level above 0) (programs 12)" in text
    assert "settings of a delay that is turned down (programs 13)" in text
    assert "equaliser is not flat (47 eq_bass, 48 eq_treble) (programs 88)" in text
    assert "spare bits of the MkII's five bytes (programs 81)" in text
    assert "85 sequence_mode: 1 one time; no known place on the Poly-800" in text


def test_a_long_sequence_is_cut_at_a_whole_step() -> None:
    # Steps of three bytes: a chord of three notes.  85 of them make 255 bytes, an 86th would cross the end.
    chord = b"\x30\x34\xb7"
    bank = initial_bank(Synth.MK2).with_sequence((chord * 100).ljust(1000, b"\0"))
    converted, losses = convert(bank, Synth.EX800)
    assert converted.sequence == chord * 85 + b"\0"
    assert "85 of 100 steps kept, 15 lost" in told(losses)
    uneven = b"\xb0" + chord * 99
    converted, losses = convert(bank.with_sequence(uneven.ljust(1000, b"\0")), Synth.EX800)
    assert converted.sequence == (b"\xb0" + chord * 84).ljust(256, b"\0")
    assert "85 of 100 steps kept, 15 lost" in told(losses)


def test_a_short_sequence_loses_only_stale_bytes() -> None:
    bank = initial_bank(Synth.MK2).with_sequence((b"\xb0\x00").ljust(1000, b"\x77"))
    converted, losses = convert(bank, Synth.EX800)
    assert converted.sequence == (b"\xb0\x00").ljust(256, b"\x77")
    assert "stale bytes behind its end" in told(losses)


def test_filler_is_not_carried_as_settings() -> None:
    clean = initial_bank(Synth.MK2)
    bank = Bank(Synth.MK2, clean.ram[:1] + b"\x1a\x57" * 511 + b"\x1a" + clean.ram[0x400:])
    converted, losses = convert(bank, Synth.POLY800)
    assert converted.sequence == bytes(256)
    assert "sequence: is filler, not a sequence; left empty" in told(losses)
    assert "85 sequence_mode: is filler" in told(losses)
    assert converted.globals == {"midi_channel": 1}


def test_a_channel_out_of_range_is_told() -> None:
    bank = Bank(Synth.MK2, b"\x40" + initial_bank(Synth.MK2).ram[1:])
    converted, losses = convert(bank, Synth.POLY800)
    assert converted.globals == {"midi_channel": 1}
    assert "87 midi_channel: is 65, out of range, set to 1" in told(losses)


def test_values_out_of_range_and_spare_bits_are_carried() -> None:
    bank = Bank(Synth.POLY800, b"\0" + random.Random(2).randbytes(RAM_LENGTH[Synth.POLY800] - 1))
    wide, _ = convert(bank, Synth.MK2)
    for narrow, program in zip(bank.programs, wide.programs, strict=True):
        assert program.packed[:21] == narrow.replacing({"chorus": 0}).packed
