"""Loops are found by the marks that games use."""

from __future__ import annotations

import pytest
from tests.midi.songs import END, midi_file, note, text

from luthier.midi.song import read_song
from luthier.midi.song_loop import Loop, find_loop

#: Half a second a note, at 96 ticks and 120 beats a minute.
NOTE = note(0, 96)


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (text(0, 6, b"loopStart"), text(0, 6, b"loopEnd")),
        (text(0, 1, b"LoopStart"), text(0, 1, b"[LOOPEND]")),
        (b"\0\xb0\x6f\x00", text(0, 6, b"Loop End")),
    ],
)
def test_marks(begin: bytes, end: bytes) -> None:
    song = read_song(midi_file(NOTE + begin + NOTE + NOTE + end + NOTE + END))
    assert find_loop(song) == Loop(2, 7, 0.5, 1.5)


def test_without_an_end_the_song_is_repeated_from_its_last_event() -> None:
    song = read_song(midi_file(NOTE + b"\0\xb0\x6f\x00" + NOTE + END))
    assert find_loop(song) == Loop(2, 6, 0.5, 1.0)


@pytest.mark.parametrize(
    "marks", [b"", text(0, 6, b"Loop"), text(0, 5, b"loopStart"), b"\0\x90\x6f\x01\0\x80\x6f\x00"]
)
def test_without_marks_the_whole_is_repeated(marks: bytes) -> None:
    song = read_song(midi_file(NOTE + marks + NOTE + END))
    assert find_loop(song) == Loop(0, len(song.events), 0.0, 1.0)


def test_a_loop_without_length_is_none() -> None:
    song = read_song(midi_file(NOTE + text(0, 6, b"loopStart") + text(0, 6, b"loopEnd") + END))
    assert find_loop(song) == Loop(0, 5, 0.0, 0.5)
    assert find_loop(read_song(midi_file(END))) == Loop(0, 1, 0.0, 0.0)
