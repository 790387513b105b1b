"""Which form do these bytes have?  Tables made from the forms, and the loop that walks them.

The tables are a tree of nodes of 256 entries.  Making them finds rows that collide (the same bytes, two
meanings) and rows that no bytes reach; both stop the build and name the rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.cpu.description import Description, Form
from luthier.cpu.fields import SLOTS, Immediate
from luthier.cpu.rows import RowError

#: Columns of a decoded instruction: what to do, how to address, length and states, then the slots.
RECORD = 8
OPERATION, ADDRESSING, EXTENT = 0, 1, 2
FIRST_SLOT = 3
UNDECODED, UNDEFINED = 0, 1  #: operation numbers that are no operation

_FIELDS = 5  #: operands a form may have
_NO_FORM = -1


class Tables(NamedTuple):
    """Decoding tables; arrays only, so that compiled loops can take them."""

    nodes: npt.NDArray[np.int32]  #: (nodes, 256): 0 undefined, form + 1, or -(node)
    offsets: npt.NDArray[np.int32]  #: (nodes,): which byte a node looks at
    lengths: npt.NDArray[np.int32]  #: (forms,): bytes
    heads: npt.NDArray[np.int32]  #: (forms, 3): operation, addressing, extent
    fields: npt.NDArray[np.int32]  #: (forms, 5, 6): slot, offset, shift, bits, kind, value table
    values: npt.NDArray[np.int32]  #: (value tables, 256): raw bits to the value in the slot
    unit: int  #: bytes that are skipped where nothing is defined


UNSIGNED, SIGNED, RELATIVE, TABLE, SIGN_ABOVE, ONES_ABOVE = range(6)
BIG_ENDIAN = 8  #: is added to the kinds of numbers whose highest byte comes first

_SEEN = 10  #: bytes that decoding may look at


def make_tables(description: Description, access: dict[int, int]) -> Tables:
    """The tables of a CPU.  ``access`` gives each operation its memory access bits (see the executor)."""
    try:
        nodes, offsets = _tree(description.forms)
    except RowError as error:
        raise RowError(f"{description.architecture.rows.name}: {error}") from None
    forms = description.forms
    heads = np.zeros((len(forms), 3), np.int32)
    fields = np.full((len(forms), _FIELDS, 6), -1, np.int32)
    values: list[npt.NDArray[np.int32]] = [np.arange(256, dtype=np.int32)]
    known: dict[tuple[int | None, ...], int] = {}
    for form in forms:
        number = form.operation.number
        if access.get(number, 0) and not form.mode_number:
            raise RowError(f"{_named(form)} has a memory operand, and its mode gives no address")
        heads[form.number] = (
            number,
            form.mode_number | access.get(number, 0) << 4,
            form.length | form.states << 8,
        )
        for index, place in enumerate(form.places):
            operand = place.operand
            table = 0
            if isinstance(operand, Immediate):
                kind = RELATIVE if operand.relative else SIGNED if operand.signed else UNSIGNED
                if operand.extended:
                    kind = SIGN_ABOVE if operand.extended == "sign" else ONES_ABOVE
                kind += BIG_ENDIAN if operand.byte_order == "big" else 0
            else:
                kind = TABLE
                if operand.values not in known:
                    known[operand.values] = len(values)
                    column = [0 if value is None else value for value in operand.values]
                    values.append(np.array(column + [0] * (256 - len(column)), np.int32))
                table = known[operand.values]
            slot = FIRST_SLOT + SLOTS.index(operand.slot)
            fields[form.number, index] = slot, place.offset, place.shift, place.bits, kind, table
    lengths = np.array([form.length for form in forms], np.int32)
    return Tables(nodes, offsets, lengths, heads, fields, np.array(values), description.architecture.unit)


def _tree(forms: list[Form]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Nodes of the tree and the byte each looks at; :class:`RowError` on collisions and unreachable forms."""
    nodes: list[npt.NDArray[np.int32]] = []
    offsets: list[int] = []
    made: dict[tuple[tuple[int, ...], int], int] = {}
    reached: set[int] = set()

    def entry(numbers: tuple[int, ...], depth: int) -> int:
        """What stands in a node for the forms that are still possible after ``depth`` bytes."""
        depths = [_next_byte(forms[number], depth) for number in numbers]
        ended = [number for number, at in zip(numbers, depths, strict=True) if at is None]
        if ended:
            if len(numbers) > 1:
                other = next(number for number in numbers if number != ended[0])
                raise RowError(f"rows collide: {_named(forms[ended[0]])} and {_named(forms[other])}")
            reached.add(ended[0])
            return ended[0] + 1
        return -node(numbers, min(at for at in depths if at is not None))

    def node(numbers: tuple[int, ...], depth: int) -> int:
        key = numbers, depth
        if key not in made:
            made[key] = len(nodes)
            column = np.zeros(256, np.int32)
            nodes.append(column)
            offsets.append(depth)
            possible: list[list[int]] = [[] for _ in range(256)]
            for number in numbers:
                values = forms[number].bytes[depth]
                for value in range(256) if values is None else values:
                    possible[value].append(number)
            answers: dict[tuple[int, ...], int] = {(): 0}
            for value, left in enumerate(possible):
                if tuple(left) not in answers:
                    answers[tuple(left)] = entry(tuple(left), depth + 1)
                column[value] = answers[tuple(left)]
        return made[key]

    node(tuple(range(len(forms))), 0)
    unreachable = sorted(set(range(len(forms))) - reached)
    if unreachable:
        raise RowError(f"no bytes reach {_named(forms[unreachable[0]])}")
    return np.array(nodes), np.array(offsets, np.int32)


def _next_byte(form: Form, depth: int) -> int | None:
    """The first byte at or after ``depth`` that tells forms apart; None when all have been seen."""
    return next((at for at in range(depth, form.length) if form.bytes[at] is not None), None)


def _named(form: Form) -> str:
    mode = f" as {form.mode.syntax} (line {form.mode.line})" if form.mode else ""
    return f"'{form.operation.name}' (line {form.operation.row.line}){mode}"


@compiled
def find_form(memory: npt.NDArray[np.uint8], at: int, end: int, tables: Tables) -> int:
    """The form of the bytes at index ``at``; -1 if undefined or cut off at index ``end``."""
    node = 0
    while True:
        place = at + tables.offsets[node]
        if place >= end:
            return -1
        entry = tables.nodes[node, memory[place]]
        if entry >= 0:
            break
        node = -entry
    form = entry - 1
    if form >= 0 and at + tables.lengths[form] > end:
        return -1
    return int(form)


@compiled
def operand_value(
    memory: npt.NDArray[np.uint8], at: int, address: int, form: int, index: int, tables: Tables
) -> int:
    """The value of operand ``index`` of the instruction at index ``at``, whose address is ``address``."""
    offset, shift, bits = (
        tables.fields[form, index, 1],
        tables.fields[form, index, 2],
        tables.fields[form, index, 3],
    )
    kind = tables.fields[form, index, 4]
    if kind == TABLE:
        raw = (int(memory[at + offset]) >> int(shift)) & ((1 << int(bits)) - 1)
        return int(tables.values[tables.fields[form, index, 5], raw])
    number = 0
    if kind & BIG_ENDIAN:
        for k in range(bits >> 3):
            number = number << 8 | int(memory[at + offset + k])
        kind -= BIG_ENDIAN
    else:
        for k in range(bits >> 3):
            number |= int(memory[at + offset + k]) << (8 * k)
    if kind == ONES_ABOVE or (kind != UNSIGNED and number >> int(bits - 1)):
        number -= 1 << int(bits)
    if kind == RELATIVE:
        number += address + int(offset) + (int(bits) >> 3)
    if kind >= RELATIVE:
        number &= 0xFFFFFF
    return number


@compiled
def decode(memory: npt.NDArray[np.uint8], address: int, tables: Tables, record: npt.NDArray[np.int32]) -> int:
    """Fill ``record`` (8 columns) with the instruction at ``address`` of a whole memory; the form, or -1."""
    form = find_form(memory, address, memory.size, tables)
    for column in range(RECORD):
        record[column] = 0
    if form < 0:
        record[OPERATION] = UNDEFINED
        record[EXTENT] = 1
        return -1
    for column in range(FIRST_SLOT):
        record[column] = tables.heads[form, column]
    for index in range(_FIELDS):
        slot = tables.fields[form, index, 0]
        if slot < 0:
            break
        value = operand_value(memory, address, address, form, index, tables)
        record[slot] = np.int32(value if value < 2147483648 else value - 4294967296)
    return form


@compiled
def decode_run(
    memory: npt.NDArray[np.uint8],
    access: npt.NDArray[np.uint8],
    served: npt.NDArray[np.uint8],
    records: npt.NDArray[np.int32],
    address: int,
    most: int,
    tables: Tables,
) -> int:
    """Decode up to ``most`` instructions from ``address`` on, as far as may be fetched; how many.

    What goes on where nothing may be fetched is undefined.  Pages that were looked at get the CODE mark, so
    that stores there forget what was found.
    """
    done = 0
    while done < most and address < access.size * 256 - 256:
        row = records[address * RECORD : (address + 1) * RECORD]
        form = decode(memory, address, tables, row)
        behind = address + (int(row[EXTENT]) & 255)
        for place in range(address, behind):
            if not (access[place >> 8] | served[place]) & 8:  # FETCH
                form = -1
                row[OPERATION] = UNDECODED if place == address else UNDEFINED
                break
        if row[OPERATION] == UNDECODED:
            break
        access[address >> 8] |= 4  # CODE
        access[(behind if form >= 0 else address + _SEEN) - 1 >> 8] |= 4
        done += 1
        if form < 0:
            break
        address = behind
    return done
