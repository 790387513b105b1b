"""What the tone generator plays: one array of samples, and where in it each recording lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from luthier.errors import InputError

#: One row for each selector of register 01; a row of length 0 is silent.
RECORDING = np.dtype(
    [
        ("start", np.int64),  # first sample
        ("length", np.int64),  # samples
        ("loop_start", np.int64),  # samples after the start
        ("loop_end", np.int64),  # first sample behind the loop; as loop_start for a recording without
        ("root", np.int64),  # note times 0x100 that it plays at its own rate
        ("rate", np.float64),  # Hz
    ]
)


class Bank(Protocol):
    """Samples, and a row of RECORDING for each selector."""

    @property
    def samples(self) -> NDArray[np.int16]:
        """All recordings, one behind the other or overlapping."""

    @property
    def table(self) -> NDArray[np.void]:
        """RECORDING, by selector."""


@dataclass(frozen=True)
class Recordings:
    """A bank in memory."""

    samples: NDArray[np.int16]
    table: NDArray[np.void]


def check(bank: Bank) -> None:
    """Raise InputError unless every recording lies within the samples, and its loop within it."""
    rows, count = bank.table, len(bank.samples)
    if rows.dtype != RECORDING:
        raise InputError("the table of recordings has other columns", remedy="Its dtype is RECORDING.")
    bad = (rows["start"] < 0) | (rows["length"] < 0) | (rows["length"] > count)
    bad |= rows["start"] > count - rows["length"]
    bad |= (rows["loop_start"] < 0) | (rows["loop_end"] < rows["loop_start"])
    bad |= rows["loop_end"] > rows["length"]
    bad |= (rows["length"] > 0) & ~((rows["rate"] > 0) & np.isfinite(rows["rate"]))
    if bad.any():
        raise InputError(
            f"recording {int(np.flatnonzero(bad)[0])} does not lie within the samples",
            remedy="Check start, length, loop and rate.",
        )


def one(samples: NDArray[np.int16], root: float, rate: float, loop: tuple[int, int] = (0, 0)) -> Recordings:
    """A bank of a single recording, with selector 0: ``root`` is its note, the loop (start, end) or equal."""
    table = np.array([(0, len(samples), *loop, round(root * 0x100), rate)], RECORDING)
    return Recordings(samples, table)
