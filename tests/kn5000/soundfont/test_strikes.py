"""What zones say, as strikes: expected values by the arithmetic of the specification."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from tests.kn5000.soundfont import writer
from tests.kn5000.soundfont.test_font import opened
from tests.kn5000.soundfont.writer import Instrument, Modulator, Preset, Recorded, Zone, span

from luthier.kn5000.soundfont.modulators import curve
from luthier.kn5000.soundfont.voicing import HEADROOM
from luthier.kn5000.sounds.strike import Strike

WAVE = Recorded(np.arange(2000, dtype=np.int16), rate=32_000, root=62, correction=20, loop=(100, 1900))


def strikes(
    own: Mapping[int, int],
    added: Mapping[int, int] | None = None,
    key: int = 60,
    velocity: int = 127,
    modulators: tuple[Modulator, ...] = (),
    outer: tuple[Modulator, ...] = (),
) -> tuple[Strike, ...]:
    """Of a font with one zone on each level."""
    inner = Instrument([Zone(0, own, modulators)])
    sounds = opened(writer.font([WAVE], [inner], [Preset([Zone(0, added or {}, outer)])]))
    return sounds.sound(0).strikes(key, velocity)


def strike(
    own: Mapping[int, int],
    added: Mapping[int, int] | None = None,
    key: int = 60,
    velocity: int = 127,
    modulators: tuple[Modulator, ...] = (),
    outer: tuple[Modulator, ...] = (),
) -> Strike:
    (only,) = strikes(own, added, key, velocity, modulators, outer)
    return only


def test_a_zone_that_says_nothing() -> None:
    found = strike({})
    assert found.pitch == 60
    assert found.level == -HEADROOM
    assert found.pan == 0
    assert [target for target, _ in found.amplitude] == [0.0]
    assert found.amplitude[0].seconds == pytest.approx(0.001, rel=0.03)
    assert found.cutoff == pytest.approx(19_912, abs=1)
    assert (found.filter, found.bend, found.vibrato.depth, found.group) == ((), (), 0, 0)


def test_ranges_choose_zones() -> None:
    own = {writer.KEYS: span(40, 60), writer.VELOCITIES: span(30, 90)}
    for key, velocity, sounds in (
        (40, 30, 1),
        (60, 90, 1),
        (39, 60, 0),
        (61, 60, 0),
        (50, 29, 0),
        (50, 91, 0),
    ):
        assert len(strikes(own, key=key, velocity=velocity)) == sounds
    # The preset's ranges are looked at as well.
    assert len(strikes(own, {writer.KEYS: span(55, 70)}, key=50, velocity=60)) == 0
    assert len(strikes(own, {writer.KEYS: span(55, 70)}, key=57, velocity=60)) == 1


def test_a_preset_adds_what_it_may() -> None:
    own = {writer.PAN: 100, writer.ATTENUATION: 100, writer.ROOT: 50, writer.CLASS: 3}
    found = strike(own, {writer.PAN: -350, writer.ATTENUATION: 50, writer.ROOT: 7, writer.CLASS: 5})
    assert found.pan == pytest.approx(-0.5)
    # 15 dB stated, of which 0.4 count.
    assert found.level == pytest.approx(-6.0 - HEADROOM)
    assert found.group == 3


def test_what_leaves_its_range_is_kept_in_it() -> None:
    assert strike({writer.PAN: 400}, {writer.PAN: 400}).pan == 1.0
    assert strike({writer.ATTENUATION: 100}, {writer.ATTENUATION: -500}).level == -HEADROOM


def row_of(own: Mapping[int, int]) -> np.void:
    inner = Instrument([Zone(0, own)])
    sounds = opened(writer.font([WAVE], [inner], [Preset([Zone(0)])]))
    row: np.void = sounds.recordings.table[sounds.sound(0).strikes(60, 100)[0].selector]
    return row


def sounding(own: Mapping[int, int], added: Mapping[int, int] | None = None, key: int = 60) -> float:
    """Cents from the recording's own rate to what a key plays."""
    return 100 * (strike(own, added, key).pitch - int(row_of(own)["root"]) / 256)


def test_pitch_of_a_key_against_the_samples_own() -> None:
    # Root 62, correction 20: key 60 plays 200 cents lower and 20 higher.
    assert sounding({}) == pytest.approx(-180, abs=0.3)
    assert sounding({writer.ROOT: 48}) == pytest.approx(1220, abs=0.3)
    assert sounding({writer.COARSE: -2, writer.FINE: 30}) == pytest.approx(-350, abs=0.3)
    assert sounding({writer.FINE: 30}, {writer.COARSE: 12, writer.FINE: -10}) == pytest.approx(1040, abs=0.3)


def test_scale_tuning_turns_about_the_root() -> None:
    assert sounding({writer.SCALE: 0}, key=20) == pytest.approx(20, abs=0.3)
    assert sounding({writer.SCALE: 50}, key=82) == pytest.approx(1020, abs=0.3)


def test_a_key_of_its_own() -> None:
    assert sounding({46: 62}, key=30) == pytest.approx(20, abs=0.3)


def test_addresses_and_loops() -> None:
    plain = row_of({})
    assert (plain["start"], plain["length"], plain["loop_start"], plain["loop_end"]) == (0, 2000, 0, 0)
    assert plain["rate"] == 32_000
    looped = row_of({writer.MODE: 1})
    assert (looped["loop_start"], looped["loop_end"]) == (100, 1900)
    moved = row_of(
        {writer.MODE: 3, writer.START: 10, writer.END: -50, writer.LOOP_START: 5, writer.LOOP_END: -7}
    )
    assert (moved["start"], moved["length"], moved["loop_start"], moved["loop_end"]) == (10, 1940, 95, 1883)


def test_a_loop_outside_is_cut_short_and_told() -> None:
    inner = Instrument([Zone(0, {writer.MODE: 1, writer.LOOP_END: 500})])
    sounds = opened(writer.font([WAVE], [inner], [Preset([Zone(0)])]))
    assert sounds.warnings["loops that reach outside their sample, cut short or left out"] == 1
    assert sounds.recordings.table[0]["loop_end"] == 2000


@pytest.mark.parametrize("broken", [{"kind": 0x8001}, {"rate": 0}, {"data": np.zeros(0, np.int16)}])
def test_zones_that_cannot_sound_are_left_out_and_told(broken: dict[str, int]) -> None:
    bad = Recorded(**{"data": WAVE.data, **broken})  # type: ignore[arg-type]
    inner = Instrument([Zone(0), Zone(1), Zone(9)])
    sounds = opened(writer.font([bad, WAVE], [inner], [Preset([Zone(0)])]))
    assert len(sounds.sound(0).strikes(60, 100)) == 1
    assert sum(sounds.warnings.values()) == 2


def test_velocity_takes_away_as_its_curve_says() -> None:
    # Section 8.4.1 with the concave curve of 9.5.3: 40 log10(127 / velocity) dB.
    for velocity in (1, 20, 64, 100, 127):
        level = strike({}, velocity=velocity).level + HEADROOM
        assert level == pytest.approx(-40 * math.log10(127 / velocity), abs=0.01)


def test_velocity_shuts_the_filter_two_octaves_unless_told_otherwise() -> None:
    # Section 8.4.2 of 2.04: 2400 cents times (127 - velocity) / 128.
    octaves = math.log2(strike({}, velocity=64).cutoff / strike({}).cutoff)
    assert octaves == pytest.approx(-2 * 63 / 128, abs=1e-6)
    for secondary in (0x0D02, 0):
        off: Modulator = (0x0102, writer.CUTOFF, 0, secondary, 0)
        assert strike({}, velocity=64, modulators=(off,)).cutoff == strike({}).cutoff


def test_modulators_of_a_preset_are_added() -> None:
    more: Modulator = (0x0502, writer.ATTENUATION, 480, 0, 0)
    without, with_it = (strike({}, velocity=64, outer=outer).level + HEADROOM for outer in ((), (more,)))
    assert with_it == pytest.approx(1.5 * without)


def test_a_modulator_of_the_key() -> None:
    by_key: Modulator = (0x0003, writer.PAN, 500, 0, 0)
    assert strike({}, key=64, modulators=(by_key,)).pan == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        (0x0000, 77, 1.0),
        (0x0002, 127, 127 / 128),
        (0x0102, 0, 127 / 128),
        (0x0202, 64, 0.0),
        (0x0202, 0, -1.0),
        (0x0302, 127, -1.0),
        (0x0402, 127, 1.0),
        (0x0402, 0, 0.0),
        (0x0802, 127, 1.0),
        (0x0802, 0, 0.0),
        (0x0C02, 63, 0.0),
        (0x0C02, 64, 1.0),
        (0x0E02, 63, -1.0),
    ],
)
def test_curves_of_sources(source: int, value: int, expected: float) -> None:
    assert curve(source, value) == pytest.approx(expected)


def cents(seconds: float) -> int:
    return round(1200 * math.log2(seconds))


def test_the_amplitude_envelope() -> None:
    # Delay 0.1, attack 0.2, hold 0.5, decay 2 s for 100 dB to -25 dB, release 1 s for 100 dB.
    own = {33: cents(0.1), 34: cents(0.2), 35: cents(0.5), 36: cents(2), 37: 250, 38: 0}
    found = strike(own)
    assert [target for target, _ in found.amplitude] == [-96.0, 0.0, 0.0, -25.0]
    assert [seconds for _, seconds in found.amplitude] == pytest.approx([0.1, 0.2, 0.5, 0.5], rel=1e-3)
    assert found.release == pytest.approx(0.6)


def test_hold_and_decay_follow_the_key() -> None:
    # 100 timecents a key: an octave above middle C halves them.
    own = {35: 0, 36: cents(4), 37: 500, 39: 100, 40: 100}
    low, high = (strike(own, key=key).amplitude for key in (60, 72))
    assert [seconds for _, seconds in low[1:]] == pytest.approx([1, 2], rel=1e-3)
    assert [seconds for _, seconds in high[1:]] == pytest.approx([0.5, 1], rel=1e-3)


def test_a_decay_of_minutes_goes_on_several_segments() -> None:
    found = strike({36: cents(100), 37: 960}).amplitude
    assert [target for target, _ in found] == pytest.approx([0, -32, -64, -96])
    assert sum(seconds for _, seconds in found[1:]) == pytest.approx(96, rel=1e-3)


def test_the_modulation_envelope() -> None:
    own = {7: 1200, 11: -2400, 26: cents(0.2), 27: cents(0.3), 28: cents(2), 29: 500}
    found = strike(own)
    assert [target for target, _ in found.bend] == [12, 12, 6]
    assert [target for target, _ in found.filter] == [-24, -24, -12]
    assert [seconds for _, seconds in found.bend] == pytest.approx([0.2, 0.3, 1], rel=1e-3)


def test_the_modulation_envelope_has_three_segments_at_most() -> None:
    for delay, hold in ((0.1, 0.4), (0.4, 0.1)):
        own = {7: 1200, 25: cents(delay), 26: cents(0.2), 27: cents(hold), 28: cents(1), 29: 1000}
        found = strike(own).bend
        assert len(found) == 3
        assert found[-1].target == 0
        assert sum(seconds for _, seconds in found) == pytest.approx(1.7, rel=1e-3)


def test_the_larger_of_two_lfos_bends() -> None:
    found = strike({5: 10, 6: -30, 23: cents(0.5), 24: cents(6 / 8.1758)}).vibrato
    assert (found.rate, found.depth, found.delay) == pytest.approx((6, 30, 0.5), rel=1e-3)
    found = strike({5: 40, 6: 30, 22: cents(3 / 8.1758)}).vibrato
    assert (found.rate, found.depth, found.delay) == pytest.approx((3, 40, 0), rel=1e-3)


def test_sends_come_on_top_of_the_usual_reverb() -> None:
    plain, wet = strike({}), strike({writer.REVERB: 300, writer.CHORUS: 150})
    assert wet.reverb - plain.reverb == pytest.approx(0.3)
    assert wet.chorus == pytest.approx(0.15)


def test_a_stereo_pair_is_two_strikes() -> None:
    left, right = Recorded(WAVE.data, kind=4), Recorded(WAVE.data, kind=2)
    inner = Instrument([Zone(0, {writer.PAN: -500}), Zone(1, {writer.PAN: 500})])
    sounds = opened(writer.font([left, right], [inner], [Preset([Zone(0)])]))
    assert [found.pan for found in sounds.sound(0).strikes(60, 100)] == [-1.0, 1.0]


def test_what_is_not_played_is_counted() -> None:
    wheel: Modulator = (0x0081, writer.CUTOFF, 1000, 0, 0)
    usual: Modulator = (0x0081, 6, 50, 0, 0)
    inner = Instrument(
        [Zone(0, {writer.RESONANCE: 100, 10: 50, 13: 20, 5: 1, 6: 1, writer.MODE: 3}, (wheel, usual))]
    )
    sounds = opened(writer.font([WAVE], [inner], [Preset([Zone(0)])]))
    assert sounds.unsupported == {
        "resonance of the filter": 1,
        "LFO on the filter": 1,
        "LFO on the level": 1,
        "two LFOs on the pitch": 1,
        "playing on behind the loop": 1,
        "modulator of controller 1": 1,
    }
