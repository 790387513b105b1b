"""Who has which voice: the firmware's allocator, in its own lists in the sub CPU's RAM.

What it does with the lists is in lists.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import Struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices import lists, pools
from luthier.kn5000.voices.lists import (
    CHAIN,
    CHANNELS,
    DOWN,
    NODE_COUNT,
    NODES,
    POOLS,
    SEEN,
    UP,
)

__all__ = ["CHAIN", "CHANNELS", "DOWN", "NODES", "NODE_COUNT", "POOLS", "SEEN", "UP", "Nodes"]

_LAST_LAYER: Final = len(pools.LAYERS) - 1
_LONG: Final = Struct("<I")


def _node(number: int) -> int:
    return NODES + number * lists.NODE_SIZE


def _channel(part: int) -> int:
    return CHANNELS + part * lists.CHANNEL_SIZE


def _pool(number: int) -> int:
    return POOLS + number * lists.POOL_SIZE


class Nodes:
    """The allocator.  Voices and parts are numbers here; what sounds is none of its business."""

    def __init__(self, ram: SubRam, *, sixteen_pools: bool = True) -> None:
        self._image = ram.image
        self._memory = np.frombuffer(ram.image, np.uint8)
        self._found = np.zeros(NODE_COUNT, np.uint8)
        self.reset(sixteen_pools=sixteen_pools)

    def reset(self, *, sixteen_pools: bool) -> None:
        """All voices free, the oldest being voice 0 (listing, 0x021ECB)."""
        quotas = pools.SIXTEEN_POOLS if sixteen_pools else pools.FOUR_POOLS
        owners = pools.SIXTEEN_POOLS_CHANNELS if sixteen_pools else pools.FOUR_POOLS_CHANNELS
        for number, quota in enumerate(quotas):
            self._image[_pool(number) : _pool(number) + lists.POOL_SIZE] = bytes((quota,)) + bytes(
                lists.POOL_SIZE - 1
            )
        for part, owner in enumerate(owners):
            self._set(_channel(part) + lists.CHANNEL_POOL, _pool(owner))
            self._set(_channel(part) + lists.KEYS, 0)
            self._set(_channel(part) + lists.KEYS + 4, 0)
        for number in range(NODE_COUNT):
            node = _node(number)
            for link in (lists.POOL_LINK, lists.CHANNEL_LINK, lists.CHAIN_LINK):
                self._set(node + link, node)
                self._set(node + link + 4, node)
            self._set(node + lists.CHANNEL, _channel(0))
            self._image[node + lists.KEY_STATE] = UP
            self._set(node + lists.POOL, _pool(0))
            self._image[node + lists.CLASS] = pools.DECAYED
            self._image[node + lists.FLAGS] = 0
            self._image[node + lists.NUMBER] = number
            self.retire(number)
        self._set(CHAIN, 0)
        self._image[SEEN : SEEN + 8] = bytes(8)

    # Memory

    def _long(self, address: int) -> int:
        found: int = _LONG.unpack_from(self._image, address)[0]
        return found

    def _set(self, address: int, value: int) -> None:
        _LONG.pack_into(self._image, address, value)

    def _ring(self, head: int, link: int) -> Iterator[int]:
        node = head
        while node:
            yield node
            node = self._long(node + link)
            if node == head:
                return

    # What a stroke asks

    def begin_stroke(self) -> None:
        """The next voices belong to a new stroke."""
        self._set(CHAIN, 0)

    def allocate(self, part: int, note: int, layer: int, *, rings: bool = False) -> tuple[int, bool] | None:
        """A voice for a layer of a stroke, and whether it was taken from another; None if there is none.

        ``rings``: key up does not end it, and does not change its class (modelled).
        """
        found = lists.allocate(self._memory, _channel(part), note, min(layer, _LAST_LAYER), rings)
        return None if found == lists.NONE else (found & ~lists.TAKEN, found >= lists.TAKEN)

    # Key up

    def key_up(self, part: int, note: int | None, level: Callable[[int], int]) -> list[int]:
        """Let go of the oldest stroke of a key, or of all keys; the voices that belonged to it.

        ``level`` reads a voice's envelope, 0 to FF.  Source: listing, 0x022691 and
        OutputBuf_Flush_B before it.
        """
        numbers: list[int] = []
        wanted = lists.ANY_NOTE if note is None else note
        for _ in range(NODE_COUNT if note is None else 1):
            count = lists.stroke_of(self._memory, _channel(part), wanted, self._found)
            if not count:
                break
            stroke = self._found[:count].tolist()
            for number in stroke:
                lists.lift(self._memory, number, level(number))
            numbers += stroke
        return numbers

    # Silence

    def retire(self, number: int) -> None:
        """Give a voice back."""
        lists.retire(self._memory, number)

    def poll(self, bitmaps: Sequence[int], levels: NDArray[np.uint8]) -> list[int]:
        """Give back what has fallen silent, and class what has decayed; the voices that were given back.

        ``bitmaps`` are the four words of active voices, ``levels`` the envelopes of all, 0 to FF.  Source:
        listing, 0x02219F; the machine looks at one word at a time.
        """
        seen = self._memory[SEEN : SEEN + 8]
        now = np.array(bitmaps, "<u2").view(np.uint8)
        ended = seen & ~now
        seen[:] = now
        count = lists.poll(self._memory, ended, levels, self._found)
        silent: list[int] = self._found[:count].tolist()
        return silent

    # For people and tests

    @property
    def used(self) -> int:
        """Voices that are not free."""
        return NODE_COUNT - self._image[_pool(pools.FREE) + lists.USED]

    def is_free(self, number: int) -> bool:
        """Whether nobody has the voice."""
        return bool(self._image[_node(number) + lists.FLAGS] & lists.IS_FREE)

    def listed(self, pool: int, kind: int) -> list[int]:
        """The voices of a pool's class, the oldest first."""
        head = self._long(_pool(pool) + lists.HEADS + 4 * kind)
        return [self._image[node + lists.NUMBER] for node in self._ring(head, lists.POOL_LINK)]

    def keys(self, part: int, key: int = DOWN) -> list[int]:
        """The voices of a part whose key is down, or up, the oldest first."""
        head = self._long(_channel(part) + lists.KEYS + 4 * key)
        return [self._image[node + lists.NUMBER] for node in self._ring(head, lists.CHANNEL_LINK)]

    def quota(self, pool: int) -> tuple[int, int]:
        """How many voices a pool may have, and has."""
        return self._image[_pool(pool) + lists.QUOTA], self._image[_pool(pool) + lists.USED]
