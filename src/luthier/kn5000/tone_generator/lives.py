"""Starting, stealing, freeing and fading: what becomes of lanes between sounding and silence."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import loop_of_parts, part
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.state import (
    AMPLITUDE,
    BEFORE,
    CONTROL,
    DRY,
    EFFECT_SEND,
    FADE,
    FADE_STEPS,
    FIRST_STATE,
    FRESH,
    GAIN,
    GAIN_CURVE,
    GAIN_SLOPE,
    GATE,
    LANES,
    LAST_LANE,
    LEFT,
    LEVEL,
    LIVE,
    LOUDNESS,
    NEXT_ROOT,
    NEXT_SLOT,
    NOW,
    PHASE,
    POSITION,
    QUICK_ROWS,
    REQUEST,
    RESTARTS,
    REVERB_SEND,
    RIGHT,
    ROOT,
    SECOND_STATE,
    SEGMENT,
    SETTLED,
    SIGNAL,
    SLOT,
    SLOW_ROWS,
    STEP_CHANGE,
    STRIDE,
    TUNING,
    VOICES,
    WHOLE_ROWS,
    WORD,
    WORK,
)

Whole = NDArray[np.int64]
Slow = NDArray[np.float64]
Quick = NDArray[np.float32]

_FADES: Final = (1 + np.cos(np.pi * np.arange(FADE_STEPS + 2) / FADE_STEPS)) / 2
_FADES[FADE_STEPS:] = 0


@part
def silence(lane: int, whole: Whole, quick: Quick) -> None:
    """Take a lane out of the sound."""
    whole[LIVE * STRIDE + lane] = 0
    for row in (GAIN, GAIN_SLOPE, GAIN_CURVE, FIRST_STATE, SECOND_STATE):
        quick[row * STRIDE + lane] = 0
    for row in (TUNING, LEFT, RIGHT, EFFECT_SEND, REVERB_SEND, DRY):
        quick[(row + 1) * STRIDE + lane] = 0
    for sample in range(CONTROL):
        quick[SIGNAL + lane * CONTROL + sample] = 0


@part
def leave_ghost(voice: int, whole: Whole, slow: Slow, quick: Quick) -> None:
    """Have another lane fade out what the voice sounds: a free one, else the one that has faded most."""
    ghost = VOICES
    for lane in range(VOICES, LANES):
        if not whole[LIVE * STRIDE + lane]:
            ghost = lane
            break
        if whole[FADE * STRIDE + lane] > whole[FADE * STRIDE + ghost]:
            ghost = lane
    for row in range(WHOLE_ROWS):
        whole[row * STRIDE + ghost] = whole[row * STRIDE + voice]
    for row in range(SLOW_ROWS):
        slow[row * STRIDE + ghost] = slow[row * STRIDE + voice]
    for row in range(QUICK_ROWS):
        quick[row * STRIDE + ghost] = quick[row * STRIDE + voice]
    for sample in range(CONTROL):
        quick[SIGNAL + ghost * CONTROL + sample] = quick[SIGNAL + voice * CONTROL + sample]
    whole[FADE * STRIDE + ghost] = 0
    # The fade goes down from the envelope's value.
    slow[LOUDNESS * STRIDE + ghost] = slow[AMPLITUDE * STRIDE + voice]
    silence(voice, whole, quick)


@part
def answer_requests(whole: Whole, slow: Slow, quick: Quick) -> None:
    """Start and free the voices that were asked to."""
    asked = 0
    for voice in range(VOICES):
        asked |= whole[REQUEST * STRIDE + voice]
    if not asked:
        return
    for voice in range(VOICES):
        request = whole[REQUEST * STRIDE + voice]
        if request:
            whole[REQUEST * STRIDE + voice] = 0
            if whole[LIVE * STRIDE + voice]:
                leave_ghost(voice, whole, slow, quick)
            if request == GATE:
                whole[LIVE * STRIDE + voice] = whole[FRESH * STRIDE + voice] = 1
                whole[RESTARTS * STRIDE + voice] = 0
                whole[POSITION * STRIDE + voice] = whole[LEVEL * STRIDE + voice] = 0
                whole[SETTLED * STRIDE + voice] = -1
                whole[SLOT * STRIDE + voice] = whole[NEXT_SLOT * STRIDE + voice]
                slow[ROOT * STRIDE + voice] = slow[NEXT_ROOT * STRIDE + voice]
                for envelope in range(3):
                    whole[(SEGMENT + envelope) * STRIDE + voice] = 0
                    whole[(WORD + envelope) * STRIDE + voice] = -1
                    slow[(NOW + envelope) * STRIDE + voice] = 0
                    slow[(PHASE + envelope) * STRIDE + voice] = 0
                slow[NOW * STRIDE + voice] = laws.SILENT_TARGET
                slow[AMPLITUDE * STRIDE + voice] = slow[BEFORE * STRIDE + voice] = 0


@loop_of_parts
def count_active(whole: Whole) -> int:
    """How many voices sound or are about to."""
    count = 0
    for voice in range(VOICES):
        asked, lives = whole[REQUEST * STRIDE + voice], whole[LIVE * STRIDE + voice]
        count += asked == GATE if asked else lives != 0
    return count


@part
def choose_lanes(only_fresh: bool, whole: Whole) -> tuple[int, int]:
    """List in WORK the lanes that sound, or of these those just started; how many voices, and in all."""
    old = 0 if only_fresh else 1
    voices = list_lanes(0, VOICES, 0, old, whole)
    ghosts = 0
    for lane in range(VOICES, LANES):
        ghosts |= whole[LIVE * STRIDE + lane]
    return voices, list_lanes(VOICES, LANES, voices, old, whole) if ghosts else voices


@part
def list_lanes(first: int, last: int, count: int, old: int, whole: Whole) -> int:
    """Put lanes behind the first ``count`` in WORK; how many there are then."""
    for lane in range(first, last):
        # A branch would be guessed wrong often.
        whole[WORK * STRIDE + count] = lane
        count += whole[LIVE * STRIDE + lane] & (whole[FRESH * STRIDE + lane] | old)
    return count


@part
def gain_curve(earlier: float, now: float, after: float, span: int) -> tuple[float, float, float]:
    """Constant, slope and curve of a gain without corners.

    It goes from half way between the last two values of the envelope to half way to the next.  Samples
    count from the last control step, which was CONTROL - span ago.
    """
    start, end = (earlier + now) / 2, (now + after) / 2
    slope = (now - earlier) / CONTROL
    curve = (end - start - span * slope) / (span * span)
    missing = CONTROL - span
    return start - missing * slope + missing * missing * curve, slope - 2 * missing * curve, curve


@part
def fade_ghosts(voices: int, lanes: int, whole: Whole, slow: Slow, quick: Quick) -> None:
    """One step of every ghost's fade: the lanes behind the voices in WORK."""
    for at in range(voices, min(lanes, LANES)):
        lane = whole[WORK * STRIDE + at] & LAST_LANE
        if whole[LIVE * STRIDE + lane]:
            faded = whole[FADE * STRIDE + lane] + 1
            whole[FADE * STRIDE + lane] = faded
            if faded > FADE_STEPS + 1:
                silence(lane, whole, quick)
            else:
                whole[STEP_CHANGE * STRIDE + lane] = 0
                for row in (TUNING, LEFT, RIGHT, EFFECT_SEND, REVERB_SEND, DRY):
                    quick[row * STRIDE + lane] += CONTROL * quick[(row + 1) * STRIDE + lane]
                    quick[(row + 1) * STRIDE + lane] = 0
                now, after = slow[AMPLITUDE * STRIDE + lane], slow[LOUDNESS * STRIDE + lane] * _FADES[faded]
                constant, slope, curve = gain_curve(slow[BEFORE * STRIDE + lane], now, after, CONTROL)
                slow[BEFORE * STRIDE + lane], slow[AMPLITUDE * STRIDE + lane] = now, after
                quick[GAIN * STRIDE + lane] = np.float32(constant)
                quick[GAIN_SLOPE * STRIDE + lane] = np.float32(slope)
                quick[GAIN_CURVE * STRIDE + lane] = np.float32(curve)
