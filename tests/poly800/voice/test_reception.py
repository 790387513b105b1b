"""MIDI as the machine takes it, without its limits, and whatever else comes."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.poly800.voice.tones import RATE, cents, frequency, program, sound

from luthier.errors import InputError
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.synth import Synth
from luthier.poly800.voice import Voice
from luthier.poly800.voice.reception import Reception


def reception(*, limits: bool = True, channel: int | None = None) -> tuple[Voice, Reception]:
    voice = Voice(program(), limits=limits)
    return voice, Reception(voice, channel=channel)


def pitch(voice: Voice) -> float:
    """Cents above A 440 of what sounds, within half an octave."""
    sound(voice, 0.05)
    heard = sound(voice, 0.5)
    best = max(
        (np.abs(np.fft.rfft(heard * np.hanning(len(heard)))).argmax() * RATE / len(heard),), default=440.0
    )
    return cents(frequency(heard, RATE, best) / 440)


def test_keys_sound_whatever_their_velocity() -> None:
    levels = []
    for velocity in (1, 127):
        voice, port = reception()
        port.receive(bytes((0x90, 60, velocity)))
        voice.render(5_000)
        levels.append(np.abs(voice.render(1_000)).max())
    assert levels[0] == levels[1] > 0


def test_velocity_0_lets_go() -> None:
    voice, port = reception()
    port.receive(b"\x90\x3c\x40")
    voice.render(2_000)
    port.receive(b"\x90\x3c\x00")
    voice.render(2_000)
    assert voice.sounding == 0


@pytest.mark.parametrize(
    ("program_number", "panel"), [(0, 11), (7, 18), (8, 21), (63, 88), (64, 11), (127, 88)]
)
def test_program_changes_modulo_64(program_number: int, panel: int) -> None:
    voice = Voice(built_in_bank())
    Reception(voice).receive(bytes((0xC5, program_number)))
    assert voice.number == panel
    shut = Voice(built_in_bank(), number=31)
    port = Reception(shut, program_change=False)
    port.receive(b"\xc0\x00")
    assert shut.number == 31
    assert port.ignored == {"program change": 1}


def test_the_bender_has_seven_bits_and_730_cents() -> None:
    voice, port = reception()
    port.receive(b"\x90\x45\x40")
    for low, high, wanted in ((0, 127, 730), (127, 127, 730), (0, 64, 0), (127, 64, 0), (0, 0, -730)):
        port.receive(bytes((0xE0, low, high)))
        assert pitch(voice) == pytest.approx(wanted, abs=0.5)


def test_without_limits_it_has_fourteen() -> None:
    voice, port = reception(limits=False)
    port.receive(b"\x90\x45\x40")
    port.receive(b"\xe0\x7f\x40")
    assert pitch(voice) == pytest.approx(730 * 127 / 8191, abs=0.1)


def test_controllers() -> None:
    voice, port = reception()
    whole = voice._state.whole
    port.receive(b"\xb0\x01\x7f")
    port.receive(b"\xb0\x02\x47")
    assert [int(value) >> 4 for value in whole[1:3]] == [15, 8]
    port.receive(b"\x90\x3c\x40")
    voice.render(5_000)
    loud = np.abs(voice.render(2_000)).max()
    port.receive(b"\xb0\x01\x00")
    port.receive(b"\xb0\x02\x00")
    port.receive(b"\xb0\x07\x40")
    voice.render(2_000)
    assert np.abs(voice.render(2_000)).max() / loud == pytest.approx(64 / 127, rel=0.05)
    port.receive(b"\xb0\x40\x7f")
    assert port.ignored == {"controller 64": 1}
    port.receive(b"\xb0\x7b\x00")
    voice.render(2_000)
    assert voice.sounding == 0


def test_the_pedal_holds_without_limits() -> None:
    voice, port = reception(limits=False)
    for message in (b"\x90\x3c\x40", b"\xb0\x40\x7f", b"\x80\x3c\x00"):
        port.receive(message)
    voice.render(2_000)
    assert voice.sounding == 1
    port.receive(b"\xb0\x40\x00")
    voice.render(2_000)
    assert voice.sounding == 0


def test_channels_and_omni() -> None:
    voice, port = reception(channel=3)
    port.receive(b"\x90\x3c\x40")
    assert port.ignored == {"channel 1": 1}
    port.receive(b"\x92\x3c\x40")
    assert voice.notes == 1
    port.receive(b"\xb2\x7d\x00")  # omni on
    port.receive(b"\x90\x40\x40")
    assert voice.notes == 2
    with pytest.raises(InputError, match="MIDI channel 17"):
        reception(channel=17)


def test_clock_moves_the_sequence_of_a_bank_that_wants_it() -> None:
    """Six clocks a sixteenth; stop and continue."""
    bank = built_in_bank(Synth.MK2).with_globals({"sequence_clock": 2})
    voice = Voice(bank)
    port = Reception(voice)
    port.receive(b"\xfa")
    for _ in range(7):
        port.receive(b"\xf8")
    voice.render(1_000)
    assert voice.notes == 1  # the first note, then a tie
    port.receive(b"\xfc")
    port.receive(b"\xf8")
    assert voice.sequencer is not None
    assert not voice.sequencer.running
    port.receive(b"\xfb")
    for _ in range(17):
        port.receive(b"\xf8")
    assert voice.notes == 4  # a rest, then three keys
    internal = Voice(built_in_bank(Synth.MK2))
    Reception(internal).receive(b"\xfa")
    assert internal.sequencer is None


def test_floods_and_garbage_do_no_harm() -> None:
    chance = random.Random(7)
    voice = Voice(built_in_bank())
    port = Reception(voice)
    for _ in range(30):
        for _ in range(300):
            port.receive(chance.randbytes(chance.randrange(5)))
            port.receive(bytes((0x90 | chance.randrange(16), chance.randrange(128), 100)))
        assert np.isfinite(voice.render(200)).all()
    assert port.ignored["broken message"] > 100
    voice.all_notes_off()
    voice.bend(0)
    assert np.isfinite(voice.render(RATE)).all()
