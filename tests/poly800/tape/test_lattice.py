"""The search on signals whose half-waves are known by construction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from luthier.poly800.tape.attempts import FLUTTERING, STEADY, THOROUGH
from luthier.poly800.tape.frames import frames
from luthier.poly800.tape.lattice import Path, Tracking, boundaries, search
from luthier.poly800.tape.modulation import bits_of, half_waves, waveform
from luthier.poly800.tape.survey import explained

RATE = 20_000.0
DATA = bytes(range(0, 256, 5)) + b"\x00\xff\x55\xaa"


def _signal(bits: np.ndarray, stretch: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A sine-shaped tape of ``bits`` at level 1 and its true edges, in samples."""
    edges = 0.01 + half_waves(bits) * stretch
    samples = waveform(edges, int(RATE), shape="sine", level=1.0)
    return np.asarray(samples, dtype=np.float64) * 1.5, edges * RATE


def _searched(signal: np.ndarray, tracking: Tracking, hint: float = 1.0) -> Path:
    path = search(signal, RATE, np.full(signal.size, hint), tracking)
    assert path is not None
    return path


@pytest.mark.parametrize("tracking", [STEADY, THOROUGH, FLUTTERING])
def test_bits_edges_and_signs(tracking: Tracking) -> None:
    bits = np.concatenate([np.ones(40), bits_of(DATA), np.ones(40)]).astype(np.uint8)
    signal, edges = _signal(bits)
    path = _searched(signal, tracking)
    found = frames(path, explained(path, signal))
    assert found["value"].tobytes() == DATA
    # Every true edge within the data is found: mostly within 2 µs, none further off than half a sample.
    inner = edges[20:-20]
    nearest = path.edges[np.abs(path.edges[:, None] - inner).argmin(axis=0)]
    assert np.abs(nearest - inner).max() < 0.55
    assert np.median(np.abs(nearest - inner)) < 0.04
    assert set(np.diff(path.signs[30:-30])) == {-2, 2}
    assert found["margin"].min() > 5.0
    assert found["explained"].min() > 0.95


@pytest.mark.parametrize("stretch", [0.87, 1.15])
def test_speed_is_found(stretch: float) -> None:
    bits = np.concatenate([np.ones(100), bits_of(DATA), np.ones(20)]).astype(np.uint8)
    signal, _ = _signal(bits, stretch)
    path = _searched(signal, STEADY)
    assert frames(path, explained(path, signal))["value"].tobytes() == DATA
    assert np.median(path.speeds) == pytest.approx(stretch, rel=0.01)


def test_idle_and_rest_count_the_ones_around_a_frame() -> None:
    ones = np.ones(60, dtype=np.uint8)
    bits = np.concatenate([ones, bits_of(b"\x12"), ones[:17], bits_of(b"\x34\x56"), ones])
    signal, _ = _signal(bits)
    path = _searched(signal, STEADY)
    found = frames(path, explained(path, signal))
    assert found["value"].tobytes() == b"\x12\x34\x56"
    assert found["idle"][1:].tolist() == [17, 0]
    assert found["rest"][:2].tolist() == [17, 0]
    # The search falls into step within the first dozen half-waves.
    assert 48 <= found["idle"][0] <= 60


def test_a_bit_that_the_signal_leaves_open_has_a_small_margin() -> None:
    """Half a bit is wiped out: its byte, and no other, loses its margin."""
    bits = np.concatenate([np.ones(40), bits_of(DATA), np.ones(40)]).astype(np.uint8)
    signal, edges = _signal(bits)
    wiped = 40 + 11 * 20 + 4
    signal[int(edges[wiped]) : int(edges[wiped + 2])] = 1e-3
    path = _searched(signal, THOROUGH)
    found = frames(path, explained(path, signal))
    assert len(found) == len(DATA)
    assert found["margin"][20] < 5.0
    others = np.delete(found["margin"], [19, 20, 21])
    assert others.min() > 5.0
    # The other reading is known: it is what a checksum can choose.
    assert path.alternatives[:, 2].min() < 5.0


def test_silence_joins_nothing() -> None:
    path = search(np.zeros(2000), RATE, np.ones(2000), STEADY)
    assert path is None or not path.joined.any()


def test_boundaries_by_hand() -> None:
    """Two samples up, two down, a weak one, silence: each boundary is looked at alone."""
    against, fraction, plausible = boundaries(np.array([1.0, 0.6, -0.2, -1.0, 0.1, 0.0, 0.0]), 6.0, 0.15)
    assert against[0] == pytest.approx([0, 0, 0, 1.2, 7.2, 7.2, 7.2, 7.2])
    assert against[1] == pytest.approx([0, 6, 9.6, 9.6, 9.6, 10.2, 10.2, 10.2])
    # From 0.6 to -0.2 the crossing lies at three quarters of the way, from -1 to 0.1 at ten elevenths;
    # into the silence at its end.
    assert fraction == pytest.approx([0, 0, 0.25, 0, 10 / 11 - 0.5, 0.5, 0, 0])
    assert plausible.tolist() == [False, False, True, False, True, False, False, True]


def test_explained_by_hand() -> None:
    """A half-wave of 1, 1, -1 explains a third of its signal, one of equal signs all of it."""
    bits = np.concatenate([np.ones(40), bits_of(DATA), np.ones(40)]).astype(np.uint8)
    signal, _ = _signal(bits)
    path = replace(_searched(signal, STEADY), edges=np.array([0.0, 3.2, 4.9, 9.0]))
    assert explained(path, np.array([1.0, 1.0, -1.0, -2.0, -0.5])) == pytest.approx([1 / 3, 1.0, 0.0])
