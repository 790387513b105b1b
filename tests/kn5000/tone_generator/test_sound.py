"""What is heard: pitch, levels, pan, envelopes, filter, LFOs, and no clicks."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.tone_generator.sounding import (
    CENTRE,
    PEAK,
    RATE,
    SINE_HERTZ,
    decibels,
    hertz,
    level_bank,
    played,
    sine_bank,
    voice,
)

from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.interpolation import INNER, OUTER, design, images
from luthier.kn5000.tone_generator.recordings import one
from luthier.kn5000.tone_generator.registers import Register, free, latch, note_on


@pytest.mark.parametrize("note", range(21, 109))
def test_every_note_is_in_tune(note: int) -> None:
    signal = played(sine_bank(), voice(note), 16_384)[2_000:, 0]
    cents = 1200 * np.log2(hertz(signal) / (440 * 2 ** ((note - 69) / 12)))
    assert abs(cents) < 1


@pytest.mark.parametrize("notes", [(40, 88), (100, 45), (69, 69.5), (21, 108), (127, 33)])
def test_a_sounding_note_goes_anywhere(notes: tuple[float, float]) -> None:
    generator = ToneGenerator(sine_bank())
    generator.write_all(note_on(voice(notes[0]), 0))
    generator.render(5_000)
    for note in (notes[1], notes[0]):
        generator.write(latch(Register.PITCH), int(laws.pitch_of_note(note)))
        heard = generator.render(16_484)[100:, 0]
        wanted = 440 * 2 ** ((note - 69) / 12)
        assert hertz(heard) == pytest.approx(wanted, rel=1e-4)
        assert np.abs(heard).max() == pytest.approx(CENTRE * filter_gain(wanted, 20_000), rel=0.02)


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_a_recording_has_a_rate_of_its_own(rate: int) -> None:
    times = np.arange(rate)
    bank = one((26_000 * np.sin(2 * np.pi * 440 / rate * times)).astype(np.int16), 69, rate, (0, rate))
    assert hertz(played(bank, voice(72), 16_384)[2_000:, 0]) == pytest.approx(440 * 2**0.25, rel=1e-5)


def test_the_cubic_is_the_one_that_was_designed() -> None:
    assert np.allclose(design(), INNER + OUTER, atol=1e-7)
    assert decibels(images(440 / 88_200)) < -100
    assert decibels(images(8_000 / 88_200)) < -80


@pytest.mark.parametrize("note", [60.3, 69.0, 75.5, 84.2, 93.1])
def test_what_is_not_the_sine_is_below_75_decibels(note: float) -> None:
    signal = played(sine_bank(), voice(note), 32_768)[8_192:, 0].astype(np.float64)
    turn = 2 * np.pi * hertz(signal.astype(np.float32)) / RATE * np.arange(len(signal))
    basis = np.stack([np.cos(turn), np.sin(turn)], 1)
    rest = signal - basis @ np.linalg.lstsq(basis, signal)[0]
    assert decibels(np.sqrt(np.mean(rest**2)) / CENTRE) < -75


def test_a_saw_does_not_fold_below_16_kilohertz() -> None:
    # A single period of 100 samples with all its 49 harmonics, two octaves up.
    times = np.arange(100)
    harmonics = np.arange(1, 49)[:, None]
    wave = (np.sin(2 * np.pi * harmonics * times / 100) / harmonics).sum(0)
    bank = one((wave * 12_000).astype(np.int16), 69, RATE, (0, 100))
    signal = played(bank, voice(69 + 23.37), 1 << 15)[4_096:, 0]
    spectrum = np.abs(np.fft.rfft(signal * np.blackman(len(signal))))
    places = np.arange(len(spectrum)) * RATE / len(signal)
    fundamental = 441 * 2 ** (23.37 / 12)
    distance = np.abs(places / fundamental - np.round(places / fundamental)) * fundamental
    folded = spectrum[(distance > 40) & (places > 60) & (places < 15_500)]
    assert decibels(folded.max() / spectrum.max()) < -65


def test_a_loop_goes_on_without_a_seam() -> None:
    # A loop of 37 samples: no whole number of stored samples at any level.
    times = np.arange(370)
    bank = one((26_000 * np.sin(2 * np.pi * times / 37)).astype(np.int16), 60, RATE, (333, 370))
    for note in (40, 60, 75, 100):
        signal = played(bank, voice(note), 30_000)[3_000:, 0]
        wanted = RATE / 37 * 2 ** ((note - 60) / 12)
        assert hertz(signal) == pytest.approx(wanted, rel=1e-4)
        second = np.abs(np.diff(signal, 2)).max()
        assert second <= CENTRE * (2 * np.pi * wanted / RATE) ** 2 * 1.02


def test_a_recording_without_a_loop_ends_and_frees_its_voice() -> None:
    wave = (26_000 * np.sin(2 * np.pi * 441 / RATE * np.arange(4_410))).astype(np.int16)
    generator = ToneGenerator(one(wave, 69, RATE))
    generator.write_all(note_on(voice(69), 3))
    heard = generator.render(8_820)
    assert np.abs(heard[1_000:4_000]).max() == pytest.approx(CENTRE, rel=0.01)
    assert np.abs(heard[4_700:]).max() == 0
    assert generator.active == []


def test_level_and_expression_are_monotone() -> None:
    levels = [*range(0, 0x1000, 0xFF), 0xFFF]
    heard = [np.abs(played(level_bank(), voice(60, LEVEL=word), 2_048)[-1, 0]) for word in levels]
    assert heard[0] == 0
    assert (np.diff(heard) > 0).all()
    assert heard[-1] == pytest.approx(CENTRE, rel=1e-4)
    softer = [played(level_bank(), voice(60, EXPRESSION=word), 2_048)[-1, 0] for word in (0, 0x100, 0xFFF)]
    assert softer[1] / softer[0] == pytest.approx(0.5, rel=1e-4)
    assert softer[2] == 0


@pytest.mark.parametrize("word", [0, 0x20, 0x40, 0x60, 0x7F])
def test_pan_is_of_equal_power(word: int) -> None:
    left, right = played(level_bank(), voice(60, PAN=word), 2_048)[-1]
    wanted = laws.gains_of_position(laws.position_of_pan(word))
    assert (left, right) == pytest.approx([PEAK * gain for gain in wanted], abs=1e-4)


def test_sends_follow_fader_and_pan() -> None:
    generator = ToneGenerator(level_bank())
    words = voice(60, PAN=0x20, LEVEL=int(laws.level_of_decibels(-6)), SENDS=laws.sends_word(0.2, 0.8))
    generator.write_all(note_on(words, 0))
    out = generator.render_outputs(2_048)
    assert np.allclose(out.effect[-1], out.dry[-1] * 0.2, atol=1e-5)
    assert np.allclose(out.reverb[-1], out.dry[-1] * 0.8, atol=1e-5)


def test_attack_decay_and_release_take_their_times() -> None:
    generator = ToneGenerator(level_bank())
    attack, decay = laws.segment(0, 0.05), laws.segment(-12, 0.8)
    generator.write_all(note_on(voice(60, AMPLITUDE_1=attack, AMPLITUDE_2=decay), 0))
    heard = generator.render(2 * RATE)[:, 0] / CENTRE
    seconds = [float(laws.seconds_of_rate(word)) for word in (attack, decay)]
    top = int(np.argmax(heard))
    assert top == pytest.approx(seconds[0] * RATE, abs=48)
    assert heard[top] == pytest.approx(1, abs=0.02)
    # A straight line up; straight in decibels down.
    assert heard[top // 2] == pytest.approx(0.5, abs=0.02)
    half = int((seconds[0] + seconds[1] / 2) * RATE)
    assert decibels(heard[half]) == pytest.approx(-6, abs=0.25)
    assert decibels(heard[-1]) == pytest.approx(-12, abs=0.2)
    end = np.flatnonzero(heard > heard[-1] * 1.001)[-1]
    assert end == pytest.approx(sum(seconds) * RATE, abs=300)
    # Release as the firmware does it: second segment, then the first with bit 7.
    release = laws.segment(-np.inf, 0.3, restart=True)
    generator.write_all([(latch(Register.AMPLITUDE_2), 0xFF00), (latch(Register.AMPLITUDE_1), release)])
    tail = generator.render(RATE)[:, 0]
    silent = np.flatnonzero(tail)[-1] / RATE
    assert silent == pytest.approx(float(laws.seconds_of_rate(release)), abs=0.003)
    assert generator.active == []


def test_times_of_every_size() -> None:
    for seconds in (0.001, 0.005, 0.02, 0.3, 2.0):
        word = laws.segment(0, seconds)
        frames = int(3 * seconds * RATE) + 400
        heard = played(level_bank(), voice(60, AMPLITUDE_1=word), frames)[:, 0] / CENTRE
        reached = np.flatnonzero(heard > 0.995)[0]
        assert reached == pytest.approx(float(laws.seconds_of_rate(word)) * RATE, rel=0.02, abs=48)


def test_a_sustain_level_may_change_while_it_holds() -> None:
    generator = ToneGenerator(level_bank())
    generator.write_all(note_on(voice(60, AMPLITUDE_2=laws.segment(-6, 0.01)), 0))
    first = generator.render(4_096)[-1, 0]
    generator.write(latch(Register.AMPLITUDE_2), laws.segment(-12, 0.01))
    second = generator.render(4_096)[-1, 0]
    assert decibels(first / CENTRE) == pytest.approx(-6, abs=0.2)
    assert decibels(second / CENTRE) == pytest.approx(-12, abs=0.2)


def filter_gain(frequency: float, cutoff: float) -> float:
    """The analytic response: a Butterworth low-pass of second order through the bilinear transform."""
    ratio = np.tan(np.pi * frequency / RATE) / np.tan(np.pi * cutoff / RATE)
    return float(1 / np.sqrt(1 + ratio**4))


@pytest.mark.parametrize("cutoff", [100.0, 441.0, 2_000.0, 10_000.0, 20_000.0])
def test_the_filter_is_the_formula(cutoff: float) -> None:
    word = int(laws.cutoff_of_hertz(cutoff))
    for note in (45, 69, 93, 105):
        signal = played(sine_bank(), voice(note, CUTOFF=word), 16_384)[8_192:, 0]
        open_signal = played(sine_bank(), voice(note), 16_384)[8_192:, 0]
        measured = np.sqrt(np.mean(signal**2) / np.mean(open_signal**2))
        frequency = 440 * 2 ** ((note - 69) / 12)
        wanted = filter_gain(frequency, float(laws.hertz_of_cutoff(word))) / filter_gain(frequency, 20_000)
        assert decibels(measured) == pytest.approx(decibels(wanted), abs=0.1)


def test_the_second_envelope_moves_the_cutoff() -> None:
    # From 441 Hz two octaves up, in a straight line of semitones.
    cutoff, attack = int(laws.cutoff_of_hertz(441)), laws.bipolar_segment(1, 0.5)
    depth = int(laws.filter_depth_of_semitones(24))
    heard = played(sine_bank(), voice(69, CUTOFF=cutoff, FILTER_DEPTH=depth, FILTER_1=attack), RATE)[:, 0]
    whole = float(laws.seconds_of_rate(attack)) * RATE
    for begin in (1_000, 5_000, 10_000, 40_000):
        level = np.sqrt(2 * np.mean(heard[begin : begin + 1_002].astype(np.float64) ** 2)) / CENTRE
        moved = float(laws.hertz_of_cutoff(cutoff)) * 4 ** min((begin + 501) / whole, 1)
        assert decibels(level) == pytest.approx(decibels(filter_gain(440, moved)), abs=0.1)


def test_the_filter_stays_calm_while_its_cutoff_jumps() -> None:
    generator = ToneGenerator(sine_bank())
    generator.write_all(note_on(voice(69), 0))
    random = np.random.default_rng(1)
    for _ in range(300):
        generator.write(latch(Register.CUTOFF), int(random.integers(0x80)))
        assert np.abs(generator.render(50)).max() < 1.5 * CENTRE


def test_the_third_envelope_bends_the_pitch() -> None:
    # 0x40 in steps of an eighth of a semitone: eight semitones up.
    words = voice(60, PITCH_1=0x40 << 8 | int(laws.rate_of_seconds(0.01)))
    heard = played(sine_bank(), words, 20_000)[4_000:, 0]
    assert hertz(heard) == pytest.approx(440 * 2 ** (-1 / 12), rel=1e-4)


def test_vibrato_moves_the_pitch_as_far_as_told() -> None:
    generator = ToneGenerator(sine_bank())
    generator.write_all(note_on(voice(69), 0))
    generator.write(latch(Register.VIBRATO_DEPTH), 0x80)
    generator.write(latch(Register.VIBRATO), int(laws.lfo_of_hertz(5)))
    heard = generator.render(RATE)[:, 0]
    crossings = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
    places = crossings - heard[crossings] / (heard[crossings + 1] - heard[crossings])
    cents = 1200 * np.log2(RATE / np.diff(places) / 440)
    assert cents.max() == pytest.approx(50, abs=2)
    assert cents.min() == pytest.approx(-50, abs=2)


def test_tremolo_and_auto_pan() -> None:
    generator = ToneGenerator(level_bank())
    generator.write_all(note_on(voice(60), 0))
    generator.write(latch(Register.TREMOLO_DEPTH), 0x80)
    generator.write(latch(Register.TREMOLO), int(laws.lfo_of_hertz(8)))
    heard = generator.render(RATE)[5_000:, 0] / CENTRE
    assert (heard.min(), heard.max()) == pytest.approx((0.5, 1), abs=0.01)
    generator.write(latch(Register.TREMOLO), 0x8100)
    generator.write(latch(Register.AUTO_PAN_DEPTH), 0x100)
    generator.write(latch(Register.AUTO_PAN), int(laws.lfo_of_hertz(8)))
    left, right = generator.render(RATE)[5_000:].T / PEAK
    assert left.min() < 0.01
    assert right.min() < 0.01
    assert np.allclose(left**2 + right**2, 1, atol=0.01)


def excess(heard: np.ndarray, own: float) -> float:
    """How much the second difference goes beyond the sound's own, in decibels of the sound's amplitude."""
    return decibels(max(float(np.abs(np.diff(heard, 2)).max()) - own, 0) / CENTRE)


@pytest.mark.parametrize("at", [4_000, 4_013, 4_031, 4_037, 4_061])
def test_no_click_when_a_voice_is_stolen_freed_or_released(at: int) -> None:
    own = CENTRE * (2 * np.pi * SINE_HERTZ / RATE) ** 2

    def sounding() -> tuple[ToneGenerator, list[int]]:
        generator = ToneGenerator(sine_bank())
        words = voice(69, AMPLITUDE_1=laws.segment(0, 0.02))
        words[7] = int(sine_bank().table["root"][0]) + 0x80
        generator.write_all(note_on(words, 0))
        assert excess(generator.render(at)[:, 0], own) < -60
        return generator, words

    generator, words = sounding()
    before = generator.render(2)
    words[0x18 // 2] = laws.segment(-np.inf, 1)  # what steals it is silent
    generator.write_all(note_on(words, 0))
    stolen = np.concatenate([before, generator.render(2_000)])[:, 0]
    assert excess(stolen, own) < -60
    assert np.abs(stolen[:100]).max() > CENTRE / 2
    assert np.abs(stolen[500:]).max() == 0

    generator, _ = sounding()
    before = generator.render(2)
    generator.write_all([(0, 0x7E00)])
    assert excess(np.concatenate([before, generator.render(2_000)])[:, 0], own) < -60

    generator, _ = sounding()
    before = generator.render(2)
    release = laws.segment(-np.inf, 0.1, restart=True)
    generator.write_all([(latch(Register.AMPLITUDE_2), 0), (latch(Register.AMPLITUDE_1), release)])
    assert excess(np.concatenate([before, generator.render(9_000)])[:, 0], own) < -60


def test_free_as_the_firmware_does_it_is_free_at_once() -> None:
    generator = ToneGenerator(sine_bank())
    generator.write_all(note_on(voice(69), 0))
    generator.render(1_000)
    generator.write_all(free(0))
    assert generator.active == []
    generator.render(400)
    assert np.abs(generator.render(100)).max() == 0
