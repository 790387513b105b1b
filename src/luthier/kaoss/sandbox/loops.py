"""Whether a firmware reached its main loop: a heuristic over the last instructions of a run.

The main loop is taken for the outermost loop at the shallowest stack: of the instructions with the highest
stack pointer, the widest stretch that a backward jump repeats and that the run ended in.  It counts as
reached if interrupts are let through in it, or if it, or what it calls, touches on-chip registers or the
outside, and if it is more than the wait for one register.  A heuristic can be wrong both ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.cpu.executor_text import NO_OPERAND
from luthier.kaoss.registers import area_of, register_at
from luthier.machine.trace import Trace

HEURISTIC = "outermost loop at the shallowest stack"
_PC, _STATUS, _STACK, _OPERAND = 0, 1, 9, 10
_MASKED = 0x80  #: bit I of CCR
_LEVELS = 7  #: bits I2 to I0 of EXR
#: A loop of so few instructions that only looks at one register waits for it.
_TIGHT = 6
_LEAST_PASSES = 2


@dataclass(frozen=True)
class MainLoop:
    """The outermost loop: from ``first`` to the jump back at ``last``, gone through ``passes`` times.

    ``waits_for`` names the one register that a tight loop looks at.
    """

    first: int
    last: int
    passes: int
    is_reached: bool
    why: str
    waits_for: str = ""


def main_loop(trace: Trace, asleep: bool, mode: int = 0) -> MainLoop | None:
    """What the trace shows of a main loop; None if nothing was repeated.

    ``mode`` is the interrupt control mode: in mode 2 levels of EXR mask, not bit I.
    """
    table = trace.table
    if not len(table):
        return None
    shallow = np.flatnonzero(table[:, _STACK] == table[:, _STACK].max())
    outer = table[shallow]
    places = outer[:, _PC].astype(np.int64)
    backward = np.flatnonzero(places[1:] <= places[:-1])
    targets, sources = places[backward + 1], places[backward]
    around = (targets <= places[-1]) & (sources >= places[-1])  # it goes on at the end of the run
    targets, sources = targets[around], sources[around]
    begun = shallow[backward[around]]
    if len(targets) < _LEAST_PASSES:
        return None
    head = int(targets.min())
    last = int(sources[targets == head].max())
    passes = int(np.count_nonzero(places == head))
    if passes < _LEAST_PASSES:
        return None
    inside = outer[(places >= head) & (places <= last)]
    masked = _is_masked(inside[:, _STATUS], mode)
    return _judged(head, last, passes, inside, table[begun[0] :], asleep, masked)


def _is_masked(status: npt.NDArray[np.uint32], mode: int) -> bool:
    """Whether no interrupt is let through at any of these instructions."""
    if mode & 2:
        return bool((status >> 8 & _LEVELS == _LEVELS).all())
    return bool((status & _MASKED).all())


def _judged(
    head: int,
    last: int,
    passes: int,
    inside: npt.NDArray[np.uint32],
    since: npt.NDArray[np.uint32],
    asleep: bool,
    masked: bool,
) -> MainLoop:
    touched = _touched(inside)
    anywhere = _touched(since)
    length = len(np.unique(inside[:, _PC]))
    if length <= _TIGHT and len(touched) == 1 and masked:
        return MainLoop(head, last, passes, False, "it waits for one register", touched[0])
    if asleep and masked:
        return MainLoop(head, last, passes, False, "it sleeps with interrupts masked")
    if masked and not anywhere:
        return MainLoop(head, last, passes, False, "interrupts are masked and it touches no register")
    why = "interrupts are let through in it" if not masked else "it touches registers"
    return MainLoop(head, last, passes, True, why)


def _touched(rows: npt.NDArray[np.uint32]) -> list[str]:
    """The registers and outside places that memory operands name."""
    addresses = np.unique(rows[:, _OPERAND])
    found = []
    for address in addresses[addresses != NO_OPERAND].tolist():
        area = area_of(address)
        if area is None:
            found.append(f"{address:06X}")
        elif area.name == "registers":
            register = register_at(address)
            found.append(register.name if register else f"{address:06X}")
    return found
