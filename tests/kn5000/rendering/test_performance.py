"""Messages come at their frame, loops are played out, and years are refused."""

from __future__ import annotations

import pytest
from tests.midi.songs import END, midi_file, note, text

from luthier.errors import InputError
from luthier.kn5000.rendering.performance import Performance, release
from luthier.midi.song import read_song

#: At 96 ticks and 120 beats a minute, a tick is 1/192 s.
RATE = 19_200


def played(performance: Performance) -> list[tuple[int, bytes]]:
    return [(frame, message) for frame, message in performance.messages(RATE) if message[0] & 0xF0 != 0xB0]


def released(performance: Performance) -> list[int]:
    """The frames at which the keys of channel 16 are let go."""
    return [frame for frame, message in performance.messages(RATE) if message == b"\xbf\x7b\x00"]


def test_ticks_become_frames() -> None:
    performance = Performance(read_song(midi_file(note(1, 2) + note(3, 4, channel=9) + END)))
    assert played(performance) == [
        (100, b"\x90\x3c\x64"),
        (300, b"\x80\x3c\x40"),
        (600, b"\x99\x3c\x64"),
        (1000, b"\x89\x3c\x40"),
    ]
    assert released(performance) == [1000]
    assert performance.parts == [0, 9]
    assert performance.seconds == pytest.approx(10 / 192)


def test_a_song_without_marks_is_repeated_whole() -> None:
    song = read_song(midi_file(note(0, 2) + note(0, 1) + END))
    performance = Performance(song, 3)
    assert [frame for frame, _ in played(performance)] == [
        start + frame for start in (0, 300, 600) for frame in (0, 200, 200, 300)
    ]
    assert released(performance) == [300, 600, 900]
    assert performance.seconds == pytest.approx(9 / 192)
    reset = [frame for frame, message in performance.messages(RATE) if message == b"\xb3\x79\x00"]
    assert reset == [300, 600]


def test_a_loop_is_repeated_between_its_beginning_and_its_end() -> None:
    body = (
        note(0, 1, 60) + text(0, 6, b"loopStart") + note(0, 2, 61) + text(0, 6, b"loopEnd") + note(0, 3, 62)
    )
    performance = Performance(read_song(midi_file(body + END)), 3)
    struck = [(frame, message[1]) for frame, message in played(performance) if message[0] == 0x90]
    assert struck == [(0, 60), (100, 61), (300, 61), (500, 61), (700, 62)]
    assert released(performance) == [300, 500, 1000]
    assert performance.seconds == pytest.approx(10 / 192)
    assert not any(message[1] == 0x79 for _, message in performance.messages(RATE))


def test_what_lets_go_is_for_every_channel() -> None:
    messages = list(release())
    assert {message[0] for message in messages} == set(range(0xB0, 0xC0))
    assert {message[1:] for message in messages} == {b"\x40\0", b"\x42\0", b"\x7b\0"}


def test_years_are_refused_with_their_place() -> None:
    song = read_song(midi_file(note(0, 1) + b"\xff\xff\xff\x7f\x90\x3c\x40" + END, division=1))
    with pytest.raises(InputError, match=r"byte 36?.*lasts 37283 hours, more than 24.*is damaged"):
        Performance(song)
    with pytest.raises(InputError, match="fewer loops"):
        Performance(read_song(midi_file(note(0, 0x100000) + END, division=96)), 1000)
