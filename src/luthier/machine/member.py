"""A processor on the axis of time that several share, see :mod:`luthier.machine.schedule`."""

from __future__ import annotations

from luthier.errors import UsageError
from luthier.machine.processor import Processor


class Member:
    """A processor on the axis of time."""

    def __init__(self, name: str, processor: Processor, frequency: int) -> None:
        if frequency <= 0:
            raise UsageError(f"{name} cannot run at {frequency} states a second", remedy="give more than 0")
        self.name = name
        self.processor = processor
        self.frequency = frequency  #: states a second
        self.held = False  #: kept in reset: time passes, nothing is executed
        self.ticks_a_state = 0  #: set by the schedule
        self.origin = 0  #: ticks at the processor's state 0
        self.time = 0  #: ticks at the end of its last turn
        processor.before_reset.append(self._keep_time)

    def ticks(self, states: int) -> int:
        """The time of a state of this processor, such as that of a posted write."""
        return self.origin + states * self.ticks_a_state

    def _keep_time(self) -> None:
        """A reset sets its states to 0; time goes on."""
        self.origin = self.ticks(self.processor.states)

    def settle(self) -> None:
        """Look at the processor for the time it has come to."""
        self.time = self.origin + self.processor.states * self.ticks_a_state

    def sit_out(self, until: int) -> None:
        """Let time pass without executing anything."""
        self.origin += max(0, until - self.time)
        self.settle()
