"""Sequence and chord memories come back byte for byte, and mean what the service manual says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800 import chord, note_base
from luthier.poly800.sequence import CAPACITY, STEP_LIMIT, Kind, Sequence, Step, decode
from luthier.poly800.synth import Synth

#: The example of the MkII service manual, page 9.
MANUAL_EXAMPLE = bytes.fromhex("B4 02 B5 02 01 01 B7 B9 34 37 BC 02 02 02 02 02 01 01 00")

REST, TIE = Step(Kind.REST), Step(Kind.TIE)


def notes(*codes: int) -> Step:
    return Step(Kind.NOTES, codes)


def test_example_of_the_service_manual() -> None:
    sequence = decode(MANUAL_EXAMPLE)
    head = (notes(0x34), TIE, notes(0x35), TIE, REST, REST, notes(0x37), notes(0x39), notes(0x34, 0x37, 0x3C))
    assert sequence == Sequence((*head, *[TIE] * 5, REST, REST))
    assert sequence.encoded() == MANUAL_EXAMPLE
    assert sequence.problems() == []
    assert [offset for offset, _ in sequence.offsets()] == [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
    ]


MEMORIES = st.one_of(
    st.binary(max_size=60),
    st.lists(st.sampled_from([0, 1, 2, 3, 0x34, 0x7F, 0x80, 0x82, 0xB4, 0xFF]), max_size=60).map(bytes),
)


@given(MEMORIES)
def test_every_memory_comes_back(memory: bytes) -> None:
    assert decode(memory).encoded() == memory
    assert chord.decode(memory).encoded() == memory


STEPS = st.one_of(
    st.just(REST),
    st.just(TIE),
    st.tuples(st.lists(st.integers(3, 127), max_size=7), st.integers(0, 127)).map(
        lambda parts: notes(*parts[0], parts[1])
    ),
)


@given(st.lists(STEPS, max_size=40).map(tuple), st.binary(max_size=300))
def test_steps_written_over_a_memory_are_read_again(steps: tuple[Step, ...], before: bytes) -> None:
    memory = before.ljust(400, b"\x55")
    written = Sequence(steps).over(memory)
    assert len(written) == len(memory)
    assert decode(written).steps == steps
    used = len(Sequence(steps).body) + 1
    assert written[used:] == memory[used:]


def test_stale_bytes_are_kept_behind_the_end() -> None:
    sequence = decode(bytes.fromhex("B4 00 35 36 B7"))
    assert sequence == Sequence((notes(0x34),), True, bytes.fromhex("3536B7"))


def test_notes_without_a_last_one_are_kept_and_reported() -> None:
    sequence = decode(bytes.fromhex("B0 34 35 01 B6 40"))
    assert sequence.steps[1] == Step(Kind.NOTES, (0x34, 0x35), closed=False)
    assert not sequence.ended
    assert sequence.problems() == [
        "step 2 at sequence byte 1: no note of it is marked as its last",
        "step 5 at sequence byte 5: no note of it is marked as its last",
    ]


def test_more_notes_than_voices_are_reported() -> None:
    assert decode(bytes([50] * 8 + [0xB2, 0])).problems() == [
        "step 1 at sequence byte 0: 9 notes; the synth has 8 voices"
    ]


@pytest.mark.parametrize("synth", list(Synth))
def test_capacity_in_bytes_and_in_steps(synth: Synth) -> None:
    room = CAPACITY[synth]
    chords = Sequence((notes(40, 44, 47, 52),) * 250)
    fitting, lost = chords.fitting(room)
    expected = min(250, (room - 1) // 4)
    assert (len(fitting.steps), lost) == (expected, 250 - expected)
    if lost:
        with pytest.raises(InputError, match=rf"step {expected + 1} at sequence byte {expected * 4}"):
            chords.over(bytes(room))
    rests = Sequence((REST,) * (STEP_LIMIT + 1))
    assert len(rests.fitting(room)[0].steps) == min(STEP_LIMIT, room - 1)
    with pytest.raises(InputError, match="do not fit"):
        rests.over(bytes(room))


@pytest.mark.parametrize("codes", [(), (128,), (2, 60), (-1,)])
def test_notes_no_bytes_can_express_are_refused(codes: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        notes(*codes)


def test_low_notes_are_possible_as_the_last_of_a_step() -> None:
    assert notes(60, 1).encoded() == bytes([60, 0x81])
    assert decode(bytes([60, 0x81])).steps == (notes(60, 1),)


@pytest.mark.parametrize(
    ("codes", "offset", "words"),
    [
        ((36, 84), note_base.PRINTED, "1 with base 24"),
        ((12, 60), note_base.OBSERVED, "1 with base 0"),
        ((14, 57, 30, 33), note_base.OBSERVED, "3 with base 0"),
        ((40, 60), note_base.PRINTED, "fit both rules"),
        ((), note_base.PRINTED, "no notes"),
    ],
)
def test_note_base_is_guessed_from_the_keys_there_are(
    codes: tuple[int, ...], offset: int, words: str
) -> None:
    found = note_base.guess(Sequence(tuple(notes(code) for code in codes)))
    assert found.offset == offset
    assert words in found.reason
    assert not found.certain


def test_manual_example_does_not_settle_the_note_base() -> None:
    assert "fit both rules" in note_base.guess(decode(MANUAL_EXAMPLE)).reason


def test_note_base_must_make_room_for_the_keys() -> None:
    assert note_base.given(24).midi_note(36) == 60
    with pytest.raises(InputError, match="give 0 or 24"):
        note_base.given(60)


def test_note_names() -> None:
    assert [note_base.note_name(note) for note in (36, 60, 61, 84)] == ["C2", "C4", "C#4", "C6"]


def test_chord_memory() -> None:
    found = chord.decode(bytes.fromhex("04 03 07 00 11 22 33 44"))
    assert found == chord.Chord((4, 3, 7), True, bytes.fromhex("11223344"))
    assert chord.decode(bytes.fromhex("00b10009000b0003020100")).codes == ()
    full = chord.decode(bytes(range(1, 12)))
    assert (len(full.codes), full.ended, full.remains) == (8, False, bytes([9, 10, 11]))
    assert chord.Chord((48, 52)).over(b"\xff" * 8) == bytes([48, 52, 0]) + b"\xff" * 5
    assert chord.Chord(tuple(range(1, 9))).over(b"\xff" * 11)[8:] == b"\xff" * 3
    with pytest.raises(InputError, match="at most 8"):
        chord.Chord((1,) * 9).over(bytes(11))
