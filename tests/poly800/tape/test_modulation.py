"""Written tapes against what the line code says, measured without the code that wrote them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from luthier.errors import InputError
from luthier.poly800.tape import line_code, modulation

FloatArray = npt.NDArray[np.float64]

#: Published frequencies: half a period of 1550 and 700 Hz, microseconds.
SHORT = 322.5806
LONG = 714.2857


def zero_crossings(samples: npt.NDArray[np.float32], rate: int, fine: int = 16) -> FloatArray:
    """Seconds of the zero crossings of the continuous signal behind the samples (Fourier interpolation)."""
    length = 1 << (samples.size + 2000).bit_length()
    spectrum = np.fft.rfft(np.pad(samples.astype(np.float64), (0, length - samples.size)))
    padded = np.pad(spectrum, (0, length * fine // 2 + 1 - spectrum.size))
    signal = np.fft.irfft(padded, length * fine)[: samples.size * fine]
    before = np.flatnonzero(np.signbit(signal[:-1]) != np.signbit(signal[1:]))
    return (before + signal[before] / (signal[before] - signal[before + 1])) / (rate * fine)


def worst_edge_error(rate: int, coupling: float, shape: modulation.Shape = "square") -> float:
    """Microseconds between the edges asked for and the nearest crossings of what was written."""
    random = np.random.default_rng(rate)
    bits = modulation.dump_bits(random.bytes(60), leader=0.1, trailer=0.05)
    edges = modulation.half_waves(bits) + 0.01
    crossings = zero_crossings(modulation.waveform(edges, rate, coupling=coupling, shape=shape), rate)
    inner = edges[5:-5]
    errors = np.abs(crossings[None, :] - inner[:, None]).min(axis=1)
    return float(errors.max() * 1e6)


def test_a_byte_is_a_start_bit_eight_data_bits_and_two_stop_bits() -> None:
    # B3 = 1011 0011, least significant bit first.
    assert modulation.bits_of(b"\xb3").tolist() == [0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1]
    assert modulation.bits_of(b"\x01\x80").tolist() == [0, 1, *[0] * 7, 1, 1, 0, *[0] * 7, 1, 1, 1]


def test_half_waves_last_as_long_as_half_a_period() -> None:
    lengths = np.diff(modulation.half_waves([1, 0, 0, 1])) * 1e6
    assert lengths == pytest.approx([SHORT, LONG, LONG, SHORT], abs=1e-3)


def test_bits_and_frames_are_those_of_the_line_code() -> None:
    frames = modulation.bits_of(bytes(range(256))).reshape(256, line_code.BITS_PER_FRAME)
    lengths = np.diff(modulation.half_waves(frames.ravel()))
    assert lengths[frames.ravel() == 1] == pytest.approx(line_code.SHORT_SECONDS)
    assert lengths[frames.ravel() == 0] == pytest.approx(line_code.LONG_SECONDS)


def test_the_last_edge_is_as_exact_as_the_first() -> None:
    bits = np.tile([1, 0], 500_000)
    assert modulation.half_waves(bits)[-1] == pytest.approx(500_000 * (1 / 3100 + 1 / 1400), abs=1e-9)


def test_a_dump_has_leader_frames_and_trailer() -> None:
    bits = modulation.dump_bits(b"\x00" * 10, leader=1.0, trailer=0.5)
    assert bits.size == 3100 + 110 + 1550
    assert bits[:3100].all()
    assert bits[-1550:].all()


@pytest.mark.parametrize(("rate", "limit"), [(22_050, 1.0), (44_100, 0.02), (96_000, 0.02), (192_000, 0.02)])
def test_edges_of_a_square_are_exact_between_the_samples(rate: int, limit: float) -> None:
    assert worst_edge_error(rate, coupling=0) < limit


@pytest.mark.parametrize(("rate", "limit"), [(8_000, 20.0), (11_025, 15.0), (44_100, 3.0), (192_000, 1.0)])
def test_coupling_and_low_rates_shift_edges_only_a_little(rate: int, limit: float) -> None:
    # At 8 kHz the band ends below the third harmonic; neighbours then reach into each other, as in any
    # recording at that rate.  1/8000 s is 125 us: rounding to samples would be off by up to 62.
    assert worst_edge_error(rate, coupling=modulation.COUPLING) < limit


@pytest.mark.parametrize(("rate", "limit"), [(44_100, 4.0), (192_000, 1.0)])
def test_edges_of_a_sine_are_where_they_should_be(rate: int, limit: float) -> None:
    # The samples are exact (below); where a short and a long half-wave meet, the kink lies beyond the band
    # and the continuous signal behind the samples rounds it off.
    assert worst_edge_error(rate, coupling=0, shape="sine") < limit


def test_a_sine_is_half_a_sine_per_half_wave() -> None:
    edges = np.array([0.01, 0.01 + 1 / 3100, 0.01 + 1 / 3100 + 1 / 1400])
    samples = modulation.waveform(edges, 192_000, level=1.0, shape="sine").astype(np.float64)
    moments = np.arange(samples.size) / 192_000
    short, long = moments - edges[0], moments - edges[1]
    expected = np.where((short >= 0) & (long < 0), np.sin(2 * np.pi * 1550 * short), 0.0)
    expected -= np.where((long >= 0) & (moments < edges[2]), np.sin(2 * np.pi * 700 * long), 0.0)
    assert np.abs(samples - expected).max() < 1e-3


def test_a_square_has_odd_harmonics_of_the_right_strength_and_nothing_else() -> None:
    rate = 44_100
    edges = 0.01 + np.arange(4000) / 3100
    samples = modulation.waveform(edges, rate, coupling=0)[2000 : 2000 + rate].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(samples * np.blackman(samples.size)))
    harmonics = np.arange(1, 15, 2)
    strengths = spectrum[1550 * harmonics] / spectrum[1550]
    # A square is 1, 1/3, 1/5 ...; the band-limited one keeps that up to where its corner begins.
    assert strengths[:5] * harmonics[:5] == pytest.approx(np.ones(5), rel=0.01)
    elsewhere = spectrum.copy()
    for harmonic in harmonics:
        elsewhere[1550 * harmonic - 5 : 1550 * harmonic + 6] = 0
    assert 20 * np.log10(elsewhere.max() / spectrum[1550]) < -90


def test_coupling_is_a_first_order_high_pass() -> None:
    # One long half-wave decays by exp(-2 pi f t).
    samples = modulation.waveform(np.array([0.01, 0.11]), 44_100, coupling=10.0).astype(np.float64)
    ratio = samples[int(0.06 * 44_100)] / samples[int(0.03 * 44_100)]
    assert ratio == pytest.approx(np.exp(-2 * np.pi * 10 * 0.03), rel=0.01)


@pytest.mark.parametrize("shape", ["square", "sine"])
def test_the_peak_is_the_level(shape: modulation.Shape) -> None:
    samples = modulation.write(b"\xb3\xbf\x00", level=0.25, leader=0.1, trailer=0.1, shape=shape)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() == pytest.approx(0.25, rel=1e-6)


def test_passes_repeat_the_same_sound_after_the_gap() -> None:
    once = modulation.write(b"\xb3\xbf", 8_000, leader=0.2, trailer=0.1)
    twice = modulation.write(b"\xb3\xbf", 8_000, leader=0.2, trailer=0.1, passes=2, gap=0.5)
    assert twice.size == 2 * once.size + 4_000
    assert np.array_equal(twice[: once.size], once)
    assert not twice[once.size : once.size + 4_000].any()
    assert np.array_equal(twice[-once.size :], once)


def test_a_whole_dump_lasts_as_long_as_its_half_waves() -> None:
    image = bytes(1636)
    samples = modulation.write(image, leader=2.0, trailer=1.0)
    zeros, ones = 9 * 1636, 2 * 1636
    expected = 3.0 + zeros / 1400 + ones / 3100 + 2 * modulation.MARGIN
    assert samples.size / 44_100 == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 7_999},
        {"rate": 192_001},
        {"level": 0.0},
        {"level": 1.5},
        {"leader": -1.0},
        {"leader": 1e12},
        {"leader": float("nan")},
        {"gap": -0.1},
        {"passes": 0},
        {"passes": 10**9},
    ],
)
def test_values_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        modulation.write(b"\xb3\xbf", **wrong)  # type: ignore[arg-type]


def test_nothing_to_write_is_refused() -> None:
    with pytest.raises(InputError):
        modulation.write(b"")


@pytest.mark.parametrize("edges", [[0.1], [0.1, 0.1], [0.2, 0.1], [-0.1, 0.1]])
def test_edges_out_of_order_are_refused(edges: list[float]) -> None:
    with pytest.raises(InputError):
        modulation.waveform(np.array(edges), 44_100)
