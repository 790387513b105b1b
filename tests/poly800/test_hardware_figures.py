"""Figures of the hardware that follow from other published figures by arithmetic alone.

They keep what the voice is built on.  Everything is computed here from the tables and clocks of the Poly-800
facts, section 4.
"""

from __future__ import annotations

import math

import pytest

#: Dividers of the MSM5232, one octave, lowest note first; the clock at which its A is 440 Hz (MAME).
DIVIDERS = (478, 451, 426, 402, 379, 358, 338, 319, 301, 284, 268, 253)
TONE_CLOCK = 2_119_040
PLACE_OF_A = 8

#: The MG's steps per tick, by the value of its frequency parameter (81).
MG_STEPS = bytes.fromhex("01 02 03 04 06 08 0B 0E 11 15 19 1E 24 2B 34 3E")
#: Interrupts a second and slots of the scheduler.
INTERRUPTS = 3_000
SLOTS = 16
#: 00 08 .. C0 in steps of eight, then the steps grow.
LINEAR_TABLE = bytes([*range(0x00, 0xC1, 8), *bytes.fromhex("C9 D2 DB E4 ED F6 FE")])


def cents(ratio: float) -> float:
    return 1200 * math.log2(ratio)


def test_dividers_are_within_one_and_a_half_cent_of_equal_temperament() -> None:
    errors = [
        cents(TONE_CLOCK / 16 / divider / (440 * 2 ** ((place - PLACE_OF_A) / 12)))
        for place, divider in enumerate(DIVIDERS)
    ]
    assert errors[PLACE_OF_A] == 0.0
    assert min(errors) == pytest.approx(-1.31, abs=0.005)
    assert max(errors) == pytest.approx(1.08, abs=0.005)


def test_no_integer_comes_nearer_than_the_dividers() -> None:
    for place, divider in enumerate(DIVIDERS):
        exact = TONE_CLOCK / 16 / (440 * 2 ** ((place - PLACE_OF_A) / 12))
        assert divider == round(exact)


def test_sixteen_slots_of_the_interrupt_make_the_tick_of_the_modulation() -> None:
    assert INTERRUPTS / SLOTS == 187.5
    # What a user measured between interrupts: 0.34 ms.
    measured = 0.34e-3
    assert 1 / measured == pytest.approx(2_940, abs=2)


def modulation_wave(step: int, ticks: int) -> list[int]:
    """The MG as told: an 8-bit accumulator that turns the sign round when it overflows."""
    wave, counter, sign = [], 0, 1
    for _ in range(ticks):
        counter += step
        if counter > 0xFF:
            counter &= 0xFF
            sign = -sign
        wave.append(sign * (((~counter if counter & 0x80 else counter) & 0x7E) >> 1))
    return wave


@pytest.mark.parametrize(("value", "hertz"), [(0, 0.366), (15, 22.7)])
def test_modulation_runs_from_0_366_to_22_7_hz(value: int, hertz: float) -> None:
    tick = INTERRUPTS / SLOTS
    step = MG_STEPS[value]
    # 512 steps are a cycle; over 512 ticks there are as many cycles as steps.
    signs = [sample > 0 for sample in modulation_wave(step, 512 * 8) if sample]
    cycles = sum(not before and after for before, after in zip(signs, signs[1:] + signs[:1], strict=True))
    assert cycles == 8 * step
    assert cycles / (512 * 8 / tick) == pytest.approx(hertz, rel=0.002)


def test_modulation_goes_up_to_63_and_its_depth_to_116() -> None:
    assert {abs(sample) for sample in modulation_wave(1, 512)} == set(range(64))
    # Four bits of depth add 63, 31, 15 and 7: what a shift throws away is lost.
    assert sum(63 >> shift for shift in range(4)) == 116


def test_delay_of_the_modulation_is_up_to_1_28_seconds() -> None:
    assert len(LINEAR_TABLE) == 32
    assert LINEAR_TABLE[23] == 0xB8
    assert LINEAR_TABLE[31] == 0xFE
    longest = 2 * LINEAR_TABLE[15]
    assert longest == 240
    assert longest / (INTERRUPTS / SLOTS) == 1.28


@pytest.mark.parametrize(
    ("pulses", "hertz_cents", "printed"), [(256, 6.78, 6.5), (128, 13.58, 13), (64, 27.3, 26)]
)
def test_dropped_pulses_give_the_detune_of_the_specification(
    pulses: int, hertz_cents: float, printed: float
) -> None:
    lower = cents(pulses / (pulses - 1))
    assert lower == pytest.approx(hertz_cents, abs=0.05)
    assert lower == pytest.approx(printed, rel=0.05)
    # Equal steps up to 20 cents, as the public synth has it, are not what the specification prints.
    assert abs(20 / 3 * {256: 1, 128: 2, 64: 3}[pulses] - printed) > (0.1 if pulses == 256 else 0.3)


@pytest.mark.parametrize(("crystal", "divisor"), [(5_000_000, 5), (6_000_000, 6)])
def test_either_crystal_gives_the_midi_clock(crystal: int, divisor: int) -> None:
    # The 8085 divides its crystal by two; the 6850 its clock by 16.
    assert crystal / 2 / divisor / 16 == 31_250


def test_the_measured_cpu_clock_is_nearer_to_a_crystal_of_6_mhz() -> None:
    # A user's oscilloscope: 0.30 to 0.34 us a period.
    for period in (0.30e-6, 0.34e-6):
        assert abs(2 / period - 6e6) < abs(2 / period - 5e6)
