"""The compiled heart of :mod:`luthier.poly800.tape.lattice`: every token, sample by sample.

Tokens wait in a ring of the next few samples, at the boundary they have reached: ``real[row, state, entry]``
holds cost, speed and lateness, ``whole[row, state, entry]`` history and parent.  Those that are good enough
when their sample comes are written down and passed on.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled, inlined

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

#: Framing positions: 0 waits for a start bit (a one keeps waiting), 1–8 data bits, 9 and 10 stop bits.
FRAME_POSITIONS = 11
#: A state is a framing position and the polarity of the half-wave that follows (even: positive).
STATES = 2 * FRAME_POSITIONS
#: Bits by which two tokens of one state count as different readings.
HISTORY_BITS = 24
_HISTORY_MASK = (1 << HISTORY_BITS) - 1
#: Speeds are followed within a factor of two of the one for which the signal was resampled.
SLOWEST, FASTEST = 2.0, 0.5
#: Boundaries further than this many sigma from the prediction are not considered.
SIGMA_LIMIT = 3.0
#: A free bit is one of two; start and stop bits are certain.
_BIT_COST = math.log(2.0)
#: Cost of giving up and starting anew where nothing explains the signal.
_REVIVAL_COST = 30.0
_UNREACHED = 1e30
# Columns of waiting tokens.
_COST, _SPEED, _LATE = 0, 1, 2
_HISTORY, _PARENT = 0, 1


@compiled
def walk(
    against: FloatArray,
    fraction: FloatArray,
    plausible: BoolArray,
    hints: FloatArray,
    lengths: FloatArray,
    phase_gain: float,
    speed_gain: float,
    sigma: float,
    lists: int,
    beam: float,
    capacity: int,
) -> tuple[int, FloatArray, IntArray]:
    """All tokens that survived: (cost, speed) and (time, state, history, parent), in order of time.

    ``against`` (2, n + 1) are running sums of what speaks against a positive and a negative half-wave;
    ``lengths`` are those of a zero and a one in samples.  A parent below −1 stands for a search that started
    anew after the token −parent − 2.  Returns −1 tokens if ``capacity`` is too small.
    """
    last = against.shape[1] - 1
    reach = int((lengths[0] + SIGMA_LIMIT * sigma) * SLOWEST * 1.1) + 3
    # A power of two, so that finding a row is a mask and no division.
    ring = 1
    while ring <= reach:
        ring *= 2
    real = np.full((ring, STATES, lists, 3), _UNREACHED)
    whole = np.zeros((ring, STATES, lists, 2), dtype=np.int64)
    # Which states have tokens at each boundary: their number, then the states; most boundaries have none.
    occupied = np.zeros((ring, 1 + STATES), dtype=np.int64)
    cheapest = np.full(ring, _UNREACHED)
    lowest = _UNREACHED
    lowest_at = 0
    token_real = np.empty((capacity, 2))
    token_whole = np.empty((capacity, 4), dtype=np.int64)
    used = 0
    best = -1
    alive = -ring
    for now in range(last + 1):
        row = now & (ring - 1)
        if now - alive > reach:
            base = token_real[best, 0] + _REVIVAL_COST if best >= 0 else 0.0
            speed = hints[min(now, last - 1)]
            ahead = int(lengths[0] * speed)
            _start_everywhere(real, whole, occupied, now, ahead, last, base, speed, -best - 2)
            alive = now
        states = occupied[row, 0]
        occupied[row, 0] = 0
        cheapest[row] = _cheapest_here(real, occupied, row, states)
        if not states:
            continue
        # Tokens within the last half-wave have explained about as much signal and may be compared.
        if cheapest[row] <= lowest:
            lowest, lowest_at = cheapest[row], now
        elif now - lowest_at >= reach:
            lowest, lowest_at = _lowest_lately(cheapest, now, reach)
        for place in range(states):
            state = occupied[row, 1 + place]
            for entry in range(lists):
                cost = real[row, state, entry, _COST]
                if cost > lowest + beam:
                    break
                if used == capacity:
                    return -1, token_real, token_whole
                alive = now
                token_real[used, 0] = cost
                token_real[used, 1] = real[row, state, entry, _SPEED]
                token_whole[used, 0] = now
                token_whole[used, 1] = state
                token_whole[used, 2] = whole[row, state, entry, _HISTORY]
                token_whole[used, 3] = whole[row, state, entry, _PARENT]
                if best < 0 or cost <= token_real[best, 0] or token_whole[best, 0] < now - reach:
                    best = used
                line = now + fraction[now] - real[row, state, entry, _LATE]
                _pass_on(
                    against, fraction, plausible, lengths, phase_gain, speed_gain, sigma,
                    real, whole, occupied, now, reach, lowest + beam, state, line, cost,
                    token_real[used, 1], token_whole[used, 2], used,
                )  # fmt: skip
                used += 1
            for entry in range(lists):
                real[row, state, entry, _COST] = _UNREACHED
    return used, token_real, token_whole


@compiled
def _cheapest_here(real: FloatArray, occupied: IntArray, row: int, states: int) -> float:
    """Lowest cost among the tokens at a boundary."""
    lowest = _UNREACHED
    for place in range(states):
        lowest = min(lowest, real[row, occupied[row, 1 + place], 0, _COST])
    return lowest


@compiled
def _lowest_lately(cheapest: FloatArray, now: int, reach: int) -> tuple[float, int]:
    """Lowest cost among the boundaries of the last half-wave, and where."""
    ring = cheapest.shape[0]
    lowest, lowest_at = _UNREACHED, now
    for back in range(reach):
        if cheapest[(now - back) & (ring - 1)] < lowest:
            lowest, lowest_at = cheapest[(now - back) & (ring - 1)], now - back
    return lowest, lowest_at


@inlined
def _pass_on(
    against: FloatArray,
    fraction: FloatArray,
    plausible: BoolArray,
    lengths: FloatArray,
    phase_gain: float,
    speed_gain: float,
    sigma: float,
    real: FloatArray,
    whole: IntArray,
    occupied: IntArray,
    now: int,
    reach: int,
    limit: float,
    state: int,
    line: float,
    cost: float,
    speed: float,
    history: int,
    token: int,
) -> None:
    """Offer one token, a half-wave later, to every state and boundary it can reach."""
    last = against.shape[1] - 1
    ring, lists = real.shape[0], real.shape[2]
    position = state >> 1
    polarity = state & 1
    spread = sigma * speed
    before = against[polarity, now]
    for bit in range(2):
        if bit == 0 and position >= 9:
            continue
        if position == 0:
            following = 1 - bit
        elif position == 10:
            following = 0
        else:
            following = position + 1
        so_far = cost - before if position >= 9 else cost - before + _BIT_COST
        next_state = following * 2 + 1 - polarity
        due = line + lengths[bit] * speed
        first = max(int(due - SIGMA_LIMIT * spread) + 1, now + 1)
        final = min(int(due + SIGMA_LIMIT * spread), now + reach, last)
        for boundary in range(first, final + 1):
            if not plausible[boundary]:
                continue
            unexplained = so_far + against[polarity, boundary]
            if unexplained >= limit:
                # Further on it can only be more.
                break
            late = boundary + fraction[boundary] - due
            total = unexplained + 0.5 * (late / spread) ** 2
            row = boundary & (ring - 1)
            if total < limit and total < real[row, next_state, lists - 1, _COST]:
                faster = speed + speed_gain * late / lengths[bit]
                _offer(
                    real, whole, occupied, row, next_state, total, min(max(faster, FASTEST), SLOWEST),
                    (1.0 - phase_gain) * late, ((history << 1) | bit) & _HISTORY_MASK, token,
                )  # fmt: skip


@inlined
def _offer(
    real: FloatArray,
    whole: IntArray,
    occupied: IntArray,
    row: int,
    state: int,
    cost: float,
    speed: float,
    late: float,
    history: int,
    parent: int,
) -> None:
    """Put a token among those of one state, sorted by cost; equal recent bits are the same reading."""
    lists = real.shape[2]
    place = lists
    last = lists - 1
    for entry in range(lists):
        if place == lists and cost < real[row, state, entry, _COST]:
            place = entry
        if real[row, state, entry, _COST] >= _UNREACHED or whole[row, state, entry, _HISTORY] == history:
            last = entry
            break
    if place > last:
        return
    if real[row, state, 0, _COST] >= _UNREACHED:
        occupied[row, 0] += 1
        occupied[row, occupied[row, 0]] = state
    for entry in range(last, place, -1):
        for column in range(3):
            real[row, state, entry, column] = real[row, state, entry - 1, column]
        for column in range(2):
            whole[row, state, entry, column] = whole[row, state, entry - 1, column]
    real[row, state, place, _COST] = cost
    real[row, state, place, _SPEED] = speed
    real[row, state, place, _LATE] = late
    whole[row, state, place, _HISTORY] = history
    whole[row, state, place, _PARENT] = parent


@compiled
def _start_everywhere(
    real: FloatArray,
    whole: IntArray,
    occupied: IntArray,
    now: int,
    reach: int,
    last: int,
    cost: float,
    speed: float,
    parent: int,
) -> None:
    """Let every state begin at any boundary of the next half-wave."""
    ring = real.shape[0]
    for ahead in range(reach):
        if now + ahead > last:
            break
        row = (now + ahead) & (ring - 1)
        for state in range(STATES):
            _offer(real, whole, occupied, row, state, cost + 0.02 * ahead, speed, 0.0, 0, parent)
