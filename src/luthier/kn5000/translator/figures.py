"""Frequencies and qualities that filters choose from: at 0x012397 27 frequencies, then 32 qualities.

Frequencies are the third octaves of ISO 266; the quality is 0.1 to 1 by 0.1, to 4 by 0.5, to 20 by 1.  The
gain is half a decibel a step, 24 is 0 dB.

Source: listing, 0x03A620; the same lists are on the main CPU's screen.
"""

from __future__ import annotations

FREQUENCIES = (
    *(40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0, 800.0),
    *(1000.0, 1250.0, 1600.0, 2000.0, 2500.0, 3150.0, 4000.0, 5000.0, 6300.0, 8000.0),
    *(10000.0, 12500.0, 16000.0),
)
QUALITIES = (
    *(step / 10 for step in range(1, 11)),
    *(step / 2 for step in range(3, 9)),
    *(float(step) for step in range(5, 21)),
)
#: One behind the other, as in the ROM: a frequency beyond the last is a quality.
FIGURES = FREQUENCIES + QUALITIES
FIRST_QUALITY = len(FREQUENCIES)


def gain(value: int) -> float:
    """Decibels of a gain: -12 to 12 for 0 to 48."""
    return value * 0.5 - 12.0
