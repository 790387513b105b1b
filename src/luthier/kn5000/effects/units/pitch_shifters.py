"""Another pitch: sound is read faster or slower than it was written, and now and then read from elsewhere.

Where it goes on is looked for: the place, some milliseconds off, where the sound is most like that where it
was (Verhelst and Roelands, "An overlap-add technique based on waveform similarity", 1993).  A steady tone
so goes on without a break, at exactly its new pitch.

Open questions
- The machine's way of doing it, its latency and range; modelled. Sound comes 7 to 54 ms late.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop, part
from luthier.dsp.moving_tap import between
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.unit import Frames, Parameter, Unit, percent

_LINE: Final = 4096
_MASK: Final = _LINE - 1
_FADE: Final = 256  #: frames from one place to the other
_NEAREST: Final = 320.0  #: frames: a fade at twice the speed takes 256 of them
_FARTHEST: Final = 2400.0
_START: Final = 1200.0
#: Frames that the new place is off: more than a fade takes, and two periods of 60 Hz.
_LEAST: Final = 264
_MOST: Final = 1480
_WINDOW: Final = 256
_COARSE: Final = 4
_DELAY, _OLD, _LEFT = range(3)
_PER_SIDE: Final = 3
_TINY = np.float32(1e-20)


@part
def _likeness(memory: Samples, start: int, here: int, there: int, every: int) -> float:
    """How alike two stretches of sound are: their correlation, if it is positive."""
    product, power = 0.0, 1e-12
    for k in range(0, _WINDOW, every):
        a, b = memory[start + ((here - k) & _MASK)], memory[start + ((there - k) & _MASK)]
        product += a * b
        power += b * b
    return product / np.sqrt(power) if product > 0 else product * 1e-6


@part
def _place(memory: Samples, start: int, time: int, delay: float, way: int) -> float:
    """How many frames off, later (1) or sooner (-1), sound is most like that at ``delay``."""
    here = time - int(delay)
    best, found = -1e30, _LEAST
    for lag in range(_LEAST, _MOST, _COARSE):
        like = _likeness(memory, start, here, here - way * lag, _COARSE)
        if like > best:
            best, found = like, lag
    best, middle = -1e30, found
    for lag in range(middle - _COARSE, middle + _COARSE + 1):
        like = _likeness(memory, start, here, here - way * lag, 1)
        if like > best:
            best, found = like, lag
    # The top of a parabola through the best and its neighbours.
    before = _likeness(memory, start, here, here - way * (found - 1), 1)
    behind = _likeness(memory, start, here, here - way * (found + 1), 1)
    bend = before - 2 * best + behind
    shift = 0.5 * (before - behind) / bend if bend < -1e-9 * abs(best) - 1e-15 else 0.0
    return found + max(-0.5, min(0.5, shift))


@loop
def _shift(frames: Frames, numbers: Numbers, words: Words, past: Numbers, memory: Samples) -> None:
    for i in range(len(frames)):
        time = words[TIME] + i
        glide(numbers, words, time, 4)
        for side in range(2):
            start, at, ratio = side * _LINE, side * _PER_SIDE, numbers[side]
            come = frames[i, side]
            memory[start + (time & _MASK)] = come if abs(come) > _TINY else np.float32(0)
            past[at + _DELAY] += 1 - ratio
            past[at + _OLD] += 1 - ratio
            delay = past[at + _DELAY]
            if past[at + _LEFT] == 0:
                way = 1 if ratio > 1 and delay < _NEAREST else -1 if ratio < 1 and delay > _FARTHEST else 0
                if way != 0:
                    past[at + _OLD] = delay
                    delay += way * _place(memory, start, time, delay, way)
                    past[at + _DELAY], past[at + _LEFT] = delay, float(_FADE)
            value = between(memory, start, _LINE, time, max(delay, 2.0))
            if past[at + _LEFT] > 0:
                share = np.float32(past[at + _LEFT] / _FADE)
                old = between(memory, start, _LINE, time, max(past[at + _OLD], 2.0))
                value += share * (old - value)
                past[at + _LEFT] -= 1
            frames[i, side] = np.float32(numbers[2 + side]) * value
    words[TIME] += len(frames)


class PitchShifter(Unit):
    """Each side by its own interval."""

    parameters: tuple[Parameter, ...] = (
        Parameter("PITCH L", "cents", -1200, 1200, 12),
        Parameter("PITCH R", "cents", -1200, 1200, -12),
        percent("BALANCE L", 100),
        percent("BALANCE R", 100),
    )

    def __init__(self) -> None:
        super().__init__(_shift, 4, past=2 * _PER_SIDE, memory=2 * _LINE)

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._wanted[:2] = [2 ** (settings[f"PITCH {side}"] / 1200) for side in "LR"]
        self._wanted[2:] = [settings[f"BALANCE {side}"] / 100 for side in "LR"]

    def clear(self) -> None:
        """Forget all sound."""
        super().clear()
        self._past[[_DELAY, _PER_SIDE + _DELAY]] = _START
