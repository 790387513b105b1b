"""Songs in the library: Standard MIDI Files, also those wrapped in other bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from luthier.errors import InputError
from luthier.formats import Content, Match
from luthier.library.entry import Entry, Item
from luthier.midi.song import Song, read_song

#: Names of the formats that hold a song.
_FORMATS = ("standard-midi-file", "wrapped-midi-file")
_SUFFIXES = (".mid", ".midi", ".smf")


class SongShelf:
    """Standard MIDI Files."""

    family = None

    def entries(self, content: Content, matches: Sequence[Match]) -> list[Entry] | None:
        """The song, with its title and how long it is."""
        if not any(match.format.name in _FORMATS for match in matches):
            return None
        song = read_song(content.data)
        return [Entry("song", "midi", content.path.stem, content.data, notes=_said(song))]

    def owns(self, item: Item) -> bool:
        """Whether an item is a song."""
        return item.kind == "song"

    def parameters(self, item: Item, content: bytes) -> Mapping[str, int]:  # noqa: ARG002
        """None: songs are not compared."""
        return {}

    def export(self, items: Sequence[tuple[Item, bytes]], path: Path) -> bytes:
        """The one song as it came."""
        if len(items) != 1:
            raise InputError(f"{len(items)} songs do not go into one file", remedy="export them one by one")
        if path.suffix.lower() not in (*_SUFFIXES, Path(items[0][0].file).suffix.lower()):
            raise InputError(f"a song is no {path.suffix} file", remedy="end the name with .mid")
        return items[0][1]

    def show(self, item: Item, content: bytes) -> str:  # noqa: ARG002
        """Length, tempo and texts."""
        return _said(read_song(content))


def _said(song: Song) -> str:
    minutes, seconds = divmod(round(song.length), 60)
    texts = " / ".join(dict.fromkeys(text.text.strip() for text in song.texts[:8] if text.text.strip()))
    tempi = song.tempi
    tempo = f", {tempi[0][1]:.0f} beats a minute" if tempi else ""
    return f"{minutes}:{seconds:02d}{tempo}" + (f"; {texts}" if texts else "")


SHELF = SongShelf()
