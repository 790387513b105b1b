"""The interrupt controller: requests and levels, what the CPU is asked, and what the micro-DMA takes away.

A request stands in its register until it is taken, written as 0, or named in INTCLR.  Levels 1 to 6 ask the
CPU, 0 and 7 do not.  A request whose start number stands in a DMAnV goes to that channel, at any level.

Open questions
- What INTNMWDT holds: its bits are kept, and nobody sets them.
- Whether the levels can be read back: as MAME has it, they can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.kn5000.board.chip.sources import NMI, WATCHDOG, Source, by_start, level_registers, sources
from luthier.machine.interrupts import InterruptLines, Request

_NOT_MASKABLE = 7
_WAITING = 0  #: a vector and a level that no interrupt has

Note = Callable[[str], None]


class Lines(InterruptLines):
    """The lines to the CPU, before which the micro-DMA comes."""

    def __init__(self, taken: Callable[[int], None]) -> None:
        super().__init__()
        self._taken = taken
        self._serve: Callable[[], None] | None = None

    def wait(self, serve: Callable[[], None]) -> None:
        """Have ``serve`` called once, as soon as the CPU is asked whether it lets interrupts through.

        It calls again if nothing has come of it.
        """
        self._serve = serve
        self.request(_WAITING, _WAITING)  # never let through, but the CPU looks when its mask changes

    @property
    def first(self) -> Request | None:
        """The request that comes first."""
        if self._serve is not None:
            serve, self._serve = self._serve, None
            self.withdraw(_WAITING)
            serve()
        return super().first

    def take(self) -> Request:
        """The request that comes first, no longer pending then."""
        request = super().take()
        self._taken(request.vector)
        return request

    def clear(self) -> None:
        """Take all requests back."""
        super().clear()
        self._serve = None


class InterruptController:
    """Requests of all sources of a chip."""

    def __init__(self, registers: RegisterFile) -> None:
        self._registers = registers
        self.lines = Lines(self._take)
        self.taken: Counter[str] = Counter()  #: interrupts that the CPU took, by source
        self.observe: Note | None = None  #: told the source of every interrupt taken
        #: Told when a request of a source is gone, so that it may set the next.
        self.on_gone: dict[str, Callable[[], None]] = {}
        #: Told when the program has cleared a request, not the CPU or the micro-DMA answered it.
        self.on_cleared: dict[str, Callable[[], None]] = {}
        #: Takes a source that asks; true if the micro-DMA has the request.
        self.to_dma: Callable[[str], bool] = lambda _source: False
        self.asking: set[str] = set()  #: sources whose request stands; only for looking at
        self._levels = dict.fromkeys(sources(), 0)
        self._registers_of = level_registers()
        for register in self._registers_of:
            registers.on_write(register, partial(self._write_levels, register))
        registers.on_write("INTCLR", self._write_clear)

    def reset(self) -> None:
        """As after a reset: no requests, all levels 0."""
        self.lines.clear()
        self.asking.clear()
        self._levels = dict.fromkeys(sources(), 0)

    # For the sources

    def ask(self, name: str) -> None:
        """A source asks; it may be asking already."""
        source = sources()[name]
        if name not in self.asking:
            self.asking.add(name)
            self._show(source)
        self._pass_on(source)

    def withdraw(self, name: str) -> None:
        """A source asks no more, or its request was answered."""
        if name in self.asking:
            source = sources()[name]
            self.asking.remove(name)
            self._show(source)
            self.lines.withdraw(source.vector)
            if name in self.on_gone:
                self.on_gone[name]()

    def is_asking(self, name: str) -> bool:
        """Whether a request of a source stands."""
        return name in self.asking

    def reconsider(self, start: int) -> None:
        """A start number has come to or gone from a channel of the micro-DMA."""
        source = by_start().get(start)
        if source is not None and source.name in self.asking:
            self.lines.withdraw(source.vector)
            self._pass_on(source)

    def ask_nmi(self) -> None:
        """An edge at the pin NMI."""
        self.lines.request(NMI, _NOT_MASKABLE)

    def ask_watchdog(self) -> None:
        """The watchdog has run over."""
        self.lines.request(WATCHDOG, _NOT_MASKABLE)

    # Within

    def _pass_on(self, source: Source) -> None:
        if self.to_dma(source.name):
            return
        level = self._levels[source.name]
        if 1 <= level < _NOT_MASKABLE:
            self.lines.request(source.vector, level)
        else:
            self.lines.withdraw(source.vector)

    def _show(self, source: Source) -> None:
        held = self._registers.get(source.register)
        asks = source.name in self.asking
        self._registers.put(source.register, held | source.request if asks else held & ~source.request)

    def _write_levels(self, register: str, value: int) -> None:
        pair = self._registers_of[register]
        held = 0
        for source in pair:
            self._levels[source.name] = value >> source.shift & 7
            held |= value & 7 << source.shift | (source.name in self.asking and source.request)
        self._registers.put(register, held)
        for source in pair:
            if not value & source.request:
                self._clear(source.name)
            elif source.name in self.asking:
                self._pass_on(source)

    def _write_clear(self, start: int) -> None:
        source = by_start().get(start)
        if source is not None:
            self._clear(source.name)

    def _clear(self, name: str) -> None:
        self.withdraw(name)
        if name in self.on_cleared:
            self.on_cleared[name]()

    def _take(self, vector: int) -> None:
        source = by_start().get(vector // 4)
        name = source.name if source else "NMI" if vector == NMI else "INTWD"
        self.taken[name] += 1
        if self.observe is not None:
            self.observe(name)
        if source is not None:
            self.withdraw(name)

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """Levels stand in the registers; who asks, and what was taken."""
        return {"asking": sorted(self.asking), "taken": dict(self.taken), "levels": dict(self._levels)}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.asking = set(taken["asking"])
        self.taken = Counter(taken["taken"])
        self._levels = dict(taken["levels"])
