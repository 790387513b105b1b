"""Roland's GS messages."""

from __future__ import annotations

import pytest
from tests.kn5000.reception.listening import Notes, asked_by, gs, left_out_by

from luthier.kn5000.reception import Reception
from luthier.kn5000.reception.gs import PART_OF_BLOCK, checksum


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # Sums of the best-known messages: GS reset, hall 1, master volume 127.
        ("40 00 7F 00", 0x41),
        ("40 01 30 03", 0x0C),
        ("40 00 04 7F", 0x3D),
        ("00 00 00 00", 0x00),
    ],
)
def test_sums(data: str, expected: int) -> None:
    assert checksum(bytes.fromhex(data)) == expected


def test_gs_reset_as_everybody_sends_it() -> None:
    assert asked_by("F0 41 10 42 12 40 00 7F 00 41 F7") == [("reset", "gs")]
    assert asked_by("F0 41 10 42 12 00 00 7F 00 01 F7") == [("reset", "gs")]  # the SC-88's mode


def test_a_wrong_sum_makes_a_message_void() -> None:
    assert left_out_by("F0 41 10 42 12 40 00 7F 00 42 F7") == {"GS message with a wrong sum": 1}


@pytest.mark.parametrize("device", ["00", "10", "1F", "7F"])
def test_any_device_number_is_taken(device: str) -> None:
    assert asked_by(f"F0 41 {device} 42 12 40 00 7F 00 41 F7") == [("reset", "gs")]


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("F0 41 42 12 40 01 30 05 F7", ("effect", 0x30, 5)),
        ("F0 41 42 12 40 01 33 64 F7", ("effect", 0x33, 100)),
        ("F0 41 42 12 40 01 38 02 F7", ("effect", 0x38, 2)),
        ("F0 41 42 12 40 01 3A 7F F7", ("effect", 0x3A, 127)),
        ("F0 41 42 12 40 01 30 05 0A F7", ("effect", 0x30, 5)),  # 40 + 01 + 30 + 05 + 0A = 80
        # The program keeps 30 and 38 to 0 to 7.
        ("F0 41 42 12 40 01 30 40 F7", ("effect", 0x30, 7)),
        ("F0 41 42 12 40 01 38 7F F7", ("effect", 0x38, 7)),
        ("F0 41 10 42 12 40 01 30 05 0A F7", ("effect", 0x30, 5)),
    ],
)
def test_the_four_addresses_of_the_machine(message: str, asked: tuple[object, ...]) -> None:
    assert asked_by(message) == [asked]


@pytest.mark.parametrize(
    "message",
    [
        "F0 41 42 12 40 01 31 05 F7",
        "F0 41 42 12 40 00 7F 00 F7",
        "F0 41 42 12 40 01 30 F7",
        "F0 41 42 12 40 01 30 00 00 00 00 00 00 00 00 00 00 00 F7",
    ],
)
def test_nothing_else_comes_without_device_number(message: str) -> None:
    assert left_out_by(message) == {"Roland message without device number": 1}


def test_more_than_one_byte_of_the_short_form_needs_its_sum() -> None:
    assert left_out_by("F0 41 42 12 40 01 30 05 0B F7") == {"GS message with a wrong sum": 1}


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        ("40 00 04 7F", ("volume", 1.0)),
        ("40 00 05 28", ("transpose", -24)),
        ("40 00 06 7F", ("pan", 1.0)),
        ("40 00 06 01", ("pan", -1.0)),
        # 0018 to 07E8 in tenths of a cent about 0400: -100 to +100 cents.
        ("40 00 00 00 00 01 08", ("tuning", -1.0)),
        ("40 00 00 00 07 0E 08", ("tuning", 1.0)),
        ("40 00 00 00 04 00 00", ("tuning", 0.0)),
        ("40 01 35 40", ("effect", 0x35, 64)),
        ("40 01 3F 10", ("effect", 0x3F, 16)),
        ("40 11 15 02", ("drums", 0, 2)),
        ("40 10 15 00", ("drums", 9, 0)),
        ("40 11 01 30", ("program", 0, 48)),
        ("40 12 13 00", ("control", 1, 126, 0)),
        ("40 12 13 01", ("control", 1, 127, 0)),
        ("40 12 16 41", ("control", 1, 0x82, 0x41)),
        ("40 1F 19 50", ("control", 15, 7, 80)),
        ("40 1A 1C 20", ("control", 10, 10, 32)),
        ("40 1A 1C 00", ("control", 10, 10, 64)),
        ("40 11 21 11", ("control", 0, 93, 17)),
        ("40 11 22 11", ("control", 0, 91, 17)),
        ("40 11 32 50", ("control", 0, 74, 80)),
        ("40 11 36 50", ("control", 0, 72, 80)),
        ("40 21 10 4C", ("control", 0, 0x80, 12)),
        ("40 11 49 36", ("scale", 0, 9, (-0.1,))),
        ("41 02 26 40", ("map", 1, 38, "level", 64)),
        ("41 14 26 7F", ("map", 2, 38, "pan", 127)),
        ("41 05 26 00", ("map", 1, 38, "reverb", 0)),
        ("41 06 26 00", ("map", 1, 38, "chorus", 0)),
    ],
)
def test_addresses(data: str, asked: tuple[object, ...]) -> None:
    assert asked_by(gs(data)) == [asked]


def test_tone_number_and_scale_take_their_bytes_in_a_row() -> None:
    assert asked_by(gs("40 11 00 08 30")) == [("control", 0, 0, 8), ("program", 0, 48)]
    scale = asked_by(gs("40 11 40" + " 40" * 12))
    assert scale == [("scale", 0, note, (0.0,)) for note in range(12)]


def test_voice_reserve_begins_with_channel_10() -> None:
    asked = asked_by(gs("40 01 10 02 06 02 02 02 02 02 02 02 02 00 00 00 00 00 00"))
    assert asked[:3] == [("voices", 9, 2), ("voices", 0, 6), ("voices", 1, 2)]
    assert asked[-1] == ("voices", 15, 0)


def test_blocks_of_parts() -> None:
    # GS: 0 is channel 10, 1 to 9 are channels 1 to 9, A to F are 11 to 16.
    assert sorted(PART_OF_BLOCK) == list(range(16))
    assert [PART_OF_BLOCK[block] + 1 for block in (0, 1, 9, 10, 15)] == [10, 1, 9, 11, 16]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("40 11 03 01", "GS address 40 1n 03"),
        ("40 2A 00 40", "GS address 40 2n 00"),
        ("40 03 00 01", "GS address 40 03 00"),
        ("40 01 50 01", "GS address 40 01 50"),
        ("41 01 26 40", "GS address 41 01 26"),
        ("48 00 00 01", "GS address 48"),
    ],
)
def test_what_is_left_out(data: str, what: str) -> None:
    left_out = left_out_by(gs(data))
    assert left_out == {what: 1}


def test_patch_names_pass_silently() -> None:
    assert asked_by(gs("40 01 00" + " 20" * 16)) == []


def test_other_messages_of_roland_are_left_out() -> None:
    assert left_out_by("F0 41 10 42 11 40 00 04 00 00 01 3B F7") == {"Roland data request": 1}
    assert left_out_by("F0 41 10 16 12 20 00 00 20 40 F7") == {"Roland message that is no GS": 1}
    assert left_out_by("F0 41 10 42 12 40 00 F7") == {"GS message of a wrong length": 1}


def test_a_shared_count_takes_everything() -> None:
    from collections import Counter

    count = Counter({"controller 3": 1})
    Reception(Notes(), count).receive(bytes.fromhex("A0 00 00"))
    assert count == {"controller 3": 1, "polyphonic pressure": 1}
