"""The tone generator sounds as its dividers say: pitches, footages, detune, and nothing else."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.poly800.voice.tones import RATE, amplitude, cents, decibels, frequency, held, program, sound

from luthier.poly800.voice import chip

#: MAME's dividers for C# to C, and the clock at which their A is 440 Hz.
DIVIDERS = (478, 451, 426, 402, 379, 358, 338, 319, 301, 284, 268, 253)
A_CLOCK = 440 * 301 * 16


def tempered(key: int) -> float:
    return float(440 * 2 ** ((key - 69) / 12))


@pytest.mark.parametrize("key", range(61, 73))
def test_every_key_is_as_far_off_as_its_divider(key: int) -> None:
    played = frequency(sound(held(program(), key), 1.0), RATE, tempered(key))
    error = cents(A_CLOCK / 16 / DIVIDERS[key - 61] / tempered(key))
    error = (error + 600) % 1200 - 600  # whichever octave
    assert cents(played / tempered(key)) == pytest.approx(error, abs=0.02)
    assert -1.32 < error < 1.09


@pytest.mark.parametrize(("octave", "ratio"), [(1, 0.5), (2, 1.0), (3, 2.0)])
def test_octaves_and_feet(octave: int, ratio: float) -> None:
    for feet, factor in ((16, 0.5), (8, 1.0), (4, 2.0), (2, 4.0)):
        values = {f"dco1_{other}": int(other == feet) for other in (16, 8, 4, 2)}
        voice = held(program(dco1_octave=octave, **values), 57)
        wanted = 220 * ratio * factor
        assert frequency(sound(voice, 0.4), RATE, wanted) == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize(("waveform", "weights"), [(1, (1, 1, 1, 1)), (2, (1, 1 / 2, 1 / 4, 1 / 8))])
def test_the_two_sets_of_resistors(waveform: int, weights: tuple[float, ...]) -> None:
    """Odd harmonics of 16' come from it alone; each octave brings those of one more footage."""
    feet = {f"dco1_{feet}": 1 for feet in (16, 8, 4, 2)}
    voice = held(program(dco1_waveform=waveform, dco1_octave=1, **feet), 45)
    heard = sound(voice, 1.0)
    lowest = 27.5
    # A square of weight w has w / n at its n-th harmonic; harmonic 2 is the fundamental of 8', 6 its third.
    for harmonic in (1, 2, 3, 4, 6, 8, 12, 24):
        expected = sum(
            weight / (harmonic / octave)
            for weight, octave in zip(weights, (1, 2, 4, 8), strict=True)
            if harmonic % octave == 0 and harmonic // octave % 2
        )
        found = amplitude(heard, RATE, lowest * harmonic) / amplitude(heard, RATE, lowest)
        assert found == pytest.approx(expected / weights[0], rel=0.01)


@pytest.mark.parametrize(("detune", "pulses", "printed"), [(1, 256, 6.5), (2, 128, 13.0), (3, 64, 26.0)])
def test_detune_drops_pulses_and_beats(detune: int, pulses: int, printed: float) -> None:
    both = {"dco_mode": 2, "dco2_8": 1, "detune": detune}
    heard = sound(held(program(dco1_level=0, **both), 69), 1.0)
    lower = frequency(heard, RATE, 440)
    assert lower == pytest.approx(440 * (pulses - 1) / pulses, rel=1e-6)
    assert cents(440 / lower) == pytest.approx(printed, rel=0.06)
    # Both together: their fundamental swells as often as they differ.
    beat = 440 / pulses
    together = sound(held(program(**both), 69), 4 / beat)
    swell = np.abs(np.array([amplitude(part, RATE, 440) for part in np.array_split(together, 64)]))
    turns = np.fft.rfft(swell - swell.mean())
    assert np.abs(turns).argmax() == 4


def test_no_detune_in_unison() -> None:
    one = sound(held(program(dco_mode=2, dco2_8=1), 69), 0.5)
    assert amplitude(one, RATE, 440) == pytest.approx(
        2 * amplitude(sound(held(program(), 69), 0.5), RATE, 440), rel=1e-3
    )


@pytest.mark.parametrize("interval", [0, 7, 12])
def test_interval(interval: int) -> None:
    heard = sound(held(program(dco_mode=2, dco1_level=0, dco2_8=1, interval=interval), 57), 0.5)
    wanted = tempered(57 + interval)
    assert cents(frequency(heard, RATE, wanted) / wanted) == pytest.approx(0, abs=1.4)


def aliasing(samples: np.ndarray, rate: int, lowest: float) -> float:
    """Decibels of the strongest tone below 20 kHz that is no harmonic of ``lowest``, below the strongest."""
    spectrum = np.abs(np.fft.rfft(samples * np.kaiser(len(samples), 20)))
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    away = np.abs(hertz - np.round(hertz / lowest) * lowest) > 16 * rate / len(samples)
    strange = spectrum[away & (hertz > 30) & (hertz < 20_000)]
    return decibels(float(strange.max() / spectrum.max()))


@pytest.mark.parametrize(
    ("key", "octave", "waveform", "resonance"),
    [(60, 2, 1, 0), (96, 2, 1, 0), (96, 3, 1, 0), (96, 3, 2, 0), (93, 3, 1, 0), (96, 3, 1, 15)],
)
def test_aliasing_below_70_decibels(key: int, octave: int, waveform: int, resonance: int) -> None:
    """Up to C7 (2,093 Hz): 16' of key 96 in the high octave, the highest the machine receives."""
    feet = {f"dco1_{feet}": 1 for feet in (16, 8, 4, 2)}
    voice = held(program(dco1_octave=octave, dco1_waveform=waveform, resonance=resonance, **feet), key)
    pitch = chip.pitch_of(key, octave)
    divider = DIVIDERS[(pitch - 1) % 12]
    lowest = A_CLOCK / 2 / divider / 2 ** (7 - (pitch - 1) // 12)
    assert aliasing(sound(voice, 1.5), RATE, lowest) < (-80 if resonance == 0 else -70)


def test_footages_above_the_counter_sound_as_its_lowest_bit() -> None:
    """Key 84 in the high octave: 4' is the counter's lowest bit, and so is 2'."""
    values = {"dco1_octave": 3, "dco1_8": 0}
    four = sound(held(program(dco1_4=1, **values), 84), 0.2)
    two = sound(held(program(dco1_2=1, **values), 84), 0.2)
    assert np.array_equal(four, two)


def test_the_table_covers_keys_octaves_and_interval_exactly() -> None:
    lowest, highest = chip.pitch_of(36, 1), chip.pitch_of(84, 3, 12)
    assert (lowest, highest) == (0, 84)
    assert chip.counting(lowest) == (506 * 8, 7)
    assert chip.counting(highest) == (253 * 8, 1)
    # The lowest pitch has a divider of its own; all others fall by semitones.
    pitches = [chip.frequency(pitch) for pitch in range(85)]
    for low, high in itertools.pairwise(pitches):
        assert cents(high / low) == pytest.approx(100, abs=3.4)


def test_without_limits_all_keys_sound_where_they_are() -> None:
    from luthier.poly800.voice import Voice

    for key, limits, wanted in (
        (108, True, 2093.0),
        (108, False, 4186.0),
        (12, False, 16.35),
        (12, True, 65.4),
    ):
        voice = Voice(program(), limits=limits)
        voice.note_on(key)
        voice.render(RATE // 5)
        # 3 cent are the lowest pitch's own divider.
        assert cents(frequency(sound(voice, 2.0), RATE, wanted) / wanted) == pytest.approx(0, abs=3.5)
