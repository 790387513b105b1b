"""Finds stretches of memory that hold a short pattern over and over: filler, not data.

A real MkII dump exists whose bytes 1 to 3FF are 1A 57 1A 57 ... although its checksum is right: memory that
was never set up, or an editor that did not keep it.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.poly800 import memory
from luthier.poly800.bank import Bank

#: A pattern longer than this is not called filler.
LONGEST_PATTERN = 8
#: How much of it there must be: well above what a real sequence repeats (a bar of rests, a trill).
SHORTEST_STRETCH = 96


@dataclass(frozen=True)
class Filler:
    """``pattern`` repeats from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    pattern: bytes

    def covers(self, offset: int) -> bool:
        """Whether the byte at ``offset`` is part of it."""
        return self.start <= offset < self.end

    def __str__(self) -> str:
        return f"{self.pattern.hex(' ').upper()} over and over, bytes {self.start} to {self.end - 1}"


def longest_filler(content: bytes) -> Filler | None:
    """The longest stretch of ``content`` with a pattern of 1 to 8 bytes, if it is long enough to be filler.

    Stretches of one constant byte are not counted: 00 and FF are how unused memory looks, 01 a row of rests.
    """
    best: Filler | None = None
    for period in range(2, LONGEST_PATTERN + 1):
        start = 0
        for index in range(period, len(content) + 1):
            if index < len(content) and content[index] == content[index - period]:
                continue
            pattern = content[start : start + period]
            wanted = SHORTEST_STRETCH if best is None else best.end - best.start + 1
            if index - start >= wanted and len(set(pattern)) > 1:
                best = Filler(start, index, pattern)
            start = index - period + 1
    return best


def filler_in(bank: Bank) -> Filler | None:
    """Filler in front of the programs that reaches beyond the sequence, so that it cannot be one."""
    programs = memory.region(bank.synth, "programs").offset
    found = longest_filler(bank.ram[:programs])
    if found is None or found.end <= memory.region(bank.synth, "sequence").end:
        return None
    return found
