r"""The bars of one line of a song: notes, chords, dynamics, pedal and gestures, or a grid of drums.

=========================  ==============================================================================
``D5/4 E5 [D4 A4]/2 R/4``  pitches with note values, which stay until another is given; a chord; a rest
``/8. /8t ~``              dotted; triplet; tied to the next of the same pitch
``x y 1 2 3``              the chord of the bar, strummed down or up; its notes from the centre upwards
``> ' _ ^ \``              accent, staccato, slurred to the next, scoop into, fall from
``p mf ff``                dynamics, until another is given
``P *``                    pedal anew, pedal up
``{expression 40 110 4}``  a controller from one value to another within 4 quarter notes
``%``                      the bar before once more
=========================  ==============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from luthier.errors import InputError
from luthier.kn5000.songs import chords
from luthier.kn5000.songs.score import QUARTER, WHOLE, Gesture, Line, Note, Part

#: Velocities of dynamics, evenly spaced.
DYNAMICS = {"ppp": 22, "pp": 36, "p": 50, "mp": 64, "mf": 78, "f": 93, "ff": 108, "fff": 120}
#: Strokes of a grid, as steps of velocity from the dynamic.
STROKES = {"x": 0, "X": 16, "o": -30}
#: Between what gestures move (controllers, semitones), and quarter notes that they last at most.
_VALUES, _LONGEST = (-64, 127), 256
GESTURES = ("expression", "modulation", "bend", "pan", "volume", "portamento")

_TOKEN = re.compile(r"\{[^}]*\}|\[[^\]]*\][^\s{}]*|[^\s{}\[\]]+")
_NOTE = re.compile(r"(\[[^\]]*\]|[A-G][#b]?-?\d|[xyR1-9])(?:/(\d+)(\.|t)?)?([>'_\\^~]*)")


@dataclass
class LineReader:
    """Reads the bars of one line; what it keeps from bar to bar are note value, dynamic and tie."""

    part: Part
    bar: int
    """Ticks of a bar."""
    symbols: Sequence[Sequence[str]]
    """Chord symbols of every bar."""
    velocity: int
    centre: int

    def __post_init__(self) -> None:
        self._value = QUARTER
        self._before: tuple[int, ...] = ()
        self._tied: list[Note] = []
        self._notes: list[Note] = []
        self._gestures: list[Gesture] = []

    def gesture(self, text: str, start: int) -> None:
        """One ``{kind first last quarters}``; with one number it is set at once."""
        kind, *numbers = text.strip("{}").split() or [""]
        if kind not in GESTURES or len(numbers) not in (1, 3):
            kinds = ", ".join(GESTURES)
            raise InputError(
                f"{text} is no gesture", remedy=f"{{KIND FROM TO QUARTERS}}, KIND one of {kinds}"
            )
        first, last = (_number(entry, *_VALUES) for entry in (numbers[0], numbers[-2:][0]))
        quarters = _number(numbers[2], 0, _LONGEST) if len(numbers) > 1 else 0.0
        self._gestures.append(Gesture(kind, start, first, last, round(quarters * QUARTER)))

    def notes(self, bars: Sequence[str], start: int) -> Line:
        """The line whose bars these are, from tick ``start`` on."""
        for number, text in enumerate(bars):
            begin = start + number * self.bar
            place = begin
            for token in _TOKEN.findall(text):
                place = self._token(token, place, number, begin)
            if place - begin != self.bar:
                long, right = (place - begin) / QUARTER, self.bar / QUARTER
                raise InputError(f"bar {number + 1} is {long:g} quarter notes long, not {right:g}")
        return Line(self.part.name, tuple(self._notes), tuple(self._gestures))

    def _token(self, token: str, place: int, bar: int, begin: int) -> int:
        """Take in one token; the place behind it."""
        if token.startswith("{"):
            self.gesture(token, place)
        elif token in DYNAMICS:
            self.velocity = DYNAMICS[token]
        elif token in ("P", "*"):
            self._gestures.append(Gesture("pedal", place, float(token == "P"), float(token == "P"), 0))
        else:
            found = _NOTE.fullmatch(token)
            if not found:
                raise InputError(f"{token!r} is no note", remedy="write it like F#4/8, [C4 E4]/2, x/4 or R/4")
            what, value, dot, marks = found.groups()
            if value:
                self._value = _ticks(int(value), dot)
            self._strike(what, place, marks, self._symbol(bar, place - begin))
            place += self._value
        return place

    def _symbol(self, bar: int, offset: int) -> str:
        """The chord that sounds ``offset`` ticks into a bar."""
        symbols = self.symbols[bar] if bar < len(self.symbols) else ()
        return symbols[min(offset * len(symbols) // self.bar, len(symbols) - 1)] if symbols else ""

    def _strike(self, what: str, place: int, marks: str, symbol: str) -> None:
        pitches = self._pitches(what, symbol)
        made = []
        for string, pitch in enumerate(pitches):
            tied = next((note for note in self._tied if note.pitch == pitch), None)
            if tied is None:
                note = Note(place, self._value, pitch, self.velocity, marks.replace("~", ""), string)
            else:
                self._notes.remove(tied)
                note = replace(tied, length=tied.length + self._value, marks=tied.marks + marks.strip("~"))
            made.append(note)
        self._notes += made
        self._tied = made if "~" in marks else []

    def _pitches(self, what: str, symbol: str) -> tuple[int, ...]:
        if what == "R":
            return ()
        if what.startswith("["):
            return tuple(chords.pitch(name) for name in what.strip("[]").split())
        if what in "xy123456789":
            if not symbol:
                raise InputError(f"{what!r} needs a chord", remedy="write a line of chords above")
            if what.isdigit():
                return (chords.tone(symbol, int(what), self.centre),)
            self._before = chords.voicing(symbol, self.part.voices, self.centre, self._before)
            return self._before if what == "x" else self._before[::-1]
        return (chords.pitch(what),)


def _number(text: str, low: float, high: float) -> float:
    try:
        number = float(text)
    except ValueError:
        raise InputError(f"{text!r} is no number") from None
    if not low <= number <= high:
        raise InputError(f"{text} is out of range", remedy=f"give {low:g} to {high:g}")
    return number


def _ticks(value: int, dot: str | None) -> int:
    """Ticks of a note value: 4 for a quarter note, with ``.`` half as much again, with ``t`` two thirds."""
    if value not in (1, 2, 4, 8, 16, 32):
        raise InputError(f"/{value} is no note value", remedy="1, 2, 4, 8, 16 or 32")
    plain = WHOLE // value
    return {None: plain, ".": plain * 3 // 2, "t": plain * 2 // 3}[dot]


def grid(part: Part, pitch: int, bars: Sequence[str], bar: int, start: int, velocity: int) -> Line:
    """The line of one drum: every character is an equal share of its bar, ``.`` a rest."""
    notes = []
    for number, text in enumerate(bars):
        cells = "".join(text.split())
        if not cells or bar % len(cells) or set(cells) - {*STROKES, "."}:
            raise InputError(f"bar {number + 1} is no grid", remedy="write it like x...X..o, evenly")
        step = bar // len(cells)
        notes += [
            Note(start + number * bar + cell * step, step, pitch, velocity + STROKES[stroke])
            for cell, stroke in enumerate(cells)
            if stroke != "."
        ]
    return Line(part.name, tuple(notes), ())


def repeated(bars: Sequence[str]) -> list[str]:
    """Bars with each ``%`` replaced by the bar before."""
    written: list[str] = []
    for text in bars:
        if text.strip() == "%" and not written:
            raise InputError("there is no bar before the first that % could repeat")
        written.append(written[-1] if text.strip() == "%" else text.strip())
    return written
