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

    def request(self, vector: int, level: int) -> None:
        """Ask for attention; the request stands until it is taken or withdrawn."""
        self._pending[vector] = Request(level, vector)

    def withdraw(self, vector: int) -> None:
        """Take a request back."""
        self._pending.pop(vector, None)

    def clear(self) -> None:
        """Take all requests back."""
        self._pending.clear()

    @property
    def first(self) -> Request | None:
        """The request that comes first."""
        if not self._pending:
            return None
        return min(self._pending.values(), key=lambda request: (-request.level, request.vector))

    def take(self) -> Request:
        """The request that comes first, no longer pending then; :class:`LookupError` if there is none."""
        first = self.first
        if first is None:
            raise LookupError("no request is pending")
        del self._pending[first.vector]
        return first

    def snapshot(self) -> list[tuple[int, int]]:
        """Levels and vectors of what is pending."""
        return [(request.level, request.vector) for request in self._pending.values()]

    def restore(self, taken: list[tuple[int, int]]) -> None:
        """Go back to a snapshot."""
        self._pending = {vector: Request(level, vector) for level, vector in taken}
