"""A run of the board as lines and as a record, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from luthier.kn5000.board.audio import RATE, Samples
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.ending import Ending

_WIDTH = 12


class Heard:
    """How much was played and how loud."""

    def __init__(self) -> None:
        self.frames = 0
        self.peak = 0.0
        self.begins: float | None = None
        """The second at which the first sound is heard."""

    def add(self, samples: Samples) -> None:
        """The next stretch."""
        loud = np.abs(samples).max(axis=1, initial=0.0)
        if self.begins is None and loud.any():
            self.begins = (self.frames + int(np.argmax(loud > 0))) / RATE
        self.peak = max(self.peak, float(loud.max(initial=0.0)))
        self.frames += len(samples)


class SelfTest(Protocol):
    """What a firmware says of itself."""

    @property
    def finished(self) -> bool:
        """Whether it has come to its end."""

    @property
    def failed(self) -> tuple[str, ...]:
        """What it found wrong."""

    @property
    def text(self) -> str:
        """All of it, for people."""


@dataclass(frozen=True)
class Report:
    """A run that is over; ``name`` is what was booted, ``self_test`` what it says of itself, if anything."""

    name: str
    board: Board
    ending: Ending
    heard: Heard
    self_test: SelfTest | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing went wrong that can be told."""
        return self.ending.is_sound and (self.self_test is None or not self.self_test.failed)

    def lines(self) -> Iterator[str]:
        """What happened, one thing a line."""
        verdict = "nothing went wrong that can be told" if self.is_sound else "NOT SOUND"
        yield f"{self.name}: {verdict}"
        yield ""
        for title, text in self._rows():
            yield f"  {title:{_WIDTH}}{text}"

    def _rows(self) -> Iterator[tuple[str, str]]:
        ended, *more = self.ending.lines()
        yield "ended", ended
        yield from (("", line.strip()) for line in more)
        for member in self.board.members:
            yield f"{member.name} CPU", f"{member.processor.instructions:,} instructions"
        if self.self_test is not None:
            yield "self test", self.self_test.text
        yield "latches", self._latches()
        yield "screen", self._screen()
        yield "lamps", ", ".join(self.board.panel.lit) or "none lit"
        yield "sound", self._sound()
        yield "MIDI out", f"{len(self.board.midi_out):,} bytes"
        yield from (("note", text) for text in self.board.notes)

    def _latches(self) -> str:
        to_sub, to_main = self.board.latches.to_sub.bytes, self.board.latches.to_main.bytes
        return f"{to_sub:,} bytes to the sub CPU, {to_main:,} to the main CPU"

    def _screen(self) -> str:
        colours = _colours(self.board)
        return "one colour all over" if colours == 1 else f"a picture of {colours} colours"

    def _sound(self) -> str:
        if self.heard.begins is None:
            return "silence"
        decibels = 20 * np.log10(self.heard.peak)
        return f"from {self.heard.begins:.3f} s on, peak {decibels:.1f} dB"

    def record(self) -> dict[str, Any]:
        """The same, for programs."""
        ending = self.ending
        return {
            "name": self.name,
            "sound": self.is_sound,
            "ended": ending.reason,
            "detail": ending.detail,
            "cpu": ending.cpu,
            "pc": ending.pc,
            "symbol": ending.symbol,
            "seconds": ending.seconds,
            "instructions": {member.name: member.processor.instructions for member in self.board.members},
            "latches": {
                "to_sub": self.board.latches.to_sub.bytes,
                "to_main": self.board.latches.to_main.bytes,
            },
            "colours": _colours(self.board),
            "lamps": list(self.board.panel.lit),
            "audio": {
                "frames": self.heard.frames,
                "rate": RATE,
                "peak": self.heard.peak,
                "begins": self.heard.begins,
            },
            "midi_out": [{"seconds": seconds, "byte": byte} for seconds, byte in self.board.midi_out],
            "self_test": None
            if self.self_test is None
            else {
                "finished": self.self_test.finished,
                "failed": list(self.self_test.failed),
                "text": self.self_test.text,
            },
            "notes": list(self.board.notes),
        }


def _colours(board: Board) -> int:
    points = board.screen.picture().reshape(-1, 3).astype(np.uint32)
    return len(np.unique(points[:, 0] << 16 | points[:, 1] << 8 | points[:, 2]))
