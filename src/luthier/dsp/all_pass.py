"""All-passes with a delay: they thicken echoes and leave the spectrum alone (Schroeder, 1962)."""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.compiled import compiled
from luthier.dsp.delay_lines import BLOCK, GUARD, Samples, write

SIZE: Final = 1024  #: places of a line; the delay is from a block to SIZE - BLOCK frames
STRIDE: Final = SIZE + GUARD


@compiled
def all_pass(
    memory: Samples, start: int, time: int, delay: int, gain: np.float32, signal: Samples, first: int
) -> None:
    """Pass a block through, in place: y = d - g x, and x + g y goes into the line that d comes out of."""
    place = (time - delay) & (SIZE - 1)
    into = np.empty(BLOCK, np.float32)
    for i in range(BLOCK):
        past, now = memory[start + place + i], signal[first + i]
        out = past - gain * now
        signal[first + i] = out
        into[i] = now + gain * out
    write(memory, start, SIZE, time, into, 0)
