"""Ladders of levels: opcode 61 (at 0x0129A3), 62 (0x012B33) and 63 (0x012483, 0x012613, 0x0127A3).

They are laws in decibels, in segments, cut to whole numbers; the firmware reads them from its ROM.  Made from
the laws they agree with every number that is published; with a ROM its own are taken.

========  =======================================================================
61        0.25 dB a step; -6 dB at 75
62        1 dB a step; -6 dB at 96; 0 is silence
63, 0     0.6 dB to 54, 0.4 to 84, 0.2 to 99; -6 dB at 84; 0 is silence
63, 1     half of those steps; -6 dB at 84; 0 is silence
63, 2     0.258 dB to 99, 0.15 to 127; -7.22 dB at 99; 0 is silence
========  =======================================================================

Source: listing, the comments and numbers of these tables.

Open questions
- The levels -6.0205997 and -7.2220273 dB are fitted to the published numbers.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kn5000.dsp_codecs.coefficients import ONE

#: (address, entries) in the order in which the translator has them.
LADDERS = ((0x0129A3, 100), (0x012B33, 100), (0x012483, 100), (0x012613, 100), (0x0127A3, 128))
DRIVE, MIX, VOLUME = 0, 1, 2
STARTS = (0, 100, 200, 300, 400)
TOTAL = 528
#: Decibels of full scale at 75, 96 and 84, and at 99 of the last ladder.
_HALF, _LONG = -6.0205997, -7.2220273


def level(decibels: float) -> int:
    """So many decibels of full scale, cut."""
    return int(ONE * 10 ** (decibels / 20))


def _three_slopes(value: int, steps: tuple[float, float, float]) -> float:
    """Decibels relative to 84, with slopes to 54, to 84 and above."""
    low, middle, high = steps
    if value > 84:
        return (value - 84) * high
    if value > 54:
        return (value - 84) * middle
    return -30 * middle + (value - 54) * low


def drive(value: int) -> int:
    """Opcode 61."""
    return level(_HALF + (value - 75) / 4)


def mix(value: int) -> int:
    """Opcode 62."""
    return level(_HALF + value - 96) if value else 0


def wide_volume(value: int) -> int:
    """Opcode 63, kind 0."""
    return level(_HALF + _three_slopes(value, (0.6, 0.4, 0.2))) if value else 0


def narrow_volume(value: int) -> int:
    """Opcode 63, kind 1."""
    return level(_HALF + _three_slopes(value, (0.3, 0.2, 0.1))) if value else 0


def long_volume(value: int) -> int:
    """Opcode 63, kind 2, and opcode 79: 128 values."""
    steps = (value - 99) * (0.15 if value > 99 else 0.258)
    return level(_LONG + steps) if value else 0


LAWS: tuple[Callable[[int], int], ...] = (drive, mix, wide_volume, narrow_volume, long_volume)


def modelled() -> list[int]:
    """All ladders, one behind the other, from their laws."""
    return [law(value) for law, (_, size) in zip(LAWS, LADDERS, strict=True) for value in range(size)]
