"""What stops a program: breakpoints and watchpoints, with conditions."""

from __future__ import annotations

from dataclasses import dataclass, field

from luthier.machine.debugger.expressions import Expression
from luthier.machine.memory import Kind


@dataclass
class Breakpoint:
    """Stops before an address, if its condition holds there."""

    number: int
    cpu: str
    address: int
    condition: Expression | None = None
    hits: int = 0

    def __str__(self) -> str:
        return f"break {self.address:06X}{_condition(self.condition)}"


@dataclass
class Watchpoint:
    """Stops behind an instruction that touches some bytes, if its condition holds then."""

    number: int
    cpu: str
    address: int
    size: int = 1
    kinds: tuple[Kind, ...] = ("write",)
    condition: Expression | None = None
    hits: int = 0
    last: bytes = field(default=b"")  #: what was there when it was last looked at

    def covers(self, address: int) -> bool:
        """Whether an address is one of its bytes."""
        return self.address <= address < self.address + self.size

    def __str__(self) -> str:
        word = "awatch" if len(self.kinds) > 1 else "watch" if "write" in self.kinds else "rwatch"
        size = f":{self.size}" if self.size > 1 else ""
        return f"{word} {self.address:06X}{size}{_condition(self.condition)}"


@dataclass(frozen=True)
class Halt:
    """Why and where the debugger has the program again."""

    reason: str  #: "step", "breakpoint", "watchpoint", "time", "illegal", "halt", "back"
    cpu: str
    pc: int
    detail: str = ""  #: one line for people
    stop: Breakpoint | Watchpoint | None = None


def _condition(condition: Expression | None) -> str:
    return f" if {condition}" if condition is not None else ""
