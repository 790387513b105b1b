"""A quick look at an audio file: does it hold a dump?  One attempt at the first half-waves that are heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.audio import files
from luthier.poly800.tape.attempts import STEADY, Attempt, Reader
from luthier.poly800.tape.conditioning import PLAIN, Spectrum
from luthier.poly800.tape.decoder import BLOCK_SECONDS, OVERLAP_SECONDS
from luthier.poly800.tape.health import spectra
from luthier.poly800.tape.reading import Dump, rank
from luthier.poly800.tape.survey import survey

Samples = npt.NDArray[np.float32]

#: Only so much of a recording is looked at, seconds.
LOOKED_AT = 120.0


def first_dump(path: Path) -> Dump | None:
    """The first dump in the beginning of an audio file as one quick attempt reads it, or None.

    What is damaged may need :func:`luthier.poly800.tape.read_file` to be found.  Raises as
    :func:`luthier.audio.files.blocks` does.
    """
    kept: Samples | None = None
    origin = 0.0
    looked = 0.0
    for block in files.blocks(path, BLOCK_SECONDS):
        looked += block.duration
        kept = block.samples if kept is None else np.concatenate([kept, block.samples])
        found = _first(kept, block.rate, origin)
        # A dump that runs into the end of the block is seen whole together with the next one.
        if found is not None and (found.complete or found.end < origin + len(kept) / block.rate - 1.0):
            return found
        if looked >= LOOKED_AT or block.duration < BLOCK_SECONDS - 0.01:
            return found
        surplus = max(len(kept) - int(OVERLAP_SECONDS * block.rate), 0)
        kept = kept[surplus:]
        origin += surplus / block.rate
    return None


def _first(samples: Samples, rate: float, origin: float) -> Dump | None:
    channels = ("all", "left", "right") if samples.shape[1] == 2 else ("all",)
    for channel in channels:
        spectrum = Spectrum(spectra.track(samples, channel), rate)
        for stretch in survey(spectrum.conditioned(PLAIN)):
            attempt: Attempt | None = Reader(spectrum, stretch, origin).attempt(PLAIN, STEADY)
            if attempt is not None and attempt.dumps:
                return max(attempt.dumps, key=rank)
    return None
