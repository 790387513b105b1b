"""Whole turns of two processors, one after the other in one compiled call, while nothing else wants them.

A turn by way of Python costs three microseconds, a tenth of what it executes.  Here the same turns with the
same ends follow each other in the same order, until one needs Python: for a device, an event, posted stores,
code that is not decoded, HALT.  That one is then ended by the schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba.core import types
from numba.extending import intrinsic

from luthier.compiled import compiled
from luthier.cpu.executor import compiled_run
from luthier.machine.clock import NEVER
from luthier.machine.core import DEADLINE, LIMIT, STATES
from luthier.machine.member import Member

#: Columns of the plan, which has a row for each processor: its time, the ticks at its state 0 and of a state,
#: the state at which an event is due, and where its state says that it halted and how much it has posted.
_TIME, _ORIGIN, _TICKS, _DUE, _HALTED, _POSTED = range(6)
_NOBODY: Final = -1
#: Turns without trying while programs are busy with devices; what is tried when changes nothing but the cost.
_LONGEST_PAUSE: Final = 31
_FINEST: Final = 1 << 32  #: ticks a second, of which 64 bits hold for decades


def _call(_typing: Any, address: Any, arrays: Any) -> Any:
    """Call the executor that is compiled at an address: compiling it into this loop too would take long."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = tuple(signature.args[1])
        kind = context.call_conv.get_function_type(types.none, kinds)
        executor = builder.inttoptr(arguments[0], kind.as_pointer())
        given = [builder.extract_value(arguments[1], index) for index in range(len(kinds))]
        context.call_conv.call_function(builder, executor, types.none, kinds, given)
        return context.get_dummy_value()

    return types.none(address, arrays), generate


_enter: Any = intrinsic(_call)


@compiled
def _alternate(
    executor: int, first: Any, second: Any, plan: npt.NDArray[np.int64], skew: int, until: int
) -> tuple[int, int, int]:
    """The loop: gives the row of the processor whose turn is not over, the turn's end, and whole turns."""
    turns = 0
    first[-1][LIMIT] = second[-1][LIMIT] = NEVER
    while True:
        row = 0 if plan[0, _TIME] <= plan[1, _TIME] else 1
        state, own = first[-1] if row == 0 else second[-1], plan[row]
        if own[_TIME] >= until:
            return _NOBODY, until, turns
        end = plan[1 - row, _TIME] + skew
        last = -((own[_ORIGIN] - end) // own[_TICKS])
        state[DEADLINE] = min(last, own[_DUE])
        if row == 0:
            _enter(executor, first)
        else:
            _enter(executor, second)
        now = state[STATES]
        own[_TIME] = own[_ORIGIN] + now * own[_TICKS]
        if now < last or now >= own[_DUE] or state[own[_HALTED]] or state[own[_POSTED]]:
            return row, end, turns
        turns += 1


class Alternation:
    """Two members that take their turns so while both are free."""

    def __init__(self, first: Member, second: Member) -> None:
        self._members = first, second
        self._arrays = first.processor.core.arrays, second.processor.core.arrays
        self._plan = np.zeros((2, _POSTED + 1), np.int64)
        core = first.processor.core
        self._plan[:, _HALTED], self._plan[:, _POSTED] = core.halted, core.posted
        self._pause = self._pausing = 0  #: turns without trying after a vain try, and those to come

    def is_promising(self) -> bool:
        """Whether only their programs decide what both do next, and it was not in vain just before."""
        if self._pausing:
            self._pausing -= 1
            return False
        return all(member.processor.is_free and not member.held for member in self._members)

    def run(self, skew: int, until: int) -> tuple[Member, int] | None:
        """Turns until the one behind has come to ``until`` ticks, or whose turn is not over, with its end."""
        for own, member in zip(self._plan, self._members, strict=True):
            due = member.processor.clock.next_due
            own[: _DUE + 1] = member.time, member.origin, member.ticks_a_state, due
        one, two = self._arrays
        row, end, turns = _alternate(self._executor, one, two, self._plan, skew, until)
        self._pause = 0 if turns else min(2 * self._pause + 1, _LONGEST_PAUSE)
        self._pausing = self._pause
        for number, member in enumerate(self._members):
            member.settle()
            if number != row:  # which looks at its clock itself when it goes on
                member.processor.clock.advance(member.processor.states)
        return None if row == _NOBODY else (self._members[row], end)

    @cached_property
    def _executor(self) -> int:
        """Where the compiled executor is."""
        run: Any = compiled_run(self._members[0].processor.cpu)
        made = run.get_compile_result(types.none(*map(run.typeof_pyval, self._arrays[0])))
        return int(made.library.get_pointer_to_function(made.fndesc.llvm_func_name))


def alternation_of(members: Sequence[Member], ticks_a_second: int) -> Alternation | None:
    """None unless they are two of a kind on the compiled executor."""
    if len(members) != 2 or ticks_a_second > _FINEST:
        return None
    first, second = (member.processor for member in members)
    alike = first.cpu == second.cpu and first.core.is_compiled and second.core.is_compiled
    return Alternation(*members) if alike and first.architecture.traces is None else None
