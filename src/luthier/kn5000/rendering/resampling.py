"""From the instrument's rate to the one that is wanted, piece by piece (soxr)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


def resampled(blocks: Iterable[Samples], source: int, target: int) -> Iterator[Samples]:
    """Stereo ``blocks`` at ``source`` Hz as blocks at ``target`` Hz; the same ones if these agree."""
    if source == target:
        yield from blocks
        return
    import soxr

    stream = soxr.ResampleStream(source, target, 2, dtype="float32", quality="VHQ")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty((0, 2), np.float32), last=True)
