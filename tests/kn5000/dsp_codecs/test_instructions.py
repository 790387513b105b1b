"""Words of 36 bits and sizes of programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.dsp_codecs.instructions import (
    POINTER_825,
    Word,
    pointed,
    pointer,
    sent_size,
    stream_size,
    words,
)

FIELDS = st.tuples(st.integers(0, 0xFFF), st.integers(0, 15), st.integers(0, 0xFF), st.integers(0, 0xFFF))


@given(FIELDS)
def test_fields_are_the_digits(fields: tuple[int, int, int, int]) -> None:
    word = Word(*fields)
    digits = f"0{word.high:03x}{word.kind:x}{word.cell:02x}{word.low:03x}"
    assert word.encoded.hex() == digits
    assert Word.of(word.encoded) == word
    assert word.address == int(digits[4:7], 16)


def test_pointers_of_the_output_tables() -> None:
    # Facts B25: the pokes before the coefficient uploads at 50, 6E and 8C.
    for encoded, cell in (("0801050821", 0x50), ("080106E821", 0x6E), ("080108C821", 0x8C)):
        assert pointed(bytes.fromhex(encoded)) == (cell, 0x821)
        assert pointer(cell).encoded.hex().upper() == encoded
    assert pointer(0x10, POINTER_825).encoded.hex() == "0801010825"
    assert pointed(bytes.fromhex("0A00000015")) is None
    assert pointed(bytes.fromhex("F801050821")) is None
    assert pointed(bytes.fromhex("0801050121")) is None  # what the published sum of opcode 1 makes of it


def test_text() -> None:
    assert str(Word.of(bytes.fromhex("0801050821"))) == "801.0.50.821"


def test_sizes_on_the_wire() -> None:
    # Audio-subsystem page, boot trace: bytes of each program; facts 1: its words.
    trace = {60: 302, 23: 117, 1: 7, 70: 352, 133: 667}
    assert {count: sent_size(count) for count in trace} == trace


def test_sizes_in_streams() -> None:
    # Audio-subsystem page, "Algorithm Programs", with the words of facts H07.
    table = {
        49: 250,
        70: 355,
        85: 430,
        99: 500,
        65: 330,
        106: 535,
        96: 485,
        102: 515,
        48: 245,
        68: 345,
        86: 435,
    }
    assert {count: stream_size(count) for count in table} == table
    # Slot 1 of effects 9 and 10: 275 and 355 bytes, 54 and 70 words.
    assert (stream_size(54), stream_size(70)) == (275, 355)


def test_words_of_a_program() -> None:
    assert [str(word) for word in words(bytes.fromhex("0801050821 0A00000015"))] == [
        "801.0.50.821",
        "A00.0.00.015",
    ]


def test_refusals() -> None:
    with pytest.raises(InputError, match="7 bytes are no whole number of words"):
        words(bytes(7))
    with pytest.raises(InputError, match="10 00 00 00 00 is no word"):
        Word.of(bytes.fromhex("1000000000"))
    with pytest.raises(InputError, match="field cell of a word has 8 bits: 0x100"):
        Word(0, 0, 0x100, 0)
