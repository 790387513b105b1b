"""Messages of the sixteen channels, active sensing, and bytes that are no messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.reception.listening import Notes, asked_by, gs, left_out_by

from luthier.kn5000.reception import Reception


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("90 3C 64", ("note_on", 0, 60, 100)),
        ("9F 3C 64", ("note_on", 15, 60, 100)),
        ("93 3C 00", ("note_off", 3, 60)),
        ("83 3C 40", ("note_off", 3, 60)),
        ("B1 07 64", ("control", 1, 7, 100)),
        ("C2 21", ("program", 2, 33)),
        ("D4 50", ("pressure", 4, 80)),
        ("E5 00 40", ("bend", 5, 8192)),
        ("E5 7F 7F", ("bend", 5, 16383)),
        ("E5 01 00", ("bend", 5, 1)),
    ],
)
def test_channel_messages(message: str, asked: tuple[object, ...]) -> None:
    assert asked_by(message) == [asked]


def test_memory_views_are_taken() -> None:
    target = Notes()
    Reception(target).receive(memoryview(b"\x90\x3c\x64"))
    assert target.asked == [("note_on", 0, 60, 100)]


def test_polyphonic_pressure_is_left_out() -> None:
    # The ring to the sub CPU takes no A0 to AF (listing, 0x034D93).
    assert left_out_by("A0 3C 40", "AF 3C 40") == {"polyphonic pressure": 2}


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("", "bytes without a status"),
        ("3C 64", "bytes without a status"),
        ("90 3C", "message that is not whole"),
        ("90", "message that is not whole"),
        ("90 3C 64 00", "message that is not whole"),
        ("90 3C 80", "message that is not whole"),
        ("C0", "message that is not whole"),
        ("F0", "system exclusive that is not whole"),
        ("F0 F7", "system exclusive that is not whole"),
        ("F0 41 10 42", "system exclusive that is not whole"),
        ("F0 41 90 F7", "system exclusive that is not whole"),
        ("F7 41", "stray bytes"),
        ("F1 00", "time code"),
        ("F2 00 00", "song position"),
        ("F3 00", "song select"),
        ("F6", "tune request"),
        ("FF", "system reset"),
    ],
)
def test_what_is_left_out_is_counted(message: str, what: str) -> None:
    assert left_out_by(message, message) == {what: 2}


@pytest.mark.parametrize("message", ["F8", "FA", "FB", "FC", "FE"])
def test_clock_and_sensing_pass_silently(message: str) -> None:
    assert asked_by(message) == []


def test_silence_after_active_sensing_ends_all_sound() -> None:
    target = Notes()
    reception = Reception(target)
    reception.receive(b"\xfe")
    reception.idle(0.3)  # a sender's longest pause
    assert target.asked == []
    reception.idle(0.13)
    expected = [("control", part, number, 0) for part in range(16) for number in (120, 123, 121)]
    assert target.asked == expected
    reception.idle(10.0)
    assert target.asked == expected


def test_anything_that_comes_ends_the_silence() -> None:
    target = Notes()
    reception = Reception(target)
    reception.receive(b"\xfe")
    for _ in range(100):
        reception.idle(0.3)
        reception.receive(b"\xf8")
    assert target.asked == []


def test_silence_means_nothing_without_active_sensing() -> None:
    target = Notes()
    reception = Reception(target)
    reception.receive(b"\x90\x3c\x64")
    reception.idle(100.0)
    assert target.asked == [("note_on", 0, 60, 100)]


def test_parts_listen_to_the_channel_they_are_told() -> None:
    # GS: part 2 (block 2) to channel 1, part 1 (block 1) off.
    messages = gs("40 12 02 00"), gs("40 11 02 10")
    assert asked_by(*messages, "90 3C 64") == [("note_on", 1, 60, 100)]
    assert asked_by(*messages, "91 3C 64") == []
    reset = gs("40 00 7F 00")
    assert asked_by(*messages, reset, "91 3C 64") == [("reset", "gs"), ("note_on", 1, 60, 100)]


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_no_bytes_make_it_fail(messages: list[bytes]) -> None:
    reception = Reception(Notes())
    for message in messages:
        reception.receive(message)
        reception.idle(0.2)


BODY = st.binary(max_size=30).map(lambda data: bytes(byte & 0x7F for byte in data))
HEADS = st.sampled_from(
    [
        b"\x41\x10\x42\x12",
        b"\x41\x42\x12\x40\x01",
        b"\x41",
        b"\x7e\x7f\x09",
        b"\x7f\x7f\x04",
        b"\x7f\x7f\x08\x08",
    ]
)


@given(HEADS, BODY)
def test_no_system_exclusive_makes_it_fail(head: bytes, body: bytes) -> None:
    target = Notes()
    Reception(target).receive(b"\xf0" + head + body + b"\xf7")
    for name, *values in target.asked:
        if name == "control":
            assert 0 <= values[0] < 16
            assert 0 <= values[2] <= 127


def test_a_message_of_megabytes_is_left_out() -> None:
    reception = Reception(Notes())
    reception.receive(b"\xf0\x41\x10\x42\x12\x40\x00\x00" + bytes(4_000_000) + b"\xf7")
    reception.receive(b"\xf0\x43" + bytes(4_000_000) + b"\xf7")
    assert set(reception.unsupported) == {
        "GS message of a wrong length",
        "system exclusive of manufacturer 43 (Yamaha)",
    }
