"""A run of the board with hands on it: keys, the wheel and MIDI at their moments, sound and pictures out.

The run is cut where something happens, and so is the same however often it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, Protocol

import numpy as np

from luthier.kn5000.board import controls
from luthier.kn5000.board.audio import Samples
from luthier.kn5000.board.ending import Ending
from luthier.kn5000.board.screen import Picture

#: How long a key is held.
HELD = Fraction(1, 10)
#: The longest stretch between two looks at sound and progress.
_STRETCH = Fraction(1, 4)
LONGEST = 3_600  #: seconds that a command runs it


class Panel(Protocol):
    """What hands reach."""

    def press(self, name: str) -> None:
        """A button goes down."""

    def release(self, name: str) -> None:
        """It comes up again."""

    def turn(self, name: str, steps: int) -> None:
        """The wheel or a controller moves."""


class Screen(Protocol):
    """What eyes see."""

    def picture(self) -> Picture:
        """The screen as it is."""


class Machine(Protocol):
    """The board as a session needs it."""

    @property
    def panel(self) -> Panel:
        """The control panel."""

    @property
    def screen(self) -> Screen:
        """The screen."""

    @property
    def seconds(self) -> float:
        """Its time."""

    def run(self, seconds: Fraction | float) -> Ending:
        """Go on for so long."""

    def audio(self) -> Samples:
        """What was played since last asked."""

    def midi(self, data: bytes) -> None:
        """Bytes for MIDI IN."""


@dataclass(frozen=True, order=True)
class Move:
    """Something that is done to the machine at a moment."""

    seconds: Fraction
    kind: Literal["press", "release", "turn", "midi"] = field(compare=False)
    name: str = field(default="", compare=False)
    steps: int = field(default=0, compare=False)
    data: bytes = field(default=b"", compare=False)

    def make(self, machine: Machine) -> None:
        """Do it."""
        if self.kind == "press":
            machine.panel.press(self.name)
        elif self.kind == "release":
            machine.panel.release(self.name)
        elif self.kind == "turn":
            machine.panel.turn(self.name, self.steps)
        else:
            machine.midi(self.data)


def pressed(name: str, seconds: Fraction) -> tuple[Move, Move]:
    """A button for a tenth of a second; UsageError if there is none of that name."""
    name = controls.button(name).name
    return Move(seconds, "press", name), Move(seconds + HELD, "release", name)


def turned(name: str, steps: int, seconds: Fraction) -> Move:
    """The wheel or a controller; UsageError if there is none of that name."""
    return Move(seconds, "turn", controls.turned(name), steps)


def played(messages: Iterable[tuple[float, bytes]], seconds: Fraction) -> Iterator[Move]:
    """MIDI messages with their seconds, from a moment on."""
    for at, data in messages:
        yield Move(seconds + Fraction(at).limit_denominator(1_000_000), "midi", data=data)


@dataclass
class Pictures:
    """The screen every so often; the same picture is kept once."""

    every: Fraction
    taken: list[Picture] = field(default_factory=list)

    def look(self, screen: Screen) -> None:
        """Take one more."""
        picture = screen.picture()
        if self.taken and np.array_equal(self.taken[-1], picture):
            picture = self.taken[-1]
        self.taken.append(picture)


Progress = Callable[[float, str], None]


def run(
    machine: Machine,
    seconds: Fraction,
    moves: Iterable[Move] = (),
    *,
    sound: Callable[[Samples], None] | None = None,
    pictures: Pictures | None = None,
    noted: Callable[[Move], None] | None = None,
    progress: Progress | None = None,
) -> Ending:
    """Run for so long, or until something goes wrong; moves behind the end are not made.

    ``sound`` gets what is heard, ``noted`` every move before it is made.
    """
    waiting = sorted(moves)
    now = Fraction(0)
    next_picture = Fraction(0)
    while True:
        while waiting and waiting[0].seconds <= now:
            move = waiting.pop(0)
            if noted is not None:
                noted(move)
            move.make(machine)
        if pictures is not None and next_picture <= now:
            pictures.look(machine.screen)
            next_picture += pictures.every
        goals = [seconds, now + _STRETCH]
        goals += [waiting[0].seconds] if waiting else []
        goals += [next_picture] if pictures is not None else []
        goal = min(goals)
        ending = machine.run(goal - now)
        now = goal
        heard = machine.audio()
        if sound is not None:
            sound(heard)
        if progress is not None:
            progress(float(now / seconds), "")
        if now >= seconds or ending.reason not in ("time", "asleep"):
            if pictures is not None:
                pictures.look(machine.screen)
            return ending
