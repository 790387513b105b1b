"""Plays the voice through a sound card, from a keyboard at a MIDI port, a phrase or the bank's sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from luthier.audio.devices import Output
from luthier.dsp.limiter import Limiter
from luthier.midi.stream import Listening, PortMessages
from luthier.poly800.voice.phrases import Phrase, at_frames
from luthier.poly800.voice.reception import Reception
from luthier.poly800.voice.rendering import LONGEST_TAIL
from luthier.poly800.voice.voice import Voice

#: Frames of a block, 5.8 ms, and blocks that wait for the card at most.
BLOCK, AHEAD = 256, 4
_FADE = 0.5


class Source(Protocol):
    """What there is to play."""

    over: bool

    def due(self, frame: int) -> Iterator[bytes]:
        """What comes up to a frame."""


class Keys:
    """A keyboard at a port: never over."""

    over = False

    def __init__(self, port: Listening) -> None:
        self._port = PortMessages(port)

    def due(self, _frame: int) -> Iterator[bytes]:
        """What came since it was asked last."""
        return self._port.arrived()


class Messages:
    """A phrase in its own time; without one, nothing, and at once over."""

    def __init__(self, phrase: Phrase | None, rate: int) -> None:
        self._messages = at_frames(phrase, rate) if phrase else iter(())
        self._next = next(self._messages, None)
        self.over = self._next is None

    def due(self, frame: int) -> Iterator[bytes]:
        """What comes up to a frame."""
        while self._next is not None and self._next[0] <= frame:
            yield self._next[1]
            self._next = next(self._messages, None)
        self.over = self._next is None


class Player:
    """Plays ``source`` on ``voice`` to ``output``, ``gain`` dB louder."""

    def __init__(
        self, source: Source, voice: Voice, reception: Reception, output: Output, gain: float = 0.0
    ) -> None:
        self._source, self._voice, self._reception, self._output = source, voice, reception, output
        self._factor = np.float32(10 ** (gain / 20))
        self._limiter = Limiter(voice.rate)
        self._limiter.process(np.zeros((self._limiter.latency, 2), np.float32))

    def play(self, heard: Callable[[float], None] = lambda _seconds: None) -> None:
        """Play until all is over and silent, or KeyboardInterrupt; then let all keys go.

        ``heard`` is told the seconds played, after every block.
        """
        voice, source = self._voice, self._source
        try:
            last: float = np.inf
            while voice.frame < last and not (source.over and voice.silent):
                for message in source.due(voice.frame):
                    self._reception.receive(message)
                self._put()
                if source.over and (voice.sequencer is None or not voice.sequencer.running):
                    last = min(last, voice.frame + LONGEST_TAIL * voice.rate)
                heard(voice.frame / voice.rate)
        finally:
            voice.stop_sequence()
            voice.hold(False)
            voice.all_notes_off()
            end = voice.frame + _FADE * voice.rate
            while voice.frame < end and not voice.silent:
                self._put()

    def _put(self) -> None:
        self._output.put(self._limiter.process(self._voice.render(BLOCK) * self._factor))
