"""What the operand letters of the H8S/2000 rows stand for: registers, bit numbers, lists, addresses.

The register file is ER0 to ER7, four bytes each, the lowest byte first: RnL, RnH, then the two of
En.  Register codes in the instructions are those of the chip: 0-7 RnH and 8-15 RnL as bytes, 0-7 Rn and 8-15
En as words.
"""

from __future__ import annotations

from typing import Literal

from luthier.cpu.fields import Field, Fixed, Immediate

FILE_SIZE = 32

_NAMES = {
    "b": [f"R{code & 7}{'LH'[code < 8]}" for code in range(16)],
    "w": [f"{'RE'[code >> 3]}{code & 7}" for code in range(16)],
    "l": [f"ER{code}" for code in range(8)],
}
_PLACES = {
    "b": [4 * (code & 7) + (code < 8) for code in range(16)],
    "w": [4 * (code & 7) + 2 * (code >> 3) for code in range(16)],
    "l": [4 * code for code in range(8)],
}
#: Every register that is bytes of the file: its place and width.
PLACES = {
    name: (place, width)
    for size, width in (("l", 4), ("w", 2), ("b", 1))
    for name, place in zip(_NAMES[size], _PLACES[size], strict=True)
}


def _register(letter: str, slot: str, size: str, bits: int) -> Field:
    """A field whose values are registers of one size; codes that name none are undefined."""
    places: list[int | None] = [*_PLACES[size]]
    names: list[str | None] = [*_NAMES[size]]
    missing = (1 << bits) - len(places)
    return Field(
        letter, slot, tuple(places + [None] * missing), tuple(names + [None] * missing), register=size
    )


def _choice(letter: str, slot: str, names: dict[int, str], bits: int, values: dict[int, int]) -> Field:
    """A field with a name and a value for some of its codes."""
    codes = range(1 << bits)
    return Field(letter, slot, tuple(map(values.get, codes)), tuple(map(names.get, codes)))


def _numbers(letter: str, bits: int) -> Field:
    codes = range(1 << bits)
    return Field(letter, "immediate", tuple(codes), tuple(map(str, codes)))


def _list(letter: str, count: int, firsts: tuple[int, ...], *, last_is_coded: bool) -> Field:
    """A list of registers.  Its value is the number of the first one; LDM has the last one in its code."""
    codes = {first + (count - 1) * last_is_coded: first for first in firsts}
    names = {code: f"(ER{first}-ER{first + count - 1})" for code, first in codes.items()}
    return _choice(letter, "base", names, 3, codes)


_TAS = (0, 1, 4, 5)  #: the only registers TAS takes (MAME's mask; "ER0, ER1, ER4 or ER5" in the manuals)
_ANY_SIZE = {
    ("X", 3): _register("X", "base", "l", 3),
    ("T", 3): Field(
        "T",
        "base",
        tuple(4 * code if code in _TAS else None for code in range(8)),
        tuple(f"ER{code}" if code in _TAS else None for code in range(8)),
        register="l",
    ),
    ("n", 3): _numbers("n", 3),
    ("t", 2): _numbers("t", 2),
    ("C", 1): _choice("C", "immediate", {0: "CCR", 1: "EXR"}, 1, {0: 0, 1: 1}),
    ("e", 3): _list("e", 2, (0, 2, 4, 6), last_is_coded=True),
    ("g", 3): _list("g", 3, (0, 4), last_is_coded=True),
    ("h", 3): _list("h", 4, (0, 4), last_is_coded=True),
    ("E", 3): _list("E", 2, (0, 2, 4, 6), last_is_coded=False),
    ("G", 3): _list("G", 3, (0, 4), last_is_coded=False),
    ("H", 3): _list("H", 4, (0, 4), last_is_coded=False),
}
_TWICE = {"b": "w", "w": "l"}


def _sized_fields(size: str) -> dict[tuple[str, int], Field]:
    """The fields whose meaning depends on the operation's size."""
    fields = {}
    for bits in (3, 4) if size == "l" else (4,):
        fields["R", bits] = _register("R", "third", size, bits)
        fields["r", bits] = _register("r", "second", size, bits)
    if size in _TWICE:
        bits = 4 if size == "b" else 3
        fields["Q", bits] = _register("Q", "third", _TWICE[size], bits)
    return fields


_BY_SIZE: dict[str, dict[tuple[str, int], Field]] = {"": {}} | {size: _sized_fields(size) for size in "bwl"}


def field(letter: str, bits: int, size: str) -> Field | None:
    """The field of ``bits`` bits named ``letter`` in an operation of ``size``; None if there is none."""
    return _BY_SIZE[size].get((letter, bits)) or _ANY_SIZE.get((letter, bits))


def _immediate(
    letter: str,
    slot: str,
    size: int,
    *,
    signed: bool = False,
    relative: bool = False,
    extended: Literal["", "sign", "ones"] = "",
) -> Immediate:
    return Immediate(letter, slot, size, signed, relative, "big", extended)


IMMEDIATES = {
    "#8": _immediate("i", "immediate", 1),
    "#16": _immediate("i", "immediate", 2),
    "#32": _immediate("i", "immediate", 4),
    "m8": _immediate("m", "displacement", 1, extended="ones"),
    "m16": _immediate("m", "displacement", 2, extended="sign"),
    "m24": _immediate("m", "displacement", 3),
    "m32": _immediate("m", "displacement", 4),
    "v8": _immediate("v", "displacement", 1),
    "d16": _immediate("d", "displacement", 2, signed=True),
    "d32": _immediate("d", "displacement", 4, signed=True),
    "$8": _immediate("$", "immediate", 1, signed=True, relative=True),
    "$16": _immediate("$", "immediate", 2, signed=True, relative=True),
}

#: Names that effects use besides operand letters: where they live and how wide they are.
FIXED = {name: Fixed(*PLACES[name]) for name in ("ER5", "ER6", "ER7", "R4", "R4L")}
