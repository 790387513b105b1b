"""Following a program from its entry points: which bytes are instructions, and who refers to what."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.cpu.decoding import Tables, find_form, operand_value
from luthier.cpu.flow import Flows

#: What is known of a byte (bits): an instruction begins here, goes on here, is to be looked at from here; one
#: begins here that would overlap another; a run of instructions ends here in something that is none.
START, INSIDE, QUEUED, OVERLAPS, STUCK = 1, 2, 4, 8, 16

#: Kinds of references (bits); the first three are those of :mod:`luthier.cpu.flow`.
READS, WRITES, POINTS, JUMPS, CALLS = 1, 2, 4, 8, 16
#: References one instruction may hold: its target and two addresses.
PER_INSTRUCTION = 3


@compiled
def _holds(memory: npt.NDArray[np.uint8], at: int, form: int, flows: Flows) -> int:
    """Whether a form's jump is taken never (0), sometimes (1) or always (2)."""
    if flows.forms[form, 1] == 0:
        return 2
    bits = int(flows.forms[form, 5])
    if bits == 0:
        return 1
    raw = int(memory[at + flows.forms[form, 3]]) >> int(flows.forms[form, 4]) & (1 << bits) - 1
    return int(flows.conditions[raw])


@compiled
def _erased(memory: npt.NDArray[np.uint8], at: int) -> bool:
    """Whether this is flash memory that was never written, which reads as FF, whatever that means as code."""
    return at + 16 <= memory.size and bool((memory[at : at + 16] == 255).all())


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
        while marks[at] & (1 | 8) == 0:  # START or OVERLAPS: has been here
            form = find_form(memory, at, memory.size, tables)
            if form < 0 or _erased(memory, at):
                marks[at] |= 16
                break
            length = int(tables.lengths[form])
            taken = 0
            for k in range(length):
                taken |= marks[at + k] & (1 | 2)
            marks[at] |= 8 if taken else 1
            if not taken:
                for k in range(1, length):
                    marks[at + k] |= 2
            kind = flows.forms[form, 0]
            holds = _holds(memory, at, form, flows)
            operand = int(flows.forms[form, 2])
            if 1 <= kind <= 2 and holds and operand >= 0:
                target = operand_value(memory, at, base + at, form, operand, tables) - base
                if 0 <= target < memory.size and marks[target] & 4 == 0:
                    marks[target] |= 4
                    queue[queued] = target
                    queued += 1
            if kind & 1 and holds == 2:
                break
            at += length
            if at >= memory.size:
                marks[at - length] |= 16
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
        if form < 0:
            continue
        kind, operand = flows.forms[form, 0], int(flows.forms[form, 2])
        if 1 <= kind <= 2 and operand >= 0 and _holds(memory, at, form, flows):
            address = operand_value(memory, at, base + at, form, operand, tables)
            references[count] = np.array([at, address, 8 if kind == 1 else 16, operand], np.int32)
            count += 1
        for column in range(6, 10, 2):
            operand, access = int(flows.forms[form, column]), flows.forms[form, column + 1]
            if access:
                address = operand_value(memory, at, base + at, form, operand, tables)
                references[count] = np.array([at, address, access, operand], np.int32)
                count += 1
    return count
