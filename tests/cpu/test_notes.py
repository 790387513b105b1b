"""Names and comments of a reader: read, written, refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.cpu import describe
from luthier.cpu.notes import Note, Notes, load, parse, parse_names, write
from luthier.cpu.symbols import Symbol
from luthier.errors import InputError
from luthier.kaoss.built_in import CPU

H8S = describe(CPU)

EXAMPLE = """\
# what is known so far
0002BC main_loop code ; Sleeps until an interrupt comes.
0x2BC - ; A second comment.
590 commands table 5
5A4 row_masks data
FFB000 ticks
greeting = 0x0005D8  ; data and some words
play = 0x2EC
"""


def test_every_kind_of_line() -> None:
    notes = parse(EXAMPLE, H8S)
    assert notes.notes == (
        Note(0x2BC, "main_loop", "code", 0, "Sleeps until an interrupt comes."),
        Note(0x2BC, comment="A second comment."),
        Note(0x590, "commands", "table", 5),
        Note(0x5A4, "row_masks", "data"),
        Note(0xFFB000, "ticks"),
        Note(0x5D8, "greeting", "data", 0, "and some words"),
        Note(0x2EC, "play"),
    )
    assert notes.entries == [0x2BC]
    assert notes.tables == {0x590: 5}
    assert notes.comments[0x2BC] == ["Sleeps until an interrupt comes.", "A second comment."]
    # Only what is said to be code is followed.
    assert notes.symbols["main_loop"] == Symbol(0x2BC, False)
    assert notes.symbols["play"] == Symbol(0x2EC, True)


def test_what_is_written_is_read_again() -> None:
    notes = parse(EXAMPLE, H8S)
    again = parse(write({**notes.symbols, "new": Symbol(0x300)}, notes), H8S)
    assert set(again.notes) == {*notes.notes, Note(0x300, "new", "code")}
    assert [note.address for note in again.notes] == sorted(note.address for note in again.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "line 1: 'hello' is no address"),
        ("\n1000000 x", "line 2: '1000000' is no address"),
        ("10 9x", "line 1: '9x' is no name"),
        ("10 x what", "line 1: 'what' is no kind"),
        ("10 x table", "'table' is no kind"),
        ("10 x table 0", "is no kind"),
        ("10 x table 99999", "is no kind"),
        ("10 x\n12 x", "line 2: x is already 0x000010"),
        ("10 er0", "line 1: er0 is a word of the instruction set"),
    ],
)
def test_mistakes(text: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        parse(text, H8S)
    assert said in str(raised.value)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.notes"
    path.write_bytes(b"10 x\n\xff")
    with pytest.raises(InputError, match=r"a\.notes: byte 5 is no UTF-8"):
        load(path, H8S)
    path.write_text("10 x\n?\n")
    with pytest.raises(InputError, match=r"a\.notes, line 2"):
        load(path, H8S)
    path.write_text(EXAMPLE)
    assert load(path, H8S) == parse(EXAMPLE, H8S)
    assert Notes().symbols == {}


@given(st.text(max_size=200))
def test_any_text_is_notes_or_an_input_error(text: str) -> None:
    try:
        parse(text, H8S)
    except InputError as error:
        assert "line" in str(error)


def test_a_line_is_changed_and_all_others_stay() -> None:
    notes = parse(EXAMPLE, H8S)
    changed = notes.with_note(Note(0x2BC, "idle", "code", 0, "two\nlines"), H8S)
    assert changed.at(0x2BC) == Note(0x2BC, "idle", "code", 0, "two lines")
    assert Note(0x2BC, comment="A second comment.") in changed.notes
    assert set(changed.notes) - set(notes.notes) == {changed.at(0x2BC)}
    # What says nothing any more is gone.
    assert 0x5A4 not in {note.address for note in notes.with_note(Note(0x5A4), H8S).notes}
    assert notes.at(0x4000) == Note(0x4000)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("two words", "no name"),
        ("a; b", "no name"),
        ("mov", "word of the instruction set"),
        ("play", "already 0x0002EC"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse(EXAMPLE, H8S).with_note(Note(0x400, name), H8S)


def test_a_symbol_file_says_what_is_code() -> None:
    notes = parse_names("; made by hand\nplay = 0x2EC\nwords = 0x5D8  ; data\n", H8S)
    assert notes.notes == (Note(0x2EC, "play", "code"), Note(0x5D8, "words", "data"))
    assert parse_names(EXAMPLE, H8S) == parse(EXAMPLE, H8S)
