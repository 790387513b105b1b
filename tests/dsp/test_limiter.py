"""The limiter: never above its ceiling, and not there at all below it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.dsp.limiter import Frames, Limiter
from luthier.errors import InputError

CEILING = 10 ** (-1 / 20)


def limited(sound: Frames, splits: list[int] | None = None, limiter: Limiter | None = None) -> Frames:
    limiter = limiter or Limiter(44_100, channels=sound.shape[1])
    blocks = np.split(sound, sorted(splits or []))
    return np.concatenate([*(limiter.process(block) for block in blocks), limiter.flush()])


def noise(frames: int, gain: float = 1.0, channels: int = 2) -> Frames:
    return (np.random.default_rng(4).standard_normal((frames, channels)) * gain).astype(np.float32)


def impulses() -> Frames:
    sound = np.zeros((5000, 2), np.float32)
    sound[::219, 0] = 40
    sound[7::331, 1] = -1e6
    return sound


ADVERSARIAL = {
    "noise": noise(20_000),
    "impulses": impulses(),
    "square": np.sign(np.sin(np.arange(9000) * 0.3))[:, None].repeat(2, axis=1).astype(np.float32) * 3,
    "growing": (np.linspace(0, 30, 9000) * (-1) ** np.arange(9000))[:, None].repeat(2, 1).astype(np.float32),
    "last": np.concatenate([np.zeros((500, 2)), np.full((1, 2), 9)]).astype(np.float32),
    "first": np.concatenate([np.full((1, 2), 9), np.zeros((500, 2))]).astype(np.float32),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_nothing_passes_the_ceiling_and_nothing_is_lost(name: str) -> None:
    sound = ADVERSARIAL[name]
    out = limited(sound)
    assert out.shape == sound.shape
    assert np.abs(out).max() <= CEILING


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_the_gain_is_the_same_on_both_sides_and_reaches_what_a_peak_needs(name: str) -> None:
    sound = ADVERSARIAL[name].astype(np.float64)
    out = limited(ADVERSARIAL[name])
    loud = np.abs(sound).max(axis=1)
    gain = np.abs(out).max(axis=1)[loud > 0] / loud[loud > 0]
    assert gain.min() >= 0
    for side in range(2):
        there = np.abs(sound[:, side]) > 0
        other = np.abs(out[there, side]) / np.abs(sound[there, side])
        both = np.abs(out).max(axis=1)[there] / loud[there]
        assert other == pytest.approx(both, rel=1e-5)


def test_below_the_ceiling_every_bit_stays() -> None:
    sound = noise(9000)
    sound *= np.float32(0.89 / np.abs(sound).max())
    limiter = Limiter(44_100)
    assert np.array_equal(limited(sound, limiter=limiter), sound)
    assert limiter.reduction == 0
    assert limiter.limited == 0


def test_long_after_a_peak_every_bit_stays_again() -> None:
    sound = noise(120_000, 0.1)
    sound[1000] = 8
    out = limited(sound)
    # 220 frames before it nothing is taken yet; the release is over when the whole numbers are (some 2 s).
    assert np.array_equal(out[:780], sound[:780])
    assert np.array_equal(out[100_000:], sound[100_000:])
    assert not np.array_equal(out[5000:6000], sound[5000:6000])


def test_what_was_taken_is_told() -> None:
    limiter = Limiter(44_100)
    sound = np.zeros((44_100, 2), np.float32)
    sound[:22_050] = 2
    limited(sound, limiter=limiter)
    # From 2 down to -1 dBFS.
    assert limiter.reduction == pytest.approx(20 * np.log10(2) + 1, abs=0.001)
    assert 0.5 < limiter.limited <= 1.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=12))
def test_blocks_of_any_size_give_the_same(splits: list[int]) -> None:
    sound = noise(3000, 0.6)
    assert np.array_equal(limited(sound, splits), limited(sound))


@pytest.mark.parametrize("frames", [0, 1, 5, 219, 220, 221])
def test_short_sounds_come_out_whole(frames: int) -> None:
    sound = noise(frames, 0.05)
    assert np.array_equal(limited(sound), sound)


def test_it_is_as_new_after_a_flush() -> None:
    limiter = Limiter(44_100)
    sound = noise(4000, 0.7)
    assert np.array_equal(limited(sound, limiter=limiter), limited(sound, limiter=limiter))


def test_no_numbers_are_silence() -> None:
    sound = noise(1000, 0.1)
    sound[100], sound[200], sound[300] = np.nan, np.inf, -np.inf
    assert np.array_equal(limited(sound), np.where(np.isfinite(sound), sound, 0))


def test_impossible_limits_are_refused() -> None:
    for rate, ceiling, ahead in (
        (44_100, 3, 0.005),
        (0, -1, 0.005),
        (44_100, -1, 9),
        (44_100, np.nan, 0.005),
    ):
        with pytest.raises(InputError, match="choose"):
            Limiter(rate, ceiling=ceiling, look_ahead=ahead)
    with pytest.raises(InputError, match="give"):
        Limiter(44_100).process(np.zeros((3, 1), np.float32))


def test_no_number_among_quiet_samples_counts_as_silence() -> None:
    block = np.full((100, 2), 0.1, np.float32)
    block[10, 1] = np.nan
    limiter = Limiter(44_100)
    out = np.concatenate([limiter.process(block), limiter.flush()])
    block[10, 1] = 0
    assert np.array_equal(out, block)
