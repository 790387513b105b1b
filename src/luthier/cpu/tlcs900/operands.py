"""What the operand letters of the TLCS-900/H2 rows stand for: registers, conditions, control registers.

Every register lives in one file of bytes, at the number that the chip itself gives it in the full register
code: 00-3F the four banks, E0-EF the current bank, F0-FF XIX, XIY, XIZ and XSP.  Control registers follow
at 100h plus their number.

Open questions
- Register codes 40-CF name nothing, odd codes no word and codes that are not a multiple of four no long
  register.  What a chip does with them is unknown; here they are undefined and stop the run.
- DMA channels 4-7 of LDC are an extension of the pattern of channels 0-3: weak.
"""

from __future__ import annotations

from luthier.cpu.fields import Field, Fixed, Immediate

CONTROL = 0x100  #: where control registers start in the register file
FILE_SIZE = 0x200

_BYTES = ["A", "W", "C", "B", "E", "D", "L", "H"]
_WORDS = ["WA", "BC", "DE", "HL"]
_INDEX = ["IX", "IY", "IZ", "SP"]
_CODE3 = {
    "b": [0xE1, 0xE0, 0xE5, 0xE4, 0xE9, 0xE8, 0xED, 0xEC],
    "w": [0xE0, 0xE4, 0xE8, 0xEC, 0xF0, 0xF4, 0xF8, 0xFC],
    "l": [0xE0, 0xE4, 0xE8, 0xEC, 0xF0, 0xF4, 0xF8, 0xFC],
}


def _bank_name(code: int) -> str:
    """What follows a register's name: its bank, ``-1`` the previous one, nothing the current one."""
    return str(code >> 4) if code < 0x40 else "-1" if code < 0xE0 else ""


def register_name(code: int, size: str) -> str | None:
    """The name of a full register code, such as ``RA0``, ``QWA``, ``XIX``; None where there is none."""
    if 0x40 <= code < 0xD0 or code % {"b": 1, "w": 2, "l": 4}[size]:
        return None
    bank, upper = _bank_name(code), code & 2
    if code >= 0xF0:
        index = _INDEX[(code - 0xF0) >> 2]
        if size == "l":
            return "X" + index
        return ("Q" if upper else "") + index + ("" if size == "w" else "LH"[code & 1])
    word = _WORDS[(code & 15) >> 2]
    if size == "l":
        return "X" + word + bank
    name = word if size == "w" else word[1 - (code & 1)]
    return ("Q" if upper else "R" if bank else "") + name + bank


FULL = {size: [register_name(code, size) for code in range(256)] for size in "bwl"}


def _register(letter: str, slot: str, size: str, places: list[int | None]) -> Field:
    """A field whose values are registers of one size."""
    names = [None if place is None else register_name(place, size) for place in places]
    return Field(letter, slot, tuple(places), tuple(names), register=size)


def _full(size: str) -> list[int | None]:
    return [code if FULL[size][code] is not None else None for code in range(256)]


def _quarters() -> list[int | None]:
    """Six bits that are the upper part of a long register's code."""
    return [code << 2 if FULL["l"][code << 2] is not None else None for code in range(64)]


CONDITIONS = ("F", "LT", "LE", "ULE", "OV", "MI", "Z", "C", "T", "GE", "GT", "UGT", "NOV", "PL", "NZ", "NC")


def condition_holds(code: int, flags: int) -> bool:
    """Whether condition ``code`` (0-15) holds with the flags S Z - H - V N C of register F."""
    sign, zero = flags >> 7 & 1, flags >> 6 & 1
    overflow, carry = flags >> 2 & 1, flags & 1
    half = [0, sign ^ overflow, zero | (sign ^ overflow), carry | zero, overflow, sign, zero, carry][code & 7]
    return bool(half) != (code >= 8)


def _controls(size: str) -> Field:
    """The control registers of the TMP94C241 of one size (facts of MAME's tmp94c241 and the firmware)."""
    names: dict[int, str] = {}
    for channel in range(8):
        if size == "l":
            names[0x00 + 4 * channel] = f"DMAS{channel}"
            names[0x20 + 4 * channel] = f"DMAD{channel}"
        elif size == "w":
            names[0x40 + 4 * channel] = f"DMAC{channel}"
        else:
            names[0x42 + 4 * channel] = f"DMAM{channel}"
    if size == "w":
        names[0x7C] = "INTNEST"
    places = tuple(CONTROL + number if number in names else None for number in range(256))
    return Field("u", "immediate", places, tuple(names.get(number) for number in range(256)), register=size)


def _numbers(letter: str, slot: str, values: list[int | None]) -> Field:
    return Field(
        letter, slot, tuple(values), tuple(None if value is None else str(value) for value in values)
    )


def _block(letter: str, sign: str) -> Field:
    places: list[int | None] = [None] * 8
    names: list[str | None] = [None] * 8
    for code, source, destination in ((3, "XHL", "XDE"), (5, "XIY", "XIX")):
        places[code] = _CODE3["l"][code]
        names[code] = f"({destination}{sign}),({source}{sign})"
    return Field(letter, "base", tuple(places), tuple(names), register="l")


#: Doubled registers: the code names the low half, which must be A, C, E or L for a byte.
_DOUBLE3: dict[str, list[int | None]] = {
    "b": [None, 0xE0, None, 0xE4, None, 0xE8, None, 0xEC],
    "w": [*_CODE3["w"]],
}
_DOUBLE8: dict[str, list[int | None]] = {
    "b": [code if FULL["w"][code] else None for code in range(256)],
    "w": [code if FULL["l"][code] else None for code in range(256)],
}
_TWICE = {"b": "w", "w": "l"}


def _sized_fields(size: str) -> dict[tuple[str, int], Field]:
    """The fields whose meaning depends on the operation's size."""
    fields = {
        ("R", 3): _register("R", "third", size, list(_CODE3[size])),
        ("r", 3): _register("r", "second", size, list(_CODE3[size])),
        ("r", 8): _register("r", "second", size, _full(size)),
        ("u", 8): _controls(size),
    }
    if size in _TWICE:
        fields["Q", 3] = _register("Q", "third", _TWICE[size], list(_DOUBLE3[size]))
        fields["q", 3] = _register("q", "second", _TWICE[size], list(_DOUBLE3[size]))
        fields["q", 8] = _register("q", "second", _TWICE[size], _DOUBLE8[size])
    return fields


_ANY_SIZE = {
    ("X", 3): _register("X", "base", "l", list(_CODE3["l"])),
    ("Y", 6): _register("Y", "base", "l", _quarters()),
    ("Y", 8): _register("Y", "base", "l", _full("l")),
    ("I", 8): _register("I", "second", "b", _full("b")),
    ("J", 8): _register("J", "second", "w", _full("w")),
    ("s", 2): Field("s", "second", (1, 2, 4, None), ("", "", "", None)),
    ("v", 3): _block("v", "+"),
    ("w", 3): _block("w", "-"),
    ("c", 4): Field("c", "third", tuple(range(16)), CONDITIONS),
    ("n", 3): _numbers("n", "immediate", list(range(8))),
    ("k", 3): _numbers("k", "immediate", [8, 1, 2, 3, 4, 5, 6, 7]),
    ("e", 3): _numbers("e", "immediate", [0, 1, 2, 3, 4, 5, 6, None]),
    ("b", 2): _numbers("b", "immediate", [0, 1, 2, 3]),
}
_BY_SIZE: dict[str, dict[tuple[str, int], Field]] = {"": {}} | {size: _sized_fields(size) for size in "bwl"}


def field(letter: str, bits: int, size: str) -> Field | None:
    """The field of ``bits`` bits named ``letter`` in an operation of ``size``; None if there is none."""
    return _BY_SIZE[size].get((letter, bits)) or _ANY_SIZE.get((letter, bits))


IMMEDIATES = {
    "#8": Immediate("#", "immediate", 1),
    "#16": Immediate("#", "immediate", 2),
    "#32": Immediate("#", "immediate", 4),
    "n16": Immediate("n", "immediate", 2),
    "m8": Immediate("m", "displacement", 1),
    "m16": Immediate("m", "displacement", 2),
    "m24": Immediate("m", "displacement", 3),
    "d8": Immediate("d", "displacement", 1, signed=True),
    "d16": Immediate("d", "displacement", 2, signed=True),
    "$8": Immediate("$", "immediate", 1, signed=True, relative=True),
    "$16": Immediate("$", "immediate", 2, signed=True, relative=True),
    "t16": Immediate("t", "displacement", 2, signed=True, relative=True),
}

#: Names that effects use besides operand letters: where they live and how wide they are.
FIXED = {
    "A": Fixed(0xE0, 1),
    "WA": Fixed(0xE0, 2),
    "BC": Fixed(0xE4, 2),
    "XDE": Fixed(0xE8, 4),
    "XHL": Fixed(0xEC, 4),
    "XSP": Fixed(0xFC, 4),
    "INTNEST": Fixed(CONTROL + 0x7C, 2),
}
