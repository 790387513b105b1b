"""The ten songs have the habits that they are made for; mido reads them as well."""

from __future__ import annotations

import io
from collections import Counter
from functools import cache

import mido
import pytest
from tests.kn5000.songs.material import LEFT_SOUNDING, MATERIAL


@cache
def _file(name: str) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(MATERIAL[name]()))


def _messages(name: str) -> list[tuple[float, mido.Message]]:
    """(seconds, message) of everything but meta events."""
    now, found = 0.0, []
    for message in _file(name):
        now += message.time
        if not message.is_meta:
            found.append((now, message))
    return found


def _down(name: str) -> Counter[tuple[int, int]]:
    """How often each key was pressed more than let go."""
    keys: Counter[tuple[int, int]] = Counter()
    for _, message in _messages(name):
        if message.type in ("note_on", "note_off"):
            pressed = message.type == "note_on" and message.velocity > 0
            key = (message.channel, message.note)
            keys[key] = max(keys[key] + (1 if pressed else -1), 0)
    return +keys


@pytest.mark.parametrize("name", MATERIAL)
def test_another_reader_reads_them_and_they_are_short(name: str) -> None:
    assert 3 < _file(name).length < 12


@pytest.mark.parametrize("name", MATERIAL)
def test_keys_are_let_go_unless_it_is_said(name: str) -> None:
    pedals = {
        m.channel: m.value for _, m in _messages(name) if m.type == "control_change" and m.control == 64
    }
    left = bool(_down(name)) or any(value >= 64 for value in pedals.values())
    assert left == (name in LEFT_SOUNDING)


def test_running_status_is_used_in_one_track() -> None:
    data = MATERIAL["running status"]()
    assert _file("running status").type == 0
    notes = sum(m.type == "note_on" for _, m in _messages("running status"))
    assert notes == 256 and not any(m.type == "note_off" for _, m in _messages("running status"))
    assert sum(data.count(bytes((0x90 | channel,))) for channel in range(6)) < notes


def test_the_crowd_needs_more_than_sixty_four_voices() -> None:
    sounding, most, channels = 0, 0, set()
    for _, message in _messages("crowd"):
        if message.type in ("note_on", "note_off"):
            sounding += 1 if message.type == "note_on" else -1
            channels.add(message.channel)
            most = max(most, sounding)
    assert most > 64 and len(channels) == 16
    assert len({m.tempo for m in _file("crowd").tracks[0] if m.type == "set_tempo"}) == 4


def test_keys_are_struck_while_they_are_down() -> None:
    down: set[tuple[int, int]] = set()
    again = 0
    for _, message in _messages("overlaps"):
        key = (message.channel, getattr(message, "note", -1))
        if message.type == "note_on" and message.velocity:
            again += key in down
            down.add(key)
        elif message.type in ("note_on", "note_off"):
            down.discard(key)
    assert again > 5


def test_programs_change_under_notes() -> None:
    down: Counter[int] = Counter()
    under = 0
    for _, message in _messages("program changes"):
        if message.type == "program_change":
            under += down[message.channel] > 0
        elif message.type in ("note_on", "note_off"):
            down[message.channel] += 1 if message.type == "note_on" else -1
    assert under == 64


def test_pitches_go_to_both_ends() -> None:
    notes = {m.note for _, m in _messages("portamento") if m.type == "note_on"}
    assert {0, 127} <= notes
    assert {5, 65, 84, 126, 127} <= {
        m.control for _, m in _messages("portamento") if m.type == "control_change"
    }


def test_bends_and_their_ranges() -> None:
    selected: dict[int, int] = {}
    ranges = {}
    for _, message in _messages("bends"):
        if message.is_cc(100):
            selected[message.channel] = message.value
        elif message.is_cc(6) and selected[message.channel] == 0:
            ranges[message.channel] = message.value
    assert ranges == {0: 2, 1: 12, 2: 24}
    pitches = [m.pitch for _, m in _messages("bends") if m.type == "pitchwheel"]
    assert min(pitches) == -8192 and max(pitches) == 8191


def test_resets_are_whole_messages() -> None:
    messages = [bytes(m.bytes()) for _, m in _messages("resets") if m.type == "sysex"]
    roland = [message for message in messages if message[1] == 0x41]
    assert len(roland) == 3
    for message in roland:
        assert sum(message[5:-1]) % 128 == 0
    assert max(len(message) for message in messages) > 4000
