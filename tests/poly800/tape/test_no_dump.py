"""Sounds without a dump are never called complete: a sample of the 5,000 of ``benchmarks/no_dump.py``."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import no_dump_signals

from luthier.poly800 import memory, tape

#: Short, for the suite: noise and music of this length cannot hold a dump, but a reader might invent one.
SECONDS = (1.0, 2.0)


@pytest.mark.parametrize("kind", no_dump_signals.KINDS)
def test_no_dump_is_called_complete(kind: str) -> None:
    place = list(no_dump_signals.KINDS).index(kind)
    for round_number in range(2):
        seed = place + round_number * len(no_dump_signals.KINDS)
        name, samples, rate = no_dump_signals.signal(seed, SECONDS)
        assert name == kind
        assert not any(dump.complete for dump in tape.read(samples, rate).dumps), f"seed {seed}"


def test_the_sounds_are_what_they_claim() -> None:
    # The treacherous ones must be wrong indeed, and a sound dump among them must be found: else the test
    # above would pass with a reader that finds nothing.
    random = np.random.default_rng(1)
    for _ in range(300):
        image = bytearray(random.bytes(memory.TAPE_IMAGE_LENGTH))
        assert memory.checksum_rule(no_dump_signals._misfit(image, random)) is None
    written = no_dump_signals._image(random)
    samples = no_dump_signals._bytes_on_tape(written, random, 22_050)
    dumps = tape.read(samples, 22_050).dumps
    assert [dump.image for dump in dumps if dump.complete] == [written]
