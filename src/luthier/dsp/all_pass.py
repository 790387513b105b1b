"""All-passes with a delay: they thicken echoes and leave the spectrum alone (Schroeder, 1962)."""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.dsp.delay_lines import BLOCK, GUARD, Place, Samples
from luthier.dsp.loops import part

SIZE: Final = 1024  #: places of a line; the delay is from two blocks to SIZE - BLOCK frames
STRIDE: Final = SIZE + GUARD


@part
def all_pass(
    memory: Samples, start: int, time: int, delay: int, gain: np.float32, signal: Samples, first: int
) -> None:
    """Pass a block through, in place: y = d - g x, and x + g y goes into the line that d comes out of."""
    here = time & (SIZE - 1)
    come, go, at = Place(start + ((time - delay) & (SIZE - 1))), Place(start + here), Place(first)
    for i in range(BLOCK):
        now = signal[at + Place(i)]
        out = memory[come + Place(i)] - gain * now
        signal[at + Place(i)] = out
        memory[go + Place(i)] = now + gain * out
    if here < GUARD:
        for i in range(BLOCK):
            memory[go + Place(SIZE + i)] = memory[go + Place(i)]
