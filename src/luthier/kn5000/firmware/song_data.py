"""The built-in song as events that the main CPU's program plays: messages of the sub CPU's ring with ticks.

Channels become parts, as the main CPU does it; tempos become ticks a millisecond.  The form is that of
``main_song.asm``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from luthier.kn5000 import songs
from luthier.kn5000.songs.performance import performed
from luthier.kn5000.songs.score import QUARTER, Score
from luthier.kn5000.transport import midi_messages

#: Codes of ``main_song.asm``, in place of a count.
TEMPO, SECTION, BEAT, END = 0x80, 0x81, 0x82, 0xFF
#: Ticks are stored in a word.
_LONGEST: Final = 0xFFFF
#: Ticks behind the last bar in which sounds die away, as in the song's MIDI file.
_TAIL: Final = 2 * QUARTER
_FRACTION: Final = 16


@dataclass(frozen=True)
class SongData:
    """The events as bytes, the ticks of all of them, and the titles of the sections."""

    data: bytes
    ticks: int
    titles: tuple[str, ...]


#: Tick, order at the tick, count or code, bytes.
_Event = tuple[int, int, int, bytes]


def ring_message(message: tuple[int, ...]) -> bytes:
    """A MIDI message of a channel as the sub CPU's ring has it."""
    kind, part = message[0] & 0xF0, message[0] & 0x0F
    if kind == 0x80:
        return midi_messages.note(part, message[1], 0).encoded
    if kind == midi_messages.PROGRAM:
        return midi_messages.program(part, message[1]).encoded
    if kind == midi_messages.PRESSURE:
        return bytes([kind, part, 0, message[1]])
    return bytes([kind, part, message[1], message[2]])


def song_data(score: Score) -> SongData:
    """A song as the firmware plays it."""
    events = [*_conductor(score), *_messages(score)]
    end = score.passages[-1].end + _TAIL
    events = sorted(events, key=lambda event: event[:2])
    events.append((end, 0, END, b""))
    data, before = bytearray(), 0
    for tick, _, code, content in events:
        gap = tick - before
        if gap > _LONGEST:
            raise ValueError(f"{gap} ticks without an event do not fit a word")
        data += gap.to_bytes(2, "little") + bytes([code]) + content
        before = tick
    return SongData(bytes(data), end, tuple(passage.title for passage in score.passages))


def _messages(score: Score) -> Iterator[_Event]:
    for channel in performed(score).values():
        for event in channel:
            message = ring_message(event.message)
            yield event.tick, 2 + event.order, len(message), message


def _conductor(score: Score) -> Iterator[_Event]:
    for number, passage in enumerate(score.passages, 1):
        # Parts are set up a little before their section: there it begins for whoever skips to it.
        yield max(passage.start - QUARTER // 16, 0), 0, SECTION, bytes([number])
        for tick, tempo in passage.tempos:
            increment = round(tempo * QUARTER / 60_000 * (1 << _FRACTION))
            yield tick, 1, TEMPO, increment.to_bytes(4, "little")
        beat = passage.bar // passage.meter[0]
        for count, tick in enumerate(range(passage.start, passage.end, beat)):
            yield tick, 5, BEAT, bytes([count % passage.meter[0]])


@cache
def built_in() -> SongData:
    """The song of the house with sixteen windows."""
    return song_data(songs.score())
