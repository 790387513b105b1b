"""The allocator in plain Python, step by step as the listing has it: what the compiled one is compared with.

Sources: listing, 0x021C83 to 0x022691 (lists, allocation, note off, polling).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from struct import Struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices import pools

POOLS, POOL_SIZE, POOL_COUNT = 0x112D, 30, 18
CHANNELS, CHANNEL_SIZE, CHANNEL_COUNT = 0x1349, 12, 27
NODES, NODE_SIZE, NODE_COUNT = 0x148D, 39, 64
#: The first node of the stroke that is being allocated.
CHAIN: Final = 0x1129
#: Voices that sounded when last looked at, four words.
SEEN: Final = 0x292E
BITS: Final = 16

# Places in a pool, a channel and a node.
_QUOTA, _USED, _HEADS = 0, 1, 2
_CHANNEL_POOL, _KEYS = 0, 4
_POOL_LINK, _CHANNEL_LINK, _CHAIN_LINK = 0, 8, 16
_CHANNEL, _KEY_STATE, _POOL, _CLASS = 24, 28, 29, 33
_FLAGS, _NOTE, _NUMBER, _LEVEL, _CLASS_UP = 34, 35, 36, 37, 38
#: Key states: the two lists of a channel.
DOWN, UP = 0, 1
# Flags.
_IS_FREE, _HAS_DECAYED, _IS_UP, _IS_DOWN, _IS_BEYOND = 0x01, 0x02, 0x04, 0x08, 0x10

_LONG: Final = Struct("<I")
_WORDS: Final = Struct("<4H")


def _node(number: int) -> int:
    return NODES + number * NODE_SIZE


def _channel(part: int) -> int:
    return CHANNELS + part * CHANNEL_SIZE


def _pool(number: int) -> int:
    return POOLS + number * POOL_SIZE


class PlainNodes:
    """The allocator.  Voices and parts are numbers here; what sounds is none of its business."""

    def __init__(self, ram: SubRam, *, sixteen_pools: bool = True) -> None:
        self._image = ram.image
        self.reset(sixteen_pools=sixteen_pools)

    def reset(self, *, sixteen_pools: bool) -> None:
        """All voices free, the oldest being voice 0 (listing, 0x021ECB)."""
        quotas = pools.SIXTEEN_POOLS if sixteen_pools else pools.FOUR_POOLS
        owners = pools.SIXTEEN_POOLS_CHANNELS if sixteen_pools else pools.FOUR_POOLS_CHANNELS
        for number, quota in enumerate(quotas):
            self._image[_pool(number) : _pool(number) + POOL_SIZE] = bytes((quota,)) + bytes(POOL_SIZE - 1)
        for part, owner in enumerate(owners):
            self._set(_channel(part) + _CHANNEL_POOL, _pool(owner))
            self._set(_channel(part) + _KEYS, 0)
            self._set(_channel(part) + _KEYS + 4, 0)
        for number in range(NODE_COUNT):
            node = _node(number)
            for link in (_POOL_LINK, _CHANNEL_LINK, _CHAIN_LINK):
                self._set(node + link, node)
                self._set(node + link + 4, node)
            self._set(node + _CHANNEL, _channel(0))
            self._image[node + _KEY_STATE] = UP
            self._set(node + _POOL, _pool(0))
            self._image[node + _CLASS] = pools.DECAYED
            self._image[node + _FLAGS] = 0
            self._image[node + _NUMBER] = number
            self.retire(number)
        self._set(CHAIN, 0)
        self._image[SEEN : SEEN + 8] = bytes(8)

    # Memory

    def _long(self, address: int) -> int:
        found: int = _LONG.unpack_from(self._image, address)[0]
        return found

    def _set(self, address: int, value: int) -> None:
        _LONG.pack_into(self._image, address, value)

    # Rings

    def _unlink(self, node: int, link: int) -> None:
        after, before = self._long(node + link), self._long(node + link + 4)
        self._set(before + link, after)
        self._set(after + link + 4, before)
        self._set(node + link, node)
        self._set(node + link + 4, node)

    def _append(self, node: int, link: int, head: int) -> None:
        """Put a node behind the last of the ring that begins with ``head``."""
        self._unlink(node, link)
        last = self._long(head + link + 4)
        self._set(last + link, node)
        self._set(head + link + 4, node)
        self._set(node + link, head)
        self._set(node + link + 4, last)

    def _move(self, node: int, link: int, old_head: int, new_head: int) -> None:
        """From one list to the end of another; heads are the addresses of the variables."""
        if self._long(old_head) == node:
            after = self._long(node + link)
            self._set(old_head, 0 if after == node else after)
        head = self._long(new_head)
        if head:
            self._append(node, link, head)
        else:
            self._set(new_head, node)
            self._unlink(node, link)

    def _to_pool(self, node: int, pool: int, kind: int) -> None:
        old = self._long(node + _POOL) + _HEADS + 4 * self._image[node + _CLASS]
        self._move(node, _POOL_LINK, old, pool + _HEADS + 4 * kind)
        self._set(node + _POOL, pool)
        self._image[node + _CLASS] = kind

    def _to_channel(self, node: int, channel: int, key: int) -> None:
        old = self._long(node + _CHANNEL) + _KEYS + 4 * self._image[node + _KEY_STATE]
        self._move(node, _CHANNEL_LINK, old, channel + _KEYS + 4 * key)
        self._set(node + _CHANNEL, channel)
        self._image[node + _KEY_STATE] = key

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

        ``rings``: key up does not end it, and does not change its class (modelled).  Source: listing,
        0x022340.
        """
        rule = pools.LAYERS[min(layer, len(pools.LAYERS) - 1)]
        own = self._long(_channel(part) + _CHANNEL_POOL)
        node = self._candidate(own, rule.order)
        if not node:
            return None
        image = self._image
        taken = not image[node + _FLAGS] & _IS_FREE
        self._count_down(self._long(node + _POOL))
        number = image[node + _NUMBER]
        image[node + _NOTE] = note
        image[node + _LEVEL] = 0xFF
        image[node + _CLASS_UP] = rule.down if rings else rule.up
        image[node + _FLAGS] = _IS_DOWN
        image[SEEN + number // 8] |= 1 << number % 8
        self._to_pool(node, own, rule.down)
        self._to_channel(node, _channel(part), DOWN)
        chain = self._long(CHAIN)
        if chain:
            self._append(node, _CHAIN_LINK, chain)
        else:
            self._set(CHAIN, node)
            self._unlink(node, _CHAIN_LINK)
        self._count_up(own)
        return number, taken

    def _candidate(self, own: int, order: Sequence[int]) -> int:
        free = self._long(_pool(pools.FREE) + _HEADS + 4 * pools.DECAYED)
        if free:
            return free
        beyond = _pool(pools.BEYOND_QUOTA)
        for entry in order:
            pool = beyond if entry & pools.BEYOND else own
            head = self._long(pool + _HEADS + 4 * (entry & ~pools.BEYOND))
            if head:
                return head
        return 0

    def _count_down(self, pool: int) -> None:
        if self._image[pool + _USED]:
            self._image[pool + _USED] -= 1

    def _count_up(self, pool: int) -> None:
        """One more in a pool; if its quota is full, another of it becomes one beyond."""
        image = self._image
        if image[pool + _USED] < image[pool + _QUOTA]:
            image[pool + _USED] += 1
            return
        for kind in pools.OVER_QUOTA_ORDER:
            node = self._long(pool + _HEADS + 4 * kind)
            if node:
                self._to_pool(node, _pool(pools.BEYOND_QUOTA), kind)
                image[_pool(pools.BEYOND_QUOTA) + _USED] += 1
                image[node + _FLAGS] |= _IS_BEYOND
                return

    # Key up

    def key_up(self, part: int, note: int | None, level: Callable[[int], int]) -> list[int]:
        """Let go of the oldest stroke of a key, or of all keys; the voices that belonged to it.

        ``level`` reads a voice's envelope, 0 to FF.  Source: listing, 0x022691 and
        OutputBuf_Flush_B before it.
        """
        numbers: list[int] = []
        while True:
            head = self._long(_channel(part) + _KEYS + 4 * DOWN)
            keys = self._ring(head, _CHANNEL_LINK)
            found = next((node for node in keys if note is None or self._image[node + _NOTE] == note), 0)
            if not found:
                return numbers
            for node in list(self._ring(found, _CHAIN_LINK)):
                self._lift(node, level)
                self._unlink(node, _CHAIN_LINK)
                numbers.append(self._image[node + _NUMBER])
            if note is not None:
                return numbers

    def _lift(self, node: int, level: Callable[[int], int]) -> None:
        image = self._image
        self._to_channel(node, self._long(node + _CHANNEL), UP)
        image[node + _LEVEL] = level(image[node + _NUMBER])
        if image[node + _LEVEL] < pools.DECAYED_LEVEL:
            self._demote(node)
        elif image[node + _FLAGS] & _IS_DOWN:
            image[node + _FLAGS] = image[node + _FLAGS] & ~_IS_DOWN | _IS_UP
            self._to_pool(node, self._long(node + _POOL), image[node + _CLASS_UP])

    def _demote(self, node: int) -> None:
        flags = self._image[node + _FLAGS]
        if not flags & (_IS_FREE | _HAS_DECAYED):
            self._image[node + _FLAGS] = flags & ~(_IS_UP | _IS_DOWN) | _HAS_DECAYED
            self._to_pool(node, self._long(node + _POOL), pools.DECAYED)

    # Silence

    def retire(self, number: int) -> None:
        """Give a voice back (listing, 0x021E31)."""
        node = _node(number)
        if self._image[node + _FLAGS] & _IS_FREE:
            return
        self._count_down(self._long(node + _POOL))
        free = _pool(pools.FREE)
        self._to_pool(node, free, pools.DECAYED)
        self._to_channel(node, _channel(pools.FREE_CHANNEL), UP)
        self._unlink(node, _CHAIN_LINK)
        self._image[node + _FLAGS] = _IS_FREE
        self._image[node + _LEVEL] = 0
        self._count_up(free)

    def poll(self, bitmaps: Sequence[int], levels: NDArray[np.uint8]) -> list[int]:
        """Give back what has fallen silent, and class what has decayed; the voices that were given back.

        ``bitmaps`` are the four words of active voices.  Source: listing, 0x02219F; the machine looks at one
        word at a time.
        """
        image = self._image
        ended = [was & ~now for was, now in zip(_WORDS.unpack_from(image, SEEN), bitmaps, strict=True)]
        _WORDS.pack_into(image, SEEN, *bitmaps)
        silent: list[int] = []
        for number, flags in enumerate(image[NODES + _FLAGS : _node(NODE_COUNT) : NODE_SIZE]):
            if flags & _IS_FREE:
                continue
            if ended[number // BITS] >> number % BITS & 1:
                self.retire(number)
                silent.append(number)
            elif flags & _IS_UP:
                node = _node(number)
                image[node + _LEVEL] = int(levels[number])
                if image[node + _LEVEL] < pools.DECAYED_LEVEL:
                    self._demote(node)
        return silent
