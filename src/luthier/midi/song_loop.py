"""Where a song says that it is to be repeated.

There is no standard.  Games and their tools write markers or texts ``loopStart`` and ``loopEnd`` (Final
Fantasy VII and later), or controller 111 where the loop begins (RPG Maker).  Without an end, the song is
repeated from its last event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luthier.midi.song import Song
from luthier.midi.song_events import META

#: Names of the marks, letters alone.
_STARTS = ("loopstart", "startloop")
_ENDS = ("loopend", "endloop")
_MARKING_TEXTS = ("text", "marker", "cue")
#: Control change, and the controller that RPG Maker uses.
_CONTROL_CHANGE = 0xB0
_LOOP_CONTROLLER = 111


@dataclass(frozen=True)
class Loop:
    """A loop: the numbers of its first event and of the first behind it, and the seconds of both ends."""

    begin: int
    end: int
    begin_seconds: float
    end_seconds: float


def find_loop(song: Song) -> Loop:
    """The loop that marks or controller 111 tell; the whole song if there is none or it has no length."""
    last = len(song.events)
    begin, end = _first_mark(song, _STARTS), _first_mark(song, _ENDS)
    if begin is None:
        begin = _first_controller(song)
    begin = 0 if begin is None else begin
    begin_seconds = float(song.events["seconds"][begin]) if begin else 0.0
    if end is not None and song.events["seconds"][end] > begin_seconds:
        return Loop(begin, end, begin_seconds, float(song.events["seconds"][end]))
    if song.length > begin_seconds:
        return Loop(begin, last, begin_seconds, song.length)
    return Loop(0, last, 0.0, song.length)


def _first_mark(song: Song, names: tuple[str, ...]) -> int | None:
    """The number of the first text that is one of these names, whatever its case and punctuation."""
    for text in song.texts:
        letters = "".join(letter for letter in text.text.lower() if letter.isalpha())
        if text.kind in _MARKING_TEXTS and letters in names:
            return text.event
    return None


def _first_controller(song: Song) -> int | None:
    events = song.events
    control = (events["status"] & 0xF0 == _CONTROL_CHANGE) & (events["status"] != META)
    found = np.flatnonzero(control & (events["data1"] == _LOOP_CONTROLLER))
    return int(found[0]) if len(found) else None
