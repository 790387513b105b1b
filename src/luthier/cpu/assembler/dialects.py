"""What the assembler must know of a CPU beside its forms: byte order, and what programmers leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Dialect:
    """How the sources of one CPU are written."""

    byte_order: Literal["little", "big"]
    #: The first operands that may be left out, by mnemonic.
    omitted: Mapping[str, str] = field(default_factory=dict)
    #: Other names of conditions.
    conditions: Mapping[str, str] = field(default_factory=dict)


#: Omissions and names are those of Macro Assembler AS, code96c141.c.
_TLCS900 = Dialect(
    "little",
    omitted={
        **dict.fromkeys(("jr", "jrl", "jp", "call"), "T"),
        **dict.fromkeys(("ldi", "ldir", "ldiw", "ldirw"), "(XDE+),(XHL+)"),
        **dict.fromkeys(("ldd", "lddr", "lddw", "lddrw"), "(XDE-),(XHL-)"),
        **dict.fromkeys(("rld", "rrd"), "A"),
        "djnz": "B",
        "ei": "0",
        "swi": "7",
    },
    conditions={
        "EQ": "Z",
        "NE": "NZ",
        "ULT": "C",
        "UGE": "NC",
        "PE": "OV",
        "PO": "NOV",
        "M": "MI",
        "P": "PL",
    },
)

_DIALECTS = {"tlcs900h2": _TLCS900}


def dialect(name: str) -> Dialect:
    """The dialect of a CPU by its name."""
    return _DIALECTS[name]
