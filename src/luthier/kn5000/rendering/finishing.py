"""The last steps before the file: gain, a limiter that keeps it from clipping, and the meters behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from luthier.audio.loudness import LoudnessMeter
from luthier.dsp.limiter import Limiter

Samples = npt.NDArray[np.float32]


def metered(blocks: Iterable[Samples], meter: LoudnessMeter) -> Iterator[Samples]:
    """The same blocks, told to ``meter`` on their way."""
    for block in blocks:
        meter.add(block)
        yield block


def limited(blocks: Iterable[Samples], gain: float, limiter: Limiter) -> Iterator[Samples]:
    """``blocks``, multiplied by ``gain`` and kept below the limiter's ceiling; as many frames in all."""
    for block in blocks:
        yield limiter.process(block if gain == 1 else block * np.float32(gain))
    yield limiter.flush()


def measured(level: float) -> float | None:
    """A level that a meter tells, None if there is nothing to measure."""
    return level if math.isfinite(level) else None
