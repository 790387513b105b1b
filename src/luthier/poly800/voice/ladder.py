"""The one filter: four equal poles with feedback, after the NJM2069's 24 dB an octave.

A ladder of trapezoidal one-poles without delay in its feedback (Zavalishin, "The Art of VA Filter Design"):
its corner is where it is told at every rate, and its equation is solved, not stepped.  What is fed back
saturates, so that resonance stays finite whatever is played; without resonance the filter is linear.

Modelled: where the chip saturates and how; here one soft limit in the feedback, at six times the level of
one voice with all footages.
"""

from __future__ import annotations

import math

from luthier.compiled import compiled
from luthier.poly800.voice.laws import HEADROOM, HIGHEST_CUTOFF
from luthier.poly800.voice.state import FEEDBACK, FILTER_GAIN, POLE_1, POLE_2, POLE_3, POLE_4, Numbers

#: The corner stays below this share of the rate.
HIGHEST_SHARE = 0.46
_LOWEST = 5.0
_PER_HEADROOM = 1.0 / HEADROOM
_TINY = 1e-18


@compiled
def gain_of(hertz: float, rate: float) -> float:
    """What one pole passes on at once, g / (1 + g) with g = tan(pi f / rate)."""
    highest = min(HIGHEST_CUTOFF, HIGHEST_SHARE * rate)
    g = math.tan(math.pi * min(max(hertz, _LOWEST), highest) / rate)
    return g / (1.0 + g)


@compiled
def filter_block(mono: Numbers, frames: int, gain: float, feedback: float, numbers: Numbers) -> None:
    """Filter ``mono`` in place; gain and feedback go evenly from where they were."""
    share = 1.0 / frames
    pole, pole_change = numbers[FILTER_GAIN], (gain - numbers[FILTER_GAIN]) * share
    back, back_change = numbers[FEEDBACK], (feedback - numbers[FEEDBACK]) * share
    s1, s2, s3, s4 = numbers[POLE_1], numbers[POLE_2], numbers[POLE_3], numbers[POLE_4]
    for frame in range(frames):
        a = pole + pole_change * (frame + 1)
        k = back + back_change * (frame + 1)
        rest = 1.0 - a
        square = a * a
        fourth = square * square
        # What the last pole will give, and with it what goes in.
        remembered = rest * (a * (square * s1 + a * s2 + s3) + s4)
        last = (fourth * mono[frame] + remembered) / (1.0 + k * fourth)
        x = min(max(last * _PER_HEADROOM, -3.0), 3.0)
        x2 = x * x
        # tanh, near enough
        driven = mono[frame] - k * HEADROOM * x * (27.0 + x2) / (27.0 + 9.0 * x2)
        v = (driven - s1) * a
        y = v + s1
        s1 = y + v
        v = (y - s2) * a
        y = v + s2
        s2 = y + v
        v = (y - s3) * a
        y = v + s3
        s3 = y + v
        v = (y - s4) * a
        y = v + s4
        s4 = y + v
        mono[frame] = y
    numbers[FILTER_GAIN], numbers[FEEDBACK] = gain, feedback
    numbers[POLE_1] = s1 if abs(s1) > _TINY else 0.0
    numbers[POLE_2] = s2 if abs(s2) > _TINY else 0.0
    numbers[POLE_3] = s3 if abs(s3) > _TINY else 0.0
    numbers[POLE_4] = s4 if abs(s4) > _TINY else 0.0
