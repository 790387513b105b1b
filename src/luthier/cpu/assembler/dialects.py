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
    #: Other names of registers.
    registers: Mapping[str, str] = field(default_factory=dict)
    #: Other mnemonics, each with the instruction that is meant; ``*`` stands for the operands written.
    aliases: Mapping[str, str] = field(default_factory=dict)


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

#: Names and short forms are those of the GNU assembler (``h8300-hms-as``) and of Renesas' manuals.
_H8S = Dialect(
    "big",
    registers={"SP": "ER7"},
    aliases={
        **{f"push.{size}": f"mov.{size} *,@-ER7" for size in "wl"},
        **{f"pop.{size}": f"mov.{size} @ER7+,*" for size in "wl"},
        **{
            other: f"{name} *"
            for other, name in (("bt", "bra"), ("bf", "brn"), ("bhs", "bcc"), ("blo", "bcs"))
        },
        **{
            f"{name}.b": f"{name} *"
            for name in ("addx", "subx", "daa", "das", "ldc", "stc", "andc", "orc", "xorc")
        },
        **{f"{name}.l": f"{name} *" for name in ("adds", "subs")},
        "eepmov": "eepmov.b",
    },
)

_DIALECTS = {"tlcs900h2": _TLCS900, "h8s2000": _H8S}


def dialect(name: str) -> Dialect:
    """The dialect of a CPU by its name."""
    return _DIALECTS[name]
