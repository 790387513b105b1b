"""Two logs side by side: for each source where they first differ, and what there is of each kind.

Each source is compared by itself, so that it is no difference when two processors were cut into other turns.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from luthier.machine.logs.entry import Entry

_MOST_APART = 1 << 20  #: entries that one log may be ahead of the other in one source


@dataclass(frozen=True)
class Difference:
    """Where a source first differs: the number of the entry among its own, and both entries."""

    source: str
    number: int
    first: Entry | None  #: None: the first log has ended there
    second: Entry | None


@dataclass
class Comparison:
    """What came of it."""

    same: Counter[str] = field(default_factory=Counter)  #: entries that agree, by source
    differences: list[Difference] = field(default_factory=list)  #: one a source at most, by time
    counts: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)  #: by source and kind

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def lines(self, ticks_a_second: int) -> Iterator[str]:
        """For people."""
        for one in self.differences:
            yield f"{one.source}: entry {one.number:,} differs, {self.same[one.source]:,} before it agree"
            for mark, entry in (("-", one.first), ("+", one.second)):
                yield f"{mark} {entry.line(ticks_a_second) if entry else 'the log ends'}"
        for source in sorted(self.same.keys() - {one.source for one in self.differences}):
            plural = "entry" if self.same[source] == 1 else "entries"
            yield f"{source}: {self.same[source]:,} {plural}, all the same"
        for (source, kind), (first, second) in sorted(self.counts.items()):
            if first != second:
                yield f"{source} {kind}: {first:,} in the first, {second:,} in the second"

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": "comparison",
            "same": dict(self.same),
            "differences": [
                {
                    "source": one.source,
                    "number": one.number,
                    "first": one.first.record() if one.first else None,
                    "second": one.second.record() if one.second else None,
                }
                for one in self.differences
            ],
            "counts": [
                {"source": source, "kind": kind, "first": first, "second": second}
                for (source, kind), (first, second) in sorted(self.counts.items())
            ],
        }


def compare(first: Iterable[Entry], second: Iterable[Entry], *, times: bool = False) -> Comparison:
    """Compare two logs, their times too if ``times``; memory is bounded by how far they are apart."""
    result = Comparison()
    waiting: dict[str, tuple[deque[Entry], deque[Entry]]] = {}
    counts: tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]] = Counter(), Counter()
    differing: set[str] = set()
    for pair in zip_longest(first, second):
        for side, entry in enumerate(pair):
            if entry is None:
                continue
            counts[side][entry.source, entry.kind] += 1
            if entry.source in differing:
                continue
            queues = waiting.setdefault(entry.source, (deque(), deque()))
            queues[side].append(entry)
            if _advance(result, entry.source, queues, times=times):
                differing.add(entry.source)
                del waiting[entry.source]
    for source, (ours, theirs) in waiting.items():
        if ours or theirs:
            rest = (ours[0] if ours else None), (theirs[0] if theirs else None)
            result.differences.append(Difference(source, result.same[source] + 1, *rest))
    result.differences.sort(key=_time)
    for key in counts[0] | counts[1]:
        result.counts[key] = counts[0][key], counts[1][key]
    return result


def _advance(
    result: Comparison, source: str, queues: tuple[deque[Entry], deque[Entry]], *, times: bool
) -> bool:
    """Take what both have; whether it differs, or one is too far ahead to go on."""
    ours, theirs = queues
    while ours and theirs:
        one, other = ours.popleft(), theirs.popleft()
        if one.what != other.what or (times and one.time != other.time):
            result.differences.append(Difference(source, result.same[source] + 1, one, other))
            return True
        result.same[source] += 1
    if max(len(ours), len(theirs)) > _MOST_APART:
        rest = (ours[0] if ours else None), (theirs[0] if theirs else None)
        result.differences.append(Difference(source, result.same[source] + 1, *rest))
        return True
    return False


def _time(one: Difference) -> int:
    return min(entry.time for entry in (one.first, one.second) if entry is not None)
