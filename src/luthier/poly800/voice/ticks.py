"""From tick to tick: envelopes and modulation move, then chip, noise and filter sound until the next.

Whatever is played takes effect at a tick, as on the machine, whose firmware looks at everything once a tick;
so what comes out does not depend on how many frames are asked for at once.

Modelled: between ticks all control voltages go straight to their new value (the machine holds them in
capacitors whose time is not known); the noise is white and its power per hertz does not depend on the rate.
"""

from __future__ import annotations

from luthier.compiled import compiled
from luthier.dsp.loops import loop
from luthier.poly800.voice.envelope import envelope_tick
from luthier.poly800.voice.firmware import MG_FULL, PEAK
from luthier.poly800.voice.ladder import filter_block, gain_of
from luthier.poly800.voice.laws import MG_CENTS, MG_OCTAVES, NOISE, OUTPUT
from luthier.poly800.voice.modulation import modulation_tick, times_depth
from luthier.poly800.voice.oscillators import mix, oscillate
from luthier.poly800.voice.state import (
    BEND,
    CUTOFF,
    DCO_DEPTH,
    DOUBLE,
    DROPPED_PULSES,
    ENVELOPE_OCTAVES,
    FILTER_ENVELOPE,
    GROUP,
    LANES,
    LEVEL,
    LEVEL_1,
    MG_STEP,
    NOISE_GAIN,
    NOISE_LEVEL,
    OFF,
    RANDOM,
    RATE,
    RESONANCE,
    STAGE,
    TIME,
    UNITS_PER_FRAME,
    VCF_DEPTH,
    VOLUME,
    WANTED_VOLUME,
    Numbers,
    Words,
)

_MASK = 0xFFFFFFFF
_TO_UNITY = 1.0 / 0x80000000


@compiled
def _make_noise(words: Words, mono: Numbers, frames: int, before: float, after: float) -> None:
    """Add white noise: Marsaglia's xorshift of 32 bits."""
    change = (after - before) / frames
    value = words[RANDOM]
    for frame in range(frames):
        value ^= value << 13 & _MASK
        value ^= value >> 17
        value ^= value << 5 & _MASK
        mono[frame] += (value * _TO_UNITY - 1.0) * (before + change * (frame + 1))
    words[RANDOM] = value


@loop
def sound_tick(
    frames: int,
    envelopes: Words,
    stages: Words,
    lanes: Words,
    words: Words,
    whole: Words,
    numbers: Numbers,
    real: Numbers,
    weights: Numbers,
    loudness: Numbers,
    wanted: Numbers,
    standing: Numbers,
    impulses: Numbers,
    table: Numbers,
    mono: Numbers,
) -> None:
    """One tick of ``frames`` into ``mono``."""
    double = whole[DOUBLE] != 0
    for lane in range(LANES):
        envelope_tick(envelopes, lane, stages, 1 if double and lane >= GROUP else 0)
    envelope_tick(envelopes, FILTER_ENVELOPE, stages, 2)
    sweep = modulation_tick(words, whole[MG_STEP])
    cents = times_depth(sweep, whole[DCO_DEPTH] & 15) + times_depth(sweep, whole[DCO_DEPTH] >> 4)
    octaves = times_depth(sweep, whole[VCF_DEPTH] & 15) + times_depth(sweep, whole[VCF_DEPTH] >> 4)
    envelope = envelopes[LEVEL, FILTER_ENVELOPE] / PEAK

    for frame in range(frames):
        mono[frame] = 0.0
    pitch = real[BEND] + cents * MG_CENTS / MG_FULL
    step = real[UNITS_PER_FRAME] * 2.0 ** (pitch / 1200.0)
    for lane in range(LANES):
        group = 1 if double and lane >= GROUP else 0
        wanted[lane] = real[LEVEL_1 + group] * envelopes[LEVEL, lane] / PEAK
        heard = loudness[lane] != 0.0 or wanted[lane] != 0.0 or envelopes[STAGE, lane] != OFF
        dropped = whole[DROPPED_PULSES] if group else 0
        oscillate(
            lanes,
            lane,
            numbers[TIME],
            step,
            frames,
            dropped,
            weights,
            group,
            standing,
            impulses,
            table,
            heard,
        )
    mix(impulses, frames, loudness, wanted, mono)
    for lane in range(LANES):
        loudness[lane] = wanted[lane]
    numbers[TIME] += frames * step

    noise = real[NOISE_LEVEL] * envelope * NOISE
    if noise != 0.0 or numbers[NOISE_GAIN] != 0.0:
        _make_noise(words, mono, frames, numbers[NOISE_GAIN], noise)
        numbers[NOISE_GAIN] = noise
    hertz = real[CUTOFF] * 2.0 ** (real[ENVELOPE_OCTAVES] * envelope + octaves * MG_OCTAVES / MG_FULL)
    filter_block(mono, frames, gain_of(hertz, real[RATE]), real[RESONANCE], numbers)
    volume, change = numbers[VOLUME], (real[WANTED_VOLUME] - numbers[VOLUME]) / frames
    for frame in range(frames):
        mono[frame] *= OUTPUT * (volume + change * (frame + 1))
    numbers[VOLUME] = real[WANTED_VOLUME]
