"""Equalizers and the filters of other effects: sections of second order, one after the other.

The bells of PARAMETRIC EQ are exact: the machine's formula, its grid of frequencies and its ranges.  Here
they are computed in double precision; the chip rounds to 24 bits.

Open questions
- The order of the shelves of EQUALIZER (GEQ) and how wide its bells are; here first order, and a Q of 1.
- What MANUAL of ENHANCER sets: here the frequency where low and high part.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from luthier.dsp import biquad
from luthier.dsp.biquad import Coefficients
from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit

_PER_BAND = 5
_PAST = 8  #: per band: x1, x2, y1, y2 of either side
_TINY = 1e-30
BUTTERWORTH = math.sqrt(0.5)
#: Hz: the third-octaves of ISO 266 that PARAMETRIC EQ has.
GRID: tuple[int, ...] = (
    *(40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150),
    *(4000, 5000, 6300, 8000, 10_000, 12_500, 16_000),
)
_STARTS = (100.0, 315.0, 1000.0, 3150.0, 10_000.0)
_Q = 1.0  # of the bells of EQUALIZER: it has no parameter for it


@loop
def _filter(frames: Frames, numbers: Numbers, words: Words, past: Numbers, _memory: Samples) -> None:
    bands = len(past) // _PAST
    time = words[TIME]
    for i in range(len(frames)):
        glide(numbers, words, time + i, bands * _PER_BAND)
        for side in range(2):
            value = np.float64(frames[i, side])
            for band in range(bands):
                at, c = band * _PAST + side * 4, band * _PER_BAND
                out = (
                    numbers[c] * value
                    + numbers[c + 1] * past[at]
                    + numbers[c + 2] * past[at + 1]
                    - numbers[c + 3] * past[at + 2]
                    - numbers[c + 4] * past[at + 3]
                )
                past[at + 1], past[at] = past[at], value
                past[at + 3], past[at + 2] = past[at + 2], out if abs(out) > _TINY else 0.0
                value = out
            frames[i, side] = value
    words[TIME] += len(frames)


class Sections(Unit):
    """Filters whose coefficients glide; between two stable ones all are stable."""

    def __init__(self, bands: int) -> None:
        super().__init__(_filter, _PER_BAND * bands, past=_PAST * bands)

    def aim(self, sections: Sequence[Coefficients]) -> None:
        """Say what the filters are to become."""
        self._wanted[:] = np.concatenate(sections)


def _numbered(name: str, band: int) -> str:
    return name if band == 0 else f"{name} {band + 1}"


def _bell_parameters(bands: int) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for band in range(bands):
        start = _STARTS[band] if bands > 1 else 1000.0
        found += [
            Parameter(_numbered("BAND EMPHASIS FC", band), "Hz", GRID[0], GRID[-1], start, "exact"),
            Parameter(_numbered("BAND EMPHASIS Q", band), "", 0.1, 20, 1, "exact"),
            # What is not set is heard: a little of everything.
            Parameter(_numbered("BAND EMPHASIS G", band), "dB", -12, 12, 6 if band % 2 == 0 else -6, "exact"),
        ]
    return tuple(found)


class ParametricEqualizer(Sections):
    """Five bells."""

    BANDS: ClassVar[int] = 5
    parameters: tuple[Parameter, ...] = _bell_parameters(5)

    def __init__(self) -> None:
        super().__init__(self.BANDS)

    def _shape(self, settings: Mapping[str, float]) -> None:
        def value(name: str, band: int) -> float:
            return settings[_numbered(f"BAND EMPHASIS {name}", band)]

        self.aim(
            [
                biquad.bell(value("FC", band), value("Q", band), value("G", band), RATE)
                for band in range(self.BANDS)
            ]
        )


class OneBand(ParametricEqualizer):
    """The bell that combinations begin with."""

    BANDS: ClassVar[int] = 1
    parameters: tuple[Parameter, ...] = _bell_parameters(1)


class GraphicEqualizer(Sections):
    """EQUALIZER: two shelves of first order and two bells between them."""

    parameters: tuple[Parameter, ...] = (
        Parameter("LOW EMPHASIS FC", "Hz", 40, 6300, 200),
        Parameter("LOW EMPHASIS G", "dB", -12, 12, 6),
        Parameter("BAND EMPHASIS FC", "Hz", 100, 16_000, 1000),
        Parameter("BAND EMPHASIS G", "dB", -12, 12, 0),
        Parameter("BAND EMPHASIS FC 2", "Hz", 100, 16_000, 4000),
        Parameter("BAND EMPHASIS G 2", "dB", -12, 12, 0),
        Parameter("HIGH EMPHASIS FC", "Hz", 250, 16_000, 8000),
        Parameter("HIGH EMPHASIS G", "dB", -12, 12, 6),
    )

    def __init__(self) -> None:
        super().__init__(4)

    def _shape(self, settings: Mapping[str, float]) -> None:
        low, high = (10 ** (settings[f"{end} EMPHASIS G"] / 20) for end in ("LOW", "HIGH"))
        bells = [
            biquad.bell(settings[f"BAND EMPHASIS FC{mark}"], _Q, settings[f"BAND EMPHASIS G{mark}"], RATE)
            for mark in ("", " 2")
        ]
        ends = (
            biquad.shelves(settings["LOW EMPHASIS FC"], low, 1, RATE),
            biquad.shelves(settings["HIGH EMPHASIS FC"], 1, high, RATE),
        )
        self.aim([ends[0], *bells, ends[1]])


class LowAndHigh(Sections):
    """What ENHANCER does before its delays: lows and highs parted at MANUAL and mixed anew (modelled)."""

    parameters: tuple[Parameter, ...] = (
        Parameter("MANUAL", "Hz", 200, 12_000, 3000),
        Parameter("LOW MIX", "%", 0, 100, 20),
        Parameter("HIGH MIX", "%", 0, 100, 100),
    )

    def __init__(self) -> None:
        super().__init__(1)

    def _shape(self, settings: Mapping[str, float]) -> None:
        low, high = settings["LOW MIX"] / 100, settings["HIGH MIX"] / 100
        self.aim([biquad.shelves(settings["MANUAL"], low, high, RATE)])


class Highs(Sections):
    """What EXCITER drives: all above HIGH EMPHASIS FC (modelled)."""

    parameters: tuple[Parameter, ...] = (
        Parameter("HIGH EMPHASIS FC", "Hz", 800, 16_000, 4000),
        Parameter("EMPHASIS GAIN", "dB", -12, 12, 0),
    )

    def __init__(self) -> None:
        super().__init__(2)

    def _shape(self, settings: Mapping[str, float]) -> None:
        corner, gain = settings["HIGH EMPHASIS FC"], 10 ** (settings["EMPHASIS GAIN"] / 20)
        self.aim([biquad.high_pass(corner, BUTTERWORTH, RATE), (gain, 0.0, 0.0, 0.0, 0.0)])
