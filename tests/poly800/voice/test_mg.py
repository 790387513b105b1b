"""The MG: rates, delay, depth, what the joystick adds; bend."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.poly800.voice.tones import RATE, cents, frequency, held, program, sound

from luthier.poly800.voice import Voice
from luthier.poly800.voice.modulation import modulation_tick, times_depth
from luthier.poly800.voice.state import MG_WAIT

#: The highest pitch of 8' on the keyboard: edges come often enough to see every tick.
KEY = 81


def pitches(voice: Voice, seconds: float, near: float) -> NDArray[np.float64]:
    """Cents off ``near`` 300 times a second, from the phase of the fundamental."""
    heard = sound(voice, seconds)
    carrier = heard * np.exp(-2j * np.pi * near / RATE * np.arange(len(heard)))
    length = 147
    smooth = np.convolve(carrier, np.hanning(4 * length) / length, "same")[length::length]
    turned = np.unwrap(np.angle(smooth))
    return np.asarray(1200 * np.log2(1 + np.diff(turned) / (2 * np.pi) * RATE / length / near))


@pytest.mark.parametrize(("value", "hertz"), [(0, 0.366), (7, 5.127), (12, 13.18), (15, 22.7)])
def test_rates(value: int, hertz: float) -> None:
    """0.366 to 22.7 Hz as the facts have them; between, 14 and 36 of 512 steps at 187.5 Hz."""
    voice = held(program(mg_frequency=value, mg_dco=4), KEY)
    swing = pitches(voice, 6.0, 880.0)
    spectrum = np.abs(np.fft.rfft(swing * np.hanning(len(swing)), 1 << 16))
    spectrum[:10] = 0
    found = spectrum.argmax() * 300 / (1 << 16)
    assert found == pytest.approx(hertz, rel=0.02, abs=0.02)


def test_full_depth_is_160_cents() -> None:
    """MkII specification: 0 to ±160 cent."""
    swing = pitches(held(program(mg_frequency=0, mg_dco=15), KEY), 3.0, 880.0)
    assert swing.max() == pytest.approx(160, abs=3)
    assert swing.min() == pytest.approx(-160, abs=3)


@pytest.mark.parametrize("value", [0, 5, 15])
def test_delay_is_up_to_1_28_seconds(value: int) -> None:
    table = [*range(0, 0x80, 8)]
    voice = Voice(program(mg_frequency=12, mg_dco=15, mg_delay=value))
    voice.note_on(KEY)
    seconds = 2 * table[value] / 187.5
    swing = np.abs(pitches(voice, 2.0, 880.0))
    begun = float(np.argmax(swing[15:] > 10) + 15) / 300
    assert begun == pytest.approx(max(seconds, 0.05), abs=0.05)


def test_the_delay_waits_for_a_new_phrase_only() -> None:
    voice = held(program(mg_frequency=12, mg_dco=15, mg_delay=15), KEY)
    sound(voice, 1.5)
    voice.note_on(KEY - 12)
    assert voice._state.words[MG_WAIT] == 0
    voice.all_notes_off()
    voice.note_on(KEY)
    assert voice._state.words[MG_WAIT] == 240


def test_the_triangle_of_the_counter() -> None:
    """Against the published description written anew: counter, sign, complement, six bits."""
    words = np.zeros(4, np.int64)
    found = [modulation_tick(words, 11) for _ in range(700)]
    total = 0
    for value in found:
        total += 11
        sign = -1 if total >> 8 & 1 else 1
        low = total & 0xFF
        low = 0xFF - low if low > 0x7F else low
        assert value == sign * (low // 2 % 64)


@pytest.mark.parametrize("depth", range(16))
def test_depth_is_a_shift_and_add(depth: int) -> None:
    bits = [depth >> 3 & 1, depth >> 2 & 1, depth >> 1 & 1, depth & 1]
    assert times_depth(63, depth) == sum(on * (63 >> shift) for shift, on in enumerate(bits))
    assert times_depth(-63, depth) == -times_depth(63, depth)


def test_the_joystick_adds_as_much() -> None:
    voice = held(program(mg_frequency=0), KEY)
    voice.modulate(oscillators=15)
    assert pitches(voice, 3.0, 880.0).max() == pytest.approx(160, abs=3)
    voice.modulate(oscillators=0)
    sound(voice, 0.1)
    assert np.abs(pitches(voice, 1.0, 880.0)[6:-6]).max() < 1


@pytest.mark.parametrize(("amount", "wanted"), [(1.0, 730), (-1.0, -730), (0.5, 365), (9.0, 730)])
def test_bend_is_730_cents(amount: float, wanted: float) -> None:
    """MkII specification."""
    voice = held(program(), 69)
    voice.bend(amount)
    sound(voice, 0.1)
    bent = 440 * 2 ** (wanted / 1200)
    assert cents(frequency(sound(voice, 0.5), RATE, bent) / 440) == pytest.approx(wanted, abs=0.1)
