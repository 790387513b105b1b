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


def merged(readings: Sequence[Dump], *, independent: bool = True) -> Dump:
    """The best dump that ``readings`` of the same memory give together.

    Takes of a tape are ``independent``: where they agree each makes the other surer.  Readings of the same
    recording are not: where they agree the surer one counts, where they differ both lose.  Raises ValueError
    without readings.
    """
    if not readings:
        raise ValueError("nothing to merge")
    best = max(readings, key=rank)
    if best.complete or len(readings) == 1:
        return best
    if not independent:
        agreed = _agreed(readings)
        if agreed is not None:
            return agreed
    weights = _weights(readings, independent)
    order = np.argsort(weights, axis=1)
    values = order[:, -1].astype(np.uint8)
    first = np.take_along_axis(weights, order[:, -1:], axis=1)[:, 0]
    second = np.take_along_axis(weights, order[:, -2:-1], axis=1)[:, 0]
    confidence = np.where(first > 0, 1.0 / (1.0 + 255.0 * np.exp(-(first - second))), 0.0)
    # With nothing against it a byte is worth what its readings say; each of 255 others has no evidence.
    confidence = np.minimum(confidence, 1.0)
    image = values.tobytes()
    result = choice.choose(image, _disputed(order, first - second, second), _doubt(confidence, second))
    if result.proven:
        confidence = np.maximum(confidence, choice.PROVEN)
    return replace(
        best,
        image=result.image,
        confidence=confidence,
        complete=result.proven,
        head=any(dump.head for dump in readings),
        tail=any(dump.tail for dump in readings),
        repaired=result.changed if result.proven else (),
        sources=sum(dump.sources for dump in readings) if independent else best.sources,
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
    costs: dict[tuple[tuple[int, int], ...], float] = {}
    for dump in alike:
        for rival in dump.alternatives:
            saved = (choice.COSTLIEST - rival.cost) / len(alike)
            costs[rival.changes] = costs.get(rival.changes, choice.COSTLIEST) - saved
    surest = max(alike, key=lambda dump: float(dump.confidence.sum()))
    rivals = [Alternative(*entry) for entry in costs.items()]
    result = choice.choose(image, rivals, choice.uncovered_doubt(surest.confidence, rivals))
    if not result.proven or result.changed:
        return None
    return replace(surest, complete=True, confidence=np.maximum(surest.confidence, choice.PROVEN))


def _weights(readings: Sequence[Dump], independent: bool) -> FloatArray:
    """(1636, 256): evidence for each value at each place, nats."""
    weights = np.zeros((TAPE_IMAGE_LENGTH, 256))
    places = np.arange(TAPE_IMAGE_LENGTH)
    for dump in readings:
        trust = np.clip(dump.confidence, 0.0, _MOST)
        # Against one particular wrong value out of 255.
        evidence = np.log(np.maximum(trust / (1 - trust) * 255.0, 1.0))
        values = np.frombuffer(dump.image, dtype=np.uint8)
        if independent:
            weights[places, values] += evidence
        else:
            weights[places, values] = np.maximum(weights[places, values], evidence)
    return weights


def _disputed(order: npt.NDArray[np.int64], lead: FloatArray, second: FloatArray) -> Iterator[Alternative]:
    """The second opinion wherever there is one."""
    for place in np.flatnonzero((second > 0) & (lead < choice.COSTLIEST)):
        yield Alternative(((int(place), int(order[place, -2])),), float(lead[place]))


def _doubt(confidence: FloatArray, second: FloatArray) -> float:
    """Expected number of wrong bytes where no reading offers another value."""
    return float((1.0 - confidence)[second <= 0].sum())
