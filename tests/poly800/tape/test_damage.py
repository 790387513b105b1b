"""Every damage in the dose it claims, measured from its output."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from luthier.poly800.tape import damage, modulation
from luthier.poly800.tape.damage import Damage, Take

FloatArray = npt.NDArray[np.float64]
RATE = 44_100


def tone(hertz: float, seconds: float = 2.0, rate: int = RATE, peak: float = 0.5) -> Take:
    moments = np.arange(int(seconds * rate)) / rate
    return Take.of(peak * np.sin(2 * np.pi * hertz * moments), rate, (0.25 * seconds, 0.75 * seconds))


def after(take: Take, *damages: Damage, seed: int = 1) -> Take:
    return damage.damaged(take, damages, seed)


def upward_crossings(samples: FloatArray, rate: int) -> FloatArray:
    before = np.flatnonzero((samples[:-1] < 0) & (samples[1:] >= 0))
    return (before + samples[before] / (samples[before] - samples[before + 1])) / rate


def decibels(ratio: float) -> float:
    return 20 * float(np.log10(ratio))


def strength(samples: FloatArray, rate: int, hertz: float) -> float:
    """Peak of the sine of ``hertz`` in the middle of ``samples``."""
    middle = samples[samples.size // 4 : 3 * samples.size // 4]
    window = np.hanning(middle.size)
    turns = np.exp(-2j * np.pi * hertz * np.arange(middle.size) / rate)
    return float(2 * np.abs(np.sum(middle * window * turns)) / window.sum())


def test_the_same_seed_gives_the_same_damage() -> None:
    faults = [damage.wow(4, 0.1), damage.white_noise(10), damage.clicks(3, 2), damage.dropout(5)]
    first, again, other = (after(tone(1000), *faults, seed=seed).samples for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("snr", [0.0, 4.0, 20.0])
def test_noise_has_its_ratio_to_the_data_and_is_white(snr: float) -> None:
    take = tone(1000, 4.0)
    quiet_leader = Take(
        np.where(np.arange(take.samples.size) < take.data.start, 0, take.samples), RATE, take.data
    )
    noise = after(quiet_leader, damage.white_noise(snr)).samples - quiet_leader.samples
    assert 10 * np.log10(0.125 / np.mean(noise**2)) == pytest.approx(snr, abs=0.1)
    low, high = (np.mean(np.abs(half) ** 2) for half in np.array_split(np.fft.rfft(noise), 2))
    assert low / high == pytest.approx(1, abs=0.03)


def test_hum_is_a_sine_of_its_frequency_and_height() -> None:
    take = tone(1000, 4.0)
    added = after(take, damage.hum(60, 10)).samples - take.samples
    assert strength(added, RATE, 60) == pytest.approx(5.0, rel=0.001)
    assert np.abs(added).max() == pytest.approx(5.0, rel=0.001)


def test_offset_moves_everything_by_the_same() -> None:
    take = tone(1000)
    added = after(take, damage.offset(3)).samples - take.samples
    assert np.abs(added) == pytest.approx(np.full(added.size, 1.5), rel=1e-3)
    assert np.ptp(added) < 1e-9


def test_clicks_are_three_samples_in_the_data() -> None:
    take = tone(1000)
    added = after(take, damage.clicks(5, 4)).samples - take.samples
    places = np.flatnonzero(np.abs(added) > 1e-9)
    assert places.size == 15
    assert take.data.start <= places.min() <= places.max() < take.data.stop
    assert np.abs(added[places]) == pytest.approx(np.full(15, 2.0), rel=1e-3)


def test_a_dropout_is_silence_of_its_length_in_the_data() -> None:
    take = tone(10_000)
    hit = after(take, damage.dropout(20))
    silent = np.flatnonzero(hit.samples[take.data] == 0)
    assert np.ptp(silent) / RATE == pytest.approx(0.020, abs=0.0002)
    assert np.array_equal(hit.samples[: take.data.start], take.samples[: take.data.start])


def test_a_fade_goes_down_to_its_level_and_comes_back() -> None:
    take = Take.of(np.ones(RATE), RATE)
    faded = after(take, damage.fade(100, 0.02)).samples
    assert faded.min() == pytest.approx(0.02, abs=1e-9)
    assert np.count_nonzero(faded < 0.021) / RATE == pytest.approx(0.100, abs=0.001)
    assert np.count_nonzero(faded < 1.0) / RATE == pytest.approx(0.110, abs=0.001)


def test_a_hole_is_where_it_was_asked_for() -> None:
    take = Take.of(np.ones(RATE), RATE, (0.2, 0.7))
    silent = np.flatnonzero(after(take, damage.hole(0.4, 200)).samples == 0)
    assert silent.min() / RATE == pytest.approx(0.4, abs=0.001)
    assert np.ptp(silent) / RATE == pytest.approx(0.2, abs=0.001)


@pytest.mark.parametrize("factor", [1.5, 0.6])
def test_speed_raises_the_pitch_shortens_the_tape_and_moves_the_data(factor: float) -> None:
    fast = after(tone(1000), damage.speed(factor))
    periods = np.diff(upward_crossings(fast.samples, RATE))[20:-20]
    assert periods == pytest.approx(np.full(periods.size, 0.001 / factor), abs=2e-7)
    assert fast.duration == pytest.approx(2.0 / factor, abs=0.001)
    assert fast.data.start / RATE == pytest.approx(0.5 / factor, abs=0.001)
    assert fast.data.stop / RATE == pytest.approx(1.5 / factor, abs=0.001)


@pytest.mark.parametrize(("hertz", "depth"), [(0.5, 0.2), (4.0, 0.1), (30.0, 0.2)])
def test_wow_swings_the_speed_by_its_depth_at_its_rate(hertz: float, depth: float) -> None:
    swung = after(tone(1550, 8.0), damage.wow(hertz, depth))
    crossings = upward_crossings(swung.samples, RATE)
    speeds = 1 / (1550 * np.diff(crossings))
    inner = speeds[30:-30]
    assert inner.max() == pytest.approx(1 + depth, abs=0.01)
    assert inner.min() == pytest.approx(1 - depth, abs=0.01)
    moments = np.arange(1.0, 7.0, 0.002)
    curve = np.interp(moments, crossings[:-1], speeds - 1)
    found = np.abs(np.fft.rfft((curve - curve.mean()) * np.hanning(curve.size)))
    assert np.argmax(found) / 6.0 == pytest.approx(hertz, abs=0.2)


def test_wow_tells_where_the_data_went() -> None:
    take = tone(1000, 4.0)
    marked = take.samples.copy()
    marked[take.data.start : take.data.start + 40] += 20
    swung = after(Take(marked, RATE, take.data), damage.wow(0.5, 0.2))
    assert abs(int(np.argmax(swung.samples)) - swung.data.start) < 60


def test_interpolation_adds_nothing_audible() -> None:
    # Wow of no depth is the identity; what is left is the error of reading between samples.
    take = tone(1550)
    same = after(take, damage.wow(4, 1e-9)).samples
    inner = slice(2000, min(same.size, take.samples.size) - 2000)
    assert decibels(np.abs(same[inner] - take.samples[inner]).max() / 0.5) < -100


def test_jitter_moves_every_edge_on_its_own() -> None:
    edges = modulation.half_waves(np.ones(50_000)) + 0.01
    moved = damage.jittered(edges, 40, np.random.default_rng(3))
    errors = (moved - edges) * 1e6
    assert errors.std() == pytest.approx(40, rel=0.03)
    assert abs(np.corrcoef(errors[:-1], errors[1:])[0, 1]) < 0.02
    assert (np.diff(moved) > 0).all()


def test_jitter_keeps_edges_in_order_however_strong() -> None:
    moved = damage.jittered(modulation.half_waves(np.ones(1000)), 500, np.random.default_rng(3))
    assert (np.diff(moved) > 0).all()
    assert moved.min() >= 0


def warped(hertz: float) -> float:
    """The analogue frequency that the bilinear transform puts at ``hertz``, in its own units."""
    return float(np.tan(np.pi * hertz / RATE))


def butterworth(hertz: float, *, low: float | None = None, high: float | None = None, order: int) -> float:
    """Gain in dB of a low-pass at ``low`` and a high-pass at ``high``: |H|² = 1 / (1 + (f/fc)^2n)."""
    power = 1.0
    if low is not None:
        power /= 1 + (warped(hertz) / warped(low)) ** (2 * order)
    if high is not None:
        power /= 1 + (warped(high) / warped(hertz)) ** (2 * order)
    return 10 * float(np.log10(power))


@pytest.mark.parametrize("hertz", [150.0, 300.0, 700.0, 1000.0, 1200.0, 2400.0, 3400.0])
def test_filters_have_butterworth_gains(hertz: float) -> None:
    take = tone(hertz, 4.0)

    def gain(fault: Damage) -> float:
        return decibels(strength(after(take, fault).samples, RATE, hertz) / 0.5)

    assert gain(damage.low_pass(1200)) == pytest.approx(butterworth(hertz, low=1200, order=4), abs=0.02)
    assert gain(damage.high_pass(700)) == pytest.approx(butterworth(hertz, high=700, order=2), abs=0.02)
    telephone = butterworth(hertz, low=3400, high=300, order=4)
    assert gain(damage.band_pass()) == pytest.approx(telephone, abs=0.02)


def test_level_is_the_peak_in_steps_of_sixteen_bits() -> None:
    quiet = after(tone(997), damage.level(-50)).samples
    assert decibels(np.abs(quiet).max()) == pytest.approx(-50, abs=0.1)
    assert np.array_equal(quiet * 32768, np.round(quiet * 32768))


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_few_bits_leave_few_values(bits: int) -> None:
    values = np.unique(after(tone(997), damage.bit_depth(bits)).samples)
    assert values.size <= 2**bits
    assert np.diff(values).min() == 2.0 ** (1 - bits)
    assert values.max() <= 1 - 2.0 ** (1 - bits)


def test_clipping_cuts_both_sides_or_one() -> None:
    both = after(tone(997), damage.clipping(0.1)).samples
    assert (both.min(), both.max()) == pytest.approx((-0.05, 0.05))
    one = after(tone(997), damage.one_sided_clipping(0.1)).samples
    assert (one.min(), one.max()) == pytest.approx((-0.1, 0.99))


@pytest.mark.parametrize(
    ("name", "kilobits", "rate"), [("mp3", 32, 44_100), ("opus", 32, 48_000), ("gsm", None, 8_000)]
)
def test_codecs_bring_back_something_like_the_sound(name: str, kilobits: int | None, rate: int) -> None:
    take = tone(1000)
    back = after(take, damage.codec(name, kilobits, through="libsndfile"))
    assert back.rate == rate
    assert decibels(strength(back.samples, rate, 1000) / 10 ** (-1 / 20)) == pytest.approx(0, abs=1.5)
    assert back.duration == pytest.approx(take.duration, abs=0.1)
    assert back.data.start / rate == pytest.approx(0.5, abs=0.01)
    # Lossy: what comes back is not what went in.
    assert not np.array_equal(back.samples[: take.samples.size], take.samples[: back.samples.size])
