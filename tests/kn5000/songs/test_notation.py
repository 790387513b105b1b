"""What is written is what is meant: note values, chords, grids, and errors with their line."""

from __future__ import annotations

import pytest

from luthier.errors import InputError
from luthier.kn5000.songs import chords
from luthier.kn5000.songs.notation import read_score
from luthier.kn5000.songs.score import QUARTER, Line, Score

HEAD = "title T\npart a channel 1 program 5 voices 3\npart drums channel 10\ndrum kick 36\nsection S\n"


def _line(bars: str, above: str = "") -> Line:
    return read_score(f"{HEAD}{above}\n{bars}").passages[0].lines[0]


def _notes(bars: str, above: str = "") -> list[tuple[float, float, int]]:
    """Start and length in quarter notes, and pitch."""
    return [(n.start / QUARTER, n.length / QUARTER, n.pitch) for n in _line(bars, above).notes]


def test_note_values_stay_and_dots_and_triplets_count() -> None:
    starts, lengths, pitches = zip(*_notes("a | C4/4. D4/8 E4/8t F4 G4 R/4 |"), strict=True)
    assert starts == pytest.approx((0, 1.5, 2, 2 + 1 / 3, 2 + 2 / 3))
    assert lengths == pytest.approx((1.5, 0.5, 1 / 3, 1 / 3, 1 / 3))
    assert pitches == (60, 62, 64, 65, 67)


def test_ties_join_over_the_bar() -> None:
    assert _notes("a | R/2 [C4 E4]/2~ | [C4 E4]/2 R |") == [(2, 4, 60), (2, 4, 64)]


def test_a_tie_to_another_pitch_is_none() -> None:
    assert _notes("a | C4/2~ D4 |") == [(0, 2, 60), (2, 2, 62)]


def test_bars_are_repeated() -> None:
    assert _notes("a | C4/1 | % |") == [(0, 4, 60), (4, 4, 60)]


def test_chords_are_voiced_and_their_notes_counted() -> None:
    # From G C E the nearest notes of F are A, C and F.
    voiced = [pitch for *_, pitch in _notes("a near C4 | x/2 x |", "chords | C F |")]
    assert voiced == [55, 60, 64, 57, 60, 65]
    assert [pitch for *_, pitch in _notes("a near C4 | 1/4 2 3 4 |", "chords | Am |")] == [60, 64, 69, 72]


def test_an_upstroke_begins_with_the_highest_string() -> None:
    down, up = (
        _line("a near C4 | x/2 y |", "chords | C |").notes[:3],
        _line("a near C4 | y/1 |", "chords | C |").notes,
    )
    assert [n.pitch for n in up] == [n.pitch for n in reversed(down)]
    assert [n.string for n in up] == [0, 1, 2]


def test_grids_divide_their_bar() -> None:
    line = _line("drums kick mf | x.X.o... |")
    assert [(n.start / QUARTER, n.pitch, n.velocity) for n in line.notes] == [
        (0, 36, 78),
        (1, 36, 94),
        (2, 36, 48),
    ]


def test_gestures_and_pedal_stand_where_they_are_written() -> None:
    found = _line("a {expression 10 90 2} | C4/2 P {bend -1} C4 | * R/1 |").gestures
    assert [(g.kind, g.start / QUARTER, g.first, g.last, g.length / QUARTER) for g in found] == [
        ("expression", 0, 10, 90, 2),
        ("pedal", 2, 1, 1, 0),
        ("bend", 2, -1, -1, 0),
        ("pedal", 4, 0, 0, 0),
    ]


def _times(text: str) -> Score:
    return read_score(HEAD + text)


def test_time_is_counted_over_changes_of_tempo_and_meter() -> None:
    score = _times("tempo 60\na | R/1 |\nsection T\nmeter 3/4\ntempos | 120 120 60 |\na | R/4 R R |")
    assert score.passages[1].start == 4 * QUARTER
    # Four beats of a second; two of half a second and one of a second.
    assert score.seconds(score.passages[1].end) == pytest.approx(4 + 2)


@pytest.mark.parametrize(
    ("name", "number"), [("C4", 60), ("A0", 21), ("C8", 108), ("Bb3", 58), ("F#-1", 6), ("G9", 127)]
)
def test_pitches(name: str, number: int) -> None:
    assert chords.pitch(name) == number


@pytest.mark.parametrize(
    ("symbol", "names"),
    [
        ("C", "C E G"),
        ("F#m7", "F# A C# E"),
        ("Ebmaj9", "Eb G Bb D F"),
        ("A7sus4", "A D E G"),
        ("Em7b5", "E G Bb D"),
        ("G/A", "G B D"),
        ("B9", "B D# F# A C#"),
    ],
)
def test_chord_symbols(symbol: str, names: str) -> None:
    spelled = {chords.pitch(f"{name}4") % 12 for name in names.split()}
    # Chords of five notes are played without their root: the bass has it.
    assert set(chords.pitch_classes(symbol)) in (
        spelled,
        spelled - {chords.pitch(f"{names.split(maxsplit=1)[0]}4") % 12},
    )


def test_voices_move_little() -> None:
    before: tuple[int, ...] = ()
    for symbol in ("Cmaj7", "Am7", "Dm7", "G9", "Cmaj7"):
        found = chords.voicing(symbol, 4, 64, before)
        if before:
            assert max(abs(a - b) for a, b in zip(found, before, strict=True)) <= 4
        before = found


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a | C4/4 |", 6, "1 quarter notes long, not 4"),
        ("a | C4/4 H4 R/2 |", 6, "'H4'"),
        ("a | C4/3 |", 6, "/3"),
        ("b | R/1 |", 6, "no part 'b'"),
        ("a | x/1 |", 6, "chord"),
        ("chords | Cmaj13b |", 6, "'Cmaj13b'"),
        ("a | G#9/1 |", 6, "beyond"),
        ("a | {warp 1} R/1 |", 6, "{warp 1}"),
        ("a | {bend x} R/1 |", 6, "'x'"),
        ("a | {} R/1 |", 6, "{}"),
        ("a | {bend nan} R/1 |", 6, "nan is out of range"),
        ("a | {bend 0 1 1e9} R/1 |", 6, "1e9 is out of range"),
        ("a | {bend 0 1 -1} R/1 |", 6, "-1 is out of range"),
        ("drums kick | x.z. |", 6, "no grid"),
        ("drums kick | x..x..x |", 6, "no grid"),
        ("a | R/1 | R/1 |\na | R/1 |", 7, "1 bars, but the section has 2"),
        ("a | % |", 6, "no bar before"),
        ("| R/1 |", 6, "nobody"),
        ("tempo 0", 6, "0 is out of range"),
        ("tempos | |", 6, "no tempo"),
        ("meter 4/0", 6, "'4/0'"),
        ("swing 99", 6, "99"),
        ("part c channel 17", 6, "17"),
        ("part c colour 3", 6, "part c"),
        ("part", 6, "part"),
        ("drum x", 6, "'drum x'"),
        ("shows z", 6, "'z'"),
        ("nonsense", 6, "'nonsense'"),
    ],
)
def test_errors_name_line_and_matter(text: str, line: int, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read_score(HEAD + text)
    assert str(caught.value).startswith(f"line {line}: ")
    assert what in str(caught.value)


def test_a_song_without_sections_is_none() -> None:
    with pytest.raises(InputError, match="no section"):
        read_score("title T\n")
    with pytest.raises(InputError, match=r"line 1: .*no section"):
        read_score("a | R/1 |\n")
