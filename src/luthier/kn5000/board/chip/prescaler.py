"""The prescaler, from which all timers have their clock.

It runs while bit 7 of T16RUN is 1, and is at 0 while it is 0.  Its outputs have one step in 8 states (phi
T1), 32 (T4), 128 (T16) and 2,048 (T256).  Steps are those of the 900 family; that it clears is the
TMP95C061's.
"""

from __future__ import annotations

from typing import Any

from luthier.kn5000.board.chip.counter import Ticks

T1, T4, T16, T256 = 8, 32, 128, 2048


class Prescaler:
    """When it began to run, in states; None while it stands still."""

    def __init__(self) -> None:
        self.began: int | None = None

    def reset(self) -> None:
        """As after a reset: it stands still."""
        self.began = None

    def run(self, now: int) -> None:
        """Run from now on; nothing changes if it does already."""
        if self.began is None:
            self.began = now

    def stop(self) -> None:
        """Stop and clear."""
        self.began = None

    def ticks(self, divider: int, now: int) -> Ticks | None:
        """The steps of an output after ``now``."""
        if self.began is None:
            return None
        return Ticks(self.began + ((now - self.began) // divider + 1) * divider, divider)

    def snapshot(self) -> dict[str, Any]:
        """When it began."""
        return {"began": self.began}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.began = taken["began"]
