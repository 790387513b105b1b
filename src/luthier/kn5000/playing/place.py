"""A place in a song that moves at any speed, and goes anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from luthier.errors import InputError
from luthier.kn5000.playing.chase import chased
from luthier.kn5000.rendering.performance import Performance

SLOWEST: Final = 0.25
FASTEST: Final = 4.0


class Place:
    """A place in ``performance``, played at ``rate`` frames a second; at its beginning."""

    def __init__(self, performance: Performance, rate: int) -> None:
        self.performance = performance
        self._rate = rate
        self.speed = 1.0
        """Of the song's own tempo."""
        self._frame = 0.0  # of the song at its own tempo
        self._begin()

    def _begin(self) -> None:
        self._messages = self.performance.messages(self._rate)
        self._next = next(self._messages, None)

    @property
    def seconds(self) -> float:
        """Where it is, in the song's own time."""
        return min(self._frame / self._rate, self.performance.seconds)

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self._next is None

    @property
    def tempo(self) -> float:
        """Quarter notes a minute here, at this speed."""
        own = 120.0  # Standard MIDI Files 1.0
        for seconds, tempo in self.performance.song.tempi:
            if seconds > self.seconds:
                break
            own = tempo
        return own * self.speed

    def set_speed(self, speed: float) -> None:
        """Play faster or slower, :data:`SLOWEST` to :data:`FASTEST`; InputError for others."""
        if not SLOWEST <= speed <= FASTEST:
            raise InputError(f"a speed of {speed:g}", remedy=f"give {SLOWEST:g} to {FASTEST:g}")
        self.speed = speed

    def go(self, seconds: float) -> list[bytes]:
        """Go to a place; what an instrument at power on has to be told there."""
        if not 0 <= seconds <= self.performance.seconds:
            raise InputError(
                f"there is no second {seconds:g}", remedy=f"give 0 to {self.performance.seconds:.1f}"
            )
        self._begin()
        self._frame = seconds * self._rate
        return list(chased(self._before()))

    def _before(self) -> Iterator[bytes]:
        while self._next is not None and self._next[0] < self._frame:
            yield self._next[1]
            self._next = next(self._messages, None)

    def pass_by(self, frames: int) -> Iterator[tuple[int, bytes]]:
        """Let ``frames`` pass: (frame, 0 to ``frames``, and message) of all that comes meanwhile."""
        first = self._frame
        self._frame = first + frames * self.speed
        while self._next is not None and self._next[0] < self._frame:
            frame, message = self._next
            yield min(max(int((frame - first) / self.speed), 0), frames - 1), message
            self._next = next(self._messages, None)
