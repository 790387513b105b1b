"""Notes, controllers and pedals as register writes: the words of the engine, in the documented order."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.kn5000.firmware.engine_words import LoggedEngine, Told, voices_of, without_voices
from tests.kn5000.firmware.sub_machine import SubMachine, fresh_machine

from luthier.kn5000.engine import Engine
from luthier.kn5000.parts.laws import portamento_seconds
from luthier.kn5000.tone_generator.registers import (
    KeyState,
    Register,
    Write,
    initialisation,
    latch,
    mute,
    note_on,
    structure,
)
from luthier.kn5000.voices import words
from luthier.kn5000.waves import tones

#: Struck, bowed and blown; with one layer and more, a vibrato at once and one that waits.
PROGRAMS = (0, 5, 16, 24, 33, 48, 61, 66, 73, 81, 89, 108, 122)
DRUMS = 9


def starts(writes: list[Write]) -> list[tuple[int, int]]:
    """What a stroke writes, without voices the engine gives back at the same moment."""
    found = without_voices(writes)
    while found[:2] == [(Register.EXPRESSION, 0), (Register.CONTROL, KeyState.FREE)]:
        del found[:2]
    return found


@pytest.fixture
def machine() -> SubMachine:
    return fresh_machine()


def test_the_chip_is_set_up_with_the_2317_documented_pairs(machine: SubMachine) -> None:
    machine.call("TONEGEN_CONFIG_INIT")
    assert machine.tones.writes == list(initialisation())


def test_a_stroke_is_the_documented_burst(machine: SubMachine) -> None:
    writes = machine.midi(0x90, 0, 60, 100)
    voice = 0
    # Latches alone: mute, the 23 of the burst, the key word behind it (facts 2.1).
    expected = [chosen for chosen, _ in [*mute(voice), *note_on(structure({}), voice)]]
    assert [chosen for chosen, _ in writes[: len(expected)]] == expected
    assert writes[len(expected) - 1] == (latch(Register.CONTROL, voice), words.KEY_WORD)


@pytest.mark.parametrize("program", PROGRAMS)
def test_words_of_a_note_are_the_engines(program: int, machine: SubMachine) -> None:
    """Pitch, level, corner, envelopes, place and sends, for notes on a part in any state."""
    chance, logged, told, engine_told = random.Random(program), LoggedEngine(), Told(), Told()

    def both(
        message: tuple[int, ...], action: Callable[..., object], *arguments: int
    ) -> tuple[list[Write], list[Write]]:
        ours, theirs = machine.midi(*message), logged.after(action, *arguments)
        told.take(ours)
        engine_told.take(theirs)
        return ours, theirs

    engine = logged.engine
    both((0xC0, 0, program, 0, 0), engine.program, 0, program)
    for _ in range(6):
        for number in (1, 7, 10, 11, 91, 93):
            value = chance.randrange(128)
            both((0xB0, 0, number, value), engine.control, 0, number, value)
        bend = chance.randrange(0x4000)
        both((0xE0, 0, bend & 0x7F, bend >> 7), engine.bend, 0, bend)
        key, velocity = chance.randrange(12, 116), chance.randint(1, 127)
        ours, theirs = both((0x90, 0, key, velocity), engine.note_on, 0, key, velocity)
        assert starts(ours) == starts(theirs), (key, velocity)
        for mine, other in zip(voices_of(ours), voices_of(theirs), strict=True):
            assert told.lfos(mine) == engine_told.lfos(other), (key, velocity)


@pytest.mark.parametrize("number", [7, 10, 11, 91, 93])
def test_sounding_voices_follow_a_controller_as_in_the_engine(number: int, machine: SubMachine) -> None:
    logged = LoggedEngine()
    for key in (48, 60, 67):
        machine.midi(0x90, 3, key, 90)
        logged.engine.note_on(3, key, 90)
    for value in (0, 1, 40, 64, 99, 127, 127):
        ours = machine.midi(0xB0, 3, number, value)
        theirs = logged.after(logged.engine.control, 3, number, value)
        assert sorted(without_voices(ours)) == sorted(without_voices(theirs)), value


@pytest.mark.parametrize("kit", [0, 25])
def test_words_of_drums_are_the_engines(kit: int, machine: SubMachine) -> None:
    logged = LoggedEngine()
    machine.midi(0xC0, DRUMS, kit, 0, 0)
    logged.engine.program(DRUMS, kit)
    groups = {key: drum.group for key, drum in tones.kit(kit).notes.items()}
    # Drums of a group choke each other, for which the engine waits 10 ms: of each group one is struck.
    alone = [key for key, group in groups.items() if not group or key == list(groups.values()).index(group)]
    assert len(alone) > 40
    for key in alone:
        theirs = logged.after(logged.engine.note_on, DRUMS, key, 77)
        assert starts(machine.midi(0x90, DRUMS, key, 77)) == starts(theirs), key


def test_a_key_without_a_drum_is_silent(machine: SubMachine) -> None:
    assert machine.midi(0x90, DRUMS, 5, 100) == []


@pytest.mark.parametrize("level", [0xFF, 0xC0, 0x80, 0x10, 0x00])
def test_a_key_that_goes_up_falls_to_silence_as_in_the_engine(level: int, machine: SubMachine) -> None:
    logged = LoggedEngine()
    logged.engine.note_on(0, 60, 100)
    logged.engine.render(1024)
    strike = logged.engine.sounds.sound(0).strikes(60, 100)[0]
    decibels = (level - 0xFF) * 20 * 0.30102999566 / 16
    expected = words.release(decibels, strike.release)
    machine.tones.level = level
    (number,) = voices_of(machine.midi(0x90, 0, 60, 100))
    assert machine.midi(0x90, 0, 60, 0) == [
        (latch(Register.AMPLITUDE_2, number), 0xFF00),
        (latch(Register.AMPLITUDE_1, number), expected),
    ]


def test_a_key_struck_twice_is_let_go_of_in_order(machine: SubMachine) -> None:
    first, second = (voices_of(machine.midi(0x90, 0, 60, 100))[0] for _ in range(2))
    assert first != second
    for voice in (first, second):
        assert {chosen & 0x3F for chosen, _ in machine.midi(0x90, 0, 60, 0)} == {voice}
    assert machine.midi(0x90, 0, 60, 0) == []


def test_the_pedal_holds_until_it_comes_up(machine: SubMachine) -> None:
    machine.midi(0xB0, 0, 64, 127)
    machine.midi(0x90, 0, 60, 100)
    machine.midi(0x90, 1, 60, 100)
    assert machine.midi(0x90, 0, 60, 0) == []
    assert machine.midi(0x90, 1, 60, 0) != []
    assert len(machine.midi(0xB0, 0, 64, 0)) == 2
    assert machine.midi(0xB0, 0, 64, 0) == []


def test_all_notes_off_and_all_sound_off(machine: SubMachine) -> None:
    for key in (60, 64, 67):
        machine.midi(0x90, 2, key, 100)
    assert len(machine.midi(0xB0, 2, 123, 0)) == 3 * 2
    freed = machine.midi(0xB0, 2, 120, 0)
    assert [word for chosen, word in freed if chosen < 64] == [KeyState.FREE] * 3


def test_64_voices_and_then_the_oldest_that_was_let_go(machine: SubMachine) -> None:
    struck = [voices_of(machine.midi(0x90, 0, 30 + key, 100))[0] for key in range(64)]
    assert sorted(struck) == list(range(64))
    for key in (50, 40):
        machine.midi(0x90, 0, 30 + key, 0)
    # Key 40 was struck before key 50; behind them the oldest of all.
    taken = [voices_of(machine.midi(0x90, 0, 100 + more, 100))[0] for more in range(3)]
    assert taken == [struck[40], struck[50], struck[0]]


def test_voices_that_fell_silent_are_given_back(machine: SubMachine) -> None:
    (number,) = voices_of(machine.midi(0x90, 0, 60, 100))
    before = len(machine.tones.writes)
    for _ in range(8 * 4):
        machine.call("VOICE_MANAGER_POLLBANK")
    assert len(machine.tones.writes) == before  # it sounds
    machine.tones.bitmaps[0] &= ~(1 << number)
    for _ in range(8 * 4):
        machine.call("VOICE_MANAGER_POLLBANK")
    assert machine.tones.writes[before:] == [
        (latch(Register.EXPRESSION, number), 0),
        (latch(Register.CONTROL, number), KeyState.FREE),
    ]


def test_a_vibrato_that_waits_comes_in(machine: SubMachine) -> None:
    machine.midi(0xC0, 0, 73, 0, 0)  # a flute
    told = Told()
    told.take(machine.midi(0x90, 0, 72, 100))
    rate, depth = told.lfos(0)
    assert rate and not depth
    depths = []
    for _ in range(600):
        before = len(machine.tones.writes)
        machine.call("MOVE_VOICES")
        told.take(machine.tones.writes[before:])
        depths.append(told.lfos(0)[1])
    strike = Engine().sounds.sound(73).strikes(72, 100)[0]
    assert depths[0] == 0 and depths == sorted(depths)
    assert depths[-1] == round(strike.vibrato.depth * 2.56)


def test_messages_to_parts_that_do_not_exist_do_nothing(machine: SubMachine) -> None:
    for message in ((0x90, 26, 60, 100), (0xB0, 200, 7, 0), (0xC0, 26, 1, 0, 0), (0xE0, 26, 0, 0)):
        assert machine.midi(*message) == []


def test_a_key_glides_from_the_last_one(machine: SubMachine) -> None:
    """In a straight line of semitones, in the time of controller 5; the stroke's words are the engine's."""
    logged, time = LoggedEngine(), 60
    for number, value in ((5, time), (65, 127)):
        machine.midi(0xB0, 0, number, value)
        logged.engine.control(0, number, value)
    for key in (48, 60):
        theirs = logged.after(logged.engine.note_on, 0, key, 100)
        ours = machine.midi(0x90, 0, key, 100)
        assert starts(ours) == starts(theirs)
    place, pitches = machine.symbol("TICKS"), []
    start = machine.memory.read(place, 2)
    for tick in range(1, 120):
        machine.memory.write(place, 2, start + tick)
        before = len(machine.tones.writes)
        machine.call("MOVE_VOICES")
        pitches += [word for chosen, word in machine.tones.writes[before:] if chosen >> 6 == Register.PITCH]
    # Half of the way in half of the time, and then there.
    ticks = round(portamento_seconds(time) / 2.048e-3)
    assert len(pitches) == ticks and pitches == sorted(pitches)
    assert abs(pitches[ticks // 2] - (54 * 256 + 128)) < 256
    assert pitches[-1] == 60 * 256 + 128


def test_a_third_layer_takes_no_voice_whose_key_is_down(machine: SubMachine) -> None:
    program = next(number for number in range(128) if len(tones.tone(number).layers) == 3)
    for key in range(64):
        machine.midi(0x90, 0, 30 + key, 100)
    machine.midi(0xC0, 1, program, 0, 0)
    assert len(voices_of(machine.midi(0x90, 1, 60, 100))) == 2
    machine.midi(0x90, 0, 50, 0)
    assert len(voices_of(machine.midi(0x90, 1, 62, 100))) == 2
    for key in (51, 52, 53):
        machine.midi(0x90, 0, key, 0)
    assert len(voices_of(machine.midi(0x90, 1, 64, 100))) == 3
