"""The soft decoder: a list Viterbi search over half-wave boundaries, framing position and polarity.

A tape is a row of half-waves whose lengths carry the bits, in frames of eleven: start 0, eight data bits,
two stops 1; between frames any number of ones (leader, pauses).  The search walks over every sample as a
possible boundary.  A *token* is one way to explain the signal up to a boundary: it knows the framing
position it is at, the polarity of the half-wave that follows, the tape speed it has seen, and its cost.
Cost is a negative log likelihood (nats) made of two parts:

* the signal that a half-wave of the assumed polarity leaves unexplained: weight × (|y| − polarity × y)
  summed over its samples (for half-waves of equal power in white noise this is the likelihood, up to a
  constant);
* how far its length is from what bit and speed predict.

Each state keeps the few best tokens whose recent bits differ, so that besides the best path the search
knows the runners-up at every boundary: the cost difference is the margin of the bits in which they differ
(soft-output Viterbi), and they are the candidates when a checksum must choose.

Speed is tracked by every token for itself (per-survivor processing) with two gains, see
:class:`Tracking`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.poly800.tape.lattice_walk import HISTORY_BITS, walk
from luthier.poly800.tape.line_code import LONG_SECONDS, SHORT_SECONDS

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tracking:
    """How stiffly the tape speed is followed, and how many readings are kept."""

    phase_gain: float
    """0..1: share of a boundary's timing error that moves the time line.  At 1 every half-wave is measured
    from the boundary before it, which follows fast flutter; less averages edge jitter."""
    speed_gain: float
    """0..1: share of a half-wave's relative timing error that moves the speed."""
    timing_sigma: float
    """Expected timing error of a boundary, seconds at nominal speed."""
    weight: float = 3.0
    """Cost of one sample of unit level with the wrong polarity, halved."""
    weak: float = 0.3
    """Where the signal is below this level a boundary may be anywhere; elsewhere only near zero crossings."""
    lists: int = 2
    """Tokens kept in every state."""
    beam: float = 20.0
    """Tokens this much worse than the best are dropped."""


@dataclass(frozen=True)
class Path:
    """The best reading of a stretch of signal, one entry per half-wave (edges: one more)."""

    edges: FloatArray
    """Boundaries in samples, fractional."""
    bits: npt.NDArray[np.int8]
    positions: npt.NDArray[np.int8]
    """Framing position at which each half-wave was read."""
    joined: npt.NDArray[np.bool_]
    """False where the search lost the signal in this half-wave and started anew."""
    speeds: FloatArray
    """Length scale after each half-wave: 1 is nominal, 2 a tape at half speed."""
    margins: FloatArray
    """Cost by which the best other reading of each bit loses (nats)."""
    signs: npt.NDArray[np.int8]
    """+1 or −1: polarity of each half-wave."""
    cost: float
    """Cost of the whole path (nats)."""
    alternatives: FloatArray
    """(m, 3): half-wave after which another reading joins; the bits in which it differs (a mask, bit 0 the
    latest half-wave); its extra cost."""


def search(signal: FloatArray, rate: float, hints: FloatArray, tracking: Tracking) -> Path | None:
    """The best path through ``signal`` (n samples of level about 1 at ``rate``; exact zeros are silence).

    ``hints`` holds for every sample the length scale to assume where the search has to start anew.
    Returns None if nothing can be read, not even wrongly.
    """
    against, fraction, plausible = boundaries(signal, 2.0 * tracking.weight, tracking.weak)
    lengths = np.array([LONG_SECONDS * rate, SHORT_SECONDS * rate])
    capacity = 20_000 + 8 * signal.size
    while True:
        used, real, whole = walk(
            against,
            fraction,
            plausible,
            hints,
            lengths,
            tracking.phase_gain,
            tracking.speed_gain,
            tracking.timing_sigma * rate,
            tracking.lists,
            tracking.beam,
            capacity,
        )
        if used >= 0:
            break
        capacity *= 2
    if used < 2:
        return None
    return _path_of(used, real, whole, fraction)


@compiled
def boundaries(
    signal: FloatArray, weight: float, level: float
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """What the search asks about each of the n + 1 boundaries between samples.

    First the running sums, up to it, of what speaks against a positive and a negative half-wave; then how
    far, within half a sample, the zero crossing lies from it; then whether a half-wave may end there: at a
    zero crossing, or beside a sample weaker than ``level``, but not where silence begins.
    """
    size = signal.size
    against = np.zeros((2, size + 1))
    fraction = np.zeros(size + 1)
    plausible = np.zeros(size + 1, dtype=np.bool_)
    for place in range(size):
        value = signal[place]
        against[0, place + 1] = against[0, place] + weight * max(-value, 0.0)
        against[1, place + 1] = against[1, place] + weight * max(value, 0.0)
        weak = abs(value) < level
        crossing = False
        if place > 0:
            earlier = signal[place - 1]
            weak |= abs(earlier) < level
            crossing = (earlier > 0) != (value > 0)
            if crossing:
                fraction[place] = abs(earlier) / (abs(earlier) + abs(value) + 1e-12) - 0.5
        plausible[place] = (weak or crossing) and value != 0.0
    if size:
        plausible[size] = abs(signal[size - 1]) < level
    return against, fraction, plausible


@compiled
def _trace(end: int, parents: IntArray) -> IntArray:
    """The tokens from the first to ``end``."""
    length = 0
    token = end
    while token >= 0:
        length += 1
        token = parents[token] if parents[token] >= 0 else -parents[token] - 2
    path = np.empty(length, dtype=np.int64)
    token = end
    for place in range(length - 1, -1, -1):
        path[place] = token
        token = parents[token] if parents[token] >= 0 else -parents[token] - 2
    return path


@compiled
def _compare(
    path: IntArray, costs: FloatArray, whole: IntArray, sure: float
) -> tuple[FloatArray, FloatArray, int]:
    """Margins of the bits along ``path`` and the readings that lost to it, from the rivals in its states."""
    margins = np.full(path.size - 1, sure)
    alternatives = np.empty((4 * path.size, 3))
    found = 0
    for place in range(1, path.size):
        token = path[place]
        for direction in (-1, 1):
            rival = token + direction
            while (
                0 <= rival < costs.size
                and whole[rival, 0] == whole[token, 0]
                and whole[rival, 1] == whole[token, 1]
            ):
                extra = max(costs[rival] - costs[token], 0.0)
                differing = whole[rival, 2] ^ whole[token, 2]
                for back in range(min(HISTORY_BITS, place)):
                    if (differing >> back) & 1:
                        margins[place - 1 - back] = min(margins[place - 1 - back], extra)
                if found < alternatives.shape[0]:
                    alternatives[found, 0] = place - 1
                    alternatives[found, 1] = differing
                    alternatives[found, 2] = extra
                    found += 1
                rival += direction
    return margins, alternatives, found


def _path_of(used: int, real: FloatArray, whole: IntArray, fraction: FloatArray) -> Path:
    """The path that ends in the best of the last tokens."""
    real, whole = real[:used], whole[:used]
    # Tokens at the very end have explained more signal than earlier ones: compare the last half-wave only.
    last_time = whole[-1, 0]
    recent = np.searchsorted(whole[:, 0], last_time - 8)
    end = int(recent + np.argmin(real[recent:, 0]))
    path = _trace(end, whole[:, 3])
    margins, alternatives, found = _compare(path, real[:, 0], whole, 60.0)
    times, states = whole[path, 0], whole[path, 1]
    return Path(
        # Boundary t lies between samples t − 1 and t.
        edges=times + fraction[times] - 0.5,
        bits=(whole[path[1:], 2] & 1).astype(np.int8),
        positions=(states[:-1] >> 1).astype(np.int8),
        joined=whole[path[1:], 3] >= 0,
        speeds=real[path[1:], 1],
        margins=margins,
        signs=(1 - 2 * (states[:-1] & 1)).astype(np.int8),
        cost=float(real[end, 0]),
        alternatives=alternatives[:found],
    )
