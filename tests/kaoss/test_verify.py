"""Every kind of damage has its finding, with place and severity; sound files have none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kaoss.test_system_file import ELECTRIBE_2S, KAOSSILATOR_PRO, KRONOS

from luthier.kaoss.built_in import built_in, example_payload
from luthier.kaoss.devices import devices, named
from luthier.kaoss.header import Version, build_header, read_header
from luthier.kaoss.system_file import SystemFile, read
from luthier.kaoss.verify import Finding, has_errors, verify


def changed(offset: int, data: bytes) -> SystemFile:
    """The built-in file with other bytes at a place of the file."""
    content = built_in().write()
    return read(content[:offset] + data + content[offset + len(data) :])


def only(file: SystemFile) -> Finding:
    """The only finding about a file."""
    (finding,) = verify(file)
    return finding


@pytest.mark.parametrize("name", devices())
def test_a_sound_file_has_no_findings(name: str) -> None:
    device = named(name)
    version = Version.parse(device.versions[0])
    payload = example_payload(device, version)
    if not device.has_vectors:
        payload = bytes(range(256)) * (device.payload // 256)
    assert verify(SystemFile(build_header(device, version), payload)) == []


@given(st.integers(0x100, 262_399))
def test_a_file_cut_off_anywhere_is_an_error(length: int) -> None:
    findings = verify(read(built_in().write()[:length]))
    assert has_errors(findings)
    assert any(f"cut off: {length - 256:,} of 262,144" in finding.what for finding in findings)
    assert any(finding.offset == length for finding in findings)


def test_bytes_behind_the_end() -> None:
    finding = only(read(built_in().write() + b"\xff" * 10))
    assert (finding.severity, finding.offset) == ("error", 0x40100)
    assert finding.what == "10 bytes more than the header says"


def test_lengths_that_lie() -> None:
    findings = verify(changed(0x34, (0x3FFFF).to_bytes(4, "little")))
    assert [(one.severity, one.offset) for one in findings] == [
        ("error", 0x34),
        ("error", 0x3C),
        ("error", 0x100 + 0x3FFFF),
    ]
    assert only(changed(0x3C, bytes(4))).what == "the two lengths differ: 262,144 and 0"
    huge = verify(changed(0x34, b"\xff\xff\xff\xff"))
    assert "cut off: 262,144 of 4,294,967,295" in huge[-1].what
    assert only(changed(0x30, b"\1\0\0\0")).severity == "warning"


@pytest.mark.parametrize(
    ("offset", "data", "severity", "said"),
    [
        (0x10, b"KaossPad4\0", "warning", "'KaossPad4' is not known"),
        (0x10, b"KaossPad3+", "warning", "it may be the Kaoss Pad 3 +"),
        (0x20, b"PCM\0\0\0", "warning", "the tag is 'PCM', not 'SYSTEM'"),
        (0x27, b"x", "warning", "bytes behind the end of the name"),
        (0x28, b"\0\1", "note", "header revision 1"),
        (0x2C, b"\x78", "error", "product id 78 FF FF FF, not 7D FF FF FF"),
        (0x40, b"\2\x80", "note", "02 80 where FF FF was seen"),
        (0x50, b"hidden", "warning", "6 bytes that are not FF"),
        (0x300, b"GROK", "warning", "no KORG and version"),
    ],
)
def test_fields(offset: int, data: bytes, severity: str, said: str) -> None:
    finding = only(changed(offset, data))
    assert finding.severity == severity
    assert said in finding.what
    assert offset <= finding.offset <= offset + 4
    assert finding.meaning


def test_two_versions() -> None:
    finding = only(changed(0x2A, b"\1\2"))
    assert (finding.severity, finding.offset) == ("warning", 0x304)
    assert finding.what == "version 1.00 in the payload, 1.02 in the header"


def test_a_file_for_another_device() -> None:
    (finding,) = verify(built_in(), named("KaossilatorPro"))
    assert finding.severity == "error"
    assert finding.what == "this is for 'LuthierPad', not 'KaossilatorPro'"
    assert verify(built_in(), named("LuthierPad")) == []


@pytest.mark.parametrize(
    ("vector", "said"),
    [
        ("000211", "the odd address 0x000211"),
        ("040000", "outside of the 262,144 bytes"),
        ("FFEFC0", "outside of the 262,144 bytes"),
        ("0001FE", "into the table of vectors"),
        ("030000", "where nothing but FF is"),
    ],
)
def test_a_reset_vector_into_the_void(vector: str, said: str) -> None:
    finding = only(changed(0x100, bytes.fromhex("00" + vector)))
    assert (finding.severity, finding.offset) == ("error", 0x100)
    assert said in finding.what
    assert finding.meaning == "the unit does not start"


def test_a_reset_vector_that_is_only_unusual() -> None:
    finding = only(changed(0x100, bytes.fromhex("00000212")))
    assert finding.severity == "note"
    assert finding.what == "vector 0 (RESET): it leads to 0x000212, not 0x210"
    erased = only(changed(0x100, b"\xff\xff\xff\xff"))
    assert (erased.severity, erased.what) == ("error", "vector 0 (RESET): it was never written (FFFFFFFF)")


def test_other_vectors() -> None:
    finding = only(changed(0x100 + 4 * 7, b"\xff\xff\xff\xff"))
    assert (finding.severity, finding.what[:14]) == ("note", "vector 7 (NMI)")
    assert only(changed(0x100 + 4 * 7, b"\x01\x00\x02\x18")).what.endswith("its upper byte is 01")
    crash = only(changed(0x100 + 4 * 81, b"\x00\x04\x00\x00"))
    assert (crash.severity, crash.offset) == ("error", 0x100 + 4 * 81)
    assert crash.meaning == "the unit crashes when this exception comes"
    reserved = only(changed(0x100 + 4 * 60, b"\x00\x00\x02\x10"))
    assert (reserved.severity, "a handler of its own" in reserved.what) == ("warning", True)
    assert verify(changed(0x100 + 4 * 60, b"\xff\xff\xff\xff")) == []


def test_an_erased_and_an_empty_memory() -> None:
    header = read_header(ELECTRIBE_2S)
    erased = verify(SystemFile(header, b"\xff" * 0x200000))
    assert [one.what for one in erased] == ["nothing but FF: an erased memory"]
    assert "nothing but 00" in verify(SystemFile(header, bytes(0x200000)))[0].what
    assert has_errors(verify(SystemFile(built_in().header, b"\xff" * 0x40000)))


def test_a_payload_without_room() -> None:
    payload = built_in().payload[:-1] + b"\0"
    assert only(SystemFile(built_in().header, payload)).severity == "note"


def test_a_payload_of_the_wrong_size_for_its_device() -> None:
    header = replace(read_header(KRONOS), source_length=0x100, destination_length=0x100)
    (finding,) = verify(SystemFile(header, bytes(range(256))))
    assert finding.what == "256 bytes of payload; Kronos front panel takes 917,504"


def test_findings_are_in_the_order_of_their_places() -> None:
    data = bytearray(built_in().write())
    for place in (0x50, 0x40, 0x100, 0x304):
        data[place] ^= 0x55
    offsets = [finding.offset for finding in verify(read(bytes(data)))]
    assert offsets == sorted(offsets)
    assert len(offsets) >= 4


@given(st.binary(min_size=1, max_size=64), st.integers(0, 0x420))
def test_any_damage_is_survived(noise: bytes, place: int) -> None:
    data = built_in().write()
    damaged = data[:place] + noise + data[place + len(noise) :]
    if damaged[:16] == KAOSSILATOR_PRO[:16] and damaged[0x11:0x13] != b"\x2f\0":
        for finding in verify(read(damaged)):
            assert str(finding).isprintable()
