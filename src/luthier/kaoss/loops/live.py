"""A performance sent to a port in time; whatever ends it, nothing is left sounding."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from luthier.kaoss.loops.messages import STOP, TICKS_PER_QUARTER, Performance
from luthier.midi.ports import Port

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Played:
    """What was sent: messages, seconds, and whether it came to its end."""

    messages: int
    seconds: float
    finished: bool


def _no_progress(_fraction: float, _now: str) -> None:
    """Progress nobody looks at."""


def play(
    port: Port,
    performance: Performance,
    *,
    progress: Progress = _no_progress,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Played:
    """Send a performance to ``port``; KeyboardInterrupt ends it early.

    Banks that play then are stopped and the pad is let go.  ``now`` and ``sleep`` are the clock, in seconds.
    """
    settings = performance.arrangement.settings
    seconds_per_tick = 60 / settings.tempo / TICKS_PER_QUARTER
    begun = now()
    sent = 0
    sounding = _Sounding(performance)
    try:
        for message in performance.messages():
            at = begun + message.tick * seconds_per_tick
            while (left := at - now()) > 0:
                sleep(left)
            port.send(message.data)
            sounding.follow(message.data)
            sent += 1
            progress(min(1.0, message.tick / performance.length), "playing")
    except KeyboardInterrupt:
        return Played(sent, now() - begun, False)
    finally:
        # Also if the port fails: what can still be sent is.
        for data in sounding.silencing():
            port.send(data)
    return Played(sent, now() - begun, True)


class _Sounding:
    """What would go on if nothing more were sent."""

    def __init__(self, performance: Performance) -> None:
        settings = performance.arrangement.settings
        self._hold = performance.hold
        self._clock = performance.clock
        self._channel = settings.channel - 1
        self._touch = settings.controllers["touch"]
        self._playing: set[int] = set()
        self._held: set[int] = set()
        self._touched = False
        self._running = False

    def follow(self, data: bytes) -> None:
        """Take note of a message that was sent."""
        kind = data[0] & 0xF0
        if data[0] >= 0xF8:
            self._running = data != STOP
        elif kind == 0xB0 and data[1] == self._touch:
            self._touched = data[2] > 0
        elif kind == 0x90:
            self._held.add(data[1])
            self._playing ^= {data[1]}
        elif kind == 0x80:
            self._held.discard(data[1])

    def silencing(self) -> list[bytes]:
        """The messages that stop all of it; none when all has come to its end."""
        off = 0x80 | self._channel
        found = [bytes((off, note, 0x40)) for note in sorted(self._held)]
        if not self._hold:
            for note in sorted(self._playing):
                found += [bytes((0x90 | self._channel, note, 0x64)), bytes((off, note, 0x40))]
        if self._touched:
            found.append(bytes((0xB0 | self._channel, self._touch, 0)))
        return [*found, STOP] if self._running else found
