"""A flat machine as a board that can be debugged: snapshots hold only the pages that changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from luthier.machine.flat import FlatMachine
from luthier.machine.member import Member
from luthier.machine.memory import PAGE
from luthier.machine.schedule import Appointment, Schedule
from luthier.machine.snapshot import Snapshot

#: States a second of a processor without a board: so that times can be told at all.
FREQUENCY = 16_000_000


@dataclass(frozen=True)
class FlatSnapshot:
    """A processor's snapshot without its memory, the pages of it that differ from the beginning, the plan."""

    processor: Snapshot
    pages: npt.NDArray[np.intp]
    content: npt.NDArray[np.uint8]
    plan: Appointment


class FlatTarget:
    """One CPU and 16 MiB of RAM."""

    def __init__(self, machine: FlatMachine) -> None:
        self.machine = machine
        machine.processor.forget_all_code()
        self.schedule = Schedule([Member("cpu", machine.processor, FREQUENCY)])
        self._memory = machine.processor.memory.data.reshape(-1, PAGE)
        self._base = self._memory.copy()

    def snapshot(self) -> FlatSnapshot:
        """Everything."""
        processor = self.machine.processor
        pages = np.flatnonzero((self._memory != self._base).any(axis=1))
        bare = Snapshot(
            processor.cpu,
            processor.register_file.tobytes(),
            processor.state,
            b"",
            processor.clock.snapshot(),
            processor.interrupts.snapshot(),
        )
        return FlatSnapshot(bare, pages, self._memory[pages].copy(), self.schedule.snapshot())

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot."""
        memory = self._base.copy()
        memory[taken.pages] = taken.content
        self.machine.processor.restore(replace(taken.processor, memory=memory.tobytes()))
        self.schedule.restore(taken.plan)
