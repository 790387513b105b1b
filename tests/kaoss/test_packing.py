"""Files in parts and together again, byte for byte, whatever their headers hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kaoss.test_system_file import KAOSS_PAD_3, KAOSSILATOR_PRO, KRONOS

from luthier.errors import InputError
from luthier.kaoss.built_in import built_in
from luthier.kaoss.header import MAGIC, read_header
from luthier.kaoss.header_text import from_text, to_text
from luthier.kaoss.packing import pack, require_sound, require_whole
from luthier.kaoss.system_file import SystemFile


@given(st.binary(min_size=240, max_size=240))
def test_any_header_survives_as_text(rest: bytes) -> None:
    header = read_header(MAGIC + rest)
    assert from_text(to_text(header)) == header
    assert from_text(to_text(header)).encoded() == MAGIC + rest


def test_the_text_is_plain() -> None:
    text = to_text(read_header(KAOSSILATOR_PRO))
    assert 'device = "KaossilatorPro"\n' in text
    assert 'version = "1.02"\n' in text
    assert "source_length = 0x40000\n" in text
    assert "fill" not in text
    assert 'product_id = "78 FF FF FF"' in to_text(read_header(KAOSS_PAD_3))


def test_odd_fields_are_kept_as_bytes() -> None:
    header = replace(built_in().header, device_field=b'a"b\0rest\0\0\0\0\0\0\0\0', fill=b"x" * 190)
    text = to_text(header)
    assert 'device = { bytes = "61 22 62 00' in text
    assert from_text(text) == header


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("device =", "device", "no TOML"),
        ("revision = 0x0000", "revision = 65536", "revision: no number of 16 bits"),
        ("revision = 0x0000", "revision = true", "revision: no number of 16 bits"),
        ("revision = 0x0000\n", "", "no field 'revision'"),
        ("revision = 0x0000", "revision = 0\nodd = 1", "an unknown field 'odd'"),
        ('version = "1.02"', "version = 1.02", "version: '' is no version"),
        ('"KaossilatorPro"', '"KaossilatorPro123"', "device: .* no name of at most 16"),
        ('"KaossilatorPro"', '{ bytes = "00" }', "device: not 16 bytes"),
        ('"00 01 0E FF"', '"00 01 0E"', "product_id: not 4 bytes"),
        ('"00 01 0E FF"', '"00 01 0E XX"', "product_id: not 4 bytes"),
        ("source_length = 0x40000", "source_length = -1", "source_length: no number of 32 bits"),
        ("source_length = 0x40000", "source_length = 4294967296", "source_length: no number of 32 bits"),
    ],
)
def test_mistakes_in_a_text(old: str, new: str, said: str) -> None:
    text = to_text(read_header(KAOSSILATOR_PRO))
    assert old in text
    with pytest.raises(InputError, match=said):
        from_text(text.replace(old, new))


@given(st.text(max_size=200))
def test_any_text_is_a_header_or_an_input_error(text: str) -> None:
    try:
        from_text(text)
    except InputError as error:
        assert "\n" not in str(error)


def test_packing() -> None:
    file = built_in()
    assert pack(file.header, file.payload) == file
    short = file.payload.rstrip(b"\xff")
    assert pack(file.header, short, fill=True) == file
    with pytest.raises(InputError, match="fill it up with --fill"):
        pack(file.header, short)
    with pytest.raises(InputError, match="cut it, or correct the header"):
        pack(file.header, file.payload + b"\0", fill=True)


def test_a_length_of_gigabytes_is_not_filled() -> None:
    with pytest.raises(InputError, match="more than Kronos front panel takes"):
        pack(replace(read_header(KRONOS), source_length=0xFFFFFFFF), b"", fill=True)
    unknown = replace(read_header(KRONOS), device_field=b"?" * 16, source_length=0xFFFFFFFF)
    with pytest.raises(InputError, match=r"16,777,216 bytes of payload, but the header says 4,294,967,295"):
        pack(unknown, b"", fill=True)


def test_what_is_required_before_writing() -> None:
    file = built_in()
    require_sound(file)
    require_whole(file)
    broken = SystemFile(file.header, b"\xff" * 4 + file.payload[4:])
    with pytest.raises(InputError, match="byte 0x00100: the result would be wrong: vector 0"):
        require_sound(broken)
    require_whole(broken)
    with pytest.raises(InputError, match="262,143 bytes of payload where the header says 262,144"):
        require_whole(SystemFile(file.header, file.payload[:-1]))
