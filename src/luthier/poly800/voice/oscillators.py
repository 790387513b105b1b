"""The chip's eight oscillators: every edge at its exact time, band-limited, all footages in one go.

All octaves of a note come from one counter, so an edge is one step of their sum, however many of them turn.
The height of a step goes into ``impulses`` as an impulse without frequencies beyond the rate's; the running
sum is the wave.
"""

from __future__ import annotations

from luthier.compiled import compiled
from luthier.poly800.voice.chip import UNITS
from luthier.poly800.voice.state import BIT, COUNT, DIVIDER, LANES, NEXT, Numbers, Words
from luthier.poly800.voice.steps import PHASES, TAPS


@compiled
def _kept(time: int, dropped: int) -> int:
    """How many units of a clock that misses every ``dropped``-th pulse have passed."""
    return time - UNITS * (time // (UNITS * dropped)) if dropped else time


@compiled
def _when(kept: int, dropped: int) -> int:
    """When so many units of that clock have passed."""
    return kept + UNITS * (kept // (UNITS * (dropped - 1))) if dropped else kept


@compiled
def standing_wave(count: int, bit: int, weights: Numbers, group: int) -> float:
    """The sum of all footages at a count."""
    value = 0.0
    for footage in range(4):
        if count >> max(bit - footage, 0) & 1:
            value += weights[group, footage]
        else:
            value -= weights[group, footage]
    return value


@compiled
def _add_step(impulses: Numbers, lane: int, place: float, height: float, table: Numbers) -> None:
    first = int(place)
    between = (place - first) * PHASES
    row = int(between)
    share = between - row
    for tap in range(TAPS):
        shape = table[row, tap] + share * (table[row + 1, tap] - table[row, tap])
        impulses[1 + first + tap, lane] += height * shape


@compiled
def _finest(bit: int, weights: Numbers, group: int) -> int:
    """The lowest bit that is heard; -1 if none is."""
    for footage in range(3, -1, -1):
        if weights[group, footage] != 0.0:
            return max(bit - footage, 0)
    return -1


@compiled
def oscillate(
    lanes: Words,
    lane: int,
    begin: float,
    step: float,
    frames: int,
    dropped: int,
    weights: Numbers,
    group: int,
    standing: Numbers,
    impulses: Numbers,
    table: Numbers,
    heard: bool,
) -> None:
    """All edges of an oscillator from ``begin`` on, for ``frames`` of ``step`` units each.

    What is not ``heard`` only counts on.
    """
    divider, bit = lanes[DIVIDER, lane], lanes[BIT, lane]
    following, count = lanes[NEXT, lane], lanes[COUNT, lane]
    end = begin + frames * step
    value = standing_wave(count, bit, weights, group)
    if value != standing[lane]:  # another program, or other octaves
        _add_step(impulses, lane, 0.0, value - standing[lane], table)
    finest = _finest(bit, weights, group)
    if heard and finest >= 0:
        stride = 1 << finest
        while True:
            ahead = stride - 1 - (count & (stride - 1))
            time = _when(_kept(following, dropped) + ahead * divider, dropped)
            if time >= end:
                break
            count += ahead + 1
            following = _when(_kept(time, dropped) + divider, dropped)
            now = standing_wave(count, bit, weights, group)
            _add_step(impulses, lane, max((time - begin) / step, 0.0), now - value, table)
            value = now
    # Counts at which nothing turned.
    behind = _kept(int(end), dropped) - _kept(following, dropped)
    if behind > 0:
        passed = behind // divider + 1
        count += passed
        following = _when(_kept(following, dropped) + passed * divider, dropped)
        if not heard:
            now = standing_wave(count, bit, weights, group)
            if now != value:
                _add_step(impulses, lane, 0.0, now - value, table)
            value = now
    standing[lane] = value
    lanes[NEXT, lane], lanes[COUNT, lane] = following, count


@compiled
def mix(impulses: Numbers, frames: int, before: Numbers, after: Numbers, mono: Numbers) -> None:
    """Sum impulses to waves and add them to ``mono``, each from its loudness ``before`` to ``after``.

    Keeps what reaches over the end.
    """
    for frame in range(1, frames + 1):
        for lane in range(LANES):
            impulses[frame, lane] += impulses[frame - 1, lane]
    share = 1.0 / frames
    for lane in range(LANES):
        loudness, change = before[lane], (after[lane] - before[lane]) * share
        if loudness == 0.0 and change == 0.0:
            continue
        for frame in range(frames):
            mono[frame] += impulses[frame + 1, lane] * (loudness + change * (frame + 1))
    for lane in range(LANES):
        impulses[0, lane] = impulses[frames, lane]
    for row in range(1, frames + 1):
        for lane in range(LANES):
            impulses[row, lane] = 0.0
    # A tick is never shorter than an impulse.
    for tap in range(1, TAPS + 1):
        for lane in range(LANES):
            impulses[tap, lane] = impulses[frames + tap, lane]
            impulses[frames + tap, lane] = 0.0
