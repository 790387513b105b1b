"""The sound of 64 voices: the loop that turns voice state into samples.

For every sample of a lane: a cubic between stored samples, a low-pass, the envelope's gain, pan and sends.
The filter is a state-variable filter with trapezoidal integrators (Andrew Simper, "Linear Trapezoidal
Integrated SVF", 2013), stable while its cutoff moves.  Filter and mixing go over all lanes of a sample at
once, so that the processor does eight or sixteen together.

Nothing depends on the size of a block: control steps are counted from the first sample of all, and every
sample sees the same operations in the same order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.band_limited import COLUMNS, LEVELS
from luthier.kn5000.tone_generator.control import control
from luthier.kn5000.tone_generator.interpolation import INNER, OUTER
from luthier.kn5000.tone_generator.loops import loop, summing_loop
from luthier.kn5000.tone_generator.state import (
    CONTROL,
    DRY,
    DRY_STEP,
    EFFECT_SEND,
    EFFECT_STEP,
    FIRST_STATE,
    GAIN,
    GAIN_CURVE,
    GAIN_SLOPE,
    LANES,
    LEFT,
    LEFT_STEP,
    LEVEL,
    LIVE,
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
    TUNING,
    TUNING_STEP,
    VOICES,
)

Whole = NDArray[np.int64]
Slow = NDArray[np.float64]
Quick = NDArray[np.float32]

_I0, _I1, _I2, _I3 = (np.float32(value) for value in INNER)
_O0, _O1, _O2, _O3 = (np.float32(value) for value in OUTER)
_HALF, _ONE, _TWO = np.float32(0.5), np.float32(1), np.float32(2)
_PART = np.float32(2.0**-31)
_DAMPING = np.float32(1 / laws.RESONANCE)


@loop
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
        ghosts = interpolate(count, whole, quick, scratch, pool, table)
        filter_lanes(0, LANES if ghosts else VOICES, at, count, quick)
        mix(at, count, ghosts, quick, out, done)
        done += count


@loop
def interpolate(
    count: int,
    whole: Whole,
    quick: Quick,
    scratch: Quick,
    pool: NDArray[np.float32],
    table: Whole,
) -> bool:
    """Read recordings into SIGNAL: for a lane first the four points, then all cubics together.

    Tells whether there are ghosts.
    """
    ghosts = False
    for lane in range(LANES):
        slot = whole[SLOT * STRIDE + lane]
        if not whole[LIVE * STRIDE + lane]:
            continue
        ghosts |= lane >= VOICES
        if slot < 0:
            continue
        base = table[(slot * LEVELS + whole[LEVEL * STRIDE + lane]) * COLUMNS] - 1
        position = whole[POSITION * STRIDE + lane]
        step = whole[STEP * STRIDE + lane]
        change = whole[STEP_CHANGE * STRIDE + lane]
        for sample in range(min(count, CONTROL)):
            place = np.uint64(base + (position >> 32))
            scratch[sample] = pool[place]
            scratch[CONTROL + sample] = pool[place + np.uint64(1)]
            scratch[2 * CONTROL + sample] = pool[place + np.uint64(2)]
            scratch[3 * CONTROL + sample] = pool[place + np.uint64(3)]
            scratch[4 * CONTROL + sample] = np.float32(np.int32((position >> 1) & 0x7FFFFFFF)) * _PART - _HALF
            position += step
            step += change
        for sample in range(min(count, CONTROL)):
            a, b = scratch[sample], scratch[CONTROL + sample]
            c, d = scratch[2 * CONTROL + sample], scratch[3 * CONTROL + sample]
            z = scratch[4 * CONTROL + sample]
            inner, outer = c + b, d + a
            inner_odd, outer_odd = c - b, d - a
            c0 = inner * _I0 + outer * _O0
            c1 = inner_odd * _I1 + outer_odd * _O1
            c2 = inner * _I2 + outer * _O2
            c3 = inner_odd * _I3 + outer_odd * _O3
            quick[(SIGNAL + sample) * STRIDE + lane] = ((c3 * z + c2) * z + c1) * z + c0
        whole[POSITION * STRIDE + lane] = position
        whole[STEP * STRIDE + lane] = step
    return ghosts


@loop
def filter_lanes(first: int, last: int, at: int, count: int, quick: Quick) -> None:
    """Low-pass and gain of lanes ``first`` up to ``last``, in place; ``at`` counts from the control step."""
    for sample in range(min(count, CONTROL)):
        since = np.float32(at + sample)
        for lane in range(first, last):
            tuning = quick[TUNING * STRIDE + lane] + since * quick[TUNING_STEP * STRIDE + lane]
            one = quick[FIRST_STATE * STRIDE + lane]
            two = quick[SECOND_STATE * STRIDE + lane]
            curve = quick[GAIN_SLOPE * STRIDE + lane] + since * quick[GAIN_CURVE * STRIDE + lane]
            gain = quick[GAIN * STRIDE + lane] + since * curve
            difference = quick[(SIGNAL + sample) * STRIDE + lane] - two
            band = (one + tuning * difference) / (_ONE + tuning * (tuning + _DAMPING))
            low = two + tuning * band
            quick[FIRST_STATE * STRIDE + lane] = _TWO * band - one
            quick[SECOND_STATE * STRIDE + lane] = _TWO * low - two
            quick[(SIGNAL + sample) * STRIDE + lane] = low * gain


@summing_loop
def mix(at: int, count: int, ghosts: bool, quick: Quick, out: NDArray[np.float32], done: int) -> None:
    """The sums of all lanes for every output."""
    lanes = LANES if ghosts else VOICES
    for sample in range(min(count, CONTROL)):
        since = np.float32(at + sample)
        dry_left = dry_right = effect_left = effect_right = reverb_left = reverb_right = np.float32(0)
        for lane in range(lanes):
            signal = quick[(SIGNAL + sample) * STRIDE + lane]
            left = signal * (quick[LEFT * STRIDE + lane] + since * quick[LEFT_STEP * STRIDE + lane])
            right = signal * (quick[RIGHT * STRIDE + lane] + since * quick[RIGHT_STEP * STRIDE + lane])
            effect = quick[EFFECT_SEND * STRIDE + lane] + since * quick[EFFECT_STEP * STRIDE + lane]
            reverb = quick[REVERB_SEND * STRIDE + lane] + since * quick[REVERB_STEP * STRIDE + lane]
            dry = quick[DRY * STRIDE + lane] + since * quick[DRY_STEP * STRIDE + lane]
            dry_left += left * dry
            dry_right += right * dry
            effect_left += left * effect
            effect_right += right * effect
            reverb_left += left * reverb
            reverb_right += right * reverb
        out[done + sample, 0], out[done + sample, 1] = dry_left, dry_right
        out[done + sample, 2], out[done + sample, 3] = effect_left, effect_right
        out[done + sample, 4], out[done + sample, 5] = reverb_left, reverb_right
