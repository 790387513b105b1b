"""The sound of 64 voices: the loop that turns voice state into samples.

For every sample of a lane: a cubic between stored samples, a low-pass, the envelope's gain, pan and sends.
The filter is a state-variable filter with trapezoidal integrators (Andrew Simper, "Linear Trapezoidal
Integrated SVF", 2013), stable while its cutoff moves.  Only lanes that sound cost anything.  A filter's next
sample needs its last, so it goes over sixteen lanes at once, all else over sixteen samples of one lane.

Nothing depends on the size of a block: control steps are counted from the first sample of all, every sample
sees the same operations in the same order, and lanes are added in the order of their numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.four import load as load_four
from luthier.dsp.loops import loop_of_parts, part
from luthier.dsp.sixteen import WIDTH, Sixteen, between, columns, counted, joined, load, of_one, store, turn
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.band_limited import COLUMNS, LEVELS
from luthier.kn5000.tone_generator.control import control
from luthier.kn5000.tone_generator.interpolation import INNER, OUTER
from luthier.kn5000.tone_generator.lives import choose_lanes
from luthier.kn5000.tone_generator.state import (
    ACROSS,
    CONTROL,
    DRY,
    DRY_STEP,
    EFFECT_SEND,
    EFFECT_STEP,
    FILTERS,
    FIRST_STATE,
    GAIN,
    GAIN_CURVE,
    GAIN_SLOPE,
    LAST_LANE,
    LEFT,
    LEFT_STEP,
    LEVEL,
    OUTPUTS,
    POSITION,
    REVERB_SEND,
    REVERB_STEP,
    RIGHT,
    RIGHT_STEP,
    SECOND_STATE,
    SIGNAL,
    SLOT,
    STEP,
    STEP_CHANGE,
    STRIDE,
    SUMS,
    TUNING,
    TUNING_STEP,
    WORK,
)

Whole = NDArray[np.int64]
Slow = NDArray[np.float64]
Quick = NDArray[np.float32]

_I0, _I1, _I2, _I3 = (np.float32(value) for value in INNER)
_O0, _O1, _O2, _O3 = (np.float32(value) for value in OUTER)
_ZERO, _ONE, _TWO = np.float32(0), np.float32(1), np.float32(2)
_DAMPING = np.float32(1 / laws.RESONANCE)
#: What steps have grown by after sixteen of them, in changes.
_GROWN = WIDTH * (WIDTH - 1) // 2


@loop_of_parts
def render(
    time: int,
    registers: NDArray[np.uint16],
    whole: Whole,
    slow: Slow,
    quick: Quick,
    scratch: Quick,
    pool: NDArray[np.float32],
    table: Whole,
    out: NDArray[np.float32],
) -> None:
    """The next samples of all outputs, from ``time`` on; ``out`` is (frames, OUTPUTS)."""
    frames = len(out)
    done = 0
    at = time % CONTROL
    if at:
        control(CONTROL - at, True, registers, whole, slow, quick, table)
    while done < frames:
        at = (time + done) % CONTROL
        if at == 0:
            control(CONTROL, False, registers, whole, slow, quick, table)
        count = min(CONTROL - at, frames - done)
        _, lanes = choose_lanes(False, whole)
        for place in range(lanes):
            interpolate(place, count, whole, scratch, pool, table)
        for first in range(0, lanes, WIDTH):
            filter_lanes(first, min(lanes - first, WIDTH), at, count, whole, quick, scratch)
        for first in range(0, count, WIDTH):
            mix(lanes, first, at, whole, quick, scratch)
        for sample in range(count):
            for output in range(OUTPUTS):
                out[done + sample, output] = scratch[SUMS + output * CONTROL + sample]
        done += count


@part
def interpolate(
    place: int, count: int, whole: Whole, scratch: Quick, pool: NDArray[np.float32], table: Whole
) -> None:
    """Read ``count`` samples of the recording of a lane in WORK, into its row of scratch.

    Always sixteen are read at a time.  What is too much may lie behind the recording and is not heard.
    """
    lane = whole[WORK * STRIDE + place] & LAST_LANE
    slot, row = whole[SLOT * STRIDE + lane], place * CONTROL
    if slot < 0:
        store(scratch, row, of_one(_ZERO))
        store(scratch, row + WIDTH, of_one(_ZERO))
        return
    base = table[(slot * LEVELS + whole[LEVEL * STRIDE + lane]) * COLUMNS] - 1
    position = whole[POSITION * STRIDE + lane]
    step = whole[STEP * STRIDE + lane]
    change = whole[STEP_CHANGE * STRIDE + lane]
    curve(row, base, position, step, change, scratch, pool)
    if count > WIDTH:
        then = position + WIDTH * step + _GROWN * change
        curve(row + WIDTH, base, then, step + WIDTH * change, change, scratch, pool)
    whole[POSITION * STRIDE + lane] = position + count * step + count * (count - 1) // 2 * change
    whole[STEP * STRIDE + lane] = step + count * change


@part
def four_places(position: int, step: int, change: int) -> tuple[int, int, int, int, int, int]:
    """The stored samples at four positions, the fifth position, and the step from there."""
    second = position + step
    third = second + step + change
    fourth = third + step + 2 * change
    fifth = fourth + step + 3 * change
    return position >> 32, second >> 32, third >> 32, fourth >> 32, fifth, step + 4 * change


@part
def curve(
    row: int, base: int, position: int, step: int, change: int, scratch: Quick, pool: NDArray[np.float32]
) -> None:
    """Sixteen samples on cubics through four stored ones each."""
    z = between(position, step, change)
    p0, p1, p2, p3, then, longer = four_places(position, step, change)
    p4, p5, p6, p7, then, longer = four_places(then, longer, change)
    p8, p9, p10, p11, then, longer = four_places(then, longer, change)
    p12, p13, p14, p15, then, longer = four_places(then, longer, change)
    a, b, c, d = columns(
        four_points(base, p0, p4, p8, p12, pool),
        four_points(base, p1, p5, p9, p13, pool),
        four_points(base, p2, p6, p10, p14, pool),
        four_points(base, p3, p7, p11, p15, pool),
    )
    inner, outer = c + b, d + a
    inner_odd, outer_odd = c - b, d - a
    c0 = inner * of_one(_I0) + outer * of_one(_O0)
    c1 = inner_odd * of_one(_I1) + outer_odd * of_one(_O1)
    c2 = inner * of_one(_I2) + outer * of_one(_O2)
    c3 = inner_odd * of_one(_I3) + outer_odd * of_one(_O3)
    store(scratch, row, ((c3 * z + c2) * z + c1) * z + c0)


@part
def four_points(base: int, p: int, q: int, r: int, s: int, pool: NDArray[np.float32]) -> Sixteen:
    """The four stored samples around each of four places."""
    return joined(
        load_four(pool, base + p),
        load_four(pool, base + q),
        load_four(pool, base + r),
        load_four(pool, base + s),
    )


@part
def filter_lanes(
    first: int, lanes: int, at: int, count: int, whole: Whole, quick: Quick, scratch: Quick
) -> None:
    """Low-pass of up to sixteen lanes from ``first`` of WORK on, in their rows of scratch.

    ``at`` counts from the control step.  Where there are fewer lanes, the last is done several times.
    """
    for place in range(WIDTH):
        lane = whole[WORK * STRIDE + first + min(place, lanes - 1)] & LAST_LANE
        scratch[FILTERS + place] = quick[TUNING * STRIDE + lane]
        scratch[FILTERS + WIDTH + place] = quick[TUNING_STEP * STRIDE + lane]
        scratch[FILTERS + 2 * WIDTH + place] = quick[FIRST_STATE * STRIDE + lane]
        scratch[FILTERS + 3 * WIDTH + place] = quick[SECOND_STATE * STRIDE + lane]
    for sample in range(0, count, WIDTH):
        turn(scratch, first * CONTROL + sample, CONTROL, ACROSS + sample * WIDTH, WIDTH)
    begin, change = load(scratch, FILTERS), load(scratch, FILTERS + WIDTH)
    one, two = load(scratch, FILTERS + 2 * WIDTH), load(scratch, FILTERS + 3 * WIDTH)
    for sample in range(count):
        row = ACROSS + sample * WIDTH
        tuning = begin + of_one(np.float32(at + sample)) * change
        share = of_one(_ONE) / (of_one(_ONE) + tuning * (tuning + of_one(_DAMPING)))
        band = share * one + (share * tuning) * (load(scratch, row) - two)
        store(scratch, row, two + tuning * band)
        one = of_one(_TWO) * band - one
        two = two + (of_one(_TWO) * tuning) * band
    store(scratch, FILTERS + 2 * WIDTH, one)
    store(scratch, FILTERS + 3 * WIDTH, two)
    for sample in range(0, count, WIDTH):
        turn(scratch, ACROSS + sample * WIDTH, WIDTH, first * CONTROL + sample, CONTROL)
    for place in range(lanes):
        lane = whole[WORK * STRIDE + first + place] & LAST_LANE
        quick[FIRST_STATE * STRIDE + lane] = scratch[FILTERS + 2 * WIDTH + place]
        quick[SECOND_STATE * STRIDE + lane] = scratch[FILTERS + 3 * WIDTH + place]


@part
def line(row: int, change: int, lane: int, since: Sixteen, quick: Quick) -> Sixteen:
    """What moves along a straight line since the control step."""
    return of_one(quick[row * STRIDE + lane]) + since * of_one(quick[change * STRIDE + lane])


@part
def mix(lanes: int, first: int, at: int, whole: Whole, quick: Quick, scratch: Quick) -> None:
    """Sixteen samples of every output from ``first`` on: gains, and the sums of all lanes in WORK."""
    since = counted(at + first)
    dry_left = dry_right = effect_left = effect_right = reverb_left = reverb_right = of_one(_ZERO)
    for place in range(lanes):
        lane = whole[WORK * STRIDE + place] & LAST_LANE
        slope = line(GAIN_SLOPE, GAIN_CURVE, lane, since, quick)
        gain = of_one(quick[GAIN * STRIDE + lane]) + since * slope
        signal = load(scratch, place * CONTROL + first) * gain
        store(quick, SIGNAL + lane * CONTROL + first, signal)
        left = signal * line(LEFT, LEFT_STEP, lane, since, quick)
        right = signal * line(RIGHT, RIGHT_STEP, lane, since, quick)
        effect = line(EFFECT_SEND, EFFECT_STEP, lane, since, quick)
        reverb = line(REVERB_SEND, REVERB_STEP, lane, since, quick)
        dry = line(DRY, DRY_STEP, lane, since, quick)
        dry_left, dry_right = dry_left + left * dry, dry_right + right * dry
        effect_left, effect_right = effect_left + left * effect, effect_right + right * effect
        reverb_left, reverb_right = reverb_left + left * reverb, reverb_right + right * reverb
    store(scratch, SUMS + first, dry_left)
    store(scratch, SUMS + CONTROL + first, dry_right)
    store(scratch, SUMS + 2 * CONTROL + first, effect_left)
    store(scratch, SUMS + 3 * CONTROL + first, effect_right)
    store(scratch, SUMS + 4 * CONTROL + first, reverb_left)
    store(scratch, SUMS + 5 * CONTROL + first, reverb_right)
