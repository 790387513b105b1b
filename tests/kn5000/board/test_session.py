"""A session: what is done when, how a run is cut, and that it ends where something goes wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from luthier.errors import UsageError
from luthier.kn5000.board.ending import Ending
from luthier.kn5000.board.session import HELD, Move, Pictures, played, pressed, run, turned

TENTH = Fraction(1, 10)


class Machine:
    """Notes what is done to it; its screen changes with each half second, and it may fall over."""

    def __init__(self, falls_at: float = 1e9) -> None:
        self.now = Fraction(0)
        self.done: list[tuple[float, str, Any]] = []
        self.falls_at = falls_at
        self.panel = self.screen = self

    @property
    def seconds(self) -> float:
        return float(self.now)

    def press(self, name: str) -> None:
        self.done.append((self.seconds, "press", name))

    def release(self, name: str) -> None:
        self.done.append((self.seconds, "release", name))

    def turn(self, name: str, steps: int) -> None:
        self.done.append((self.seconds, "turn", (name, steps)))

    def midi(self, data: bytes) -> None:
        self.done.append((self.seconds, "midi", data))

    def picture(self) -> Any:
        return np.full((240, 320, 3), int(self.now * 2), np.uint8)

    def run(self, seconds: Fraction | float) -> Ending:
        assert seconds > 0
        self.now += Fraction(seconds)
        return Ending("wild" if self.now >= self.falls_at else "time", self.seconds)

    def audio(self) -> Any:
        return np.zeros((1, 2), np.float32)


def test_everything_is_done_at_its_moment() -> None:
    machine = Machine()
    moves = [
        *pressed("demo", Fraction(1)),
        turned("data wheel", -2, Fraction(1, 3)),
        *played([(0.5, b"\x90\x3c\x40"), (0.75, b"\x80\x3c\x40")], TENTH),
        Move(Fraction(9), "midi", data=b"late"),
    ]
    assert run(machine, Fraction(2), moves).reason == "time"
    assert machine.seconds == 2
    assert machine.done == [
        (float(Fraction(1, 3)), "turn", ("DATA WHEEL", -2)),
        (0.6, "midi", b"\x90\x3c\x40"),
        (0.85, "midi", b"\x80\x3c\x40"),
        (1.0, "press", "DEMO"),
        (float(1 + HELD), "release", "DEMO"),
    ]


def test_pictures_come_at_their_rate_and_are_kept_once() -> None:
    pictures = Pictures(TENTH)
    run(Machine(), Fraction(1), pictures=pictures)
    assert len(pictures.taken) == 11
    assert len({id(picture) for picture in pictures.taken}) == 3
    assert [int(picture[0, 0, 0]) for picture in pictures.taken] == [0] * 5 + [1] * 5 + [2]


def test_sound_is_handed_over_in_pieces() -> None:
    heard: list[int] = []
    told: list[float] = []
    run(
        Machine(),
        Fraction(1),
        sound=lambda samples: heard.append(len(samples)),
        progress=lambda fraction, _: told.append(fraction),
    )
    assert heard == [1] * 4
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_it_ends_where_something_goes_wrong() -> None:
    machine = Machine(falls_at=0.6)
    ending = run(machine, Fraction(2), pressed("DEMO", Fraction(1)))
    assert ending.reason == "wild"
    assert machine.seconds == 0.75
    assert machine.done == []


def test_a_name_that_is_none_is_told_at_once() -> None:
    with pytest.raises(UsageError, match="DEMO"):
        pressed("DEMOO", Fraction(0))
    with pytest.raises(UsageError, match="DATA WHEEL"):
        turned("DATA", 1, Fraction(0))
