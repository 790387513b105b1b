"""What the page about an instruction set says beside its rows, told by each CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class OpcodeMap:
    """A map of 256 second bytes: the bytes before them, by size (an empty size: the operation gives it)."""

    title: str
    text: str
    prefixes: Mapping[str, bytes]


@dataclass(frozen=True)
class Manual:
    """What a CPU's page says beside its rows."""

    title: str
    introduction: str
    operands: Mapping[str, str]  #: operand letters and marks of the rows
    registers: str
    addressing: str  #: stands above the table of the ways of addressing
    groups: Mapping[str, str]  #: prefix groups: what the rest of the code stands behind
    maps: Sequence[OpcodeMap]
    after: Sequence[tuple[str, str]]  #: title and text of the sections behind the instructions
    sources: Sequence[str]
    compared_with: str = "another implementation"  #: what single instructions were compared with
