"""Waves counted as the SX-KN5000's effect chip counts them: a turn is 2**23, steps are rounded down.

Phases are whole numbers and grow without bound; only what is left over of whole turns is heard, and the
random wave draws a new goal each turn.
"""

from __future__ import annotations

import math
from typing import Final

from luthier.dsp.loops import part
from luthier.dsp.oscillator import sine

TURN: Final = 1 << 23
BITS: Final = 23
_MASK: Final = TURN - 1
_TO_32_BITS: Final = 9

SINE: Final = 0
TRIANGLE: Final = 1
SQUARE: Final = 2
RANDOM: Final = 3
#: An eighth of a turn from one end to the other.
_SLANT: Final = 4.0


def increment(frequency: float, rate: float = 44_100) -> int:
    """How far a phase goes in a frame: floor(f * 2**23 / rate)."""
    return math.floor(frequency * TURN / rate)


@part
def _drawn(turn: int) -> float:
    """A number from -1 to 1 that looks like chance and is always the same (a multiplicative hash)."""
    mixed = ((turn & 0xFFFFFFFF) * 2654435761) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF
    return (mixed >> 8) / 8388608.0 - 1.0


@part
def wave(phase: int, shape: int) -> float:
    """A wave from -1 to 1: a sine, a triangle, a square with slanted edges, or chance."""
    if shape == SINE:
        return sine(phase << _TO_32_BITS)
    if shape < RANDOM:
        straight = 1.0 - abs(2.0 - ((phase + TURN // 4) & _MASK) * (4.0 / TURN))
        return straight if shape == TRIANGLE else max(-1.0, min(1.0, _SLANT * straight))
    turn, share = phase >> BITS, (phase & _MASK) * (1.0 / TURN)
    begin, end = _drawn(turn), _drawn(turn + 1)
    return begin + (end - begin) * share * share * (3.0 - 2.0 * share)
