"""Time on a board: clock states counted by its CPU, and what is due when."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from luthier.errors import UsageError

NEVER = 1 << 62  #: states that no run reaches

Action = Callable[[], None]
_Event = tuple[int, int, str]  #: when it is due, in which order it was set, its name

_MOST_CANCELLED = 32  #: events that may wait in vain


class Clock:
    """Events by the state of the clock at which they are due; equal times fire in the order they were set."""

    def __init__(self) -> None:
        self.now = 0  #: states since reset, as of the last stop of the CPU
        self._queue: list[_Event] = []  #: a heap; one of its events may be cancelled, but never the first
        self._due: dict[str, _Event] = {}
        self._actions: dict[str, Action] = {}
        self._order = count()

    def reset(self) -> None:
        """Time begins anew, and nothing is due."""
        self.now = 0
        self._queue.clear()
        self._due.clear()

    def know(self, name: str, action: Action) -> None:
        """Say what an event of a name does, so that a snapshot can be restored before one was ever set."""
        self._actions[name] = action

    def at(self, states: int, name: str, action: Action) -> None:
        """Call ``action`` when ``states`` have passed since reset; an event of that name is replaced."""
        self._actions[name] = action
        self._due[name] = event = (states, next(self._order), name)
        heapq.heappush(self._queue, event)
        self._drop_cancelled()

    def after(self, states: int, name: str, action: Action) -> None:
        """Call ``action`` in so many states from now."""
        self.at(self.now + states, name, action)

    def cancel(self, name: str) -> None:
        """Forget an event; nothing happens if there is none of that name."""
        if self._due.pop(name, None) is not None:
            self._drop_cancelled()

    def _drop_cancelled(self) -> None:
        queue, due = self._queue, self._due
        if len(queue) > _MOST_CANCELLED + 2 * len(due):
            queue[:] = due.values()
            heapq.heapify(queue)
        while queue and due.get(queue[0][2]) is not queue[0]:
            heapq.heappop(queue)

    @property
    def next_due(self) -> int:
        """When the next event is due; :data:`NEVER` if none is."""
        return self._queue[0][0] if self._queue else NEVER

    def advance(self, states: int) -> None:
        """Move on to ``states`` and fire what is due by then; events may set further events."""
        while self._queue and self._queue[0][0] <= states:
            due, _, name = heapq.heappop(self._queue)
            del self._due[name]
            self._drop_cancelled()
            self.now = max(self.now, due)
            self._actions[name]()
        self.now = max(self.now, states)

    def snapshot(self) -> list[tuple[int, str]]:
        """The time and the events to come, by name."""
        return [(self.now, ""), *((due, name) for due, _, name in sorted(self._due.values()))]

    def restore(self, taken: list[tuple[int, str]]) -> None:
        """Go back to a snapshot; the actions are those last set under the names."""
        for _, name in taken[1:]:
            if name not in self._actions:
                raise UsageError(
                    f"the snapshot awaits an event {name!r} that this board doesn't know",
                    remedy="build the board as it was, then restore",
                )
        self.now = taken[0][0]
        self._queue = [(due, next(self._order), name) for due, name in taken[1:]]
        self._due = {event[2]: event for event in self._queue}
        heapq.heapify(self._queue)
