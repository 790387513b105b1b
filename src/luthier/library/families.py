"""Families of sounds whose parameters can be compared: names, ranges, and a table in the library for each.

A patch has a row there with a column for each parameter, so that a search by parameter is one statement; the
same as bytes, one a parameter, lies in a second table, from which all sounds make a matrix quickly.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

#: In a vector: the parameter is not there.
ABSENT = 0xFF
#: Before it is a byte: less than any value.
_NOWHERE = -(1 << 40)


@dataclass(frozen=True)
class Column:
    """A parameter: panel values from ``minimum`` to ``maximum``; ``choices`` where they are not steps."""

    name: str
    minimum: int
    maximum: int
    choices: Mapping[int, str]


@dataclass(frozen=True)
class Family:
    """Sounds that have their parameters in common."""

    name: str
    columns: tuple[Column, ...]

    @property
    def table(self) -> str:
        """Its table; names are ours, never a user's."""
        return f'"parameters_{self.name}"'

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by the names of their parameters."""
        return {column.name: column for column in self.columns}

    @property
    def vectors(self) -> str:
        """The table of the vectors: apart, so that searches by parameter read less."""
        return f'"vectors_{self.name}"'

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables, and columns that are new, inside the step that is under way."""
        for table in (self.table, self.vectors):
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (item INTEGER PRIMARY KEY)")
        wanted = {self.table: [column.name for column in self.columns], self.vectors: ["vector"]}
        for table, names in wanted.items():
            there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            for name in names:
                if name not in there:
                    connection.execute(f'ALTER TABLE {table} ADD COLUMN "{name}"')

    def put(self, connection: sqlite3.Connection, sounds: Sequence[tuple[int, Mapping[str, int]]]) -> None:
        """Say what the parameters of some items are, inside a step."""
        names = self._names
        connection.executemany(self._insert, [(item, *map(values.get, names)) for item, values in sounds])
        vectors = self.vectors_of([values for _, values in sounds])
        connection.executemany(
            f"INSERT OR REPLACE INTO {self.vectors} VALUES (?, ?)",
            [(item, vector.tobytes()) for (item, _), vector in zip(sounds, vectors, strict=True)],
        )

    def drop(self, connection: sqlite3.Connection, item: int) -> None:
        """Forget the parameters of an item."""
        for table in (self.table, self.vectors):
            connection.execute(f"DELETE FROM {table} WHERE item = ?", (item,))

    def vector(self, values: Mapping[str, int]) -> bytes:
        """Values as bytes from their minimum on, in the order of the columns."""
        (vector,) = self.vectors_of([values])
        return bytes(vector)

    def vectors_of(self, sounds: Sequence[Mapping[str, int]]) -> npt.NDArray[np.uint8]:
        """The same of several sounds: (sounds, columns)."""
        names = self._names
        given = np.array([[values.get(name, _NOWHERE) for name in names] for values in sounds], np.int64)
        steps: npt.NDArray[np.uint8] = np.clip(given - self._leasts, 0, ABSENT - 1).astype(np.uint8)
        steps[given == _NOWHERE] = ABSENT
        return steps

    @cached_property
    def _leasts(self) -> npt.NDArray[np.int64]:
        return np.array([column.minimum for column in self.columns], np.int64)

    @cached_property
    def _names(self) -> list[str]:
        return [column.name for column in self.columns]

    @cached_property
    def _insert(self) -> str:
        names = ", ".join(f'"{name}"' for name in self._names)
        marks = ", ".join("?" * len(self.columns))
        return f"INSERT OR REPLACE INTO {self.table} (item, {names}) VALUES (?, {marks})"
