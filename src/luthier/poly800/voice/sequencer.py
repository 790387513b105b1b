"""The step sequencer of the machine, playing the sequence of a bank.

Modelled: a note sounds for its whole step and as long as ties follow; a step is a sixteenth note, six MIDI
clocks; a voice that goes on over a step is not struck anew.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.poly800 import note_base
from luthier.poly800.note_base import NoteBase
from luthier.poly800.sequence import Kind, Sequence

#: MIDI clocks to a step: 24 make a quarter note (MIDI 1.0).
CLOCKS_PER_STEP = 6
_CLOCKS_PER_QUARTER = 24
_NEVER = 1 << 62


class Sequencer:
    """Plays ``sequence`` through ``press`` and ``release``; moved on by clocks."""

    def __init__(
        self,
        sequence: Sequence,
        press: Callable[[int], None],
        release: Callable[[int], None],
        *,
        base: NoteBase | None = None,
        repeat: bool = False,
    ) -> None:
        self._base = base or note_base.guess(sequence)
        self._steps = sequence.steps
        self._press, self._release = press, release
        self.repeat = repeat
        self.running = False
        self.rounds = 0
        """How often it was played to its end."""
        self._clocks = 0
        self._place = 0
        self._sounding: list[int] = []

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def place(self) -> int:
        """The step that sounds, from 1 on; 0 before the first and where it has stopped."""
        return self._place if self.running else 0

    def start(self) -> None:
        """Begin at the first step, with the next clock."""
        self._clocks = self._place = self.rounds = 0
        self.running = bool(self._steps)

    def go_on(self) -> None:
        """Go on where it was stopped."""
        self.running = self._place < len(self._steps)

    def stop(self) -> None:
        """Stop, and let its keys go."""
        self.running = False
        self._let_go()

    def clock(self) -> None:
        """A 24th of a quarter note has passed."""
        if not self.running:
            return
        if self._clocks % CLOCKS_PER_STEP == 0:
            self._step()
        self._clocks += 1

    def _step(self) -> None:
        if self._place >= len(self._steps):
            self.rounds += 1
            if not self.repeat:
                self.stop()
                return
            self._place = 0
        step = self._steps[self._place]
        self._place += 1
        if step.kind is Kind.TIE:
            return
        self._let_go()
        for code in step.codes:
            key = self._base.midi_note(code)
            self._press(key)
            self._sounding.append(key)

    def _let_go(self) -> None:
        for key in self._sounding:
            self._release(key)
        self._sounding.clear()


class Clock:
    """The internal clock: the frames at which the 24ths of quarter notes fall, counted from its start."""

    def __init__(self) -> None:
        self._begin = self._number = 0
        self._frames: float | None = None

    def start(self, frame: int, tempo: float, rate: int) -> None:
        """Begin at ``frame``, with ``tempo`` quarter notes a minute."""
        self._begin, self._number = frame, 0
        self._frames = rate * 60 / (tempo * _CLOCKS_PER_QUARTER)

    def stop(self) -> None:
        """Fall silent."""
        self._frames = None

    def tick(self) -> None:
        """On to the next."""
        self._number += 1

    def due(self, frame: int) -> bool:
        """Whether one falls on a frame, or has."""
        return self.frames_from(frame) <= 0

    def frames_from(self, frame: int) -> int:
        """Frames until the next; far more than any sound has if it is stopped."""
        if self._frames is None:
            return _NEVER
        return self._begin + round(self._number * self._frames) - frame
