"""Dumps are found in Standard MIDI Files, damaged ones too."""

from __future__ import annotations

import io

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.midi.standard_file import Song, read_song, write_song
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


@given(st.integers(0, 2), st.integers(0, 0xFFFF), st.lists(st.binary(max_size=40), max_size=5))
def test_tracks_there_and_back(kind: int, division: int, tracks: list[bytes]) -> None:
    song = Song(kind, division, tuple(tracks))
    assert read_song(write_song(song)) == song


def test_other_chunks_are_left_out_and_damage_is_told() -> None:
    file = midi_file(b"\0\xff\x2f\0")
    assert read_song(file + b"XFIH\0\0\0\2ab").tracks == (b"\0\xff\x2f\0",)
    for damaged, message in (
        (b"RIFF", "not a Standard MIDI File"),
        (file[:6], "header is cut off"),
        (file[:-1], "byte 14: the file ends inside this chunk"),
        (file[:14], "0 tracks, but the header says 1"),
    ):
        with pytest.raises(InputError, match=message):
            read_song(damaged)


def test_time_grows_with_length_only() -> None:
    # A quadratic search, or numbers of unbounded length, would take minutes on these.
    assert len(split(b"\xf0" * 300_000)) == 300_000
    assert split(midi_file(b"\x80" * 1_000_000)) == []
