"""The steps of the allocator on the bytes of the sub CPU's RAM, compiled: a note takes hundreds of them.

A node of 39 bytes stands for each voice.  It is linked into three rings: the list of its pool and class, the
list of its channel with the key down or up, and the chain of the layers of one stroke.  Rings are doubly
linked; a head is the address of the oldest node, 0 for none.

Sources: listing, 0x021C83 to 0x022691 (lists, allocation, note off, polling), and pools.py.  Whatever the RAM
holds, nothing beyond it is read or written, and no ring is followed further than there are voices.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import loop, part
from luthier.kn5000.transport.sub_ram import RAM_SIZE
from luthier.kn5000.voices import pools

POOLS, POOL_SIZE, POOL_COUNT = 0x112D, 30, 18
CHANNELS, CHANNEL_SIZE, CHANNEL_COUNT = 0x1349, 12, 27
NODES, NODE_SIZE, NODE_COUNT = 0x148D, 39, 64
#: The first node of the stroke that is being allocated.
CHAIN: Final = 0x1129
#: Voices that sounded when last looked at, four words.
SEEN: Final = 0x292E

# Places in a pool, a channel and a node.
QUOTA, USED, HEADS = 0, 1, 2
CHANNEL_POOL, KEYS = 0, 4
POOL_LINK, CHANNEL_LINK, CHAIN_LINK = 0, 8, 16
CHANNEL, KEY_STATE, POOL, CLASS = 24, 28, 29, 33
FLAGS, NOTE, NUMBER, LEVEL, CLASS_UP = 34, 35, 36, 37, 38
#: Key states: the two lists of a channel.
DOWN, UP = 0, 1
# Flags.
IS_FREE, HAS_DECAYED, IS_UP, IS_DOWN, IS_BEYOND = 0x01, 0x02, 0x04, 0x08, 0x10

#: Any note at all, and no voice.
ANY_NOTE, NONE = -1, -1
#: A voice that was taken from another stroke, beside its number.
TAKEN: Final = 0x100

_MASK = RAM_SIZE - 1
_LONGEST_ORDER = pools.LAYERS[0].order
_REACHES = tuple(len(layer.order) for layer in pools.LAYERS)
_CLASSES_DOWN = tuple(layer.down for layer in pools.LAYERS)
_CLASSES_UP = tuple(layer.up for layer in pools.LAYERS)
_OVER_QUOTA_ORDER = pools.OVER_QUOTA_ORDER
_BEYOND, _DECAYED, _DECAYED_LEVEL = pools.BEYOND, pools.DECAYED, pools.DECAYED_LEVEL
_FREE_CHANNEL = CHANNELS + pools.FREE_CHANNEL * CHANNEL_SIZE
_FREE_POOL = POOLS + pools.FREE * POOL_SIZE
_BEYOND_POOL = POOLS + pools.BEYOND_QUOTA * POOL_SIZE

Memory = NDArray[np.uint8]  #: the whole RAM


# Memory


@part
def byte_at(memory: Memory, address: int) -> int:
    """A byte as a signed number, so that sums stay whole numbers."""
    return np.int64(memory[address & _MASK])  # type: ignore[return-value]


@part
def long_at(memory: Memory, address: int) -> int:
    """A long word."""
    low = byte_at(memory, address) | byte_at(memory, address + 1) << 8
    return low | byte_at(memory, address + 2) << 16 | byte_at(memory, address + 3) << 24


@part
def set_byte(memory: Memory, address: int, value: int) -> None:
    """Write a byte."""
    memory[address & _MASK] = value & 0xFF


@part
def set_long(memory: Memory, address: int, value: int) -> None:
    """Write a long word."""
    for place in range(4):
        set_byte(memory, address + place, value >> 8 * place)


# Rings


@part
def unlink(memory: Memory, node: int, link: int) -> None:
    """Take a node out of a ring."""
    after, before = long_at(memory, node + link), long_at(memory, node + link + 4)
    set_long(memory, before + link, after)
    set_long(memory, after + link + 4, before)
    set_long(memory, node + link, node)
    set_long(memory, node + link + 4, node)


@part
def append(memory: Memory, node: int, link: int, head: int) -> None:
    """Put a node behind the last of the ring that begins with ``head``."""
    unlink(memory, node, link)
    last = long_at(memory, head + link + 4)
    set_long(memory, last + link, node)
    set_long(memory, head + link + 4, node)
    set_long(memory, node + link, head)
    set_long(memory, node + link + 4, last)


@part
def move(memory: Memory, node: int, link: int, old_head: int, new_head: int) -> None:
    """From one list to the end of another; heads are the addresses of the variables."""
    if long_at(memory, old_head) == node:
        after = long_at(memory, node + link)
        set_long(memory, old_head, 0 if after == node else after)
    head = long_at(memory, new_head)
    if head:
        append(memory, node, link, head)
    else:
        set_long(memory, new_head, node)
        unlink(memory, node, link)


@part
def to_pool(memory: Memory, node: int, pool: int, kind: int) -> None:
    """Into a class of a pool."""
    old = long_at(memory, node + POOL) + HEADS + 4 * byte_at(memory, node + CLASS)
    move(memory, node, POOL_LINK, old, pool + HEADS + 4 * kind)
    set_long(memory, node + POOL, pool)
    set_byte(memory, node + CLASS, kind)


@part
def to_channel(memory: Memory, node: int, channel: int, key: int) -> None:
    """Into a list of a channel."""
    old = long_at(memory, node + CHANNEL) + KEYS + 4 * byte_at(memory, node + KEY_STATE)
    move(memory, node, CHANNEL_LINK, old, channel + KEYS + 4 * key)
    set_long(memory, node + CHANNEL, channel)
    set_byte(memory, node + KEY_STATE, key)


# Quotas


@part
def count_down(memory: Memory, pool: int) -> None:
    """One less in a pool."""
    used = byte_at(memory, pool + USED)
    if used:
        set_byte(memory, pool + USED, used - 1)


@part
def count_up(memory: Memory, pool: int) -> None:
    """One more in a pool; if its quota is full, another of it becomes one beyond."""
    used = byte_at(memory, pool + USED)
    if used < byte_at(memory, pool + QUOTA):
        set_byte(memory, pool + USED, used + 1)
        return
    for kind in _OVER_QUOTA_ORDER:
        node = long_at(memory, pool + HEADS + 4 * kind)
        if node:
            to_pool(memory, node, _BEYOND_POOL, kind)
            set_byte(memory, _BEYOND_POOL + USED, byte_at(memory, _BEYOND_POOL + USED) + 1)
            set_byte(memory, node + FLAGS, byte_at(memory, node + FLAGS) | IS_BEYOND)
            return


@part
def candidate(memory: Memory, own: int, reach: int) -> int:
    """The node that a layer gets: a free one, or the first of the first ``reach`` lists; 0 for none."""
    free = long_at(memory, _FREE_POOL + HEADS + 4 * _DECAYED)
    if free:
        return free
    for place in range(reach):
        entry = _LONGEST_ORDER[place]
        pool = _BEYOND_POOL if entry & _BEYOND else own
        head = long_at(memory, pool + HEADS + 4 * (entry & ~_BEYOND))
        if head:
            return head
    return 0


# What is asked


@loop
def allocate(memory: Memory, channel: int, note: int, layer: int, rings: bool) -> int:
    """A voice for a layer 0 to 3 of a stroke, perhaps with TAKEN, or NONE (listing, 0x022340)."""
    own = long_at(memory, channel + CHANNEL_POOL)
    node = candidate(memory, own, _REACHES[layer])
    if not node:
        return NONE
    taken = 0 if byte_at(memory, node + FLAGS) & IS_FREE else TAKEN
    count_down(memory, long_at(memory, node + POOL))
    number = byte_at(memory, node + NUMBER)
    set_byte(memory, node + NOTE, note)
    set_byte(memory, node + LEVEL, 0xFF)
    set_byte(memory, node + CLASS_UP, _CLASSES_DOWN[layer] if rings else _CLASSES_UP[layer])
    set_byte(memory, node + FLAGS, IS_DOWN)
    set_byte(memory, SEEN + number // 8, byte_at(memory, SEEN + number // 8) | 1 << number % 8)
    to_pool(memory, node, own, _CLASSES_DOWN[layer])
    to_channel(memory, node, channel, DOWN)
    chain = long_at(memory, CHAIN)
    if chain:
        append(memory, node, CHAIN_LINK, chain)
    else:
        set_long(memory, CHAIN, node)
        unlink(memory, node, CHAIN_LINK)
    count_up(memory, own)
    return number | taken


@loop
def stroke_of(memory: Memory, channel: int, note: int, found: Memory) -> int:
    """How many voices the oldest stroke of a key that is down has; ``found``, 64 bytes, gets them."""
    head = long_at(memory, channel + KEYS + 4 * DOWN)
    first = head
    for _ in range(NODE_COUNT):
        if not first or note in (ANY_NOTE, byte_at(memory, first + NOTE)):
            break
        first = long_at(memory, first + CHANNEL_LINK)
        if first == head:
            return 0
    node = first
    for count in range(NODE_COUNT if first else 0):
        found[count] = byte_at(memory, node + NUMBER)
        node = long_at(memory, node + CHAIN_LINK)
        if node == first:
            return count + 1
    return 0


@part
def decay(memory: Memory, node: int) -> None:
    """Class a voice as decayed."""
    flags = byte_at(memory, node + FLAGS)
    if not flags & (IS_FREE | HAS_DECAYED):
        set_byte(memory, node + FLAGS, flags & ~(IS_UP | IS_DOWN) | HAS_DECAYED)
        to_pool(memory, node, long_at(memory, node + POOL), _DECAYED)


@loop
def lift(memory: Memory, number: int, level: int) -> None:
    """The key of a voice came up while its envelope was at ``level`` (listing, 0x022691)."""
    node = NODES + number * NODE_SIZE
    to_channel(memory, node, long_at(memory, node + CHANNEL), UP)
    set_byte(memory, node + LEVEL, level)
    flags = byte_at(memory, node + FLAGS)
    if level < _DECAYED_LEVEL:
        decay(memory, node)
    elif flags & IS_DOWN:
        set_byte(memory, node + FLAGS, flags & ~IS_DOWN | IS_UP)
        to_pool(memory, node, long_at(memory, node + POOL), byte_at(memory, node + CLASS_UP))
    unlink(memory, node, CHAIN_LINK)


@part
def look(memory: Memory, number: int, level: int) -> None:
    """The envelope of a voice is at ``level``."""
    node = NODES + number * NODE_SIZE
    set_byte(memory, node + LEVEL, level)
    if level < _DECAYED_LEVEL:
        decay(memory, node)


@part
def give_back(memory: Memory, number: int) -> None:
    """Make a voice a free one."""
    node = NODES + number * NODE_SIZE
    if byte_at(memory, node + FLAGS) & IS_FREE:
        return
    count_down(memory, long_at(memory, node + POOL))
    to_pool(memory, node, _FREE_POOL, _DECAYED)
    to_channel(memory, node, _FREE_CHANNEL, UP)
    unlink(memory, node, CHAIN_LINK)
    set_byte(memory, node + FLAGS, IS_FREE)
    set_byte(memory, node + LEVEL, 0)
    count_up(memory, _FREE_POOL)


@loop
def retire(memory: Memory, number: int) -> None:
    """Give a voice back (listing, 0x021E31)."""
    give_back(memory, number)


@loop
def poll(memory: Memory, ended: Memory, levels: Memory, silent: Memory) -> int:
    """Look at all voices: what has ``ended``, a bit a voice, is given back, the rest classed by its level.

    ``silent``, 64 bytes, gets the voices that were given back; how many, is returned (listing, 0x02219F).
    """
    count = 0
    for number in range(NODE_COUNT):
        flags = byte_at(memory, NODES + number * NODE_SIZE + FLAGS)
        if flags & IS_FREE:
            continue
        if ended[number // 8] >> number % 8 & 1:
            give_back(memory, number)
            silent[count] = number
            count += 1
        elif flags & IS_UP:
            look(memory, number, np.int64(levels[number]))  # type: ignore[arg-type]
    return count
