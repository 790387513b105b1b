"""The language of loop sequences, and how it is laid out in bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kaoss.loops.arrangement import Arrangement, arrange
from luthier.kaoss.loops.language import parse
from luthier.kaoss.loops.settings import BANK_NOTES, PAD_CONTROLLERS, Settings, set_option


def laid_out(text: str) -> Arrangement:
    """The arrangement of a text."""
    return arrange(parse(text))


def played(text: str) -> list[tuple[str, int, int]]:
    """(bank, first bar counted from 1, bars) of what a text plays."""
    return [(passage.bank, passage.start + 1, passage.bars) for passage in laid_out(text).passages]


def test_the_wishes_of_the_comment() -> None:
    # Repetitions: three times A, B, three times C, D.
    expected = [("A", 1, 3), ("B", 4, 1), ("C", 5, 3), ("D", 8, 1)]
    assert played("A*3 B C*3 D") == expected
    assert played("ax3 -> b -> cx3 -> d") == expected
    # Two overlapped sequences.
    pairs = [("A", 1, 1), ("C", 1, 1), ("B", 2, 1), ("D", 2, 1)]
    assert played("A>B / C>D") == pairs
    assert played("a->b / c->d") == pairs
    # More music than one bank holds: nine bars in each, 36 measures in all.
    assert laid_out("bars 9\nplay A B C D").bars == 36


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A", [("A", 1, 1)]),
        ("ABCD", [("A", 1, 1), ("B", 2, 1), ("C", 3, 1), ("D", 4, 1)]),
        ("A A A", [("A", 1, 3)]),
        ("A*2*3", [("A", 1, 6)]),
        ("A . A", [("A", 1, 1), ("A", 3, 1)]),
        ("A .:4 A", [("A", 1, 1), ("A", 6, 1)]),
        ("A:4 B:2", [("A", 1, 4), ("B", 5, 2)]),
        ("A+C B", [("A", 1, 1), ("C", 1, 1), ("B", 2, 1)]),
        ("(A B)*2", [("A", 1, 1), ("B", 2, 1), ("A", 3, 1), ("B", 4, 1)]),
        ("(A*2 / C) B", [("A", 1, 2), ("C", 1, 1), ("B", 3, 1)]),
        ("A → B", [("A", 1, 1), ("B", 2, 1)]),
        ("A x 3", [("A", 1, 3)]),
        ("bars A=4 B=2\nA B C", [("A", 1, 4), ("B", 5, 2), ("C", 7, 1)]),
        ("bars A=4 B=2\nA+B", [("A", 1, 4), ("B", 1, 4)]),
        ("play A\nplay B  # then\n", [("A", 1, 1), ("B", 2, 1)]),
        ("repeat 2\nA B", [("A", 1, 1), ("B", 2, 1), ("A", 3, 1), ("B", 4, 1)]),
        ("repeat 3\nA", [("A", 1, 3)]),
    ],
)
def test_what_is_played(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert sorted(played(text)) == sorted(expected)


def test_lengths() -> None:
    assert laid_out("A*2 B / C").bars == 3
    assert laid_out("tempo 60\nbeats 3\ncount-in 1\nA B").seconds == 9
    assert laid_out("repeat 0\nA").bars == 20_000


def test_settings() -> None:
    settings = parse("tempo 97.5\nchannel 16\nnotes A=60,B=61 c=62\ncontrollers touch=1\nA").settings
    assert (settings.tempo, settings.channel) == (97.5, 16)
    assert settings.notes == {"A": 60, "B": 61, "C": 62, "D": 39}
    assert settings.controllers == {"touch": 1, "x": 12, "y": 13}
    assert (Settings().notes, Settings().controllers) == (BANK_NOTES, PAD_CONTROLLERS)


def test_pads() -> None:
    first, second, third = parse("A*9\npad 7.3 off\npad 2 1,2\npad 5.1 0,64 to 127,0 over 2\n").pads
    assert (first.bar, first.beat, first.point) == (6, 2, None)
    assert (second.bar, second.beat, second.point, second.to) == (1, 0, (1, 2), None)
    assert (third.bar, third.point, third.to, third.over) == (4, (0, 64), (127, 0), 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1: nothing to play"),
        ("# A", "nothing to play"),
        ("A E", "line 1, column 3: 'E' means nothing"),
        ("A ?", "line 1, column 3: '?' means nothing"),
        ("A\n  B *", "line 2, column 6: no number that says how often"),
        ("A*0", "line 1, column 3: no number that says how often"),
        ("A*10000", "line 1, column 3: no number"),
        ("A:", "line 1, column 3: no number that says how many bars"),
        ("A >", "line 1, column 4: something is missing"),
        ("A / ", "something is missing"),
        ("play", "line 1, column 5: something is missing"),
        ("(A B", "line 1, column 5: a parenthesis is not closed"),
        ("A )", "line 1, column 3: ')' means nothing here"),
        ("A + A", "line 1, column 5: bank A twice"),
        ("> A", "line 1, column 1: '>' is no bank"),
        ("(" * 40 + "A" + ")" * 40, "line 1, column 33: more than 32 parentheses"),
        ("temp 100\nA", "line 1, column 1: 'temp' means nothing"),
        ("tempo 500\nA", "line 1, column 7: '500' is no tempo"),
        ("tempo\nA", "line 1, column 6: '' is no tempo"),
        ("bars 0\nA", "'0' is no number of bars"),
        ("bars E=4\nA", "'E=4' sets nothing"),
        ("bars\nA", "nothing is set"),
        ("notes A=37\nA", "two banks on the same note"),
        ("notes A=128\nA", "'A=128' sets nothing"),
        ("controllers x=92\nA", "one controller for two things"),
        ("channel 17\nA", "'17' is no MIDI channel"),
        ("A\npad", "line 2, column 4: no place and point"),
        ("A\npad 1.1", "no place and point"),
        ("A\npad 0.1 1,1", "no place and point"),
        ("A\npad 1.1 128,0", "'128,0' is no point of the pad"),
        ("A\npad 1.1 1,1 to 2,2", "no place and point"),
        ("A\npad 1.1 1,1 to 2,2 over 0", "no glide"),
        ("(((A*9999)*9999)*9999)", "give at most 20,000 bars"),
        ("repeat 9999\nA*9", "give at most 20,000 bars"),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        laid_out(text)
    assert said in str(raised.value)


def test_a_bank_in_two_lanes() -> None:
    with pytest.raises(InputError) as raised:
        laid_out("A*2 B / C A")
    assert "line 1, column 11: bank A plays already, from bar 1 to 2 (line 1, column 1)" in str(raised.value)
    # One after the other it may be in both.
    assert played("A B / C A") == [("A", 1, 2), ("C", 1, 1), ("B", 2, 1)]


def test_pads_beside_the_music() -> None:
    for text in ("A\npad 2.1 1,1", "A\npad 1.5 1,1", "beats 3\nA\npad 1.4 off"):
        with pytest.raises(InputError, match="there is no bar"):
            laid_out(text)


@given(st.text(alphabet="ABCDabcdx*:+>/().-→ 0123456789\n#play", max_size=60))
def test_any_text_is_music_or_an_input_error(text: str) -> None:
    try:
        found = laid_out(text)
    except InputError as error:
        assert "\n" not in str(error)
        return
    for passage in found.passages:
        assert 0 <= passage.start < passage.end <= found.bars


@given(
    st.sampled_from(["tempo", "beats", "bars", "count-in", "channel", "notes", "repeat"]),
    st.text(max_size=20),
)
def test_any_setting_is_taken_or_an_input_error(name: str, text: str) -> None:
    try:
        set_option(Settings(), name, text)
    except InputError as error:
        assert error.remedy
