"""Why a run of the board ended, for people: what, where, what came before, what to do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from luthier.kn5000.board.accesses import Access
from luthier.kn5000.memory_map import at

Reason = Literal[
    "time", "breakpoint", "watchpoint", "asleep", "illegal", "wild", "flood", "hammer", "flash", "wall"
]

_TEXTS: dict[Reason, str] = {
    "time": "the time is over",
    "breakpoint": "a breakpoint is reached",
    "watchpoint": "a watched byte is touched",
    "asleep": "both CPUs sleep and nothing can wake them",
    "illegal": "the program has come to what is no code",
    "wild": "the program runs in the table of vectors: one that it uses is erased, or it has run off",
    "flood": "a program does nothing but try what nothing answers",
    "hammer": "a program does hardly anything but write to a device or ask it",
    "flash": "the flash is written more often than it endures",
    "wall": "it takes longer than it may",
}
_REMEDIES: dict[Reason, str] = {
    "asleep": "enable an interrupt before HALT, or press a button",
    "illegal": "look at the last accesses and trace what comes before; check the images",
    "wild": "give every interrupt that is let through a vector; turn the watchdog off or feed it",
    "flood": "check the address that the program tries; the map is `luthier kn5000 map`",
    "hammer": "look for the loop; give it a wait, or an end",
    "flash": "look for the loop that programs or erases",
    "wall": "let it run longer, or for less time",
}


@dataclass(frozen=True)
class Ending:
    """One ending; ``cpu`` is "main" or "sub", empty where it is about neither."""

    reason: Reason
    seconds: float
    """The board's time at the end."""
    cpu: str = ""
    pc: int = 0
    symbol: str = ""
    """The nearest name before the program counter, with the distance; may be empty."""
    detail: str = ""
    accesses: tuple[Access, ...] = field(default=())
    """The last accesses of that CPU to devices, the oldest first."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing went wrong that can be told."""
        return self.reason in ("time", "breakpoint", "watchpoint")

    @property
    def remedy(self) -> str:
        """What to do; empty where there is nothing."""
        return _REMEDIES.get(self.reason, "")

    def lines(self) -> Iterator[str]:
        """A report."""
        where = f", {self.cpu} CPU at {self.pc:06X}h {self.symbol}".rstrip() if self.cpu else ""
        detail = f": {self.detail}" if self.detail else ""
        yield f"after {self.seconds:.3f} s {_TEXTS[self.reason]}{where}{detail}"
        for access in self.accesses:
            yield f"  {access}"
        if self.remedy:
            yield f"{self.remedy}"


class Names:
    """Names of addresses: those of ``symbols`` by CPU, or without them the memory map's."""

    def __init__(self, symbols: Mapping[str, Mapping[str, int]] | None) -> None:
        self._symbols = symbols
        self._sorted = {
            cpu: sorted((address, name) for name, address in names.items())
            for cpu, names in (symbols or {}).items()
        }

    def at(self, cpu: str, address: int) -> str:
        """``name``, or ``name+offset`` behind it; empty where there is no name."""
        if self._symbols is None:
            found = at(address, cpu)
            name, offset = ("", 0) if found.kind == "unmapped" else (found.name, found.offset)
        else:
            known = self._sorted.get(cpu, [])
            index = bisect_right(known, (address, "\U0010ffff")) - 1
            if index < 0:
                return ""
            start, name = known[index]
            offset = address - start
        return f"{name}+{offset:X}h" if offset else name
