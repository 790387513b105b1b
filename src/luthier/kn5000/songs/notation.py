"""Songs as text: parts, drums, and sections of lines with bars between ``|``.

::

    title Name
    seed anything                           what chance is seeded with
    part piano channel 1 program 0 volume 100 pan -10 reverb 45
    drum kick 36
    section Opening
      shows piano                           the part that it is there for
      meter 4/4
      tempo 120
      swing 60                              hundredths of a beat to the second eighth
      chords           | D | Bm7 E9 |       evenly over each bar
      tempos           | 120 110 | 100 |    likewise
      piano near A4 mf | x/2 x | D5/4 E5 F#5 A5 |
      drums kick f     | x...x... | % |

Channels are 1 to 16, programs 0 to 127.  Meter, tempo and swing stay until another is given.  A second line
of a part sounds with the first.  What stands in bars is told in :mod:`luthier.kn5000.songs.bars`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from luthier.errors import InputError
from luthier.kn5000.songs import chords
from luthier.kn5000.songs.bars import DYNAMICS, LineReader, grid, repeated
from luthier.kn5000.songs.score import QUARTER, Part, Passage, Score

_HEAD = re.compile(r"\{[^}]*\}|\S+")
#: What a part can be given, and between which numbers.
_PART_NUMBERS = {
    "channel": (1, 16),
    "program": (0, 127),
    "volume": (0, 127),
    "pan": (-64, 63),
    "reverb": (0, 127),
    "chorus": (0, 127),
    "voices": (1, 8),
    "strum": (0, 120),
    "loose": (0, 12),
    "bends": (1, 24),
}
_STATEMENTS = "title, seed, part, drum, section, shows, meter, tempo, swing"
#: Quarter notes a minute that a Standard MIDI File can say, and a little sense.
_TEMPOS = (4, 999)
#: Where lines of chords stand if they do not say.
_MIDDLE = 64


def read_score(text: str) -> Score:
    """The song of a text; raises InputError with the line."""
    reader = _Reader()
    for number, line in _lines(text):
        try:
            reader.line(line)
        except InputError as error:
            raise error.at(f"line {number}") from error
    return reader.score()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if content and not content.startswith("#"):
            yield number, content


class _Reader:
    """Takes in a song line by line."""

    def __init__(self) -> None:
        self.title, self.seed = "", ""
        self.parts: dict[str, Part] = {}
        self.drums: dict[str, int] = {}
        self.passages: list[Passage] = []
        self.symbols: list[list[str]] = []
        self.meter, self.tempo, self.swing = (4, 4), 120.0, 0
        self.end = 0

    def line(self, text: str) -> None:
        head, bar, rest = text.partition("|")
        words = _HEAD.findall(head)
        if not bar:
            self._statement(words, text)
        elif not self.passages:
            raise InputError("there is no section yet that these bars could stand in")
        else:
            self._bars(words, repeated(rest.rstrip().removesuffix("|").split("|")))

    def score(self) -> Score:
        if not self.passages:
            raise InputError("there is no section in this song")
        return Score(self.title, self.seed, self.parts, tuple(self.passages))

    def _statement(self, words: list[str], text: str) -> None:
        kind, rest = words[0], text.partition(" ")[2].strip()
        if kind in ("title", "seed"):
            setattr(self, kind, rest)
        elif kind == "part":
            self._part(rest.split())
        elif kind == "drum" and len(words) == 3:
            self.drums[words[1]] = _number(words[2], 0, 127)
        elif kind == "section":
            self._section(rest)
        elif kind == "shows" and self.passages:
            self.passages[-1].shows = self._found(rest).name
        elif kind in ("meter", "tempo", "swing") and self.passages:
            self._measure(kind, rest)
        else:
            raise InputError(f"{text!r} is not understood here", remedy=f"{_STATEMENTS}, or a line of bars")

    def _part(self, words: list[str]) -> None:
        name, settings = "".join(words[:1]), words[1:]
        if not name or len(settings) % 2 or set(settings[::2]) - set(_PART_NUMBERS):
            known = ", ".join(_PART_NUMBERS)
            raise InputError(
                f"part {name} is not understood", remedy=f"give pairs of name and number: {known}"
            )
        pairs = zip(settings[::2], settings[1::2], strict=True)
        numbers = {key: _number(value, *_PART_NUMBERS[key]) for key, value in pairs}
        channel, program = numbers.pop("channel", 1) - 1, numbers.pop("program", 0)
        self.parts[name] = Part(name, channel, program, **numbers)

    def _section(self, title: str) -> None:
        if self.passages:
            self.end = self.passages[-1].end
        self.symbols = []
        self.passages.append(
            Passage(title, "", self.end, self.meter, 0, self.swing, ((self.end, self.tempo),))
        )

    def _measure(self, kind: str, text: str) -> None:
        passage = self.passages[-1]
        if kind == "meter":
            above, _, below = text.partition("/")
            if below not in ("2", "4", "8", "16"):
                raise InputError(f"{text!r} is no meter", remedy="write it like 4/4 or 6/8")
            self.meter = passage.meter = (_number(above, 1, 32), int(below))
        elif kind == "tempo":
            self.tempo = float(_number(text, *_TEMPOS))
            passage.tempos = ((passage.start, self.tempo),)
        else:
            self.swing = passage.swing = (_number(text, 50, 75) - 50) * QUARTER // 100

    def _found(self, name: str) -> Part:
        if name not in self.parts:
            raise InputError(f"there is no part {name!r}", remedy=f"one of {' '.join(self.parts)}")
        return self.parts[name]

    def _bars(self, words: list[str], bars: list[str]) -> None:
        passage = self.passages[-1]
        if passage.bars and len(bars) != passage.bars:
            raise InputError(f"{len(bars)} bars, but the section has {passage.bars}")
        passage.bars = len(bars)
        if not words:
            raise InputError("these bars belong to nobody", remedy="put the name of a part in front of them")
        if words == ["chords"]:
            self.symbols = [text.split() for text in bars]
            for symbol in (symbol for symbols in self.symbols for symbol in symbols):
                chords.pitch_classes(symbol)
        elif words == ["tempos"]:
            self._tempos(passage, bars)
        else:
            self._line(passage, words, bars)

    def _tempos(self, passage: Passage, bars: list[str]) -> None:
        changes = []
        for number, text in enumerate(bars):
            values = text.split()
            for place, value in enumerate(values):
                tick = passage.start + number * passage.bar + place * passage.bar // len(values)
                changes.append((tick, float(_number(value, *_TEMPOS))))
        passage.tempos = tuple(changes)
        if not changes:
            raise InputError("there is no tempo in these bars")
        self.tempo = changes[-1][1]

    def _line(self, passage: Passage, words: list[str], bars: list[str]) -> None:
        part = self._found(words[0])
        velocity = next((DYNAMICS[word] for word in words if word in DYNAMICS), DYNAMICS["mf"])
        drum = next((word for word in words[1:] if word in self.drums), None)
        if part.drums and drum:
            passage.lines.append(grid(part, self.drums[drum], bars, passage.bar, passage.start, velocity))
            return
        centre = chords.pitch(words[words.index("near") + 1]) if "near" in words[:-1] else _MIDDLE
        reader = LineReader(part, passage.bar, self.symbols, velocity, centre)
        for word in words:
            if word.startswith("{"):
                reader.gesture(word, passage.start)
        passage.lines.append(reader.notes(bars, passage.start))


def _number(text: str, low: int, high: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise InputError(f"{text!r} is no whole number") from None
    if not low <= number <= high:
        raise InputError(f"{number} is out of range", remedy=f"give {low} to {high}")
    return number
