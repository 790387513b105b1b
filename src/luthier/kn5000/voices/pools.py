"""How the 64 voices are shared out: pools, their quotas, and in which order voices are taken from others.

All tables are the ROM's (listing of its data, 0x00F507 to 0x00F692; facts H22 and H23).

There are 16 pools with quotas that add up to 64, a pool for what is beyond a quota, and one for what is
free.  Each has seven lists, by class: 0, 1 and 2 hold keys that are down, of a patch's first, second and
further layers; 3, 4 and 5 the same after key up; 6 what has decayed, or is free.

Open questions
- Which of the two modes the machine starts in. Bit 0 of the settings at 0x041343 chooses the one with sixteen
  parts when a message sets it; here it is the default, because songs have sixteen channels.
- How the machine limits layers before it allocates (0x02103B); here all layers are asked for.
- The pool of eight auxiliary voices, with its own round robin; nothing here plays on it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

#: Lists by class in every pool.
CLASSES: Final = 7
#: The class of what has decayed, and of what is free.
DECAYED: Final = 6
#: Pools 0 to 15 belong to parts.
BEYOND_QUOTA, FREE = 16, 17

#: Voices each pool may have before its oldest become the first to be taken; the last two are no limits.
FOUR_POOLS: Final = (32, 16, 4, 12, *([0] * 12), 64, 64)
SIXTEEN_POOLS: Final = (12, 6, 6, 4, 4, 4, 4, 4, 2, 2, 2, 2, 2, 2, 2, 6, 64, 64)
#: The pool of each channel: the 26 parts, and as the 27th what is free.
FOUR_POOLS_CHANNELS: Final = (*([0] * 4), *([1] * 11), 3, 1, 1, 1, 2, 3, 1, 2, 3, 3, 3, FREE)
SIXTEEN_POOLS_CHANNELS: Final = (*range(16), 11, 12, 13, 14, 15, 11, 14, 15, 15, 15, FREE)
FREE_CHANNEL: Final = 26

#: Bit 7 of an order's entry: the class in the pool of what is beyond a quota, not in the part's own.
BEYOND: Final = 0x80


class Layer(NamedTuple):
    """How a layer is allocated: where it may take voices from, and its class with the key down and up."""

    order: tuple[int, ...]
    down: int
    up: int


_FROM_ALL: Final = (0x86, 0x85, 6, 5, 0x84, 0x83, 0x82, 4, 3, 2, 0x81, 0x80, 1, 0)
_FROM_ALL_BUT_FIRST: Final = _FROM_ALL[:-1]
_FROM_RELEASED_AND_FURTHER: Final = _FROM_ALL[:10]
#: Of a patch's first four layers (listing, 0x02BA2C, and the table of layers at 0x00F633); a fifth is as the
#: fourth.
LAYERS: Final = (
    Layer(_FROM_ALL, 0, 3),
    Layer(_FROM_ALL_BUT_FIRST, 1, 3),
    Layer(_FROM_RELEASED_AND_FURTHER, 2, 5),
    Layer(_FROM_RELEASED_AND_FURTHER, 2, 5),
)
#: Which voice of a pool goes beyond its quota when one more comes.
OVER_QUOTA_ORDER: Final = (6, 5, 2, 4, 3, 1, 0)
#: Below this level a voice counts as decayed (listing, Voice_Manager_PollBank at 0x02219F); FF is
#: the loudest.
DECAYED_LEVEL: Final = 0x80
