"""The sound of a performance, a second at a time.

An instrument is told everything at the frame where it belongs and asked for as many frames at once as lie
before the next message, so that the sound depends on nothing but the song.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from luthier.kn5000.effects import Contents
from luthier.kn5000.rendering.performance import Performance

Samples = npt.NDArray[np.float32]

#: Seconds that sound may go on after the last event if nobody asks for other.
LONGEST_TAIL = 10.0
#: Frames between two looks whether it is silent: 23 ms.
_LOOK = 1_024


class Statistics(Protocol):
    """What an instrument played so far: :class:`luthier.kn5000.engine.Statistics`."""

    @property
    def notes(self) -> int:
        """Keys struck."""

    @property
    def stolen(self) -> int:
        """Voices taken from a sound before its end."""

    @property
    def peak_polyphony(self) -> int:
        """Most voices at once."""

    @property
    def unsupported(self) -> Mapping[str, int]:
        """What was asked for and not done, and how often."""

    @property
    def effects(self) -> Sequence[Contents]:
        """What is in the effect slots."""

    @property
    def overridden(self) -> Mapping[str, int]:
        """What was asked of slots that were held, and how often."""


class Instrument(Protocol):
    """What plays: :class:`luthier.kn5000.engine.Engine`."""

    rate: int
    """Frames a second."""

    def receive(self, message: bytes) -> None:
        """Take a whole MIDI message."""

    def render_later(self, out: Samples) -> None:
        """Fill ``out``, shape (n, 2), with the next frames, at the latest when it is to settle."""

    def settle(self) -> None:
        """Fill all that was given."""

    @property
    def sounding(self) -> int:
        """Voices that sound."""

    @property
    def silent(self) -> bool:
        """Nothing sounds and nothing will."""

    @property
    def muted(self) -> set[int]:
        """Parts that play without being heard."""

    @property
    def statistics(self) -> Statistics:
        """What was played so far."""


class Sound:
    """The sound of ``performance`` on a fresh ``instrument``.

    ``tail``: seconds after the last event; None: until it is silent, at most :data:`LONGEST_TAIL`.
    """

    def __init__(self, performance: Performance, instrument: Instrument, tail: float | None = None) -> None:
        self._performance = performance
        self._instrument = instrument
        self._tail = tail
        self._rate = instrument.rate
        self._second = np.empty((self._rate, 2), np.float32)
        self.frames = 0
        """Frames made so far."""
        self.polyphony: list[int] = []
        """Most voices at once, of every second."""

    def blocks(self) -> Iterator[Samples]:
        """The sound, shape (n, 2), second by second; a block is overwritten by the next."""
        instrument, rate = self._instrument, self._rate
        for frame, message in self._performance.messages(rate):
            if frame > self.frames:
                yield from self._until(frame)
            instrument.receive(message)
        end = int(self._performance.seconds * rate + 0.5)
        yield from self._until(end)
        if self._tail is not None:
            yield from self._until(end + round(self._tail * rate))
        else:
            last = end + round(LONGEST_TAIL * rate)
            while self.frames < last and not instrument.silent:
                yield from self._until(min(self.frames + _LOOK, last))
        if filled := self.frames % rate:
            instrument.settle()
            yield self._second[:filled]

    def _until(self, frame: int) -> Iterator[Samples]:
        """Let time pass; whole seconds come out."""
        while self.frames < frame:
            within = self.frames % self._rate
            count = min(frame - self.frames, self._rate - within)
            if not within:
                self.polyphony.append(0)
            self.polyphony[-1] = max(self.polyphony[-1], self._instrument.sounding)
            self._instrument.render_later(self._second[within : within + count])
            self.frames += count
            if within + count == self._rate:
                self._instrument.settle()
                yield self._second
