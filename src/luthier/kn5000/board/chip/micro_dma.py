"""The micro-DMA: eight channels that move a unit for a request, without the CPU.

A channel waits for the source whose start number stands in its DMAnV; DMAR starts it by software.  Source,
destination, count and mode are control registers of the CPU (LDC).  At the end of the count DMAnV becomes 0
and INTTCn asks; a count of 0 is 65,536.  Nothing moves while IFF is 7, nor while the CPU halts.  Channel 0
comes first.

Bits of DMAMn: 1 and 0 the size (1, 2, 4 bytes), 4 to 2 what changes: destination up or down, source up or
down, nothing, or the source counts and nothing is moved (facts of the KN5000 memory-map page and MAME's
fork).

Open questions
- How long a unit takes on this chip: 8 states, 12 for 4 bytes, 5 for a count, as on the 900/H (modelled).
- Whether requests wait while the CPU halts: they do, as in the TMP92CM22 and the TMP92CZ26A, whose cores are
  the next of kin.  No program that is published tells: those of the KN5000 only halt for good.
- What DMAB does: a request moves all units of a channel (modelled after the maker's 900/H1 chips).
- What sizes and ways that are in no table do: counted as unknown, nothing is moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from luthier.cpu.semantics import CODE, READ, WRITE
from luthier.cpu.tlcs900.operands import CONTROL
from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.kn5000.board.chip.sources import by_start
from luthier.machine.clock import Clock
from luthier.machine.memory import SIZE
from luthier.machine.processor import Processor

CHANNELS = 8
ALL_MASKED = 7
#: What each way (bits 4 to 2 of DMAM) does to source and destination; the last moves nothing.
WAYS = ((0, 1), (0, -1), (1, 0), (-1, 0), (0, 0), (1, 0))
COUNTING = 5
#: States of a unit by its size, and of a count.
STATES, COUNT_STATES = (8, 8, 12), 5
_AT_ONCE = 64  #: units that are moved before events have their turn
_EVENT = "micro-DMA"


class MicroDma:
    """All channels of a chip."""

    def __init__(
        self,
        registers: RegisterFile,
        processor: Processor,
        clock: Clock,
        controller: InterruptController,
    ) -> None:
        self._registers = registers
        memory = self._memory = processor.memory
        # As plain numbers: quicker one by one than NumPy.
        self._access, self._served, self._content = memory.access.data, memory.served.data, memory.data.data
        self._cpu: Any = processor.registers
        self._clock = clock
        self._controller = controller
        self.moved: Counter[int] = Counter()  #: units by channel
        self.unknown_modes: Counter[int] = Counter()  #: units whose mode is in no table
        self.observe: Callable[[int, int, int, int], None] | None = (
            None  #: channel, source, destination, value
        )
        file = processor.register_file
        self._longs = file.view(np.uint32).data
        self._words = file.view(np.uint16).data
        self._bytes = file.data
        self._requested: set[int] = set()  #: channels that the program has started
        self._sources: dict[int, str] = {}  #: what channels wait for
        for channel in range(CHANNELS):
            registers.on_write(f"DMA{channel}V", partial(self._set_start, channel))
        registers.on_write("DMAR", self._start_by_software)
        controller.to_dma = self._claim
        clock.know(_EVENT, self.serve)

    def reset(self) -> None:
        """As after a reset: no channel waits."""
        self._requested.clear()
        self._sources.clear()
        self._clock.cancel(_EVENT)

    # Requests

    def _set_start(self, channel: int, start: int) -> None:
        before = self._registers.get(f"DMA{channel}V")
        self._registers.put(f"DMA{channel}V", start)
        self._wait_for(channel, start)
        self._controller.reconsider(before)
        self._controller.reconsider(start)

    def _wait_for(self, channel: int, start: int) -> None:
        source = by_start().get(start)
        if source is None:
            self._sources.pop(channel, None)
        else:
            self._sources[channel] = source.name
            self._sources = dict(sorted(self._sources.items()))

    def _start_by_software(self, channels: int) -> None:
        self._requested.update(channel for channel in range(CHANNELS) if channels >> channel & 1)
        self._registers.put("DMAR", self._registers.get("DMAR") | channels)
        self._soon()

    def _claim(self, source: str) -> bool:
        """Whether a channel waits for a source, which has just asked."""
        if source not in self._sources.values():
            return False
        self._soon()
        return True

    def _soon(self) -> None:
        self._clock.at(self._clock.now, _EVENT, self.serve)

    # Transfers

    def serve(self) -> None:
        """Move what is asked for, unless everything is masked or the CPU halts."""
        channel = self._next()
        if channel is None:
            return
        if self._cpu.interrupt_mask == ALL_MASKED or self._cpu.is_halted:
            self._controller.lines.wait(self.serve)
            return
        for _ in range(_AT_ONCE):
            self._answer(channel)
            channel = self._next()
            if channel is None:
                return
        self._clock.at(self._cpu.states, _EVENT, self.serve)

    def _next(self) -> int | None:
        """The first channel for which there is a request."""
        asking = self._controller.asking
        for channel, name in self._sources.items():  # by their number
            if name in asking:
                return min(channel, *self._requested) if self._requested else channel
        return min(self._requested, default=None)

    def _answer(self, channel: int) -> None:
        """Move a unit and take the request away, which with DMAB stands until the count is over."""
        place = CONTROL + 0x40 + 4 * channel >> 1
        count = self._words[place] - 1 & 0xFFFF
        if not count or not self._registers.get("DMAB") >> channel & 1:
            self._forget(channel)
        self._move(channel)
        self._words[place] = count
        if not count:
            self._sources.pop(channel, None)
            self._registers.put(f"DMA{channel}V", 0)
            self._controller.ask(f"INTTC{channel}")

    def _forget(self, channel: int) -> None:
        """The request of a channel is answered."""
        if channel in self._requested:
            self._requested.remove(channel)
            self._registers.put("DMAR", self._registers.get("DMAR") & ~(1 << channel))
        else:
            self._controller.withdraw(self._sources[channel])

    def _move(self, channel: int) -> None:
        """Move one unit."""
        mode = self._bytes[CONTROL + 0x42 + 4 * channel] & 0x1F
        size, way = mode & 3, mode >> 2
        self.moved[channel] += 1
        if size == 3 or way >= len(WAYS) or (way == COUNTING and size):
            self.unknown_modes[mode] += 1
            self._cpu.spend(COUNT_STATES)
            return
        from_place, to_place = CONTROL + 4 * channel >> 2, CONTROL + 0x20 + 4 * channel >> 2
        source, destination = self._longs[from_place], self._longs[to_place]
        if way != COUNTING:
            value = self._read(source & SIZE - 1, 1 << size)
            if self.observe is not None:
                self.observe(channel, source, destination, value)
            self._write(destination & SIZE - 1, 1 << size, value)
        by_source, by_destination = WAYS[way]
        self._longs[from_place] = source + (by_source << size) & 0xFFFFFFFF
        self._longs[to_place] = destination + (by_destination << size) & 0xFFFFFFFF
        self._cpu.spend(COUNT_STATES if way == COUNTING else STATES[size])

    def _read(self, address: int, size: int) -> int:
        if size == 1 and (self._access[address >> 8] | self._served[address]) & READ:
            byte: int = self._content[address]
            return byte
        return self._memory.read(address, size)

    def _write(self, address: int, size: int, value: int) -> None:
        if size == 1 and self._access[address >> 8] & (WRITE | CODE) == WRITE:
            self._content[address] = value
        else:
            self._memory.write(address, size, value)

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """Who waits; the rest stands in registers."""
        return {
            "requested": sorted(self._requested),
            "sources": {str(channel): name for channel, name in self._sources.items()},
            "moved": dict(self.moved),
            "unknown": dict(self.unknown_modes),
        }

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self._requested = set(taken["requested"])
        self._sources = {int(channel): name for channel, name in taken["sources"].items()}
        self.moved = Counter(taken["moved"])
        self.unknown_modes = Counter(taken["unknown"])
        if self._next() is not None:  # masked, or due
            self._controller.lines.wait(self.serve)
