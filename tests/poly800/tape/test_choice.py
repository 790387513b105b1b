"""The checksum confirms or decides, and is never believed alone."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.tapes import random_image

from luthier.poly800.tape import choice
from luthier.poly800.tape.choice import Alternative

IMAGE = random_image(3)


def _with(image: bytes, changes: dict[int, int]) -> bytes:
    changed = bytearray(image)
    for place, value in changes.items():
        changed[place] = value
    return bytes(changed)


def test_residual_is_zero_only_for_a_right_checksum() -> None:
    assert choice.residual(IMAGE) == 0
    assert choice.residual(_with(IMAGE, {500: IMAGE[500] ^ 1})) != 0
    assert choice.residual(_with(IMAGE, {1635: (IMAGE[1635] + 7) & 0xFF})) == 7


def test_sure_reading_with_right_checksum_is_proven() -> None:
    result = choice.choose(IMAGE, [], doubt=0.01)
    assert result.proven
    assert result.changed == ()


def test_right_checksum_does_not_prove_a_doubtful_reading() -> None:
    """With half a byte expected wrong the checksum is right by accident too often."""
    result = choice.choose(IMAGE, [], doubt=0.5)
    assert result.checksum_right
    assert not result.proven


def test_checksum_picks_the_reading_that_fits() -> None:
    read = _with(IMAGE, {700: IMAGE[700] ^ 0x10})
    alternatives = [
        Alternative(((700, IMAGE[700]),), 1.5),
        Alternative(((900, IMAGE[900] ^ 0x02),), 2.0),
        Alternative(((701, IMAGE[701] ^ 0x01),), 1.0),
    ]
    result = choice.choose(read, alternatives, doubt=0.001)
    assert result.image == IMAGE
    assert result.proven
    assert result.changed == (700,)


def test_checksum_may_be_kept_from_choosing() -> None:
    """Where few rivals are known it confirms what was read, and does not pick one that happens to fit."""
    read = _with(IMAGE, {700: IMAGE[700] ^ 0x10})
    alternatives = [Alternative(((700, IMAGE[700]),), 1.5)]
    result = choice.choose(read, alternatives, doubt=0.001, may_change=False)
    assert result == choice.Choice(read, False, False, ())
    rival = [Alternative(((700, IMAGE[700] ^ 0x10),), 1.5)]
    assert choice.choose(IMAGE, rival, doubt=0.001, may_change=False).proven


def test_two_losses_are_put_right_together() -> None:
    read = _with(IMAGE, {700: IMAGE[700] ^ 0x10, 1200: IMAGE[1200] ^ 0x01})
    alternatives = [Alternative(((700, IMAGE[700]),), 1.0), Alternative(((1200, IMAGE[1200]),), 1.2)]
    result = choice.choose(read, alternatives, doubt=0.001)
    assert result.image == IMAGE
    assert result.proven


def test_two_readings_that_both_fit_prove_nothing() -> None:
    """A bit up here and the same bit down there leave the sum as it is."""
    here, there = 700, 900
    image = bytearray(IMAGE)
    image[here] &= 0xEF
    image[there] |= 0x10
    image[1635] = (sum(image[2:1635])) & 0xFF
    swapped = Alternative(((here, image[here] | 0x10), (there, image[there] & 0xEF)), 0.3)
    result = choice.choose(bytes(image), [swapped], doubt=0.001)
    assert not result.proven
    assert result.image == bytes(image)


def test_costly_and_too_many_alternatives_decide_nothing() -> None:
    read = _with(IMAGE, {700: IMAGE[700] ^ 0x10})
    costly = [Alternative(((700, IMAGE[700]),), choice.COSTLIEST + 1)]
    assert choice.choose(read, costly, doubt=0.0).image == read
    many = [Alternative(((place, IMAGE[place] ^ 1),), 0.5) for place in range(100, 1000)]
    assert not choice.choose(IMAGE, many, doubt=0.0).proven


def test_identification_bytes_are_no_question() -> None:
    result = choice.choose(IMAGE, [Alternative(((0, 0xB2),), 0.1)], doubt=0.001)
    assert result.proven
    assert not choice.choose(_with(IMAGE, {1: 0x5F}), [], doubt=0.0).proven


@pytest.mark.parametrize("errors", [1, 2, 3])
def test_false_proofs_are_rare(errors: int) -> None:
    """Readings that are wrong where no alternative lists the truth: the checksum alone must not pass them.

    That is itself improbable (here one in ten): all in all fewer than one wrong dump in 500 is called proven.
    """
    random = np.random.default_rng(errors)
    proven = 0
    for _ in range(400):
        read = bytearray(IMAGE)
        for place in random.choice(np.arange(2, 1635), errors, replace=False):
            read[place] ^= random.integers(1, 256)
        wrong = [
            Alternative(((int(place), int(random.integers(256))),), float(random.uniform(1, 6)))
            for place in random.choice(np.arange(2, 1635), 12, replace=False)
        ]
        proven += choice.choose(bytes(read), wrong, doubt=0.1).proven
    assert proven <= 0.02 * 400


def test_uncovered_doubt_counts_only_places_without_alternatives() -> None:
    confidence = np.ones(1636)
    confidence[[5, 6]] = 0.5
    rivals = [Alternative(((5, 0),), 1.0)]
    assert choice.uncovered_doubt(confidence, rivals) == pytest.approx(0.5)
