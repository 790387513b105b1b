"""Whether there is sound, counted in looks of 1024 frames from the first frame of all.

The compiler takes sixteen samples at once as whole numbers: without their sign, samples order as their bits
do, and what is no number is greater than all of them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import Place
from luthier.dsp.loops import loop

#: Frames between two looks.
LOOK: Final = 1024
Bits = NDArray[np.uint32]
_MAGNITUDE: Final = np.uint32(0x7FFFFFFF)


def bits_of(sample: float) -> int:
    """A sample as :func:`loudest` has it."""
    return int(np.float32(sample).view(np.uint32))


@loop
def loudest(frames: Bits, place: int, found: NDArray[np.int64]) -> int:
    """The greatest sample of every look, as bits without sign, and the greatest of all.

    ``frames`` is (n, 2), one frame behind the other in memory; the first is ``place`` frames behind the last
    look.
    """
    samples = frames.reshape(-1)
    most, begin, count, look = 0, 0, len(frames), 0
    while begin < count:
        end = min(begin + LOOK - place, count)
        place = 0
        here = np.uint32(0)
        for i in range(2 * begin, 2 * end):
            here = max(here, samples[Place(i)] & _MAGNITUDE)
        found[look] = here
        most = max(most, int(here))
        look += 1
        begin = end
    return most
