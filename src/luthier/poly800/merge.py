"""Two changes of one program brought together, parameter by parameter."""

from __future__ import annotations

from dataclasses import dataclass

from luthier.errors import InputError
from luthier.poly800.program import Program


@dataclass(frozen=True)
class Conflict:
    """What both changed, each to something else; the values as text."""

    what: str
    mine: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.what} is {self.mine} here and {self.theirs} there"


def merge(base: Program, mine: Program, theirs: Program) -> tuple[Program, list[Conflict]]:
    """What ``mine`` made of ``base``, made of ``theirs``, and where the two do not go together.

    Where they do not, the result has ``mine``.  Spare bits are taken as one thing.  Raises InputError if the
    programs are of different length.
    """
    if not base.family is mine.family is theirs.family:
        raise InputError("programs of a MkII and another synth", remedy="convert one of the banks first")
    conflicts = [
        Conflict(row.title, row.value_text(mine[row]), row.value_text(theirs[row]))
        for row in base.parameters
        if mine[row] != base[row] and theirs[row] not in (base[row], mine[row])
    ]
    changed = {row.name: mine[row] for row in base.parameters if mine[row] != base[row]}
    merged = theirs.replacing(changed, allow_out_of_range=True)
    bits, other, before = mine.spare_bits(), theirs.spare_bits(), base.spare_bits()
    if bits != before:
        if other not in (before, bits):
            conflicts.append(Conflict("spare bits", _text(bits), _text(other)))
        merged = merged.with_spare_bits(bits)
    return merged, conflicts


def _text(bits: tuple[tuple[int, int], ...]) -> str:
    return " ".join(f"{byte}.{bit}" for byte, bit in bits) or "none"
