"""What a meter shows now: the last 400 ms and the last 3 s."""

from __future__ import annotations

import math

import numpy as np
import pytest

from luthier.audio.loudness import SILENT, LoudnessMeter

RATE = 48_000


def test_the_present_is_of_the_last_moments_only() -> None:
    meter = LoudnessMeter(RATE)
    assert meter.now() == (SILENT, SILENT)
    sine = np.sin(2 * np.pi * 997 * np.arange(3 * RATE) / RATE)
    meter.add(np.stack([sine, 0 * sine], axis=1))
    # BS.1770-5: 997 Hz at full scale in one channel is -3.01.
    assert meter.now() == pytest.approx((-3.01, -3.01), abs=0.05)
    meter.add(np.zeros((RATE, 2)))
    momentary, short_term = meter.now()
    assert momentary < -60
    assert short_term == pytest.approx(-3.01 + 10 * math.log10(2 / 3), abs=0.05)
