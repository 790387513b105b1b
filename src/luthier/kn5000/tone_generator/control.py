"""The slow side of the voices, once a control step: pitch, cutoff, gains, pan and sends from the registers.

Between steps the filter's tuning, pan and sends follow straight lines and the gain a quadratic curve without
corners: half a control step late, and free of clicks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import part
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.band_limited import (
    COLUMNS,
    FASTEST_STEP,
    FRACTION_BITS,
    LEVELS,
    LOOP,
    NOT_MADE,
    TURN,
    level_of,
)
from luthier.kn5000.tone_generator.envelopes import FINE, TARGET_GAIN, run_envelopes
from luthier.kn5000.tone_generator.lives import (
    answer_requests,
    choose_lanes,
    fade_ghosts,
    gain_curve,
    silence,
)
from luthier.kn5000.tone_generator.state import (
    AMPLITUDE,
    BEFORE,
    CONTROL,
    CUTOFF,
    DRY,
    DURATION,
    EFFECT,
    EFFECT_SEND,
    FIRST_STATE,
    FRESH,
    GAIN,
    GAIN_CURVE,
    GAIN_SLOPE,
    LANES,
    LAST_LANE,
    LEFT,
    LEVEL,
    LIVE,
    LOUDNESS,
    NOW,
    PHASE,
    PITCH,
    PLACE,
    POSITION,
    REVERB,
    REVERB_SEND,
    RIGHT,
    ROOT,
    SECOND_STATE,
    SEGMENT,
    SETTLED,
    SHADE,
    SIGNAL,
    SLOT,
    STEP,
    STEP_CHANGE,
    STRAIGHT,
    STRIDE,
    TUNING,
    TUNING_STEP,
    VOICES,
    WORD,
    WORK,
)

Whole = NDArray[np.int64]
Slow = NDArray[np.float64]
Quick = NDArray[np.float32]

# The laws as tables.
_LEVEL_GAIN: Final = 10 ** (laws.decibels_of_level(np.arange(0x1000)) / 20)
_EXPRESSION_GAIN: Final = 10 ** (laws.decibels_of_expression(np.arange(0x1000)) / 20)
_POSITION: Final = laws.position_of_pan(np.arange(0x80))
_DEPTH: Final = laws.semitones_of_filter_depth(np.arange(0x100) << 8) / laws.BIPOLAR_MAXIMUM
_LFO_STEP: Final = laws.hertz_of_lfo(np.arange(128)) / laws.RATE
#: tan(pi f / rate) for cutoffs in 1 / 16 semitone above the lowest.
_CUTOFFS: Final = (np.arange(laws.CUTOFF_OPEN * FINE + 2) / FINE - laws.CUTOFF_OPEN) / 12
_TUNINGS: Final = np.tan(np.pi * laws.CUTOFF_HIGHEST / laws.RATE * np.exp2(_CUTOFFS))
#: How much of the way to a new level, pan, cutoff or send is gone in a control step: 3 ms for 63 %.
_SMOOTHING: Final = 1 - np.exp(-CONTROL / (0.003 * laws.RATE))
_NEAR: Final = 1e-6
#: A voice on its way to silence is over at -96 dB, which 16 bits end with.
_INAUDIBLE: Final = 2.0**-16
#: Going back to a brighter level of bandwidth waits for a quarter of an octave.
_BACK: Final = 0.25
#: Filter states below this are set to 0: the processor is slow with tiny numbers.
_UNHEARD: Final = np.float32(1e-18)
_OCTAVE: Final = 12.0 * laws.PITCH_SEMITONE
_FASTEST: Final = FASTEST_STEP << FRACTION_BITS


@part
def control(
    span: int,
    only_fresh: bool,
    registers: NDArray[np.uint16],
    whole: Whole,
    slow: Slow,
    quick: Quick,
    table: Whole,
) -> None:
    """Set every lane up for the next ``span`` samples; in between control steps only those just started."""
    answer_requests(whole, slow, quick)
    voices, lanes = choose_lanes(only_fresh, whole)
    run_envelopes(span, voices, registers, whole, slow)
    set_pitch(span, voices, registers, whole, slow, table)
    turn_loops(lanes, whole, quick, table)
    set_cutoff(voices, registers, whole, slow, quick)
    set_gain(span, voices, registers, whole, slow, quick)
    set_places(span, voices, registers, whole, slow, quick)
    fade_ghosts(voices, lanes, whole, slow, quick)
    for at in range(min(voices, VOICES)):
        whole[FRESH * STRIDE + whole[WORK * STRIDE + at]] = 0


@part
def _next_phase(phase: float, rate: int, span: int) -> float:
    phase += _LFO_STEP[rate & 0x7F] * span
    return phase - float(np.floor(phase))


@part
def _smoothed(here: float, wanted: float, fresh: bool) -> float:
    """On the way to a value, and there once it is near."""
    near = fresh or abs(wanted - here) < _NEAR
    return wanted if near else here + (wanted - here) * _SMOOTHING


@part
def set_pitch(
    span: int, voices: int, registers: NDArray[np.uint16], whole: Whole, slow: Slow, table: Whole
) -> None:
    """The step through the recording, and the level of bandwidth that suits it."""
    for at in range(min(voices, VOICES)):
        lane = whole[WORK * STRIDE + at] & LAST_LANE
        fresh = whole[FRESH * STRIDE + lane] != 0
        pitch = float(registers[0x10 * VOICES + lane]) - slow[ROOT * STRIDE + lane]
        pitch += slow[(NOW + 2) * STRIDE + lane] * laws.PITCH_TARGET_UNITS
        vibrato = int(registers[0x15 * VOICES + lane]) & 0x7F
        if vibrato:
            phase = _next_phase(slow[PHASE * STRIDE + lane], vibrato, span)
            slow[PHASE * STRIDE + lane] = phase
            pitch += np.sin(2 * np.pi * phase) * registers[0x07 * VOICES + lane]
        if not (fresh or pitch != slow[PITCH * STRIDE + lane] or whole[STEP_CHANGE * STRIDE + lane] != 0):
            continue
        slow[PITCH * STRIDE + lane] = pitch
        octaves = pitch / _OCTAVE
        level = whole[LEVEL * STRIDE + lane]
        wanted = level_of(octaves)
        if wanted < level and level_of(octaves + _BACK) >= level:
            wanted = level
        slot = whole[SLOT * STRIDE + lane]
        # The first column is the level's place.
        if slot >= 0 and table[(slot * LEVELS + wanted) * COLUMNS] == NOT_MADE:
            wanted = level
        whole[LEVEL * STRIDE + lane] = wanted
        moved = (wanted >> 1) - (level >> 1)
        if moved > 0:
            whole[POSITION * STRIDE + lane] >>= moved
            whole[STEP * STRIDE + lane] >>= moved
        elif moved < 0:
            whole[POSITION * STRIDE + lane] <<= -moved
            whole[STEP * STRIDE + lane] = min(whole[STEP * STRIDE + lane] << -moved, _FASTEST)
        step = int(min(np.exp2(octaves + (FRACTION_BITS + 1) - (wanted >> 1)), _FASTEST))
        if fresh:
            whole[STEP * STRIDE + lane] = step
        whole[STEP_CHANGE * STRIDE + lane] = (step - whole[STEP * STRIDE + lane]) // span


@part
def turn_loops(lanes: int, whole: Whole, quick: Quick, table: Whole) -> None:
    """Go back by whole loops, or end, where the turn is passed."""
    for at in range(min(lanes, LANES)):
        lane = whole[WORK * STRIDE + at] & LAST_LANE
        slot = whole[SLOT * STRIDE + lane]
        if slot >= 0:
            row = (slot * LEVELS + whole[LEVEL * STRIDE + lane]) * COLUMNS
            beyond = whole[POSITION * STRIDE + lane] - table[row + TURN]
            loop = table[row + LOOP]
            if beyond >= 0 and loop:
                whole[POSITION * STRIDE + lane] -= (beyond // loop + 1) * loop
            elif beyond >= 0:
                whole[SLOT * STRIDE + lane] = -1
                for sample in range(CONTROL):
                    quick[SIGNAL + lane * CONTROL + sample] = 0


@part
def set_cutoff(voices: int, registers: NDArray[np.uint16], whole: Whole, slow: Slow, quick: Quick) -> None:
    """The filter's tuning: the register's cutoff, smoothed, and the envelope's."""
    for at in range(min(voices, VOICES)):
        lane = whole[WORK * STRIDE + at] & LAST_LANE
        fresh = whole[FRESH * STRIDE + lane] != 0
        wanted = float(min(registers[0x04 * VOICES + lane] & 0x7F, laws.CUTOFF_OPEN))
        cutoff = _smoothed(slow[CUTOFF * STRIDE + lane], wanted, fresh)
        slow[CUTOFF * STRIDE + lane] = cutoff
        cutoff += _DEPTH[registers[0x05 * VOICES + lane] >> 8] * slow[(NOW + 1) * STRIDE + lane]
        if not (fresh or cutoff != slow[SHADE * STRIDE + lane] or quick[TUNING_STEP * STRIDE + lane] != 0):
            continue
        slow[SHADE * STRIDE + lane] = cutoff
        place = min(max(cutoff, 0.0), float(laws.CUTOFF_OPEN)) * FINE
        below = int(place)
        tuning = np.float32(_TUNINGS[below] + (_TUNINGS[below + 1] - _TUNINGS[below]) * (place - below))
        here = quick[TUNING * STRIDE + lane] + CONTROL * quick[TUNING_STEP * STRIDE + lane]
        if fresh or abs(here - tuning) < _NEAR:
            here = tuning
        quick[TUNING * STRIDE + lane] = here
        quick[TUNING_STEP * STRIDE + lane] = (tuning - here) * np.float32(1 / CONTROL)


@part
def _is_leaving(lane: int, registers: NDArray[np.uint16], whole: Whole) -> bool:
    """Whether the amplitude goes to silence, and does not come back from there."""
    segment = whole[SEGMENT * STRIDE + lane]
    follows = registers[(0x21 + segment) * VOICES + lane] if segment < 3 else 0
    silent = whole[WORD * STRIDE + lane] >> 8 == laws.SILENT_TARGET
    return bool(silent and (follows == 0 or follows >> 8 == laws.SILENT_TARGET))


@part
def set_gain(
    span: int, voices: int, registers: NDArray[np.uint16], whole: Whole, slow: Slow, quick: Quick
) -> None:
    """The gain of envelope, level, expression and tremolo; the end of a voice that has become silent."""
    for at in range(min(voices, VOICES)):
        lane = whole[WORK * STRIDE + at] & LAST_LANE
        fresh = whole[FRESH * STRIDE + lane] != 0
        attenuation = slow[NOW * STRIDE + lane]
        place = attenuation * FINE
        below = int(place)
        gain = TARGET_GAIN[below] + (TARGET_GAIN[below + 1] - TARGET_GAIN[below]) * (place - below)
        ended = attenuation >= laws.SILENT_TARGET and slow[DURATION * STRIDE + lane] < 0
        level, expression = registers[0x02 * VOICES + lane] & 0xFFF, registers[0x03 * VOICES + lane] & 0xFFF
        leaving = _is_leaving(lane, registers, whole)
        if whole[SLOT * STRIDE + lane] < 0 or (leaving and gain * _LEVEL_GAIN[level] < _INAUDIBLE):
            gain, ended = 0.0, True
        earlier, now = slow[BEFORE * STRIDE + lane], slow[AMPLITUDE * STRIDE + lane]
        if ended and not fresh and now == 0 and earlier == 0:
            silence(lane, whole, quick)
            continue
        wanted = _LEVEL_GAIN[level] * _EXPRESSION_GAIN[expression]
        loudness = _smoothed(slow[LOUDNESS * STRIDE + lane], wanted, fresh)
        slow[LOUDNESS * STRIDE + lane] = loudness
        gain *= loudness
        tremolo = int(registers[0x16 * VOICES + lane]) & 0x7F
        if tremolo:
            phase = _next_phase(slow[(PHASE + 1) * STRIDE + lane], tremolo, span)
            slow[(PHASE + 1) * STRIDE + lane] = phase
            depth = min(int(registers[0x18 * VOICES + lane]), 0x100) / 0x200
            gain *= 1 - depth * (1 - np.sin(2 * np.pi * phase))
        constant, slope, curve = gain_curve(earlier, now, gain, span)
        slow[BEFORE * STRIDE + lane], slow[AMPLITUDE * STRIDE + lane] = now, gain
        quick[GAIN * STRIDE + lane] = np.float32(constant)
        quick[GAIN_SLOPE * STRIDE + lane] = np.float32(slope)
        quick[GAIN_CURVE * STRIDE + lane] = np.float32(curve)
        for row in (FIRST_STATE, SECOND_STATE):
            if abs(quick[row * STRIDE + lane]) < _UNHEARD:
                quick[row * STRIDE + lane] = 0


@part
def set_places(
    span: int, voices: int, registers: NDArray[np.uint16], whole: Whole, slow: Slow, quick: Quick
) -> None:
    """Pan and sends."""
    for at in range(min(voices, VOICES)):
        lane = whole[WORK * STRIDE + at] & LAST_LANE
        if not whole[LIVE * STRIDE + lane]:
            continue  # it has just ended
        pan, sends = int(registers[0x06 * VOICES + lane]), int(registers[0x11 * VOICES + lane])
        auto = int(registers[0x17 * VOICES + lane]) & 0x7F
        alone = int(registers[0x12 * VOICES + lane]) & 1
        words = alone << 32 | pan << 16 | sends
        if not auto and words == whole[SETTLED * STRIDE + lane]:
            continue
        fresh = whole[FRESH * STRIDE + lane] != 0
        position = _smoothed(slow[PLACE * STRIDE + lane], _POSITION[min(pan, laws.PAN_MAXIMUM)], fresh)
        effect = _smoothed(slow[EFFECT * STRIDE + lane], (sends >> 8) / laws.SEND_MAXIMUM, fresh)
        reverb = _smoothed(slow[REVERB * STRIDE + lane], (sends & 0xFF) / laws.SEND_MAXIMUM, fresh)
        slow[PLACE * STRIDE + lane] = position
        slow[EFFECT * STRIDE + lane], slow[REVERB * STRIDE + lane] = effect, reverb
        straight = _smoothed(slow[STRAIGHT * STRIDE + lane], 1.0 - alone, fresh)
        slow[STRAIGHT * STRIDE + lane] = straight
        if auto:
            phase = _next_phase(slow[(PHASE + 2) * STRIDE + lane], auto, span)
            slow[(PHASE + 2) * STRIDE + lane] = phase
            depth = min(int(registers[0x19 * VOICES + lane]), 0x100) / 0x100
            position = min(max(position + depth * np.sin(2 * np.pi * phase), -1.0), 1.0)
        angle = (position + 1) * (np.pi / 4)
        settled = auto == 0
        for row in (LEFT, RIGHT, EFFECT_SEND, REVERB_SEND, DRY):
            value = np.cos(angle) if row == LEFT else np.sin(angle)
            if row in (EFFECT_SEND, REVERB_SEND):
                value = effect if row == EFFECT_SEND else reverb
            elif row == DRY:
                value = straight
            here = quick[row * STRIDE + lane] + CONTROL * quick[(row + 1) * STRIDE + lane]
            if fresh or abs(here - value) < _NEAR:
                quick[row * STRIDE + lane] = np.float32(value)
                quick[(row + 1) * STRIDE + lane] = 0
            else:
                quick[row * STRIDE + lane] = here
                quick[(row + 1) * STRIDE + lane] = np.float32((value - here) / CONTROL)
                settled = False
        whole[SETTLED * STRIDE + lane] = words if settled else -1
