"""Rendering to files, auditions, and playing live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from tests.poly800.voice.tones import RATE, program

from luthier.errors import OutputExistsError, UsageError
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.program import PROGRAM_NUMBERS
from luthier.poly800.synth import Synth
from luthier.poly800.voice import Voice, live, phrases, pictures, rendering
from luthier.poly800.voice.audition import audition, sound_of
from luthier.poly800.voice.reception import Reception


def test_a_phrase_becomes_a_file(tmp_path: Path) -> None:
    voice = Voice(built_in_bank(), number=31)
    report = rendering.render_file(voice, phrases.notes("C3 E3 G3"), tmp_path / "a.wav", tail=0.5)
    samples, rate = soundfile.read(tmp_path / "a.wav", always_2d=True)
    assert rate == RATE
    assert samples.shape == (2 * RATE, 2)
    assert (report.duration, report.program, report.notes, report.synth) == (2.0, 31, 3, "poly800")
    assert report.peak == pytest.approx(20 * np.log10(np.abs(samples).max()), abs=0.01)
    assert report.peak is not None and report.peak < -0.99


def test_without_a_tail_it_ends_with_silence(tmp_path: Path) -> None:
    voice = Voice(program(deg1_release=20))
    report = rendering.render_file(voice, phrases.notes("C4"), tmp_path / "a.wav")
    # Half a second, a release of 0.27 s, a twentieth of silence.
    assert 0.7 < report.duration < 1.0
    assert not soundfile.read(tmp_path / "a.wav")[0][-500:].any()


def test_gain_and_limiter(tmp_path: Path) -> None:
    loud = rendering.render_file(
        Voice(program()), phrases.notes("C3+E3+G3"), tmp_path / "a.wav", gain=40, bits=24
    )
    assert loud.peak == pytest.approx(-1.0, abs=0.01)
    assert loud.limited > 0.3
    assert any("limiter" in line for line in rendering.lines(loud))


def test_the_sequence_becomes_a_file(tmp_path: Path) -> None:
    voice = Voice(built_in_bank())
    voice.play_sequence(240.0)
    report = rendering.render_file(voice, None, tmp_path / "a.flac", tail=0)
    # 64 sixteenths at 240 are four seconds.
    assert report.duration == pytest.approx(4.0, abs=0.1)
    assert report.notes == 44


class _Resources(HTMLParser):
    """Everything a page asks for, and what a strict content policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.stopped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.asked += [value or "" for name, value in attrs if name in ("src", "href")]
        self.stopped += [name for name, _ in attrs if name == "style" or name.startswith("on")]
        if tag in ("script", "style"):
            self.stopped.append(tag)


def test_the_page_of_an_audition(tmp_path: Path) -> None:
    entries = audition(built_in_bank(Synth.MK2), tmp_path / "page", rate=8_000, seconds=0.5, kind="wav")
    assert [entry.number for entry in entries] == list(PROGRAM_NUMBERS)
    assert entries[0].name == "Town Hall Brass"
    assert all(0 < entry.peak <= 0.9 for entry in entries[:8])
    page = _Resources()
    page.feed((tmp_path / "page" / "index.html").read_text(encoding="utf-8"))
    assert not page.stopped
    # Sound and picture of each, the style sheet; nothing from elsewhere.
    assert len(page.asked) == 129
    assert all(re.fullmatch(r"[\w.]+", name) and (tmp_path / "page" / name).exists() for name in page.asked)
    assert soundfile.info(tmp_path / "page" / "88.wav").frames == 4_000
    with pytest.raises(OutputExistsError):
        audition(built_in_bank(), tmp_path / "page")
    with pytest.raises(UsageError):
        audition(built_in_bank(), tmp_path / "other", kind="exe")


def test_an_audition_names_what_it_clamps(tmp_path: Path) -> None:
    bank = built_in_bank()
    odd = bank.program(11).replacing({"cutoff": 127}, allow_out_of_range=True)
    _, _, warnings = sound_of(bank.with_programs([odd, *bank.programs[1:]]), 11, 8_000, 0.2)
    assert warnings == ["program 11: 41 cutoff is 127, out of range (0 to 99); 99 is played"]


def test_pictures_show_level_and_spectrum() -> None:
    times = np.arange(RATE) / RATE
    tone = (np.sin(2 * np.pi * 1_000 * times) * np.linspace(0, 1, RATE)).astype(np.float32)
    sound = np.stack([tone, tone], 1)
    level = pictures.levels(sound, 10)
    assert level == pytest.approx(np.linspace(0.1, 1, 10), abs=0.02)
    bands = pictures.spectrum(sound, RATE, 60)
    edges = np.geomspace(40, 16_000, 61)
    assert edges[bands.argmax()] <= 1_000 <= edges[bands.argmax() + 1]
    for shown in (sound, np.zeros_like(sound), sound[:5]):
        root = ElementTree.fromstring(pictures.picture(shown, RATE))
        assert root.tag.endswith("svg")
        assert all("nan" not in value for shape in root.iter() for value in shape.attrib.values())


class _Card:
    name, missed = "a card", 0

    def __init__(self) -> None:
        self.blocks: list[np.ndarray] = []

    def put(self, block: np.ndarray) -> None:
        self.blocks.append(block.copy())


class _Port:
    def __init__(self, sent: Iterator[bytes]) -> None:
        self._sent = sent

    def receive(self, timeout: float) -> bytes:
        return next(self._sent, b"")


def test_a_phrase_is_played_live() -> None:
    voice, card = Voice(program(), rate=8_000), _Card()
    player = live.Player(live.Messages(phrases.notes("C4:0.5"), 8_000), voice, Reception(voice), card)
    heard: list[float] = []
    player.play(heard.append)
    assert voice.silent
    assert heard[-1] > 0.5
    assert np.abs(np.concatenate(card.blocks)).max() > 0.01


def test_a_keyboard_is_played_live_until_it_is_stopped() -> None:
    voice, card = Voice(program(), rate=8_000), _Card()
    # Running status, and a message cut in two between blocks.
    port = _Port(iter([b"\x90\x3c", b"", b"\x40\x40\x40"]))
    player = live.Player(live.Keys(port), voice, Reception(voice), card)

    def stop(seconds: float) -> None:
        if seconds > 0.5:
            assert voice.sounding == 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        player.play(stop)
    assert voice.sounding == 0
