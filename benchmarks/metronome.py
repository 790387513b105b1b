"""The peer of live sound: a process that only wakes up each millisecond, and how long it was not let.

On a machine that others share, nobody may have a turn for longer than sound was ready; that is told beside
the gaps, with the seconds of both.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from typing import Any

_BEAT = 0.001
#: Shorter ones are not kept.
_SHORTEST = 0.010


@dataclass
class Metronome:
    """When it woke too late, and by how much, in seconds; there once it has ended."""

    begun: float
    late: list[tuple[float, float]] = field(default_factory=list)

    @property
    def about(self) -> str:
        """For the table."""
        if not self.late:
            return f"an idle process: never late by {_SHORTEST * 1000:.0f} ms"
        most = max(seconds for _, seconds in self.late)
        return f"an idle process: late by up to {most * 1000:.0f} ms"


@contextmanager
def metronome() -> Iterator[Metronome]:
    """One that runs meanwhile; seconds count from the beginning."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    stop = context.Event()
    process = context.Process(target=_beat, args=(there, stop))
    process.start()
    here.recv()
    running = Metronome(time.monotonic())
    try:
        yield running
    finally:
        stop.set()
        running.late += [(round(when - running.begun, 3), round(late, 3)) for when, late in here.recv()]
        process.join()


def _beat(pipe: Any, stop: Event) -> None:
    pipe.send("ready")
    late = []
    last = time.monotonic()
    while not stop.is_set():
        time.sleep(_BEAT)
        now = time.monotonic()
        if now - last > _SHORTEST:
            late.append((now, now - last - _BEAT))
        last = now
    pipe.send(late)
