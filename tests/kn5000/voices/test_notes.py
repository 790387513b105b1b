"""Notes, pedals and messages: which voices sound, and what is written for them."""

from __future__ import annotations

import pytest
from tests.kn5000.voices.playing import OneSound, Played, sine

from luthier.errors import InputError
from luthier.kn5000.parts.state import Change
from luthier.kn5000.sounds.strike import Segment
from luthier.kn5000.tone_generator.registers import KeyState, Register, latch, mute

SECOND = 44_100


def test_a_stroke_is_written_as_the_firmware_does() -> None:
    played = Played(log=True)
    played.voices.note_on(0, 60, 100)
    assert played.generator.log is not None
    rows = [(int(row["latch"]), int(row["data"])) for row in played.generator.log.rows()]
    # Listing, 0x02C8E4: mute, and at the end the key word; 0x02D101: 23 writes, the gate as the 13th.
    assert rows[:2] == mute(0)
    assert len(rows) == 2 + 23 + 1
    assert rows[2][0] == latch(Register.RECORDING)
    assert rows[2 + 12] == (latch(Register.CONTROL), KeyState.GATE)
    assert rows[-1] == (latch(Register.CONTROL), 0xF000)
    # Pitch: the note above, 80 below (facts 2.1).
    assert (latch(Register.PITCH), (60 << 8) + 0x80) in rows


def test_velocity_0_lets_go() -> None:
    played = Played()
    played.voices.note_on(0, 60, 100)
    played.render(SECOND // 10)
    played.voices.note_on(0, 60, 0)
    played.render(SECOND)
    assert played.voices.sounding == 0


@pytest.mark.parametrize(("part", "note", "velocity"), [(26, 60, 1), (-1, 60, 1), (0, 128, 1), (0, 1, 128)])
def test_what_is_no_note_is_told(part: int, note: int, velocity: int) -> None:
    with pytest.raises(InputError):
        Played().voices.note_on(part, note, velocity)


def test_a_key_struck_twice_sounds_twice_and_is_let_go_twice() -> None:
    played = Played()
    played.voices.note_on(0, 60, 100)
    played.voices.note_on(0, 60, 100)
    played.render(SECOND // 10)
    assert played.voices.sounding == 2
    played.voices.note_off(0, 60)
    played.render(SECOND)
    assert played.voices.sounding == 1
    played.voices.note_off(0, 60)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_parts_do_not_let_go_of_each_others_keys() -> None:
    played = Played()
    played.voices.note_on(0, 60, 100)
    played.voices.note_on(1, 60, 100)
    played.render(SECOND // 10)
    played.voices.note_off(1, 60)
    played.render(SECOND)
    assert played.voices.sounding == 1
    assert played.voices.nodes.keys(0) == [0]


def test_layers_take_a_voice_each() -> None:
    played = Played(OneSound(lambda key, velocity: (sine(key), sine(key + 7), sine(key + 12))))
    played.voices.note_on(0, 60, 100)
    assert played.voices.sounding == 3
    assert (played.voices.statistics.notes, played.voices.statistics.voices) == (1, 3)


def test_sustain_holds_until_the_pedal_is_up() -> None:
    played = Played()
    played.voices.note_on(0, 60, 100)
    played.set(0, Change.SUSTAIN, sustain=True)
    played.render(SECOND // 10)
    played.voices.note_off(0, 60)
    played.voices.note_on(0, 62, 100)
    played.render(SECOND)
    assert played.voices.sounding == 2
    played.set(0, Change.SUSTAIN, sustain=False)
    played.render(SECOND)
    # The key that is still down goes on.
    assert played.voices.sounding == 1
    played.voices.note_off(0, 62)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_sostenuto_holds_only_what_was_down_when_it_went_down() -> None:
    played = Played()
    played.voices.note_on(0, 60, 100)
    played.set(0, Change.SOSTENUTO, sostenuto=True)
    played.voices.note_on(0, 64, 100)
    # Said again, as controllers are; and another pedal moves.
    played.set(0, Change.SOSTENUTO, sostenuto=True)
    played.set(0, Change.SUSTAIN)
    played.render(SECOND // 10)
    played.voices.note_off(0, 60)
    played.voices.note_off(0, 64)
    played.render(SECOND)
    assert played.voices.sounding == 1
    played.set(0, Change.SOSTENUTO, sostenuto=False)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_a_voice_held_by_both_pedals_needs_both_up() -> None:
    played = Played()
    played.voices.note_on(0, 60, 100)
    played.set(0, Change.SOSTENUTO, sostenuto=True)
    played.set(0, Change.SUSTAIN, sustain=True)
    played.render(1000)
    played.voices.note_off(0, 60)
    for change, values in ((Change.SOSTENUTO, {"sostenuto": False}), (Change.SUSTAIN, {"sustain": False})):
        played.render(SECOND)
        assert played.voices.sounding == 1
        played.set(0, change, **values)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_all_notes_off_respects_the_pedal_and_all_sound_off_does_not() -> None:
    played = Played()
    played.set(0, Change.SUSTAIN, sustain=True)
    for note in (60, 64, 67):
        played.voices.note_on(0, note, 100)
    played.voices.note_on(1, 72, 100)
    played.render(SECOND // 10)
    played.voices.update(0, Change.ALL_NOTES_OFF)
    played.render(SECOND)
    assert played.voices.sounding == 4
    played.voices.update(0, Change.ALL_SOUND_OFF)
    played.render(SECOND // 50)
    assert played.voices.sounding == 1
    assert played.voices.nodes.keys(1) == [3]


def test_reset_lifts_the_pedals() -> None:
    played = Played()
    played.set(0, Change.SUSTAIN, sustain=True)
    played.voices.note_on(0, 60, 100)
    played.render(1000)
    played.voices.note_off(0, 60)
    played.set(0, Change.RESET, sustain=False)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_a_group_silences_its_part_only() -> None:
    def hat(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        return (sine(key, velocity, group=1),)

    played = Played(OneSound(hat), OneSound(hat))
    played.voices.note_on(0, 46, 100)
    played.voices.note_on(1, 46, 100)
    played.render(SECOND // 10)
    played.voices.note_on(0, 42, 100)
    played.render(SECOND // 25)
    assert played.voices.sounding == 2
    assert played.voices.nodes.keys(1) == [1]


def test_drums_ring_to_their_end_whatever_the_key_does() -> None:
    def drum(key: int, velocity: int) -> tuple:  # type: ignore[type-arg]
        rings = (Segment(0.0, 0.001), Segment(float("-inf"), 1.0))
        return (sine(key, velocity, to_the_end=True, amplitude=rings),)

    played = Played(OneSound(drum))
    played.voices.note_on(0, 38, 100)
    played.voices.note_off(0, 38)
    played.render(SECOND // 2)
    assert played.voices.sounding == 1
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_drums_are_not_the_first_to_go_though_their_keys_are_up() -> None:
    rings = (Segment(0.0, 0.001), Segment(float("-inf"), 20.0))
    played = Played()
    # Part 9 has a quota of two: four drums are beyond it.
    played.parts.sounds[9] = OneSound(lambda key, velocity: (sine(key, to_the_end=True, amplitude=rings),))
    for note in range(6):
        played.voices.note_on(9, 36 + note, 100)
        played.voices.note_off(9, 36 + note)
    for note in range(58):
        played.voices.note_on(0, 20 + note, 100)
    played.render(SECOND // 10)
    played.voices.note_off(0, 20)
    played.voices.note_on(0, 100, 100)
    # The voice that was let go is taken, not a drum.
    assert played.voices.statistics.stolen == 1
    assert played.voices.nodes.keys(0, key=1) == []
    assert len(played.voices.nodes.keys(9, key=1)) == 6


def test_what_is_silenced_is_not_silenced_again() -> None:
    played = Played(OneSound(lambda key, velocity: (sine(key, group=1),)), log=True)
    assert played.generator.log is not None
    for _ in range(3):
        played.voices.note_on(0, 42, 100)
        played.render(SECOND // 50)
    releases = [
        row for row in played.generator.log.rows() if row["latch"] >> 6 == 0x20 and row["data"] >> 8 == 0xFF
    ]
    # Three mutes of voices that begin, and two that are silenced.
    assert len(releases) == 3 + 2


def test_what_would_ring_for_ever_is_let_go_all_the_same() -> None:
    played = Played(OneSound(lambda key, velocity: (sine(key, velocity, to_the_end=True),)))
    played.voices.note_on(0, 38, 100)
    played.voices.note_off(0, 38)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_a_note_without_length_is_heard_for_10_ms() -> None:
    played = Played()
    played.voices.note_on(0, 69, 100)
    played.voices.note_off(0, 69)
    assert played.voices.ticking
    heard = abs(played.render(SECOND // 50)).max()
    assert heard > 0.4
    played.render(SECOND)
    assert played.voices.sounding == 0
    assert not played.voices.ticking


def test_a_mono_part_goes_back_to_the_key_that_is_still_held() -> None:
    played = Played()
    played.set(0, Change.NONE, mono=True)
    played.voices.note_on(0, 60, 100)
    played.render(SECOND // 10)
    played.voices.note_on(0, 67, 100)
    played.render(SECOND // 10)
    assert played.voices.sounding == 1
    played.voices.note_off(0, 67)
    played.render(SECOND // 10)
    down = played.voices.nodes.keys(0)
    assert len(down) == 1
    assert played.generator.read_register(latch(Register.PITCH, down[0])) >> 8 == 60
    played.voices.note_off(0, 60)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_muted_parts_take_voices_and_are_silent() -> None:
    played = Played()
    played.voices.muted.add(0)
    played.voices.note_on(0, 60, 100)
    assert abs(played.render(SECOND // 10)).max() == 0
    assert played.voices.sounding == 1


def test_theft_is_counted_and_no_voice_is_lost() -> None:
    played = Played()
    for note in range(80):
        played.voices.note_on(0, note + 20, 100)
    statistics = played.voices.statistics
    assert (statistics.notes, statistics.voices, statistics.stolen, statistics.peak) == (80, 80, 16, 64)
    played.render(SECOND // 10)
    assert played.voices.sounding == 64
    for note in range(80):
        played.voices.note_off(0, note + 20)
    played.render(SECOND)
    assert played.voices.sounding == 0


def test_voices_that_fell_silent_are_used_again() -> None:
    played = Played()
    for note in range(64):
        played.voices.note_on(0, note + 20, 100)
    played.render(SECOND // 10)
    played.voices.update(0, Change.ALL_NOTES_OFF)
    played.render(SECOND)
    for note in range(64):
        played.voices.note_on(0, note + 20, 100)
    assert played.voices.statistics.stolen == 0


def test_only_words_that_change_are_written() -> None:
    played = Played(log=True)
    played.voices.note_on(0, 60, 100)
    played.render(1000)
    assert played.generator.log is not None
    before = len(played.generator.log)
    played.set(0, Change.RESET)
    assert len(played.generator.log) == before
    played.set(0, Change.LEVEL, level=-6.0)
    rows = played.generator.log.rows()[before:]
    assert [int(row["latch"]) for row in rows] == [latch(Register.EXPRESSION)]
    # Register 03 attenuates by 256 steps for 6.02 dB.
    assert int(rows[0]["data"]) == 255
