"""A quick look at an audio file: does it hold a dump?  One attempt at the first places where one may be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.audio import files
from luthier.poly800.tape import presence
from luthier.poly800.tape.attempts import STEADY, Attempt, Reader
from luthier.poly800.tape.conditioning import PLAIN, Spectrum
from luthier.poly800.tape.decoder import BLOCK_SECONDS, OVERLAP_SECONDS
from luthier.poly800.tape.health import spectra
from luthier.poly800.tape.reading import Dump, rank
from luthier.poly800.tape.survey import survey

Samples = npt.NDArray[np.float32]

#: Only so much of a recording is listened to, seconds.
LISTENED_TO = 600.0
#: Attempts before it is left to somebody with more time.
_MOST_ATTEMPTS = 4
#: Read before and after the seconds in which a dump may be: some of a leader, and what a second cuts off.
_BEFORE_SECONDS = 12.0
_AFTER_SECONDS = 3.0
#: Seconds before the end of a block that are judged once more together with the next one.
_AGAIN_SECONDS = 3.0


@dataclass(frozen=True)
class Glance:
    """What was heard."""

    dump: Dump | None
    likely: bool
    """Whether anything had the half-waves of a dump."""
    seconds: float
    """So much was listened to."""


def look(path: Path) -> Glance:
    """The first dump in the beginning of an audio file as one quick attempt reads it.

    What is damaged may need :func:`luthier.poly800.tape.read_file` to be found.  Raises as
    :func:`luthier.audio.files.blocks` does.
    """
    kept: Samples | None = None
    origin = heard = tried = 0.0
    attempts = 0
    likely: list[float] = []
    for block in files.blocks(path, BLOCK_SECONDS):
        rate = block.rate
        kept = block.samples if kept is None else np.concatenate([kept, block.samples])
        # The last seconds of the block before were judged without what follows them.
        begin = max(heard - _AGAIN_SECONDS, 0.0)
        found = np.flatnonzero(presence.likely(kept[round((begin - origin) * rate) :], rate))
        likely += [begin + float(second) for second in found]
        heard += block.duration
        last = heard >= LISTENED_TO or block.duration < BLOCK_SECONDS - 0.01
        for first, end in _pieces([second for second in likely if second >= origin]):
            # What an attempt saw to its end needs no other.
            if end < tried or attempts == _MOST_ATTEMPTS:
                continue
            attempts += 1
            begin = max(first, origin)
            part = kept[round((begin - origin) * rate) : round((end - origin) * rate)]
            dump = _first(part, rate, begin)
            # A dump that runs into the end of the block is seen whole together with the next one.
            if dump is not None and (
                last or attempts == _MOST_ATTEMPTS or dump.complete or dump.end < heard - 1.0
            ):
                return Glance(dump, True, heard)
        tried = heard
        if last or attempts == _MOST_ATTEMPTS:
            break
        surplus = max(len(kept) - int(OVERLAP_SECONDS * rate), 0)
        kept = kept[surplus:]
        origin += surplus / rate
    return Glance(None, bool(likely), heard)


def _pieces(seconds: list[float]) -> list[tuple[float, float]]:
    """Parts of a recording, begin and end, around the seconds in which a dump may be."""
    pieces: list[tuple[float, float]] = []
    for second in seconds:
        begin, end = second - _BEFORE_SECONDS, second + 1.0 + _AFTER_SECONDS
        if pieces and begin <= pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((begin, end))
    return pieces


def _first(samples: Samples, rate: float, origin: float) -> Dump | None:
    for channel in ("all", "left", "right") if samples.shape[1] == 2 else ("all",):
        spectrum = Spectrum(spectra.track(samples, channel), rate)
        for stretch in survey(spectrum.conditioned(PLAIN)):
            attempt: Attempt | None = Reader(spectrum, stretch, origin).attempt(PLAIN, STEADY)
            if attempt is not None and attempt.dumps:
                return max(attempt.dumps, key=rank)
    return None
