"""What the open firmware's self test left in the main CPU's memory (``main.asm``, SELF_TEST_RESULT)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

PLACE, SIZE = 0x000C00, 0x1C
GOOD, BAD = 0x600DB007, 0xBAD0B007
#: Bits of the words of failures.
_MAIN = ("RAM", "ROM", "timer", "DMA", "serial", "latch")
_SUB = (*_MAIN[:5], "tone generator")
_SOURCES = {1: "custom flash", 2: "table ROM", 3: "program ROM"}


@dataclass(frozen=True)
class Verdict:
    """``failed`` names tests with their CPU; ``source`` is where the sub CPU's program was found."""

    finished: bool
    failed: tuple[str, ...]
    source: str

    @property
    def passed(self) -> bool:
        """Whether it came to its end with nothing wrong."""
        return self.finished and not self.failed

    @property
    def text(self) -> str:
        """For people."""
        if not self.finished:
            return "not finished"
        if self.failed:
            return f"FAILED: {', '.join(self.failed)}"
        return f"all is well, the sub CPU's program came from the {self.source}"


def verdict(memory: bytes) -> Verdict:
    """The verdict in the main CPU's memory: bytes from :data:`PLACE` on, :data:`SIZE` of them."""
    magic, main, sub = struct.unpack_from("<IHH", memory)
    failed = [f"{name} of the main CPU" for bit, name in enumerate(_MAIN) if main >> bit & 1]
    failed += [f"{name} of the sub CPU" for bit, name in enumerate(_SUB) if sub >> bit & 1]
    if magic == BAD and not failed:
        failed.append("something it does not name")
    source = _SOURCES.get(memory[SIZE - 4], "an unknown place")
    return Verdict(magic in (GOOD, BAD), tuple(failed), source)
