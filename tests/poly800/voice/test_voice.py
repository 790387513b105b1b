"""The voice as a whole: blocks, voices, modes, programs of any kind."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from tests.poly800.voice.tones import RATE, cents, frequency, held, program, sound

from luthier.errors import InputError
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.chord import Chord
from luthier.poly800.initial import initial_bank
from luthier.poly800.parameters import PROGRAM_LENGTH
from luthier.poly800.program import PROGRAM_NUMBERS, Program
from luthier.poly800.sequence import Kind, Sequence, Step
from luthier.poly800.synth import Synth
from luthier.poly800.voice import Voice
from luthier.poly800.voice.firmware import tick_frame


def performance(voice: Voice, sizes: list[int]) -> np.ndarray:
    """The same events at the same frames, asked for in blocks of ``sizes``."""
    events = {
        0: lambda: voice.note_on(48),
        1_000: lambda: voice.note_on(60),
        1_001: lambda: voice.bend(0.3),
        7_777: lambda: voice.note_off(48),
        9_000: lambda: voice.modulate(oscillators=9, cutoff=4),
        12_345: lambda: voice.note_off(60),
    }
    parts, frame, turn = [], 0, 0
    times = [*sorted(events), 20_000]
    for begin, end in itertools.pairwise(times):
        events[begin]()
        while frame < end:
            size = min(sizes[turn % len(sizes)], end - frame)
            parts.append(voice.render(size))
            frame, turn = frame + size, turn + 1
    return np.concatenate(parts)


@pytest.mark.parametrize("synth", [Synth.POLY800, Synth.MK2])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_the_same_sound_for_any_block_size(synth: Synth, rate: int) -> None:
    bank = built_in_bank(synth)
    whole = performance(Voice(bank, number=11, rate=rate), [20_000])
    assert np.abs(whole).max() > 0.01
    for sizes in ([64], [1, 2, 3, 1000], [997]):
        assert np.array_equal(performance(Voice(bank, number=11, rate=rate), sizes), whole)


def test_ticks_are_187_5_a_second_at_every_rate() -> None:
    for rate in (8_000, 22_050, 44_100, 48_000, 96_000):
        assert tick_frame(0, rate) == 0
        assert tick_frame(375, rate) == 2 * rate
        lengths = {tick_frame(tick + 1, rate) - tick_frame(tick, rate) for tick in range(375)}
        assert lengths <= {int(rate / 187.5), int(rate / 187.5) + 1}


@pytest.mark.parametrize("rate", [8_000, 11_025, 32_000, 48_000, 96_000, 192_000])
def test_the_same_pitch_and_level_at_every_rate(rate: int) -> None:
    voice = held(program(), 69, rate=rate)
    heard = sound(voice, 0.5)
    assert frequency(heard, rate, 440) == pytest.approx(440, rel=1e-5)
    # A square of 0.25 behind the factor of the output.
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.25 * 0.1, rel=0.05)


@pytest.mark.parametrize("rate", [0, 7_999, 384_001, 44_100.5, float("nan")])
def test_rates_it_cannot_have(rate: float) -> None:
    with pytest.raises(InputError, match="sampling rate"):
        Voice(rate=rate)  # type: ignore[arg-type]


def clicks(samples: np.ndarray, floor: float) -> float:
    """The strongest sound above ``floor`` Hz in windows of 5 ms, as a share of the loudest sample."""
    length = 220
    highs = []
    for begin in range(0, len(samples) - length, length // 2):
        spectrum = np.fft.rfft(samples[begin : begin + length] * np.hanning(length))
        highs.append(np.abs(spectrum[int(floor * length / RATE) :]).max() / length * 4)
    return float(max(highs) / np.abs(samples).max())


def test_no_click_when_voices_are_taken() -> None:
    """Behind a low filter whatever clicks is the only thing above 6 kHz; ten keys go to eight voices."""
    voice = held(program(cutoff=20), *range(40, 56, 2))
    assert voice.sounding == 8
    undisturbed = sound(voice, 0.5)
    heard = []
    for key in (58, 60):
        voice.note_on(key)
        heard.append(sound(voice, 0.5))
    assert voice.keyboard.stolen == 2
    taken = np.concatenate(heard)
    assert clicks(taken, 6_000) < 2 * clicks(undisturbed, 6_000)
    # The ruler shows a click: the same with a jump of a hundredth.
    taken[len(taken) // 3 :] += 0.01 * np.abs(taken).max()
    assert clicks(taken, 6_000) > 5 * clicks(undisturbed, 6_000)


def test_whole_has_eight_voices_and_double_four() -> None:
    assert held(program(dco_mode=1), *range(40, 60)).sounding == 8
    assert held(program(dco_mode=2), *range(40, 60)).sounding == 4


def test_the_voice_that_is_free_longest_is_taken() -> None:
    voice = held(program(deg1_release=25), 60, 64, 67)
    voice.note_off(60)
    assert voice.sounding == 3  # it still rings
    voice.note_on(72)
    assert voice.sounding == 4
    for key in (74, 76, 77, 79, 81):
        voice.note_on(key)
    # Nine keys: the ninth took the voice that was let go.
    assert voice.keyboard.stolen == 0


@pytest.mark.parametrize("synth", [Synth.POLY800, Synth.MK2])
def test_all_built_in_programs_are_finite_bounded_and_heard(synth: Synth) -> None:
    for number in PROGRAM_NUMBERS:
        voice = Voice(built_in_bank(synth), number=number)
        for key in (48, 60, 64, 67):
            voice.note_on(key)
        heard = voice.render(RATE // 2)
        assert np.isfinite(heard).all()
        assert 1e-4 < np.abs(heard).max() < 4, number
        assert not voice.warnings


@pytest.mark.parametrize("synth", [Synth.POLY800, Synth.MK2])
def test_random_programs_are_finite_and_bounded(synth: Synth) -> None:
    """Any bytes: values out of range among them."""
    chance = random.Random(800)
    for _ in range(60):
        voice = Voice(Program(chance.randbytes(PROGRAM_LENGTH[synth])))
        voice.bend(1.0)
        voice.modulate(oscillators=15, cutoff=15)
        for _ in range(4):
            for _ in range(3):
                voice.note_on(chance.randrange(128))
            voice.note_off(chance.randrange(128))
            heard = voice.render(3_000)
            assert np.isfinite(heard).all()
            # Eight voices of four footages, noise, a resonance of Q 10 and an echo as loud.
            assert np.abs(heard).max() < 30


def test_values_out_of_range_are_clamped_and_named() -> None:
    odd = program().replacing({"cutoff": 120, "interval": 15}, allow_out_of_range=True)
    voice = held(odd, 60)
    assert len(voice.warnings) == 2
    assert "41 cutoff is 120, out of range (0 to 99); 99 is played" in voice.warnings
    even = program(cutoff=99, interval=12)
    assert np.array_equal(voice.render(1000), held(even, 60).render(1000))


def test_warnings_name_the_program_of_a_bank() -> None:
    bank = initial_bank(Synth.POLY800)
    bad = program().replacing({"resonance": 3, "cutoff": 127}, allow_out_of_range=True)
    voice = Voice(bank.with_programs([bad, *bank.programs[1:]]))
    assert voice.warnings[0].startswith("program 11: 41 cutoff is 127")


def test_programs_of_a_bank_can_be_changed_while_keys_are_down() -> None:
    voice = Voice(built_in_bank(), number=12)
    for key in range(48, 56):
        voice.note_on(key)
    voice.render(5_000)
    for number in (11, 12, 31, 88):
        voice.select(number)
        voice.note_on(60)
        assert np.isfinite(voice.render(5_000)).all()
    voice.select_index(64 + 1)
    assert voice.number == 12


def test_another_synth_may_play_it() -> None:
    """A program of the first model on the MkII: its chorus is not there, all else is the same."""
    own, other = Voice(program(chorus=1)), Voice(program(chorus=1), synth=Synth.MK2)
    for voice in (own, other):
        voice.note_on(60)
    first, second = own.render(RATE // 2), other.render(RATE // 2)
    assert not np.array_equal(first[:, 0], first[:, 1])
    assert np.array_equal(second[:, 0], second[:, 1])
    assert first.mean(1) == pytest.approx(second[:, 0], abs=1e-6)


def test_noise_follows_the_third_envelope() -> None:
    quiet = {"dco1_8": 0, "noise": 15}
    loud = sound(held(program(**quiet), 60), 0.5)
    spectrum = np.abs(np.fft.rfft(loud[: RATE // 2].reshape(-1, 441), axis=1)) ** 2
    bands = spectrum.mean(0)
    assert bands[2:40].mean() / bands[60:120].mean() == pytest.approx(1, abs=0.5)
    fading = held(program(**quiet, deg3_decay=10, deg3_break_point=0, deg3_sustain=0), 60)
    assert np.abs(sound(fading, 0.2)).max() < 1e-6


def test_hold_and_chord() -> None:
    voice = held(program(deg1_release=0), 60)
    voice.hold(True)
    voice.note_off(60)
    sound(voice, 0.2)
    assert voice.sounding == 1
    voice.hold(False)
    sound(voice, 0.2)
    assert voice.sounding == 0

    bank = initial_bank(Synth.MK2)
    bank = bank.with_chord(Chord((50, 57, 65)).over(bank.chord))
    voice = Voice(bank)
    voice.chord(True)
    voice.note_on(60)
    sound(voice, 0.1)
    assert voice.sounding == 3
    for wanted in (60, 67, 75):
        hertz = 440 * 2 ** ((wanted - 69 - 12) / 12)  # 16' of the initial program
        assert cents(frequency(sound(voice, 1.0), RATE, hertz) / hertz) == pytest.approx(0, abs=1.4)
    with pytest.raises(InputError, match="chord memory is empty"):
        Voice(initial_bank(Synth.MK2)).chord(True)


def test_keys_outside_the_keyboard_are_folded_by_octaves() -> None:
    for synth, key, wanted in ((Synth.MK2, 96, 84), (Synth.POLY800, 96, 96), (Synth.POLY800, 0, 36)):
        heard = sound(held(program(synth), key), 0.5)
        hertz = 440 * 2 ** ((wanted - 69) / 12)
        assert cents(frequency(heard, RATE, hertz) / hertz) == pytest.approx(0, abs=1.4)


def with_steps(*steps: Step, synth: Synth = Synth.MK2) -> Bank:
    bank = initial_bank(synth)
    return bank.with_sequence(Sequence(steps).over(bank.sequence))


def test_the_sequence_plays_in_time() -> None:
    """Two sixteenths at 120: an eighth of a second each; a tie goes on, a rest is silent."""
    note, tie, rest = Step(Kind.NOTES, (60,)), Step(Kind.TIE), Step(Kind.REST)
    voice = Voice(with_steps(note, rest, note, tie, rest))
    voice.play_sequence(120.0, repeat=False)
    parts = [np.abs(voice.render(round(0.125 * RATE))[1_500:-300]).max() for _ in range(6)]
    assert [part > 1e-3 for part in parts] == [True, False, True, True, False, False]
    assert not voice.sequencer.running  # type: ignore[union-attr]


def test_the_sequence_repeats_if_the_bank_says_so() -> None:
    bank = with_steps(Step(Kind.NOTES, (60,)), Step(Kind.REST)).with_globals({"sequence_mode": 2})
    voice = Voice(bank)
    voice.play_sequence(240.0)
    voice.render(RATE)
    assert voice.notes == 8
    voice.stop_sequence()
    sound(voice, 0.2)
    assert voice.sounding == 0


def test_nothing_to_play() -> None:
    with pytest.raises(InputError, match="sequence is empty"):
        Voice(initial_bank(Synth.MK2)).play_sequence()
    with pytest.raises(InputError, match="no program 19"):
        Voice(number=19)
    with pytest.raises(InputError, match="key 128"):
        Voice().note_on(128)
    with pytest.raises(InputError, match="no number"):
        Voice().bend(float("nan"))


def test_silence_comes_and_is_told() -> None:
    voice = held(program(), 60)
    assert not voice.silent
    voice.all_notes_off()
    sound(voice, 0.5)
    assert voice.silent
    assert not voice.render(100).any()


def test_a_program_that_is_edited_is_heard_while_a_key_is_down() -> None:
    voice = held(program(), 69)
    assert frequency(sound(voice, 0.5), RATE, 440) == pytest.approx(440, rel=1e-3)
    voice.play(program(dco1_octave=3))
    assert frequency(sound(voice, 0.5), RATE, 880) == pytest.approx(880, rel=1e-3)
    voice.play(program(dco1_octave=3, deg1_sustain=0))
    sound(voice, 0.2)
    assert np.abs(sound(voice, 0.1)).max() < 1e-4


def test_an_edited_program_keeps_the_track_of_the_newest_key() -> None:
    values = {"cutoff": 30, "keyboard_track": 2}
    edited, fresh = held(program(**values), 84), held(program(**values | {"cutoff": 40}), 84)
    edited.play(program(**values | {"cutoff": 40}))
    heard = [np.sqrt(np.mean(sound(voice, 0.5) ** 2)) for voice in (edited, fresh)]
    assert heard[0] == pytest.approx(heard[1], rel=0.05)
