"""Slow oscillators: phases as whole numbers, so that a wave never drifts however it is counted.

A turn is 2**32.  A phase may grow past it or below 0; only what is left over of whole turns counts.
"""

from __future__ import annotations

from typing import Final

from luthier.dsp.loops import part

TURN: Final = 1 << 32
_QUARTER_TURN: Final = 1 << 30
_MASK: Final = TURN - 1
_TO_QUARTERS: Final = 1.0 / _QUARTER_TURN
# Minimax polynomial of sin(pi/2 x) on -1 to 1, odd, to 6e-7.
_C1, _C3, _C5, _C7 = 1.5707903, -0.6458858, 0.0794169, -0.0043223


def step(frequency: float, rate: float, frames: int = 1) -> int:
    """How far a phase goes in so many frames: Hz at a rate in Hz, to a 2**32nd of a turn."""
    return round(frequency * frames / rate * TURN)


@part
def sine(phase: int) -> float:
    """The sine of a phase, to 1e-6."""
    # Up from -1 for half a turn, and back down.
    x = 1.0 - abs(2.0 - ((phase + _QUARTER_TURN) & _MASK) * _TO_QUARTERS)
    square = x * x
    return x * (_C1 + square * (_C3 + square * (_C5 + square * _C7)))
