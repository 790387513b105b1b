"""Whole songs: nothing hangs, nothing depends on blocks, programs are about equally loud."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kn5000.songs.material import LEFT_SOUNDING, MATERIAL

from luthier.audio.loudness import LoudnessMeter
from luthier.kn5000.engine import Engine
from luthier.midi.song import Song, read_song

RATE = 44_100
#: Decibels between the loudest and the softest program, middle keys struck with 100.
SPREAD = 6.0
#: Effects that are noise, come late or come and go: their loudest 400 ms says little.
NOT_MUSICAL = {119, *range(120, 128)}


def _pieces(engine: Engine, song: Song, block: int = 1 << 20) -> Iterator[NDArray[np.float32]]:
    for seconds, message in song.messages():
        frame = round(seconds * RATE)
        while engine.generator.time < frame:
            yield engine.render(min(frame - engine.generator.time, block))
        engine.receive(message)


@pytest.mark.parametrize("name", [name for name in MATERIAL if name not in LEFT_SOUNDING])
def test_nothing_hangs_after_a_song(name: str) -> None:
    engine = Engine()
    for piece in _pieces(engine, read_song(MATERIAL[name]())):
        assert np.isfinite(piece).all()
    assert engine.statistics.notes > 0
    # No message ends anything here: the song's own key ups did.
    engine.render(20 * RATE)
    assert engine.silent


@pytest.mark.parametrize("name", LEFT_SOUNDING)
def test_what_a_song_leaves_sounding_ends_with_all_notes_off(name: str) -> None:
    engine = Engine()
    for _ in _pieces(engine, read_song(MATERIAL[name]())):
        pass
    for channel in range(16):
        for controller in (64, 66, 123):
            engine.receive(bytes([0xB0 | channel, controller, 0]))
    engine.render(20 * RATE)
    assert engine.silent


@pytest.mark.parametrize("name", ["portamento", "crowd"])
def test_songs_do_not_depend_on_blocks(name: str) -> None:
    song = read_song(MATERIAL[name]())
    whole, small = (np.concatenate(list(_pieces(Engine(), song, block))) for block in (1 << 20, 64))
    assert np.array_equal(whole, small)


def test_programs_are_about_equally_loud() -> None:
    loudness = {}
    for program in set(range(128)) - NOT_MUSICAL:
        measured = []
        for key in (48, 60, 72):
            engine = Engine()
            engine.program(0, program)
            engine.control(0, 91, 0)
            engine.note_on(0, key, 100)
            meter = LoudnessMeter(RATE)
            meter.add(engine.render(3 * RATE // 2))
            measured.append(meter.result().momentary)
        loudness[program] = float(np.mean(measured))
    middle = float(np.median(list(loudness.values())))
    beyond = {
        program: level - middle for program, level in loudness.items() if abs(level - middle) > SPREAD / 2
    }
    assert not beyond
