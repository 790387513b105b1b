"""Several readings of one dump made into the best one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from luthier.poly800.memory import TAPE_IMAGE_LENGTH
from luthier.poly800.tape import choice
from luthier.poly800.tape.choice import Alternative
from luthier.poly800.tape.reading import Dump, rank

FloatArray = npt.NDArray[np.float64]

#: No reading is trusted more than this by itself, so that two against one can win.
_MOST = 0.9999
#: Readings of one recording count if they are nearly as good as the best of them.
_NEARLY = 0.97
_VALUES = 256
#: Where so many ways of reading give the same bytes, the rivals they list together may hold a little more.
_MANY = 3
_SHARE_OF_MANY = 0.95


def merged(takes: Sequence[Dump]) -> Dump:
    """The best dump that several takes of the same memory give together.

    Takes are independent: where they agree each makes the other surer, where one lost signal the other
    counts alone, and where they differ the surer one wins and the checksum may decide.  Raises ValueError
    without takes.
    """
    if not takes:
        raise ValueError("nothing to merge")
    best = max(takes, key=rank)
    if best.complete or len(takes) == 1:
        return best
    evidence = np.zeros((TAPE_IMAGE_LENGTH, _VALUES))
    places = np.arange(TAPE_IMAGE_LENGTH)
    for dump in takes:
        trust = np.clip(dump.confidence, 0.0, _MOST)
        # The odds against one particular of the 255 other values.
        odds = np.log(np.maximum(trust / (1 - trust) * (_VALUES - 1), 1.0))
        evidence[places, np.frombuffer(dump.image, dtype=np.uint8)] += odds
    unread = evidence.max(axis=1) <= 0
    share = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    share[unread] = 0.0
    return replace(_decided(best, share, takes), sources=sum(dump.sources for dump in takes))


def pooled(readings: Sequence[Dump]) -> Dump:
    """What several ways of reading one recording give together.

    They share the recording's faults, so that agreement makes none surer: where they agree confidence is
    their mean, where they differ it is divided.  What they agree on may settle what each left open.
    """
    best = max(readings, key=rank)
    if best.complete or len(readings) == 1:
        return best
    good = [dump for dump in readings if dump.confidence.sum() >= _NEARLY * best.confidence.sum()]
    agreed = _agreed(good)
    if agreed is not None:
        return agreed
    # A reading counts the less the more wrong bytes it expects itself.
    weights = np.array([1.0 / (1.0 + TAPE_IMAGE_LENGTH - dump.confidence.sum()) for dump in good])
    share = np.zeros((TAPE_IMAGE_LENGTH, _VALUES))
    places = np.arange(TAPE_IMAGE_LENGTH)
    for dump, weight in zip(good, weights / weights.sum(), strict=True):
        share[places, np.frombuffer(dump.image, dtype=np.uint8)] += dump.confidence * weight
    return _decided(best, share, good)


def _decided(best: Dump, share: FloatArray, readings: Sequence[Dump]) -> Dump:
    """``best`` with the likeliest value at every place; ``share`` (1636, 256) holds their probabilities."""
    order = np.argsort(share, axis=1)
    first = np.take_along_axis(share, order[:, -1:], axis=1)[:, 0]
    second = np.take_along_axis(share, order[:, -2:-1], axis=1)[:, 0]
    disputed = np.flatnonzero(second > 0)
    rivals = [
        Alternative(((int(place), int(order[place, -2])),), float(np.log(first[place] / second[place])))
        for place in disputed
    ]
    image = order[:, -1].astype(np.uint8).tobytes()
    result = choice.choose(image, rivals, choice.uncovered_doubt(first, rivals))
    return replace(
        best,
        image=result.image,
        confidence=np.maximum(first, choice.PROVEN) if result.proven else first,
        complete=result.proven,
        head=any(dump.head for dump in readings),
        tail=any(dump.tail for dump in readings),
        repaired=result.changed if result.proven else (),
        alternatives=(),
    )


def _agreed(readings: Sequence[Dump]) -> Dump | None:
    """The dump that several readings of a recording agree on, if that settles what each left open.

    A rival that one way of reading cannot tell from the truth but another can costs their mean.
    """
    images = [dump.image for dump in readings]
    image = max(set(images), key=images.count)
    alike = [dump for dump in readings if dump.image == image]
    if len(alike) < 2:
        return None
    surest = max(alike, key=rank)
    rivals = list(_mean_rivals(alike))
    needed = _SHARE_OF_MANY if len(alike) >= _MANY else choice.SHARE
    result = choice.choose(image, rivals, choice.uncovered_doubt(surest.confidence, rivals), needed)
    if not result.proven or result.changed:
        return None
    return replace(surest, complete=True, confidence=np.maximum(surest.confidence, choice.PROVEN))


def _mean_rivals(readings: Sequence[Dump]) -> Iterator[Alternative]:
    """Every rival of any reading at its mean cost; where a reading does not list it, at the highest."""
    costs: dict[tuple[tuple[int, int], ...], float] = {}
    for dump in readings:
        for rival in dump.alternatives:
            saved = (choice.COSTLIEST - rival.cost) / len(readings)
            costs[rival.changes] = costs.get(rival.changes, choice.COSTLIEST) - saved
    for changes, cost in costs.items():
        yield Alternative(changes, cost)
