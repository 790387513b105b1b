"""A simulated recovery as lines and as a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from luthier.kaoss.recovery.simulation import Simulation
from luthier.kaoss.sandbox import view


def record(name: str, done: Simulation) -> dict[str, Any]:
    """Everything that is told."""
    found = done.recovery
    return {
        "name": name,
        "simulated": True,
        "program": found.program,
        "asked": found.asked,
        "pages": found.pages,
        "sum": found.total,
        "instructions": done.instructions,
        "boot": view.record(name, done.boot),
    }


def lines(name: str, done: Simulation) -> Iterator[str]:
    """The same for people."""
    found, boot = done.recovery, done.boot
    yield "a simulated chip without firmware, in USB boot mode"
    yield "  55                  AA: it is there"
    yield "  06 40 01 01         AA: 16 MHz"
    length = found.program.to_bytes(2, "big").hex(" ").upper()
    yield f"  {length}               AA: a program of {found.program} bytes"
    yield "  program and sum     AA: it has it"
    yield f"  3A                  06: erased, asked {found.asked} times"
    yield f"  written             {found.pages:,} pages of 128 bytes, in {done.instructions:,} instructions"
    yield f"  sum of the ROM      {found.total:08X}, as it should be"
    reached = "reaches its main loop" if boot.is_sound else "does NOT reach its main loop"
    yield f"after a reset: {name} {reached}, {boot.seconds:.1f} s"
    yield "this was no real chip: what is not confirmed stands in docs/manual/kaoss-before-you-flash.md"
