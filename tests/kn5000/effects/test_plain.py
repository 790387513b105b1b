"""The plain sends, measured: decay, density, level, sides, echoes, the chorus's delay, silence, blocks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from luthier.errors import InputError
from luthier.kn5000.effects import Character, Chorus, GsChorus, GsReverb, PlainSends, Reverb, SendEffects
from luthier.kn5000.effects.characters import ROOMS, line_delays
from luthier.kn5000.effects.send_effects import Frames

RATE = 44_100
ROOM_CHARACTERS = [character for character in Character if character < Character.DELAY]
DRY_CHORUS = Chorus(level=0, to_reverb=0)
Samples = NDArray[np.float32]


def silence(seconds: float) -> Frames:
    return np.zeros((round(seconds * RATE), 2), np.float32)


def through_reverb(sends: PlainSends, sent: Frames) -> Frames:
    out = np.zeros_like(sent)
    sends.process(np.zeros_like(sent), sent, out)
    return out


def through_chorus(sends: PlainSends, sent: Frames) -> Frames:
    out = np.zeros_like(sent)
    sends.process(sent, np.zeros_like(sent), out)
    return out


def response(reverb: Reverb, seconds: float, sides: slice = slice(None)) -> Frames:
    """To one sample of full scale."""
    sends = PlainSends()
    sends.shape_reverb(reverb)
    sent = silence(seconds)
    sent[0, sides] = 1
    return through_reverb(sends, sent)


def decay(sound: Samples, frequency: float) -> float:
    """Seconds to fall by 60 dB in an octave, from the slope between -8 and -40 dB (Schroeder, 1965)."""
    edges = (frequency / np.sqrt(2), frequency * np.sqrt(2))
    band = signal.sosfilt(signal.butter(3, edges, "bandpass", fs=RATE, output="sos"), sound)
    left = np.cumsum(band[::-1] ** 2)[::-1]
    level = 10 * np.log10(left / left[0] + 1e-30)
    first, last = int(np.argmax(level < -8)), int(np.argmax(level < -40))
    slope = np.polyfit(np.arange(first, last) / RATE, level[first:last], 1)[0]
    return float(-60 / slope)


def correlation(sound: NDArray[np.floating]) -> float:
    """Of the two sides, -1 to 1."""
    return float(np.asarray(np.corrcoef(sound.T))[0, 1])


def share(frequency: float, corner: float) -> float:
    """Of a first-order shelf's decibels, half of them at the corner."""
    return frequency**2 / (frequency**2 + corner**2)


# --- The reverb ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ROOM_CHARACTERS)
@pytest.mark.parametrize("seconds", [0.8, 2.0])
def test_every_octave_dies_in_its_time(character: Character, seconds: float) -> None:
    room = ROOMS[character]
    sound = response(Reverb(character, 1, seconds), 1.6 * seconds)

    def pace(frequency: float) -> float:
        low, high = (1 - share(frequency, 250)) / room.low, share(frequency, 5000) / room.high
        return low + high + share(frequency, 250) - share(frequency, 5000)

    for frequency in (125, 250, 500, 1000, 2000):
        wanted = seconds * pace(1000) / pace(frequency)
        # Two octaves in a line of decay: single bands waver by some per cent, as in a room.
        found = np.mean([decay(sound[:, side], frequency) for side in range(2)])
        assert found == pytest.approx(wanted, rel=0.1), frequency
    assert decay(sound[:, 0], 8000) < 0.75 * decay(sound[:, 0], 1000)


@pytest.mark.parametrize("character", ROOM_CHARACTERS)
def test_the_tail_is_smooth_and_dense(character: Character) -> None:
    sound = response(Reverb(character, 1, 1.5), 1.6)
    # Echo density after Abel and Huang (2006): the share of samples beyond a standard deviation, against
    # that of noise, 0.3173, in windows of 20 ms; a handful of echoes gives far less.
    window = RATE // 50
    for start in range(RATE // 10, RATE, window):
        piece = sound[start : start + window]
        outside = np.mean(np.abs(piece) > np.std(piece, axis=0)) / 0.3173
        assert outside > 0.85, start
    # Around 1 kHz windows of 50 ms fall in a straight line; none stands out by more than 3 dB.
    sound = signal.sosfilt(signal.butter(2, (500, 2000), "bandpass", fs=RATE, output="sos"), sound, axis=0)
    powers = np.array([np.sum(piece**2) for piece in np.split(sound[4410 : 4410 + 26 * 2205], 26)])
    level = 10 * np.log10(powers)
    slope, start_level = np.polyfit(np.arange(26), level, 1)
    assert np.abs(level - slope * np.arange(26) - start_level).max() < 3


@pytest.mark.parametrize("character", ROOM_CHARACTERS)
def test_no_tone_stands_out(character: Character) -> None:
    sound = response(Reverb(character, 1, 2.0), 1.8)[RATE // 2 :, 0].astype(np.float64)
    sound *= 10 ** (3 * np.arange(len(sound)) / RATE / 2.0)
    frequency, power = signal.welch(sound, RATE, nperseg=8192, noverlap=6144)
    used = (frequency > 150) & (frequency < 6000)
    for place in np.flatnonzero(used):
        near = np.abs(np.log2(frequency[1:] / frequency[place])) < 1 / 6
        assert power[place] < 10 * np.mean(power[1:][near]), frequency[place]


@pytest.mark.parametrize("character", ROOM_CHARACTERS)
def test_the_two_sides_have_little_in_common(character: Character) -> None:
    sound = response(Reverb(character, 1, 1.5), 1.5)[RATE // 10 :]
    assert abs(correlation(sound)) < 0.2


@pytest.mark.parametrize("character", ROOM_CHARACTERS)
@pytest.mark.parametrize("seconds", [0.6, 3.0])
def test_a_steady_noise_comes_back_as_loud(character: Character, seconds: float) -> None:
    sound = response(Reverb(character, 1, seconds), 1.2 * seconds)
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    power = np.mean(np.abs(np.fft.rfft(sound, axis=0)) ** 2, axis=1)
    around = power[(frequency > 700) & (frequency < 1400)]
    assert 10 * np.log10(np.mean(around)) == pytest.approx(0, abs=1.5)


def test_level_and_pre_delay() -> None:
    loud, soft = (response(Reverb(level=level), 0.3) for level in (1.0, 0.5))
    assert soft == pytest.approx(loud / 2, abs=1e-6)
    early = response(Reverb(level=1), 0.4)
    late = response(Reverb(level=1, predelay=0.1), 0.4)
    first, second = (int(np.argmax(np.abs(sound).max(axis=1) > 0)) for sound in (early, late))
    assert second - first == 4410
    # The first reflection of hall 2 comes after 13 ms.
    assert first == pytest.approx(0.013 * RATE, abs=2)


def test_a_low_pass_comes_before_it() -> None:
    open_, closed = (response(Reverb(level=1, low_pass=corner), 0.5) for corner in (20_000, 1000))
    spectra = [np.mean(np.abs(np.fft.rfft(sound, axis=0)) ** 2, axis=1) for sound in (open_, closed)]
    at = slice(int(3900 * 0.5), int(4100 * 0.5))
    # One pole: -12.3 dB two octaves above the corner.
    assert 10 * np.log10(np.mean(spectra[1][at]) / np.mean(spectra[0][at])) == pytest.approx(-12.2, abs=0.5)


def test_lines_have_no_common_divisor() -> None:
    for room in ROOMS.values():
        delays = line_delays(room)
        assert all(np.gcd(a, b) == 1 for i, a in enumerate(delays) for b in delays[:i])


# --- Echoes -------------------------------------------------------------------------------------------------


def test_echoes_come_when_they_should_and_repeat() -> None:
    sound = response(Reverb(Character.DELAY, 1, 0.1, feedback=0.5), 0.45, slice(0, 1))
    assert np.abs(sound[:, 1]).max() == 0
    assert np.flatnonzero(np.abs(sound[:, 0]) > 0.2)[0] == 4410
    assert sound[4410, 0] == pytest.approx(1)
    # Repeats are low-passed, which leaves their sum: 0.5, 0.25.
    assert np.sum(sound[8820:13_230, 0]) == pytest.approx(0.5, abs=0.005)
    assert np.sum(sound[13_230:17_640, 0]) == pytest.approx(0.25, abs=0.005)


def test_panned_echoes_change_sides() -> None:
    sound = response(Reverb(Character.PANNING_DELAY, 1, 0.1, feedback=0.5), 0.4)
    sums = np.array([np.sum(sound[start : start + 4410], axis=0) for start in (4410, 8820, 13_230)])
    first = np.sqrt(2)
    assert sums == pytest.approx(np.array([[first, 0], [0, first / 2], [first / 4, 0]]), abs=0.01)


# --- The chorus ---------------------------------------------------------------------------------------------


def test_the_delay_moves_between_its_ends_at_its_rate() -> None:
    sends = PlainSends()
    sends.shape_chorus(Chorus(level=1, feedback=0, delay=0.01, rate=2.0, depth=0.004))
    seconds = np.arange(RATE) / RATE
    sent = np.repeat(np.sin(2 * np.pi * 100 * seconds)[:, None], 2, axis=1).astype(np.float32)
    out = through_chorus(sends, sent)
    # The phase of a tone says how late it is.
    late = np.unwrap(np.angle(signal.hilbert(sent, axis=0) / signal.hilbert(out, axis=0)), axis=0)
    late = late[RATE // 10 : -RATE // 10] / (2 * np.pi * 100)
    late += np.round((0.012 - np.mean(late, axis=0)) * 100) / 100
    assert late.min(axis=0) == pytest.approx(0.010, abs=0.0001)
    assert late.max(axis=0) == pytest.approx(0.014, abs=0.0001)
    for side in range(2):
        angle = 2 * np.pi * 2 * seconds[RATE // 10 : -RATE // 10]
        wave = np.column_stack([np.sin(angle), np.cos(angle)])
        weights, *_ = np.linalg.lstsq(wave, late[:, side] - 0.012, rcond=None)
        assert np.hypot(*weights) == pytest.approx(0.002, rel=0.05)
    # A quarter of a turn apart: nothing in common.
    assert abs(correlation(late)) < 0.1


def test_a_still_chorus_with_feedback_is_a_row_of_echoes() -> None:
    sends = PlainSends()
    sends.shape_chorus(Chorus(level=1, feedback=0.5, delay=0.01, rate=0, depth=0))
    sent = silence(0.1)
    sent[0] = 1
    out = through_chorus(sends, sent)[:, 0]
    places = np.flatnonzero(np.abs(out) > 1e-3)
    assert places[:3].tolist() == [441, 882, 1323]
    assert out[places[:3]] == pytest.approx(np.sqrt(0.75) * np.array([1, 0.5, 0.25]), abs=1e-4)


def test_the_chorus_goes_to_the_reverb_too() -> None:
    sends = PlainSends()
    sends.shape_chorus(Chorus(level=1, feedback=0, delay=0.01, rate=0, depth=0, to_reverb=1))
    sent = silence(0.5)
    sent[0] = 1
    out = through_chorus(sends, sent)
    assert np.sum(out[4410:] ** 2) > 0.05
    dry = PlainSends()
    dry.shape_chorus(Chorus(level=1, feedback=0, delay=0.01, rate=0, depth=0))
    assert np.abs(through_chorus(dry, sent)[4410:]).max() == 0


# --- All of it ----------------------------------------------------------------------------------------------


def settings_sent(sends: PlainSends, at: int) -> None:
    """Something to change while it runs."""
    sends.set_reverb(GsReverb.of_macro(at % 8))
    sends.set_chorus(GsChorus.of_macro(at % 7).changed(0x3F, 60))


NOISE = (np.random.default_rng(5).standard_normal((6000, 2)) * 0.2).astype(np.float32)
NOISE[2000:4000] = 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 5999), max_size=8))
def test_blocks_of_any_size_give_the_same(splits: list[int]) -> None:
    def run(edges: list[int]) -> Frames:
        sends, out = PlainSends(), np.zeros_like(NOISE)
        for begin, end in zip([0, *edges], [*edges, 6000], strict=True):
            if begin in {1500, 2510, 4444}:
                settings_sent(sends, begin)
            sends.process(NOISE[begin:end], NOISE[::-1][begin:end], out[begin:end])
        return out

    changes = {1500, 2510, 4444}
    assert np.array_equal(run(sorted(changes | set(splits))), run(sorted(changes)))


@pytest.mark.parametrize("size", [1, 7, 256, 1000, 4096])
def test_it_falls_asleep_and_wakes_the_same_with_any_block(size: int) -> None:
    def run(size: int) -> tuple[Frames, list[bool]]:
        sends, asleep = PlainSends(), []
        sends.shape_reverb(Reverb(time=0.1, level=1))
        sends.set_chorus(GsChorus.of_macro(0))
        sent = silence(2.0)
        sent[:50], sent[70_001:70_050] = 0.5, 0.5
        out = np.zeros_like(sent)
        for begin in range(0, len(sent), size):
            part = slice(begin, begin + size)
            sends.process(sent[part], sent[part], out[part])
            if begin + size <= 61_440 < begin + 2 * size:
                asleep.append(sends.silent)
        return out, asleep

    out, asleep = run(size)
    whole, _ = run(512)
    assert np.array_equal(out, whole)
    assert asleep == [True]
    assert np.abs(out[70_001:]).max() > 0.1


def test_silence_stays_silence_and_takes_no_part() -> None:
    sends = PlainSends()
    assert sends.silent
    out = np.full((1000, 2), 0.25, np.float32)
    sends.process(silence(1000 / RATE), silence(1000 / RATE), out)
    assert (out == 0.25).all()
    assert sends.silent


@pytest.mark.parametrize("macro", range(8))
def test_what_comes_back_is_added_finite_and_ends(macro: int) -> None:
    sends = PlainSends()
    sends.set_reverb(GsReverb.of_macro(macro))
    sends.set_chorus(GsChorus.of_macro(macro).changed(0x3F, 127))
    sent = silence(0.05)
    sent[:] = 1
    out = np.ones_like(sent)
    sends.process(sent, sent, out)
    assert np.isfinite(out).all()
    assert not sends.silent
    seconds = 0
    while not sends.silent:
        tail = through_reverb(sends, silence(1))
        assert np.isfinite(tail).all()
        seconds += 1
        assert seconds < 25
    # What was cut off could not be heard.
    assert np.abs(tail[-256:]).max() < 1e-5


CHANGES: dict[str, Callable[[PlainSends], None]] = {
    "level": lambda sends: sends.set_reverb(GsReverb().changed(0x33, 0)),
    "time": lambda sends: sends.set_reverb(GsReverb().changed(0x34, 0)),
    "room": lambda sends: sends.set_reverb(GsReverb.of_macro(0)),
    "pre-delay": lambda sends: sends.set_reverb(GsReverb().changed(0x37, 90)),
    "echoes": lambda sends: sends.set_reverb(GsReverb.of_macro(6)),
    "chorus": lambda sends: sends.set_chorus(GsChorus.of_macro(4)),
    "flanger": lambda sends: sends.set_chorus(GsChorus.of_macro(5)),
    "rate": lambda sends: sends.set_chorus(GsChorus().changed(0x3D, 100)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_do_not_click(name: str) -> None:
    sends = PlainSends()
    sent = np.repeat(np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)[:, None], 2, axis=1).astype(np.float32)
    out = np.zeros_like(sent)
    half = RATE // 2
    sends.process(sent[:half], sent[:half], out[:half])
    CHANGES[name](sends)
    sends.process(sent[half:], sent[half:], out[half:])
    # A click is broad: above 5 kHz there is nothing else.  A tone that simply begins leaves as much there.
    high = signal.sosfilt(signal.butter(6, 5000, "highpass", fs=RATE, output="sos"), out, axis=0)
    assert np.abs(high[half - 100 :]).max() < 2.5e-3
    assert np.abs(out[half:]).max() > 0.05


def test_it_is_what_an_engine_asks_for_and_refuses_other_shapes() -> None:
    sends: SendEffects = PlainSends()
    sends.set_reverb(sends.reverb.changed(0x30, 5))
    assert sends.reverb == GsReverb.of_macro(5)
    sends.reset()
    assert (sends.reverb, sends.chorus) == (GsReverb(), GsChorus())
    with pytest.raises(InputError, match="give"):
        sends.process(silence(0.1), silence(0.2), silence(0.1))
