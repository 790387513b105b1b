"""The laws in fractions: decays, reverb, pitch, and the gain curve of the compressor.

The firmware computes them with IEEE floating point of its own, in singles and doubles, and cuts the result
towards 0.  Here all is double, so that the last bit of a number may differ; for REVERB TIME the number of the
boot trace comes out to the bit.

Source: listing, 0x0392F2 (69), 0x039599 (6D), 0x0396C2 (6E), 0x0398CE (71), 0x039ABD (72) and 0x039D98 (75),
with their constants from 0x012CD3 on; the routines' names there say otherwise, their code is mul, add, sub,
div, pow and float to int.

Open questions
- The last bit of these numbers: how the firmware rounds between the steps is not compared with a ROM.
- What a number beyond 32 bits becomes: here the largest there is.
"""

from __future__ import annotations

import math

from luthier.compiled import compiled


@compiled
def cut(number: float) -> int:
    """A whole number, towards 0, at most 32 bits; NaN becomes 0."""
    if number != number:  # noqa: PLR0124 - the compiled way to ask
        return 0
    return int(min(max(number, -2147483648.0), 2147483647.0))


@compiled
def power(base: float, exponent: float) -> float:
    """``base`` > 0 to a power, kept within what a double holds."""
    octaves = exponent * math.log2(base)
    return math.pow(2.0, min(max(octaves, -1_000.0), 1_000.0))


@compiled
def decay(seconds: float) -> int:
    """A factor each sample that falls by 24 octaves in this time, from full scale to the last bit."""
    samples = 44_100.0 * seconds - 1.0
    if samples == 0.0:
        return 0
    return cut(power(2.0, -24.0 / samples) * 8_388_608.0)


@compiled
def long_time(value: int) -> float:
    """Seconds of opcode 69: 1 to 31 in steps of 0.4, then 33.5 to 62.25 in steps of 1.25."""
    if value <= 75:
        return 0.4 * value + 1.0
    return 1.25 * value - 61.5


@compiled
def blended_time(first: int, second: int, value: int) -> float:
    """Seconds of opcode 6E: ``first`` is a fraction of a second, Q0.23, ``second`` whole seconds."""
    start = first / 8_388_608.0
    return start + (second - start) * value / 99.0


@compiled
def sensitivity_time(value: int) -> int:
    """Milliseconds of opcode 6D: 1 to 90, then 100 to 1,000 in tens of ten."""
    return value + 1 if value <= 89 else 100 * (value - 89)


@compiled
def sensitivity(value: int) -> int:
    """Opcode 6D: how much of a step a follower takes each sample to have 57.3 % of it after its time."""
    milliseconds = sensitivity_time(value)
    if milliseconds == 0:
        return 0
    return cut((1.0 - power(0.4270422, 10.0 / (441.0 * milliseconds))) * 8_388_608.0)


@compiled
def half_cents(value: int) -> float:
    """Opcode 71, in half cents: by its size 1 cent a step to 10, 10 to 100, 50 to 700, then semitones."""
    size = abs(value)
    if size <= 10:
        halves = 2 * size
    elif size <= 19:
        halves = 20 * size - 180
    elif size <= 31:
        halves = 100 * size - 1_700
    else:
        halves = 200 * size - 4_800
    return float(halves if value >= 0 else -halves)


@compiled
def pitch(value: int) -> int:
    """Opcode 71: how far a window of 2,400 samples moves each sample."""
    return cut((1.0 - power(2.0, half_cents(value) / 2_400.0)) / 2_400.0 * 8_388_608.0)


@compiled
def reverb_time(value: int) -> float:
    """Seconds of opcode 75: 0.1 by 0.02; 16: 0.45 by 0.05; 24: 0.9 by 0.1; 56: 4.2 by 0.2; 76: 9 by 1."""
    if value <= 15:
        return 0.02 * value + 0.1
    if value <= 23:
        return 0.05 * (value - 16) + 0.45
    if value <= 55:
        return 0.1 * (value - 24) + 0.9
    if value <= 75:
        return 0.2 * (value - 56) + 4.2
    return float(value - 67)


@compiled
def reverb(scale: int, value: int) -> int:
    """Opcode 75: a negative feedback of at most a half; ``scale`` is Q0.23.

    Without the half, a loop of 1.605 times the scale, in seconds, falls by 60 dB in the time.
    """
    seconds = reverb_time(value)
    if seconds == 0.0:
        return 0
    return cut(-power(10.0, -4.816 * (scale / 8_388_608.0) / seconds) / 2.0 * 8_388_608.0)


@compiled
def compressor_level(value: int, limit: int) -> float:
    """THRESHOLD (``limit`` 89) or RATIO (88) as a level: 1.394 dB a step."""
    return power(10.0, -0.0697 * (99 - min(value, limit))) * 0.9999


@compiled
def gain_curve(threshold: int, ratio: int) -> tuple[int, int, int, int, int]:
    """Opcode 72: the five numbers of a curve whose gain is 3 at the threshold and falls to the ratio at 1.

    With m = (3 - R) / ((T - 2)^2 - 1) the gain of level x is m x^2 - 4 m x + 3 m + R: the numbers are 3, T,
    -m (Q2.21, Q0.23, Q1.22), m and R + 3 m (Q2.21).
    """
    corner = compressor_level(threshold, 89)
    end = compressor_level(ratio, 88)
    bend = (3.0 - end) / ((corner - 2.0) * (corner - 2.0) - 1.0)
    return (
        cut(3.0 * 2_097_152.0),
        cut(corner * 8_388_608.0),
        cut(-bend * 4_194_304.0),
        cut(bend * 2_097_152.0),
        cut((end + 3.0 * bend) * 2_097_152.0),
    )
