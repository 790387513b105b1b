"""Panel values in units of the world, and drawn envelopes against the voice's own."""

from __future__ import annotations

import numpy as np
import pytest

from luthier.poly800.initial import initial_program
from luthier.poly800.parameters import lookup
from luthier.poly800.synth import Synth
from luthier.poly800.voice import firmware, units
from luthier.poly800.voice.state import FILTER_ENVELOPE, LEVEL, OFF, STAGE
from luthier.poly800.voice.voice import Voice


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("cutoff", 99, "25 kHz"),  # laws: 25 kHz at the top
        ("delay_time", 0, "4 ms"),  # MkII service manual: 4 to 1,024 ms
        ("delay_time", 99, "1.02 s"),
        ("delay_modulation_frequency", 31, "10 Hz"),  # the same: 0.1 to 10 Hz
        ("eq_bass", 12, "+10.0 dB"),  # the same: +-10 dB
        ("eq_treble", 0, "-10.0 dB"),
        ("mg_delay", 15, "1.28 s"),  # 240 ticks at 187.5 a second
        ("interval", 7, "fifth"),
        ("detune", 3, "27.3 cent"),  # one pulse of 64
        ("deg3_decay", 31, "13.6 s"),  # 255 steps of ten ticks
        ("mg_frequency", 15, "22.7 Hz"),  # 62 of 512 counts, 187.5 times a second
        ("resonance", 4, ""),
        ("dco1_level", 4, ""),
    ],
)
def test_units(name: str, value: int, text: str) -> None:
    assert units.in_units(lookup(name, Synth.MK2), value) == text


def test_what_is_out_of_range_has_no_unit() -> None:
    assert units.in_units(lookup("interval", Synth.POLY800), 15) == ""


@pytest.mark.parametrize("rates", [(4, 26, 27, 24), (20, 12, 25, 21), (0, 31, 3, 30)])
def test_a_drawn_envelope_is_the_one_that_is_played(rates: tuple[int, ...]) -> None:
    attack, decay, slope, release = rates
    values = {
        "deg3_attack": attack, "deg3_decay": decay, "deg3_break_point": 20, "deg3_slope": slope,
        "deg3_sustain": 9, "deg3_release": release,
    }  # fmt: skip
    program = initial_program(Synth.POLY800).replacing(values | {"deg1_release": 31})
    voice = Voice(program)
    held = 12.0
    corners = units.envelope(program.values(), 3, held - units.envelope(program.values(), 3)[3][0])
    voice.note_on(60)
    levels, ticks = [], 0
    length = firmware.tick_frame(1, voice.rate)
    while voice._state.envelopes[STAGE, FILTER_ENVELOPE] != OFF or not ticks:
        if ticks == round(held * firmware.TICK_RATE):
            voice.note_off(60)
        voice._make_tick()
        levels.append(voice._state.envelopes[LEVEL, FILTER_ENVELOPE] / units.PEAK)
        ticks += 1
    assert length > 0
    times = (np.arange(len(levels)) + 1) / firmware.TICK_RATE
    drawn = np.interp(times, [time for time, _ in corners], [level for _, level in corners])
    # Steps are up to the largest of the rates, and each stage may end within a tick.
    assert np.abs(drawn - levels).max() < 2 * firmware.LOG_TABLE[min(rates)] / units.PEAK + 0.03
