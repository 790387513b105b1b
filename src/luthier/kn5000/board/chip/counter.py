"""Counters that are reckoned, not stepped: what they have counted to, and when they come to a value.

A clock is a row of moments, :class:`Ticks`.  A counter counts them from 0 up; where it meets ``clear_at`` it
goes back to 0 at once, so that value is never seen, and otherwise it runs over at ``top``.  Its meetings
with a value are ticks again, which can be the clock of another counter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ticks:
    """Moments at ``first``, ``first + period``, ... in states; only the first if the period is 0."""

    first: int
    period: int

    def until(self, now: int) -> int:
        """How many there are up to ``now``, which is included."""
        if now < self.first:
            return 0
        return 1 + ((now - self.first) // self.period if self.period else 0)

    def nth(self, number: int) -> int | None:
        """The moment of a tick, the first being number 1; None if there are fewer."""
        if number > 1 and not self.period:
            return None
        return self.first + (number - 1) * self.period

    def after(self, now: int) -> int | None:
        """The first moment after ``now``."""
        return self.nth(self.until(now) + 1)


class Counter:
    """A counter of ``bits`` bits."""

    def __init__(self, bits: int) -> None:
        self.top = 1 << bits
        self.value = 0  #: when last settled
        self.clear_at = 0  #: 0 and what is beyond the top are the top
        self.clock: Ticks | None = None  #: the ticks since it was settled; None while it stands still

    @property
    def round(self) -> int:
        """Ticks of a round, once it has begun at 0."""
        return self.clear_at if 0 < self.clear_at < self.top else self.top

    def at(self, now: int) -> int:
        """What it has counted to."""
        ticks = self.clock.until(now) if self.clock else 0
        to_clear = self._distance(self.round % self.top)
        if ticks < to_clear:
            return (self.value + ticks) % self.top
        return (ticks - to_clear) % self.round

    def settle(self, now: int, clock: Ticks | None) -> None:
        """Count up to now; from here on ``clock`` is what it counts."""
        self.value, self.clock = self.at(now), clock

    def meetings(self, value: int) -> Ticks | None:
        """When it meets a value, from when it was settled on; a value of 0 is the top."""
        if self.clock is None:
            return None
        value %= self.top
        to_clear, to_value = self._distance(self.round % self.top), self._distance(value)
        comes_again = (value or self.top) <= self.round
        if to_value > to_clear:
            if not comes_again:
                return None
            to_value = to_clear + (value or self.top)
        first = self.clock.nth(to_value)
        if first is None:
            return None
        return Ticks(first, self.clock.period * self.round if comes_again else 0)

    def _distance(self, value: int) -> int:
        """Ticks to a value, at least one, if nothing clears on the way."""
        return (value - self.value) % self.top or self.top

    def snapshot(self) -> dict[str, Any]:
        """Everything it is."""
        clock = [self.clock.first, self.clock.period] if self.clock else None
        return {"value": self.value, "clear_at": self.clear_at, "clock": clock, "top": self.top}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.value, self.clear_at, self.top = taken["value"], taken["clear_at"], taken["top"]
        self.clock = Ticks(*taken["clock"]) if taken["clock"] else None
