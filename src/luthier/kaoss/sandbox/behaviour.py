"""What a firmware is seen to do: streams of events, one for everything that can be told from outside.

A stream is a list of ``(states, what)`` in order of time: the bytes of a serial channel, the levels of a
port, the commands to an EEPROM.  Two runs are compared stream by stream, so that a small shift in time
between one stream and another is no difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

#: Events kept of one stream; further ones are only counted, so that no firmware fills the memory.
MOST_EVENTS = 20_000


class Event(NamedTuple):
    """Something that happened: when, in states since the start, and what."""

    states: int
    what: str


@dataclass
class Stream:
    """The events of one kind; ``count`` also counts those that were not kept."""

    name: str
    events: list[Event] = field(default_factory=list)
    count: int = 0

    def add(self, states: int, what: str) -> None:
        """Note an event."""
        self.count += 1
        if len(self.events) < MOST_EVENTS:
            self.events.append(Event(states, what))


@dataclass
class Behaviour:
    """All streams of a run by name."""

    streams: dict[str, Stream] = field(default_factory=dict)

    def note(self, stream: str, states: int, what: str) -> None:
        """Note an event in a stream, which is made at its first one."""
        found = self.streams.get(stream)
        if found is None:
            found = self.streams[stream] = Stream(stream)
        found.add(states, what)

    def of(self, stream: str) -> list[Event]:
        """The events of a stream; none if there is no such stream."""
        found = self.streams.get(stream)
        return found.events if found else []
