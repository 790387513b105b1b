"""What is known from a real dump of a MkII, checked on one where there is one.

``LUTHIER_POLY800_MK2_DUMP`` names it; it is not ours to give away.  The message is taken apart here, not
by the code under test, except where that is what is tested.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from luthier.poly800 import note_base, sequence, sysex
from luthier.poly800.filler import filler_in
from luthier.poly800.synth import Synth

NAME = os.environ.get("LUTHIER_POLY800_MK2_DUMP")
pytestmark = pytest.mark.skipif(not NAME, reason="LUTHIER_POLY800_MK2_DUMP names no dump of a real MkII")


@pytest.fixture(name="dump")
def read_dump() -> bytes:
    assert NAME is not None
    return Path(NAME).read_bytes()


def joined(dump: bytes, first: int) -> bytes:
    """RAM and checksum; ``first`` is 0 if the least significant nibble comes first, else 1."""
    nibbles = dump[4:-1]
    return bytes(nibbles[at + first] | nibbles[at + 1 - first] << 4 for at in range(0, len(nibbles), 2))


def programs(dump: bytes) -> list[bytes]:
    ram = joined(dump, 0)[:-1]
    return [ram[start : start + 26] for start in range(0x400, 0xA80, 26)]


def test_the_frame(dump: bytes) -> None:
    assert len(dump) == 5383
    assert dump[:4] == b"\xf0\x42\x21\x0c"
    assert dump[-1] == 0xF7
    assert max(dump[4:-1]) <= 0x0F


def test_least_significant_nibble_first_is_the_order_in_which_the_checksum_is_right(dump: bytes) -> None:
    content, swapped = joined(dump, 0), joined(dump, 1)
    assert content[-1] == sum(content[:-1]) % 256
    assert swapped[-1] != sum(swapped[:-1]) % 256


def test_the_bit_of_the_missing_chorus_is_always_off(dump: bytes) -> None:
    assert all(packed[2] & 0x80 for packed in programs(dump))


def test_spare_bits_are_0(dump: bytes) -> None:
    assert not any(packed[2] & 0b0011_1100 or packed[5] & 0x80 for packed in programs(dump))


def test_only_0_and_1_of_the_two_bits_of_a_waveform_are_used(dump: bytes) -> None:
    assert not any(packed[0] & 0b1010_0000 for packed in programs(dump))


@pytest.mark.parametrize(
    ("value", "highest"),
    [
        (lambda packed: packed[21] & 0x7F, 99),
        (lambda packed: packed[22] >> 4, 15),
        (lambda packed: packed[22] & 0x0F, 15),
        (lambda packed: packed[23] & 0x1F, 28),
        (lambda packed: packed[24] & 0x1F, 31),
        (lambda packed: packed[25] >> 4, 12),
        (lambda packed: packed[25] & 0x0F, 12),
    ],
)
def test_delay_and_equaliser_are_in_range(dump: bytes, value: Callable[[bytes], int], highest: int) -> None:
    assert max(map(value, programs(dump))) <= highest


def test_all_programs_are_in_range_and_it_comes_back_byte_for_byte(dump: bytes) -> None:
    (found,) = sysex.read_dumps(dump, Synth.MK2)
    assert found.bank is not None
    assert not [row.title for program in found.bank.programs for row in program.out_of_range()]
    assert sysex.write_dump(found.bank) == dump


def test_the_sequence_ends_after_256_steps_or_is_filler(dump: bytes) -> None:
    # Two real dumps are known: one holds 256 steps in 274 bytes, the other a pattern instead of settings.
    (found,) = sysex.read_dumps(dump)
    assert found.bank is not None
    if filler_in(found.bank):
        assert joined(dump, 0)[1:5] == bytes.fromhex("1a571a57")
        return
    steps = sequence.decode(found.bank.sequence)
    assert steps.ended
    assert (len(steps.steps), len(steps.body)) == (256, 274)
    assert sum(len(step.codes) > 1 for step in steps.steps) == 18
    assert {step.kind for step in steps.steps} == {sequence.Kind.NOTES}
    codes = [code for step in steps.steps for code in step.codes]
    assert (min(codes), max(codes)) == (14, 57)
    assert note_base.guess(steps).offset == 24
    assert found.bank.chord[:4] == bytes.fromhex("04030700")
