"""The file of a library: its tables, and how a file of an older version is brought up to date.

A library is one SQLite file in write-ahead mode: several programs may read while one writes, and a process
that is killed leaves the last whole step.  ``user_version`` counts the migrations; before one is applied to a
library that has anything in it, a copy is written beside it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from luthier.errors import InputError, LuthierError

#: "Luth": says that an SQLite file is a library (application_id).
APPLICATION: Final = 0x4C757468
#: Seconds that a program waits for another one's step to end.
PATIENCE: Final = 20.0

#: One text a version; what is released is never edited, only followed by another.
MIGRATIONS: Final = (
    """
    CREATE TABLE steps (
        id INTEGER PRIMARY KEY, at REAL NOT NULL, what TEXT NOT NULL, undone INTEGER NOT NULL
    );
    CREATE TABLE sources (
        id INTEGER PRIMARY KEY, file TEXT NOT NULL, digest BLOB NOT NULL, format TEXT NOT NULL,
        size INTEGER NOT NULL, UNIQUE (digest, file)
    );
    CREATE TABLE contents (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE items (
        id INTEGER PRIMARY KEY, step INTEGER NOT NULL REFERENCES steps, source INTEGER REFERENCES sources,
        kind TEXT NOT NULL, instrument TEXT NOT NULL, place TEXT NOT NULL, added REAL NOT NULL,
        changed REAL NOT NULL, removed INTEGER NOT NULL, name TEXT NOT NULL, notes TEXT NOT NULL,
        rating INTEGER, digest BLOB NOT NULL, size INTEGER NOT NULL,
        tags TEXT NOT NULL, collections TEXT NOT NULL
    );
    CREATE INDEX items_by_digest ON items (digest);
    CREATE INDEX items_by_step ON items (step);
    CREATE TABLE changes (
        id INTEGER PRIMARY KEY, step INTEGER NOT NULL REFERENCES steps,
        item INTEGER NOT NULL REFERENCES items, field TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL
    );
    CREATE INDEX changes_by_step ON changes (step);
    CREATE TABLE labels (kind TEXT NOT NULL, label TEXT NOT NULL, item INTEGER NOT NULL REFERENCES items,
        PRIMARY KEY (kind, label, item)) WITHOUT ROWID;
    CREATE INDEX labels_by_item ON labels (item);
    CREATE VIRTUAL TABLE words USING fts5 (
        name, rest, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2'
    );
    """,
)  # fmt: skip


def connect(path: Path, *, create: bool = True) -> sqlite3.Connection:
    """Open a library, made or brought up to date where needed.

    Raises InputError for a file that is something else, is of a newer version, or is not there though
    ``create`` is false; LuthierError where nothing can be written.
    """
    existed = path.exists() and path.stat().st_size > 0
    if not existed and not create:
        raise InputError("no library is there", where=str(path), remedy="add something to it first")
    # The file is never opened beside SQLite: closing it would drop the locks of this program's other
    # connections, and another program would take the log of changes for its own and remove it.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        if "not a database" in str(error):
            raise InputError(
                "is no library", where=str(path), remedy="name another file with --library"
            ) from error
        raise failure(path, error) from error
    return connection


def failure(path: Path, error: Exception) -> LuthierError:
    """What a database error means for whoever uses the library."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return LuthierError(f"{path}: another program has been writing to it for long; try again")
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in text or "not a database" in text):
        return InputError("is damaged", where=str(path), remedy="use the copy that a backup left beside it")
    return LuthierError(f"{path}: {text}; nothing was changed")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION:
        raise InputError(
            "is a database of another program", where=str(path), remedy="name another file with --library"
        )
    if version > len(MIGRATIONS):
        raise InputError(
            f"was written by a newer Luthier (version {version} of the file)",
            where=str(path),
            remedy="update Luthier",
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    if version < len(MIGRATIONS):
        _migrate(connection, path)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN EXCLUSIVE")
    try:
        # Another program may have done it while we waited.
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if 0 < version < len(MIGRATIONS):
            back_up(path, path.with_name(f"{path.name}.version-{version}"))
        for text in MIGRATIONS[version:]:
            for statement in filter(str.strip, text.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def back_up(path: Path, to: Path) -> None:
    """A whole copy of a library, also while others use it."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
