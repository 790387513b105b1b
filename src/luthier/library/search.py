"""Finding items: a query becomes one statement."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Final

from luthier.errors import InputError
from luthier.library import schema
from luthier.library.entry import Item
from luthier.library.query import Query, parse
from luthier.library.shelves import families
from luthier.library.store import SELECT, Library, item_of

#: Orders that can be asked for.
ORDERS: Final = {
    "relevance": "",
    "name": "items.name COLLATE NOCASE, items.id",
    "added": "items.added DESC, items.id DESC",
    "rating": "items.rating DESC NULLS LAST, items.name COLLATE NOCASE, items.id",
}
_LABELS = {"tag": "tags", "in": "collections"}
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
    """Items for which all of ``text`` holds (see :mod:`luthier.library.query`), from the ``first`` on."""
    if order not in ORDERS:
        raise InputError(f"there is no order {order!r}", remedy=f"orders are {', '.join(ORDERS)}")
    query = parse(text, families())
    if query.family is not None and query.family.name not in library.tables():
        return Found([], 0)
    tables, conditions, values = _conditions(query)
    where = " AND ".join(conditions)
    by = ORDERS[order] or ("rank, items.id" if _match(query) else "items.id")
    execute = library.connection.execute
    try:
        (total,) = execute(f"SELECT count(*) FROM items{tables} WHERE {where}", values).fetchone()
        # The numbers first: few items are read, however many were found.
        numbers = execute(
            f"SELECT items.id FROM items{tables} WHERE {where} ORDER BY {by} LIMIT ? OFFSET ?",
            (*values, most, first),
        ).fetchall()
        marks = ",".join("?" * len(numbers))
        rows = execute(f"{SELECT} WHERE items.id IN ({marks})", [number for (number,) in numbers]).fetchall()
    except sqlite3.Error as error:
        raise schema.failure(library.path, error) from error
    found = {row[0]: item_of(row) for row in rows}
    return Found([found[number] for (number,) in numbers if number in found], int(total))


def _conditions(query: Query) -> tuple[str, list[str], list[object]]:
    """Tables to join, conditions, values; all texts of users are values."""
    tables, conditions, values = "", ["items.removed = 0"], list[object]()
    if matched := _match(query):
        tables += " JOIN words ON words.rowid = items.id"
        conditions.append("words MATCH ?")
        values.append(matched)
    if query.family is not None:
        tables += f" JOIN {query.family.table} AS sound ON sound.item = items.id"
        for name, sign, value in query.parameters:
            conditions.append(f'sound."{name}" {sign} ?')
            values.append(value)
    for column, sign, number in query.own:
        conditions.append(f"{column} {sign} ?")
        values.append(number)
    for field, wanted in query.fields:
        if field in _LABELS:
            conditions.append("items.id IN (SELECT item FROM labels WHERE kind = ? AND label = ?)")
            values += [_LABELS[field], wanted]
        elif field == "file":
            conditions.append("items.source IN (SELECT id FROM sources WHERE instr(file, ?) > 0)")
            values.append(wanted)
        else:
            conditions.append(f"items.{field} = ?")
            values.append(wanted)
    return tables, conditions, values


def _match(query: Query) -> str:
    """For the index of words: letters and digits only, so that nothing in them means anything there."""
    words = [f'"{part}"*' for word in query.words for part in _LETTERS.findall(word)]
    phrases = [
        f'"{" ".join(_LETTERS.findall(phrase))}"' for phrase in query.phrases if _LETTERS.search(phrase)
    ]
    return " ".join([*phrases, *words])
