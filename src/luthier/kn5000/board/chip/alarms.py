"""What follows from ticks: requests of a source, and a flip-flop that is turned over.

A request that stands already needs no event: the next is set when it is gone.  A flip-flop that nobody sees
is turned over when someone asks.
"""

from __future__ import annotations

from typing import Any

from luthier.kn5000.board.chip.counter import Ticks
from luthier.kn5000.board.chip.flip_flops import FlipFlops
from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.machine.clock import Clock


class Alarm:
    """Asks for an interrupt at every tick."""

    def __init__(self, source: str, clock: Clock, controller: InterruptController) -> None:
        self._source = source
        self._clock = clock
        self._controller = controller
        self._ticks: Ticks | None = None
        controller.on_gone[source] = self._arm
        clock.know(source, self._ring)

    def set(self, ticks: Ticks | None) -> None:
        """Ask at these ticks from now on."""
        self._ticks = ticks
        self._arm()

    def _arm(self) -> None:
        due = self._ticks.after(self._clock.now) if self._ticks else None
        if due is None or self._controller.is_asking(self._source):
            self._clock.cancel(self._source)
        else:
            self._clock.at(due, self._source, self._ring)

    def _ring(self) -> None:
        self._controller.ask(self._source)

    def snapshot(self) -> list[int]:
        """Its ticks."""
        return [self._ticks.first, self._ticks.period] if self._ticks else []

    def restore(self, taken: list[int]) -> None:
        """Go back to a snapshot."""
        self._ticks = Ticks(*taken) if taken else None


class Turning:
    """Turns a flip-flop over at every tick."""

    def __init__(self, name: str, event: str, clock: Clock, flip_flops: FlipFlops) -> None:
        self._name = name
        self._event = event
        self._clock = clock
        self._flip_flops = flip_flops
        self._ticks: Ticks | None = None
        self._done = 0
        clock.know(event, self._turn)

    def reset(self) -> None:
        """Forget what was due."""
        self._ticks = None

    def set(self, ticks: Ticks | None) -> None:
        """Turn over at these ticks from now on."""
        self.settle()
        self._ticks, self._done = ticks, ticks.until(self._clock.now) if ticks else 0
        self.look()

    def settle(self) -> None:
        """Turn over as often as is due by now."""
        if self._ticks is not None:
            done = self._ticks.until(self._clock.now)
            times, self._done = done - self._done, done
            self._flip_flops.turn(self._name, times)

    def look(self) -> None:
        """Set the event for the next tick, if anyone sees the flip-flop."""
        due = self._ticks.after(self._clock.now) if self._ticks else None
        if due is None or not self._flip_flops.is_shown(self._name):
            self._clock.cancel(self._event)
        else:
            self._clock.at(due, self._event, self._turn)

    def _turn(self) -> None:
        self.settle()
        self.look()

    def snapshot(self) -> dict[str, Any]:
        """Its ticks, and how many were done."""
        ticks = [self._ticks.first, self._ticks.period] if self._ticks else []
        return {"ticks": ticks, "done": self._done}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self._ticks = Ticks(*taken["ticks"]) if taken["ticks"] else None
        self._done = taken["done"]
