"""How fast the effects behind the SX-KN5000's sends are, and what starting and compiling them costs.

``python -m benchmarks.kn5000_effects``
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.first_block import first_blocks
from benchmarks.results import Figure, print_table
from luthier.kn5000.effects import Character, GsReverb, PlainSends

NAME = "KN5000 effects"
REPEATS = 40
_RATE = 44_100


def _times_real_time(block: int, macro: int, *, effect: bool, reverb: bool) -> float:
    """Blocks of noise, or of silence, into each send."""
    sends = PlainSends()
    sends.set_reverb(GsReverb.of_macro(macro))
    noise = np.random.default_rng(0).standard_normal((block, 2)).astype(np.float32) * np.float32(0.1)
    to_effect, to_reverb = noise * np.float32(effect), noise[::-1] * np.float32(reverb)
    out = np.zeros_like(noise)
    # What comes back of the start has died away, or is as it will be.
    for _ in range(12 * _RATE // block):
        sends.process(to_effect, to_reverb, out)
    best, blocks = np.inf, max(8192 // block, 1)
    for _ in range(REPEATS):
        begin = time.process_time()
        for _ in range(blocks):
            sends.process(to_effect, to_reverb, out)
        best = min(best, time.process_time() - begin)
    return float(blocks * block / _RATE / best)


def speeds() -> Iterator[Figure]:
    """Both units, every reverb, the chorus, silence, small blocks."""
    hall = int(Character.HALL_2)
    rows = [("reverb and chorus behind the sends, 4096 frames a block", 4096, hall, True, True)]
    rows.append(("the same, 64 frames a block", 64, hall, True, True))
    rows.extend(
        (f"reverb alone: {character.name.lower().replace('_', ' ')}", 4096, int(character), False, True)
        for character in Character
    )
    rows.append(("chorus alone", 4096, hall, True, False))
    rows.append(("silence, 64 frames a block", 64, hall, False, False))
    for row, block, macro, effect, reverb in rows:
        speed = _times_real_time(block, macro, effect=effect, reverb=reverb)
        yield Figure(NAME, row, f"{speed:.0f}×", details={"times_real_time": speed})


_FIRST_SOUND = """
import time
import numpy as np
from luthier.kn5000.effects import PlainSends
block = np.zeros((64, 2), np.float32)
sends = PlainSends()
begin = time.perf_counter()
sends.process(block, block, block.copy())
print(time.perf_counter() - begin)
"""


def measure() -> Iterator[Figure]:
    """All of it."""
    yield from speeds()
    yield from first_blocks(NAME, _FIRST_SOUND)


if __name__ == "__main__":
    print_table(list(measure()))
