"""All sounds of a family as one matrix: which are nearest to one, which are nearly the same.

The distance of two sounds is the mean over the parameters that both have: of steps, how far apart they are
in the parameter's range, of choices 0 or 1 (modelled: every parameter counts alike, whatever it does).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from luthier.errors import InputError
from luthier.library.families import ABSENT, Family
from luthier.library.shelves import families
from luthier.library.store import Library

Vectors = npt.NDArray[np.uint8]
#: Parameters in which nearly equal sounds differ at most, unless other is asked for.
NEARLY = 2
_MOST_IN_A_BLOCK = 2000


@dataclass(frozen=True)
class Sounds:
    """The numbers of the items, and their vectors (items, parameters)."""

    family: Family
    numbers: npt.NDArray[np.int64]
    vectors: Vectors

    def index(self, number: int) -> int:
        """The row of an item."""
        found = np.flatnonzero(self.numbers == number)
        if not found.size:
            raise InputError(f"item {number} is no sound with parameters", remedy="choose a patch")
        return int(found[0])


def sounds_of(library: Library, family: Family) -> Sounds:
    """All sounds of a family that are in the library."""
    rows = []
    if family.name in library.tables():
        rows = library.connection.execute(
            f"SELECT item, vector FROM {family.vectors} JOIN items ON items.id = item"
            " WHERE removed = 0 ORDER BY item"
        ).fetchall()
    width = len(family.columns)
    # Vectors written before a parameter was known are shorter.
    joined = b"".join(vector.ljust(width, bytes([ABSENT]))[:width] for _, vector in rows)
    numbers = np.array([number for number, _ in rows], np.int64)
    return Sounds(family, numbers, np.frombuffer(joined, np.uint8).reshape(len(rows), width))


def distances(sounds: Sounds, row: int) -> npt.NDArray[np.float32]:
    """How far every sound is from one, 0 to 1."""
    columns = sounds.family.columns
    own, others = sounds.vectors[row].astype(np.int16), sounds.vectors
    total = np.zeros(len(others), np.float32)
    shared = np.zeros(len(others), np.float32)
    for place, column in enumerate(columns):
        if own[place] == ABSENT:
            continue
        there = others[:, place] != ABSENT
        difference = np.abs(others[:, place].astype(np.int16) - own[place])
        if column.choices:
            step = (difference != 0).astype(np.float32)
        else:
            step = difference.astype(np.float32) / np.float32(max(column.maximum - column.minimum, 1))
        total += np.where(there, step, np.float32(0))
        shared += there
    return np.where(shared > 0, total / np.maximum(shared, 1), np.float32(1)).astype(np.float32)


def nearest(library: Library, number: int, most: int = 10) -> list[tuple[int, float]]:
    """The sounds nearest to an item, with their distances; itself and its copies are not among them."""
    for family in families().values():
        sounds = sounds_of(library, family)
        if number in sounds.numbers:
            away = distances(sounds, sounds.index(number))
            order = np.argsort(away, kind="stable")
            return [(int(sounds.numbers[one]), float(away[one])) for one in order if away[one] > 0][:most]
    raise InputError(f"item {number} is no sound with parameters", remedy="choose a patch")


def equal_groups(library: Library) -> list[list[int]]:
    """Items with the very same bytes, of the same kind and instrument; the oldest of each group first."""
    rows = library.connection.execute(
        "SELECT group_concat(id) FROM items WHERE removed = 0"
        " GROUP BY kind, instrument, digest HAVING count(*) > 1 ORDER BY min(id)"
    )
    return [sorted(int(number) for number in row[0].split(",")) for row in rows]


def near_groups(library: Library, family: Family, most: int = NEARLY) -> list[list[int]]:
    """Sounds that differ in 1 to ``most`` parameters from another of their group, one of each equal ones.

    If two differ in so few, at least one of ``most + 1`` parts of their parameters is the same in both: only
    those that share a part are compared.
    """
    sounds = sounds_of(library, family)
    _, firsts = np.unique(sounds.vectors, axis=0, return_index=True)
    rows = np.sort(firsts)
    vectors = sounds.vectors[rows]
    parent = list(range(len(rows)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for first, second in _candidates(vectors, most):
        if int(np.count_nonzero(vectors[first] != vectors[second])) <= most:
            parent[max(root(first), root(second))] = min(root(first), root(second))
    groups: dict[int, list[int]] = defaultdict(list)
    for one in range(len(rows)):
        groups[root(one)].append(int(sounds.numbers[rows[one]]))
    return [group for group in groups.values() if len(group) > 1]


def _candidates(vectors: Vectors, most: int) -> Iterator[tuple[int, int]]:
    """Pairs that have a part in common."""
    for part in np.array_split(np.arange(vectors.shape[1]), most + 1):
        shared: dict[bytes, list[int]] = defaultdict(list)
        for row, content in enumerate(np.ascontiguousarray(vectors[:, part])):
            shared[content.tobytes()].append(row)
        for rows in shared.values():
            yield from combinations(_bounded(rows), 2)


def _bounded(rows: Sequence[int]) -> Sequence[int]:
    """A part that thousands share says nothing; its first are compared."""
    return rows[:_MOST_IN_A_BLOCK]
