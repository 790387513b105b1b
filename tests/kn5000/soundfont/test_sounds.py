"""Which preset a program is, and which fonts are installed."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from tests.kn5000.soundfont import writer
from tests.kn5000.soundfont.test_font import opened
from tests.kn5000.soundfont.writer import Instrument, Preset, Recorded, Zone

from luthier.kn5000.soundfont import installed, open_soundfont
from luthier.kn5000.soundfont.sounds import SoundFontSounds
from luthier.kn5000.tone_generator.recordings import check
from luthier.kn5000.waves import tones

WAVE = Recorded(np.arange(1000, dtype=np.int16), loop=(100, 900))


def with_presets(*places: tuple[int, int]) -> SoundFontSounds:
    """A font whose presets (bank, program) are called by their place."""
    presets = [Preset([Zone(0)], program, bank, f"{bank}:{program}") for bank, program in places]
    return opened(writer.font([WAVE], [Instrument([Zone(0)])], presets))


@pytest.mark.parametrize(
    ("program", "bank", "found"),
    [
        (5, (0, 0), "0:5"),
        (5, (8, 0), "8:5"),
        (5, (0, 8), "0:5"),
        (6, (0, 8), "8:6"),
        (5, (3, 0), "0:5"),
        (7, (8, 0), "0:5"),  # the same family first
        (8, (0, 0), "0:14"),
        (100, (0, 0), "0:14"),
        (16, (128, 0), "0:14"),  # kits are no tones
        (300, (999, -4), "0:14"),
    ],
)
def test_the_nearest_tone(program: int, bank: tuple[int, int], found: str) -> None:
    sounds = with_presets((0, 5), (8, 5), (8, 6), (0, 14), (128, 16), (128, 0))
    assert sounds.sound(program, bank).name == found


@pytest.mark.parametrize(
    ("program", "found"), [(16, "128:16"), (20, "128:16"), (24, "128:3"), (3, "128:3"), (0, "128:3")]
)
def test_the_nearest_kit(program: int, found: str) -> None:
    assert with_presets((0, 0), (128, 16), (128, 3)).sound(program, drums=True).name == found


def test_kits_and_tones_do_not_stand_in_for_each_other() -> None:
    assert with_presets((0, 0)).sound(0, drums=True).strikes(36, 100) == ()
    assert with_presets((128, 0)).sound(0).strikes(60, 100) == ()


def test_categories_are_those_of_general_midi() -> None:
    sounds = with_presets((0, 0), (0, 73), (128, 0))
    assert sounds.sound(73).category == tones.tone(73).category
    assert sounds.sound(0, drums=True).category == 15


def test_strokes_are_remembered() -> None:
    sound = with_presets((0, 0)).sound(0)
    assert sound.strikes(60, 100) is sound.strikes(60, 100)


def test_a_stroke_has_no_more_strikes_than_there_are_voices() -> None:
    crowd = writer.font([WAVE], [Instrument([Zone(0)] * 50)], [Preset([Zone(0)] * 50)])
    assert len(opened(crowd).sound(0).strikes(60, 100)) == 64


def test_zones_that_agree_share_a_recording() -> None:
    inner = Instrument([Zone(0, {writer.PAN: -500}), Zone(0, {writer.PAN: 500}), Zone(0, {writer.COARSE: 1})])
    sounds = opened(writer.font([WAVE], [inner], [Preset([Zone(0)])]))
    first, second, third = (strike.selector for strike in sounds.sound(0).strikes(60, 100))
    assert first == second != third
    assert len(sounds.recordings.table) == 2
    check(sounds.recordings)


def test_presets_are_listed() -> None:
    assert list(opened(writer.small()).presets()) == [(0, 0, "First"), (0, 40, "Second"), (128, 0, "Kit")]


def test_installed_fonts_are_found_once_and_general_ones_first(tmp_path: Path) -> None:
    mine, home = tmp_path / "mine", tmp_path / "home"
    folder = home / ".local/share/soundfonts"
    folder.mkdir(parents=True)
    mine.mkdir()
    for path in (mine / "b.SF2", mine / "notes.txt", folder / "harp.sf2", folder / "My GM set.sf2"):
        path.write_bytes(b"")
    (folder / "default-GM.sf2").symlink_to(folder / "harp.sf2")
    found = installed({"SF2_DIR": f"{mine}:{tmp_path / 'none'}", "HOME": str(home)})
    ours = [path.name for path in found if tmp_path in path.parents]
    assert ours == ["b.SF2", "My GM set.sf2", "default-GM.sf2"]


@pytest.mark.skipif(not installed(), reason="no SoundFont is installed")
def test_an_installed_font_has_all_of_general_midi() -> None:
    sounds = open_soundfont(installed()[0])
    check(sounds.recordings)
    for program, key in itertools.product(range(128), (48, 60, 72)):
        strikes = sounds.sound(program).strikes(key, 100)
        assert strikes, f"program {program}, key {key}"
        for strike in strikes:
            assert sounds.recordings.table[strike.selector]["length"] > 0
            assert -100 < strike.level <= 0
            assert len(strike.amplitude) <= 4
            assert len(strike.bend) <= 3
            assert len(strike.filter) <= 3
    for key in (36, 38, 42, 46, 49):
        assert sounds.sound(0, drums=True).strikes(key, 100)
