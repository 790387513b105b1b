"""Going back: snapshots now and then, and running again what came after them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from luthier.machine.schedule import Schedule

_MOST = 12  #: snapshots; each may hold all the memory of a board
_SPACING = Fraction(1, 50)  #: seconds between two at first; twice as many whenever there are too many


class Target(Protocol):
    """A board that can be debugged."""

    @property
    def schedule(self) -> Schedule:
        """Its processors."""

    def snapshot(self) -> Any:
        """Everything of it."""

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot."""


@dataclass(frozen=True)
class Moment:
    """A snapshot and when it was: ticks, and for each processor its instructions."""

    time: int
    counts: tuple[int, ...]
    content: Any


class History:
    """The snapshots of a session, the oldest first; they lie further apart the longer it lasts."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._moments: list[Moment] = []
        self._spacing = target.schedule.ticks_of(_SPACING)
        for member in target.schedule.members:
            member.processor.before_reset.append(self._moments.clear)

    def begin_anew(self) -> None:
        """Nothing that was can be run again: somebody changed registers or memory."""
        self._moments.clear()
        self.take()

    def take(self) -> None:
        """A snapshot of now."""
        schedule = self._target.schedule
        counts = tuple(member.processor.instructions for member in schedule.members)
        if self._moments and self._moments[-1].counts == counts:
            return
        self._moments.append(Moment(schedule.now, counts, self._target.snapshot()))
        if len(self._moments) > _MOST:
            del self._moments[1:-1:2]
            self._spacing *= 2

    def take_if_due(self) -> None:
        """A snapshot, unless the last one is not long ago."""
        if not self._moments or self._target.schedule.now >= self._moments[-1].time + self._spacing:
            self.take()

    def before(self, number: int, count: int) -> Moment | None:
        """The last moment at which a processor had executed no more than so many instructions."""
        fitting = [moment for moment in self._moments if moment.counts[number] <= count]
        return fitting[-1] if fitting else None

    def all_before(self, number: int, count: int) -> list[Moment]:
        """All moments at which it had executed fewer, the latest first."""
        return [moment for moment in reversed(self._moments) if moment.counts[number] < count]

    def go_to(self, moment: Moment) -> None:
        """Be there again; what came later is forgotten when it is run again differently."""
        self._target.restore(moment.content)
