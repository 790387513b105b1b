"""A performance as a Standard MIDI File: one track with tempo, bar, markers and all messages.

Clock, start and stop are no events of such a file: whoever plays it sends them.  If they are wanted all the
same they are written as escapes (F7), which the standard has for this and not every program reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from luthier.kaoss.loops.messages import TICKS_PER_QUARTER, Performance
from luthier.midi.standard_file import Song, write_song

_ESCAPE = b"\xf7"
_END = b"\xff\x2f\x00"


def to_file(performance: Performance) -> bytes:
    """The bytes of the file."""
    track = bytearray()
    now = 0
    for tick, event in _events(performance):
        track += _variable(tick - now) + event
        now = tick
    return write_song(Song(0, TICKS_PER_QUARTER, (bytes(track),)))


def _events(performance: Performance) -> Iterator[tuple[int, bytes]]:
    settings = performance.arrangement.settings
    microseconds = round(60_000_000 / settings.tempo)
    yield 0, b"\xff\x51\x03" + microseconds.to_bytes(3, "big")
    # Beats of a bar, 2 for quarter notes, 24 clocks a click, 8 thirty-seconds a quarter note.
    yield 0, bytes((0xFF, 0x58, 4, settings.beats, 2, 24, 8))
    markers = [(performance.tick(bar), _marker(banks)) for bar, banks in _changes(performance)]
    messages = [(message.tick, _event(message.data)) for message in performance.messages()]
    ordered = sorted([*markers, *messages], key=lambda event: event[0])
    yield from ordered
    yield max(performance.length, ordered[-1][0] if ordered else 0), _END


def _event(data: bytes) -> bytes:
    return data if data[0] < 0xF8 else _ESCAPE + _variable(len(data)) + data


def _marker(text: str) -> bytes:
    content = text.encode("ascii")
    return b"\xff\x06" + _variable(len(content)) + content


def _changes(performance: Performance) -> Iterator[tuple[int, str]]:
    """(bar, banks that sound from there on) where that changes."""
    passages = performance.arrangement.passages
    starts: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    for passage in passages:
        starts.setdefault(passage.start, []).append(passage.bank)
        ends.setdefault(passage.end, []).append(passage.bank)
    sounding: set[str] = set()
    for bar in sorted({*starts, *ends}):
        sounding = (sounding - set(ends.get(bar, ()))) | set(starts.get(bar, ()))
        yield bar, "+".join(sorted(sounding)) or "silence"


def _variable(number: int) -> bytes:
    """A number in groups of seven bits, the last without its upper bit."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | number & 0x7F)
    return bytes(reversed(groups))
