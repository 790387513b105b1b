"""Dumps are found in Standard MIDI Files, damaged ones too."""

from __future__ import annotations

import io

import mido
from hypothesis import given
from hypothesis import strategies as st

from luthier.midi.sysex import Message, split

BODIES = st.lists(st.binary(max_size=40).map(lambda raw: bytes(byte & 0x7F for byte in raw)), max_size=5)


def midi_file(track: bytes) -> bytes:
    return b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(track).to_bytes(4, "big") + track


@given(BODIES, st.integers(0, 40))
def test_files_written_by_mido_whole_and_cut_off(bodies: list[bytes], cut: int) -> None:
    track = mido.MidiTrack([mido.Message("program_change", program=3, time=200)])
    for body in bodies:
        track.append(mido.Message("sysex", data=body, time=300))
        track.append(mido.Message("note_on", note=60, velocity=5, time=9))
        track.append(mido.Message("note_on", note=60, velocity=0, time=9))
    target = io.BytesIO()
    mido.MidiFile(tracks=[track], type=0).save(file=target)
    file = target.getvalue()
    found = split(file)
    assert [message.data for message in found] == [b"\xf0" + body + b"\xf7" for body in bodies]
    assert all(message.complete and file[message.offset] == 0xF0 for message in found)
    for number, message in enumerate(split(file[: max(4, len(file) - cut)])):
        assert message.offset == found[number].offset
        assert found[number].data.startswith(message.data)
        assert message.complete == (message.data == found[number].data)


def test_message_in_several_packets() -> None:
    file = midi_file(b"\x00\xf0\x02\x42\x21" + b"\x10\xf7\x03\x0c\x10\xf7" + b"\x00\xff\x2f\x00")
    assert split(file) == [Message(23, b"\xf0\x42\x21\x0c\x10\xf7", True)]


@given(st.binary(max_size=300))
def test_any_track_is_taken(track: bytes) -> None:
    for message in split(midi_file(track)):
        assert message.data
        assert 22 <= message.offset < 22 + len(track)


def test_time_grows_with_length_only() -> None:
    # A quadratic search, or numbers of unbounded length, would take minutes on these.
    assert len(split(b"\xf0" * 300_000)) == 300_000
    assert split(midi_file(b"\x80" * 1_000_000)) == []
