"""Several processors in turns: nobody gets far ahead, nothing is seen before it was sent, all repeats."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from tests.machine.boards import EXECUTORS, START, cost, processor, state

from luthier.errors import UsageError
from luthier.machine.member import Member
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor, Processor
from luthier.machine.schedule import Schedule

both = pytest.mark.parametrize("executor", EXECUTORS)
SPIN = "C9 61 68 FC"  # inc 1,A; jr back
SKEW = Fraction(1, 100_000)
DEVICE = 0x2000


class Mailbox:
    """Tells when it is written to, and reads what was put into it."""

    def __init__(self) -> None:
        self.content = 0
        self.written: Callable[[int], None] = lambda _value: None

    def read(self, _address: int, _size: int) -> int:
        return self.content

    def write(self, _address: int, _size: int, value: int) -> None:
        self.written(value)


def member(
    name: str, frequency: int, executor: Executor = "plain", program: str = SPIN, box: Mailbox | None = None
) -> Member:
    memory = Memory()
    memory.add_ram(0, 0x2000)
    memory.add_ram(0x7F00, 0x200)
    memory.add_device(DEVICE, 1, box or Mailbox(), "mailbox")
    return Member(name, processor(executor, memory, program), frequency)


def pair(executor: Executor = "plain", skew: Fraction = SKEW) -> Schedule:
    return Schedule([member("main", 16_000_000, executor), member("sub", 20_000_000, executor)], skew=skew)


def test_the_axis_has_whole_numbers_for_every_state() -> None:
    schedule = pair()
    assert schedule.ticks_a_second == 80_000_000
    assert [one.ticks_a_state for one in schedule.members] == [5, 4]
    assert schedule.skew == 800
    assert schedule.count(48_000, 80_000_000) == 48_000
    assert schedule.count(44_100, 80_000_000 // 441 - 1) == 99
    odd = Schedule([member("a", 3), member("b", 7)], skew=Fraction(1))
    assert [one.ticks_a_state for one in odd.members] == [7, 3]


@both
def test_both_get_the_time_that_their_frequencies_give(executor: Executor) -> None:
    schedule = pair(executor)
    assert schedule.run(Fraction(1, 1000)).reason == "time"
    longest = max(cost("C9 61"), cost("68 FE"))
    for one in schedule.members:
        states = one.frequency // 1000
        late = 2 * schedule.skew // one.ticks_a_state + longest
        assert states <= one.processor.states <= states + late
        assert one.time == one.ticks(one.processor.states)


@both
def test_nobody_is_further_ahead_than_the_skew(executor: Executor) -> None:
    schedule = pair(executor)
    apart = []

    def look(other: Member, self: Member) -> None:
        apart.append(schedule.now - other.ticks(other.processor.states))
        self.processor.clock.after(37, "look", lambda: look(other, self))

    for one, other in (schedule.members, schedule.members[::-1]):
        look(other, one)
    apart.clear()
    schedule.run(Fraction(1, 1000))
    instruction = max(cost("C9 61"), cost("68 FE")) * 5
    assert len(apart) > 500
    assert max(apart) <= schedule.skew + 2 * instruction
    assert max(apart) > schedule.skew // 2


@both
def test_runs_are_the_same_however_they_are_cut(executor: Executor) -> None:
    whole, pieces, steps = pair(executor), pair(executor), pair(executor)
    whole.run(Fraction(1, 10_000))
    for _ in range(10):
        pieces.run(Fraction(1, 100_000))
    while steps.members[1].processor.instructions < whole.members[1].processor.instructions:
        steps.step("sub", 7)
    steps.run_until(8000)
    for one, two in zip(whole.members, pieces.members, strict=True):
        assert state(one.processor) == state(two.processor)
    assert whole.snapshot() == pieces.snapshot()
    turn = whole.members[0].time, whole.members[1].time
    assert steps.members[0].time >= turn[0]


def writes(value: int) -> str:
    return f"F2 00 20 00 00 {value:02X}"


def asking(wait: int, executor: Executor = "plain") -> tuple[Schedule, list[tuple[str, int, int]]]:
    """Sub sends after ``wait`` instructions; main waits for it, answers, and sub waits for that."""
    poll = "C2 00 20 00 3F 00 66 F8"  # cp (2000h),0; jr Z,back
    boxes = Mailbox(), Mailbox()
    main = member("main", 16_000_000, executor, poll + writes(2) + SPIN, boxes[0])
    sub = member("sub", 20_000_000, executor, "C9 61 " * wait + writes(1) + poll + SPIN, boxes[1])
    schedule = Schedule([main, sub], skew=SKEW)
    log: list[tuple[str, int, int]] = []

    def put(box: Mailbox, other: Member, value: int) -> None:
        log.append((f"to {other.name}", value, other.processor.states * other.ticks_a_state))
        box.content = value

    schedule.on_meeting("to main", lambda value: put(boxes[0], main, value))
    schedule.on_meeting("to sub", lambda value: put(boxes[1], sub, value))

    def send(name: str, value: int) -> None:
        log.append((name, value, schedule.now))
        schedule.rendezvous(name, value)

    boxes[0].written = lambda value: send("to sub", value)
    boxes[1].written = lambda value: send("to main", value)
    return schedule, log


@both
def test_a_meeting_is_held_when_the_other_has_come_to_its_time(executor: Executor) -> None:
    """And the answer too: neither message is seen before it was sent, nor later than two instructions."""
    schedule, log = asking(1200 // (4 * cost("C9 61")), executor)  # when sub is ahead of main
    schedule.run(Fraction(1, 1000))
    names = [name for name, _, _ in log]
    assert names == ["to main", "to main", "to sub", "to sub"]
    (_, _, asked), (_, _, heard), (_, _, answered), (_, _, met) = log
    instruction = 5 * max(cost("C2 00 20 00 3F 00"), cost(writes(1)))
    assert asked <= heard <= asked + 2 * instruction
    assert heard < answered
    assert answered <= met <= answered + 2 * instruction


@both
def test_a_message_to_one_that_is_ahead_is_late_by_two_skews_at_most(executor: Executor) -> None:
    """Main runs first, so what sub sends early in its turn finds main ahead."""
    schedule, log = asking(0, executor)
    schedule.run(Fraction(1, 1000))
    asked, heard = log[0][2], log[1][2]
    assert asked < heard <= asked + 2 * schedule.skew + 5 * cost(writes(1))


def test_meetings_outside_of_a_run_are_held_at_once() -> None:
    schedule, seen = pair(), list[int]()
    schedule.on_meeting("hello", seen.append)
    schedule.rendezvous("hello", 5)
    assert seen == [5]


@both
def test_followers(executor: Executor) -> None:
    schedule, times = pair(executor), list[int]()
    schedule.follow("audio", times.append, Fraction(1, 10_000))
    schedule.run(Fraction(1, 1000))
    assert 8 <= len(times) <= 10
    assert times == sorted(set(times))
    steps = [later - earlier for earlier, later in pairwise(times)]
    assert max(steps) <= 8000 + 2 * schedule.skew
    assert all(time <= min(one.time for one in schedule.members) for time in times)
    schedule.run(Fraction(1, 20_000))
    before = len(times)
    schedule.catch_up("audio")
    assert times[before:] == [schedule.now]
    schedule.catch_up("audio")
    assert len(times) == before + 1


@both
def test_endings_name_the_processor_and_the_rest_goes_on_afterwards(executor: Executor) -> None:
    schedule, undisturbed = pair(executor), pair(executor)
    schedule.members[1].processor.stand({START + 2})
    ending = schedule.run(Fraction(1, 20_000))
    assert (ending.reason, ending.name, ending.pc) == ("breakpoint", "sub", START + 2)
    again = schedule.run(0)
    assert (again.reason, again.pc) == ("breakpoint", START + 2)
    assert schedule.members[1].processor.registers["A"] == 2
    schedule.members[1].processor.stand(())
    schedule.run_until(4000)
    undisturbed.run_until(4000)
    for one, two in zip(schedule.members, undisturbed.members, strict=True):
        assert state(one.processor) == state(two.processor)


@both
def test_illegal_code_ends_the_run(executor: Executor) -> None:
    bad = member("bad", 16_000_000, executor, "00 00 F7")
    ending = Schedule([bad, member("good", 20_000_000, executor)], skew=SKEW).run(1)
    assert (ending.reason, ending.name) == ("illegal", "bad")
    assert f"{START + 2:06X}h" in ending.detail


@both
def test_held_and_sleeping_processors(executor: Executor) -> None:
    halt = member("sub", 20_000_000, executor, "05")
    schedule = Schedule([member("main", 16_000_000, executor), halt], skew=SKEW)
    main, sub = schedule.members
    main.held = True
    assert schedule.run(Fraction(1, 10_000)).reason == "time"
    assert main.processor.instructions == 0
    assert main.time >= 8000
    assert sub.processor.halted
    assert sub.time >= 8000
    main.held = False
    schedule.run(Fraction(1, 10_000))
    assert main.processor.states >= 1600
    assert schedule.step("sub", within=Fraction(1, 1000)).reason == "time"


@both
def test_a_reset_does_not_turn_time_back(executor: Executor) -> None:
    schedule = pair(executor)
    schedule.run(Fraction(1, 10_000))
    main = schedule.members[0]
    before = main.time
    main.processor.reset()
    main.processor.pc = START
    assert main.processor.states == 0
    schedule.run(Fraction(1, 10_000))
    assert main.time > before
    assert main.origin == before


def restored(processors: list[Processor], taken: list[object]) -> None:
    for one, snapshot in zip(processors, taken, strict=True):
        one.restore(snapshot)  # type: ignore[arg-type]


@both
def test_snapshots(executor: Executor) -> None:
    schedule, log = asking(600, executor)
    processors = [one.processor for one in schedule.members]
    times = list[int]()
    schedule.follow("audio", times.append, Fraction(1, 10_000))
    schedule.run(Fraction(1, 20_000))
    plan, taken, sent = schedule.snapshot(), [one.snapshot() for one in processors], log[:]
    assert (len(sent), len(plan.meetings)) == (1, 1)  # on its way
    schedule.run(Fraction(1, 1000))
    first, heard = [state(one) for one in processors], log[:]
    assert len(heard) == 4
    restored(processors, list(taken))
    schedule.restore(plan)
    assert schedule.snapshot() == plan
    log[:] = sent
    for one in schedule.members:  # the boxes are no part of the snapshots here
        one.processor.memory.regions[1].device.content = 0  # type: ignore[union-attr]
    schedule.run(Fraction(1, 1000))
    assert [state(one) for one in processors] == first
    assert log == heard


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Schedule([]), "needs processors"),
        (lambda: Schedule([member("a", 1), member("a", 2)]), "name of its own"),
        (lambda: member("a", 0), "more than 0"),
        (lambda: Schedule([member("a", 1000)], skew=Fraction(1, 2000)), "less than a state"),
        (lambda: pair().step("third"), "main, sub"),
    ],
)
def test_what_cannot_be_scheduled(make: Callable[[], object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        make()
