"""The library itself: items are added, looked at, changed, removed; every change is a step of its history."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from luthier.errors import InputError
from luthier.library import journal, schema
from luthier.library.entry import Entry, Item, Source, Step
from luthier.library.shelves import families, shelf_of

_COLUMNS = (
    "items.id, kind, instrument, name, place, coalesce(sources.file, ''), coalesce(sources.format, ''),"
    " hex(items.digest), items.size, rating, notes, tags, collections, added, changed"
)
_FIELDS = Item.__struct_fields__
SELECT = f"SELECT {_COLUMNS} FROM items LEFT JOIN sources ON items.source = sources.id"
HIGHEST_RATING = 5
_LONGEST_LABEL = 200
_MANY = 500  #: values in one statement
_INSERT_WORDS = "INSERT INTO words (rowid, name, rest) VALUES (?, ?, ?)"


class Library:
    """One file of items.  Several may be open on it, in several programs.

    >>> import tempfile
    >>> with Library(Path(tempfile.mkdtemp()) / "mine.luthier") as library:
    ...     library.count
    0
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self.connection = schema.connect(path, create=create)
        #: Families whose tables are known to be there.
        self._prepared: set[str] = set()

    def close(self) -> None:
        """Close the file; nothing is pending."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def count(self) -> int:
        """How many items there are."""
        (count,) = self.connection.execute("SELECT count(*) FROM items WHERE removed = 0").fetchone()
        return int(count)

    @property
    def state(self) -> tuple[int, int]:
        """Another one as soon as anything was changed, by whatever program."""
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        return version, self.connection.total_changes

    @contextlib.contextmanager
    def step(self, what: str) -> Iterator[int]:
        """A step of the history: all of it is kept, or nothing."""
        with self._writing():
            yield journal.begin(self.connection, what)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self.connection.execute("ROLLBACK")
                self._prepared.clear()
                raise
        except sqlite3.Error as error:
            raise schema.failure(self.path, error) from error

    # Adding

    def knows(self, digest: bytes, file: str) -> bool:
        """Whether a file of these bytes and this name was added, and anything of it is still here."""
        found = self.connection.execute(
            "SELECT 1 FROM sources JOIN items ON items.source = sources.id"
            " WHERE sources.digest = ? AND sources.file = ? AND removed = 0 LIMIT 1",
            (digest, file),
        )
        return found.fetchone() is not None

    def add(self, step: int, entries: Sequence[Entry], source: Source | None = None) -> list[int]:
        """Put what was found in a file into the library, inside a step; the numbers of the new items."""
        now = time.time()
        origin = None if source is None else self._origin(source)
        file = "" if source is None else source.file
        (last,) = self.connection.execute("SELECT coalesce(max(id), 0) FROM items").fetchone()
        numbers = list(range(last + 1, last + 1 + len(entries)))
        kept = [_kept(entry, source) for entry in entries]
        many = self.connection.executemany
        contents = [(digest, entry.content) for entry, (digest, _) in zip(entries, kept, strict=True)]
        many("INSERT OR IGNORE INTO contents VALUES (?, ?)", [one for one in contents if one[1] is not None])
        many(
            "INSERT INTO items (id, step, source, kind, instrument, place, name, notes, digest, size, added,"
            " changed, removed, tags, collections) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0,'[]','[]')",
            [
                (
                    *(number, step, origin, entry.kind, entry.instrument, entry.place, entry.name),
                    *(entry.notes, digest, size, now, now),
                )
                for number, entry, (digest, size) in zip(numbers, entries, kept, strict=True)
            ],
        )
        many(
            _INSERT_WORDS,
            [
                (number, entry.name, f"{entry.place} {entry.notes} {file} {entry.instrument}")
                for number, entry in zip(numbers, entries, strict=True)
            ],
        )
        self._index_parameters(
            [
                (number, entry.parameters)
                for number, entry in zip(numbers, entries, strict=True)
                if entry.parameters
            ]
        )
        return numbers

    def _keep(self, content: bytes) -> bytes:
        """Keep bytes, once; their digest."""
        digest = hashlib.sha256(content).digest()
        self.connection.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", (digest, content))
        return digest

    def _origin(self, source: Source) -> int:
        self.connection.execute(
            "INSERT OR IGNORE INTO sources (file, digest, format, size) VALUES (?, ?, ?, ?)",
            (source.file, source.digest, source.format, source.size),
        )
        (number,) = self.connection.execute(
            "SELECT id FROM sources WHERE digest = ? AND file = ?", (source.digest, source.file)
        ).fetchone()
        return int(number)

    # Looking

    def item(self, number: int) -> Item:
        """One item; InputError if there is none."""
        found = self.items([number])
        if not found:
            raise InputError(
                f"there is no item {number}", remedy="`luthier library search` lists what there is"
            )
        return found[0]

    def items(self, numbers: Sequence[int]) -> list[Item]:
        """The items of some numbers that are here, in that order."""
        found: dict[int, Item] = {}
        for first in range(0, len(numbers), _MANY):
            some = numbers[first : first + _MANY]
            marks = ",".join("?" * len(some))
            rows = self.connection.execute(f"{SELECT} WHERE removed = 0 AND items.id IN ({marks})", some)
            found |= {row[0]: item_of(row) for row in rows}
        return [found[number] for number in numbers if number in found]

    def content(self, number: int) -> bytes:
        """The bytes of an item; InputError for what stays in its file."""
        content = self.content_if_kept(number)
        if content is None:
            item = self.item(number)
            raise InputError(
                f"{item.name} is too long to be kept here", remedy=f"it was in {item.file} when it was added"
            )
        return content

    def content_if_kept(self, number: int) -> bytes | None:
        """The bytes of an item; None for what stays in its file."""
        row = self.connection.execute(
            "SELECT bytes FROM items JOIN contents ON contents.digest = items.digest WHERE items.id = ?",
            (number,),
        ).fetchone()
        return None if row is None else bytes(row[0])

    def labels(self, kind: str) -> list[tuple[str, int]]:
        """All ``tags`` or ``collections`` with how many items they have."""
        rows = self.connection.execute(
            "SELECT label, count(*) FROM labels WHERE kind = ? GROUP BY label ORDER BY label", (kind,)
        )
        return [(label, count) for label, count in rows]

    # Changing

    def change(self, step: int, number: int, fields: Mapping[str, Any]) -> None:
        """Set fields of an item inside a step: name, notes, rating, tags, collections, content, removed.

        Raises InputError for an item that is not there and for values that are none.
        """
        self.item(number)
        stored: dict[str, Any] = {}
        for field, value in fields.items():
            if field == "content":
                stored |= {"digest": self._keep(value), "size": len(value)}
            else:
                stored[field] = _checked(field, value)
        if journal.change(self.connection, step, number, stored):
            self.index([number])

    def edit(self, numbers: Sequence[int], what: str, **fields: Any) -> None:
        """The same fields of several items in one step."""
        with self.step(what) as step:
            for number in numbers:
                self.change(step, number, fields)

    def label(self, numbers: Sequence[int], kind: str, label: str, *, on: bool = True) -> None:
        """Give items a tag, or put them into a collection; or, with ``on`` false, take it away."""
        verb = ("tag" if on else "untag") if kind == "tags" else ("collect" if on else "leave")
        with self.step(f"{verb} {label}: {len(numbers)} items") as step:
            for number in numbers:
                labels = [one for one in getattr(self.item(number), kind) if one != label]
                self.change(step, number, {kind: [*labels, label] if on else labels})

    def remove(self, numbers: Sequence[int]) -> None:
        """Take items out; :meth:`undo` brings them back."""
        self.edit(numbers, f"remove {len(numbers)} items", removed=journal.REMOVED)

    # History

    def history(self, most: int = 50) -> list[Step]:
        """The last steps, the newest first."""
        return journal.steps(self.connection, most)

    def undo(self, step: int | None = None) -> str:
        """Undo a step, or the last; what it was."""
        with self._writing():
            what, touched = journal.undo(self.connection, step)
            self.index(sorted(touched))
        return what

    def redo(self) -> str:
        """Do again what was undone last; what it was."""
        with self._writing():
            what, touched = journal.redo(self.connection)
            self.index(sorted(touched))
        return what

    # What searches go by

    def index(self, numbers: Iterable[int]) -> None:
        """Bring words, labels and parameters of items up to date, inside a step."""
        for number in numbers:
            self._forget(number)
            found = self.items([number])
            if not found:
                continue
            item = found[0]
            labels = " ".join((*item.tags, *item.collections))
            rest = f"{item.place} {item.notes} {item.file} {item.instrument} {labels}"
            self._index_words(number, item.name, rest)
            self.connection.executemany(
                "INSERT OR IGNORE INTO labels VALUES (?, ?, ?)",
                [("tags", tag, number) for tag in item.tags]
                + [("collections", name, number) for name in item.collections],
            )
            shelf = shelf_of(item)
            if shelf is not None and shelf.family is not None and item.kind == "patch":
                self._index_parameters([(number, shelf.parameters(item, self.content(number)))])

    def _index_words(self, number: int, name: str, rest: str) -> None:
        self.connection.execute(_INSERT_WORDS, (number, name, rest))

    def _index_parameters(self, sounds: Sequence[tuple[int, Mapping[str, int]]]) -> None:
        for family in families().values():
            known = family.by_name.keys()
            own = [one for one in sounds if one[1] and one[1].keys() <= known]
            if own:
                if family.name not in self._prepared:
                    family.prepare(self.connection)
                    self._prepared.add(family.name)
                family.put(self.connection, own)

    def _forget(self, number: int) -> None:
        self.connection.execute("DELETE FROM words WHERE rowid = ?", (number,))
        self.connection.execute("DELETE FROM labels WHERE item = ?", (number,))
        for name in self.tables():
            families()[name].drop(self.connection, number)

    def tables(self) -> list[str]:
        """The families that have sounds here."""
        rows = self.connection.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'parameters!_%' ESCAPE '!'"
        )
        found = {row[0].removeprefix("parameters_") for row in rows}
        return [name for name in families() if name in found]


def _kept(entry: Entry, source: Source | None) -> tuple[bytes, int]:
    """Digest and size of an entry; of what stays in its file, those of the file."""
    if entry.content is not None:
        return hashlib.sha256(entry.content).digest(), len(entry.content)
    assert source is not None
    return source.digest, source.size


def item_of(row: tuple[Any, ...]) -> Item:
    """A row of :data:`SELECT`."""
    named = dict(zip(_FIELDS, row, strict=True))
    lists = {name: tuple(json.loads(named[name])) for name in ("tags", "collections")}
    return Item(**named | lists | {"digest": named["digest"].lower()})


def _checked(field: str, value: Any) -> Any:
    """A value as the table holds it; InputError for one that is none."""
    if field == "rating":
        if value is not None and not (isinstance(value, int) and 0 <= value <= HIGHEST_RATING):
            raise InputError(f"{value} is no rating", remedy=f"give 0 to {HIGHEST_RATING} stars")
        return value
    if field in ("tags", "collections"):
        for label in value:
            if not label.strip() or len(label) > _LONGEST_LABEL or "\n" in label:
                raise InputError(f"{label!r} is no name for a tag or collection", remedy="give a short word")
        return json.dumps([label.strip() for label in dict.fromkeys(value)], ensure_ascii=False)
    if field == "name" and not str(value).strip():
        raise InputError("an empty name", remedy="give at least one letter")
    if field not in journal.FIELDS:
        raise InputError(f"items have no {field}", remedy=f"they have {', '.join(journal.FIELDS)}")
    return value
