"""The language of loop sequences.

::

    tempo 120
    bars A=4 B=2                       # how long a loop is; one bar where nothing is said
    play A*3 B C*3 D                   # one bank after the other
    play A > B / C > D                 # two lanes at once; ax3 -> b is understood too
    pad 5.1 0,64 to 127,64 over 2      # the pad from bar 5 on, gliding for two bars
    pad 7.1 off

A bank is a letter A to D, ``.`` is silence.  ``*3`` or ``x3`` repeats, ``:2`` gives a length in bars, ``+``
joins banks that sound together, parentheses group, ``/`` separates lanes that begin together, and ``>``,
``->`` or a space means "then".  A shorter lane is silent after its end.  Each ``play`` goes on where the one
before ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from luthier.errors import InputError
from luthier.kaoss.loops.settings import Settings, set_option

#: Characters of the longest text, levels of parentheses, repetitions: more than anyone writes.
TEXT_LIMIT = 100_000
_DEEPEST = 32
_MOST = 9_999

_TOKEN = re.compile(r"\s*(?:(->|→|[>/+*:().])|([xX])(?=\s*\d)|([A-Da-d])|(\d+))")
_PLACE = re.compile(r"(\d{1,5})(?:\.(\d{1,2}))?", re.ASCII)
_POINT = re.compile(r"(\d{1,3}),(\d{1,3})", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where something stands in the text, counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True)
class Sounding:
    """Banks that play together, or none; ``bars`` is None for as long as their loops are."""

    banks: tuple[str, ...]
    bars: int | None
    place: Place


@dataclass(frozen=True)
class Repeated:
    """Something several times."""

    what: Node
    times: int


@dataclass(frozen=True)
class Lanes:
    """Lists of what comes one after the other; the lists begin together."""

    lanes: tuple[tuple[Node, ...], ...]


Node = Sounding | Repeated | Lanes


@dataclass(frozen=True)
class PadMove:
    """The pad from a beat on, counted from 0: touched at ``point``, gliding to ``to``, or let go.

    ``beat`` counts within the bar; coordinates are 0 to 127; ``over`` is in bars.
    """

    bar: int
    beat: int
    point: tuple[int, int] | None
    to: tuple[int, int] | None
    over: int
    place: Place


@dataclass
class Score:
    """What a text says: settings, what is played in order, and what the pad does."""

    settings: Settings = field(default_factory=Settings)
    plays: list[Lanes] = field(default_factory=list)
    pads: list[PadMove] = field(default_factory=list)


def parse(text: str) -> Score:
    """The score in ``text``: lines as above, or a sequence alone.  InputError names line and column."""
    if len(text) > TEXT_LIMIT:
        raise InputError(f"more than {TEXT_LIMIT:,} characters", remedy="use repetitions")
    score = Score()
    for number, line in enumerate(text.splitlines(), 1):
        content = line.partition("#")[0].rstrip()
        if not content:
            continue
        column = len(content) - len(content.lstrip())
        word, *behind = content.split(maxsplit=1)
        rest = "".join(behind)
        start = content.index(rest, column + len(word)) if rest else len(content)
        place = Place(number, start + 1)
        if word == "play":
            score.plays.append(_Sequence(content, start, number).parse())
        elif word == "pad":
            score.pads.append(_pad(rest, place))
        elif word.isalpha() and len(word) > 1 and word.lower() not in _OPTIONS and not _is_sequence(word):
            words = f"play, pad, {', '.join(_OPTIONS)}"
            raise InputError(
                f"{word[:40]!r} means nothing", where=str(Place(number, column + 1)), remedy=f"use {words}"
            )
        elif word.lower() in _OPTIONS:
            try:
                score.settings = set_option(score.settings, word.lower(), rest)
            except InputError as error:
                raise error.at(str(place)) from None
        else:
            score.plays.append(_Sequence(content, 0, number).parse())
    if not score.plays:
        raise InputError("nothing to play", where="line 1, column 1", remedy="write a sequence: A*3 B C*3 D")
    return score


_OPTIONS = ("tempo", "beats", "bars", "count-in", "channel", "notes", "controllers", "repeat")


def _is_sequence(word: str) -> bool:
    """Whether a word of letters alone is banks one after the other, such as ABAC."""
    return all(letter in "abcd" for letter in word.lower())


class _Token(NamedTuple):
    text: str
    column: int


class _Sequence:
    """A recursive descent through the tokens of one line."""

    def __init__(self, content: str, start: int, line: int) -> None:
        self._line = line
        self._tokens = list(self._split(content, start))
        self._end = len(content) + 1
        self._next = 0
        self._depth = 0

    def parse(self) -> Lanes:
        found = self._lanes()
        if self._next < len(self._tokens):
            raise self._error(f"{self._tokens[self._next].text!r} means nothing here", "write a bank, A to D")
        return found

    def _split(self, content: str, position: int) -> Iterator[_Token]:
        while content[position:].strip():
            match = _TOKEN.match(content, position)
            if match is None:
                position += len(content[position:]) - len(content[position:].lstrip())
                place = Place(self._line, position + 1)
                raise InputError(
                    f"{content[position]!r} means nothing",
                    where=str(place),
                    remedy="write banks A to D, *3, :2, +, >, / and parentheses",
                )
            word = match[1] or match[2] or match[3] or match[4]
            simple = {"->": ">", "→": ">", "x": "*", "X": "*"}.get(word, word)
            yield _Token(simple.upper(), match.end() - len(word) + 1)
            position = match.end()

    @property
    def _text(self) -> str:
        return self._tokens[self._next].text if self._next < len(self._tokens) else ""

    @property
    def _column(self) -> int:
        return self._tokens[self._next].column if self._next < len(self._tokens) else self._end

    def _error(self, what: str, remedy: str) -> InputError:
        return InputError(what, where=str(Place(self._line, self._column)), remedy=remedy)

    def _lanes(self) -> Lanes:
        lanes = [self._lane()]
        while self._text == "/":
            self._next += 1
            lanes.append(self._lane())
        return Lanes(tuple(lanes))

    def _lane(self) -> tuple[Node, ...]:
        items = [self._item()]
        while self._text and self._text not in "/)":
            if self._text == ">":
                self._next += 1
            items.append(self._item())
        return tuple(items)

    def _item(self) -> Node:
        node = self._group() if self._text == "(" else self._sounding()
        while self._text == "*":
            self._next += 1
            node = Repeated(node, self._number("how often"))
        return node

    def _group(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"more than {_DEEPEST} parentheses in each other", "use fewer")
        self._next += 1
        found = self._lanes()
        if self._text != ")":
            raise self._error("a parenthesis is not closed", "write )")
        self._next += 1
        self._depth -= 1
        return found

    def _sounding(self) -> Node:
        place = Place(self._line, self._column)
        banks = [self._bank()]
        while self._text == "+":
            self._next += 1
            column = self._column
            bank = self._bank()
            if bank in banks:
                where = str(Place(self._line, column))
                raise InputError(f"bank {bank} twice", where=where, remedy="leave one out")
            banks.append(bank)
        bars = None
        if self._text == ":":
            self._next += 1
            bars = self._number("how many bars")
        return Sounding(tuple(bank for bank in banks if bank != "."), bars, place)

    def _bank(self) -> str:
        if not self._text or self._text not in "ABCD.":
            what = f"{self._text!r} is no bank" if self._text else "something is missing"
            raise self._error(what, "write A, B, C or D, or . for silence")
        bank = self._text
        self._next += 1
        return bank

    def _number(self, what: str) -> int:
        text = self._text
        if not text.isdecimal() or not 1 <= int(text[:5]) <= _MOST or len(text) > len(str(_MOST)):
            raise self._error(f"no number that says {what}", f"write 1 to {_MOST:,}")
        self._next += 1
        return int(text)


def _pad(text: str, place: Place) -> PadMove:
    """``5.1 0,64 to 127,64 over 2``, ``5 64,64`` or ``7.1 off``."""
    remedy = "write pad 5.1 0,64, with a glide: pad 5.1 0,64 to 127,64 over 2, or pad 7.1 off"
    words = text.split()
    at = _PLACE.fullmatch(words[0]) if words else None
    if at is None or int(at[1]) < 1 or int(at[2] or 1) < 1 or len(words) not in (2, 6):
        raise InputError("no place and point of the pad", where=str(place), remedy=remedy)
    bar, beat = int(at[1]) - 1, int(at[2] or 1) - 1
    if words[1] == "off" and len(words) == 2:
        return PadMove(bar, beat, None, None, 0, place)
    point = _point(words[1], place)
    if len(words) == 2:
        return PadMove(bar, beat, point, None, 0, place)
    if words[2] != "to" or words[4] != "over" or not re.fullmatch(r"[1-9]\d{0,3}", words[5], re.ASCII):
        raise InputError("no glide of the pad", where=str(place), remedy=remedy)
    return PadMove(bar, beat, point, _point(words[3], place), int(words[5]), place)


def _point(text: str, place: Place) -> tuple[int, int]:
    match = _POINT.fullmatch(text)
    if match is None or max(int(match[1]), int(match[2])) > 127:
        raise InputError(
            f"{text[:40]!r} is no point of the pad", where=str(place), remedy="write x,y of 0 to 127"
        )
    return int(match[1]), int(match[2])
