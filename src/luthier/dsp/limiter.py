"""A limiter that looks ahead: peaks come down smoothly and never pass the ceiling.

Both channels get the same gain, so that nothing moves in the stereo picture.  What every sample needs is
held for a window (the least of it), released slowly, and averaged over a window: a straight way down that
arrives with the peak.  Gains are whole numbers, so that the average of ones is exactly one, and sound below
the ceiling comes out bit for bit.

The ceiling holds for samples.  Between samples a converter may come out higher, mostly by less than 1 dB:
that is what the default of -1 dBFS leaves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.delay_lines import Place
from luthier.dsp.loops import loop
from luthier.errors import InputError

Frames = NDArray[np.float32]
Words = NDArray[np.int64]

CEILING = -1.0  #: dBFS
LOOK_AHEAD = 0.005  #: seconds
RELEASE = 0.1  #: seconds for 63 % of the way back
_ONE = 1 << 30  # a gain of 1
_PIECE = 1024  # frames
_TIME, _RELEASED, _SUM, _HEAD, _TAIL, _LEAST, _LIMITED = range(7)


class Limiter:
    """Limits (n, channels) float32, block after block of any size."""

    def __init__(
        self, rate: float, *, ceiling: float = CEILING, look_ahead: float = LOOK_AHEAD, channels: int = 2
    ) -> None:
        if not (8000 <= rate <= 768_000 and -60 <= ceiling <= 0 and 0.0001 <= look_ahead <= 0.1):
            raise InputError(
                f"no limiter of {ceiling:g} dBFS at {rate:g} Hz with {look_ahead:g} s ahead",
                remedy="choose -60 to 0 dBFS, 8,000 to 768,000 Hz and 0.0001 to 0.1 s",
            )
        self._rate = rate
        self._window = window = max(round(look_ahead * rate), 2)
        #: Frames that what comes out of the loop is late; :meth:`process` gives that many less at first.
        self.latency = window - 1
        # The largest float32 that is not above.
        self._ceiling = np.nextafter(np.float32(10 ** (ceiling / 20)), np.float32(0))
        self._share = 1 - np.exp(-1 / (RELEASE * rate))
        places = 1 << window.bit_length()  # more than the window, so that a mask finds every time its place
        self._past = np.zeros((places, channels), np.float32)
        self._gains = np.full(places, _ONE, np.int64)  # released
        self._queue = np.zeros((2, places), np.int64)  # gains that may become the least, and their times
        self._words = np.array([0, _ONE, window * _ONE, 0, 0, _ONE, 0], np.int64)
        self._owed = self.latency

    @property
    def reduction(self) -> float:
        """The most that was taken so far, in decibels, 0 or more."""
        return float(20 * np.log10(_ONE / max(int(self._words[_LEAST]), 1)))

    @property
    def limited(self) -> float:
        """Seconds so far in which anything was taken."""
        return float(self._words[_LIMITED] / self._rate)

    def process(self, block: Frames) -> Frames:
        """What can be said so far: all that went in, but for the last ``latency`` frames; (n, channels).

        Samples that are no numbers count as silence.
        """
        if block.ndim != 2 or block.shape[1] != self._past.shape[1]:
            raise InputError(
                f"a block of shape {block.shape}", remedy=f"give (frames, {self._past.shape[1]}) samples"
            )
        out = np.empty(block.shape, np.float32)
        source = np.ascontiguousarray(block, np.float32)
        state = self._past, self._gains, self._queue, self._words
        _limit(source, out, *state, self._window, self._ceiling, self._share)
        first = min(self._owed, len(out))
        self._owed -= first
        return out[first:]

    def flush(self) -> Frames:
        """The last frames: as many come out in all as went in.

        The limiter is then as new, but for its counts.
        """
        missing = self.latency - self._owed
        rest = self.process(np.zeros((self.latency, self._past.shape[1]), np.float32))
        least, limited = self._words[_LEAST], self._words[_LIMITED]
        self._past[:], self._gains[:] = 0, _ONE
        self._words[:] = (0, _ONE, self._window * _ONE, 0, 0, least, limited)
        self._owed = self.latency
        return rest[len(rest) - missing :]


@loop
def _limit(
    block: Frames,
    out: Frames,
    past: Frames,
    gains: Words,
    queue: Words,
    words: Words,
    window: int,
    ceiling: np.float32,
    share: float,
) -> None:
    """Piece by piece, so that a peak makes little of what is around it slow."""
    for begin in range(0, len(block), _PIECE):
        piece, into = block[begin : begin + _PIECE], out[begin : begin + _PIECE]
        if words[_SUM] == window * _ONE and _is_below(piece, ceiling):
            _delay(piece, into, past, queue, words, window)
        else:
            _turn_down(piece, into, past, gains, queue, words, window, ceiling, share)


@loop
def _is_below(block: Frames, ceiling: np.float32) -> bool:
    """Whether every sample is a number and not above the ceiling to either side.

    Without the sign, bits are in the order of the values, and what is no number is above all of them; whole
    numbers are compared side by side.
    """
    greatest = np.int32(0)
    for bits in block.reshape(-1).view(np.int32):
        greatest = max(greatest, bits & np.int32(0x7FFFFFFF))
    most = np.full(1, ceiling, np.float32).view(np.int32)
    return bool(greatest <= most[0])


@loop
def _delay(block: Frames, out: Frames, past: Frames, queue: Words, words: Words, window: int) -> None:
    """What :func:`_turn_down` does while nothing is taken."""
    frames, channels = block.shape
    last, time, latency = len(past) - 1, words[_TIME], window - 1
    for n in range(min(latency, frames)):
        for channel in range(channels):
            out[n, channel] = past[(time - latency + n) & last, channel]
    come, go, missing = block.reshape(-1), out.reshape(-1), Place(latency * channels)
    for n in range((frames - latency) * channels):
        go[missing + Place(n)] = come[Place(n)]
    for n in range(max(frames - window, 0), frames):
        for channel in range(channels):
            past[(time + n) & last, channel] = block[n, channel]
    time += frames
    # Of equal gains the list of the least keeps the newest.
    newest = words[_TAIL]
    queue[0, newest & last], queue[1, newest & last] = _ONE, time - 1
    words[_TIME], words[_HEAD], words[_TAIL] = time, newest, newest + 1


@loop
def _turn_down(
    block: Frames,
    out: Frames,
    past: Frames,
    gains: Words,
    queue: Words,
    words: Words,
    window: int,
    ceiling: np.float32,
    share: float,
) -> None:
    frames, channels = block.shape
    last = len(past) - 1
    time, released, total = words[_TIME], words[_RELEASED], words[_SUM]
    head, tail, lowest, limited = words[_HEAD], words[_TAIL], window * _ONE, words[_LIMITED]
    for n in range(frames):
        place = time & last
        peak = np.float32(0)
        for channel in range(channels):
            sample = block[n, channel]
            past[place, channel] = sample if np.isfinite(sample) else np.float32(0)
            peak = max(peak, abs(past[place, channel]))
        needed = _ONE if peak <= ceiling else int(np.floor(ceiling / np.float64(peak) * _ONE))
        # The least of the last window: what is not less than the newest never will be.
        while tail > head and queue[0, (tail - 1) & last] >= needed:
            tail -= 1
        queue[0, tail & last], queue[1, tail & last] = needed, time
        tail += 1
        if queue[1, head & last] <= time - window:
            head += 1
        back = released + max(int((_ONE - released) * share), 1)
        released = min(queue[0, head & last], back, _ONE)
        total += released - gains[(time - window) & last]
        gains[place] = released
        # The oldest frame of the window meets the mean of the gains since.
        gain = total / (window * np.float64(_ONE))
        oldest = (time - window + 1) & last
        for channel in range(channels):
            value = np.float32(past[oldest, channel] * gain)
            out[n, channel] = min(max(value, -ceiling), ceiling)
        if total < window * _ONE and time >= window - 1:
            limited += 1
            lowest = min(lowest, total)
        time += 1
    words[_TIME], words[_RELEASED], words[_SUM] = time, released, total
    words[_HEAD], words[_TAIL], words[_LIMITED] = head, tail, limited
    words[_LEAST] = min(words[_LEAST], lowest // window)
