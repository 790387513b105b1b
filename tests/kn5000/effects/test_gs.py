"""Macros and numbers of General Standard, and what they mean in seconds and hertz."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.effects import Character, Chorus, GsChorus, GsReverb, Reverb


def test_macros_have_the_types_of_general_midi_2() -> None:
    # GM 2, global parameter control: the chorus types' feedback, rate and depth.
    wanted = ((0, 0.4, 1.9), (5, 1.1, 6.3), (8, 0.4, 6.3), (16, 1.1, 5.3), (64, 0.2, 7.8), (112, 0.1, 1.9))
    for macro, (feedback, rate, depth) in enumerate(wanted):
        chorus = GsChorus.of_macro(macro).chorus
        assert chorus.feedback == pytest.approx(feedback * 0.00763)
        assert chorus.rate == pytest.approx(rate, abs=0.05)
        assert chorus.depth * 1000 == pytest.approx(depth, abs=0.06)
    for macro, seconds in enumerate((1.1, 1.3, 1.5, 1.8, 1.8, 1.3)):
        assert GsReverb.of_macro(macro).reverb.time == pytest.approx(seconds)


def test_power_on_is_hall_2_and_chorus_3() -> None:
    assert GsReverb() == GsReverb.of_macro(4)
    assert GsChorus() == GsChorus.of_macro(2)
    assert GsReverb().reverb.character is Character.HALL_2


def test_a_message_changes_one_number_and_a_macro_all() -> None:
    reverb = GsReverb().changed(0x33, 100).changed(0x37, 40)
    assert (reverb.level, reverb.predelay, reverb.time) == (100, 40, 64)
    assert reverb.reverb.predelay == 0.04
    assert reverb.changed(0x30, 0) == GsReverb.of_macro(0)
    assert GsChorus().changed(0x38, 5) == GsChorus.of_macro(5)
    # A step of the time is 2.5 %.
    longer = GsReverb().changed(0x34, 65).reverb.time / GsReverb().reverb.time
    assert math.log(longer) == pytest.approx(0.025)


@given(st.integers(0, 0x7F), st.integers(-5, 300))
def test_any_message_leaves_something_that_sounds(address: int, value: int) -> None:
    for macro in range(8):
        reverb = GsReverb.of_macro(macro).changed(address, value)
        chorus = GsChorus.of_macro(macro).changed(address, value)
        assert isinstance(reverb.reverb, Reverb)
        assert isinstance(chorus.chorus, Chorus)
        if not 0 <= value <= 127:
            assert (reverb, chorus) == (GsReverb.of_macro(macro), GsChorus.of_macro(macro))


def test_settings_out_of_range_are_refused() -> None:
    for make in (
        lambda: Reverb(time=0),
        lambda: Reverb(Character.DELAY, time=1.8),
        lambda: Reverb(level=math.nan),
        lambda: Chorus(feedback=1),
        lambda: Chorus(rate=-1),
    ):
        with pytest.raises(InputError, match="choose a value from"):
            make()
