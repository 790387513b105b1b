"""Plays songs and keyboards as they come, in blocks of 256 frames: 5.8 ms.

What a keyboard sends is heard from the next block on.  When it ends, or is stopped, all keys are let go and
what they leave is played out for a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from luthier.audio.devices import Output
from luthier.dsp.limiter import Limiter
from luthier.kn5000.rendering.level import factor
from luthier.kn5000.rendering.performance import Performance, release
from luthier.kn5000.rendering.sound import LONGEST_TAIL, Instrument
from luthier.midi.stream import Listening, PortMessages

Samples = npt.NDArray[np.float32]

#: Frames of a block.
BLOCK = 256
#: Blocks that wait for the card at most: 23 ms.
AHEAD = 4
#: Seconds for which what was stopped may ring on.
_FADE = 0.5


class Source(Protocol):
    """What there is to play."""

    def due(self, until: int) -> Iterator[tuple[int, bytes]]:
        """(frame, message) of all that comes before frame ``until``, in order."""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""


class SongSource:
    """A song in its own time."""

    def __init__(self, performance: Performance, rate: int) -> None:
        self._messages = performance.messages(rate)
        self._next = next(self._messages, None)

    def due(self, until: int) -> Iterator[tuple[int, bytes]]:
        """What comes before frame ``until``."""
        while self._next is not None and self._next[0] < until:
            yield self._next
            self._next = next(self._messages, None)

    @property
    def over(self) -> bool:
        """Whether the song is over."""
        return self._next is None


class PortSource:
    """A keyboard at a port: everything is for now, and it never ends."""

    over = False

    def __init__(self, port: Listening) -> None:
        self._port = PortMessages(port)

    def due(self, until: int) -> Iterator[tuple[int, bytes]]:
        """What came since it was asked last."""
        for message in self._port.arrived():
            yield until - BLOCK, message


class Player:
    """Plays ``source`` on ``instrument`` to ``output``, with ``gain`` in dB."""

    def __init__(self, source: Source, instrument: Instrument, output: Output, gain: float = 0.0) -> None:
        self._source = source
        self._instrument = instrument
        self._output = output
        self._gain = np.float32(factor(gain))
        self._limiter = Limiter(instrument.rate)
        self._limiter.process(np.zeros((self._limiter.latency, 2), np.float32))  # then blocks come out whole
        self._block = np.empty((BLOCK, 2), np.float32)
        self.frames = 0
        """Frames played so far."""

    def play(self, heard: Callable[[float], None] = lambda _seconds: None) -> None:
        """Play until the source is over and it is silent, or KeyboardInterrupt; then let all keys go.

        ``heard`` is told the seconds played, after every block.
        """
        try:
            last: float = np.inf
            while self.frames < last and not (self._source.over and self._instrument.silent):
                self._play_block()
                if self._source.over:
                    last = min(last, self.frames + LONGEST_TAIL * self._instrument.rate)
                heard(self.frames / self._instrument.rate)
        finally:
            self._let_go()

    def _play_block(self) -> None:
        end = self.frames + BLOCK
        for frame, message in self._source.due(end):
            self._until(min(max(frame, self.frames), end))
            self._instrument.receive(message)
        self._until(end)
        self._put()

    def _until(self, frame: int) -> None:
        """Fill the block up to a frame."""
        if frame > self.frames:
            within = self.frames % BLOCK
            self._instrument.render_later(self._block[within : within + frame - self.frames])
            self.frames = frame

    def _put(self) -> None:
        self._instrument.settle()
        self._block *= self._gain
        self._output.put(self._limiter.process(self._block))

    def _let_go(self) -> None:
        """Let all keys and pedals go and play what is left of them for a moment."""
        for message in release():
            self._instrument.receive(message)
        end = self.frames + _FADE * self._instrument.rate
        while self.frames < end and not self._instrument.silent:
            self._until(self.frames + BLOCK)
            self._put()
        self._until(self.frames + BLOCK)  # what the limiter still holds
        self._put()
