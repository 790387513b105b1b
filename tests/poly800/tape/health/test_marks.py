"""Bad places: they are where the damage was done, and say what it costs by the published layout."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from luthier.poly800 import tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.tape import Dump, damage, writing
from luthier.poly800.tape.damage import Take
from luthier.poly800.tape.health.marks import affected, doubts, marks, parameters_in
from luthier.poly800.tape.health.measures import WINDOW_SECONDS
from luthier.poly800.tape.health.strip import HalfWaves, level_curve, speed_curve
from luthier.poly800.tape.health.time_line import SpeedCurve, kinds
from luthier.poly800.tape.heard import heard

RATE = 22_050
IMAGE = writing.image_for(built_in_bank())[0]
DATA = (1.01, 9.6)


@pytest.fixture(scope="module")
def holed() -> Dump:
    """A tape without sound from 4 to 4.2 s."""
    samples = tape.write(IMAGE, RATE, leader=1.0, trailer=0.5)
    part = (4.0 - DATA[0]) / (DATA[1] - DATA[0])
    take = damage.damaged(Take.of(samples, RATE, DATA), [damage.hole(part, 200)], 1)
    (dump,) = tape.read(take.samples, take.rate).dumps
    return dump


def test_a_hole_is_one_place_and_costs_the_programs_in_it(holed: Dump) -> None:
    (mark,) = marks([holed])
    assert mark.kind == "missing"
    assert mark.begin == pytest.approx(4.0, abs=0.02)
    assert mark.end == pytest.approx(4.2, abs=0.02)
    wrong = {entry.number for entry in holed.programs if not entry.sound}
    assert wrong
    assert wrong <= set(mark.programs)
    assert all(f"program {number}" in mark.cost for number in mark.programs)


def test_a_complete_dump_has_no_doubts(holed: Dump) -> None:
    whole = replace(holed, complete=True)
    assert {mark.kind for mark in marks([whole])} == {"dropout"}
    assert all(doubts(whole, index) == [] for index in range(64))


def test_doubts_are_the_bytes_that_were_not_read_surely(holed: Dump) -> None:
    confidence = np.ones(1636)
    # Program 12 is the second of 21 bytes from byte 290 on (two sync bytes, 288 of RAM).
    confidence[[311, 320]] = 0.0, 0.6
    dump = replace(holed, confidence=confidence, trace=None)
    assert doubts(dump, 0) == []
    assert [(doubt.place, doubt.confidence) for doubt in doubts(dump, 1)] == [(311, 0.0), (320, 0.6)]
    first, second = marks([dump])
    assert (first.kind, first.seen) == ("missing", "1 byte was not read")
    assert (second.kind, second.seen) == ("doubtful", "1 byte was read with doubt")
    assert first.programs == second.programs == (12,)


def test_what_stands_where() -> None:
    # The mailing-list thread: two sync bytes, MIDI channel, 256 of sequence ... 64 programs, checksum last.
    assert affected([0, 1]) == (["the sync bytes"], ())
    assert affected([2]) == (["the MIDI channel"], ())
    assert affected([3, 258]) == (["the sequence"], ())
    assert affected(range(290, 311)) == (["program 11"], (11,))
    assert affected([1613]) == ([f"program 88 ({', '.join(parameters_in([0])[:6])} and "
                                f"{len(parameters_in([0])) - 6} more)"]
                                if len(parameters_in([0])) > 6
                                else [f"program 88 ({', '.join(parameters_in([0]))})"], (88,))  # fmt: skip
    assert affected([1634]) == (["a byte whose meaning is unknown"], ())
    assert affected([1635]) == (["the checksum"], ())


def test_every_parameter_stands_in_some_byte() -> None:
    together = {name for byte in range(21) for name in parameters_in([byte])}
    assert together == set(parameters_in(range(21)))
    assert {"cutoff", "DCO1 octave", "DEG3 release", "MG VCF"} <= together


def test_half_waves_are_short_long_or_odd(holed: Dump) -> None:
    assert holed.trace is not None
    found = kinds(holed.trace)
    inside = (holed.trace.seconds > 4.02) & (holed.trace.seconds < 4.18)
    assert inside.any()
    assert (found[inside] == 2).all()
    away = (holed.trace.seconds < 3.9) | (holed.trace.seconds > 4.4)
    lengths = holed.trace.lengths[away]
    # Half-waves of 1550 and 700 Hz; halfway between their lengths nothing is.
    assert (found[away] == (lengths > 500)).all()


def test_a_strip_shows_what_is_odd_first(holed: Dump) -> None:
    assert holed.trace is not None
    strip = HalfWaves.of([holed.trace])
    every = strip.between(0.0, 100.0, 10**6)
    assert every.seconds.size == holed.trace.seconds.size
    few = strip.between(0.0, 100.0, 400)
    assert 300 <= few.seconds.size <= 400
    assert (np.diff(few.seconds) > 0).all()
    odd = int(np.count_nonzero(strip.kinds == 2))
    assert np.count_nonzero(few.kinds == 2) >= min(odd, 200) // 3
    some = strip.between(4.5, 5.0, 10**6)
    assert some.seconds.min() >= 4.5
    assert some.seconds.max() < 5.0
    assert len(some.packed()) == 13 * some.seconds.size
    assert HalfWaves.of([]).between(0, 1, 10).packed() == b""


def test_a_level_curve_keeps_the_loudest() -> None:
    levels = np.full(1000, 0.1)
    levels[777] = 1.0
    levels[100:200] = 0.0
    seconds, decibels = level_curve(levels, 0.0, 10.0, 50)
    assert seconds.size <= 51
    assert decibels.max() == pytest.approx(0.0)
    assert decibels.min() == pytest.approx(-100.0)
    assert np.median(decibels) == pytest.approx(-20.0)
    assert seconds[np.argmax(decibels)] == pytest.approx(777 * WINDOW_SECONDS, abs=20 * WINDOW_SECONDS)
    assert level_curve(levels[:0], 0.0, 10.0, 50)[0].size == 0


def test_no_line_of_speed_crosses_a_hole() -> None:
    moments = np.concatenate([np.arange(0, 1, 0.001), np.arange(3, 4, 0.001)])
    seconds, percent = speed_curve([SpeedCurve(moments, np.full(moments.size, 1.04))], 0.0, 10.0, 10_000)
    assert np.count_nonzero(np.isnan(percent)) == 1
    assert 1 < seconds[np.isnan(percent)][0] < 3
    assert np.nanmax(percent) == np.nanmin(percent) == pytest.approx(104.0)
    assert speed_curve([], 0.0, 1.0, 100)[0].size == 0


def test_the_decoder_hears_neither_hum_nor_level() -> None:
    samples = tape.write(IMAGE, RATE, leader=1.0, trailer=0.5)[: 3 * RATE] * 0.01
    hum = 0.1 * np.sin(2 * np.pi * 50 * np.arange(samples.size) / RATE)
    found = heard(samples + hum, RATE)
    assert found.front == "plain"
    assert found.samples.size == pytest.approx(3 * found.rate, rel=0.01)
    # Modelled loudness: 0.4 on average, whatever the recording's is.
    assert np.abs(found.samples[int(found.rate) : int(2 * found.rate)]).mean() == pytest.approx(0.4, rel=0.1)
    # In the recording the hum is twenty times the data, here less than a twentieth of the leader's 1550 Hz.
    leader = found.samples[int(0.2 * found.rate) : int(0.9 * found.rate)]
    lines = np.abs(np.fft.rfft(leader * np.hanning(leader.size)))
    hertz = np.fft.rfftfreq(leader.size, 1 / found.rate)
    assert lines[np.argmin(np.abs(hertz - 50))] < 0.05 * lines[np.abs(hertz - 1550) < 5].max()
    assert heard(samples, RATE, "no such front").front == "plain"
