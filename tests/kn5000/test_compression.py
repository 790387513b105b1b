"""SLIDE4K and SLIDE8K against blocks made by hand from the description (facts 2.14), and both ways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.compression import METHODS, SLIDE4K, SLIDE8K, Method, method_at, pack, unpack

#: Name, size, flags: three bytes, then a piece of six from the first of them (FEE): it reads what it writes.
BY_HAND_4K = b"SLIDE4K\0" + b"\0\0\x09" + b"\x07ABC" + bytes([0xEE, 0xF0 | 6 - 3])
#: The same in the larger ring, from 1FF6.
BY_HAND_8K = b"SLIDE8K\0" + b"\0\0\x09" + b"\x07ABC" + bytes([0xF6, 0x1F << 3 | 6 - 3])


def test_blocks_by_hand() -> None:
    assert unpack(BY_HAND_4K).data == b"ABCABCABC"
    assert unpack(BY_HAND_8K).data == b"ABCABCABC"
    assert unpack(BY_HAND_4K).packed_length == len(BY_HAND_4K)


def test_the_ring_begins_as_zeros() -> None:
    block = b"SLIDE4K\0" + b"\0\0\x12" + b"\x00" + bytes([0x00, 0x0F])
    assert unpack(block).data == bytes(18)


def test_lengths_and_starts_are_the_documented_ones() -> None:
    """Rings of 1000 and 2000 bytes, writing from FEE and 1FF6, pieces of 3 to 18 and 3 to 10."""
    assert (SLIDE4K.ring, SLIDE4K.start, SLIDE4K.longest) == (0x1000, 0xFEE, 18)
    assert (SLIDE8K.ring, SLIDE8K.start, SLIDE8K.longest) == (0x2000, 0x1FF6, 10)


def test_a_size_is_24_bits_the_highest_first() -> None:
    """The demo song's header names 38,144 bytes: 00 95 00 (facts 2.14)."""
    block = pack(bytes(38_144))
    assert block[8:11] == bytes([0x00, 0x95, 0x00])


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize(
    "data",
    [b"", b"x", bytes(5000), bytes(range(256)) * 40, b"ab" * 3000, b"to be or not to be " * 500],
    ids=["nothing", "a byte", "zeros", "counting", "two bytes", "words"],
)
def test_what_is_packed_comes_out(data: bytes, method: Method) -> None:
    block = pack(data, method)
    assert unpack(b"before" + block + b"behind", 6).data == data
    assert unpack(block).packed_length == len(block)
    if len(data) > 4000:
        assert len(block) < len(data) / 2


@given(data=st.binary(max_size=600), method=st.sampled_from(METHODS), again=st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_both_ways(data: bytes, method: Method, again: int) -> None:
    text = data + data[:again] * 3 + data
    assert unpack(pack(text, method)).data == text


@given(method=st.sampled_from(METHODS), size=st.integers(0, 1 << 24), body=st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_anything_behind_a_name_ends_and_is_bounded(method: Method, size: int, body: bytes) -> None:
    block = method.signature + (size & 0xFFFFFF).to_bytes(3, "big") + body
    try:
        data = unpack(block).data
    except InputError as error:
        assert "byte 0x" in str(error)
    else:
        assert len(data) == size & 0xFFFFFF
        assert len(data) <= (len(body) + 1) * method.longest


def test_what_is_no_block_or_ends_too_early_is_told() -> None:
    assert method_at(b"SLIDE9K\0") is None
    with pytest.raises(InputError, match="no packed block"):
        unpack(b"SLIDE9K\0")
    with pytest.raises(InputError, match="cut off"):
        unpack(BY_HAND_4K[:-1])
    with pytest.raises(InputError, match="cut off"):
        unpack(b"SLIDE4K\0\0\0")
    with pytest.raises(InputError, match="cannot come out"):
        unpack(b"SLIDE4K\0" + b"\xff\xff\xff" + bytes(100))


def test_random_bytes_grow_by_an_eighth() -> None:
    """No piece fits: a byte of flags for eight."""
    data = bytes((n * 167 + n * n * 13 + (n >> 3)) & 0xFF for n in range(64))
    assert len(pack(data)) <= 11 + 64 + 8
