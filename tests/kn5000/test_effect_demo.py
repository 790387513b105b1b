"""Sections of the song through effects: the same notes as in the song, commands that do the same, a page."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from luthier import cli
from luthier.audio import files
from luthier.kn5000 import effect_demo, songs
from luthier.kn5000.sounds.built_in import BuiltInSounds
from luthier.midi.song import read_song


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("effects")


@pytest.fixture(scope="module")
def commands(folder: Path) -> list[str]:
    found: list[str] = []
    effect_demo.run(folder, BuiltInSounds(), lambda command, _lines: found.append(command))
    return found


@pytest.mark.parametrize("title", [section.title for section in songs.sections()])
def test_a_section_alone_lasts_as_long_and_has_its_notes(title: str) -> None:
    section = next(section for section in songs.sections() if section.title == title)
    alone, whole = read_song(effect_demo.section_file(title)), read_song(songs.built_in_song())
    assert title in alone.title
    struck = alone.events[(alone.events["status"] & 0xF0 == 0x90) & (alone.events["data2"] > 0)]
    same = whole.events[(whole.events["status"] & 0xF0 == 0x90) & (whole.events["data2"] > 0)]
    near = (same["seconds"] > section.start - 0.1) & (same["seconds"] < section.end - 0.05)
    # Human time is by chance, so that a note at the edge may fall on either side of it.
    assert len(struck) == pytest.approx(int(near.sum()), abs=6)
    assert struck["seconds"].max() < section.end - section.start + 0.1
    assert struck["seconds"].min() >= 0


def test_the_commands_do_what_was_done(
    folder: Path, commands: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(commands) == len(effect_demo.VERSIONS)
    for command, version in zip(commands, effect_demo.VERSIONS, strict=True):
        again = tmp_path / "again.wav"
        words = shlex.split(command)
        words[words.index("-o") + 1] = str(again)
        monkeypatch.setattr(sys, "argv", ["luthier", *words, "--force"])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
        assert again.read_bytes() == (folder / f"{version.name}.wav").read_bytes()


def test_pieces_are_heard_and_do_not_clip(folder: Path, commands: list[str]) -> None:
    assert commands
    for version in effect_demo.VERSIONS:
        samples = files.read(folder / f"{version.name}.wav").samples
        assert 0.1 < np.abs(samples).max() < 1
        assert np.abs(samples[-4410:]).max() < 0.005


def test_the_organ_goes_round(folder: Path, commands: list[str]) -> None:
    """TREBLE FAST 45 is 7 Hz: so often a second what the horn sounds leans to one side and the other."""
    assert commands
    samples = files.read(folder / "rotary-organ.wav").samples
    assert "TREBLE FAST=45" in commands[0]
    sound = samples[44_100 : 44_100 * 6].astype(np.float64)
    spectrum = np.fft.rfft(sound, axis=0)
    hertz = np.fft.rfftfreq(len(sound), 1 / 44_100)
    spectrum[(hertz < 1500) | (hertz > 4000)] = 0
    power = np.fft.irfft(spectrum, len(sound), axis=0) ** 2
    left, right = power[: len(power) // 441 * 441].reshape(-1, 441, 2).sum(axis=1).T
    lean = (left - right) / (left + right)
    turns = np.abs(np.fft.rfft((lean - lean.mean()) * np.hanning(len(lean))))
    rates = np.fft.rfftfreq(len(lean), 0.01)
    heard = (rates > 4) & (rates < 12)
    assert rates[heard][turns[heard].argmax()] == pytest.approx(7, abs=0.3)


def test_the_page_plays_the_pieces(folder: Path, commands: list[str]) -> None:
    assert commands
    text = (folder / effect_demo.PAGE).read_text(encoding="utf-8")
    for version in effect_demo.VERSIONS:
        assert f'src="{version.name}.wav"' in text
        assert version.title in text
