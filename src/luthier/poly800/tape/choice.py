"""Choosing among readings with the help of the checksum, and how much that choice is worth.

A checksum of eight bits is right by accident once in 256 times.  It may therefore confirm a reading that is
already sure, or decide between a few readings that the signal leaves open; never more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.poly800.memory import TAPE_HEADER, TAPE_IMAGE_LENGTH, checksum_rule

FloatArray = npt.NDArray[np.float64]

#: Alternatives that cost more than this (nats) are not considered.
COSTLIEST = 8.5
#: With more open readings than this a checksum of eight bits decides nothing.
MOST_OPEN = 500
#: Confidence of every byte of a dump that is proven.
PROVEN = 0.999
#: The chosen reading must hold this part of the probability of all readings whose checksum is right.
SHARE = 0.99
#: Likelihood, against the chosen reading, that a wrong one fits by accident.
_ACCIDENT = 0.002
#: Probability that the truth is not among the readings considered; where it is larger the checksum, right
#: by accident once in 256, does not make up for it.
_OUTSIDE = 0.1


@dataclass(frozen=True)
class Alternative:
    """Another reading of a few bytes: ``changes`` are (place, value), ``cost`` in nats."""

    changes: tuple[tuple[int, int], ...]
    cost: float


@dataclass(frozen=True)
class Choice:
    """The reading chosen, and whether it may be called complete."""

    image: bytes
    checksum_right: bool
    proven: bool
    """The checksum is right and no other reading with a right checksum is likely."""
    changed: tuple[int, ...]
    """Places where the checksum decided against the likeliest reading."""


def residual(image: Sequence[int]) -> int:
    """Checksum byte minus the sum of the memory, modulo 256: 0 if right by the thread's second message."""
    return (int(image[-1]) - sum(image[len(TAPE_HEADER) : -1])) & 0xFF


def uncovered_doubt(confidence: FloatArray, alternatives: Iterable[Alternative]) -> float:
    """Expected number of wrong bytes at places no alternative touches."""
    free = np.ones(confidence.size, dtype=bool)
    free[[place for entry in alternatives for place, _ in entry.changes]] = False
    return float((1.0 - confidence[free]).sum())


def choose(
    image: bytes,
    alternatives: Iterable[Alternative],
    doubt: float,
    needed: float = SHARE,
    *,
    may_change: bool = True,
) -> Choice:
    """The likeliest reading whose checksum is right, if it is likely enough; else ``image`` as it is.

    ``doubt`` is the expected number of wrong bytes that no alternative accounts for; ``needed`` the part of
    the probability of all readings with a right checksum that the chosen one must hold to be proven.  Without
    ``may_change`` the checksum may confirm the likeliest reading but not decide for another.
    """
    # A checksum that is right by the thread's first message, without the channel byte, is taken as it is.
    rule = checksum_rule(image)
    groups = _disjoint(sorted(alternatives, key=lambda entry: entry.cost))
    if len(groups) > MOST_OPEN:
        return Choice(image, rule is not None, False, ())
    wanted = 0 if rule is not None else -residual(image) & 0xFF
    best, mass, trail = _combined(image, groups)
    if best[wanted] > COSTLIEST or doubt > _OUTSIDE:
        return Choice(image, rule is not None, False, ())
    # Probability of the chosen reading among all with a right checksum.
    share = float(np.exp(-best[wanted]) / mass[wanted])
    result = bytearray(image)
    changed: list[int] = []
    for place, value in _taken_path(image, groups, trail, wanted):
        result[place] = value
        changed.append(place)
    # The truth may be something else whose checksum is right by accident, whatever is chosen beside.
    accident = doubt * float(mass.sum()) / 256 * float(np.exp(best[wanted]))
    proven = share > needed and accident < _ACCIDENT and result.startswith(TAPE_HEADER)
    if changed and not (proven and may_change):
        return Choice(image, False, False, ())
    return Choice(bytes(result), True, proven, tuple(sorted(changed)))


def _disjoint(ordered: list[Alternative]) -> list[list[Alternative]]:
    """Alternatives grouped so that those touching the same bytes exclude each other."""
    groups: list[tuple[set[int], list[Alternative]]] = []
    seen: set[tuple[tuple[int, int], ...]] = set()
    for entry in ordered:
        # The identification bytes are known: what would change them is no reading.
        if entry.cost > COSTLIEST or entry.changes in seen or entry.changes[0][0] < len(TAPE_HEADER):
            continue
        seen.add(entry.changes)
        places = {place for place, _ in entry.changes}
        touching = [group for group in groups if group[0] & places]
        merged = (set(places), [entry])
        for group in touching:
            merged[0].update(group[0])
            merged[1].extend(group[1])
            groups.remove(group)
        groups.append(merged)
    return [members for _, members in groups]


def _effect(image: Sequence[int], changes: Iterable[tuple[int, int]]) -> int:
    """How ``changes`` move the residual."""
    effect = 0
    for place, value in changes:
        sign = 1 if place == TAPE_IMAGE_LENGTH - 1 else -1
        effect += sign * (value - image[place])
    return effect & 0xFF


def _combined(
    image: bytes, groups: list[list[Alternative]]
) -> tuple[FloatArray, FloatArray, list[npt.NDArray[np.int64]]]:
    """For every change of the residual: lowest cost, summed probability, and the way there."""
    best = np.full(256, np.inf)
    best[0] = 0.0
    mass = np.zeros(256)
    mass[0] = 1.0
    trail = []
    for members in groups:
        next_best, next_mass = best.copy(), mass.copy()
        best_twice, mass_twice = np.concatenate([best, best]), np.concatenate([mass, mass])
        taken = np.full(256, -1, dtype=np.int64)
        for index, entry in enumerate(members):
            effect = _effect(image, entry.changes)
            # Moved round by the effect, as np.roll does but quicker.
            moved = slice(256 - effect, 512 - effect)
            cost = best_twice[moved] + entry.cost
            better = cost < next_best
            next_best = np.where(better, cost, next_best)
            taken = np.where(better, index, taken)
            next_mass += mass_twice[moved] * np.exp(-entry.cost)
        best, mass = next_best, next_mass
        trail.append(taken)
    return best, mass, trail


def _taken_path(
    image: bytes, groups: list[list[Alternative]], trail: list[npt.NDArray[np.int64]], wanted: int
) -> Iterator[tuple[int, int]]:
    """The changes (place, value) of the cheapest combination that moves the residual by ``wanted``."""
    for members, taken in zip(reversed(groups), reversed(trail), strict=True):
        index = int(taken[wanted])
        if index >= 0:
            yield from members[index].changes
            wanted = (wanted - _effect(image, members[index].changes)) & 0xFF
