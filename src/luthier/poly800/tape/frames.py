"""From half-waves to framed bytes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.poly800.tape.lattice import Path
from luthier.poly800.tape.line_code import BITS_PER_FRAME

#: One byte as it was read.  ``first``: its start bit among the half-waves of the path; ``begin`` and ``end``
#: in samples; ``idle`` and ``rest``: ones right before and right after it (leader, pause, trailer); ``lost``:
#: the search started anew since the frame before; ``margin``: cost by which the best other reading of any
#: of its bits loses; ``explained``: part of its signal that the half-waves explain.
FRAME = np.dtype(
    [
        ("value", np.uint8),
        ("first", np.int64),
        ("begin", np.float64),
        ("end", np.float64),
        ("idle", np.int64),
        ("rest", np.int64),
        ("lost", np.bool_),
        ("margin", np.float64),
        ("explained", np.float64),
        ("speed", np.float64),
    ]
)


#: So many ones between a frame and a loss of signal confirm the frame.
_FIRM_ONES = 8


def frames(path: Path, explained: npt.NDArray[np.float64]) -> npt.NDArray[np.void]:
    """Every complete frame of ``path`` as records of :data:`FRAME`, in order of time."""
    first, idle, rest, lost = _frame_starts(path.positions, path.bits, path.joined)
    found = np.zeros(first.size, dtype=FRAME)
    if not first.size:
        return found
    members = first[:, None] + np.arange(BITS_PER_FRAME)
    found["value"] = (path.bits[members[:, 1:9]].astype(np.int64) << np.arange(8)).sum(axis=1)
    found["first"] = first
    found["begin"] = path.edges[first]
    found["end"] = path.edges[first + BITS_PER_FRAME]
    found["idle"] = idle
    found["rest"] = rest
    found["lost"] = lost
    found["margin"] = path.margins[members].min(axis=1)
    # Beside a loss of signal the search chose an end or a beginning that nothing confirms.
    beside = lost & (idle < _FIRM_ONES)
    beside[0] = False
    beside[:-1] |= lost[1:] & (rest[:-1] < _FIRM_ONES)
    found["margin"][beside] = 0.0
    found["explained"] = explained[members].mean(axis=1)
    found["speed"] = path.speeds[members].mean(axis=1)
    return found


@compiled
def _frame_starts(
    positions: npt.NDArray[np.int8], bits: npt.NDArray[np.int8], joined: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Index of every start bit whose frame is complete, ones before and after, whether signal was lost."""
    first = np.empty(bits.size // 11 + 1, dtype=np.int64)
    rest = np.zeros(bits.size // 11 + 1, dtype=np.int64)
    idle = np.empty(bits.size // 11 + 1, dtype=np.int64)
    lost = np.empty(bits.size // 11 + 1, dtype=np.bool_)
    count = 0
    ones = 0
    interrupted = True
    start = -1
    for place in range(bits.size):
        if not joined[place]:
            start = -1
            interrupted = True
            ones = 0
            continue
        if positions[place] == 0:
            if bits[place] == 1:
                ones += 1
                if count and not interrupted:
                    rest[count - 1] += 1
                continue
            start = place
        elif positions[place] == 10 and start >= 0 and place - start == 10:
            first[count] = start
            idle[count] = ones
            lost[count] = interrupted
            count += 1
            ones = 0
            interrupted = False
            start = -1
    return first[:count], idle[:count], rest[:count], lost[:count]
