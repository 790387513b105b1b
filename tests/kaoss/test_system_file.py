"""The header byte by byte, as the sources show it, and files that are read and written as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError, UsageError
from luthier.formats import Content
from luthier.identify import identify, why_not
from luthier.kaoss.built_in import built_in, example_payload, load
from luthier.kaoss.devices import devices, named
from luthier.kaoss.header import HEADER_SIZE, MAGIC, Version, build_header, read_header
from luthier.kaoss.system_file import SystemFile, VersionBlock, read

#: The header of the Kaossilator Pro v1.02, put together from the post's list: text, text, text of ten bytes,
#: version, four bytes, sixteen bytes, two bytes, 190 bytes of FF.
KAOSSILATOR_PRO = (
    b"KORG SYSTEM FILE"
    + b"KaossilatorPro\0\0"
    + b"SYSTEM\0\0\0\0"
    + bytes.fromhex("0102")
    + bytes.fromhex("00010EFF")
    + bytes.fromhex("00000000 00000400 00000000 00000400")
    + bytes.fromhex("0280")
    + b"\xff" * 190
)
#: The same of the Kaoss Pad 3 v2.00.
KAOSS_PAD_3 = (
    b"KORG SYSTEM FILE"
    + b"KaossPad3\0\0\0\0\0\0\0"
    + b"SYSTEM\0\0\0\0"
    + bytes.fromhex("0200")
    + bytes.fromhex("78FFFFFF")
    + bytes.fromhex("00000000 00000400 00000000 00000400")
    + bytes.fromhex("FFFF")
    + b"\xff" * 190
)
#: The header of the electribe 2 sampler v2.02, from the structures of bangcorrupt/hacktribe.
ELECTRIBE_2S = (
    b"KORG SYSTEM FILE"
    + b"E2S".ljust(16, b"\0")
    + b"SYSTEM\0\0"
    + bytes.fromhex("0001 0202 000124FF 00000000 00002000 00000000 00002000 0200")
    + b"\xff" * 190
)
#: The header of the Kronos panel v06r06, from the table of maranite/kronosology.
KRONOS = (
    b"KORG SYSTEM FILE"
    + b"KRONOS".ljust(16, b"\0")
    + b"Sub-sys\0"
    + bytes.fromhex("0001 0606 800203FF 00000000 00000E00 00000000 00000E00 0200")
    + b"\xff" * 190
)
#: The first 33 bytes of a transfer file of the volca beats 1.04: model, 2F 00, FF, 00 FF 01 04, eight 00, sum
VOLCA = b"KORG SYSTEM FILE" + bytes.fromhex("A82F00FF00FF0104") + bytes(8)
VOLCA += bytes([sum(VOLCA) & 0xFF])


def test_the_header_of_the_post() -> None:
    header = read_header(KAOSSILATOR_PRO)
    assert len(KAOSSILATOR_PRO) == HEADER_SIZE == 256
    assert (header.device, header.tag) == ("KaossilatorPro", "SYSTEM")
    assert str(header.version) == "1.02"
    assert header.product_id == bytes.fromhex("00010EFF")
    assert header.word_40 == bytes.fromhex("0280")
    assert header.fill == b"\xff" * 190
    pad = read_header(KAOSS_PAD_3)
    assert (pad.device, str(pad.version)) == ("KaossPad3", "2.00")
    assert pad.product_id == bytes.fromhex("78FFFFFF")
    assert pad.word_40 == bytes.fromhex("FFFF")


def test_the_sixteen_unknown_bytes_are_four_little_endian_numbers() -> None:
    for data in (KAOSSILATOR_PRO, KAOSS_PAD_3):
        header = read_header(data)
        assert header.source_offset == header.destination_offset == 0
        assert header.source_length == header.destination_length == 0x40000 == 256 * 1024
    assert read_header(ELECTRIBE_2S).source_length == 0x200000
    assert read_header(KRONOS).destination_length == 917_504


def test_the_tag_has_eight_bytes_and_a_revision_follows() -> None:
    assert [read_header(data).revision for data in (KAOSSILATOR_PRO, KAOSS_PAD_3)] == [0, 0]
    assert [read_header(data).revision for data in (ELECTRIBE_2S, KRONOS)] == [1, 1]
    assert read_header(KRONOS).tag == "Sub-sys"


def test_the_four_unknown_bytes_are_the_system_exclusive_id() -> None:
    # F0 42 3g 00 01 23 and 24 begin the messages of the electribe 2; 78 is the Kaoss Pad 3's family id.
    assert named("E2").product_id == bytes.fromhex("000123FF")
    assert read_header(ELECTRIBE_2S).product_id == bytes.fromhex("000124FF")
    assert read_header(KAOSS_PAD_3).product_id[0] == 0x78


def test_the_minor_version_is_no_decimal_code() -> None:
    # The Kronos 2 has 01 0A in its file V01R10.
    assert str(Version(0x01, 0x0A)) == "1.10"
    assert Version.parse("v1.10") == Version(1, 10)
    assert Version(1, 255).next == Version(2, 0)
    with pytest.raises(InputError, match="no version follows"):
        _ = Version(255, 255).next


@pytest.mark.parametrize("text", ["", "1", "1.2.3", "256.0", "1.256", "a.b", "1.-2", "1,02"])
def test_no_version(text: str) -> None:
    with pytest.raises(InputError, match="no version"):
        Version.parse(text)


@pytest.mark.parametrize("data", [KAOSSILATOR_PRO, KAOSS_PAD_3, ELECTRIBE_2S, KRONOS])
def test_a_built_header_is_that_of_the_source(data: bytes) -> None:
    header = read_header(data)
    device = header.known_device
    assert device is not None
    assert build_header(device, header.version).encoded() == data


def test_the_builder_checks_the_length() -> None:
    with pytest.raises(InputError, match="takes 262,144"):
        build_header(named("KaossPad3"), Version(2, 0), 0x40001)
    with pytest.raises(UsageError, match="KaossPad3"):
        named("KaossPad4")
    assert named("kaosspad3").title == "Kaoss Pad 3"


def test_a_file_has_262400_bytes() -> None:
    # 256 + 256 × 1024, as the post counts.
    file = built_in()
    assert len(file.write()) == 262_400
    assert len(file.payload) == 0x40000
    assert file.is_whole


@given(st.binary(max_size=700), st.binary(min_size=240, max_size=240))
def test_every_file_is_written_as_it_was_read(payload: bytes, rest: bytes) -> None:
    # 2F 00 at 0x11 would make it a volca's.
    data = MAGIC + b"K" + rest[1:] + payload
    assert read(data).write() == data


def test_the_version_block() -> None:
    file = built_in()
    assert file.payload[0x200:0x206] == b"KORG\x01\x00"
    changed = file.with_version(Version(1, 3))
    assert changed.header.version == Version(1, 3)
    assert changed.payload[0x200:0x206] == b"KORG\x01\x03"
    assert changed.block == VersionBlock(Version(1, 3), 2)
    assert changed.payload[:0x200] == file.payload[:0x200]
    assert changed.payload[0x206:] == file.payload[0x206:]


def test_a_version_block_of_four_bytes() -> None:
    payload = bytearray(built_in().payload)
    payload[0x200:0x208] = b"KORG\0\0\x02\x05"
    file = SystemFile(built_in().header, bytes(payload))
    assert file.block == VersionBlock(Version(2, 5), 4)
    assert file.with_version(Version(2, 6)).payload[0x200:0x208] == b"KORG\0\0\x02\x06"


def test_without_a_version_block_only_the_header_changes() -> None:
    file = SystemFile(read_header(ELECTRIBE_2S), bytes(0x300))
    assert file.block is None
    assert file.with_version(Version(2, 3)).payload == file.payload


def test_a_payload_shows_by_its_mark_what_it_is_when_the_device_is_unknown() -> None:
    header = replace(built_in().header, device_field=b"Kaoss?".ljust(16, b"\0"))
    assert SystemFile(header, built_in().payload).has_vectors
    assert not SystemFile(header, bytes(0x300)).has_vectors
    assert not SystemFile(read_header(KRONOS), built_in().payload).has_vectors


@pytest.mark.parametrize("length", [*range(0, 256, 5), 255])
def test_a_header_that_is_cut_off(length: int) -> None:
    with pytest.raises(InputError, match=r"cut off|no KORG SYSTEM FILE"):
        read(KAOSSILATOR_PRO[:length])


@pytest.mark.parametrize("place", range(16))
def test_a_wrong_magic(place: int) -> None:
    data = bytearray(KAOSSILATOR_PRO)
    data[place] ^= 0x20
    with pytest.raises(InputError, match="byte 0x00: no KORG SYSTEM FILE"):
        read(bytes(data))


def test_volca_files_are_refused_by_name() -> None:
    for model, name in ((0xA8, "volca beats"), (0xD1, "another volca, or the monotribe")):
        head = bytearray(VOLCA)
        head[0x10] = model
        head[0x20] = sum(head[:0x20]) & 0xFF
        data = bytes(head) + bytes(0x8000)
        with pytest.raises(InputError, match=f"a transfer file of {name}"):
            read(data)
        content = Content.of_bytes(data, "volca.sys")
        assert identify(content) == []
        assert name in why_not(content)


def test_identify_says_what_is_cut_off() -> None:
    content = Content.of_bytes(KAOSSILATOR_PRO[:100], "a.vsb")
    assert identify(content) == []
    assert why_not(content) == "a KORG SYSTEM FILE cut off within its header, 100 of 256 bytes"
    (match,) = identify(Content.of_bytes(KAOSSILATOR_PRO, "a.vsb"))
    assert match.description.startswith("Kaossilator Pro, version 1.02, 0 bytes of payload; damaged")


def test_the_example_is_for_no_real_device() -> None:
    device = built_in().header.known_device
    assert device is not None
    assert device.certainty == "invented"
    real = [one for one in devices().values() if one.certainty != "invented"]
    assert device.product_id not in [one.product_id for one in real]
    assert {one.name for one in real} == {"KaossilatorPro", "KaossPad3", "E2", "E2S", "KRONOS", "KRONOS II"}


def test_the_program_of_the_example() -> None:
    # MAME's h8.lst: 7A 07 is mov.l #xx,er7, 04 orc #xx,ccr, 79 00 mov.w #xx,r0, 6B 80 mov.w r0,@aa:16; the
    # first word a watchdog understands is A5 and its new status.
    payload = example_payload(named("LuthierPad"))
    assert payload[0x210:0x220] == bytes.fromhex("7A0700FFEFC0 0480 7900A500 6B80FF74")
    assert payload[0x200:0x206] == b"KORG\1\0"
    assert example_payload(named("LuthierPad"), Version(2, 3))[0x200:0x206] == b"KORG\2\3"


def test_a_file_is_loaded_with_its_name_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "a.vsb"
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"a\.vsb, byte 0x00"):
        load(path)
    assert load(Path("built-in")) == built_in()
