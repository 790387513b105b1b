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
import math

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import part
from luthier.kn5000.tone_generator.interpolation import response
from luthier.kn5000.tone_generator.recordings import Bank

OCTAVES = 9
LEVELS = 2 * OCTAVES
#: Stored samples the filter reaches to either side: 24 zero crossings.
REACH = 48
#: The window (Kaiser's beta): stop band at about -80 dB.
_WINDOW = 8.0
#: Frequencies of the kernel's integral over its band, which has at most REACH / 2 turns of a cosine.
_NODES = 96
#: The most stored samples that one output sample may advance, and one control step with it.
FASTEST_STEP = 4
#: Places of the pool that may be read behind the last level: sixteen samples are made at a time.
_BEYOND = FASTEST_STEP * 16
#: Stored samples before the first: what the cubic looks back, and some.
FRONT = 4
FRACTION_BITS = 32
#: Columns of the table of levels: place of stored sample 0 in the pool, where to go back, by how much (0:
#: it ends).
PLACE, TURN, LOOP, COLUMNS = range(4)
#: PLACE of a level that nobody needed yet.
NOT_MADE = -1
#: In octaves: a level serves until its treble would come out above 0.64 of the sample rate.  What folds then
#: lies above 16 kHz.
HIGHEST = float(np.log2(0.64 / 0.5))


@functools.cache
def _kernel(odd: bool) -> NDArray[np.float64]:
    """A low-pass at a quarter of the rate, or half an octave below, eight times oversampled in time."""
    fine = 2 ** (OCTAVES - 1)
    edge = 0.25 / np.sqrt(2) if odd else 0.25
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    frequencies = (nodes + 1) / 2 * edge
    wanted = weights * edge / response(frequencies)
    times = np.arange(0, REACH * fine + 1) / fine
    half = np.cos(2 * np.pi * np.outer(times, frequencies)) @ wanted
    half *= np.kaiser(2 * len(times) - 1, _WINDOW)[len(times) - 1 :]
    return np.concatenate([half[:0:-1], half])


@functools.cache
def _filter(level: int) -> NDArray[np.float32]:
    """The kernel at the recording's own rate (at twice that for levels 0 and 1), of gain 1."""
    octave, odd = divmod(level, 2)
    fine = 2 ** (OCTAVES - 1)
    taps = _kernel(bool(odd))[:: fine >> max(octave - 1, 0)]
    upsampled = 2 if octave == 0 else 1
    scaled: NDArray[np.float64] = taps * (upsampled / taps.sum())
    return scaled.astype(np.float32)


def _resampled(
    taps: NDArray[np.float32], samples: NDArray[np.float32], up: int, down: int
) -> NDArray[np.float32]:
    """Zeros between the samples, a filter, every so manieth sample.

    What ``scipy.signal.upfirdn`` does; importing that would take half of the time to the first sound.
    """
    spread = np.zeros(len(samples) * up, np.float32)
    spread[::up] = samples
    wanted = len(spread) + len(taps) - 1
    size = min(odd << max(-(-wanted // odd) - 1, 1).bit_length() for odd in (1, 3, 5, 9, 15))
    product = np.fft.rfft(spread, size) * np.fft.rfft(taps, size)
    return np.fft.irfft(product, size)[:wanted:down].astype(np.float32, copy=False)


def stored(
    samples: NDArray[np.float32], loop: tuple[int, int], level: int, control: int
) -> tuple[NDArray[np.float32], int, int]:
    """A level of a recording from FRONT before its first sample on; where to go back, by how much."""
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
    source = np.where(audible, samples[np.where(audible, inside, 0)], np.float32(0))
    made = _resampled(_filter(level), source, up, down)
    # The filter delays by REACH stored samples, and the source begins as many before the first that is kept.
    lead = 2 * REACH
    values = made[lead : lead + count].astype(np.float32)
    shift = FRACTION_BITS + 1 - octave
    return values, turn << FRACTION_BITS, (end - begin) << shift if looped else 0


@part
def level_of(octaves: float) -> int:
    """The level that suits a recording played so many octaves above a sample for a sample."""
    return min(max(math.ceil(2 * (octaves - HIGHEST)), 0), LEVELS - 1)


class Pyramids:
    """The levels of the recordings that were asked for, in one array."""

    def __init__(self, recordings: Bank, control: int) -> None:
        self._recordings = recordings
        self._control = control
        self._slots: dict[int, int] = {}
        self._selectors: list[int] = []
        self._made: set[tuple[int, int]] = set()
        self._used = 0
        self.pool = np.zeros(1 << 16, np.float32)
        self.table = np.zeros((0, LEVELS, COLUMNS), np.int64)

    @property
    def selectors(self) -> list[int]:
        """What the rows of the table belong to."""
        return self._selectors

    @property
    def made(self) -> set[tuple[int, int]]:
        """Rows and levels that are there."""
        return self._made

    def slot(self, selector: int) -> int:
        """The row of the table for a selector; -1 for silence."""
        if selector not in self._slots:
            rows = self._recordings.table
            if selector >= len(rows) or rows[selector]["length"] == 0:
                self._slots[selector] = -1
            else:
                self._slots[selector] = len(self.table)
                self._selectors.append(selector)
                row = np.full((1, LEVELS, COLUMNS), NOT_MADE, np.int64)
                self.table = np.concatenate([self.table, row])
        return self._slots[selector]

    def make(self, slot: int, lowest: int, highest: int) -> None:
        """Make the levels that are not there yet."""
        for level in range(lowest, highest + 1):
            if (slot, level) not in self._made:
                self._made.add((slot, level))
                row = self._recordings.table[self._selectors[slot]]
                start = int(row["start"])
                samples = self._recordings.samples[start : start + int(row["length"])].astype(np.float32)
                loop = int(row["loop_start"]), int(row["loop_end"])
                values, turn, length = stored(samples / np.float32(0x8000), loop, level, self._control)
                self.table[slot, level] = self._keep(values) + FRONT, turn, length

    def _keep(self, values: NDArray[np.float32]) -> int:
        place = self._used
        self._used += len(values)
        if self._used + _BEYOND > len(self.pool):
            bigger = np.zeros(max(2 * len(self.pool), self._used + _BEYOND), np.float32)
            bigger[:place] = self.pool[:place]
            self.pool = bigger
        self.pool[place : self._used] = values
        return place
