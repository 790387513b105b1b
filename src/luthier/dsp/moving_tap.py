"""A delay line that is written and read one sample at a time, at any fraction of a frame."""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.loops import part

SHORTEST: Final = 2.0  #: frames: the newest of the four samples of a curve is then already written
#: Frames that a line must be longer than its longest delay.
MARGIN: Final = 4
_HALF, _ONE, _TWO, _SIXTH = np.float32(0.5), np.float32(1), np.float32(2), np.float32(1 / 6)


@part
def between(memory: Samples, start: int, size: int, time: int, delay: float) -> np.float32:
    """What was written ``delay`` frames before ``time``: the curve through four samples (Lagrange).

    The line has ``size`` places from ``start`` on, a power of two; the delay is from :data:`SHORTEST` on.
    """
    whole = int(delay)
    x = np.float32(1.0 - (delay - whole))
    mask, at = size - 1, time - whole - 2
    below, above, beyond = x + _ONE, x - _ONE, x - _TWO
    outer, inner = x * above * _SIXTH, below * beyond * _HALF
    first, second = memory[Place(start + (at & mask))], memory[Place(start + ((at + 1) & mask))]
    third, fourth = memory[Place(start + ((at + 2) & mask))], memory[Place(start + ((at + 3) & mask))]
    value: np.float32 = (
        below * outer * fourth - inner * x * third + inner * above * second - beyond * outer * first
    )
    return value
