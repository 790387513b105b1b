"""From the bytes of a dump to the sound on a tape.

What a bit and a byte are stands in :mod:`luthier.poly800.tape.line_code`.
Known (the Poly-800 mailing-list thread): the output is a square wave behind a high-pass, so that "bit
changes are immediate"; polarity carries nothing.

Modelled: leader and trailer are continuous ones of 5 s and 1 s, the rest between passes is 2 s of silence,
and the high-pass is of first order at 10 Hz, an ordinary corner of a line output.

Open questions
--------------
* The real corner of the output high-pass.
"""

from __future__ import annotations

import functools
from typing import Literal

import numpy as np
import numpy.typing as npt

from luthier.errors import InputError
from luthier.poly800.tape.line_code import BITS_PER_FRAME, LONG_SECONDS, SHORT_SECONDS

FloatArray = npt.NDArray[np.float64]
BitArray = npt.NDArray[np.uint8]
Shape = Literal["square", "sine"]

#: Modelled, see above. Seconds.
LEADER = 5.0
TRAILER = 1.0
GAP = 2.0

#: Modelled, see above. Hz.
COUPLING = 10.0

LOWEST_RATE = 8_000
HIGHEST_RATE = 192_000

#: Longest recording that is made in one piece, seconds: bounds the memory.
LONGEST = 1_800.0

#: Silence before the first and after the last edge, seconds: room for the ringing of a band-limited edge.
MARGIN = 0.01

#: The band-limited edge: a Kaiser-windowed sinc, integrated. Half-length in samples, -6 dB corner as part
#: of the sampling rate and window shape give a stop band of -80 dB from half the sampling rate on
#: (Kaiser's formula: 2 × 16 samples, beta 8 -> transition of 0.16 of the rate).
EDGE_HALF_LENGTH = 16
_EDGE_CORNER = 0.42
_EDGE_BETA = 8.0
_EDGE_STEPS = 1024


def bits_of(image: bytes) -> BitArray:
    """The framed bits of ``image``: eleven per byte, each 0 or 1."""
    data = np.unpackbits(np.frombuffer(image, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    frames = np.ones((len(image), BITS_PER_FRAME), dtype=np.uint8)
    frames[:, 0] = 0
    frames[:, 1:9] = data
    return frames.reshape(-1)


def half_waves(bits: npt.ArrayLike, short: float = SHORT_SECONDS, long: float = LONG_SECONDS) -> FloatArray:
    """The edge times of a row of ``n`` bits: ``n + 1`` exact times in seconds, the first 0.

    ``short`` and ``long`` are the seconds of the half-wave of a 1 and of a 0.
    """
    row = np.asarray(bits, dtype=np.uint8)
    ones = np.concatenate(([0], np.cumsum(row != 0)))
    # Counting first and multiplying once keeps the last edge as exact as the first.
    return ones * short + (np.arange(row.size + 1) - ones) * long


def dump_bits(image: bytes, leader: float = LEADER, trailer: float = TRAILER) -> BitArray:
    """The bits of one pass: ``leader`` seconds of ones, the framed bytes, ``trailer`` seconds of ones."""
    before, after = (np.ones(round(seconds / SHORT_SECONDS), dtype=np.uint8) for seconds in (leader, trailer))
    return np.concatenate((before, bits_of(image), after))


def waveform(
    edges: FloatArray,
    rate: int,
    *,
    level: float = 0.5,
    shape: Shape = "square",
    coupling: float | None = None,
    duration: float | None = None,
) -> npt.NDArray[np.float32]:
    """The sound of one row of half-waves.

    ``edges`` are ascending times in seconds, not before 0.  The result has its peak at ``level`` and
    lasts ``duration`` seconds (None: to shortly after the last edge).

    "square" is a band-limited square: every edge is an integrated windowed sinc at its exact place
    between the samples, so its time does not depend on ``rate``.  ``coupling`` is the corner in Hz of a
    first-order high-pass behind it (None: the modelled one; 0: none).  "sine" is half a sine per
    half-wave, not coupled unless ``coupling`` says so.
    """
    _check(rate, level)
    if edges.size < 2 or edges[0] < 0 or np.any(np.diff(edges) <= 0):
        raise InputError("edge times must be at least two, ascending and not before 0")
    if edges[-1] > LONGEST:
        raise InputError(
            f"{edges[-1]:.0f} s is longer than a tape recording may be",
            remedy=f"stay under {LONGEST:.0f} s: fewer passes, shorter leader",
        )
    total = edges[-1] + MARGIN if duration is None else duration
    count = int(np.ceil(total * rate))
    positions = edges * rate
    if shape == "square":
        samples = _coupled(_square(positions, count), rate, COUPLING if coupling is None else coupling)
    else:
        samples = _coupled(_sine(positions, count), rate, coupling or 0.0)
    scaled: npt.NDArray[np.float32] = (samples * (level / np.max(np.abs(samples)))).astype(np.float32)
    return scaled


def write(
    image: bytes,
    rate: int = 44_100,
    *,
    leader: float = LEADER,
    trailer: float = TRAILER,
    level: float = 0.5,
    passes: int = 1,
    gap: float = GAP,
    shape: Shape = "square",
) -> npt.NDArray[np.float32]:
    """The recording of ``image``: samples of shape (n,), peak ``level`` (0.5 is -6 dBFS), at ``rate`` Hz.

    ``leader``, ``trailer`` and ``gap`` (silence between passes) are seconds, ``passes`` how often the dump
    is repeated.  ``rate`` is 8,000 to 192,000.  The length and the checksum of ``image`` are not judged
    here.  Raises InputError for values out of range.
    """
    _check(rate, level)
    if not image:
        raise InputError("there are no bytes to write")
    if min(leader, trailer, gap) < 0 or passes < 1:
        raise InputError("leader, trailer and gap must not be negative, and there must be at least one pass")
    # The length is judged before anything is allocated.
    dump_length = float(half_waves(bits_of(image))[-1])
    total = passes * (leader + dump_length + trailer + 2 * MARGIN) + (passes - 1) * gap
    if not total <= LONGEST:
        raise InputError(
            f"{passes} passes last {total:.0f} s, longer than a tape recording may be",
            remedy=f"stay under {LONGEST:.0f} s: fewer passes, shorter leader or gap",
        )
    edges = half_waves(dump_bits(image, leader, trailer)) + MARGIN
    one = waveform(edges, rate, level=level, shape=shape)
    if passes == 1:
        return one
    silence = np.zeros(round(gap * rate), dtype=np.float32)
    return np.concatenate([one, *([silence, one] * (passes - 1))])


def _check(rate: int, level: float) -> None:
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise InputError(f"{rate} Hz is not a rate from {LOWEST_RATE} to {HIGHEST_RATE} Hz")
    if not 0 < level <= 1:
        raise InputError(f"level {level:g} is not above 0 and at most 1")


def _square(positions: FloatArray, count: int) -> FloatArray:
    """A band-limited wave of ±1 with steps at ``positions`` (in samples); silence outside."""
    signs = 1.0 - 2.0 * (np.arange(positions.size) % 2)
    heights = 2.0 * signs
    heights[0] = signs[0]
    heights[-1] = signs[-1]  # from the last half-wave back to silence
    first = np.ceil(positions).astype(np.int64)
    padding = EDGE_HALF_LENGTH
    length = count + 2 * padding + 1
    inside = np.minimum(first + padding, length - 1)
    wave: FloatArray = np.cumsum(np.bincount(inside, weights=heights, minlength=length), dtype=np.float64)
    # What band-limiting adds to an ideal step is nonzero only near the edge: add it tap by tap.
    for tap in range(-EDGE_HALF_LENGTH, EDGE_HALF_LENGTH):
        index = first + tap
        distance = index - positions
        correction = heights * (_band_limited_step(distance) - (tap >= 0))
        place = index + padding
        valid = (place >= 0) & (place < length)
        wave += np.bincount(place[valid], weights=correction[valid], minlength=length)
    return wave[padding : padding + count]


def _band_limited_step(distance: FloatArray) -> FloatArray:
    """The integrated windowed sinc, 0 to 1, at ``distance`` samples after the edge."""
    grid, step = _step_table()
    return np.interp(distance, grid, step)


@functools.cache
def _step_table() -> tuple[FloatArray, FloatArray]:
    grid = np.arange(-EDGE_HALF_LENGTH * _EDGE_STEPS, EDGE_HALF_LENGTH * _EDGE_STEPS + 1) / _EDGE_STEPS
    kernel = np.sinc(2 * _EDGE_CORNER * grid) * np.kaiser(grid.size, _EDGE_BETA)
    step = np.concatenate(([0.0], np.cumsum((kernel[1:] + kernel[:-1]) / 2)))
    return grid, step / step[-1]


def _sine(positions: FloatArray, count: int) -> FloatArray:
    """Half a sine between every two ``positions`` (in samples), alternating in sign; silence outside."""
    moments = np.arange(count, dtype=np.float64)
    wave = np.searchsorted(positions, moments, side="right") - 1
    inside = (wave >= 0) & (wave < positions.size - 1)
    wave = np.clip(wave, 0, positions.size - 2)
    phase = (moments - positions[wave]) / (positions[wave + 1] - positions[wave])
    signs = 1.0 - 2.0 * (wave % 2)
    return np.where(inside, signs * np.sin(np.pi * phase), 0.0)


def _coupled(samples: FloatArray, rate: int, corner: float) -> FloatArray:
    """``samples`` behind a first-order high-pass at ``corner`` Hz (0: as they are)."""
    if corner <= 0:
        return samples
    from scipy.signal import lfilter

    # The resistor-capacitor high-pass in its impulse-invariant form: y[n] = a (y[n-1] + x[n] - x[n-1]).
    decay = np.exp(-2 * np.pi * corner / rate)
    coupled: FloatArray = lfilter([decay, -decay], [1.0, -decay], samples)
    return coupled
