"""The table of the thread, checked against its own lines (with its slips corrected)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800.program import Program
from luthier.poly800.unpacked import pack, unpack

# byte, mask and shift as the thread prints them, but for DCO mode (printed >>5) and keyboard track (none).
THREAD = {
    "dco1_octave": (0, 0x03, 0),
    "dco2_octave": (0, 0x0C, 2),
    "dco1_waveform": (0, 0x10, 4),
    "dco2_waveform": (0, 0x40, 6),
    "detune": (2, 0x03, 0),
    "dco_mode": (2, 0x40, 6),
    "interval": (3, 0x0F, 0),
    "noise": (3, 0xF0, 4),
    "eg_intensity": (4, 0x0F, 0),
    "polarity": (4, 0x10, 4),
    "dco1_level": (5, 0x1F, 0),
    "dco2_level": (6, 0x1F, 0),
    "cutoff": (7, 0x7F, 0),
    "trigger": (7, 0x80, 7),
    "mg_frequency": (8, 0x0F, 0),
    "mg_delay": (8, 0xF0, 4),
    "mg_dco": (9, 0x0F, 0),
    "mg_vcf": (9, 0xF0, 4),
    "deg1_attack": (10, 0x1F, 0),
    "deg1_release": (15, 0x1F, 0),
    "deg2_attack": (16, 0x1F, 0),
    "deg3_break_point": (24, 0x1F, 0),
    "deg3_release": (27, 0x1F, 0),
    "resonance": (28, 0x0F, 0),
    "keyboard_track": (28, 0x30, 4),
    "delay_time": (29, 0x7F, 0),
    "delay_level": (30, 0xF0, 4),
    "delay_feedback": (30, 0x0F, 0),
    "delay_modulation_frequency": (31, 0x1F, 0),
    "delay_modulation_intensity": (32, 0x1F, 0),
    "eq_bass": (33, 0xF0, 4),
    "eq_treble": (33, 0x0F, 0),
}
ONE_BASED = {
    "dco1_octave",
    "dco2_octave",
    "dco1_waveform",
    "dco2_waveform",
    "dco_mode",
    "polarity",
    "trigger",
}


def test_entries_stand_where_the_thread_says() -> None:
    generator = random.Random(5)
    for _ in range(20):
        start = Program(bytes(26))
        values = {row.name: generator.randint(row.minimum, row.maximum) for row in start.parameters}
        table = unpack(start.replacing(values))
        assert len(table) == 34
        for name, (byte, mask, shift) in THREAD.items():
            assert (table[byte] & mask) >> shift == values[name] - (name in ONE_BASED), name
        assert table[1] & 0x0F == sum(
            values[f"dco1_{feet}"] * bit for feet, bit in ((16, 1), (8, 2), (4, 4), (2, 8))
        )
        assert table[2] >> 7 == 1 - values["chorus"]


@given(st.binary(min_size=21, max_size=21) | st.binary(min_size=26, max_size=26))
def test_any_program_survives_the_table(packed: bytes) -> None:
    program = Program(packed)
    table = unpack(program)
    assert len(table) == (34 if len(packed) == 26 else 29)
    assert pack(table, program) == program


def test_wrong_number_of_bytes() -> None:
    with pytest.raises(InputError, match="30 unpacked bytes"):
        pack(bytes(30), Program(bytes(21)))
