"""How loud a recording is: ITU-R BS.1770-5 and EBU R 128, block after block of any size.

Integrated loudness with both gates, the greatest momentary and short-term loudness (EBU Tech 3341), the
loudness range (EBU Tech 3342), sample peak and true peak.  Ten numbers a second are kept: an hour is 300 kB.

Open questions
- The true peak is that of four times the rate; the standard leaves the filter open (here 24 taps a phase).
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.compiled import compiled, inlined
from luthier.errors import InputError

Numbers = NDArray[np.float64]
Frames = NDArray[np.float32]

SILENT = -math.inf  #: LUFS of nothing, or of what the gates leave nothing of

# The filters of BS.1770 for any rate: what its coefficients at 48 kHz come from by the bilinear transform
# (as libebur128 has them).  Hz, Q, and the gain of the shelf in dB.
_SHELF, _SHELF_Q, _SHELF_GAIN = 1681.974450955533, 0.7071752369554196, 3.999843853973347
_SHELF_MIDDLE = 0.4996667741545416  # exponent of the gain of the band between
_HIGH_PASS, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_OFFSET = -0.691  # makes a full-scale sine of 997 Hz read -3.01
_ABSOLUTE_GATE, _RELATIVE_GATE, _RANGE_GATE = -70.0, -10.0, -20.0  # LUFS, LU (BS.1770-5; EBU Tech 3342)
_STEPS = 10  # a second
_MOMENTARY, _SHORT_TERM = 4, 30  # steps: 400 ms, 3 s
_LOW_SHARE, _HIGH_SHARE = 10, 95  # per cent (EBU Tech 3342)
_OVERSAMPLING, _TAPS = 4, 24
_KAISER = 7.0
_CHUNK = 64  # frames side by side
_Place = np.uint64  # indices that count from the end are asked about one by one


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a meter has to say; LUFS, LU, dBTP and dBFS, ``SILENT`` where there is nothing."""

    integrated: float
    momentary: float
    """The greatest over 400 ms."""
    short_term: float
    """The greatest over 3 s; of less, that of all."""
    range: float
    true_peak: float
    sample_peak: float
    seconds: float


class LoudnessMeter:
    """Takes blocks of (n, channels) or (n,) samples, 1.0 full scale, one or two channels at any rate."""

    def __init__(self, rate: float, channels: int = 2) -> None:
        if channels not in {1, 2} or not 4000 <= rate <= 768_000:
            raise InputError(
                f"no loudness of {channels} channels at {rate:g} Hz",
                remedy="give one or two channels at 4,000 to 768,000 Hz",
            )
        self.rate = rate
        self.channels = channels
        self._filters = filters(rate)
        self._states = np.zeros((channels, 4))
        self._phases = _phases()
        self._past = np.zeros((channels, _TAPS), np.float32)
        self._peaks = np.zeros(2)  # sample, true
        self._power = np.zeros(1)  # of the step that is not full
        self._steps = array("d")
        self._frames = 0

    def add(self, samples: NDArray[np.floating]) -> None:
        """One more block; samples that are no numbers count as silence."""
        block = np.asarray(samples, np.float32)
        if block.ndim == 1:
            block = block[:, np.newaxis]
        if block.ndim != 2 or block.shape[1] != self.channels:
            raise InputError(f"samples of shape {np.shape(samples)}", remedy=f"give (n, {self.channels})")
        if not np.isfinite(block).all():
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        _peaks(block, self._phases, self._past, self._peaks)
        done = 0
        while done < len(block):
            # Steps end at whole frames, also where a tenth of the rate is none.
            number = len(self._steps)
            begin, end = self._frame(number), self._frame(number + 1)
            stretch = block[done : done + end - self._frames]
            _weigh(stretch, self._filters, self._states, self._power)
            done += len(stretch)
            self._frames += len(stretch)
            if self._frames == end:
                self._steps.append(float(self._power[0]) / (end - begin))
                self._power[0] = 0

    def result(self) -> Loudness:
        """All measures of what was added so far; may be asked for at any time.

        Of less than 400 ms, all there is counts as one block.
        """
        steps = np.array(self._steps)
        rest = self._frames - self._frame(len(steps))
        if len(steps) < _MOMENTARY and rest:
            steps = np.append(steps, self._power[0] / rest)
        momentary, short_term = _means(steps, _MOMENTARY), _means(steps, _SHORT_TERM)
        return Loudness(
            integrated=_integrated(momentary),
            momentary=_level(momentary.max(initial=0.0)),
            short_term=_level(short_term.max(initial=0.0)),
            range=_range(short_term),
            true_peak=_decibels(float(self._peaks.max())),
            sample_peak=_decibels(float(self._peaks[0])),
            seconds=self._frames / self.rate,
        )

    def now(self) -> tuple[float, float]:
        """Momentary and short-term loudness now: LUFS of the last 400 ms and 3 s, or of what there is."""
        steps = np.array(self._steps[-_SHORT_TERM:])
        means = [steps[-length:].mean() if len(steps) else 0.0 for length in (_MOMENTARY, _SHORT_TERM)]
        return _level(float(means[0])), _level(float(means[1]))

    def _frame(self, step: int) -> int:
        return int(step * self.rate // _STEPS)


def filters(rate: float) -> Numbers:
    """The two filters of the K-weighting: b0, b1, b2, a1, a2 each; shape (2, 5)."""
    corner = math.tan(math.pi * min(_SHELF, 0.49 * rate) / rate)
    above = 10 ** (_SHELF_GAIN / 20)
    middle = above**_SHELF_MIDDLE
    scale = 1 + corner / _SHELF_Q + corner**2
    shelf = (
        (above + middle * corner / _SHELF_Q + corner**2) / scale,
        2 * (corner**2 - above) / scale,
        (above - middle * corner / _SHELF_Q + corner**2) / scale,
        2 * (corner**2 - 1) / scale,
        (1 - corner / _SHELF_Q + corner**2) / scale,
    )
    corner = math.tan(math.pi * _HIGH_PASS / rate)
    scale = 1 + corner / _HIGH_PASS_Q + corner**2
    high = (1, -2, 1, 2 * (corner**2 - 1) / scale, (1 - corner / _HIGH_PASS_Q + corner**2) / scale)
    return np.array([shelf, high])


def _phases() -> Frames:
    """A low-pass at the old rate's edge, for the three places between two samples; (3, taps)."""
    places = np.arange(_TAPS) - _TAPS // 2 + 1
    between = np.arange(1, _OVERSAMPLING)[:, np.newaxis] / _OVERSAMPLING
    at = between - places
    window = np.i0(_KAISER * np.sqrt(np.maximum(1 - (2 * at / _TAPS) ** 2, 0))) / np.i0(_KAISER)
    taps = np.sinc(at) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), np.float32)


def _means(steps: Numbers, length: int) -> Numbers:
    """Mean power of so many steps, from every step on; of fewer, of all there are."""
    length = min(length, len(steps))
    if length == 0:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(steps, length).mean(axis=1))


def _level(power: float) -> float:
    return _OFFSET + 10 * math.log10(power) if power > 0 else SILENT


def _decibels(amplitude: float) -> float:
    return 20 * math.log10(amplitude) if amplitude > 0 else SILENT


def _power(level: float) -> float:
    return float(10 ** ((level - _OFFSET) / 10))


def _gated(powers: Numbers, relative: float) -> Numbers:
    """What is above both gates, the second as far from the mean of what is above the first."""
    heard = powers[powers > _power(_ABSOLUTE_GATE)]
    if not len(heard):
        return heard
    return np.asarray(heard[heard > np.mean(heard) * 10 ** (relative / 10)])


def _integrated(momentary: Numbers) -> float:
    heard = _gated(momentary, _RELATIVE_GATE)
    return _level(float(np.mean(heard))) if len(heard) else SILENT


def _range(short_term: Numbers) -> float:
    heard = _gated(short_term, _RANGE_GATE)
    if not len(heard):
        return 0.0
    low, high = np.percentile(heard, (_LOW_SHARE, _HIGH_SHARE))
    return float(10 * np.log10(high / low))


@inlined
def _weighted(
    x: float, filters: Numbers, s0: float, s1: float, s2: float, s3: float
) -> tuple[float, float, float, float, float]:
    """A sample behind both filters, and their states."""
    y = filters[0, 0] * x + s0
    z = y + s2
    return (
        z,
        (filters[0, 1] * x + s1) - filters[0, 3] * y,
        filters[0, 2] * x - filters[0, 4] * y,
        (s3 - 2 * y) - filters[1, 3] * z,
        y - filters[1, 4] * z,
    )


@compiled
def _weigh(block: Frames, filters: Numbers, states: Numbers, power: Numbers) -> None:
    """Add the weighted power of all channels: one waits for itself, two side by side hardly longer."""
    left, right = 0, block.shape[1] - 1
    a0, a1, a2, a3 = states[left, 0], states[left, 1], states[left, 2], states[left, 3]
    b0, b1, b2, b3 = states[right, 0], states[right, 1], states[right, 2], states[right, 3]
    total_left = total_right = 0.0
    for i in range(len(block)):
        here, a0, a1, a2, a3 = _weighted(np.float64(block[i, left]), filters, a0, a1, a2, a3)
        total_left += here * here
        here, b0, b1, b2, b3 = _weighted(np.float64(block[i, right]), filters, b0, b1, b2, b3)
        total_right += here * here
    states[left], states[right] = (a0, a1, a2, a3), (b0, b1, b2, b3)
    for channel in range(len(states)):
        for number in range(states.shape[1]):
            # Numbers too small to be heard would be slow.
            if abs(states[channel, number]) <= 1e-30:
                states[channel, number] = 0.0
    power[0] += total_left + (total_right if right else 0.0)


@inlined
def _largest(bits: NDArray[np.int32], begin: int, end: int) -> np.int32:
    """The greatest of some float32 values to either side, given as their bits and told so.

    Without the sign, bits are in the order of the values; whole numbers are compared side by side.
    """
    greatest = np.int32(0)
    for i in range(begin, end):
        greatest = max(greatest, bits[_Place(i)] & np.int32(0x7FFFFFFF))
    return greatest


@compiled
def _peaks(block: Frames, phases: Frames, past: Frames, peaks: Numbers) -> None:
    """The greatest sample, and the greatest of the three places between samples.

    Where no sample in reach is large enough to make anything greater between them, nobody looks.
    """
    most = np.float32(0)
    for phase in range(len(phases)):
        most = max(most, np.sum(np.abs(phases[phase])))
    line = np.zeros(_TAPS + len(block) + _CHUNK, np.float32)
    values = np.empty(_CHUNK, np.float32)
    samples, between = line.view(np.int32), values.view(np.int32)
    value_of = np.empty(2, np.float32)
    bits = value_of.view(np.int32)
    for channel in range(block.shape[1]):
        line[:_TAPS] = past[channel]
        before = _largest(samples, 0, _TAPS)
        for i in range(len(block)):
            line[_Place(_TAPS + i)] = block[_Place(i), _Place(channel)]
        for begin in range(1, len(block) + 1, _CHUNK):
            size = min(_CHUNK, len(block) + 1 - begin)
            here = _largest(samples, _TAPS + begin - 1, _TAPS + begin - 1 + size)
            bits[0], bits[1] = here, max(before, here)
            before = here if size >= _TAPS else bits[1]
            peaks[0] = max(peaks[0], value_of[0])
            if value_of[1] * most <= peaks[1]:
                continue
            for phase in range(len(phases)):
                weights = phases[phase]
                for i in range(_CHUNK):
                    value = np.float32(0)
                    for tap in range(_TAPS):
                        value += weights[_Place(tap)] * line[_Place(begin + tap + i)]
                    values[_Place(i)] = value
                bits[0] = _largest(between, 0, size)
                peaks[1] = max(peaks[1], value_of[0])
        past[channel] = line[len(block) : len(block) + _TAPS]
