"""An instrument whose sound is arithmetic: every key that is down adds a step to its part's constant."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from luthier.kn5000.effects import Contents


@dataclass
class Statistics:
    notes: int = 0
    stolen: int = 0
    peak_polyphony: int = 0
    unsupported: Counter[str] = field(default_factory=Counter)
    effects: list[Contents] = field(default_factory=list)
    overridden: Counter[str] = field(default_factory=Counter)


class FakeInstrument:
    """Left has ``LEVEL`` for every key, right half of it; a key rings on for ``ring`` frames."""

    LEVEL = 0.125
    rate = 44_100

    def __init__(self, ring: int = 0, stop_at: int | None = None) -> None:
        self._ring = ring
        self._stop_at = stop_at
        self._down: Counter[tuple[int, int]] = Counter()
        self._ringing: list[tuple[int, int]] = []
        self.muted: set[int] = set()
        self.frames = 0
        self.calls: list[int] = []
        self.received: list[tuple[int, bytes]] = []
        self.statistics = Statistics()

    def receive(self, message: bytes) -> None:
        self.received.append((self.frames, message))
        kind, part = message[0] & 0xF0, message[0] & 0x0F
        if kind == 0x90 and message[2]:
            self._down[part, message[1]] += 1
            self.statistics.notes += 1
            self.statistics.peak_polyphony = max(self.statistics.peak_polyphony, self.sounding)
        elif kind in (0x80, 0x90):
            self._release(part, message[1])
        elif kind == 0xB0 and message[1] == 123:
            for number, key in [entry for entry in self._down if entry[0] == part]:
                self._release(number, key)
        elif message[0] == 0xF0:
            self.statistics.unsupported["system exclusive"] += 1

    def _release(self, part: int, key: int) -> None:
        if self._down.pop((part, key), 0) and self._ring:
            self._ringing.append((part, self.frames + self._ring))

    def render_later(self, out: npt.NDArray[np.float32]) -> None:
        if self._stop_at is not None and self.frames >= self._stop_at:
            raise KeyboardInterrupt
        self.calls.append(len(out))
        held = sum(count for (part, _), count in self._down.items() if part not in self.muted)
        out[:, 0] = held * self.LEVEL
        for part, until in self._ringing:
            if part not in self.muted:
                out[: max(0, until - self.frames), 0] += self.LEVEL
        out[:, 1] = out[:, 0] / 2
        self.frames += len(out)
        self._ringing = [entry for entry in self._ringing if entry[1] > self.frames]

    def settle(self) -> None:
        """Everything is there at once."""

    @property
    def sounding(self) -> int:
        return sum(self._down.values()) + len(self._ringing)

    @property
    def silent(self) -> bool:
        return self.sounding == 0
