"""Every recording in half-octave steps of bandwidth, so that playing it higher does not fold its spectrum.

Level 2k and 2k + 1 keep one sample for 2^k / 2 of the recording: level 0 has twice as many samples as the
recording. Even levels hold frequencies up to a quarter of their own rate, odd ones half an octave less.
Between such samples a cubic through four points suffices (:mod:`interpolation`); its loss in the treble is
made good here.

A loop is unrolled behind its end by what the filter and one control step reach, and the player goes back by
a whole number of loops once it is so far behind the end that the filter saw nothing but the loop.  So loops
of any length, and of fractions of a stored sample, are exact.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.tone_generator.interpolation import response
from luthier.kn5000.tone_generator.recordings import Bank

OCTAVES = 9
LEVELS = 2 * OCTAVES
#: Stored samples the filter reaches to either side: 24 zero crossings.
REACH = 48
#: The window (Kaiser's beta): stop band at about -80 dB.
_WINDOW = 8.0
#: The most stored samples that one output sample may advance, and one control step with it.
FASTEST_STEP = 4
#: Stored samples before the first: what the cubic looks back, and some.
FRONT = 4
FRACTION_BITS = 32
#: Columns of the table of levels: place of stored sample 0 in the pool, where to go back, by how much (0:
#: it ends).
PLACE, TURN, LOOP, COLUMNS = range(4)


@functools.cache
def _kernel(odd: bool) -> NDArray[np.float64]:
    """A low-pass at a quarter of the rate, or half an octave below, eight times oversampled in time."""
    fine = 2 ** (OCTAVES - 1)
    edge = 0.25 / np.sqrt(2) if odd else 0.25
    frequencies = (np.arange(512) + 0.5) / 512 * edge
    wanted = 1 / response(frequencies)
    times = np.arange(0, REACH * fine + 1) / fine
    half = np.empty(len(times))
    for part in range(0, len(times), 4096):
        piece = times[part : part + 4096]
        half[part : part + 4096] = (
            2 * edge * (np.cos(2 * np.pi * np.outer(piece, frequencies)) @ wanted) / 512
        )
    half *= np.kaiser(2 * len(times) - 1, _WINDOW)[len(times) - 1 :]
    return np.concatenate([half[:0:-1], half])


@functools.cache
def _filter(level: int) -> NDArray[np.float64]:
    """The kernel at the recording's own rate (at twice that for levels 0 and 1), of gain 1."""
    octave, odd = divmod(level, 2)
    fine = 2 ** (OCTAVES - 1)
    taps = _kernel(bool(odd))[:: fine >> max(octave - 1, 0)]
    upsampled = 2 if octave == 0 else 1
    scaled: NDArray[np.float64] = taps * (upsampled / taps.sum())
    return scaled


def stored(
    samples: NDArray[np.float64], loop: tuple[int, int], level: int, control: int
) -> tuple[NDArray[np.float32], int, int]:
    """A level of a recording from FRONT before its first sample on; where to go back, by how much."""
    from scipy.signal import upfirdn

    octave = level // 2
    begin, end = loop
    looped = end > begin
    up, down = (2, 1) if octave == 0 else (1, 2 ** (octave - 1))
    behind = end if looped else len(samples)
    # In stored samples: the end, the filter's reach and the cubic's; what a control step can go beyond it.
    turn = -(-behind * up // down) + REACH + FRONT
    count = FRONT + turn + FASTEST_STEP * control + FRONT
    reach = REACH * down // up
    first = -(FRONT * down // up) - reach
    places = np.arange(first, first + (count * down) // up + 2 * reach + 2 * down)
    inside = np.where(looped & (places >= end), begin + (places - begin) % max(end - begin, 1), places)
    audible = (inside >= 0) & (inside < len(samples))
    source = np.where(audible, samples[np.where(audible, inside, 0)], 0.0)
    made = upfirdn(_filter(level), source, up, down)
    # The filter delays by REACH stored samples, and the source begins as many before the first that is kept.
    lead = 2 * REACH
    values = made[lead : lead + count].astype(np.float32)
    shift = FRACTION_BITS + 1 - octave
    return values, turn << FRACTION_BITS, (end - begin) << shift if looped else 0


class Pyramids:
    """The levels of the recordings that were asked for, in one array."""

    def __init__(self, recordings: Bank, control: int) -> None:
        self._recordings = recordings
        self._control = control
        self._slots: dict[int, int] = {}
        self._used = 0
        self.pool = np.zeros(1 << 16, np.float32)
        self.table = np.zeros((0, LEVELS, COLUMNS), np.int64)

    def slot(self, selector: int) -> int:
        """The row of the table for a selector, made now if it is new; -1 for silence."""
        if selector not in self._slots:
            self._slots[selector] = self._make(selector)
        return self._slots[selector]

    def _make(self, selector: int) -> int:
        if selector >= len(self._recordings.table) or self._recordings.table[selector]["length"] == 0:
            return -1
        row = self._recordings.table[selector]
        start = int(row["start"])
        samples = self._recordings.samples[start : start + int(row["length"])].astype(np.float64) / 0x8000
        levels = np.zeros((1, LEVELS, COLUMNS), np.int64)
        loop = int(row["loop_start"]), int(row["loop_end"])
        for level in range(LEVELS):
            values, turn, length = stored(samples, loop, level, self._control)
            levels[0, level] = self._keep(values) + FRONT, turn, length
        self.table = np.concatenate([self.table, levels])
        return len(self.table) - 1

    def _keep(self, values: NDArray[np.float32]) -> int:
        place = self._used
        self._used += len(values)
        if self._used > len(self.pool):
            bigger = np.zeros(max(2 * len(self.pool), self._used), np.float32)
            bigger[:place] = self.pool[:place]
            self.pool = bigger
        self.pool[place : self._used] = values
        return place
