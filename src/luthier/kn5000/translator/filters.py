"""The filters of opcodes 70 and 76, as sections and as the numbers that are sent.

70 are sections of second order: peaking with 0 as its form, a band-pass with 1, and with 2 again peaking, in
another order and without halving.  76 are shelves of first order: low with form 0, high with 1 and 2; their
frequency is the zero of a boost and the pole of a cut.  All go through a bilinear transform that is exact
there.  A section runs
y = b0 x + b1 x1 + b2 x2 + a1 y1 + a2 y2: what it feeds back has its sign turned.

The firmware has single precision; here all is double, so that the last bits of a number may differ.

Source: listing, 0x03A933 and 0x03B646; documentation project's notes on the biquad.

Open questions
- A guard of form 0 of opcode 70, at 0x012F9B: it compares what a constant input would get with 1; it is 1.
"""

from __future__ import annotations

import math

from luthier.compiled import compiled
from luthier.kn5000.translator.decays import cut, power

#: Forms of opcodes 70 and 76.
PEAKING, BAND_PASS, SECOND_PEAKING = range(3)
LOW_SHELF, HIGH_SHELF, DAMPING = range(3)
#: The quality that forms 1 and 2 of opcode 70 have.
BAND_PASS_Q, SECOND_Q = 0.1, 2.0


@compiled
def peaking(hertz: float, quality: float, decibels: float) -> tuple[float, float, float, float, float]:
    """(b0, b1, b2, a1, a2) at 44,100 Hz; a cut is the reciprocal of the boost."""
    turn = math.tan(math.pi * hertz / 44_100.0)
    width = turn / quality
    square = turn * turn
    boost = power(10.0, abs(decibels) / 20.0)
    middle = 2.0 * (square - 1.0)
    narrow0, narrow2 = 1.0 + width + square, 1.0 - width + square
    wide0, wide2 = 1.0 + width * boost + square, 1.0 - width * boost + square
    if decibels >= 0.0:
        return wide0 / narrow0, middle / narrow0, wide2 / narrow0, -middle / narrow0, -narrow2 / narrow0
    return narrow0 / wide0, middle / wide0, narrow2 / wide0, -middle / wide0, -wide2 / wide0


@compiled
def band_pass(hertz: float, quality: float) -> tuple[float, float, float, float, float]:
    """(b0, b1, b2, a1, a2): 0 dB at its frequency."""
    turn = math.tan(math.pi * hertz / 44_100.0)
    width = turn / quality
    square = turn * turn
    scale = 1.0 + width + square
    pole = -2.0 * (square - 1.0) / scale
    return width / scale, 0.0, -width / scale, pole, -(1.0 - width + square) / scale


@compiled
def low_shelf(hertz: float, decibels: float) -> tuple[float, float, float]:
    """(b0, b1, a1): the gain at 0 Hz, 0 dB at the highest frequencies."""
    gain = power(10.0, decibels / 20.0)
    angle = 2.0 * math.pi * hertz / 44_100.0
    corner = (math.sin(angle) - 1.0) / math.cos(angle)
    share = (
        gain * (1.0 - corner) / (1.0 + corner) if decibels >= 0.0 else gain * (1.0 + corner) / (1.0 - corner)
    )
    if decibels >= 0.0:
        zero, pole = corner, (1.0 - share) / (1.0 + share)
    else:
        zero, pole = (share - 1.0) / (share + 1.0), corner
    scale = (1.0 - pole) / (1.0 - zero)
    return scale, zero * scale, -pole


@compiled
def high_shelf(hertz: float, decibels: float) -> tuple[float, float, float]:
    """(b0, b1, a1): the gain at the highest frequencies, 0 dB at 0 Hz."""
    gain = power(10.0, decibels / 20.0)
    angle = 2.0 * math.pi * hertz / 44_100.0
    corner = (math.sin(angle) - 1.0) / math.cos(angle)
    share = (
        gain * (1.0 + corner) / (1.0 - corner) if decibels >= 0.0 else gain * (1.0 - corner) / (1.0 + corner)
    )
    if decibels >= 0.0:
        zero, pole = corner, (share - 1.0) / (share + 1.0)
    else:
        zero, pole = (1.0 - share) / (1.0 + share), corner
    scale = (1.0 + pole) / (1.0 + zero)
    return scale, zero * scale, -pole


@compiled
def band_numbers(form: int, hertz: float, quality: float, decibels: float) -> tuple[int, int, int, int, int]:
    """What opcode 70 sends, in its order: forms 0 and 1 b1, b0, b2, a1, a2, form 2 b1, b2, a2, b0, a1.

    All Q1.22, but a2 Q0.23, and b0, b1 and b2 of form 0 Q2.21.
    """
    if form == 1:
        b0, b1, b2, a1, a2 = band_pass(hertz, quality)
    else:
        b0, b1, b2, a1, a2 = peaking(hertz, quality, decibels)
    scale = 2_097_152.0 if form == 0 else 4_194_304.0
    first, zeroth, second = cut(b1 * scale), cut(b0 * scale), cut(b2 * scale)
    back1, back2 = cut(a1 * 4_194_304.0), cut(a2 * 8_388_608.0)
    if form == 2:
        return first, second, back2, zeroth, back1
    return first, zeroth, second, back1, back2


@compiled
def shelf_numbers(form: int, hertz: float, decibels: float) -> tuple[int, int, int]:
    """What opcode 76 sends: forms 0 and 1 b1, a1, b0; form 2 a1, b0 and the zero alone, b1 / b0.

    Q1.22, but b1 and b0 of form 1 Q2.21.
    """
    b0, b1, a1 = low_shelf(hertz, decibels) if form == 0 else high_shelf(hertz, decibels)
    if form == 2:
        return cut(a1 * 4_194_304.0), cut(b0 * 4_194_304.0), cut(b1 / b0 * 4_194_304.0)
    scale = 4_194_304.0 if form == 0 else 2_097_152.0
    return cut(b1 * scale), cut(a1 * 4_194_304.0), cut(b0 * scale)
