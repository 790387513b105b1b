"""Universal messages, and those of other makers."""

from __future__ import annotations

import pytest
from tests.kn5000.reception.listening import Notes, asked_by, left_out_by

from luthier.kn5000.reception import Reception


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("F0 7E 7F 09 01 F7", ("reset", "gm")),
        ("F0 7E 10 09 01 F7", ("reset", "gm")),
        ("F0 7E 7F 09 03 F7", ("reset", "gm2")),
        ("F0 7F 7F 04 01 7F 7F F7", ("volume", 1.0)),
        ("F0 7F 7F 04 01 00 00 F7", ("volume", 0.0)),
        ("F0 7F 7F 04 02 00 40 F7", ("pan", 0.0)),
        ("F0 7F 7F 04 02 7F 7F F7", ("pan", 1.0)),
        ("F0 7F 7F 04 02 00 00 F7", ("pan", -1.0)),
        ("F0 7F 7F 04 03 00 00 F7", ("tuning", -1.0)),
        ("F0 7F 7F 04 03 00 60 F7", ("tuning", 0.5)),
        ("F0 7F 7F 04 04 00 34 F7", ("transpose", -12.0)),
        ("F0 7F 7F 04 05 01 01 01 01 01 00 08 F7", ("effect", 0x30, 5)),
        ("F0 7F 7F 04 05 01 01 01 01 02 00 03 F7", ("effect", 0x38, 3)),
        ("F0 7F 7F 04 05 01 01 01 01 02 01 09 F7", ("effect", 0x3D, 9)),
        ("F0 7F 7F 0A 01 09 26 07 40 F7", ("drum", 9, 38, "level", 64)),
    ],
)
def test_messages(message: str, asked: tuple[object, ...]) -> None:
    assert asked_by(message) == [asked]


def test_general_midi_off_changes_nothing() -> None:
    assert asked_by("F0 7E 7F 09 02 F7") == []


def test_octave_tuning_of_some_channels() -> None:
    # 00 00 01: channel 1; 01 00 02: channels 15 and 2.
    scale = "".join(f" {64 + number:02X}" for number in range(12))
    cents = tuple(number / 100 for number in range(12))
    assert asked_by(f"F0 7E 7F 08 08 00 00 01{scale} F7") == [("scale", 0, 0, cents)]
    asked = asked_by(f"F0 7F 7F 08 08 01 00 02{scale} F7")
    assert asked == [("scale", 1, 0, cents), ("scale", 14, 0, cents)]
    (fine,) = asked_by("F0 7F 7F 08 09 00 00 01" + " 60 00" * 12 + " F7")
    assert fine == ("scale", 0, 0, (0.5,) * 12)


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("F0 7E 7F 06 01 F7", "universal message 7E 06 01"),
        ("F0 7E F7", "universal message 7E"),
        ("F0 7E 7F 09 04 F7", "universal message 7E 09 04"),
        ("F0 7F 7F 04 01 7F F7", "universal message 7F 04 01"),
        ("F0 7F 7F 04 05 01 01 01 01 01 01 40 F7", "universal message 7F 04 05"),
        ("F0 7E 7F 08 08 00 00 01 40 F7", "universal message 7E 08 08"),
        ("F0 43 10 4C 02 01 00 01 00 F7", "system exclusive of manufacturer 43 (Yamaha)"),
        ("F0 50 27 08 F7", "system exclusive of manufacturer 50 (Technics)"),
        ("F0 00 20 33 01 F7", "system exclusive of manufacturer 00 20 33"),
        ("F0 7D 01 F7", "system exclusive of manufacturer 7D"),
    ],
)
def test_what_is_left_out(message: str, what: str) -> None:
    assert left_out_by(message) == {what: 1}


def test_xg_system_on_is_a_reset_and_counted() -> None:
    target = Notes()
    reception = Reception(target)
    reception.receive(bytes.fromhex("F0 43 10 4C 00 00 7E 00 F7"))
    assert target.asked == [("reset", "xg")]
    assert reception.unsupported == {"XG system on, taken as a reset": 1}
