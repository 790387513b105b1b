"""Every change of an item, field by field, with what was there before: what undo and redo go by.

A step is what a user did at once.  Undoing one puts back the fields it changed and removes what it added; it
is refused where a later step changed the same field, which has to be undone first.
"""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any, Final

from luthier.errors import InputError
from luthier.library.entry import Step

#: Fields of an item that change.
FIELDS: Final = ("name", "notes", "rating", "tags", "collections", "digest", "size", "removed")
#: Values of ``removed``: by a user; by undoing the step that added it.
HERE, REMOVED, UNADDED = 0, 1, 2


def begin(connection: sqlite3.Connection, what: str) -> int:
    """A new step, inside the transaction that is under way."""
    cursor = connection.execute("INSERT INTO steps (at, what, undone) VALUES (?, ?, 0)", (time.time(), what))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def change(connection: sqlite3.Connection, step: int, item: int, fields: dict[str, Any]) -> bool:
    """Set fields of an item; whether anything became another."""
    names = ", ".join(fields)
    row = connection.execute(f"SELECT {names} FROM items WHERE id = ?", (item,)).fetchone()
    different = [
        (name, before, after)
        for (name, after), before in zip(fields.items(), row, strict=True)
        if before != after
    ]
    connection.executemany(
        "INSERT INTO changes (step, item, field, before, after) VALUES (?, ?, ?, ?, ?)",
        [(step, item, name, _text(before), _text(after)) for name, before, after in different],
    )
    _set(connection, item, {name: after for name, _, after in different})
    return bool(different)


def steps(connection: sqlite3.Connection, most: int) -> list[Step]:
    """The last steps, the newest first."""
    rows = connection.execute("SELECT id, at, what, undone FROM steps ORDER BY id DESC LIMIT ?", (most,))
    return [Step(number, at, what, bool(undone)) for number, at, what, undone in rows]


def undo(connection: sqlite3.Connection, wanted: int | None = None) -> tuple[str, set[int]]:
    """Undo a step, or the last that is not undone; what it was, and the items it changed."""
    number, what = _step(connection, wanted, undone=False)
    touched = _swap(connection, number, "after", "before")
    touched |= _removed(connection, number, HERE, UNADDED)
    connection.execute("UPDATE steps SET undone = 1 WHERE id = ?", (number,))
    return what, touched


def redo(connection: sqlite3.Connection) -> tuple[str, set[int]]:
    """Do again what was undone last, if nothing was done since."""
    row = connection.execute(
        "SELECT min(id) FROM steps WHERE undone"
        " AND id > (SELECT coalesce(max(id), 0) FROM steps WHERE NOT undone)"
    ).fetchone()
    if row[0] is None:
        raise InputError("nothing can be done again", remedy="only what was undone last can")
    number, what = _step(connection, row[0], undone=True)
    touched = _removed(connection, number, UNADDED, HERE)
    touched |= _swap(connection, number, "before", "after")
    connection.execute("UPDATE steps SET undone = 0 WHERE id = ?", (number,))
    return what, touched


def _step(connection: sqlite3.Connection, wanted: int | None, *, undone: bool) -> tuple[int, str]:
    where, values = ("id = ?", (wanted,)) if wanted is not None else ("NOT undone", ())
    row = connection.execute(
        f"SELECT id, what, undone FROM steps WHERE {where} ORDER BY id DESC LIMIT 1", values
    ).fetchone()
    if row is None:
        missing = "nothing is left to undo" if wanted is None else f"there is no step {wanted}"
        raise InputError(missing, remedy="`luthier library history` lists the steps")
    if bool(row[2]) != undone:
        raise InputError(f"step {row[0]} is undone already", remedy="`luthier library redo` does it again")
    return row[0], row[1]


def _swap(connection: sqlite3.Connection, step: int, expected: str, wanted: str) -> set[int]:
    """Bring all fields that a step changed from one side of it to the other."""
    order = "DESC" if wanted == "before" else "ASC"
    rows = connection.execute(
        f"SELECT item, field, {expected}, {wanted} FROM changes WHERE step = ? ORDER BY id {order}", (step,)
    ).fetchall()
    for item, field, there, value in rows:
        assert field in FIELDS
        (now,) = connection.execute(f"SELECT {field} FROM items WHERE id = ?", (item,)).fetchone()
        if _text(now) != there:
            raise InputError(
                f"the {field} of item {item} was changed again since", remedy="undo the later step first"
            )
        _set(connection, item, {field: _value(value)})
    return {item for item, *_ in rows}


def _removed(connection: sqlite3.Connection, step: int, before: int, after: int) -> set[int]:
    """What a step added goes, or comes back."""
    which = "step = ? AND removed = ?"
    items = connection.execute(f"SELECT id FROM items WHERE {which}", (step, before)).fetchall()
    connection.execute(f"UPDATE items SET removed = ? WHERE {which}", (after, step, before))
    return {number for (number,) in items}


def _set(connection: sqlite3.Connection, item: int, fields: dict[str, Any]) -> None:
    if fields:
        names = ", ".join(f"{name} = ?" for name in fields)
        connection.execute(
            f"UPDATE items SET {names}, changed = ? WHERE id = ?", (*fields.values(), time.time(), item)
        )


def _text(value: Any) -> str:
    """A value of a field as JSON; bytes as a list with their hexadecimal."""
    return json.dumps([value.hex()] if isinstance(value, bytes) else value)


def _value(text: str) -> Any:
    found = json.loads(text)
    return bytes.fromhex(found[0]) if isinstance(found, list) else found
