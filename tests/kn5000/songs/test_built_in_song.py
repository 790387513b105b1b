"""The built-in song: all categories, within the instruments' reach, all let go, the same bytes always."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise

import mido
import pytest

from luthier.kn5000 import songs
from luthier.kn5000.songs.notation import read_score
from luthier.kn5000.songs.performance import performed
from luthier.kn5000.songs.score import QUARTER
from luthier.kn5000.songs.song_file import song_file
from luthier.kn5000.waves import tones

#: What is written for these instruments, at the pitch it sounds (MIDI notes), from books on orchestration;
#: for keyboards and synthesizers the keys they have.
REACH = {
    0: (21, 108),
    4: (28, 103),
    7: (29, 88),
    9: (79, 108),
    11: (53, 89),
    12: (36, 96),
    16: (36, 96),
    19: (36, 96),
    21: (41, 93),
    24: (40, 83),
    25: (40, 88),
    32: (28, 67),
    33: (28, 67),
    36: (28, 67),
    38: (24, 72),
    46: (23, 104),
    47: (38, 60),
    48: (28, 103),
    52: (41, 84),
    56: (52, 86),
    61: (40, 86),
    66: (44, 76),
    73: (60, 96),
    80: (36, 96),
    81: (36, 96),
    89: (36, 96),
    108: (59, 93),
    114: (55, 91),
}


@cache
def _file() -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(songs.built_in_song()))


def test_every_category_is_shown_once() -> None:
    shown = [section.category for section in songs.sections() if section.category]
    assert sorted(shown) == sorted(tones.categories())


def test_sections_are_where_the_file_has_its_markers() -> None:
    now, markers = 0.0, []
    for message in _file():
        now += message.time
        if message.type == "marker":
            markers.append((message.text, now))
    sections = songs.sections()
    assert [title for title, _ in markers] == [section.title for section in sections]
    assert [when for _, when in markers] == pytest.approx([section.start for section in sections], abs=1e-3)
    assert [section.start for section in sections[1:]] == [section.end for section in sections[:-1]]
    assert _file().tracks[0][0].name == songs.title()


def test_it_lasts_about_two_minutes() -> None:
    assert 90 < songs.sections()[-1].end < 130


def test_the_part_in_front_is_heard_in_its_section() -> None:
    """Its program sounds, and for half of the section at least."""
    score = songs.score()
    for passage in score.passages:
        if passage.shows:
            notes = [note for line in passage.lines if line.part == passage.shows for note in line.notes]
            covered = {tick for note in notes for tick in range(note.start, note.start + note.length, 60)}
            assert len(covered) * 60 > 0.5 * passage.bars * passage.bar or score.parts[passage.shows].drums


def test_parts_stay_within_their_reach() -> None:
    score = songs.score()
    for passage in score.passages:
        for line in passage.lines:
            part = score.parts[line.part]
            if not part.drums and part.program in REACH:
                low, high = REACH[part.program]
                beyond = [note.pitch for note in line.notes if not low <= note.pitch <= high]
                assert not beyond, (passage.title, part.name, beyond)


def test_drums_are_in_their_kits() -> None:
    score = songs.score()
    for passage in score.passages:
        for line in passage.lines:
            if score.parts[line.part].drums:
                kit = tones.kit(score.parts[line.part].program)
                assert {note.pitch for note in line.notes} <= set(kit.notes)


def test_every_key_is_let_go_before_it_is_struck_again() -> None:
    down: Counter[tuple[int, int]] = Counter()
    for message in _file():
        if message.type == "note_on":
            key = (message.channel, message.note)
            assert down[key] == 0, key
            down[key] += 1
        elif message.type == "note_off":
            down[message.channel, message.note] -= 1
    assert not +down


def test_in_the_end_pedals_are_up_and_bends_straight() -> None:
    pedals = {m.channel: m.value for m in _file() if m.type == "control_change" and m.control == 64}
    bends = {m.channel: m.pitch for m in _file() if m.type == "pitchwheel"}
    assert set(pedals) == set(range(16)) and set(pedals.values()) == {0}
    assert set(bends.values()) == {0}


def test_a_part_that_falls_silent_lifts_its_pedal() -> None:
    passages = songs.score().passages
    for passage, following in pairwise(passages):
        playing = {line.part for line in following.lines}
        for line in passage.lines:
            pedal = [gesture.last for gesture in line.gestures if gesture.kind == "pedal"]
            assert not pedal or pedal[-1] == 0 or line.part in playing, (passage.title, line.part)


def test_parts_that_share_a_channel_are_set_up_before_they_play() -> None:
    score = songs.score()
    for channel, events in performed(score).items():
        program = None
        starts = {
            note.start: score.parts[line.part].program
            for passage in score.passages
            for line in passage.lines
            if score.parts[line.part].channel == channel
            for note in line.notes
        }
        for event in events:
            if event.message[0] >> 4 == 0xC:
                program = event.message[1]
            elif event.message[0] >> 4 == 0x9:
                # Loose and strummed notes stand within a quarter note of where they are written.
                near = {value for start, value in starts.items() if abs(start - event.tick) < QUARTER // 2}
                assert program in near


def test_the_bytes_are_the_same_in_every_process() -> None:
    code = "import sys; from luthier.kn5000 import songs; sys.stdout.buffer.write(songs.built_in_song())"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        assert done.stdout == songs.built_in_song()


def _song(bars: str, part: str = "") -> mido.MidiFile:
    text = f"title T\npart a channel 1 program 5 loose 0 {part}\nsection S\ntempo 120\nchords | C |\n{bars}\n"
    return mido.MidiFile(file=io.BytesIO(song_file(read_score(text))))


def _starts(file: mido.MidiFile) -> list[tuple[int, int]]:
    tick, found = 0, []
    for message in file.tracks[1]:
        tick += message.time
        if message.type == "note_on":
            found.append((tick, message.note))
    return found


def test_what_two_lines_strike_together_is_struck_once() -> None:
    file = _song("a f | C4/4 D4 R/2 |\na p | C4/1 |")
    assert _starts(file) == [(0, 60), (480, 62)]
    tick = 0
    for message in file.tracks[1]:
        tick += message.time
        if message.type == "note_off" and message.note == 60:
            # As long as the longer: 93 hundredths of a bar.
            assert tick == pytest.approx(0.93 * 1920, abs=1)


def test_strums_go_from_string_to_string() -> None:
    file = _song("a near C4 | x/2 y |", "voices 3 strum 10")
    assert _starts(file) == [(0, 55), (10, 60), (20, 64), (960, 64), (970, 60), (980, 55)]


def test_swing_makes_the_second_eighth_late() -> None:
    file = _song("swing 60\na | C4/8 D4 E4 F4 R/2 |")
    assert [tick for tick, _ in _starts(file)] == [0, 240 + 48, 480, 720 + 48]


def test_a_fall_goes_down_and_is_taken_back() -> None:
    file = _song("a | C4/2\\ D4 |", "bends 12")
    bends, tick = [], 0
    for message in file.tracks[1]:
        tick += message.time
        if message.type == "pitchwheel" and tick:
            bends.append((tick, message.pitch))
    falling = [value for at, value in bends if at < 960]
    assert falling == sorted(falling, reverse=True)
    # Seven of twelve semitones.
    assert falling[-1] == pytest.approx(-8192 * 7 / 12, abs=1)
    assert bends[-1] == (960, 0)


def test_the_channel_is_told_its_bend_range() -> None:
    file = _song("a | C4/1 |", "bends 12")
    sent = [(m.control, m.value) for m in file.tracks[1] if m.type == "control_change"]
    at = sent.index((101, 0))
    assert sent[at : at + 3] == [(101, 0), (100, 0), (6, 12)]
