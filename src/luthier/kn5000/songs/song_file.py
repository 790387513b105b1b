"""A song as a Standard MIDI File of format 1: tempos, meters and section names, then a track a channel."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from luthier.kn5000.songs.performance import Event, performed
from luthier.kn5000.songs.score import QUARTER, Score

#: General MIDI System On (universal non-real-time message 09 01).
_GENERAL_MIDI = (0x7E, 0x7F, 0x09, 0x01)
#: Ticks behind the last bar, in which sounds die away.
_TAIL = 2 * QUARTER


def song_file(score: Score) -> bytes:
    """The bytes of the file; always the same for the same score."""
    import mido

    file = mido.MidiFile(type=1, ticks_per_beat=QUARTER)
    end = score.passages[-1].end + _TAIL
    file.tracks.append(_track(_conductor(score), end))
    for channel, events in performed(score).items():
        names = [part.name for part in score.parts.values() if part.channel == channel]
        named = mido.MetaMessage("track_name", name=", ".join(names))
        file.tracks.append(_track([(0, named), *((event.tick, _message(event)) for event in events)], end))
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


#: A tick and mido's message; mido has no types to tell.
_Entry = tuple[int, Any]


def _conductor(score: Score) -> Iterator[_Entry]:
    """What is there for all: names, meters, tempos."""
    import mido

    yield 0, mido.MetaMessage("track_name", name=score.title)
    yield 0, mido.Message("sysex", data=_GENERAL_MIDI)
    for passage in score.passages:
        above, below = passage.meter
        yield passage.start, mido.MetaMessage("marker", text=passage.title)
        yield passage.start, mido.MetaMessage("time_signature", numerator=above, denominator=below)
        for tick, tempo in passage.tempos:
            yield tick, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))


def _message(event: Event) -> Any:
    import mido

    return mido.Message.from_bytes(event.message)


def _track(entries: Iterable[_Entry], end: int) -> Any:
    import mido

    track, before = mido.MidiTrack(), 0
    for tick, message in entries:
        track.append(message.copy(time=tick - before))
        before = tick
    track.append(mido.MetaMessage("end_of_track", time=max(end - before, 0)))
    return track
