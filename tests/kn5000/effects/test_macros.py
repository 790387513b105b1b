"""General Standard's macros as effects of the machine."""

from __future__ import annotations

import pytest

from luthier.kn5000.effects import GsChorus, GsReverb, Rack, macros
from luthier.kn5000.effects.named import effect

#: By GS's numbers of the macros (SC-8820, page 41; SC-8850, page 83), the effects whose names say the same.
REVERBS = {
    0: "ROOM REVERB 1", 1: "ROOM REVERB 2", 2: "ROOM REVERB 2", 3: "CONCERT REVERB 1", 4: "CONCERT REVERB 2",
    5: "PLATE REVERB 1", 6: "SINGLE DELAY", 7: "MULTI TAP DELAY",
}  # fmt: skip
CHORUSES = {
    **dict.fromkeys(range(4), "CHORUS"), 4: "FLANGER", 5: "FLANGER", 6: "SINGLE DELAY", 7: "SINGLE DELAY"
}  # fmt: skip


@pytest.mark.parametrize("macro", range(8))
def test_every_macro_has_its_effect(macro: int) -> None:
    rack = Rack()
    reverb, chorus = macros.reverb(GsReverb.of_macro(macro)), macros.chorus(GsChorus.of_macro(macro))
    rack.apply(1, reverb)
    rack.apply(0, chorus)
    there = [contents.effect for contents in rack.contents()]
    assert there[:2] == [CHORUSES[macro], REVERBS[macro]]
    for slot, choice in enumerate((chorus, reverb)):
        values = {value.name: value.value for value in rack.contents()[slot].parameters}
        assert values["VOLUME"] == pytest.approx(100 * 64 / 127)
        # Nothing of a macro's own values lies beyond what the effect takes.
        assert {name: values[name] for name in choice.settings} == pytest.approx(choice.settings)


@pytest.mark.parametrize(("macro", "seconds"), [(0, 1.1), (1, 1.3), (2, 1.5), (3, 1.8), (4, 1.8), (5, 1.3)])
def test_rooms_ring_as_long_as_general_midi_2_says(macro: int, seconds: float) -> None:
    assert macros.reverb(GsReverb.of_macro(macro)).settings["REVERB TIME"] == pytest.approx(seconds)


def test_a_chorus_goes_as_fast_and_as_far_as_general_midi_2_says() -> None:
    # CA-024: rate 3 is 3 * 0.122 Hz; depth 19 is 20 / 3.2 ms from end to end, and CHORUS has 10 ms at 100 %.
    settings = macros.chorus(GsChorus()).settings
    assert settings["LFO SPEED"] == pytest.approx(0.366)
    assert settings["DEPTH"] == pytest.approx(62.5)


def test_single_numbers_reach_parameters() -> None:
    reverb = GsReverb().changed(0x33, 127).changed(0x37, 100).changed(0x34, 104)
    assert macros.reverb(reverb).settings["VOLUME"] == 100
    assert macros.reverb(reverb).settings["PRE DELAY"] == 100
    # A step of the time is 2.5 % (exp 0.025): 40 steps are e.
    assert macros.reverb(reverb).settings["REVERB TIME"] == pytest.approx(1.8 * 2.718281828)
    chorus = GsChorus().changed(0x3F, 127)
    assert macros.chorus(chorus).settings["REV SEND"] == pytest.approx(100 * 127 * 0.00787)


@pytest.mark.parametrize("value", [0, 127])
@pytest.mark.parametrize(
    "address", [0x31, 0x32, 0x33, 0x34, 0x35, 0x37, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F]
)
@pytest.mark.parametrize("macro", [0, 4, 5, 6, 7])
def test_no_number_is_too_much(macro: int, address: int, value: int) -> None:
    rack = Rack()
    rack.apply(1, macros.reverb(GsReverb.of_macro(macro).changed(address, value)))
    rack.apply(0, macros.chorus(GsChorus.of_macro(macro).changed(address, value)))


def test_the_same_effect_with_other_numbers_stays_and_glides() -> None:
    rack = Rack()
    before = rack.slots[1].effect
    rack.apply(1, macros.reverb(GsReverb().changed(0x33, 100)))
    assert rack.slots[1].effect is before
    rack.apply(1, macros.reverb(GsReverb.of_macro(5)))
    assert rack.slots[1].effect is not before


def test_held_slots_are_left_alone_and_counted() -> None:
    rack = Rack()
    rack.held.add(1)
    assert not rack.follow(1, macros.reverb(GsReverb.of_macro(5)))
    assert rack.follow(0, macros.chorus(GsChorus.of_macro(5)))
    assert [there.effect for there in rack.contents()[:2]] == ["FLANGER", "CONCERT REVERB 2"]
    assert rack.overridden == {"reverb: PLATE REVERB 1": 1}


def test_ranges_are_kept() -> None:
    longest = effect("SINGLE DELAY").parameter("DELAY L").high
    rack = Rack()
    rack.apply(1, macros.reverb(GsReverb.of_macro(6).changed(0x34, 127)))
    assert rack.slots[1].effect.settings["DELAY L"] == longest
