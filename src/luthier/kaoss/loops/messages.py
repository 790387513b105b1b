"""An arrangement as MIDI messages in time.

A bank's button is pressed by a note: once to start the bank, once to stop it.  So does a public program that
plays on a Kaossilator Pro (TheKikGen/Volkaoss); with ``hold`` the note lasts as long as the bank is to sound
instead.  MIDI does not tell which banks play already: all must be stopped before.

Open questions
- How long a press must be, and whether the note's end means anything to the unit in either case.
- Whether the unit waits for a beat or bar before it starts or stops a bank: here messages come exactly on the
  bar.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from luthier.kaoss.loops.arrangement import Arrangement
from luthier.kaoss.loops.language import PadMove

TICKS_PER_QUARTER = 480
#: MIDI 1.0: 24 clocks a quarter note.
TICKS_PER_CLOCK = TICKS_PER_QUARTER // 24
#: A press lasts a thirty-second note; chosen.
_PRESS = TICKS_PER_QUARTER // 8
#: Velocities of the bank notes in the unit's MIDI implementation: 9n kk 64 and 8n kk 40.
_ON_VELOCITY, _OFF_VELOCITY = 0x64, 0x40

CLOCK, START, STOP = b"\xf8", b"\xfa", b"\xfc"

#: What comes first within a tick.
_START, _CLOCK, _LET_GO, _PAD, _PRESSED, _STOP = range(6)


class Message(NamedTuple):
    """A MIDI message at a time in ticks; ``order`` sorts those of one tick."""

    tick: int
    order: int
    data: bytes


@dataclass(frozen=True)
class Performance:
    """How an arrangement is played: ``hold`` notes, send ``clock`` (F8, FA, FC)."""

    arrangement: Arrangement
    hold: bool = False
    clock: bool = False

    @property
    def ticks_per_bar(self) -> int:
        """Ticks of a bar."""
        return self.arrangement.settings.beats * TICKS_PER_QUARTER

    @property
    def length(self) -> int:
        """Ticks of all, with the count-in."""
        return (self.arrangement.bars + self.arrangement.settings.count_in) * self.ticks_per_bar

    def tick(self, bar: int, beat: int = 0) -> int:
        """The tick of a beat; bars are counted from 0, behind the count-in."""
        return (bar + self.arrangement.settings.count_in) * self.ticks_per_bar + beat * TICKS_PER_QUARTER

    def messages(self) -> Iterator[Message]:
        """Every message in order of time."""
        return heapq.merge(sorted(self._buttons()), self._pad(), self._clock())

    def _clock(self) -> Iterator[Message]:
        if not self.clock:
            return
        yield Message(0, _START, START)
        for tick in range(0, self.length, TICKS_PER_CLOCK):
            yield Message(tick, _CLOCK, CLOCK)
        yield Message(self.length, _STOP, STOP)

    def _buttons(self) -> Iterator[Message]:
        for passage in self.arrangement.passages:
            start, end = self.tick(passage.start), self.tick(passage.end)
            if self.hold:
                yield self._note(start, passage.bank, on=True)
                yield self._note(end, passage.bank, on=False)
            else:
                # The last press may end behind the last bar: by a thirty-second.
                for tick in (start, end):
                    yield self._note(
                        tick, passage.bank, on=True, order=_PRESSED if tick == start else _LET_GO
                    )
                    yield self._note(tick + _PRESS, passage.bank, on=False)

    def _note(self, tick: int, bank: str, *, on: bool, order: int | None = None) -> Message:
        settings = self.arrangement.settings
        status = (0x90 if on else 0x80) | settings.channel - 1
        data = bytes((status, settings.notes[bank], _ON_VELOCITY if on else _OFF_VELOCITY))
        return Message(tick, order if order is not None else _PRESSED if on else _LET_GO, data)

    def _pad(self) -> Iterator[Message]:
        """Moves of the pad: where first, then the touch; a glide ends where the next move begins."""
        moves = self.arrangement.pads
        ends = [self.tick(move.bar, move.beat) for move in moves[1:]]
        ends += [self.length] * bool(moves)
        touched = False
        last: dict[str, int] = {}
        for move, end in zip(moves, ends, strict=True):
            start = self.tick(move.bar, move.beat)
            if move.point is None:
                if touched:
                    yield self._control(start, "touch", 0)
                touched = False
                continue
            for tick, point in self._path(move, start, end):
                for name, value in zip(("x", "y"), point, strict=True):
                    if last.get(name) != value:
                        yield self._control(tick, name, value)
                    last[name] = value
                if not touched:
                    yield self._control(tick, "touch", 127)
                touched = True
        if touched:
            yield self._control(self.length, "touch", 0)

    def _path(self, move: PadMove, start: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
        """(tick, point) of a move, one per clock while it glides."""
        assert move.point is not None
        yield start, move.point
        if move.to is None:
            return
        length = move.over * self.ticks_per_bar
        (x, y), (to_x, to_y) = move.point, move.to
        for tick in range(TICKS_PER_CLOCK, min(length, end - start - 1) + 1, TICKS_PER_CLOCK):
            yield (
                start + tick,
                (x + round((to_x - x) * tick / length), y + round((to_y - y) * tick / length)),
            )

    def _control(self, tick: int, name: str, value: int) -> Message:
        settings = self.arrangement.settings
        status = 0xB0 | settings.channel - 1
        return Message(tick, _PAD, bytes((status, settings.controllers[name], value)))
