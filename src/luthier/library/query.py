"""What is looked for, as text: words, ``cutoff < 30``, ``chorus on``, ``tag:bass``, ``rating >= 4``.

Words match the beginnings of words in name, place, notes, file, tags and collections; ``"in quotes"`` a row
of them.  Commas may stand between all that is asked; everything must hold.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from luthier.errors import InputError
from luthier.library.entry import KINDS
from luthier.library.families import Column, Family

_TOKEN = re.compile(
    r"""\s*,?\s*(?:
        (?P<field>kind|instrument|tag|in|file):(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s,]+))
      | (?P<name>[A-Za-z_]\w*)\s*(?P<sign><=|>=|!=|=|<|>)\s*(?:"(?P<text>[^"]*)"|(?P<value>[^\s,]+))
      | "(?P<phrase>[^"]*)"
      | (?P<word>[^\s,]+)
    )""",
    re.VERBOSE,
)
_UNQUOTED = re.compile(r'^(kind|instrument|tag|in|file):([^"]*\s[^"]*)$')
_SWITCHES = {"on": True, "off": False}
#: Values of choices that mean off.
_OFF = {"off", "no", "none"}
#: Fields that are numbers of an item itself.
_OWN = {"rating": "rating", "size": "items.size"}
_MOST_CHARACTERS = 2000
_BEYOND = 1 << 31


@dataclass
class Query:
    """What must hold of an item."""

    words: list[str] = field(default_factory=list)
    """Beginnings of words, the last typed one too."""
    phrases: list[str] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    """``kind``, ``instrument``, ``tag``, ``in`` or ``file``, and what it is to be."""
    own: list[tuple[str, str, float]] = field(default_factory=list)
    """Column, comparison, number."""
    parameters: list[tuple[str, str, int]] = field(default_factory=list)
    """Parameter, comparison, panel value."""
    family: Family | None = None
    """Whose parameters these are."""


def parse(text: str, families: Mapping[str, Family]) -> Query:
    """Read a query; InputError for a parameter or value that there is not."""
    if len(text) > _MOST_CHARACTERS:
        raise InputError("the query is too long", remedy=f"at most {_MOST_CHARACTERS} characters are read")
    query, place = Query(), 0
    while found := _TOKEN.match(text, place):
        place = found.end()
        if found["field"]:
            _add_field(query, found["field"], found["quoted"] or found["plain"] or "")
        elif found["name"]:
            _compare(query, families, found["name"], found["sign"], found["text"] or found["value"] or "")
        elif found["phrase"]:
            query.phrases.append(found["phrase"])
        elif found["word"]:
            place = _word(query, families, found["word"], text, place)
    return query


def joined(arguments: Iterable[str]) -> str:
    """Arguments of a command as one text: quotes that a shell took away are put back.

    >>> joined(["in:set list", "cutoff < 30"])
    'in:"set list" cutoff < 30'
    """
    return " ".join(_UNQUOTED.sub(r'\1:"\2"', argument) for argument in arguments)


def _add_field(query: Query, name: str, value: str) -> None:
    if name == "kind" and value not in KINDS:
        raise InputError(f"there is no kind {value!r}", remedy=f"kinds are {', '.join(KINDS)}")
    query.fields.append((name, value))


def _word(query: Query, families: Mapping[str, Family], word: str, text: str, place: int) -> int:
    """A word, or a parameter that is ``on`` or ``off``; where to go on."""
    switch = _TOKEN.match(text, place)
    if switch and switch["word"] in _SWITCHES and (known := _columns(families, word)):
        family, column = known[0]
        off = _off_value(column)
        _put(query, family, column.name, "!=" if _SWITCHES[switch["word"]] else "=", off)
        return switch.end()
    query.words.append(word)
    return place


def _off_value(column: Column) -> int:
    return next((value for value, meaning in column.choices.items() if meaning in _OFF), column.minimum)


def _compare(query: Query, families: Mapping[str, Family], name: str, sign: str, value: str) -> None:
    if name in _OWN:
        try:
            query.own.append((_OWN[name], sign, float(value)))
        except ValueError:
            raise InputError(f"{value!r} is no number", remedy=f"write for example {name} {sign} 3") from None
        return
    known = _columns(families, name)
    if not known:
        names = [column.name for family in families.values() for column in family.columns]
        near = difflib.get_close_matches(name.lower(), names, 3)
        raise InputError(
            f"no sound has a parameter {name!r}",
            remedy=f"did you mean {' or '.join(near)}?" if near else "`luthier poly800 show` lists them",
        )
    family, column = known[0]
    _put(query, family, column.name, sign, _panel_value(column, value))


def _columns(families: Mapping[str, Family], name: str) -> Sequence[tuple[Family, Column]]:
    wanted = name.lower()
    return [(family, family.by_name[wanted]) for family in families.values() if wanted in family.by_name]


def _panel_value(column: Column, text: str) -> int:
    meanings = {meaning.lower(): value for value, meaning in column.choices.items()}
    if text.lower() in meanings:
        return meanings[text.lower()]
    try:
        # What is beyond all bytes compares like the largest; SQLite's numbers end somewhere.
        return min(max(int(text[:20]), -_BEYOND), _BEYOND)
    except ValueError:
        choices = f" or {', '.join(meanings)}" if meanings else ""
        raise InputError(
            f"{column.name} is never {text!r}",
            remedy=f"give {column.minimum} to {column.maximum}{choices}",
        ) from None


def _put(query: Query, family: Family, name: str, sign: str, value: int) -> None:
    if query.family not in (None, family):
        raise InputError("parameters of two kinds of sounds", remedy="ask for one after the other")
    query.family = family
    query.parameters.append((name, sign, value))
