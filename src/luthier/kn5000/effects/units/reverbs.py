"""The twelve reverbs, the rooms of the other chip, and the reverb behind a gate.

All stand on the network of ``luthier.kn5000.effects.tank``: reflections, all-passes, sixteen lines.  The
machine's own have nine all-passes in two ladders and 26 taps, and how these hang together is disputed: so
all of this is modelled.  REVERB TIME is the time in which 1 kHz falls by 60 dB.

Open questions
- The real structure, and the sizes, times and colours of the rooms: here chosen for what the names promise.
- What a step of HIGH DAMP GAIN does to the highs: here it is the share, in decibels, of the time that the
  highest tones have of it.
- What GATED REVERB has behind its gate: here a plate of 1.5 s.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final

import numpy as np

from luthier.dsp.delay_lines import BLOCK, Place, Samples
from luthier.dsp.loops import loop_of_parts
from luthier.kn5000.effects import tank
from luthier.kn5000.effects.characters import Room
from luthier.kn5000.effects.tank import reverberate
from luthier.kn5000.effects.units.dynamics import Gate
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words
from luthier.kn5000.effects.units.unit import Frames, Parameter, Unit, percent

_READY: Final = 2 * BLOCK
_TANK: Final = 4 * BLOCK
_OWN_WORDS: Final = 2
#: Milliseconds of the longest line up to which a room is small, and the shortest time of one in seconds.
_SMALL: Final = (50, 0.3)
#: Decibels that the highs may lose more than the middle in one line: beyond, shelves lose their shape.
_MOST_DAMPED: Final = 15.0
#: Share of the way that reflections go to their loudness in a block: half of it in 130 ms.
_SHARE: Final = np.float32(1 / 256)


@loop_of_parts
def _reverberate(frames: Frames, _numbers: Numbers, words: Words, _past: Numbers, memory: Samples) -> None:
    room = tank.within(memory[_TANK:], words[_OWN_WORDS:])
    sent, ready = memory[:_READY], memory[_READY:_TANK]
    gains, wanted = room.tap_gains, room.wanted_tap_gains
    done = 0
    while done < len(frames):
        time = words[TIME]
        place = time & (BLOCK - 1)
        stretch = min(BLOCK - place, len(frames) - done)
        for side in range(2):
            for i in range(min(stretch, BLOCK)):
                at, row = Place(side * BLOCK + place + i), Place(done + i)
                sent[at] = frames[row, side]
                frames[row, side] = ready[at]
        done += stretch
        words[TIME] += stretch
        if place + stretch == BLOCK:
            for i in range(len(gains)):
                gains[i] += _SHARE * (wanted[i] - gains[i])
            ready[:] = 0
            reverberate(room, time - place, sent, ready)
            sent[:] = 0


class Reverb(Unit):
    """A room with its own time, pre-delay, colour and reflections."""

    ROOM: ClassVar[Room]
    ALL: ClassVar[tuple[Parameter, ...]]
    """What there is to set; the rooms of the other chip leave all but the time as it is."""
    patience = 1100 * BLOCK  # longer than the tank itself waits

    def __init__(self) -> None:
        super().__init__(_reverberate, 0, words=tank.WORDS, memory=_TANK + tank.SAMPLES)
        self._tank = tank.within(self._memory[_TANK:], self._words[_OWN_WORDS:])
        self._set: tuple[float, float, float, float] | None = None
        tank.empty(self._tank)

    def _shape(self, settings: Mapping[str, float]) -> None:
        settings = {parameter.name: parameter.default for parameter in self.ALL} | dict(settings)
        self.aim(
            settings["REVERB TIME"],
            settings["PRE DELAY"] / 1000,
            settings["HIGH DAMP GAIN"],
            settings["ER.LEVEL"] / 100,
        )

    def aim(self, time: float, before: float, damp: float, early: float) -> None:
        """Seconds to fall by 60 dB and before it; decibels of the highs' time; share of the reflections."""
        if self._set == (time, before, damp, early):
            return
        self._set = (time, before, damp, early)
        fall = 60 * self.ROOM.longest / 1000 / time
        room = replace(self.ROOM, high=max(10 ** (damp / 20), fall / (fall + _MOST_DAMPED)))
        tank.shape(self._tank, room, time, before, 1, early=early)

    def clear(self) -> None:
        """Forget all sound."""
        room = self._tank
        for sound in (self._memory[:_TANK], room.early, room.diffusers, room.lines, room.states):
            sound[:] = 0
        room.words[tank.ASLEEP] = 1

    def reset(self) -> None:
        """As new, but for what is set."""
        super().reset()
        tank.empty(self._tank)

    def skip(self, frames: int) -> None:
        """Let time go by in silence."""
        room, time = self._tank, int(self._words[TIME])
        if self._memory[:_TANK].any() or not room.words[tank.ASLEEP]:
            self.process(np.zeros((frames, 2), np.float32))
            return
        tank.rest(room, (time + frames) // BLOCK - time // BLOCK)
        self._words[TIME] += frames


def _parameters(time: float, before: float, room: Room) -> tuple[Parameter, ...]:
    return (
        Parameter("REVERB TIME", "s", _SMALL[1] if room.longest < _SMALL[0] else 0.5, 15, time),
        Parameter("PRE DELAY", "ms", 0, 200, before, "exact"),
        Parameter("HIGH DAMP GAIN", "dB", -24, 0, round(20 * math.log10(room.high), 1)),
        percent("ER.LEVEL", 100),
    )


#: Name: seconds, milliseconds before, room.
_ROOMS: Final = {
    "ROOM REVERB 1": (0.6, 0, Room(12, 36, 0.9, 0.25, 0.4, 2, 22)),
    "ROOM REVERB 2": (0.9, 5, Room(17, 48, 0.95, 0.3, 0.35, 4, 36)),
    "PLATE REVERB 1": (1.6, 0, Room(17, 58, 0.85, 0.55, 0.05, 2, 10)),
    "PLATE REVERB 2": (2.4, 10, Room(22, 70, 0.9, 0.6, 0.05, 3, 14)),
    "CONCERT REVERB 1": (2.0, 15, Room(31, 84, 1.2, 0.25, 0.15, 11, 62)),
    "CONCERT REVERB 2": (2.8, 25, Room(34, 88, 1.15, 0.3, 0.15, 14, 76)),
    "DARK REVERB 1": (2.2, 15, Room(31, 80, 1.3, 0.12, 0.15, 10, 55)),
    "DARK REVERB 2": (3.2, 25, Room(34, 88, 1.4, 0.1, 0.12, 14, 76)),
    "BRIGHT REVERB 1": (1.8, 10, Room(27, 76, 0.9, 0.7, 0.2, 8, 50)),
    "BRIGHT REVERB 2": (2.6, 15, Room(31, 84, 0.95, 0.8, 0.18, 11, 66)),
    "WAVE REVERB 1": (2.0, 10, Room(24, 70, 1.0, 0.4, 0.15, 6, 40, 12)),
    "WAVE REVERB 2": (3.0, 20, Room(30, 84, 1.0, 0.45, 0.12, 8, 55, 20)),
    "ROOM": (0.5, 0, Room(11, 33, 0.9, 0.3, 0.5, 2, 20)),
    "KARAOKE": (1.4, 30, Room(24, 70, 0.9, 0.45, 0.2, 9, 60)),
    "BATH ROOM": (1.6, 0, Room(8, 27, 0.8, 0.85, 0.35, 2, 14)),
    "STAGE": (1.8, 20, Room(30, 82, 1.1, 0.35, 0.3, 10, 70)),
}


def reverb(name: str) -> Reverb:
    """A reverb by its name."""
    time, before, room = _ROOMS[name]
    every = _parameters(time, before, room)
    shown = every if name.endswith(("1", "2")) else every[:1]
    made = type("Reverb", (Reverb,), {"ROOM": room, "ALL": every, "parameters": shown})
    found: Reverb = made()
    return found


class GatedReverb(Unit):
    """A plate that a gate cuts off; what goes in opens the gate."""

    parameters = (
        *Gate.parameters,
        Parameter("HIGH DAMP GAIN", "dB", -24, 0, -4),
    )
    patience = Reverb.patience

    def __init__(self) -> None:
        super().__init__(_reverberate, 0)
        self._reverb = reverb("PLATE REVERB 1")
        self._gate = Gate()

    def _shape(self, settings: Mapping[str, float]) -> None:
        self._gate.shape(settings)
        self._reverb.aim(1.5, 0, settings["HIGH DAMP GAIN"], 1)

    def arrive(self) -> None:
        """Become at once what is wanted."""
        self._gate.arrive()
        self._reverb.arrive()

    def reset(self) -> None:
        """As new, but for what is set."""
        self._gate.reset()
        self._reverb.reset()

    def clear(self) -> None:
        """Forget all sound."""
        self._gate.clear()
        self._reverb.clear()

    def skip(self, frames: int) -> None:
        """Let time go by in silence."""
        self._gate.skip(frames)
        self._reverb.skip(frames)

    def process(self, frames: Frames) -> None:
        """Put in place of (n, 2) what becomes of it."""
        key = frames.copy()
        self._reverb.process(frames)
        self._gate.process_behind(key, frames)
