"""A song is named as what it is; a dump in a MIDI file stays a dump."""

from __future__ import annotations

import io

import mido
import pytest

from luthier.formats import Content
from luthier.identify import identify
from luthier.midi.standard_file import Song, write_song
from luthier.poly800 import sysex
from luthier.poly800.initial import initial_bank
from luthier.poly800.sequence_midi import SIZE_LIMIT
from luthier.poly800.song_format import SONG
from luthier.poly800.synth import Synth

END = b"\0\xff\x2f\0"


@pytest.mark.parametrize("name", ["song.mid", "song.bin", "-"])
def test_the_content_decides(name: str) -> None:
    (match,) = identify(Content.of_bytes(write_song(Song(1, 96, (END, END))), name))
    assert match.format is SONG
    assert match.description == (
        "2 tracks; `luthier kn5000 render` plays it, `luthier poly800 sequence BANK --from` takes its notes"
    )


def test_a_dump_in_a_midi_file_is_a_dump() -> None:
    dump = sysex.write_dump(initial_bank(Synth.MK2))
    target = io.BytesIO()
    track = mido.MidiTrack([mido.Message("sysex", data=dump[1:-1])])
    mido.MidiFile(tracks=[track], type=0).save(file=target)
    (match,) = identify(Content.of_bytes(target.getvalue(), "dump.mid"))
    assert match.format.name == "poly800-mk2-sysex"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (write_song(Song(2, 96, (END,))), "1 track; of type 2 or without beats"),
        (write_song(Song(0, 0xE728, (END,))), "without beats"),
        (write_song(Song(0, 96, (END,)))[:-2], "1 track; DAMAGED: byte 14: the file ends inside this chunk"),
        (write_song(Song(0, 96, (bytes(SIZE_LIMIT),))), "too long"),
    ],
)
def test_songs_that_cannot_be_taken(data: bytes, expected: str) -> None:
    description = SONG.detect(Content.of_bytes(data, "song.mid"))
    assert description is not None
    assert expected in description
