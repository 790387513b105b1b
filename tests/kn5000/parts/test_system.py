"""System messages of the ring: where they store, and what follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.parts.playing import new_parts

from luthier.kn5000.parts import Change, Parts
from luthier.kn5000.transport.controllers import SETTINGS


@pytest.fixture
def parts() -> Parts:
    return new_parts()


@pytest.mark.parametrize(
    ("command", "value", "address", "stored"),
    [
        # Listing, 0x028ACB to 0x028C40: the words and bytes from 0x041347 on.
        (0x82, 0x40, 0x041347, "00 00"),
        (0x82, 0x7F, 0x041347, "7E 00"),
        (0x82, 0x00, 0x041347, "80 FF"),
        (0x83, 0x02, 0x041349, "00 02"),
        (0x83, 0xFE, 0x041349, "00 FE"),
        (0x86, 0x05, 0x04134D, "05"),
        (0x91, 0x07, 0x04134B, "07"),
        (0xA4, 0x80, 0x04134E, "00"),
        (0xAF, 0x7F, 0x041359, "FF"),
        (0xB0, 0x13, 0x04134C, "03"),
        # Bit 9 is set from the start.
        (0x09, 0x01, SETTINGS, "01 02"),
        (0x99, 0x7F, SETTINGS, "02 02"),
        (0xB1, 0x00, SETTINGS, "00 02"),
    ],
)
def test_where_they_are_stored(parts: Parts, command: int, value: int, address: int, stored: str) -> None:
    parts.system(command, value)
    data = bytes.fromhex(stored)
    assert parts.ram.bytes_at(address, len(data)) == data


def test_other_values_clear_the_switches(parts: Parts) -> None:
    parts.ram.set_word(SETTINGS, 0xFFFF)
    for command in (0x09, 0x99, 0xB1):
        parts.system(command, 2)
    assert parts.ram.word(SETTINGS) == 0xFFFF & ~0x0203


def test_tuning_transposition_and_scale_are_heard(parts: Parts) -> None:
    everything = Change.LEVEL | Change.PAN | Change.PITCH
    assert parts.system(0x82, 0x00) == everything
    assert parts.state(0).tuning == -0.5
    assert parts.system(0x83, 0x03) == everything
    assert parts.state(0).tuning == 2.5
    assert parts.state(9).tuning == -0.5
    assert parts.system(0xA5, 0xC0) == Change.PITCH
    assert parts.state(12).scale == (0.0, 0.5, *(0.0,) * 10)


def test_a3_silences_everything(parts: Parts) -> None:
    assert parts.system(0xA3, 0) == Change.ALL_SOUND_OFF


@given(st.integers(0, 255), st.integers(0, 255))
def test_they_store_nowhere_else(command: int, value: int) -> None:
    parts = new_parts()
    before = bytes(parts.ram.image)
    parts.system(command, value)
    assert parts.ram.image[:0x041342] == before[:0x041342]
    assert parts.ram.image[0x041368:] == before[0x041368:]


def test_the_start_has_linear_levels_and_no_tuning(parts: Parts) -> None:
    parts.ram.set_word(SETTINGS, 3)
    parts.system(0x82, 0)
    parts.reset()
    assert parts.ram.word(SETTINGS) & 3 == 0
    assert parts.ram.word(0x041347) == parts.ram.word(0x041349) == 0
    assert parts.state(0).tuning == 0.0
