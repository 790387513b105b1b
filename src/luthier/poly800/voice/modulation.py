"""The modulation generator (MG): an 8-bit counter, folded to a triangle, times four bits of depth.

The counter is held while the delay runs, and goes on where it was: it does not start anew with a key (the
project isla-poly800, from the ROM).
"""

from __future__ import annotations

from luthier.compiled import compiled
from luthier.poly800.voice.state import MG_COUNTER, MG_SIGN, MG_WAIT, Words


@compiled
def modulation_tick(words: Words, step: int) -> int:
    """Move the MG by a tick; -63 to 63."""
    if words[MG_WAIT] > 0:
        words[MG_WAIT] -= 1
        return 0
    counter = words[MG_COUNTER] + step
    if counter > 0xFF:
        counter &= 0xFF
        words[MG_SIGN] ^= 1
    words[MG_COUNTER] = counter
    folded = ~counter & 0xFF if counter & 0x80 else counter
    magnitude = (folded & 0x7E) >> 1
    return int(-magnitude if words[MG_SIGN] else magnitude)


@compiled
def times_depth(magnitude: int, depth: int) -> int:
    """The ROM's multiplication: each bit of the depth 0 to 15, highest first, adds half of the one before."""
    product, size = 0, abs(magnitude)
    for bit in (8, 4, 2, 1):
        if depth & bit:
            product += size
        size >>= 1
    return product if magnitude >= 0 else -product
