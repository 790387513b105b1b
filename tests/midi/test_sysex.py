"""A stream of MIDI bytes comes apart into its messages, whatever stands in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from luthier.midi.sysex import beginning_with, messages, split


def parts(data: bytes) -> list[tuple[int, str, bool]]:
    return [(message.offset, message.data.hex(), message.complete) for message in split(data)]


def test_sysex_between_channel_messages_with_running_status() -> None:
    stream = bytes.fromhex("90 3c 40 3e 40 f0 42 21 f7 c5 07")
    assert parts(stream) == [
        (0, "903c40", True),
        (3, "903e40", True),
        (5, "f04221f7", True),
        (9, "c507", True),
    ]


def test_real_time_inside_sysex_is_taken_out() -> None:
    assert parts(bytes.fromhex("f0 42 f8 21 f7")) == [(0, "f04221f7", True), (2, "f8", True)]


def test_cut_off_by_the_end_or_by_another_status() -> None:
    assert parts(bytes.fromhex("f0 42 21")) == [(0, "f04221", False)]
    assert parts(bytes.fromhex("f0 42 f0 43 f7")) == [(0, "f042", False), (2, "f043f7", True)]
    assert parts(bytes.fromhex("90 3c")) == [(0, "903c", False)]


def test_stray_bytes_are_told() -> None:
    assert parts(bytes.fromhex("01 02 f0 42 f7 03 f7")) == [
        (0, "0102", False),
        (2, "f042f7", True),
        (5, "03", False),
        (6, "f7", False),
    ]
    assert split(b"") == []


@given(st.binary(max_size=60).filter(lambda data: not data.startswith(b"MThd")))
def test_no_byte_is_lost(data: bytes) -> None:
    messages = split(data)
    # Running status is repeated in front of its message: everything else is in the stream exactly once.
    repeated = sum(1 for message in messages if message.data[0] >= 0x80 and data[message.offset] < 0x80)
    assert sum(len(message.data) for message in messages) == len(data) + repeated
    assert [message.offset for message in messages] == sorted({message.offset for message in messages})


HEAD = bytes.fromhex("f04221")


@given(st.lists(st.sampled_from([HEAD, b"\xf0\xf8\x42\x21", b"\xf7", b"\x05", b"\x90", b"\xf0", b"\xfe"])))
def test_messages_that_begin_so_are_found_without_the_others(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert list(beginning_with(data, HEAD)) == [found for found in split(data) if found.data.startswith(HEAD)]


def test_places_in_a_midi_file_are_those_of_its_events() -> None:
    """Header, a track of 9 bytes: after the delta time, at byte 23, F0, length 4, 42 21 01 F7."""
    track = bytes.fromhex("00 f0 04 42 21 01 f7 00 ff 2f 00")
    data = bytes.fromhex("4d546864 00000006 0000 0001 0060 4d54726b") + len(track).to_bytes(4, "big") + track
    (found,) = beginning_with(data, HEAD)
    assert [found] == split(data)
    assert (found.offset, found.data) == (23, bytes.fromhex("f0422101f7"))


def test_the_first_message_does_not_wait_for_the_last() -> None:
    assert next(messages(b"\xf0\xf7" * 10_000_000)).data == b"\xf0\xf7"
