"""What is heard, measured: pitch, level, place, times, and no clicks."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import firwin
from tests.kn5000.tone_generator.sounding import RATE, decibels, level_bank
from tests.kn5000.voices.playing import OneSound, Played, Samples, key_hertz, off_pitch, sine

from luthier.kn5000.parts.state import Change, NoteSetting
from luthier.kn5000.sounds.built_in import BuiltInSounds
from luthier.kn5000.sounds.strike import Segment, Vibrato
from luthier.kn5000.voices import TICK

ABOVE_4_KHZ = firwin(511, 4000, pass_zero=False, fs=RATE, window=("kaiser", 12))


@cache
def built_in() -> BuiltInSounds:
    return BuiltInSounds()


def click(*pieces: Samples) -> float:
    """dB of the loudest moment above 4 kHz, below the peak; the begin of the first piece does not count."""
    signal = np.concatenate(pieces)[4000:, 0].astype(np.float64)
    above = np.convolve(signal, ABOVE_4_KHZ, mode="valid")
    return decibels(float(np.abs(above).max() / np.abs(signal).max()))


def envelope(signal: Samples, frequency: float) -> NDArray[np.float64]:
    """dB of a sine's amplitude, every 100 samples."""
    times = np.arange(len(signal))
    turned = signal[:, 0] * np.exp(-2j * np.pi * frequency / RATE * times)
    window = np.hanning(round(4 * RATE / frequency))
    found: NDArray[np.float64] = np.abs(np.convolve(turned, window / window.sum(), mode="valid")) * 2
    return np.asarray(20 * np.log10(np.maximum(found[::100], 1e-9)), np.float64)


# Clicks


@pytest.mark.parametrize("note", [33, 45, 57, 69, 81, 93])
@pytest.mark.parametrize("release", [0.0, 0.02, 0.2])
def test_key_up_does_not_click(note: int, release: float) -> None:
    played = Played(OneSound(lambda key, velocity: (sine(key, velocity, release=release),)))
    played.voices.note_on(0, note, 100)
    before = played.render(RATE // 2)
    played.voices.note_off(0, note)
    assert click(before, played.render(RATE // 2)) < -60


@pytest.mark.parametrize("note", [33, 57, 81, 93])
def test_theft_does_not_click(note: int) -> None:
    def loud_or_not(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(key, velocity, level=0.0 if velocity > 1 else -90.0),)

    played = Played(OneSound(loud_or_not))
    played.voices.note_on(0, note, 100)
    for other in range(63):
        played.voices.note_on(0, 20 + other, 1)
    before = played.render(RATE // 2)
    played.voices.note_on(0, 100, 1)
    assert played.voices.statistics.stolen == 1
    after = played.render(RATE // 2)
    assert abs(after[-1000:]).max() < 0.01
    assert click(before, after) < -60


@pytest.mark.parametrize("note", [33, 57, 81, 93])
def test_an_exclusive_group_silences_within_30_ms_without_a_click(note: int) -> None:
    def loud_or_not(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(key, velocity, level=0.0 if velocity > 1 else -95.0, group=1),)

    played = Played(OneSound(loud_or_not))
    played.voices.note_on(0, note, 100)
    before = played.render(RATE // 2)
    played.voices.note_on(0, note, 1)
    after = played.render(RATE // 2)
    assert click(before, after) < -60
    assert decibels(abs(after[round(0.032 * RATE) :]).max()) < -80


@pytest.mark.parametrize(
    ("change", "values"),
    [
        (Change.ALL_SOUND_OFF, {}),
        (Change.LEVEL, {"level": -40.0}),
        (Change.LEVEL, {"level": float("-inf")}),
        (Change.PAN, {"pan": -0.5}),
        (Change.SENDS, {"reverb": 1.0}),
    ],
)
def test_messages_do_not_click(change: Change, values: dict[str, float]) -> None:
    played = Played()
    played.voices.note_on(0, 57, 100)
    before = played.render(RATE // 2)
    played.set(0, change, **values)
    assert click(before, played.render(RATE // 2)) < -60


# Pitch


@pytest.mark.parametrize("program", [0, 19])
def test_every_note_is_in_tune_through_the_whole_chain(program: int) -> None:
    sounds = built_in()
    for note in range(21, 109):
        played = Played(sounds.sound(program), bank=sounds.recordings)
        played.voices.note_on(0, note, 100)
        heard = played.render(RATE * 3 // 2)[12_000:, 0]
        assert abs(off_pitch(heard, key_hertz(note))) < 1, note


@pytest.mark.parametrize("semitones", [-12.0, -2.0, -0.37, 0.5, 1.0, 2.0, 7.25])
def test_bend_and_tuning_move_what_sounds(semitones: float) -> None:
    for values in ({"bend": semitones}, {"tuning": semitones}):
        played = Played()
        played.voices.note_on(0, 69, 100)
        played.render(1000)
        played.set(0, Change.PITCH, **values)
        played.render(1000)
        heard = played.render(RATE)[:, 0]
        # Half a step of the register is 0.2 cents.
        assert abs(off_pitch(heard, key_hertz(69 + semitones))) < 0.25


def test_a_scale_tunes_its_own_notes_and_no_drums() -> None:
    scale = (0.0, *[0.0] * 8, 0.31, 0.0, 0.0)
    for note, drums, wanted in ((69, False, 69.31), (57, False, 57.31), (71, False, 71.0), (69, True, 69.0)):
        played = Played()
        played.set(0, Change.PITCH, scale=scale, drums=drums)
        played.voices.note_on(0, note, 100)
        assert abs(off_pitch(played.render(RATE)[4000:, 0], key_hertz(wanted))) < 0.25


def test_portamento_goes_straight_from_the_last_key() -> None:
    played = Played()
    played.set(0, Change.NONE, portamento=1.0)
    played.voices.note_on(0, 57, 100)
    played.render(TICK * 40)
    played.voices.note_off(0, 57)
    played.render(TICK * 100)
    played.voices.note_on(0, 69, 100)
    start = played.generator.time
    played.render(1024)
    while played.generator.time - start < 40_000:
        middle = (played.generator.time - start + TICK / 2) / RATE
        piece = played.render(TICK)[:, 0]
        # Between two ticks the pitch stands still, at where it was at the tick.
        at_tick = 57 + 12 * (middle - TICK / 2 / RATE)
        # 256 frames are short: a period of the note and more, and 10 cents are a fifth of a step of the way.
        found = at_tick + off_pitch_short(piece, key_hertz(at_tick)) / 100
        assert found == pytest.approx(at_tick, abs=0.1)
    played.render(8000)
    assert not played.voices.ticking
    assert abs(off_pitch(played.render(RATE)[:, 0], key_hertz(69))) < 0.25


def off_pitch_short(signal: Samples, frequency: float) -> float:
    """Cents off, of a short stretch: the sine that fits best."""
    times = np.arange(len(signal))
    tried = frequency * 2 ** (np.arange(-50, 51) / 1200)
    left = []
    for each in tried:
        waves = np.stack(
            [np.sin(2 * np.pi * each / RATE * times), np.cos(2 * np.pi * each / RATE * times)], axis=1
        )
        left.append(float(np.linalg.lstsq(waves[40:], signal[40:].astype(np.float64), rcond=None)[1][0]))
    return float(np.argmin(left) - 50)


def test_portamento_from_a_key_is_used_once() -> None:
    played = Played()
    played.set(0, Change.NONE, portamento=10.0, portamento_from=57)
    played.voices.note_on(0, 69, 100)
    assert played.parts.state(0).portamento_from is None
    heard = played.render(RATE // 4)[4000:, 0]
    # After an eighth of a second of ten: 57 and 0.15.
    middle = 57 + 12 * (4000 + (RATE // 4 - 4000) / 2) / RATE / 10
    assert abs(off_pitch(heard, key_hertz(middle))) < 5


def swings(signal: Samples, frequency: float) -> NDArray[np.float64]:
    """Cents off ``frequency`` over time, every 64 samples."""
    turned = signal[:, 0] * np.exp(-2j * np.pi * frequency / RATE * np.arange(len(signal)))
    window = np.hanning(401)
    phase = np.unwrap(np.angle(np.convolve(turned, window / window.sum(), mode="valid")[::64]))
    return 1200 * np.log2(1 + np.diff(phase) / (2 * np.pi * 64) * RATE / frequency)


def test_vibrato_has_its_depth_and_rate_and_waits() -> None:
    def swinging(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(key, velocity, vibrato=Vibrato(5.0, 30.0, 0.5)),)

    played = Played(OneSound(swinging))
    played.voices.note_on(0, 81, 100)
    heard = played.render(2 * RATE)
    cents = swings(heard, key_hertz(81))
    early = cents[: int(0.45 * RATE / 64)]
    late = cents[int(1.0 * RATE / 64) :]
    assert np.abs(early[20:]).max() < 1
    assert np.abs(late).max() == pytest.approx(30, rel=0.05)
    crossings = np.count_nonzero(np.diff(np.sign(late)))
    assert crossings == pytest.approx(2 * 5.0 * len(late) * 64 / RATE, rel=0.1)
    assert not played.voices.ticking


def test_the_wheel_adds_vibrato_at_once_and_never_less_than_none() -> None:
    played = Played()
    played.voices.note_on(0, 81, 100)
    played.render(RATE // 10)
    played.set(0, Change.MODULATION, vibrato=50.0)
    assert np.abs(swings(played.render(RATE), key_hertz(81))).max() == pytest.approx(50, rel=0.05)
    played.set(0, Change.MODULATION, vibrato=-50.0)
    played.render(1000)
    assert np.abs(swings(played.render(RATE), key_hertz(81))).max() < 1


def test_a_pitch_envelope_ends_in_tune() -> None:
    def scooped(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(key, velocity, bend=(Segment(-2.0, 0.0), Segment(0.0, 0.3))),)

    played = Played(OneSound(scooped))
    played.voices.note_on(0, 69, 100)
    cents = swings(played.render(RATE), key_hertz(69))
    assert cents[10] == pytest.approx(-200, abs=15)
    assert np.abs(cents[int(0.4 * RATE / 64) :]).max() < 1


# Level and place


def at(**changes: float) -> OneSound:
    """Every key plays the recording at its own pitch."""
    return OneSound(lambda key, velocity: (sine(60, velocity, **changes),))


def heard_level(played: Played) -> tuple[float, float]:
    """Left and right gain, of a constant recording at full level 26,000."""
    left, right = played.render(RATE // 5)[-1] / (26_000 / 0x8000)
    return float(left), float(right)


def test_levels_of_strike_and_part_add_in_decibels() -> None:
    for strike_level, part_level in ((0.0, 0.0), (-6.0, -12.0), (-20.0, -3.5), (2.0, -6.0)):
        played = Played(at(level=strike_level), bank=level_bank())
        played.set(0, Change.LEVEL, level=part_level)
        played.voices.note_on(0, 60, 100)
        left, _ = heard_level(played)
        assert decibels(left) == pytest.approx(strike_level + part_level - 3.01, abs=0.05)


def test_louder_strokes_are_louder() -> None:
    sounds = built_in()
    peaks = []
    for velocity in range(1, 128, 3):
        played = Played(sounds.sound(0), bank=sounds.recordings)
        played.voices.note_on(0, 60, velocity)
        heard = played.render(RATE // 4)
        peaks.append(float(np.sqrt(np.mean(heard**2))))
    assert peaks == sorted(peaks)
    assert decibels(peaks[-1] / peaks[0]) > 20


def test_pan_keeps_the_power() -> None:
    for position in np.linspace(-1, 1, 9):
        played = Played(at(), bank=level_bank())
        played.set(0, Change.PAN, pan=float(position))
        played.voices.note_on(0, 60, 100)
        left, right = heard_level(played)
        assert left**2 + right**2 == pytest.approx(1, abs=0.005)
        angle = (position + 1) * np.pi / 4
        # The word has 127 steps.
        assert np.arctan2(right, left) == pytest.approx(angle, abs=0.01)


def test_part_and_strike_share_the_way_to_the_side() -> None:
    for own, part, wanted in ((-0.5, 0.5, 0.0), (0.75, 0.75, 1.0), (0.3, -2.0, -1.0)):
        played = Played(at(pan=own), bank=level_bank())
        played.set(0, Change.PAN, pan=part)
        played.voices.note_on(0, 60, 100)
        left, right = heard_level(played)
        assert np.arctan2(right, left) * 4 / np.pi - 1 == pytest.approx(wanted, abs=0.02)


def test_drums_have_settings_of_their_own() -> None:
    played = Played(at(pan=0.5), bank=level_bank())
    played.set(0, Change.NONE, drums=True, notes={38: NoteSetting(level=-10.0, pan=-1.0)})
    played.voices.note_on(0, 38, 100)
    left, right = heard_level(played)
    assert decibels(left) == pytest.approx(-10, abs=0.05)
    assert abs(right) < 1e-3


def test_soft_strokes_are_softer_and_stay_so() -> None:
    played = Played(at(), bank=level_bank())
    played.voices.note_on(0, 60, 100)
    loud, _ = heard_level(played)
    played.set(0, Change.SOFT, soft=True)
    assert heard_level(played)[0] == pytest.approx(loud)
    played.voices.note_off(0, 60)
    played.render(RATE)
    played.voices.note_on(0, 60, 100)
    assert decibels(heard_level(played)[0] / loud) == pytest.approx(-6, abs=0.05)


def test_sends_are_those_of_strike_and_part() -> None:
    played = Played(at(reverb=0.4, chorus=0.2), bank=level_bank())
    played.voices.note_on(0, 60, 100)
    played.render(4000)
    out = played.generator.render_outputs(100)
    assert out.reverb[-1, 0] / out.dry[-1, 0] == pytest.approx(0.4, abs=0.005)
    assert out.effect[-1, 0] / out.dry[-1, 0] == pytest.approx(0.2, abs=0.005)
    played.set(0, Change.SENDS, reverb=0.0, chorus=1.0)
    played.render(4000)
    out = played.generator.render_outputs(100)
    assert abs(out.reverb[-1, 0]) < 1e-4
    assert out.effect[-1, 0] / out.dry[-1, 0] == pytest.approx(1.0, abs=0.005)


def test_tremolo_and_auto_pan_swing() -> None:
    for change, both_sides in (({"tremolo": 1.0}, True), ({"auto_pan": 1.0}, False)):
        played = Played(at(), bank=level_bank())
        played.set(0, Change.MODULATION, **change)
        played.voices.note_on(0, 60, 100)
        heard = played.render(2 * RATE)[4000:]
        left, right = heard[:, 0], heard[:, 1]
        assert left.max() > 5 * left.min() + 0.1
        # Tremolo moves both sides together, auto-pan against each other.
        assert (np.corrcoef(left, right)[0, 1] > 0) == both_sides


# Times


@pytest.mark.parametrize("release", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_release_takes_60_db_in_its_time(release: float, factor: float) -> None:
    played = Played(OneSound(lambda key, velocity: (sine(key, velocity, release=release),)))
    played.set(0, Change.TONE, release=factor)
    played.voices.note_on(0, 81, 100)
    played.render(RATE // 4)
    played.voices.note_off(0, 81)
    level = envelope(played.render(round(2.5 * release * factor * RATE) + 4000), key_hertz(81))
    first, last = (int(np.argmax(level < level[0] - below)) for below in (5, 55))
    # 50 dB of the way; steps of the rate are 8.5 % apart.
    assert (last - first) * 100 / RATE == pytest.approx(release * factor * 50 / 60, rel=0.06, abs=0.003)


def test_release_has_the_same_slope_from_anywhere() -> None:
    def falling(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(key, velocity, amplitude=(Segment(0.0, 0.001), Segment(-30.0, 0.2)), release=0.5),)

    played = Played(OneSound(falling))
    played.voices.note_on(0, 81, 100)
    played.render(RATE // 2)
    played.voices.note_off(0, 81)
    level = envelope(played.render(RATE), key_hertz(81))
    first, last = (int(np.argmax(level < level[0] - below)) for below in (5, 35))
    assert (last - first) * 100 / RATE == pytest.approx(0.25, rel=0.06)


def test_attack_and_decay_follow_the_part() -> None:
    def shaped(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(60, amplitude=(Segment(0.0, 0.1), Segment(-20.0, 0.1))),)

    def reached(attack: float, decay: float) -> tuple[float, float]:
        played = Played(OneSound(shaped), bank=level_bank())
        played.set(0, Change.TONE, attack=attack, decay=decay)
        played.voices.note_on(0, 60, 100)
        left = played.render(2 * RATE)[:, 0]
        peak = int(np.argmax(left))
        below = int(np.argmax(left[peak:] < left.max() * 10 ** (-19 / 20)))
        return peak / RATE, below / RATE

    for attack, decay in ((1.0, 1.0), (3.0, 1.0), (1.0, 4.0)):
        found = reached(attack, decay)
        assert found[0] == pytest.approx(0.1 * attack, rel=0.07)
        assert found[1] == pytest.approx(0.095 * decay, rel=0.07)


def test_third_and_fourth_segments_do_not_come_back_after_key_up() -> None:
    shape = (Segment(0.0, 0.01), Segment(-20.0, 0.01), Segment(-3.0, 0.01), Segment(-6.0, 0.01))
    played = Played(OneSound(lambda key, velocity: (sine(key, amplitude=shape, release=0.1),)))
    played.voices.note_on(0, 69, 100)
    played.render(RATE // 2)
    played.voices.note_off(0, 69)
    played.render(RATE // 4)
    assert abs(played.render(RATE)).max() < 1e-4
    assert played.voices.sounding == 0


def test_the_filter_follows_strike_and_part() -> None:
    def dull(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(93, velocity, cutoff=440.0),)

    played = Played(OneSound(dull))
    played.voices.note_on(0, 93, 100)
    played.render(RATE // 4)
    closed = abs(played.render(RATE // 4)).max()
    # Two octaves above the corner, 12 dB an octave.
    assert decibels(closed / 0.56) == pytest.approx(-24, abs=1.5)
    played.set(0, Change.FILTER, cutoff=48.0)
    played.render(RATE // 4)
    assert decibels(abs(played.render(RATE // 4)).max() / 0.56) == pytest.approx(0, abs=0.5)


def test_a_filter_envelope_opens() -> None:
    def opening(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(93, velocity, cutoff=440.0, filter=(Segment(36.0, 0.5),)),)

    played = Played(OneSound(opening))
    played.voices.note_on(0, 93, 100)
    heard = np.abs(played.render(RATE))
    assert heard[1000:3000].max() < 0.1
    # Three octaves up, the corner is one above the sine.
    assert heard[-4000:].max() == pytest.approx(0.56, rel=0.1)


# All together


def test_stress_of_all_parts_and_voices_leaves_nothing_hanging() -> None:
    sounds = built_in()
    played = Played(*(sounds.sound(part * 5) for part in range(26)), bank=sounds.recordings)
    for part in range(26):
        for note in range(64):
            played.voices.note_on(part, 24 + note, 30 + note)
        played.render(500)
        played.set(part, Change.SUSTAIN | Change.PITCH, sustain=part % 2 == 0, bend=0.3)
    statistics = played.voices.statistics
    assert statistics.notes == 26 * 64
    assert statistics.peak == 64
    for part in range(26):
        for note in range(64):
            played.voices.note_off(part, 24 + note)
        played.set(part, Change.SUSTAIN, sustain=False)
    played.render(8 * RATE)
    assert played.voices.sounding == 0
    assert abs(played.render(1000)).max() == 0
    assert not any(voice for part in range(26) for voice in played.voices.nodes.keys(part))


@pytest.mark.parametrize("block", [16, 300, 4096])
def test_samples_do_not_depend_on_the_sizes_of_blocks(block: int) -> None:
    def score(block: int) -> Samples:
        rolls = np.random.default_rng(3)
        played = Played(
            OneSound(lambda key, velocity: (sine(key, vibrato=Vibrato(5, 20, 0.05)), sine(key + 12)))
        )
        played.set(0, Change.NONE, portamento=0.1)
        pieces = []
        for _ in range(60):
            played.voices.note_on(0, int(rolls.integers(30, 100)), 100)
            played.voices.note_off(0, int(rolls.integers(30, 100)))
            played.set(0, Change.PITCH, bend=float(rolls.uniform(-2, 2)))
            left = int(rolls.integers(1, 3000))
            while left:
                played.voices.sounding  # noqa: B018  asking must change nothing
                pieces.append(played.render(min(block, left)))
                left -= len(pieces[-1])
        return np.concatenate(pieces)

    np.testing.assert_array_equal(score(block), score(1000))
