"""Sessions of the debugger on a bare CPU and on two that run beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from tests.machine.boards import EXECUTORS, START, hexed, processor, state

from luthier.errors import UsageError
from luthier.machine import FlatMachine
from luthier.machine.debugger.debugger import Debugger
from luthier.machine.debugger.flat_target import FlatTarget
from luthier.machine.member import Member
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor
from luthier.machine.schedule import Schedule

both = pytest.mark.parametrize("executor", EXECUTORS)
#: Squares of 8 to 1 at 2000h: START ld XIX,2000h; +5 ld B,8; +7 calr +17; +10 ld (XIX+),WA; +13 djnz B,-9;
#: +16 halt; +17 ld A,B; +19 ld C,B; +21 mul WA,C; +23 ret
PROGRAM = "44 00 20 00 00 22 08 1E 07 00 F5 F1 50 CA 1C F7 05 CA 89 CA 8B CB 41 0E"
SQUARE, STORE, LOOP, END = START + 17, START + 10, START + 13, START + 16


def flat(executor: Executor = "plain", program: str = PROGRAM) -> Debugger:
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.load(START, hexed(program))
    machine.reset()
    machine.pc = START
    machine.registers["XSP"] = 0x8000
    return Debugger(FlatTarget(machine), {"cpu": {"start": START, "square": SQUARE, "TABLE": 0x2000}})


def table(debugger: Debugger) -> list[int]:
    return [debugger.view.peek(0x2000 + 2 * place, 2) for place in range(8)]


@both
def test_steps_calls_and_returns(executor: Executor) -> None:
    debugger = flat(executor)
    assert [debugger.step().pc for _ in range(3)] == [START + 5, START + 7, SQUARE]
    assert debugger.out().pc == STORE
    assert debugger.view.register("WA") == 64
    assert debugger.step(2).pc == START + 7
    halt = debugger.over()
    assert (halt.reason, halt.pc, debugger.view.register("wa")) == ("step", STORE, 49)
    assert debugger.run_to(SQUARE).pc == SQUARE
    assert debugger.go(1).reason == "halt"
    assert table(debugger) == [64, 49, 36, 25, 16, 9, 4, 1]


@both
def test_over_a_repeated_instruction_and_a_recursion(executor: Executor) -> None:
    debugger = flat(executor, "30 05 00 83 11 05")  # ld WA.. is not looked at; ldir
    debugger.set_register("XHL", 0x3000)
    debugger.set_register("XDE", 0x4000)
    debugger.set_register("BC", 5)
    debugger.step()
    assert debugger.over().pc == START + 5
    assert debugger.view.register("BC") == 0
    # calr to itself as often as B says: START calr 4; +3 halt; +4 djnz B,1; ret; calr -6; ret
    deep = flat(executor, "1E 01 00 05 CA 1C 01 0E 1E F9 FF 0E")
    deep.set_register("B", 5)
    assert deep.over().pc == START + 3
    assert deep.view.register("B") == 0
    assert deep.view.stack_pointer == 0x8000


@both
def test_conditions(executor: Executor) -> None:
    debugger = flat(executor)
    stop = debugger.break_at(SQUARE, "B == 5 && [TABLE] == 64")
    halt = debugger.go(1)
    assert (halt.reason, halt.stop, stop.hits) == ("breakpoint", stop, 1)
    assert table(debugger)[:4] == [64, 49, 36, 0]
    assert debugger.go(1).reason == "halt"
    debugger.remove(stop.number)
    with pytest.raises(UsageError, match="no breakpoint 1"):
        debugger.remove(stop.number)


@both
def test_watchpoints(executor: Executor) -> None:
    debugger = flat(executor)
    watch = debugger.watch(0x2004, 2, condition="w[0x2004] == 36")
    halt = debugger.go(1)
    assert (halt.reason, halt.pc, halt.stop) == ("watchpoint", LOOP, watch)
    assert halt.detail.endswith("write at 002004, 0000 -> 2400")
    assert debugger.go(1).reason == "halt"
    reading = flat(executor)
    reading.watch(0x7FFC, 4, ("read",))
    assert reading.go(1).pc == STORE  # ret has read its address


@both
def test_going_back(executor: Executor) -> None:
    debugger = flat(executor)
    places = [state(debugger.view.processor)]
    for _ in range(40):
        debugger.step()
        places.append(state(debugger.view.processor))
    for count in (1, 9, 20):
        debugger.back(count)
        now = debugger.view.processor.instructions
        assert state(debugger.view.processor) == places[now]
    assert debugger.view.processor.instructions == 10
    assert table(debugger)[1] == 0
    assert debugger.step(30).reason == "step"
    assert state(debugger.view.processor) == places[40]
    with pytest.raises(UsageError, match="too far"):
        debugger.back(41)


@both
def test_back_to_a_write(executor: Executor) -> None:
    debugger = flat(executor)
    debugger.go(1)
    end = debugger.view.processor.instructions
    halt = debugger.back_to_write(0x2003)
    assert (halt.reason, halt.pc, debugger.view.register("B")) == ("back", STORE, 7)
    assert table(debugger)[:2] == [64, 0]
    debugger.go(1)
    assert debugger.view.processor.instructions == end
    with pytest.raises(UsageError, match="nothing wrote to 003000"):
        debugger.back_to_write(0x3000)
    assert debugger.view.processor.instructions == end


def test_a_long_session_keeps_few_snapshots() -> None:
    debugger = flat("compiled", "C9 61 F2 00 18 00 41 68 F7")  # inc 1,A; ld (1800h),A; jr back
    debugger.go(Fraction(2))
    kept = debugger._history._moments
    assert 3 < len(kept) <= 12
    count = debugger.view.processor.instructions
    before = state(debugger.view.processor)
    debugger.back(count - 10)
    assert debugger.view.register("A") == 4
    debugger.step(count - 10)
    assert state(debugger.view.processor) == before


def test_changes_by_hand_are_where_the_past_ends() -> None:
    debugger = flat()
    debugger.step(5)
    debugger.set_register("B", 3)
    debugger.write(0x2100, b"\x12\x34")
    assert debugger.view.peek(0x2100, 2) == 0x3412
    debugger.step(3)
    debugger.back(3)
    assert debugger.view.register("B") == 3
    with pytest.raises(UsageError, match="at most 0"):
        debugger.back()


def test_where_calls_came_from() -> None:
    debugger = flat()
    debugger.run_to(SQUARE)
    (frame,) = debugger.view.frames()
    assert (frame.address, frame.stack, frame.call.address) == (STORE, 0x7FFC, START + 7)


def test_illegal_code_and_what_cannot_be_asked() -> None:
    debugger = flat(program="00 F7 FF FF")
    halt = debugger.go(1)
    assert (halt.reason, halt.pc) == ("illegal", START + 1)
    assert debugger.step().reason == "illegal"
    for wrong in (
        lambda: debugger.break_at(1 << 24),
        lambda: debugger.break_at(0, "zz +"),
        lambda: debugger.watch(0, 5000),
        lambda: debugger.step(0),
        lambda: debugger.go(0),
        lambda: debugger.set_register("Q", 1),
        lambda: debugger.select("gpu"),
        lambda: debugger.write(0xFFFFFF, b"ab"),
        lambda: debugger.back(5),
        debugger.out,
    ):
        with pytest.raises(UsageError):
            wrong()


def test_a_condition_that_cannot_be_evaluated_stops_the_run() -> None:
    debugger = flat()
    debugger.break_at(SQUARE, "1 / (B - 8)")
    with pytest.raises(UsageError, match="division by zero"):
        debugger.go(1)
    assert debugger.view.processor.pc == SQUARE


@dataclass
class Pair:
    """Two CPUs that count, at 16 and 20 MHz."""

    schedule: Schedule

    def snapshot(self) -> Any:
        return [one.processor.snapshot() for one in self.schedule.members], self.schedule.snapshot()

    def restore(self, taken: Any) -> None:
        for one, snapshot in zip(self.schedule.members, taken[0], strict=True):
            one.processor.restore(snapshot)
        self.schedule.restore(taken[1])


def pair() -> Debugger:
    members = []
    for name, frequency in (("main", 16_000_000), ("sub", 20_000_000)):
        memory = Memory()
        memory.add_ram(0, 0x2000)
        members.append(Member(name, processor("compiled", memory, "C9 61 68 FC"), frequency))
    return Debugger(Pair(Schedule(members, skew=Fraction(1, 20_000))))


def test_two_processors_are_stopped_and_taken_back_together() -> None:
    debugger, undisturbed = pair(), pair()
    main, sub = debugger.views.values()
    debugger.select("sub")
    debugger.break_at(START + 2, "A == 200")
    debugger.select("main")
    halt = debugger.go(1)
    assert (halt.reason, halt.cpu, debugger.view) == ("breakpoint", "sub", sub)
    both_states = [state(view.processor) for view in (main, sub)]
    debugger.remove(1)
    debugger.step(1000)
    debugger.back(1000)
    assert [state(view.processor) for view in (main, sub)] == both_states
    debugger.go(Fraction(1, 100))
    goal = debugger.schedule.now
    undisturbed.schedule.run_until(debugger.schedule._goal)
    assert undisturbed.schedule.now == goal
    for view, other in zip(debugger.views.values(), undisturbed.views.values(), strict=True):
        assert state(view.processor) == state(other.processor)
