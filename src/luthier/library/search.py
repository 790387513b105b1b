"""Finding items: a query becomes one statement."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, replace
from typing import Final

from luthier.errors import InputError
from luthier.library import schema
from luthier.library.entry import Item
from luthier.library.families import Family
from luthier.library.query import Query, parse
from luthier.library.shelves import families
from luthier.library.store import SELECT, Library, item_of

#: Orders that can be asked for; ``{item}`` is the number of an item, which grows as they are added.
ORDERS: Final = {
    "relevance": "",
    "name": "items.name COLLATE NOCASE, {item}",
    "added": "{item} DESC",
    "rating": "items.rating DESC NULLS LAST, items.name COLLATE NOCASE, {item}",
}
#: Of more items than these the most relevant are not told apart: a letter or two say nothing.
_MOST_RANKED: Final = 5000
_LABELS = {"tag": "tags", "in": "collections"}
_COLUMNS = ("kind", "instrument")
#: What is the number of an item in each table.
_KEYS: Final = {"words": "words.rowid", "sound": "sound.item", "items": "items.id"}
_LETTERS = re.compile(r"\w+")


@dataclass(frozen=True)
class Found:
    """One page of what was found."""

    items: list[Item]
    total: int
    """Of all pages."""


def search(
    library: Library, text: str = "", *, order: str = "relevance", first: int = 0, most: int = 50
) -> Found:
    """Items for which all of ``text`` holds (see :mod:`luthier.library.query`), from the ``first`` on.

    By relevance, what fits the words best comes first; of more than 5,000 items, the oldest.
    """
    if order not in ORDERS:
        raise InputError(f"there is no order {order!r}", remedy=f"orders are {', '.join(ORDERS)}")
    query = parse(text, families())
    if query.family is not None and query.family.name not in library.tables():
        return Found([], 0)
    plan = _plan(query)
    execute = library.connection.execute
    try:
        (total,) = execute(f"SELECT count(*) FROM {plan.tables} WHERE {plan.where}", plan.values).fetchone()
        by = ORDERS[order] or ("words.rank, {item}" if plan.ranked and total <= _MOST_RANKED else "{item}")
        if "items." in by:
            plan = plan.joining("items")
        # The numbers first: few items are read, however many were found.
        numbers = execute(
            f"SELECT {plan.item} FROM {plan.tables} WHERE {plan.where}"
            f" ORDER BY {by.format(item=plan.item)} LIMIT ? OFFSET ?",
            (*plan.values, most, first),
        ).fetchall()
        marks = ",".join("?" * len(numbers))
        rows = execute(f"{SELECT} WHERE items.id IN ({marks})", [number for (number,) in numbers]).fetchall()
    except sqlite3.Error as error:
        raise schema.failure(library.path, error) from error
    found = {row[0]: item_of(row) for row in rows}
    return Found([found[number] for (number,) in numbers if number in found], int(total))


@dataclass(frozen=True)
class _Plan:
    """What a statement reads: as few tables as can answer it.

    Removed items have no words and no parameters (see ``Library.index``), so that these alone may answer.
    """

    names: tuple[str, ...]
    """Of the tables: ``words``, ``sound``, ``items``."""
    conditions: tuple[str, ...]
    values: tuple[object, ...]
    """Of the question marks; all texts of users are here."""
    family: Family | None

    @property
    def item(self) -> str:
        """The number of an item."""
        return _KEYS[self.names[0]]

    @property
    def ranked(self) -> bool:
        """Whether words were asked for."""
        return "words" in self.names

    @property
    def tables(self) -> str:
        """What stands behind FROM."""
        first, *others = self.names
        joined = (f" JOIN {self._table(name)} ON {_KEYS[name]} = {self.item}" for name in others)
        return self._table(first) + "".join(joined)

    @property
    def where(self) -> str:
        """What must hold."""
        return " AND ".join(self.conditions)

    def joining(self, name: str) -> _Plan:
        """The same with a table more."""
        return self if name in self.names else replace(self, names=(*self.names, name))

    def _table(self, name: str) -> str:
        return f"{self.family.table} AS sound" if name == "sound" and self.family is not None else name


def _plan(query: Query) -> _Plan:
    names, conditions, values = list[str](), list[str](), list[object]()
    if matched := _match(query):
        names.append("words")
        conditions.append("words MATCH ?")
        values.append(matched)
    if query.family is not None:
        names.append("sound")
        for name, sign, value in query.parameters:
            conditions.append(f'sound."{name}" {sign} ?')
            values.append(value)
    plain: list[tuple[str, str, object]] = list(query.own)
    plain += [(f"items.{field}", "=", wanted) for field, wanted in query.fields if field in _COLUMNS]
    if plain or not names or any(field == "file" for field, _ in query.fields):
        names.append("items")
        conditions.append("items.removed = 0")
    item = _KEYS[names[0]]
    for column, sign, than in plain:
        conditions.append(f"{column} {sign} ?")
        values.append(than)
    for field, wanted in query.fields:
        if field in _LABELS:
            conditions.append(f"{item} IN (SELECT item FROM labels WHERE kind = ? AND label = ?)")
            values += [_LABELS[field], wanted]
        elif field == "file":
            conditions.append("items.source IN (SELECT id FROM sources WHERE instr(file, ?) > 0)")
            values.append(wanted)
    return _Plan(tuple(names), tuple(conditions), tuple(values), query.family)


def _match(query: Query) -> str:
    """For the index of words: letters and digits only, so that nothing in them means anything there."""
    words = [f'"{part}"*' for word in query.words for part in _LETTERS.findall(word)]
    phrases = [
        f'"{" ".join(_LETTERS.findall(phrase))}"' for phrase in query.phrases if _LETTERS.search(phrase)
    ]
    return " ".join([*phrases, *words])
