"""Notes as text, songs, and phrases that suit programs."""

from __future__ import annotations

import pytest
from tests.poly800.voice.tones import program

from luthier.errors import UsageError
from luthier.poly800.built_in import built_in_programs
from luthier.poly800.synth import Synth
from luthier.poly800.voice import phrases, settings


@pytest.mark.parametrize(
    ("text", "number"),
    [("C4", 60), ("c4", 60), ("A4", 69), ("F#3", 54), ("Bb2", 46), ("C-1", 0), ("G9", 127)],
)
def test_names_of_notes(text: str, number: int) -> None:
    assert phrases.note_number(text) == number


@pytest.mark.parametrize("text", ["H4", "C", "G#9", "C##11", "128", "C4:0", "C4:x", "", "C4++E4"])
def test_what_is_no_note(text: str) -> None:
    with pytest.raises(UsageError):
        phrases.notes(text)


def test_words_play_one_after_another() -> None:
    phrase = phrases.notes("C3 - E3+G3:1")
    assert phrase.seconds == 2.0
    struck = [(seconds, message[1]) for seconds, message in phrase.messages if message[0] == 0x90]
    assert struck == [(0.0, 48), (1.0, 52), (1.0, 55)]
    released = [(seconds, message[1]) for seconds, message in phrase.messages if message[0] == 0x80]
    assert [key for _, key in released] == [48, 52, 55]
    assert all(0 < seconds - begin < 1 for (seconds, _), (begin, _) in zip(released, struck, strict=True))


def test_every_program_gets_a_phrase_of_three_seconds() -> None:
    for entry in built_in_programs():
        values, _ = settings.clamped(entry.packed_for(Synth.POLY800))
        phrase = phrases.suited(values)
        assert 2.5 < phrase.seconds < 3.5
        assert {message[0] for _, message in phrase.messages} == {0x90, 0x80}


def test_phrases_suit() -> None:
    def kind(**values: int) -> str:
        return phrases.suited(settings.clamped(program(**values))[0]).name

    assert kind(deg1_attack=25) == "pad"
    assert kind(dco1_octave=1) == "bass"
    assert kind(deg1_sustain=0) == "plucked"
    assert kind(noise=15) == "effect"
    assert kind(dco1_level=0) == "effect"
    assert kind(mg_dco=2) == "lead"
    assert kind() == "chords"
