"""MIDI files and messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.fuzz.targets.poly800 import dump_starts, song_starts
from tests.fuzz.targets.target import Target

from luthier.midi import sysex as midi_sysex

if TYPE_CHECKING:
    pass


def _messages(data: bytes) -> None:
    messages = midi_sysex.split(data)
    offsets = [message.offset for message in messages]
    assert offsets == sorted(offsets)
    if not data.startswith(b"MThd"):
        # More, if a status byte is left out in the stream ("running status") and put back in the message.
        assert sum(len(message.data) for message in messages) >= len(data)


def _midi_song(data: bytes) -> None:
    from luthier.midi.song import read_song
    from luthier.midi.song_loop import find_loop

    song = read_song(data)
    assert all(line.isprintable() for line in (*song.warnings, song.title, song.copyright))
    moments = [moment for moment, message in song.messages() if message[0] >= 0x80]
    assert moments == sorted(moments)
    assert len(song.title + song.copyright + song.lyrics) <= 4 * len(data)
    assert 0 <= find_loop(song).begin_seconds <= find_loop(song).end_seconds <= song.length


def _midi_song_starts() -> Iterable[bytes]:
    yield from song_starts()
    (song,) = song_starts()
    yield b"RIFF" + bytes(4) + b"RMIDdata" + len(song).to_bytes(4, "little") + song
    header = bytes.fromhex("4d54 6864 0000 0006 0001 0002 e728")
    first = bytes.fromhex(
        "00ff5103 07a120 00b06f00 00903c40 603d50 00f0024312 10f7021ef7 00ff060764756d6d793a29"
    )
    second = bytes.fromhex("00ff0609 6c6f6f705374617274 87689945 7f 30ff0607 6c6f6f70456e64 00ff2f00")
    yield header + b"".join(b"MTrk" + len(body).to_bytes(4, "big") + body for body in (first, second))


TARGETS: dict[str, Target] = {
    "midi-messages": Target(_messages, dump_starts),
    "midi-song": Target(_midi_song, _midi_song_starts, 4_096),
}
