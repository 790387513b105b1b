"""Bytes find their places though some are lost or invented."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.tapes import random_image

from luthier.poly800.tape.frames import FRAME
from luthier.poly800.tape.placement import FRAME_SECONDS, placements, trusts

IMAGE = random_image(21)
RATE = 20_000.0


def _frames(content: bytes, *, leader: int = 500, rest: int = 1000) -> np.ndarray:
    """Perfect frames of ``content`` after a leader, before a trailer."""
    found = np.zeros(len(content), dtype=FRAME)
    found["value"] = np.frombuffer(content, dtype=np.uint8)
    found["first"] = np.arange(len(content)) * 11 + leader
    found["begin"] = np.arange(len(content)) * FRAME_SECONDS * RATE
    found["end"] = found["begin"] + FRAME_SECONDS * RATE
    found["idle"][0] = leader
    found["rest"][-1] = rest
    found["lost"][0] = True
    found["margin"] = 60.0
    found["explained"] = 0.99
    found["speed"] = 1.0
    return found


def _placed(found: np.ndarray) -> bytes | None:
    results = list(placements(found, RATE))
    if not results:
        return None
    ((group, _, placement),) = results
    values = group["value"][placement.frame]
    values[placement.frame < 0] = 0
    return bytes(values)


def test_undamaged_dump_is_counted() -> None:
    ((_, trust, placement),) = placements(_frames(IMAGE), RATE)
    assert placement.contiguous
    assert placement.head
    assert placement.tail
    assert placement.cost == 0.0
    assert trust.min() > 0.999
    assert _placed(_frames(IMAGE)) == IMAGE


@pytest.mark.parametrize(
    ("begin", "lost", "read"), [(400, 5, 3), (900, 20, 26), (100, 40, 40), (1500, 60, 0)]
)
def test_bytes_lost_in_a_hole(begin: int, lost: int, read: int) -> None:
    """Of ``lost`` bytes the search made ``read`` garbage ones, or none and a gap in time."""
    garbage = bytes(np.random.default_rng(begin).integers(0, 256, read, dtype=np.uint8))
    found = _frames(IMAGE[:begin] + garbage + IMAGE[begin + lost :])
    found["margin"][begin : begin + read] = 0.3
    found["explained"][begin : begin + read] = 0.45
    if not read:
        found["begin"][begin:] += lost * FRAME_SECONDS * RATE
        found["end"][begin:] += lost * FRAME_SECONDS * RATE
        found["lost"][begin] = True
    image = _placed(found)
    assert image is not None
    assert image[:begin] == IMAGE[:begin]
    assert image[begin + lost :] == IMAGE[begin + lost :]


def test_two_holes_are_told_apart_by_what_stands_between() -> None:
    """Only both together must have the right length; the programs between say how much each took."""
    keep = [slice(0, 500), slice(512, 1100), slice(1108, 1636)]
    garbage = [bytes(9), bytes(11)]
    content = IMAGE[keep[0]] + garbage[0] + IMAGE[keep[1]] + garbage[1] + IMAGE[keep[2]]
    found = _frames(content)
    for begin, length in ((500, 9), (500 + 9 + 588, 11)):
        found["margin"][begin : begin + length] = 0.2
        found["explained"][begin : begin + length] = 0.4
    image = _placed(found)
    assert image is not None
    for part in keep:
        assert image[part] == IMAGE[part]


def test_garbage_before_and_behind_is_left_out() -> None:
    random = np.random.default_rng(0)
    noise = _frames(bytes(random.integers(0, 256, 40, dtype=np.uint8)), leader=3, rest=0)
    noise["margin"] = 1.0
    noise["explained"] = 0.4
    found = np.concatenate([noise, _frames(IMAGE), noise])
    found["begin"] = np.arange(found.size) * FRAME_SECONDS * RATE
    found["end"] = found["begin"] + FRAME_SECONDS * RATE
    assert _placed(found) == IMAGE


def test_other_bytes_are_no_dump() -> None:
    """1,636 framed bytes of anything, well read, but neither sync bytes nor possible programs."""
    content = bytes(np.random.default_rng(1).integers(0, 256, 1636, dtype=np.uint8))
    assert _placed(_frames(content)) is None


def test_trust_follows_margin_and_fit() -> None:
    found = _frames(IMAGE)
    found["margin"][:5] = [0.0, 1.0, 3.0, 8.0, 20.0]
    trust = trusts(found)
    assert np.all(np.diff(trust[:5]) > 0)
    assert 0.6 < trust[0] < 0.8
    found["explained"] = 0.45
    assert trusts(found).max() == 0.0
