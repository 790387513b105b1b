"""Steps without frequencies that the sampling rate cannot hold: the impulse whose running sum is one.

A sinc under Kaiser's window, sampled at many places between two frames; between those, straight lines.  A
step is heard HALF frames after its time.
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Frames before and after the middle of the impulse.
HALF: Final = 20
TAPS: Final = 2 * HALF
PHASES: Final = 256
#: Where half is left, as share of the sampling rate: 20.5 kHz at 44.1 kHz.
_EDGE = 0.465
#: Kaiser's beta for about 80 dB.
_BETA = 7.9


@functools.cache
def impulses() -> NDArray[np.float64]:
    """(PHASES + 1, TAPS): row p is the impulse p / PHASES frames late; each row sums to one."""
    late = np.arange(PHASES + 1)[:, None] / PHASES
    places = np.arange(TAPS)[None, :] - (HALF - 1) - late
    inside = np.clip(1 - (places / HALF) ** 2, 0, None)
    rows = np.sinc(2 * _EDGE * places) * np.i0(_BETA * np.sqrt(inside))
    return np.asarray(rows / rows.sum(1, keepdims=True))
