"""Events come in the order of their times, exactly where the program then is."""

from __future__ import annotations

import pytest
from tests.machine.boards import EXECUTORS, START, Recorder, cost, flat, processor

from luthier.errors import UsageError
from luthier.machine.clock import NEVER, Clock
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor

both = pytest.mark.parametrize("executor", EXECUTORS)


def test_events_that_are_set_anew_do_not_pile_up() -> None:
    clock, fired = Clock(), list[int]()
    clock.at(50_000, "last", lambda: fired.append(clock.now))
    for now in range(0, 20_000, 2):
        clock.at(now + 40_000, "watchdog", lambda: fired.append(-1))
        clock.at(now + 1, "timer", lambda: fired.append(-2))
        clock.cancel("timer")
        clock.advance(now + 1)
    assert len(clock._queue) < 100
    assert [name for _, name in clock.snapshot()[1:]] == ["last", "watchdog"]
    clock.cancel("watchdog")
    assert clock.next_due == 50_000
    clock.advance(70_000)
    assert fired == [50_000]
    assert clock.next_due == NEVER


def test_order() -> None:
    clock, fired = Clock(), list[tuple[int, str]]()

    def event(name: str) -> None:
        clock.at({"a": 30, "b": 10, "c": 20, "d": 20}[name], name, lambda: fired.append((clock.now, name)))

    for name in "abcd":
        event(name)
    assert clock.next_due == 10
    clock.advance(9)
    assert fired == []
    clock.advance(25)
    assert fired == [(10, "b"), (20, "c"), (20, "d")]
    assert clock.now == 25
    clock.advance(30)
    assert fired[3:] == [(30, "a")]
    assert clock.next_due == NEVER


def test_replacing_and_cancelling() -> None:
    clock, fired = Clock(), list[str]()
    clock.at(10, "timer", lambda: fired.append("first"))
    clock.at(20, "timer", lambda: fired.append("second"))
    clock.at(5, "other", lambda: fired.append("other"))
    clock.cancel("other")
    clock.cancel("never there")
    clock.advance(15)
    assert fired == []
    clock.advance(20)
    assert fired == ["second"]


def test_events_that_set_events() -> None:
    """Also such as are due at once, or were due already."""
    clock, fired = Clock(), list[tuple[int, str]]()

    def tick() -> None:
        fired.append((clock.now, "tick"))
        clock.after(7, "tick", tick)
        if clock.now == 14:
            clock.at(3, "late", lambda: fired.append((clock.now, "late")))
            clock.cancel("never")

    clock.after(7, "tick", tick)
    clock.at(30, "never", lambda: fired.append((0, "never")))
    clock.advance(25)
    assert fired == [(7, "tick"), (14, "tick"), (14, "late"), (21, "tick")]
    assert clock.now == 25
    assert clock.next_due == 28


def test_time_does_not_go_back() -> None:
    clock = Clock()
    clock.advance(10)
    clock.advance(5)
    assert clock.now == 10
    clock.reset()
    assert clock.now == 0


def test_snapshot() -> None:
    clock, fired = Clock(), list[str]()
    for name, due in (("b", 20), ("a", 20), ("c", 10)):
        clock.at(due, name, lambda name=name: fired.append(name))  # type: ignore[misc]
    taken = clock.snapshot()
    clock.advance(100)
    clock.restore(taken)
    assert clock.now == 0
    clock.advance(100)
    assert fired == ["c", "b", "a"] * 2
    with pytest.raises(UsageError, match="'c'"):
        Clock().restore(taken)


@both
@pytest.mark.parametrize("due", range(1, 12))
def test_an_event_stops_within_one_instruction_of_its_time(executor: Executor, due: int) -> None:
    machine = flat(executor, "C9 61 " * 100 + "05")
    cpu, seen = machine.processor, list[tuple[int, int, int]]()
    cpu.clock.at(due, "event", lambda: seen.append((cpu.clock.now, cpu.instructions, machine.registers["A"])))
    assert machine.run().reason == "halt"
    done = -(-due // cost("C9 61"))
    assert seen == [(due, done, done)]


@both
def test_events_fire_at_the_end_of_a_run_too(executor: Executor) -> None:
    machine, fired = flat(executor, "00 " * 10), list[int]()
    machine.processor.clock.at(2 * cost("00"), "event", lambda: fired.append(1))
    machine.run(1)
    assert not fired
    machine.run(1)
    assert fired
    machine.run(0)
    assert fired == [1]


@both
def test_halt_skips_to_the_next_event(executor: Executor) -> None:
    machine = flat(executor, "05 C9 61 05")
    cpu, times = machine.processor, list[int]()
    cpu.clock.at(1_000_000_000, "first", lambda: times.append(cpu.states))
    cpu.clock.at(2_000_000_000, "second", lambda: setattr(machine, "pc", START + 1))
    stop = machine.run()
    assert times == [1_000_000_000]
    assert (stop.reason, stop.pc, machine.registers["A"]) == ("halt", START + 4, 1)
    assert cpu.states == 2_000_000_000 + cost("C9 61") + cost("05")


@both
def test_until_states(executor: Executor) -> None:
    cpu = flat(executor, "C9 61 " * 10 + "05").processor
    inc = cost("C9 61")
    stop = cpu.run(until_states=3 * inc + 1)
    assert (stop.reason, stop.instructions, cpu.states) == ("limit", 4, 4 * inc)
    assert cpu.run(until_states=4 * inc).instructions == 0
    stop = cpu.run(until_states=5000)
    assert (stop.reason, cpu.states, cpu.halted) == ("limit", 5000, True)
    assert cpu.run(until_states=6000).reason == "limit"
    assert cpu.states == 6000
    assert cpu.run().reason == "halt"


class Timer(Recorder):
    """Sets an event so many states from now when it is written to."""

    clock: Clock
    fired: list[int]

    def write(self, address: int, size: int, value: int) -> None:
        self.clock.after(value, "timer", lambda: self.fired.append(self.clock.now))


@both
def test_a_device_sets_an_event_that_ends_the_stretch_it_is_in(executor: Executor) -> None:
    timer, memory = Timer(), Memory()
    memory.add_ram(0, 0x2000)
    memory.add_device(0x2000, 1, timer, "timer")
    cpu = processor(executor, memory, "00 00 F2 00 20 00 41" + "00" * 50 + "05", A=20)
    timer.clock, timer.fired = cpu.clock, []
    seen = []
    while cpu.run(1).reason == "limit":
        seen.append((cpu.states, len(timer.fired)))
    other_timer, other_memory = Timer(), Memory()
    other_memory.add_ram(0, 0x2000)
    other_memory.add_device(0x2000, 1, other_timer, "timer")
    other = processor(executor, other_memory, "00 00 F2 00 20 00 41" + "00" * 50 + "05", A=20)
    other_timer.clock, other_timer.fired = other.clock, []
    assert other.run().reason == "halt"
    due = 2 * cost("00") + 20
    assert other_timer.fired == timer.fired == [due]
    assert [fired for states, fired in seen if states < due] == [0] * sum(states < due for states, _ in seen)
    assert all(fired == 1 for states, fired in seen if states >= due)


@both
def test_reset_begins_anew(executor: Executor) -> None:
    machine, fired = flat(executor, "00 " * 100 + "05"), list[int]()
    cpu = machine.processor
    machine.run(50)
    cpu.clock.after(10, "event", lambda: fired.append(1))
    cpu.interrupts.request(0x20, 7)
    machine.reset()
    machine.pc = START
    assert (cpu.clock.now, cpu.clock.next_due, cpu.interrupts.first) == (0, NEVER, None)
    cpu.clock.after(10, "event", lambda: fired.append(cpu.states))
    machine.run()
    assert fired == [10]
