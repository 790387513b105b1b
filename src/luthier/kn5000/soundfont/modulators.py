"""Modulators: what velocity and key change of a sound when it is struck.

A modulator whose sources are velocity and key is worked out at the stroke.  Those of controllers, pressure
and bend are the part's business: its own laws stand for the format's default ones, and what a font wants
otherwise is counted (:func:`unsupported`).

The format's two default modulators of velocity (SoundFont 2.04, 8.4.1 and 8.4.2) are in force unless a zone
has them with another amount: a concave fall of 96 dB, and the filter's corner two octaves down.  Of the
second there are two versions; that of 2.01 jumps at velocity 64 and is taken for that of 2.04, which does
not.  FluidSynth leaves the second out; fonts that do not want it turn it off.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.soundfont.generators import COUNT, Generator
from luthier.kn5000.soundfont.zones import Zones

#: Of a source (section 8.2): its number, and flags.
_NUMBER, _CONTROLLER, _NEGATIVE, _BIPOLAR, _CURVE = 0x7F, 0x80, 0x100, 0x200, 10
_NONE, _VELOCITY, _KEY = 0, 2, 3
_CONCAVE, _CONVEX, _SWITCH = 1, 2, 3
_STEPS = 128
#: Centibels of the concave curve from one end to the other (section 9.5.3).
_CONCAVE_SPAN = 960.0
_ABSOLUTE = 2
#: No zone needs more; the rest of longer lists is left out.
_MOST = 128


class Modulator(NamedTuple):
    """What it listens to and what it moves; of two that agree in this the later amount counts."""

    source: int
    destination: int
    amount_source: int
    transform: int


Amounts = dict[Modulator, int]

_VELOCITY_TO_CUTOFF: Final = Modulator(0x0102, Generator.CUTOFF, 0, 0)
DEFAULTS: Final[Amounts] = {
    Modulator(0x0502, Generator.ATTENUATION, 0, 0): 960,
    _VELOCITY_TO_CUTOFF: -2400,
}
#: The other default modulators (sections 8.4.3 to 8.4.10), which parts have laws of their own for.
_OF_PARTS: Final[Amounts] = {
    Modulator(0x000D, Generator.VIBRATO_TO_PITCH, 0, 0): 50,
    Modulator(0x0081, Generator.VIBRATO_TO_PITCH, 0, 0): 50,
    Modulator(0x0587, Generator.ATTENUATION, 0, 0): 960,
    Modulator(0x028A, Generator.PAN, 0, 0): 1000,
    Modulator(0x058B, Generator.ATTENUATION, 0, 0): 960,
    Modulator(0x00DB, Generator.REVERB, 0, 0): 200,
    Modulator(0x00DD, Generator.CHORUS, 0, 0): 200,
    Modulator(0x020E, Generator.FINE_TUNING, 0x0010, 0): 12700,
}
_SOURCES: Final = {10: "key pressure", 13: "channel pressure", 14: "bend", 16: "range of bend"}


def _of(record: np.void) -> Modulator:
    found = Modulator(*(int(record[name]) for name in Modulator._fields))
    if found.source == _VELOCITY_TO_CUTOFF.source and found.destination == Generator.CUTOFF:
        return _VELOCITY_TO_CUTOFF
    return found


def _is_static(modulator: Modulator) -> bool:
    """Whether it depends on velocity and key alone."""
    sources = (modulator.source, modulator.amount_source)
    return (
        all(not source & _CONTROLLER and source & _NUMBER in (_NONE, _VELOCITY, _KEY) for source in sources)
        and modulator.destination < COUNT
        and modulator.transform in (0, _ABSOLUTE)
    )


def of_zone(zones: Zones, zone: int, records: NDArray[np.void], first: Amounts) -> Amounts:
    """The modulators of velocity and key that a zone has: ``first``, the global zone's, its own."""
    found = dict(first)
    for place in (int(zones.parent[zone]), zone):
        if place >= 0:
            start, end = int(zones.modulators[place]), int(zones.modulators[place + 1])
            for record in records[start : min(end, start + _MOST)]:
                modulator = _of(record)
                if _is_static(modulator):
                    found[modulator] = int(record["amount"])
    return {modulator: amount for modulator, amount in found.items() if amount}


@lru_cache(maxsize=4096)
def curve(source: int, value: int) -> float:
    """What a source makes of a value 0 to 127 (section 9.5.3).

    >>> curve(0x0102, 127), curve(0, 5), curve(0x0002, 64)
    (0.0, 1.0, 0.5)
    """
    if source & _NUMBER == _NONE:
        return 1.0
    step = _STEPS - 1 - value if source & _NEGATIVE else value
    kind = source >> _CURVE
    if not source & _BIPOLAR:
        return _shape(kind, float(step))
    if kind == _SWITCH:
        return 1.0 if step >= _STEPS / 2 else -1.0
    offset = 2.0 * step - _STEPS
    return math.copysign(_shape(kind, abs(offset)), offset) if offset else 0.0


def _shape(kind: int, step: float) -> float:
    """0 to 1 for steps 0 to 127; a straight line needs 128 for it."""
    top = _STEPS - 1
    if kind == _CONCAVE:
        return min(-400 / _CONCAVE_SPAN * math.log10((top - step) / top), 1.0) if step < top else 1.0
    if kind == _CONVEX:
        return 1.0 - _shape(_CONCAVE, max(top - step, 0.0))
    if kind == _SWITCH:
        return 1.0 if step >= _STEPS / 2 else 0.0
    return step / _STEPS


def change(modulator: Modulator, amount: int, key: int, velocity: int) -> float:
    """What it adds to its generator."""
    value = float(amount)
    for source in (modulator.source, modulator.amount_source):
        value *= curve(source, key if source & _NUMBER == _KEY else velocity)
    return abs(value) if modulator.transform == _ABSOLUTE else value


def unsupported(records: NDArray[np.void]) -> Counter[str]:
    """Modulators that are not played, in words, with how often they stand in the file."""
    counted: Counter[str] = Counter()
    if len(records) == 0:
        return counted
    _, places, counts = np.unique(records, return_index=True, return_counts=True)
    for place, count in zip(places.tolist(), counts.tolist(), strict=True):
        modulator, amount = _of(records[place]), int(records[place]["amount"])
        if amount and not _is_static(modulator) and _OF_PARTS.get(modulator) != amount:
            counted[f"modulator of {_source_name(modulator.source)}"] += int(count)
    return counted


def _source_name(source: int) -> str:
    number = source & _NUMBER
    if source & _CONTROLLER:
        return f"controller {number}"
    return _SOURCES.get(number, f"source {number}")
