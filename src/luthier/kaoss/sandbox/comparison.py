"""What a changed firmware does otherwise than the unchanged one, in two runs of the same kind.

Streams are compared one by one: their events in order, not their times.  A stream that is only shorter,
because everything takes a little longer, is told apart from one that differs.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.kaoss.sandbox.behaviour import Stream
from luthier.kaoss.sandbox.run import Run

#: A stream may end earlier by this part of all its events without being called different.
_TOLERANCE = 0.02


@dataclass(frozen=True)
class Difference:
    """The first difference of a stream: event ``number`` (from 0), ``seconds`` into the changed run.

    ``before`` and ``after`` are the events of the unchanged and of the changed firmware; empty where
    there is none.
    """

    stream: str
    number: int
    seconds: float
    before: str
    after: str


def differences(before: Run, after: Run) -> list[Difference]:
    """The first difference of every stream, the earliest first; none if both behave alike."""
    old, new = before.chip.behaviour.streams, after.chip.behaviour.streams
    clock = after.chip.wiring.clock
    found = []
    for name in sorted(old.keys() | new.keys()):
        difference = _first(name, old.get(name, Stream(name)), new.get(name, Stream(name)), clock)
        if difference:
            found.append(difference)
    return sorted(found, key=lambda one: (one.seconds, one.stream))


def _first(name: str, old: Stream, new: Stream, clock: int) -> Difference | None:
    for number, (was, now) in enumerate(zip(old.events, new.events, strict=False)):
        if was.what != now.what:
            return Difference(name, number, now.states / clock, was.what, now.what)
    shorter, longer = sorted((old, new), key=lambda one: one.count)
    if longer.count - shorter.count <= max(1, _TOLERANCE * longer.count) and shorter.count:
        return None
    if shorter.count == longer.count or len(shorter.events) >= len(longer.events):
        return None
    event = longer.events[len(shorter.events)]
    place = len(shorter.events)
    if longer is new:
        return Difference(name, place, event.states / clock, "", event.what)
    return Difference(name, place, event.states / clock, event.what, "")


def got_less_far(before: Run, after: Run) -> bool:
    """Whether the changed firmware is in a worse state than the unchanged one."""
    return before.is_sound and not after.is_sound
