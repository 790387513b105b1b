"""Panel values in hertz, seconds, decibels and cent, as the voice plays them; and envelopes as lines to draw.

What the laws model, these texts model too (:mod:`luthier.poly800.voice.laws`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from luthier.poly800.parameters import Parameter
from luthier.poly800.voice import chip, firmware, laws

#: Seconds that each rate 0 to 31 takes for one of the 255 steps of level.
SECONDS_PER_STEP: Final = tuple(
    ticks / (steps * firmware.TICK_RATE) for steps, ticks in (firmware.rate(value) for value in range(32))
)
#: What the levels 0 to 31 are of those steps.
LEVELS: Final = tuple(firmware.LINEAR_TABLE)
PEAK: Final = firmware.PEAK


def envelope(values: Mapping[str, int], number: int, held: float = 0.0) -> list[tuple[float, float]]:
    """The six corners (seconds, level 0 to 1) of envelope 1 to 3.

    Nothing, top, break point, sustain, key let go, nothing; ``held``: seconds that the sustain lasts.  From
    corner to corner it is a line, but for the steps of the ticks.
    """
    named = {name: values[f"deg{number}_{name}"] for name in ("attack", "decay", "slope", "release")}
    heights = [0, PEAK, LEVELS[values[f"deg{number}_break_point"]], LEVELS[values[f"deg{number}_sustain"]]]
    time = 0.0
    corners = [(time, 0.0)]
    for name, start, end in zip(("attack", "decay", "slope"), heights, heights[1:], strict=False):
        time += abs(end - start) * SECONDS_PER_STEP[named[name]]
        corners.append((time, end / PEAK))
    time += held
    corners.append((time, heights[-1] / PEAK))
    corners.append((time + heights[-1] * SECONDS_PER_STEP[named["release"]], 0.0))
    return corners


def in_units(row: Parameter, value: int) -> str:
    """What a panel value means in the world; empty where the number says all."""
    meaning = _MEANINGS.get(row.name) or _MEANINGS.get(row.name.partition("_")[2])
    return meaning(value) if meaning and row.in_range(value) else ""


def _hertz(hertz: float) -> str:
    return f"{hertz / 1000:.3g} kHz" if hertz >= 1000 else f"{hertz:.3g} Hz"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _modulation(value: int) -> float:
    # The counter's 256 values are half of the triangle's way: a period is 512 of them.
    return firmware.MG_TABLE[value] * firmware.TICK_RATE / 512


def _cent(value: int) -> str:
    dropped = chip.DROPPED[value]
    return f"{-1200 * math.log2(1 - 1 / dropped):.1f} cent" if dropped else "0 cent"


def _full_swing(value: int) -> str:
    return _seconds(PEAK * SECONDS_PER_STEP[value])


_INTERVALS: Final = (
    "unison", "minor second", "second", "minor third", "third", "fourth", "tritone", "fifth", "minor sixth",
    "sixth", "minor seventh", "seventh", "octave",
)  # fmt: skip
_MEANINGS: Final[Mapping[str, Callable[[int], str]]] = {
    "cutoff": lambda value: _hertz(laws.cutoff(value)),
    "interval": lambda value: _INTERVALS[value],
    "detune": _cent,
    "attack": _full_swing,
    "decay": _full_swing,
    "slope": _full_swing,
    "release": _full_swing,
    "mg_frequency": lambda value: _hertz(_modulation(value)),
    "mg_delay": lambda value: _seconds(firmware.mg_delay(value) / firmware.TICK_RATE),
    "delay_time": lambda value: _seconds(laws.delay_seconds(value)),
    "delay_modulation_frequency": lambda value: _hertz(laws.sweep_hertz(value)),
    "eq_bass": lambda value: f"{laws.shelf_decibels(value):+.1f} dB",
    "eq_treble": lambda value: f"{laws.shelf_decibels(value):+.1f} dB",
}
