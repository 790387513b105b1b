"""A song is played from anywhere, at any speed, with a desk that holds, meters and a diary."""

from __future__ import annotations

import numpy as np
import pytest
from tests.midi.songs import END, midi_file, note

from luthier.errors import InputError
from luthier.kn5000.effects.configuration import choice_of, record_of
from luthier.kn5000.effects.named import effect
from luthier.kn5000.effects.pictures import pictures_of
from luthier.kn5000.effects.rack import Rack
from luthier.kn5000.playing.chase import chased
from luthier.kn5000.playing.desk import DeskEngine
from luthier.kn5000.playing.meters import Meters
from luthier.kn5000.playing.place import Place
from luthier.kn5000.playing.session import BLOCK, Session
from luthier.kn5000.rendering.performance import Performance
from luthier.midi.song import Song, read_song

RATE = 44_100
TEMPO = b"\0\xff\x51\x03\x0f\x42\x40"  # a second for a quarter note


def song(*tracks: bytes) -> Song:
    """A tick is 10 ms."""
    return read_song(midi_file(TEMPO + END, *tracks, division=100))


def seconds(session: Session, length: float) -> np.ndarray:
    return np.concatenate([session.block().copy() for _ in range(round(length * RATE / BLOCK))])


def test_of_what_replaces_each_other_the_last_is_told_and_no_note() -> None:
    volume, later, pan = bytes([0xB0, 7, 1]), bytes([0xB0, 7, 2]), bytes([0xB0, 10, 3])
    program, bank = bytes([0xC0, 5]), bytes([0xB0, 0, 8])
    notes = bytes([0x90, 60, 100]), bytes([0x80, 60, 0]), bytes([0xA0, 60, 9])
    bend, bent = bytes([0xE0, 0, 1]), bytes([0xE0, 0, 2])
    assert list(chased([volume, notes[0], bend, pan, later, *notes, bent])) == [later, bent, pan]
    # What acts is told in its place: a bank before its program, what a reset does not undo behind it.
    reset = bytes([0xB0, 121, 0])
    assert list(chased([volume, bank, program, reset, later])) == [volume, bank, program, reset, later]
    assert list(chased([bytes([0xB0, 123, 0]), bytes([0xB0, 120, 0])])) == []


def test_a_place_plays_at_its_speed_and_goes_anywhere() -> None:
    performance = Performance(song(b"\0\xb0\x07\x40" + note(50, 60) + b"\x32\xb0\x07\x20" + END))
    place = Place(performance, 1000)
    place.set_speed(2.0)
    # 0.5 s into the song is 250 frames at twice its speed and 1000 frames a second.
    assert [(frame, message[0]) for frame, message in place.pass_by(300)][:2] == [(0, 0xB0), (250, 0x90)]
    assert place.seconds == pytest.approx(0.6)
    assert place.tempo == pytest.approx(120)
    assert place.go(0.9) == [bytes([0xB0, 7, 0x40])]
    assert place.seconds == pytest.approx(0.9)
    for wrong in (-1.0, performance.seconds + 1, float("nan")):
        with pytest.raises(InputError, match="there is no second"):
            place.go(wrong)
    for wrong in (0.0, 100.0, float("nan")):
        with pytest.raises(InputError, match="a speed of"):
            place.set_speed(wrong)


def test_the_desk_holds_what_it_sets_and_lets_go() -> None:
    engine = DeskEngine()
    engine.turn(2, "volume", 30)
    engine.choose(2, 40)
    engine.receive(bytes([0xB2, 7, 99]))
    engine.receive(bytes([0xC2, 10]))
    engine.receive(bytes([0xF0, 0x7E, 0x7F, 9, 1, 0xF7]))  # GM System On
    strip = engine.strip(2)
    assert (strip.volume, strip.program, strip.held) == (30, 40, ("volume", "sound"))
    engine.turn(2, "volume", None)
    engine.choose(2, None)
    engine.receive(bytes([0xB2, 7, 99]))
    engine.receive(bytes([0xC2, 10]))
    strip = engine.strip(2)
    assert (strip.volume, strip.program, strip.held) == (99, 10, ())
    engine.choose(0, 0, drums=True)
    assert (engine.strip(0).drums, engine.strip(0).category) == (True, 15)
    for act in (
        lambda: engine.turn(26, "pan", 1), lambda: engine.turn(0, "treble", 1),
        lambda: engine.turn(0, "pan", 128), lambda: engine.choose(0, 128), lambda: engine.mute(-1),
        lambda: engine.strip(99),
    ):  # fmt: skip
        with pytest.raises(InputError):
            act()


def test_mute_and_solo_are_heard_at_once_and_voices_go_on() -> None:
    engine = DeskEngine()
    for slot in range(5):
        engine.effects.choose(slot, "NO OPERATION")
    engine.note_on(0, 60, 100)
    engine.note_on(1, 64, 100)
    engine.render(4410)
    engine.mute(0)
    engine.solo(0)
    engine.render(4410)  # words are smoothed
    assert engine.sounding >= 2
    assert np.abs(engine.render(2205)).max() == pytest.approx(0, abs=1e-4)
    engine.mute(0, on=False)
    engine.render(2205)
    assert np.abs(engine.render(2205)).max() > 1e-3
    engine.solo(0, on=False)
    assert engine.muted == set()


def test_meters_tell_the_part_that_plays() -> None:
    engine, meters = DeskEngine(), Meters()
    engine.note_on(3, 60, 127)
    for _ in range(20):
        engine.render(256)
        meters.look(engine.generator, engine.voices.playing)
    parts, voices = meters.read()
    assert -50 < parts[3] < 0
    assert {level for part, level in enumerate(parts) if part != 3} == {-120.0}
    loud = [one.number for one in engine.voices.playing]
    assert max(voices[number] for number in loud) > -50
    assert meters.read()[0][3] == -120.0


def test_a_session_plays_seeks_and_pauses_and_sounds_like_the_engine() -> None:
    session = Session()
    with pytest.raises(InputError, match="no song"):
        session.play()
    session.open(song(b"\0\xc0\x13\0\xb0\x07\x60" + note(0, 200, 60) + END))
    session.play()
    loud = seconds(session, 1.0)
    assert np.sqrt(np.mean(loud**2)) > 0.005
    now = session.now()
    assert now.playing and now.seconds == pytest.approx(1.0, abs=0.01) and now.momentary > -60
    session.pause()
    seconds(session, 1.0)
    assert session.now().seconds == pytest.approx(now.seconds)
    session.go(1.5)  # the key is not struck there, but the program and the volume are told
    assert (session.strips()[0].program, session.strips()[0].volume) == (0x13, 0x60)
    session.play()
    seconds(session, 1.0)
    assert session.now().over


def test_the_diary_has_messages_registers_and_effects() -> None:
    session = Session()
    assert session.diary is None
    session.watch()
    session.engine.receive(bytes([0x90, 60, 100]))
    session.engine.effects.choose("eq", "GEQ")
    assert session.diary is not None
    entries = session.diary.after(0)
    assert {entry.kind for entry in entries} == {"latch", "tone generator", "dsp"}
    latch = session.diary.after(0, {"latch"}, "note")
    # Audio-subsystem page: a packet is a command byte, length less one below the handler, then the message.
    assert [entry.bytes for entry in latch] == ["03 90 00 3C 64"]
    assert session.diary.after(0, {"latch"}, "3c 64") == latch
    assert session.diary.after(session.diary.count) == []
    assert any("effect 79" in entry.text for entry in session.diary.after(0, {"dsp"}))
    with pytest.raises(InputError, match="no kind"):
        session.diary.after(0, {"gossip"})
    session.watch(on=False)
    assert session.diary is None


def test_records_of_slots_are_read_back_as_they_were_set() -> None:
    rack = Rack()
    rack.choose("reverb", "PLATE REVERB 1", {"REVERB TIME": 3.0})
    chain = rack.slots[1].effect
    words = np.frombuffer(record_of(1, chain), "<i2").tolist()  # type: ignore[arg-type]
    choice = choice_of(1, words)
    assert choice is not None and choice.name == "PLATE REVERB 1"
    assert choice.settings["REVERB TIME"] == pytest.approx(3.0, rel=0.05)


def test_curves_are_those_of_what_is_set() -> None:
    flat, lifted = effect("GEQ"), effect("GEQ")
    for parameter in flat.parameters:
        if parameter.unit == "dB":
            flat.set(parameter.name, 0)
            lifted.set(parameter.name, 6)
    (even,), (raised,) = pictures_of(flat), pictures_of(lifted)
    assert np.abs(even.plot.curves[0].y).max() < 0.1
    assert raised.plot.curves[0].y.max() > 5  # decibels
    slow = effect("VIBRATO")
    slow.set("DEPTH", 0)
    assert all(picture.kind for picture in pictures_of(slow))
    assert pictures_of(effect("NO OPERATION")) == ()
