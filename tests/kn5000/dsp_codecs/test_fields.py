"""Fields of 12 and 16 bits."""

from __future__ import annotations

from luthier.kn5000.dsp_codecs.fields import field_12, field_16, split_12, split_16


def test_every_12_bit_value_comes_back() -> None:
    for value in range(0x1000):
        high, low = split_12(value)
        assert (high, low) == (value // 16, value % 16 * 16)
        assert field_12(high, low) == value


def test_the_lower_half_of_the_second_byte_is_not_the_fields() -> None:
    assert {field_12(0x05, low) for low in range(0x80, 0x90)} == {0x058}


def test_splitting_loses_what_does_not_fit() -> None:
    assert split_12(0x1ABC) == (0xAB, 0xC0)
    assert split_16(0x1ABCD) == (0xAB, 0xCD)


def test_every_16_bit_value_comes_back() -> None:
    assert all(field_16(*split_16(value)) == value for value in range(0x10000))
