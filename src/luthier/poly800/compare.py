"""What is different between two banks, parameter by parameter."""

from __future__ import annotations

from dataclasses import dataclass

from luthier.poly800 import memory
from luthier.poly800.bank import Bank
from luthier.poly800.program import Program


@dataclass(frozen=True)
class Difference:
    """One thing that differs: where (``program 11``, ``globals``), what, and what either bank has."""

    where: str
    what: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.first} -> {self.second}"


def compare(first: Bank, second: Bank) -> list[Difference]:
    """All differences, programs first; empty if and only if synth and every byte are the same.

    Between a MkII and another synth the parameters both have are compared, and the bytes of regions that
    mean the same.
    """
    found = []
    if first.synth is not second.synth:
        found.append(Difference("bank", "synth", first.synth.value, second.synth.value))
    for (number, one), other in zip(first.numbered_programs(), second.programs, strict=True):
        found += compare_programs(one, other, f"program {number}")
    return found + _compare_globals(first, second) + _compare_regions(first, second)


def compare_programs(first: Program, second: Program, where: str = "program") -> list[Difference]:
    """The parameters (and spare bits) in which two programs differ."""
    found = [
        Difference(where, row.title, row.value_text(first[row]), row.value_text(second[row]))
        for row in first.parameters
        if row in second.parameters and first[row] != second[row]
    ]
    if first.spare_bits() != second.spare_bits():
        found.append(Difference(where, "spare bits", _bits(first), _bits(second)))
    return found


def _bits(program: Program) -> str:
    return " ".join(f"{byte}.{bit}" for byte, bit in program.spare_bits()) or "none"


def _compare_globals(first: Bank, second: Bank) -> list[Difference]:
    return [
        Difference("globals", name, str(value), str(second.globals[name]))
        for name, value in first.globals.items()
        if second.globals.get(name, value) != value
    ]


def _compare_regions(first: Bank, second: Bank) -> list[Difference]:
    shared = {entry.name for entry in memory.layout(second.synth)} - {"programs"} - set(first.globals)
    found = []
    for name in (entry.name for entry in memory.layout(first.synth) if entry.name in shared):
        one, other = first.region(name), second.region(name)
        places = [index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
        if places:
            place = places[0]
            what = f"{len(places)} bytes differ, the first at byte {place}:"
            found.append(Difference(name, what, f"{one[place]:02X}", f"{other[place]:02X}"))
        if len(one) != len(other):
            found.append(Difference(name, "length", str(len(one)), str(len(other))))
    return found
