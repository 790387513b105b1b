"""Songs: Standard MIDI Files that hold notes for the step sequence, not a dump."""

from __future__ import annotations

from luthier.errors import InputError
from luthier.formats import Content
from luthier.midi import standard_file
from luthier.midi.standard_file import Song
from luthier.poly800 import sysex
from luthier.poly800.sequence_midi import SIZE_LIMIT

#: MThd, its length, type, number of tracks, division.
_HEADER_CHUNK_LENGTH = 14
#: Types of file whose tracks are one piece of music.
_TAKEN_KINDS = (0, 1)
_PLAYED = "`luthier kn5000 render` plays it"
#: From here on the division counts ticks of a second, not of a beat.
_IN_SECONDS = 0x8000


class SongFormat:
    """A song; the document is its tracks as they are.  To take the notes use ``sequence_midi``."""

    name: str = "standard-midi-file"
    title: str = "Standard MIDI File"
    suffixes: tuple[str, ...] = (".mid", ".midi", ".smf")
    limitations: tuple[str, ...] = (
        "Holds no bank: `luthier poly800 sequence BANK --from` makes it the step sequence of one.",
        "A file with a dump in it is read as the dump.",
        "Chunks other than tracks are read past and not written back.",
    )
    sources: tuple[str, ...] = ("Standard MIDI Files 1.0",)

    def detect(self, content: Content) -> str | None:
        """How many tracks it has by its header and whether they can be taken, if there is no dump in it."""
        head = content.head
        if not head.startswith(standard_file.HEADER) or len(head) < _HEADER_CHUNK_LENGTH:
            return None
        if any(item.kind is sysex.Kind.DUMP for item in sysex.survey(head)):
            return None
        kind, count, division = (int.from_bytes(head[place : place + 2], "big") for place in (8, 10, 12))
        tracks = f"{count} track{'' if count == 1 else 's'}"
        if content.size > SIZE_LIMIT:
            return f"{tracks}; too long for a step sequence; {_PLAYED}"
        if kind not in _TAKEN_KINDS or not 0 < division < _IN_SECONDS:
            return f"{tracks}; of type {kind} or without beats, not for a step sequence; {_PLAYED}"
        if content.size == len(head):
            try:
                standard_file.read_song(head)
            except InputError as error:
                return f"{tracks}; DAMAGED: {error}"
        return f"{tracks}; {_PLAYED}, `luthier poly800 sequence BANK --from` takes its notes"

    def read(self, content: Content) -> Song:
        """The tracks; raises InputError if the file is too long, cut off or not as its header says."""
        if content.size > SIZE_LIMIT:
            raise InputError(f"{content.size} bytes, too many for: {self.title}")
        return standard_file.read_song(content.data)

    def write(self, document: Song) -> bytes:
        """The file of these tracks."""
        return standard_file.write_song(document)


SONG = SongFormat()
