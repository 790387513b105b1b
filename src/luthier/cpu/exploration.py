"""Following a program from its entry points: which bytes are instructions, and who refers to what."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.cpu.decoding import Tables, find_form, operand_value
from luthier.cpu.flow import ALWAYS, CALL, JUMP, NEVER, REFERENCES, RETURN, SOMETIMES, Flows

#: What is known of a byte (bits): an instruction begins here, goes on here, is to be looked at from here; one
#: begins here that would overlap another; a run of instructions ends here in something that is none.
START, INSIDE, QUEUED, OVERLAPS, STUCK = 1, 2, 4, 8, 16

#: Kinds of references (bits), beside those of :mod:`luthier.cpu.flow`: READS, WRITES and POINTS.
JUMPS, CALLS = 8, 16
#: References one instruction may hold: its target and its addresses.
PER_INSTRUCTION = 1 + REFERENCES

#: As many bytes of FF are memory that was never written.
_ERASED = 16


@compiled
def _holds(memory: npt.NDArray[np.uint8], at: int, form: int, flows: Flows) -> int:
    """Whether a form's jump is taken: NEVER, SOMETIMES or ALWAYS."""
    if flows.forms[form, 1] == 0:
        return ALWAYS
    bits = int(flows.forms[form, 5])
    if bits == 0:
        return SOMETIMES
    raw = int(memory[at + flows.forms[form, 3]]) >> int(flows.forms[form, 4]) & (1 << bits) - 1
    return int(flows.conditions[raw])


@compiled
def _erased(memory: npt.NDArray[np.uint8], at: int) -> bool:
    """Whether this is flash memory that was never written, which reads as FF, whatever that means as code."""
    return at + _ERASED <= memory.size and bool((memory[at : at + _ERASED] == 0xFF).all())


@compiled
def explore(
    memory: npt.NDArray[np.uint8],
    base: int,
    queue: npt.NDArray[np.int32],
    queued: int,
    tables: Tables,
    flows: Flows,
    marks: npt.NDArray[np.uint8],
) -> None:
    """Mark every byte that is reached from the first ``queued`` indices in ``queue``, the last of them first.

    ``queue`` has room for as many more as ``memory`` has bytes: each is put into it at most once.  The
    instruction found first keeps its bytes; one that would overlap it is marked and followed, but not kept.
    """
    while queued:
        queued -= 1
        at = int(queue[queued])
        while marks[at] & (START | OVERLAPS) == 0:  # has not been here
            form = find_form(memory, at, memory.size, tables)
            if form < 0 or _erased(memory, at):
                marks[at] |= STUCK
                break
            length = int(tables.lengths[form])
            taken = 0
            for k in range(length):
                taken |= marks[at + k] & (START | INSIDE)
            marks[at] |= OVERLAPS if taken else START
            if not taken:
                for k in range(1, length):
                    marks[at + k] |= INSIDE
            kind = int(flows.forms[form, 0])
            holds = _holds(memory, at, form, flows)
            operand = int(flows.forms[form, 2])
            if kind in (JUMP, CALL) and holds != NEVER and operand >= 0:
                target = operand_value(memory, at, base + at, form, operand, tables)
                target -= target % tables.unit + base
                if 0 <= target < memory.size and marks[target] & QUEUED == 0:
                    marks[target] |= QUEUED
                    queue[queued] = target
                    queued += 1
            if kind in (JUMP, RETURN) and holds == ALWAYS:
                break
            at += length
            if at >= memory.size:
                marks[at - length] |= STUCK
                break


@compiled
def collect(
    memory: npt.NDArray[np.uint8],
    base: int,
    starts: npt.NDArray[np.int32],
    tables: Tables,
    flows: Flows,
    forms: npt.NDArray[np.int32],
    references: npt.NDArray[np.int32],
) -> int:
    """Fill in the form of each instruction and all references; how many.

    A reference is the index of the instruction, the address, the kind and the operand's number.
    """
    count = 0
    for k in range(starts.size):
        at = int(starts[k])
        form = find_form(memory, at, memory.size, tables)
        forms[k] = form
        kind, operand = int(flows.forms[form, 0]), int(flows.forms[form, 2])
        if kind in (JUMP, CALL) and operand >= 0 and _holds(memory, at, form, flows) != NEVER:
            address = operand_value(memory, at, base + at, form, operand, tables) & 0xFFFFFF
            references[count] = np.array([at, address, JUMPS if kind == JUMP else CALLS, operand], np.int32)
            count += 1
        for column in range(6, 6 + 2 * REFERENCES, 2):
            operand, access = int(flows.forms[form, column]), int(flows.forms[form, column + 1])
            if access:
                address = operand_value(memory, at, base + at, form, operand, tables) & 0xFFFFFF
                references[count] = np.array([at, address, access, operand], np.int32)
                count += 1
    return count
