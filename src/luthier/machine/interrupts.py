"""Interrupt requests on their way to a CPU: who asks, how urgently, with which vector."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """A request: ``level`` as the CPU counts urgency, ``vector`` as it numbers sources."""

    level: int
    vector: int


class InterruptLines:
    """The requests that are pending, one a source.  The most urgent comes first, then the smaller vector."""

    def __init__(self) -> None:
        self._pending: dict[int, Request] = {}
        self._first: Request | None = None  #: looked at at every turn, so it is kept

    def request(self, vector: int, level: int) -> None:
        """Ask for attention; the request stands until it is taken or withdrawn."""
        self._pending[vector] = Request(level, vector)
        self._choose()

    def withdraw(self, vector: int) -> None:
        """Take a request back."""
        if self._pending.pop(vector, None) is not None:
            self._choose()

    def clear(self) -> None:
        """Take all requests back."""
        self._pending.clear()
        self._first = None

    @property
    def first(self) -> Request | None:
        """The request that comes first."""
        return self._first

    @property
    def is_empty(self) -> bool:
        """Whether no request is pending."""
        return self._first is None

    def _choose(self) -> None:
        requests = self._pending.values()
        self._first = min(requests, key=lambda request: (-request.level, request.vector), default=None)

    def take(self) -> Request:
        """The request that comes first, no longer pending then; :class:`LookupError` if there is none."""
        first = self.first
        if first is None:
            raise LookupError("no request is pending")
        del self._pending[first.vector]
        self._choose()
        return first

    def snapshot(self) -> list[tuple[int, int]]:
        """Levels and vectors of what is pending."""
        return [(request.level, request.vector) for request in self._pending.values()]

    def restore(self, taken: list[tuple[int, int]]) -> None:
        """Go back to a snapshot."""
        self._pending = {vector: Request(level, vector) for level, vector in taken}
        self._choose()
