"""Chord symbols, and voicings that move as little as they can from chord to chord."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from luthier.errors import InputError

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"#": 1, "b": -1, "": 0}
_PITCH = re.compile(r"([A-G])([#b]?)(-?\d)")
_SYMBOL = re.compile(r"([A-G])([#b]?)([^/]*)(?:/([A-G])([#b]?))?")

#: Semitones above the root, the most telling first: what does not fit into the voices is left out.
QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (4, 9, 0, 7),
    "m6": (3, 9, 0, 7),
    "7": (4, 10, 0, 7),
    "m7": (3, 10, 0, 7),
    "maj7": (4, 11, 7, 0),
    "m7b5": (3, 10, 6, 0),
    "dim7": (3, 9, 6, 0),
    "9": (4, 10, 2, 7),
    "m9": (3, 10, 2, 7),
    "maj9": (4, 11, 2, 7),
    "add9": (4, 2, 7, 0),
    "11": (10, 5, 2, 0),
    "13": (4, 10, 9, 2),
    "sus4": (5, 7, 0),
    "7sus4": (5, 10, 0, 7),
    "9sus4": (5, 10, 2, 7),
    "7#5": (4, 10, 8, 0),
    "7b9": (4, 10, 1, 7),
    "7#9": (4, 10, 3, 7),
}

#: What a semitone away from the centre, and two neighbours a semitone apart, count in semitones of movement.
_DRIFT, _RUB = 0.4, 2.5


def pitch(text: str) -> int:
    """The MIDI note of a name like ``F#4``; C4 is 60.

    >>> pitch("A4"), pitch("Bb1")
    (69, 34)
    """
    found = _PITCH.fullmatch(text)
    if not found:
        raise InputError(f"{text!r} is no pitch", remedy="write it like F#4; C4 is middle C")
    letter, sign, octave = found.groups()
    number = _LETTERS[letter] + _SIGNS[sign] + 12 * (int(octave) + 1)
    if not 0 <= number <= 127:
        raise InputError(f"{text!r} is beyond MIDI's notes", remedy="stay between C-1 and G9")
    return number


def pitch_classes(symbol: str) -> tuple[int, ...]:
    """The notes of a chord symbol, 0 to 11, the most telling first; a bass after ``/`` is not among them.

    >>> pitch_classes("Bm7"), pitch_classes("G/A")
    ((2, 9, 11, 6), (7, 11, 2))
    """
    found = _SYMBOL.fullmatch(symbol)
    if not found or found[3] not in QUALITIES:
        raise InputError(
            f"{symbol!r} is no chord", remedy=f"a root and one of {' '.join(filter(None, QUALITIES))}"
        )
    root = _LETTERS[found[1]] + _SIGNS[found[2]]
    return tuple((root + semitones) % 12 for semitones in QUALITIES[found[3]])


def voicing(symbol: str, count: int, centre: int, before: Sequence[int] = ()) -> tuple[int, ...]:
    """``count`` notes of a chord about ``centre``, rising, nearest to those of the chord before.

    >>> voicing("C", 3, 60, voicing("G", 3, 60))
    (55, 60, 64)
    """
    classes = sorted(pitch_classes(symbol)[:count])
    candidates = [
        tuple(_upwards(classes, lowest, count))
        for lowest in range(centre - 20, centre + 6)
        if lowest % 12 in classes and lowest >= 0
    ]
    return min(candidates, key=lambda notes: _effort(notes, centre, before))


def _upwards(classes: Sequence[int], lowest: int, count: int) -> list[int]:
    """The next notes of the chord from ``lowest`` on."""
    reach = range(lowest, lowest + 12 * (count + 1))
    return [note for note in reach if note % 12 in classes][:count]


def tone(symbol: str, number: int, centre: int) -> int:
    """The chord's note ``number``, 1 for the first at or above ``centre``.

    >>> tone("D", 1, 60), tone("D", 4, 60)
    (62, 74)
    """
    return _upwards(sorted(pitch_classes(symbol)), centre, number)[-1]


def _effort(notes: tuple[int, ...], centre: int, before: Sequence[int]) -> float:
    """How far voices move, how far the chord lies from the centre, and how many rub at a semitone."""
    drift = abs(sum(notes) / len(notes) - centre) * _DRIFT
    rubs = sum(high - low == 1 for low, high in pairwise(notes)) * _RUB
    if len(before) != len(notes):
        return drift + rubs
    moves = sum(abs(new - old) for new, old in zip(notes, before, strict=True)) / len(notes)
    return moves + drift + rubs
