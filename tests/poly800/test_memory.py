"""RAM layouts and the tape frame, against the numbers of the thread and of the MkII manual."""

from __future__ import annotations

import pytest

from luthier.errors import InputError
from luthier.poly800 import memory
from luthier.poly800.synth import Synth


@pytest.mark.parametrize("synth", list(Synth))
def test_regions_cover_the_ram_without_gap_or_overlap(synth: Synth) -> None:
    end = 0
    for region in memory.layout(synth):
        assert region.offset == end
        assert region.certainty in ("known", "unconfirmed", "unknown")
        assert region.source
        end = region.end
    assert end == memory.RAM_LENGTH[synth] == (2688 if synth is Synth.MK2 else 1633)


def test_tape_bytes_of_the_thread() -> None:
    # The thread counts the 1,636 bytes from 1; byte 3 is the first of the RAM.
    places = {region.name: (region.offset + 3, region.end + 2) for region in memory.layout(Synth.POLY800)}
    assert places["midi_channel"] == (3, 3)
    assert places["sequence"] == (4, 259)
    assert places["chord"] == (260, 270)
    assert places["undefined_268"] == (271, 290)
    assert places["programs"] == (291, 1634)
    assert places["undefined_1632"] == (1635, 1635)
    assert memory.TAPE_IMAGE_LENGTH == 1636


def test_addresses_of_the_mk2_manual() -> None:
    places = {region.name: (region.offset, region.end - 1) for region in memory.layout(Synth.MK2)}
    assert places["sequence"] == (0x001, 0x3E8)
    assert places["chord"] == (0x3F1, 0x3F8)
    assert places["sequence_mode"] == (0x3F9, 0x3F9)
    assert places["program_change"] == (0x3FB, 0x3FB)
    assert places["programs"] == (0x400, 0xA7F)


def test_image_of_a_ram() -> None:
    ram = bytes([3]) + bytes(1630) + b"\xfe\x10"
    image = memory.image_from_ram(ram)
    assert image[:3].hex() == "b3bf03"
    assert image[-1] == (3 + 0xFE + 0x10) % 256
    assert memory.ram_from_image(image) == ram
    assert memory.checksum_rule(image) == "second message"


def test_the_two_checksum_rules_are_told_apart() -> None:
    image = memory.image_from_ram(b"\x04" + bytes(1632))
    assert memory.checksum_rule(image[:-1] + b"\x00") == "first message"
    assert memory.checksum_rule(image[:-1] + b"\x05") is None
    on_channel_1 = memory.image_from_ram(bytes(1633))
    assert memory.checksum_rule(on_channel_1) == "second message"
    assert memory.checksum_rule(b"") is None


def test_bad_images_are_clear_errors() -> None:
    with pytest.raises(InputError, match="1635 bytes"):
        memory.ram_from_image(bytes(1635))
    with pytest.raises(InputError, match="starts with 00 00"):
        memory.ram_from_image(bytes(1636))
    with pytest.raises(InputError, match="convert the bank"):
        memory.image_from_ram(bytes(2688))
    with pytest.raises(InputError, match="no region 'sequence_mode'"):
        memory.region(Synth.POLY800, "sequence_mode")
