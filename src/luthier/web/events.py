"""What the server tells all open pages, over one WebSocket each."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec

#: Messages that may wait for a slow page before the oldest are dropped.
_MOST_WAITING: Final = 512


class Hub:
    """Pages that listen; each has a queue of its own."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes]] = set()

    def listen(self) -> asyncio.Queue[bytes]:
        """A queue of messages, JSON each, for one page."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        self._queues.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[bytes]) -> None:
        """The page is gone."""
        self._queues.discard(queue)

    def tell(self, topic: str, message: Any) -> None:
        """Tell all pages; to be called in the server's own thread."""
        data = msgspec.json.encode({"topic": topic, "message": message})
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(data)
