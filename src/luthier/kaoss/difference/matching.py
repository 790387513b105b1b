"""Which function of one firmware is which of another: by content, by who calls it, by likeness."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from luthier.kaoss.functions import Function

#: Two functions are the same one, changed, if so much of their lines is alike; less if both are called from
#: the same place or lie at the same address.
_ALIKE = 0.6
_ALIKE_AT_ONE_PLACE = 0.3
#: Lines that are looked for together, and functions that may share them before they say nothing.
_RUN = 3
_COMMON = 20
#: Lines of the longest functions that are compared by likeness.
_LONGEST = 4000


@dataclass
class Matching:
    """``pairs`` by address in the first firmware; the others are in only one of them."""

    pairs: dict[int, tuple[Function, Function]] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)

    def add(self, before: Function, after: Function) -> None:
        """These two are the same."""
        self.pairs[before.start] = (before, after)
        self.taken.add(after.start)

    def is_free(self, before: Function, after: Function) -> bool:
        """Whether neither has another one."""
        return before.start not in self.pairs and after.start not in self.taken


def match(before: Sequence[Function], after: Sequence[Function]) -> Matching:
    """The functions of both that belong together."""
    found = Matching()
    _same_content(before, after, found)
    old, new = ({one.start: one for one in side} for side in (before, after))
    while True:
        count = len(found.pairs)
        _linked(old, new, found)
        if len(found.pairs) == count:
            break
    for start in old.keys() & new.keys():
        _try(old[start], new[start], _ALIKE_AT_ONE_PLACE, found)
    _alike(before, after, found)
    return found


def _same_content(before: Iterable[Function], after: Iterable[Function], found: Matching) -> None:
    """Pair what has the same lines: at the same address first, then in their order."""
    groups: dict[tuple[str, ...], tuple[list[Function], list[Function]]] = defaultdict(lambda: ([], []))
    for side, functions in enumerate((before, after)):
        for function in functions:
            groups[function.lines][side].append(function)
    for old, new in groups.values():
        there = {function.start: function for function in new}
        for function in old:
            if function.start in there:
                found.add(function, there[function.start])
        left = (
            [one for one in old if one.start not in found.pairs],
            [one for one in new if one.start not in found.taken],
        )
        for pair in zip(*left, strict=False):
            found.add(*pair)


def _linked(old: dict[int, Function], new: dict[int, Function], found: Matching) -> None:
    """Pair what is called from the same line of functions that are paired already."""
    for one, other in list(found.pairs.values()):
        for first, second in linked_addresses(one, other):
            if first in old and second in new:
                _try(old[first], new[second], _ALIKE_AT_ONE_PLACE, found)


def linked_addresses(one: Function, other: Function) -> Iterator[tuple[int, int]]:
    """Addresses that the same lines of two functions refer to."""
    links: tuple[dict[int, list[int]], dict[int, list[int]]] = (defaultdict(list), defaultdict(list))
    for side, function in zip(links, (one, other), strict=True):
        for line, address in function.links:
            side[line].append(address)
    for first, second, size in _blocks(one.lines, other.lines):
        for step in range(size):
            yield from zip(links[0].get(first + step, ()), links[1].get(second + step, ()), strict=False)


def _blocks(one: Sequence[str], other: Sequence[str]) -> Iterable[tuple[int, int, int]]:
    if one == other:
        return [(0, 0, len(one))]
    if max(len(one), len(other)) > _LONGEST:
        return []
    return difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()


def _try(before: Function, after: Function, least: float, found: Matching) -> None:
    if found.is_free(before, after) and likeness(before, after) >= least:
        found.add(before, after)


def likeness(before: Function, after: Function) -> float:
    """How much of both is alike, 0 to 1."""
    most = max(len(before.lines), len(after.lines))
    shared = (Counter(before.lines) & Counter(after.lines)).total()
    if shared < _ALIKE_AT_ONE_PLACE * most or most > _LONGEST:
        return 0.0
    return sum(size for _, _, size in _blocks(before.lines, after.lines)) / most


def _alike(before: Sequence[Function], after: Sequence[Function], found: Matching) -> None:
    """Pair what is left by likeness, the likest first."""
    runs: dict[tuple[str, ...], list[Function]] = defaultdict(list)
    for function in after:
        if function.start not in found.taken:
            for run in _runs(function):
                runs[run].append(function)
    candidates = []
    for function in before:
        if function.start in found.pairs:
            continue
        votes: Counter[int] = Counter()
        others: dict[int, Function] = {}
        for run in _runs(function):
            if len(runs.get(run, ())) <= _COMMON:
                for other in runs.get(run, ()):
                    votes[other.start] += 1
                    others[other.start] = other
        for start, _ in votes.most_common(3):
            candidates.append((likeness(function, others[start]), function, others[start]))
    candidates.sort(key=lambda one: (-one[0], one[1].start))
    for value, function, other in candidates:
        if value >= _ALIKE and found.is_free(function, other):
            found.add(function, other)


def _runs(function: Function) -> set[tuple[str, ...]]:
    lines = function.lines
    return {lines[at : at + _RUN] for at in range(max(len(lines) - _RUN + 1, 1))}
