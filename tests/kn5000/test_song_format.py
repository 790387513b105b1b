"""Songs behind other bytes are named, and kept byte for byte."""

from __future__ import annotations

import pytest
from tests.midi.songs import END, midi_file, note, text

from luthier.errors import InputError
from luthier.formats import Content
from luthier.identify import identify
from luthier.kn5000.song_format import WRAPPED_SONG, WrappedSong

SONG = midi_file(text(0, 3, b"Tune") + note(0, 192) + END, END)
RIFF = b"RIFF" + (len(SONG) + 12).to_bytes(4, "little") + b"RMIDdata" + len(SONG).to_bytes(4, "little")
MACBINARY = b"\0\4Tune".ljust(65, b"\0") + b"Midittxt".ljust(63, b"\0")


@pytest.mark.parametrize("before", [RIFF, MACBINARY])
def test_a_song_behind_other_bytes(before: bytes) -> None:
    content = Content.of_bytes(before + SONG + b"more", "a.mid")
    (match,) = identify(content)
    assert match.format is WRAPPED_SONG
    assert match.description == "2 tracks, 1 s, 'Tune'; `luthier kn5000 render` plays it"
    assert WRAPPED_SONG.read(content) == WrappedSong(before, SONG + b"more")


def test_a_damaged_one_is_told() -> None:
    content = Content.of_bytes(RIFF + SONG[:10], "a.rmi")
    assert str(WRAPPED_SONG.detect(content)).startswith("DAMAGED: byte ")


@pytest.mark.parametrize("data", [SONG, b"RIFF" + bytes(4) + b"WAVE" + SONG, bytes(128) + SONG, RIFF, b""])
def test_others_are_none(data: bytes) -> None:
    content = Content.of_bytes(data, "a.rmi")
    assert WRAPPED_SONG.detect(content) is None
    with pytest.raises(InputError, match="no RIFF or MacBinary file"):
        WRAPPED_SONG.read(content)
