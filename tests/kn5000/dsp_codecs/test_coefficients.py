"""Numbers of 24 bits in three packings."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.dsp_codecs import coefficients as codec

BITS = st.integers(0, 0xFFFFFF)
TAGS = st.sampled_from([0x15, 0x26, 0x4C, 0x00, 0x7F])


@given(BITS, TAGS)
def test_wire_bytes_hold_the_bits_in_their_places(bits: int, tag: int) -> None:
    packed = codec.to_wire(bits, tag)
    # A second way: the number one place further left, beside seven bits of tag, in 32 bits.
    assert int.from_bytes(packed, "big") == bits << 7 | tag
    assert codec.from_wire(packed) == (bits, tag)


def test_wire_bytes_by_hand() -> None:
    assert codec.to_wire(0).hex() == "00000015"
    assert codec.to_wire(0x7FFFFF).hex() == "3fffff95"
    assert codec.to_wire(-1).hex() == "7fffff95"
    assert codec.to_wire(0x400000, 0x26).hex() == "20000026"


def test_the_trace_reads_17_bits() -> None:
    # Facts B16: 3F FF 80 is 32767 (the level of the reverb in the trace), the bytes behind the first.
    assert codec.trace_value([0x00, 0x3F, 0xFF, 0x80]) == 32767


@given(BITS)
def test_the_trace_has_the_lower_17_bits(bits: int) -> None:
    assert codec.trace_value(codec.to_wire(bits)) == bits & 0x1FFFF


@given(st.integers(-(1 << 23), (1 << 23) - 1))
def test_stream_bytes_are_signed(number: int) -> None:
    packed = codec.to_stream(number)
    assert packed == (number % (1 << 24)).to_bytes(3, "big")
    assert codec.from_stream(packed) == number
    assert codec.scaled(packed) == number * 256
    assert codec.from_bits(codec.to_bits(number)) == number


def test_fractions() -> None:
    assert codec.to_fraction(0x800000) == -1
    assert codec.to_fraction(0x400000) == 0.5
    assert codec.from_fraction(-1) == 0x800000
    assert codec.from_fraction(0.8) == 0x666666  # facts: 666666 is 0.8 of full scale
    assert codec.from_fraction(1) == 0x7FFFFF
    assert codec.from_fraction(-(2**-23)) == 0xFFFFFF


@pytest.mark.parametrize("wrong", [1.0001, -1.0001, math.nan, math.inf])
def test_fractions_out_of_range(wrong: float) -> None:
    with pytest.raises(InputError, match="is no fraction"):
        codec.from_fraction(wrong)


@pytest.mark.parametrize("wrong", [1 << 24, -(1 << 23) - 1])
def test_numbers_out_of_range(wrong: int) -> None:
    with pytest.raises(InputError, match="more than 24 bits"):
        codec.to_wire(wrong)
    with pytest.raises(InputError, match="more than 24 bits"):
        codec.to_stream(wrong)


def test_tags_out_of_range() -> None:
    with pytest.raises(InputError, match="more than 7 bits"):
        codec.to_wire(0, 0x80)
