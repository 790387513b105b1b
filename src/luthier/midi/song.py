"""Any Standard MIDI File as a song: a table of events in time, and the messages it sends.

mido, with which Luthier writes such files, is not used to read them here: it takes a kilobyte for each
message and gives up files that can still be played.

What is broken but readable is read and told in ``warnings``, each with its place in the file.  Decisions:

- The tracks of type 2 are played one after the other, each at its own tempo.
- A division of 0 is taken for 96 ticks a quarter note (modelled: what early sequencers wrote).
- Data bytes above 127 are taken for 127: then the events behind them are where they should be.
- Running status goes on behind meta and system exclusive events.

Source: Standard MIDI Files 1.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from luthier.errors import InputError
from luthier.files import read_bytes
from luthier.midi import song_events, sysex
from luthier.midi.song_chunks import Chunks, Track, find_chunks
from luthier.midi.song_events import CONTINUATION, EVENT, META, SYSTEM_EXCLUSIVE, TEMPO, Events

#: Bytes of a file, and events: 1 GiB as a table.
SIZE_LIMIT = 2**28
MOST_EVENTS = 2**25
_FALLBACK_DIVISION = 96
#: From here on the division counts frames of a second and ticks of a frame.
_IN_SECONDS = 0x8000
_MOST_WARNINGS = 100
#: Frames of the time code, by what the header says; 29 stands for 30 drop frame.
_FRAMES = {29: 30_000 / 1_001}
#: Types of meta events that hold text.
_TEXTS = {1: "text", 2: "copyright", 3: "name", 4: "instrument", 5: "lyrics", 6: "marker", 7: "cue"}
_METER = 0x58
_MOST_TEXTS = 100_000
#: Events turned into Python objects at a time.
_STEP = 16_384

_FAULT_TEXTS = {
    song_events.LONG_NUMBER: "numbers longer than four bytes",
    song_events.STRAY_DATA: "stretches of data without a status, left out",
    song_events.HIGH_DATA: "data bytes above 127, taken for 127",
    song_events.SYSTEM_MESSAGE: "messages that do not belong in a file",
    song_events.CUT_OFF: "events cut off by the end of their track",
    song_events.BAD_TEMPO: "changes of tempo without a tempo, left out",
}


@dataclass(frozen=True)
class Text:
    """A text in a song: ``kind`` is text, copyright, name, instrument, lyrics, marker or cue."""

    event: int
    """The number of its event."""
    seconds: float
    track: int
    kind: str
    text: str


@dataclass(frozen=True)
class Song:
    """A song, its events in the order they sound."""

    kind: int
    """0: one track; 1: tracks that sound together; 2: tracks one after the other."""
    division: float
    """Ticks of a quarter note; negative: of a second."""
    tracks: tuple[Track, ...]
    events: Events
    """dtype :data:`~luthier.midi.song_events.EVENT`; seconds rise, events of one tick are in the order of
    their tracks."""
    data: bytes
    """The file."""
    warnings: tuple[str, ...]
    """What is odd, each with its place."""

    @property
    def length(self) -> float:
        """Seconds from the beginning to the last event, End of Track included."""
        return float(self.events["seconds"][-1]) if len(self.events) else 0.0

    def payload(self, event: int) -> bytes:
        """The data of an event by its number: of a meta event what follows its length."""
        offset, length = int(self.events["offset"][event]), int(self.events["length"][event])
        return self.data[offset : offset + length]

    @cached_property
    def tempi(self) -> list[tuple[float, float]]:
        """(seconds, quarter notes a minute) of every change of tempo; none before the first is 120."""
        found = []
        for event in self._metas(TEMPO):
            tempo = int.from_bytes(self.payload(event)[:3], "big")
            if self.events["length"][event] >= 3 and tempo and self.division > 0:
                found.append((float(self.events["seconds"][event]), 60e6 / tempo))
        return found

    @cached_property
    def meters(self) -> list[tuple[float, int, int]]:
        """(seconds, upper and lower number) of every change of meter."""
        found = []
        for event in self._metas(_METER):
            payload = self.payload(event)
            if len(payload) >= 2 and payload[1] < 16:
                found.append((float(self.events["seconds"][event]), payload[0], 1 << payload[1]))
        return found

    @cached_property
    def texts(self) -> list[Text]:
        """Every text, in order of time, up to 100,000 of them."""
        found = []
        for event in self._metas(*_TEXTS)[:_MOST_TEXTS]:
            row = self.events[event]
            kind, words = _TEXTS[row["data1"]], _text(self.payload(event))
            found.append(Text(event, float(row["seconds"]), int(row["track"]), kind, words))
        return found

    @property
    def title(self) -> str:
        """The name of the song, if it has one: of its first track, or of a karaoke file the first ``@T``."""
        marked = [text.text[2:] for text in self.texts if text.kind == "text" and text.text[:2] == "@T"]
        named = [text.text for text in self.texts if text.kind == "name" and text.track == 0]
        return next((line for text in [*marked[:1], *named] if (line := _line(text))), "")

    @property
    def copyright(self) -> str:
        """What the file says about its rights, or nothing."""
        return "; ".join(_line(text.text) for text in self.texts if text.kind == "copyright")

    @property
    def lyrics(self) -> str:
        """The words: lyrics, or the texts of a karaoke file, where strokes and backslashes begin lines."""
        sung = [text.text for text in self.texts if text.kind == "lyrics"]
        if not sung and any(text.text.startswith("@K") for text in self.texts):
            sung = [text.text for text in self.texts if text.kind == "text" and text.text[:1] != "@"]
        return "".join(sung).replace("/", "\n").replace("\\", "\n").replace("\r", "\n").strip()

    def _metas(self, *kinds: int) -> list[int]:
        """The numbers of all meta events of these types."""
        wanted = (self.events["status"] == META) & np.isin(self.events["data1"], kinds)
        return [int(event) for event in np.flatnonzero(wanted)]

    def messages(self, begin: int = 0, end: int | None = None) -> Iterator[tuple[float, bytes]]:
        """(seconds, message) of everything that goes over the cable, from event ``begin`` to ``end``.

        System exclusive messages that come in packets are put together and sent with their last; one that
        does not end, as in many files, is ended before the next message of its track.
        """
        packets = _Packets()
        stop = len(self.events) if end is None else min(end, len(self.events))
        for first in range(begin, stop, _STEP):
            rows = self.events[first : min(first + _STEP, stop)]
            rows = rows[rows["status"] != META]
            columns = [rows[name].tolist() for name in ("seconds", "status", "data1", "data2", "length")]
            for row, (seconds, status, data1, data2, length) in enumerate(zip(*columns, strict=True)):
                if packets.begun and status != CONTINUATION:
                    for message in packets.end(int(rows["track"][row])):
                        yield seconds, message
                if status < SYSTEM_EXCLUSIVE:
                    yield seconds, bytes((status, data1, data2) if length == 2 else (status, data1))
                elif status in (SYSTEM_EXCLUSIVE, CONTINUATION):
                    offset = int(rows["offset"][row])
                    payload = self.data[offset : offset + length]
                    for message in packets.add(int(rows["track"][row]), status, payload):
                        yield seconds, message
                else:
                    yield seconds, bytes((status, data1, data2)[: 1 + length])
        for track in list(packets.begun):
            for message in packets.end(track):
                yield float(self.events["seconds"][stop - 1]), message


class _Packets:
    """Puts system exclusive messages together that come in packets, track by track."""

    def __init__(self) -> None:
        self.begun: dict[int, bytearray] = {}
        """By track, what has not ended yet."""

    def add(self, track: int, status: int, payload: bytes) -> Iterator[bytes]:
        """Take the data of an F0 or F7 event; what is whole now."""
        if status == CONTINUATION and track not in self.begun:
            # An F7 event on its own holds whole messages of any kind.
            yield from (message.data for message in sysex.messages(payload) if message.complete)
            return
        begun = self.begun.setdefault(track, bytearray([SYSTEM_EXCLUSIVE]))
        begun += payload
        if payload.endswith(b"\xf7"):
            yield bytes(self.begun.pop(track))

    def end(self, track: int) -> Iterator[bytes]:
        """The message of a track that has not ended, ended."""
        if track in self.begun:
            yield bytes(self.begun.pop(track)) + b"\xf7"


def _text(payload: bytes) -> str:
    """UTF-8 where it is, else Latin-1: files do not tell."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload.decode("latin-1")


def _line(text: str) -> str:
    """``text`` in one line that is safe to print: no other program's control codes."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def read_song(source: bytes | Path) -> Song:
    """The song in a file or its bytes: type 0, 1 or 2, also inside RIFF or behind other bytes.

    Raises InputError, with the place, if there is no header or no track, or there are more than
    :data:`MOST_EVENTS` events.
    """
    if isinstance(source, Path):
        try:
            return read_song(read_bytes(source, SIZE_LIMIT))
        except InputError as error:
            raise error if error.where.startswith(str(source)) else error.at(str(source)) from None
    warnings: list[str] = []
    faults = song_events.new_faults()
    chunks = find_chunks(source, warnings, faults)
    count = sum(track.events for track in chunks.tracks)
    if count > MOST_EVENTS:
        raise InputError(f"{count} events, too many", remedy=f"give a song of at most {MOST_EVENTS}")
    division = _division(chunks, warnings)
    events = np.empty(count, EVENT)
    _fill(events, source, chunks, division)
    for fault, text in _FAULT_TEXTS.items():
        if number := int(faults[song_events.COUNT, fault]):
            more = "" if number == 1 else ", the first here"
            warnings.append(f"byte {faults[song_events.FIRST, fault]}: {number} {text}{more}")
    return Song(chunks.kind, division, chunks.tracks, events, source, _some(warnings))


def _fill(events: Events, data: bytes, chunks: Chunks, division: float) -> None:
    """Write all events in their order: tracks together, or one after the other."""
    array = np.frombuffer(data, np.uint8)
    places = [(track.begin, track.end) for track in chunks.tracks]
    together = [places] if chunks.kind < 2 else [[place] for place in places]
    seconds = 0.0
    at = tick = 0
    for number, group in enumerate(together):
        state = song_events.new_tracks(group)
        state[:, song_events.TICK] = tick
        clock = song_events.new_clock(division, tick, seconds)
        at += song_events.walk(array, state, clock, events, at, number, song_events.new_faults())
        if at:
            seconds, tick = float(events["seconds"][at - 1]), int(events["tick"][at - 1])


def _division(chunks: Chunks, warnings: list[str]) -> float:
    """Ticks of a quarter note or, negative, of a second."""
    stated, place = chunks.division, f"byte {chunks.division_place}"
    frames, parts = 0x100 - (stated >> 8), stated & 0xFF
    if not stated or (stated >= _IN_SECONDS and not parts):
        warnings.append(f"{place}: the division is 0; {_FALLBACK_DIVISION} ticks a quarter note are taken")
        return _FALLBACK_DIVISION
    if stated < _IN_SECONDS:
        return stated
    if frames not in (24, 25, 29, 30):
        warnings.append(f"{place}: {frames} frames a second are no time code; taken as they are")
    return -_FRAMES.get(frames, frames) * parts


def _some(warnings: list[str]) -> tuple[str, ...]:
    """The warnings, the last ones only counted if they are many."""
    more = len(warnings) - _MOST_WARNINGS
    return (*warnings[:_MOST_WARNINGS], f"and {more} more") if more > 0 else tuple(warnings)


__all__ = ["Song", "Text", "Track", "read_song"]
