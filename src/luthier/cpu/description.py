"""From rows to forms: every instruction in every size and every way of addressing, with its bytes and text.

A :class:`Form` is what one pattern of bytes means.  Many forms share an :class:`Operation` (a row in one
size), which is what the executor has a body for: the way of addressing is told apart by the form alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from luthier.cpu import rows as notation
from luthier.cpu.fields import Field, Fixed, Immediate
from luthier.cpu.rows import SIZES, Mode, Row, RowError
from luthier.cpu.vectors import VectorTable

Operand = Field | Immediate


@dataclass(frozen=True)
class Place:
    """Where an operand stands: ``bits`` bits at ``shift`` of byte ``offset``, or whole bytes."""

    operand: Operand
    offset: int
    shift: int
    bits: int


@dataclass(frozen=True)
class Operation:
    """A row in one size; ``number`` counts from 2 (0: not decoded yet, 1: undefined)."""

    number: int
    row: Row
    size: str

    @property
    def name(self) -> str:
        """``add R,M (word)``, for people."""
        kind = {"b": " (byte)", "w": " (word)", "l": " (long)", "": ""}[self.size]
        return self.row.syntax_of(self.size) + kind


@dataclass(frozen=True)
class Form:
    """One pattern of bytes: an operation reached through one way of addressing."""

    number: int
    operation: Operation
    mode: Mode | None
    mode_number: int  #: which effect computes its address; 0: none
    bytes: tuple[frozenset[int] | None, ...]  #: the values each byte may have; None: any
    places: tuple[Place, ...]
    mnemonic: str
    operands: tuple[str | Place, ...]  #: literal text and operands, in the order they are written
    states: int

    @property
    def length(self) -> int:
        """Bytes."""
        return len(self.bytes)

    def place(self, letter: str) -> Place | None:
        """The operand of that letter."""
        return next((place for place in self.places if place.operand.letter == letter), None)


@dataclass(frozen=True)
class Architecture:
    """What a CPU tells beside its rows."""

    name: str
    rows: Path
    field: Callable[[str, int, str], Field | None]
    immediates: dict[str, Immediate]
    fixed: dict[str, Fixed]
    file_size: int  #: bytes of the register file
    locals: tuple[str, ...]  #: parts of the CPU's state that are no registers in the file, PC excluded
    local_limits: tuple[int, ...]  #: the largest value of each
    flags: str  #: letters of the flags column, in its order
    flag_bits: tuple[int, ...]  #: the bit of each
    condition: Callable[[int, int], bool]
    registers: Callable[[Any, Any, dict[str, int]], MutableMapping[str, int]]  #: by name, over file and state
    reset: Callable[[Any, Callable[[int, int], int]], None]
    accepts: Callable[[Any, int], bool]  #: whether an interrupt of a level is let through
    interrupt: Callable[..., None]  #: takes one
    program_registers: tuple[str, ...]  #: what a trace shows: registers at places E0, E4 ... FC
    reset_vector: int  #: where the address of the first instruction is read at reset
    prefix_bits: Callable[[str, str], str]  #: what ``zz`` is in a prefix, by group and size
    modes_of: dict[str, str] = dataclass_field(
        default_factory=dict
    )  #: groups that share another group's modes
    stack: str = "XSP"  #: the register that is the stack pointer
    undefined_in_long: str = ""  #: flag letters whose rule says nothing of long results; they become 0
    sign_flag: str = "S"  #: the letter of the flag that is the sign of the result
    other_flags: int = 0  #: bits beside the flags that no result changes
    half_carry: Literal["low", "high"] = "low"  #: between the lowest two digits, or below the highest one
    byte_order: Literal["little", "big"] = "little"
    #: Bytes of a unit of code.  With 2, instructions, words and longs lie at even addresses: bit 0 of theirs
    #: counts as 0.
    unit: int = 1
    widest: int = 4  #: bytes that the bus moves at once
    #: Registers that are shown beside those of the program, and their digits.
    status: Mapping[str, int] = dataclass_field(default_factory=lambda: {"SR": 4})
    program_place: int = 0xE0  #: place of the first of the program registers
    traced_part: str = "rfp"  #: the part of the state that a trace shows, beside the flags
    traced_name: str = "bank"  #: and what it is called there
    stored_at_once: int = 8  #: bytes that one instruction may write, no more
    starts_held: bool = False  #: the first instruction after a reset comes before any interrupt
    traces: Callable[[Any], bool] | None = None  #: whether an exception follows every instruction
    trace: Callable[..., None] = lambda *_: (
        None
    )  #: takes that exception, given what reads and what writes memory
    vectors: VectorTable | None = None  #: where it begins after a reset and at interrupts
    longest: int = 8  #: bytes no instruction exceeds


@dataclass
class Description:
    """An instruction set ready for use: its rows, operations and forms."""

    architecture: Architecture
    rows: notation.Rows
    operations: list[Operation]
    forms: list[Form]
    mode_effects: list[str]  #: the distinct effects of modes; a form's ``mode_number`` - 1 is the index

    @cached_property
    def mnemonics(self) -> dict[str, list[Form]]:
        """Forms by mnemonic, in the order of the rows."""
        found: dict[str, list[Form]] = {}
        for form in self.forms:
            found.setdefault(form.mnemonic, []).append(form)
        return found


def describe(architecture: Architecture) -> Description:
    """Read and expand the rows of a CPU; :class:`RowError` names the row that cannot be."""
    rows = notation.read(architecture.rows)
    effects = list(dict.fromkeys(mode.effect for mode in rows.modes if mode.effect != "pass"))
    modes: dict[str, list[Mode]] = {}
    for mode in rows.modes:
        modes.setdefault(mode.group, []).append(mode)
    operations: list[Operation] = []
    forms: list[Form] = []
    for row in rows.rows:
        for size in row.sizes or ("",):
            operation = Operation(len(operations) + 2, row, size)
            operations.append(operation)
            group = architecture.modes_of.get(row.group, row.group)
            if f"{group}.{size}" in modes:
                group = f"{group}.{size}"
            if group != "op" and group not in modes:
                place = f"{architecture.rows.name}, line {row.line}"
                raise RowError(f"{place}: no mode of the group {group!r}")
            choices: list[Mode | None] = [None] if group == "op" else [*modes[group]]
            for choice in choices:
                number = 0 if choice is None or choice.effect == "pass" else effects.index(choice.effect) + 1
                forms.append(_form(architecture, len(forms), operation, choice, number))
    return Description(architecture, rows, operations, forms, effects)


def _form(
    architecture: Architecture, number: int, operation: Operation, mode: Mode | None, mode_number: int
) -> Form:
    row, size = operation.row, operation.size
    row_letters = row.syntax_of(size).partition(" ")[2]
    rename = {"r": "q"} if "q" in row_letters else {}
    allowed: list[frozenset[int] | None] = []
    places: list[Place] = []
    try:
        for token in mode.code if mode else ():
            zz = architecture.prefix_bits(row.group, size)
            _token(architecture, token.replace("zz", zz), size, rename, allowed, places)
        zz = architecture.prefix_bits(row.group, size) if size else ""
        for token in row.code:
            _token(architecture, token.replace("zz", zz), size, {}, allowed, places)
    except RowError as error:
        with_mode = f" with the mode of line {mode.line}" if mode else ""
        raise RowError(f"{architecture.rows.name}, line {row.line}{with_mode}: {error}") from None
    mnemonic, _, operands = row.syntax_of(size).partition(" ")
    operands = operands.replace("ACC", {"b": "A", "w": "WA"}.get(size, ""))
    if mode:
        operands = operands.replace("M", mode.syntax).replace(
            "N", mode.syntax.removeprefix("(").removesuffix(")")
        )
    states = row.states_of(size) + (mode.states if mode else 0)
    return Form(
        number,
        operation,
        mode,
        mode_number,
        tuple(allowed),
        tuple(places),
        mnemonic,
        _written(operands, places),
        states,
    )


def _written(operands: str, places: list[Place]) -> tuple[str | Place, ...]:
    """Operand text split into literals and operands."""
    by_letter = {place.operand.letter: place for place in places}
    written: list[str | Place] = []
    for token in re.findall(r"[A-Za-z]+'?|.", operands):
        part: str | Place = by_letter.get(token, token)
        if isinstance(part, str) and written and isinstance(written[-1], str):
            written[-1] += part
        else:
            written.append(part)
    return tuple(written)


def _token(
    architecture: Architecture,
    token: str,
    size: str,
    rename: dict[str, str],
    allowed: list[frozenset[int] | None],
    places: list[Place],
) -> None:
    """Append what one token of a code column says."""
    if token == "#":
        token = f"#{8 * SIZES[size]}"
    if immediate := architecture.immediates.get(token):
        places.append(Place(immediate, len(allowed), 0, 8 * immediate.size))
        allowed.extend([None] * immediate.size)
    elif re.fullmatch(r"[0-9A-F]{2}", token):
        allowed.append(frozenset({int(token, 16)}))
    elif len(token) == 8:
        allowed.append(_bits(architecture, token, size, rename, len(allowed), places))
    else:
        raise RowError(f"{token!r} is no byte, no eight bits and no operand")


def _bits(
    architecture: Architecture,
    token: str,
    size: str,
    rename: dict[str, str],
    offset: int,
    places: list[Place],
) -> frozenset[int]:
    """The values that eight bits with operand letters may have."""
    fields: list[tuple[Field, int, int]] = []
    for match in re.finditer(r"([A-Za-z])\1*", token):
        letter, bits = rename.get(match[1], match[1]), len(match[0])
        found = architecture.field(letter, bits, size)
        if found is None:
            raise RowError(f"no operand kind {letter!r} of {bits} bits for size {size or 'none'}")
        shift = 8 - match.end()
        fields.append((found, shift, bits))
        places.append(Place(found, offset, shift, bits))
    fixed = int(re.sub(r"[A-Za-z]", "0", token), 2)
    values = {fixed}
    for found, shift, _bits_of_field in fields:
        raws = [raw for raw, value in enumerate(found.values) if value is not None]
        values = {value | raw << shift for value in values for raw in raws}
    return frozenset(values)
