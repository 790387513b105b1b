"""What a voice is given to play: notes as text, MIDI files, and a phrase that suits a program.

A note is a letter, sharps (#) or flats (b) and an octave: C4 is 60, middle C.  Words play one after another;
``C3+E3+G3`` is a chord, ``-`` a rest, ``:2`` behind a word lets it last two seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from luthier.errors import InputError, UsageError
from luthier.midi.song import Song

#: Seconds of a word that says nothing else, and how much of it the keys are down.
NOTE_SECONDS = 0.5
_DOWN = 0.9
_LONGEST = 3_600.0
#: Seconds of a song at most.
SONG_LIMIT = 24 * 3_600
_NOTE = re.compile(r"([A-Ga-g])([#b]*)(-?\d{1,2})")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_WORDS_LIMIT = 100_000


@dataclass(frozen=True)
class Phrase:
    """MIDI messages with their seconds, in order, and the seconds it lasts."""

    messages: Iterable[tuple[float, bytes]]
    """Of a song they can be had once: there may be millions."""
    seconds: float
    name: str = ""


def note_number(text: str) -> int:
    """The MIDI note of ``C4`` or ``F#3``, or of its number; raises UsageError.

    >>> note_number("C4"), note_number("Bb2"), note_number("61")
    (60, 46, 61)
    """
    found = _NOTE.fullmatch(text)
    if found:
        sharps = found[2].count("#") - found[2].count("b")
        number = _LETTERS[found[1].upper()] + sharps + 12 * (int(found[3]) + 1)
    elif text.isascii() and text.isdigit() and len(text) <= 3:
        number = int(text)
    else:
        raise UsageError(f"{text!r} is no note", remedy="write C4, F#3, Bb2, C3+E3+G3, - for a rest")
    if not 0 <= number <= 127:
        raise UsageError(f"note {text} is out of range", remedy="give C-1 to G9")
    return number


def notes(text: str) -> Phrase:
    """A phrase from words; raises UsageError."""
    words = text.split()
    if not words:
        raise UsageError("no notes", remedy='write them in quotes: --notes "C3 E3 G3"')
    if len(words) > _WORDS_LIMIT:
        raise UsageError(f"{len(words)} notes", remedy="give a MIDI file")
    steps = []
    for word in words:
        chord, _, length = word.partition(":")
        try:
            seconds = float(length) if length else NOTE_SECONDS
        except ValueError:
            seconds = 0.0
        if not 0 < seconds <= _LONGEST:
            raise UsageError(f"{word!r} lasts no time", remedy="give seconds behind the colon: C3:1.5")
        keys = () if chord == "-" else tuple(note_number(note) for note in chord.split("+"))
        steps.append((keys, seconds))
    return _phrase(steps)


def of_song(song: Song) -> Phrase:
    """A whole song; raises InputError if it takes days."""
    if song.length > SONG_LIMIT:
        raise InputError(f"the song takes {song.length / 3600:.0f} hours", remedy="it is damaged somewhere")
    return Phrase(song.messages(), song.length, song.title)


def suited(values: Mapping[str, int]) -> Phrase:
    """A phrase of about three seconds for a program with these panel values; ``name`` says of which kind."""
    kind = _kind(values)
    # Keys of the high octave sound an octave higher: bring all to the middle.
    lower = -12 if values["dco1_octave"] == 3 and not values["dco1_16"] else 0
    return _phrase([(tuple(key + lower for key in keys), seconds) for keys, seconds in _PHRASES[kind]], kind)


def _kind(values: Mapping[str, int]) -> str:
    silent = not any(values[f"dco1_{feet}"] for feet in (16, 8, 4, 2)) or not values["dco1_level"]
    if silent or values["noise"] >= 10 or values["mg_dco"] >= 8 or values["mg_vcf"] >= 8:
        return "effect"
    if values["deg1_attack"] >= 16:
        return "pad"
    if values["dco1_octave"] == 1:
        return "bass"
    if values["deg1_sustain"] <= 6:
        return "plucked"
    return "lead" if values["dco_mode"] == 1 and values["mg_dco"] else "chords"


_Steps = list[tuple[tuple[int, ...], float]]
_PHRASES: dict[str, _Steps] = {
    "effect": [((60,), 1.6), ((48, 60), 1.6)],
    "pad": [((48, 55, 60, 64), 1.7), ((45, 57, 60, 64), 1.5)],
    "bass": [
        *[((key,), 0.25) for key in (48, 48, 60, 48, 51, 53, 55, 58)],
        *[((key,), 0.25) for key in (48, 60, 58, 55)],
    ],
    "plucked": [
        *[((key,), 0.2) for key in (48, 55, 60, 64, 67, 72, 67, 64)],
        ((48, 55, 64, 72), 1.4),
    ],
    "lead": [*[((key,), 0.3) for key in (60, 64, 67, 71)], ((72,), 0.6), ((67,), 0.3), ((64, 67, 72), 1.1)],
    "chords": [
        ((48, 60, 64, 67), 0.6),
        ((50, 60, 65, 69), 0.6),
        ((55, 59, 62, 67), 0.6),
        ((48, 60, 64, 67), 1.3),
    ],
}


def _phrase(steps: Iterable[tuple[tuple[int, ...], float]], name: str = "") -> Phrase:
    messages: list[tuple[float, bytes]] = []
    now = 0.0
    for keys, seconds in steps:
        messages += [(now, bytes((0x90, key, 64))) for key in keys]
        messages += [(now + _DOWN * seconds, bytes((0x80, key, 0))) for key in keys]
        now += seconds
    return Phrase(tuple(messages), now, name)


def at_frames(phrase: Phrase, rate: int) -> Iterator[tuple[int, bytes]]:
    """(frame, message) of a phrase."""
    for seconds, message in phrase.messages:
        yield int(seconds * rate + 0.5), message
