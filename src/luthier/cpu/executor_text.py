"""The text of an executor: one loop, a branch for every operation, memory access written out.

Numba turns the long chain of comparisons into a jump table; for Python itself the same bodies hang in a
binary tree of comparisons.  ``records`` holds decoded instructions, eight columns each (see
:mod:`luthier.cpu.decoding`) for every address of the memory; what has not been decoded yet is zeros.
"""

from __future__ import annotations

import re

from luthier.cpu.decoding import ADDRESSING, EXTENT, FIRST_SLOT, RECORD
from luthier.cpu.description import Architecture, Description
from luthier.cpu.fields import SLOTS
from luthier.cpu.semantics import (
    BUS_SHIFT,
    CODE,
    COMPILED,
    DIRTY_SHIFT,
    PLAIN,
    POST,
    READ,
    SPAN_SHIFT,
    TO_BUS,
    TO_DECODE,
    TO_UNDEFINED,
    WRITE,
    Body,
    bodies,
    leave_unless_passing,
    mode_lines,
    peek,
)

#: Indices of the state array; the CPU's own parts follow.
STATE = ("pc", "count", "states", "limit", "deadline", "reason", "requested")
#: And behind those: the one access to a device that is let pass, the one that the bus is asked for, the
#: stores that were posted.
BUS_STATE = ("passing", "bus", "posted")
#: Columns of a posted store: clock states, address, bytes, value.
POST_COLUMNS = 4
#: Columns of an entry of the ring trace: PC, F and one more part of the state, eight registers, address of
#: the memory operand, states.
TRACE_COLUMNS = 12
#: Parameters of ``run``: the memory, what it allows, registers as bytes, words and longs, decoded
#: instructions, two tables, the posted stores, the state.
ARRAYS = (
    "memory, access, served, registers8, registers16, registers32, records, parity, conditions, posts, state"
)
#: Stands in the column of the address where an instruction has no memory operand.
NO_OPERAND = 0xFFFFFFFF
_STEP = "    "
_EVERY = "served[spot] & served[spot + (span >> 1)] & served[spot + (span + 1 >> 1)] & served[spot + span]"
_SIZES = (("if span == 0:", 1), ("elif span == 1:", 2), ("else:", 4))


def executor_text(description: Description, dialect: str, traced: bool) -> str:
    """A module with one function ``run``."""
    architecture = description.architecture
    parts = STATE + architecture.locals + BUS_STATE
    signature = (
        ARRAYS
        + (", ring" if traced else "")
        + (", bus_read=None, bus_write=None" if dialect == PLAIN else "")
    )
    lines = [
        f'"""The {architecture.name} executor, {dialect}{", traced" if traced else ""}, from its rows."""',
        "",
        "",
        f"def run({signature}):",
    ]
    body = [f"{name} = state[{index}]" for index, name in enumerate(parts)]
    body += ["reason = 0", "undo = -1", "undo_value = 0", "dirty = -1", "address = 0", "loaded = 0"]
    body += ["while count < limit and states < deadline:"]
    body += _indented(_instruction(description, dialect, traced))
    body += [f"if reason == {TO_BUS} and undo >= 0:", f"{_STEP}registers32[undo] = undo_value"]
    # What effects only look at is not written: a device that an instruction asks may have changed it.
    kept = {"pc", "limit", "deadline"} | set(architecture.locals) - _assigned("\n".join(body))
    body += ["state[0] = here if reason else pc"]
    body += [f"state[{index}] = {name}" for index, name in enumerate(parts) if name not in kept]
    if parts.index("reason") != STATE.index("reason"):
        raise AssertionError("the state's layout")
    body.insert(0, "here = state[0]")
    return "\n".join(lines + _indented(body)) + "\n"


def _assigned(text: str) -> set[str]:
    """The names that a text gives values to, behind their loading from the state."""
    names = re.findall(r"^ +(\w+) (?:[-+|&^]|<<|>>)?= ", text, re.MULTILINE)
    return set(names)


def _indented(lines: list[str], depth: int = 1) -> list[str]:
    return [_STEP * depth + line for line in lines]


def _instruction(description: Description, dialect: str, traced: bool) -> list[str]:
    made = bodies(description, dialect)
    slots = {name: FIRST_SLOT + index for index, name in enumerate(SLOTS)}
    lines = [
        f"at = pc * {RECORD}",
        "operation = records[at]",
        "here = pc",
        "if operation < 2:",  # or a breakpoint; what else stands there may be stale
        f"    reason = {TO_UNDEFINED} if operation else {TO_DECODE}",
        "    break",
        "undo = -1",
        f"addressing = records[at + {ADDRESSING}]",
        f"extent = records[at + {EXTENT}]",
        f"second = records[at + {slots['second']}]",
    ]
    if traced:
        lines += _trace(description.architecture)
    lines += ["if addressing:", *_indented(_addressing(description, dialect, slots, traced))]
    lines += [
        "pc = pc + (extent & 255) & 0xFFFFFF",
        f"third = records[at + {slots['third']}]",
        f"immediate = records[at + {slots['immediate']}]",
        f"base = records[at + {slots['base']}]",
        f"displacement = records[at + {slots['displacement']}]",
    ]
    lines += _chain(made) if dialect == COMPILED else _tree(made, 0, len(made) - 1)
    lines += ["if dirty >= 0:", *_indented(_stored(description.architecture))]
    return [*lines, "count += 1", "states += extent >> 8"]


def _trace(architecture: Architecture) -> list[str]:
    first = architecture.program_place // 4
    lines = [
        "entry = (count & len(ring) // 16 - 1) * 16",
        "ring[entry] = pc",
        f"ring[entry + 1] = f | {architecture.traced_part} << 8",
    ]
    lines += [f"ring[entry + {2 + k}] = registers32[{first + k}]" for k in range(8)]
    return [*lines, f"ring[entry + 10] = {NO_OPERAND}", "ring[entry + 11] = states & 0xFFFFFFFF"]


def _addressing(description: Description, dialect: str, slots: dict[str, int], traced: bool) -> list[str]:
    """The address of the memory operand, leave to touch it, and its value."""
    lines = [
        f"base = records[at + {slots['base']}]",
        f"displacement = records[at + {slots['displacement']}]",
        "mode = addressing & 15",
    ]
    for index, effect in enumerate(description.mode_effects):
        lines.append(f"{'if' if index == 0 else 'elif'} mode == {index + 1}:")
        lines += _indented(mode_lines(description, effect, dialect))
        if traced and "address" in effect:
            lines += _indented(["ring[entry + 10] = address & 0xFFFFFF"])
    operand = _operand(description.architecture, dialect)
    return [*lines, "wanted = addressing >> 4", "if wanted:", *_indented(operand)]


def _operand(architecture: Architecture, dialect: str) -> list[str]:
    lines = [
        "address = address & 0xFFFFFFFF",
        "spot = address & 0xFFFFFF",
        f"span = wanted >> {SPAN_SHIFT}",
    ]
    if architecture.unit == 2:
        lines.append("spot = spot & ~(span & 1)")  # 0, 1 and 3 for bytes, words and longs
    lines += [
        f"need = wanted & {READ | WRITE}",
        "allowed = access[spot >> 8] & access[spot + span >> 8]",
    ]
    # One, two or four bytes are asked one by one; what stands twice costs nothing where pages decide.
    every = _EVERY
    refused = f"allowed & need != need and {every} & need != need"
    loads = _by_size(architecture, "loaded")
    if dialect == PLAIN:
        lines += [f"if {refused} and bus_read is None:", f"    reason = {TO_BUS}", "    break"]
    else:
        lines += [f"if {refused}:", *leave_unless_passing(f"spot | wanted << {BUS_SHIFT}").split("\n")]
    if dialect == COMPILED:
        lines += [f"if need & {READ}:", *_indented(loads)]
    else:
        lines += [
            f"if need & {READ}:",
            f"    if allowed & {READ} == 0 and {every} & {READ} == 0:",
            "        loaded = bus_read(spot, span + 1)",
            "    else:",
            *_indented(loads, 2),
        ]
    lines += [
        f"if need & {WRITE} and (access[spot >> 8] | access[spot + span >> 8]) & {CODE | POST}:",
        f"    dirty = spot | span << {DIRTY_SHIFT}",
    ]
    return lines


def _by_size(architecture: Architecture, name: str) -> list[str]:
    """Statements that give ``name`` what plain memory holds at ``spot``."""
    return [
        line
        for test, size in _SIZES
        for line in (test, f"{_STEP}{name} = {peek(architecture, 'spot', size)}")
    ]


def _chain(made: list[Body]) -> list[str]:
    """Bodies as one chain of comparisons, in the order of the rows."""
    lines: list[str] = []
    for body in made:
        word = "elif" if lines else "if"
        lines += [
            f"{word} operation == {body.operation.number}:  # {body.operation.name}",
            *_indented(list(body.lines)),
        ]
    return lines


def _tree(made: list[Body], first: int, last: int) -> list[str]:
    """Bodies in a binary tree of comparisons, which Python walks faster than a chain."""
    if first == last:
        return [f"# {made[first].operation.name}", *made[first].lines]
    middle = (first + last) // 2
    return [
        f"if operation <= {made[middle].operation.number}:",
        *_indented(_tree(made, first, middle)),
        "else:",
        *_indented(_tree(made, middle + 1, last)),
    ]


def _stored(architecture: Architecture) -> list[str]:
    """A store to posted bytes is noted; decoded instructions that another may have changed are forgotten."""
    return [
        f"span = dirty >> {DIRTY_SHIFT}",
        "spot = dirty & 0xFFFFFF",
        f"if {_EVERY} & {POST}:",
        *_indented(_by_size(architecture, "stored")),
        f"    entry_of_post = posted * {POST_COLUMNS}",
        "    posts[entry_of_post] = states",
        "    posts[entry_of_post + 1] = spot",
        "    posts[entry_of_post + 2] = span + 1",
        "    posts[entry_of_post + 3] = stored",
        "    posted += 1",
        f"    if posted >= len(posts) // {POST_COLUMNS}:",
        "        limit = count",  # time to deliver them
        "else:",
        f"    for near in range(spot - {architecture.longest - 1}, spot + {architecture.stored_at_once}):",
        f"        records[(near & 0xFFFFFF) * {RECORD}] = 0",
        "dirty = -1",
    ]
