"""The speed over time is that of the tape: no spikes at the ends of a dump or beside holes."""

from __future__ import annotations

import numpy as np
import pytest

from luthier.poly800 import tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.tape import damage, writing
from luthier.poly800.tape.damage import Damage, Take
from luthier.poly800.tape.health import pictures, time_line
from luthier.poly800.tape.health.time_line import SpeedCurve
from luthier.poly800.tape.reading import Trace

RATE = 22_050
IMAGE = writing.image_for(built_in_bank())[0]


def trace_of(*damages: Damage) -> Trace:
    samples = tape.write(IMAGE, RATE, leader=1.0, trailer=0.5)
    take = damage.damaged(Take.of(samples, RATE, (1.01, 10.6)), damages, 1)
    trace = tape.read(take.samples, take.rate).dumps[0].trace
    assert trace is not None
    return trace


def curve_of(trace: Trace) -> SpeedCurve:
    curve = time_line.speed_curve(trace)
    assert curve is not None
    return curve


@pytest.mark.parametrize(
    "damages", [(), (damage.hole(0.15, 200), damage.hole(0.55, 200), damage.white_noise(12))]
)
def test_a_steady_tape_has_a_steady_curve(damages: tuple[Damage, ...]) -> None:
    trace = trace_of(*damages)
    curve = curve_of(trace)
    assert np.abs(curve.speeds - 1.0).max() < 0.006
    # It is seen from the first half-wave to the last.
    assert curve.seconds[0] - trace.seconds[0] < 0.005
    assert trace.seconds[-1] - curve.seconds[-1] < 0.005


def test_half_waves_that_explain_nothing_do_not_count() -> None:
    trace = trace_of()
    lengths, explained = trace.lengths.copy(), trace.explained.copy()
    lengths[5000:5010] *= 1.5
    explained[5000:5010] = 0.1
    doubtful = Trace(trace.seconds, lengths, trace.scales, explained, trace.levels)
    before, after = curve_of(trace), curve_of(doubtful)
    assert np.ptp(after.speeds) == pytest.approx(np.ptp(before.speeds), rel=0.3)


def test_holes_are_no_swing_of_the_level() -> None:
    """Two of 200 ms, filled with noise far below the data: dropouts, and nothing a level control did."""
    holed = trace_of(damage.hole(0.15, 200), damage.hole(0.55, 200), damage.white_noise(20))
    assert len(time_line.dropouts(holed)) >= 2
    swing = time_line.half_waves(holed).level_swing
    assert swing is not None
    assert swing < 1.0


def test_wow_is_not_smoothed_away() -> None:
    wow = curve_of(trace_of(damage.wow(4.0, 0.05))).wow()
    assert wow is not None
    assert wow[0] == pytest.approx(0.05 / np.sqrt(2), rel=0.1)
    assert wow[1] == pytest.approx(4.0, abs=0.3)


def test_a_few_odd_places_do_not_stretch_the_axis() -> None:
    percent = np.random.default_rng(1).normal(2.0, 0.1, 6_000)
    percent[:20] = 80.0
    low, high = pictures.speed_limits(percent)
    assert 1.0 < low < 1.7
    assert 2.3 < high < 3.0
