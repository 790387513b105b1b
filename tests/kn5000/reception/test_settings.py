"""Settings between reception and parts: the parts change, the voices and effects follow."""

from __future__ import annotations

import pytest
from tests.kn5000.parts.playing import new_parts
from tests.kn5000.reception.listening import gs
from tests.kn5000.reception.player import Player

from luthier.kn5000.effects import GsReverb
from luthier.kn5000.parts import Change


@pytest.fixture
def player() -> Player:
    return Player()


def test_a_reset_reaches_everything(player: Player) -> None:
    player.receive("B0 07 01", gs("40 01 30 00"), gs("40 00 04 20"), gs("40 11 15 01"))
    assert player.settings.reverb.macro == 0
    player.voices.told.clear()
    player.receive("F0 7E 7F 09 01 F7")
    assert player.parts.state(0) == new_parts().state(0)
    assert player.settings.reverb == GsReverb()
    assert player.voices.told == [(part, Change.RESET | Change.ALL_NOTES_OFF) for part in range(26)]


def test_master_settings_reach_all_parts(player: Player) -> None:
    player.receive(gs("40 00 04 40"), gs("40 00 05 42"))
    assert {part for part, _ in player.voices.told} == set(range(26))
    assert player.parts.state(3).tuning == 2.0
    assert player.parts.state(3).level < new_parts().state(3).level


def test_effects(player: Player) -> None:
    player.receive("F0 41 42 12 40 01 30 06 F7", gs("40 01 3D 20"))
    assert player.settings.reverb.macro == 6
    assert player.settings.chorus.rate == 32


def test_scale_notes_one_by_one(player: Player) -> None:
    player.receive(gs("40 11 4B 0E"), gs("40 11 40 72"))
    scale = player.parts.state(0).scale
    assert scale == (0.5, *(0.0,) * 10, -0.5)


def test_drums_of_a_map(player: Player) -> None:
    player.receive(gs("41 02 26 64"), gs("41 02 24 00"))
    notes = player.parts.state(9).notes
    assert notes[38].level == 0.0
    assert notes[36].level == float("-inf")
    assert not player.parts.state(0).notes


def test_resonance_is_counted_as_a_controller(player: Player) -> None:
    player.receive(gs("40 11 33 50"), "B0 47 50")
    assert player.parts.unsupported == {"controller 71 resonance": 2}
