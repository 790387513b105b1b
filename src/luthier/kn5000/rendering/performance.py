"""A song as it is performed: every message with the frame it comes at, loops played out.

Where a loop ends, keys that are still down and held pedals are let go, so that nothing hangs over its
beginning.  When the whole song begins anew, the other controllers go back too (modelled: players differ).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from luthier.errors import InputError
from luthier.midi.song import Song
from luthier.midi.song_loop import find_loop

#: Hours that a performance may last: a damaged time in a file can ask for years.
LONGEST_HOURS = 24
_CHANNELS = 16
_CONTROL_CHANGE = 0xB0
#: MIDI 1.0: damper pedal, sostenuto, reset all controllers, all notes off.
_DAMPER, _SOSTENUTO, _RESET_CONTROLLERS, _NOTES_OFF = 64, 66, 121, 123
_NOTE_ON = 0x90


def release(*, controllers: bool = False) -> Iterator[bytes]:
    """The messages that let all keys and pedals go, and with ``controllers`` put the others back."""
    numbers = [_DAMPER, _SOSTENUTO, _NOTES_OFF] + [_RESET_CONTROLLERS] * controllers
    for channel in range(_CHANNELS):
        for number in numbers:
            yield bytes([_CONTROL_CHANGE | channel, number, 0])


@dataclass(frozen=True)
class Performance:
    """``song``, its loop played ``times`` times."""

    song: Song
    times: int = 1

    def __post_init__(self) -> None:
        if self.seconds > LONGEST_HOURS * 3600:
            raise InputError(
                f"lasts {self.seconds / 3600:.0f} hours, more than {LONGEST_HOURS}",
                where=f"byte {self._longest_pause()}",
                remedy="ask for fewer loops" if self.times > 1 else "the time before this event is damaged",
            )

    @cached_property
    def seconds(self) -> float:
        """From the beginning to the last event."""
        if self.times == 1:
            return self.song.length
        loop = find_loop(self.song)
        return self.song.length + (self.times - 1) * (loop.end_seconds - loop.begin_seconds)

    @cached_property
    def parts(self) -> list[int]:
        """The channels on which a key is struck."""
        events = self.song.events
        struck = (events["status"] & 0xF0 == _NOTE_ON) & (events["data2"] > 0)
        return [int(channel) for channel in np.unique(events["status"][struck] & 0x0F)]

    def messages(self, rate: int) -> Iterator[tuple[int, bytes]]:
        """(frame, message) in order; at the end all keys and pedals are let go."""
        for seconds, message in self._messages():
            yield int(seconds * rate + 0.5), message

    def _messages(self) -> Iterator[tuple[float, bytes]]:
        if self.times == 1:
            yield from self.song.messages()
        else:
            yield from self._looped()
        for message in release():
            yield self.seconds, message

    def _looped(self) -> Iterator[tuple[float, bytes]]:
        loop = find_loop(self.song)
        whole = loop.begin == 0 and loop.end == len(self.song.events)
        length = loop.end_seconds - loop.begin_seconds
        yield from self.song.messages(0, loop.end)
        for turn in range(1, self.times):
            for message in release(controllers=whole):
                yield loop.begin_seconds + turn * length, message
            for seconds, message in self.song.messages(loop.begin, loop.end):
                yield seconds + turn * length, message
        for seconds, message in self.song.messages(loop.end):
            yield seconds + (self.times - 1) * length, message

    def _longest_pause(self) -> int:
        """Where in the file the event with the longest time before it stands."""
        pauses = np.diff(self.song.events["seconds"], prepend=0.0)
        return int(self.song.events["offset"][int(np.argmax(pauses))])
