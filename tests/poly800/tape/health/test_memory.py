"""Examining a recording of any length holds a few blocks of it, not all."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from luthier.audio import files
from luthier.poly800.tape.health.measures import measure
from luthier.poly800.tape.reading import TapeReading

RATE = 8_000


def test_blocks_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    def blocks(_path: Path, seconds: float) -> Iterator[files.Recording]:
        nonlocal most
        random = np.random.default_rng(1)
        for _ in range(12):
            samples = random.normal(0, 0.1, (int(seconds * RATE), 1)).astype(np.float32)
            alive.append(weakref.ref(samples))
            yield files.Recording(samples, RATE, "WAV")
            del samples
            most = max(most, sum(one() is not None for one in alive))

    monkeypatch.setattr(files, "blocks", blocks)
    reading = TapeReading((), 120.0, RATE, ((10.0, 20.0), (95.0, 110.0)))
    _, curves = measure(Path("any.wav"), reading, [(10.0, 20.0), (95.5, 105.25)])
    assert [(begin, sound.size) for begin, sound in curves.excerpts] == [
        (10.0, 10 * RATE),
        (95.5, round(9.75 * RATE)),
    ]
    assert most <= 3
