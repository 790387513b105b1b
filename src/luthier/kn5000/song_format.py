"""Songs that stand behind other bytes: in RIFF, as Windows keeps them, or in MacBinary."""

from __future__ import annotations

from dataclasses import dataclass

from luthier.errors import InputError
from luthier.formats import Content
from luthier.midi.song import SIZE_LIMIT, read_song

_HEADER = b"MThd"
#: RIFF, its length, RMID, and the chunk "data" with its length (RP-029).
_RIFF_HEADER = 20
#: MacBinary: a header of 128 bytes, the first of them 0, with the type of the file from byte 65 on.
_MACBINARY_HEADER = 128
_MACBINARY_TYPE = slice(65, 69)


@dataclass(frozen=True)
class WrappedSong:
    """A file in two parts, both as they are."""

    before: bytes
    song: bytes
    """From ``MThd`` on, with whatever follows it."""


class WrappedSongFormat:
    """A Standard MIDI File behind other bytes; the document is a :class:`WrappedSong`."""

    name: str = "wrapped-midi-file"
    title: str = "Standard MIDI File in RIFF or MacBinary"
    suffixes: tuple[str, ...] = (".rmi", ".mid", ".bin")
    limitations: tuple[str, ...] = (
        "Sounds that come with the song (DLS) are kept and not played.",
        "`luthier poly800 sequence BANK --from` takes plain MIDI files only.",
    )
    sources: tuple[str, ...] = ("RP-029: RMID", "MacBinary II", "Standard MIDI Files 1.0")

    def detect(self, content: Content) -> str | None:
        """Number of tracks, length and title."""
        head = content.head
        riff = head[:4] == b"RIFF" and head[8:12] == b"RMID"
        macbinary = head[:1] == b"\0" and head[_MACBINARY_TYPE] == b"Midi"
        if not (riff and head[_RIFF_HEADER:][:4] == _HEADER) and not (
            macbinary and head[_MACBINARY_HEADER:][:4] == _HEADER
        ):
            return None
        if content.size > SIZE_LIMIT:
            return "too long to be read"
        try:
            song = read_song(content.data)
        except InputError as error:
            return f"DAMAGED: {error}"
        tracks = f"{len(song.tracks)} track{'' if len(song.tracks) == 1 else 's'}"
        title = f", {song.title!r}" if song.title else ""
        return f"{tracks}, {song.length:.0f} s{title}; `luthier kn5000 render` plays it"

    def read(self, content: Content) -> WrappedSong:
        """Both parts; raises InputError if there is no song in it."""
        if content.size > SIZE_LIMIT:
            raise InputError(f"{content.size} bytes, too many for: {self.title}")
        if self.detect(content) is None:
            raise InputError("no RIFF or MacBinary file with a song in it", where="byte 0")
        place = content.data.index(_HEADER)
        return WrappedSong(content.data[:place], content.data[place:])

    def write(self, document: WrappedSong) -> bytes:
        """The file."""
        return document.before + document.song


WRAPPED_SONG = WrappedSongFormat()
