"""Rows of framed bytes as they stand on a recording, whatever they mean.

A tape of another synth that uses the same line code shows here: its row has another length or begins with
other bytes than a Poly-800's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.poly800.memory import TAPE_HEADER, TAPE_IMAGE_LENGTH
from luthier.poly800.tape.attempts import STEADY, Reader
from luthier.poly800.tape.conditioning import PLAIN, Spectrum
from luthier.poly800.tape.placement import LEADER_BITS, TRAILER_BITS
from luthier.poly800.tape.survey import survey

#: Shorter rows are read into any noise; 64 frames are 704 bits, of which 192 must be right.
_FEWEST_FRAMES = 64
#: Frames further apart than this belong to two rows, seconds.
_PAUSE_SECONDS = 1.0
#: A row of a Poly-800 may have so many bytes more or less by faults of the reading.
_LENGTH_MARGIN = 16
#: Beyond this share of broken places nothing is said about the length of a row.
_MOST_BROKEN = 0.01


@dataclass(frozen=True)
class Row:
    """Framed bytes that follow each other."""

    begin: float
    end: float
    """Seconds."""
    content: bytes
    leader: bool
    """Ones of a leader or pause stand before the first byte."""
    breaks: int
    """How often the signal was lost inside."""

    @property
    def like_poly800(self) -> bool:
        """Whether it may be the dump of a Poly-800: the sync bytes are in it, or it is too broken to tell."""
        if TAPE_HEADER in self.content or not self.leader:
            return True
        return self.breaks > _MOST_BROKEN * len(self.content)

    @property
    def like_length(self) -> bool:
        """Whether it is about as long as the dump of a Poly-800."""
        return abs(len(self.content) - TAPE_IMAGE_LENGTH) <= _LENGTH_MARGIN


def rows(samples: npt.ArrayLike, rate: float, origin: float = 0.0) -> list[Row]:
    """The rows of framed bytes in mono ``samples``, which begin ``origin`` seconds into the recording."""
    spectrum = Spectrum(samples, rate)
    found: list[Row] = []
    for stretch in survey(spectrum.conditioned(PLAIN)):
        walk = Reader(spectrum, stretch, origin).walk(PLAIN, STEADY)
        if walk is None:
            continue
        frames = walk.frames
        start = origin + walk.first / walk.signal.rate
        found.extend(
            Row(
                begin=start + float(group["begin"][0]) / walk.signal.rate,
                end=start + float(group["end"][-1]) / walk.signal.rate,
                content=group["value"].tobytes(),
                leader=bool(group["idle"][0] >= LEADER_BITS),
                breaks=int(np.count_nonzero(group["lost"][1:])),
            )
            for group in _groups(frames, walk.signal.rate)
        )
    return found


def _groups(frames: npt.NDArray[np.void], rate: float) -> list[npt.NDArray[np.void]]:
    """Frames cut at trailers and long pauses; short groups are left out."""
    if not frames.size:
        return []
    pause = (frames["begin"][1:] - frames["end"][:-1]) / rate
    cuts = 1 + np.flatnonzero((pause > _PAUSE_SECONDS) | (frames["idle"][1:] >= TRAILER_BITS))
    return [group for group in np.split(frames, cuts) if group.size >= _FEWEST_FRAMES]
