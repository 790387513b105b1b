"""Sequences go to Standard MIDI Files and back; whatever a sequence cannot hold is said."""

from __future__ import annotations

import io
from fractions import Fraction

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800 import note_base
from luthier.poly800.sequence import Kind, Sequence, Step, decode
from luthier.poly800.sequence_midi import Import, from_midi, to_midi

from .test_sequence import MANUAL_EXAMPLE, REST, TIE, notes

ROOM = 1000


def song(*events: tuple[int, int, int], velocity: int = 100, channel: int = 0, length: int = 0) -> bytes:
    """A file of (start, end, pitch) in ticks, 480 to the quarter note, so 120 to the step."""
    rows = [(start, 1, pitch) for start, _, pitch in events] + [(end, 0, pitch) for _, end, pitch in events]
    track = mido.MidiTrack()
    now = 0
    for tick, on, pitch in sorted(rows):
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, note=pitch, velocity=velocity, channel=channel, time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, length - now)))
    return saved(track)


def saved(*tracks: mido.MidiTrack, kind: int = 1) -> bytes:
    target = io.BytesIO()
    mido.MidiFile(type=kind, ticks_per_beat=480, tracks=list(tracks)).save(file=target)
    return target.getvalue()


def taken(data: bytes, capacity: int = ROOM) -> Import:
    return from_midi(data, capacity=capacity)


def test_example_of_the_service_manual_as_a_file() -> None:
    export = to_midi(decode(MANUAL_EXAMPLE), tempo=90)
    track = mido.MidiFile(file=io.BytesIO(export.data)).tracks[0]
    assert mido.tempo2bpm(track[0].tempo) == pytest.approx(90, abs=0.001)
    now = 0
    events = []
    for message in track:
        now += message.time
        if message.type in ("note_on", "note_off"):
            events.append((now // 120, message.type, message.note))
    assert events[:6] == [
        (0, "note_on", 52),
        (2, "note_off", 52),
        (2, "note_on", 53),
        (4, "note_off", 53),
        (6, "note_on", 55),
        (7, "note_off", 55),
    ]
    assert {event for event in events if event[0] == 8 and event[1] == "note_on"} == {
        (8, "note_on", note) for note in (52, 55, 60)
    }
    assert now == 16 * 120
    assert export.losses == ()
    assert taken(export.data).sequence.encoded() == MANUAL_EXAMPLE


CHORDS = st.lists(st.integers(36, 84), min_size=1, max_size=8, unique=True).map(
    lambda codes: [Step(Kind.NOTES, tuple(codes))]
)
PHRASES = st.one_of(
    st.just([REST]), st.tuples(CHORDS, st.integers(0, 4)).map(lambda pair: [*pair[0], *[TIE] * pair[1]])
)


@given(
    st.lists(PHRASES, min_size=1, max_size=15).filter(lambda phrases: phrases != [[REST]] * len(phrases)),
    st.sampled_from([Fraction(1, 4), Fraction(1, 16), Fraction(1, 24), Fraction(1, 32)]),
    st.sampled_from([0, 24]),
)
def test_musical_sequences_come_back(phrases: list[list[Step]], step: Fraction, offset: int) -> None:
    given_base = note_base.given(offset)
    steps = tuple(
        Step(part.kind, tuple(code - offset for code in part.codes)) for phrase in phrases for part in phrase
    )
    export = to_midi(Sequence(steps), step=step, base=given_base)
    back = from_midi(export.data, capacity=ROOM, step=step, base=given_base)
    assert back.sequence.steps == steps
    assert back.losses == ("tempo, to be set on the panel: 1",)


@given(st.binary(max_size=60))
def test_every_memory_can_be_exported(memory: bytes) -> None:
    export = to_midi(decode(memory))
    mido.MidiFile(file=io.BytesIO(export.data))


@given(st.binary(max_size=80))
def test_any_file_is_taken_or_refused(rest: bytes) -> None:
    for data in (
        rest,
        b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk" + len(rest).to_bytes(4, "big") + rest,
        song((0, 9, 60)) + rest,
    ):
        try:
            result = taken(data, capacity=256)
        except InputError:
            continue
        assert len(result.sequence.over(bytes(256))) == 256


def test_ties_rests_and_chords() -> None:
    data = song((0, 240, 60), (360, 480, 62), (360, 480, 65), length=600)
    result = taken(data)
    assert result.sequence.steps == (notes(60), TIE, REST, notes(62, 65), REST)
    assert result.losses == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (song((40, 130, 60)), "notes moved to the nearest step: 1, by up to 0.33"),
        (song((0, 120, 24), (120, 240, 60)), "notes folded by octaves: 1, outside 36 to 84"),
        (song(*[(0, 120, pitch) for pitch in range(50, 60)]), "lowest notes of chords of more than 8: 2"),
        (song((0, 480, 60), (120, 240, 64)), "notes cut short where the next step begins: 1"),
        (song((0, 480, 60), (0, 120, 64)), "notes made longer, as the longest of their chord: 1"),
        (song(*[(step * 120, step * 120 + 120, 60) for step in range(300)]), "steps at the end: 44"),
        (song((0, 120, 60), length=10_000_000), "steps at the end"),
        (song((0, 10_000_000, 60)), "steps at the end"),
        (
            saved(
                mido.MidiTrack(
                    [
                        mido.MetaMessage("set_tempo", tempo=400_000),
                        mido.Message("control_change", control=1, value=3),
                        mido.Message("note_on", note=60, velocity=20),
                        mido.Message("note_on", note=60, velocity=0, time=120),
                        mido.Message("note_on", note=60, velocity=90),
                        mido.Message("note_on", note=40, velocity=90, channel=9),
                    ]
                )
            ),
            "velocities 20 to 90",
        ),
    ],
)
def test_what_a_sequence_cannot_hold_is_said(data: bytes, words: str) -> None:
    result = taken(data)
    assert any(words in loss for loss in result.losses), result.losses


def test_events_without_a_place_are_counted() -> None:
    track = mido.MidiTrack(
        [
            mido.MetaMessage("set_tempo", tempo=400_000),
            mido.Message("pitchwheel", pitch=3),
            mido.Message("note_on", note=40, velocity=90, channel=9),
            mido.Message("note_on", note=60, velocity=90),
            mido.Message("note_off", note=60, time=120),
        ]
    )
    assert taken(saved(track)).losses == (
        "tempo, to be set on the panel: 1",
        "events of kind pitchwheel: 1",
        "notes of channel 10: 1",
    )


def test_channel_can_be_chosen() -> None:
    data = song((0, 120, 60), channel=9)
    with pytest.raises(InputError, match="channel 10"):
        taken(data)
    assert from_midi(data, capacity=ROOM, channel=10).sequence.steps == (notes(60),)


def test_notes_off_the_keyboard_are_folded_or_dropped() -> None:
    data = song((0, 120, 23), (120, 240, 97), (240, 360, 60))
    assert taken(data).sequence.steps == (notes(47), notes(73 + 0), notes(60))
    assert from_midi(data, capacity=ROOM, fold=False).sequence.steps == (REST, REST, notes(60))


def test_steps_that_do_not_fit_are_left_out_whole() -> None:
    data = song(*[(step * 120, step * 120 + 120, pitch) for step in range(100) for pitch in (60, 64, 67)])
    result = taken(data, capacity=256)
    assert len(result.sequence.steps) == 85
    assert any(loss.startswith("steps at the end: 15") for loss in result.losses)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a Standard MIDI File"),
        (b"RIFF", "not a Standard MIDI File"),
        (song((0, 120, 60))[:-4], "damaged Standard MIDI File"),
        (song((0, 120, 60)).replace(b"\x01\xe0", b"\xe7\x28"), "without beats"),
        (saved(mido.MidiTrack(), kind=2), "type 2"),
        (saved(mido.MidiTrack()), "no notes"),
        (b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\x10\0\0" + b"\x80" * 1_000_000, "too much for a song"),
    ],
)
def test_bad_files_are_refused_clearly(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        taken(data)


@pytest.mark.parametrize("tempo", [0.0, 3.0, 1000.0, float("nan")])
def test_tempo_out_of_range(tempo: float) -> None:
    with pytest.raises(InputError, match="tempo"):
        to_midi(Sequence((REST,)), tempo=tempo)


def test_step_that_is_no_number_of_ticks() -> None:
    with pytest.raises(InputError, match="step"):
        to_midi(Sequence((REST,)), step=Fraction(1, 7 * 11))


def test_tie_with_nothing_before_it_is_said() -> None:
    assert to_midi(Sequence((TIE, notes(60), REST, TIE))).losses == (
        "ties with no note before them, written as rests: 2",
    )
