"""Turns in one compiled call are the turns that a schedule takes one by one, whatever the programs do."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.machine.boards import START, hexed, state

from luthier.cpu.assembler import assemble
from luthier.machine import alternation
from luthier.machine import schedule as scheduling
from luthier.machine.alternation import alternation_of
from luthier.machine.member import Member
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor, Processor
from luthier.machine.schedule import Schedule

CPU = "tlcs900h2"
SKEW = Fraction(1, 100_000)
SHORT = Fraction(1, 500_000)  #: turns of some ten instructions: much happens just where they end
TICK = 1237
DEVICE, PORT = 0x2000, 0x2010
VECTORS, INT0 = 0xFFFF00, 0x28
HANDLED = 0x102  #: counts interrupts
#: Rounds of a few instructions; what a round does beside them is drawn from a generator in HL.
PROGRAM = f"""
        org {START:#x}
        ei 0
        ld HL, SEED
round:  ld DE, HL
        sll 2, HL
        add HL, DE
        add HL, 13
        inc 1, XBC
        ld A, H
        and A, 0x3F
        jr Z, tell
        cp A, 1
        jr Z, look
        cp A, 2
        jr Z, note
        cp A, 3
        jr Z, sleep
        jr round
tell:   ld ({DEVICE:#x}), L
        jr round
look:   ld A, ({DEVICE:#x})
        add (0x100), A
        jr round
note:   ld ({PORT:#x}), L
        jr round
sleep:  bit 0, L
        jr Z, round
        halt
        jr round
handler: inc 1, ({HANDLED:#x})
        reti
"""

#: Who, what, when, and a number.
Happened = tuple[str, str, int, int]


class Chip:
    """One processor's end: tells the other what is written, keeps what is posted, and has a timer."""

    def __init__(self, log: list[Happened], memory: Memory) -> None:
        self.content = 0
        self._log = log
        memory.add_device(DEVICE, 0x20, self, "chip")
        memory.post(PORT, 1, self._take)

    def join(self, schedule: Schedule, member: Member, other: Chip) -> None:
        """It is ``member``'s, and tells ``other``."""
        self._schedule, self._member, self._processor = schedule, member, member.processor
        schedule.on_meeting(f"by {member.name}", other.hear)
        self._processor.clock.after(TICK, "tick", self._tick)

    def hear(self, value: int) -> None:
        """The other has told something."""
        self.content = value

    def read(self, _address: int, _size: int) -> int:
        """What was told last."""
        return self.content

    def write(self, _address: int, _size: int, value: int) -> None:
        """Tell it."""
        self._note("told", self._schedule.now, value)
        self._schedule.rendezvous(f"by {self._member.name}", value)

    def _take(self, rows: npt.NDArray[np.int64]) -> None:
        for states, _, _, value in rows.tolist():
            self._note("posted", states, value)

    def _tick(self) -> None:
        """Ask for an interrupt, and tell as well."""
        self._note("tick", self._schedule.now, self._processor.instructions)
        self._processor.interrupts.request(INT0, 3)
        self._schedule.rendezvous(f"by {self._member.name}", 1)
        self._processor.clock.after(TICK, "tick", self._tick)

    def _note(self, what: str, time: int, value: int) -> None:
        self._log.append((self._member.name, what, time, value))


class Pair:
    """Two processors that tell each other numbers, and a log of all that happens."""

    def __init__(self, executor: Executor, seed: int, skew: Fraction = SKEW) -> None:
        self.log: list[Happened] = []
        memories = Memory(), Memory()
        self.chips = [Chip(self.log, memory) for memory in memories]
        self.processors = [
            _processor(executor, memory, seed + number) for number, memory in enumerate(memories)
        ]
        self.members = [
            Member("main", self.processors[0], 16_000_000),
            Member("sub", self.processors[1], 20_000_000),
        ]
        self.schedule = Schedule(self.members, skew=skew)
        one, two = self.chips
        one.join(self.schedule, self.members[0], two)
        two.join(self.schedule, self.members[1], one)

    def everything(self) -> Any:
        """All that must be the same."""
        return (
            [state(one) for one in self.processors],
            [one.memory.data[:0x200].tobytes() for one in self.processors],
            [one.clock.snapshot() for one in self.processors],
            [one.interrupts.snapshot() for one in self.processors],
            [chip.content for chip in self.chips],
            self.schedule.snapshot(),
        )


def _processor(executor: Executor, memory: Memory, seed: int) -> Processor:
    memory.add_ram(0, 0x2000)
    memory.add_ram(0x7F00, 0x200)
    memory.add_rom(VECTORS, bytes(0x100))
    program = assemble(PROGRAM.replace("SEED", str(257 * seed)), cpu=CPU)
    memory.load(START, program.image)
    memory.load(VECTORS + INT0, program.symbols["handler"].to_bytes(4, "little"))
    made = Processor(CPU, memory, executor=executor)
    made.reset()
    made.pc = START
    made.registers["XSP"] = 0x8000
    return made


@pytest.mark.parametrize("skew", [SKEW, SHORT])
@pytest.mark.parametrize("seed", [1, 47, 113])
def test_it_is_what_turns_one_by_one_are(seed: int, skew: Fraction, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the same executor turn by turn, and against the plain one."""
    monkeypatch.setattr(alternation, "_LONGEST_PAUSE", 0)
    quick, plain = Pair("compiled", seed, skew), Pair("plain", seed, skew)
    with monkeypatch.context() as patch:
        patch.setattr(scheduling, "alternation_of", lambda *_: None)
        single = Pair("compiled", seed, skew)
    for piece in (Fraction(1, 3000), Fraction(1, 100_000), Fraction(1, 400)):
        for one in (quick, single, plain):
            assert one.schedule.run(piece).reason == "time"
        assert quick.everything() == single.everything() == plain.everything()
    assert quick.log == single.log == plain.log
    kinds = Counter((name, what) for name, what, _, _ in quick.log)
    assert len(kinds) == 6
    assert min(kinds.values()) > 2
    assert all(one.memory.data[HANDLED] for one in quick.processors)


def test_runs_are_the_same_however_they_are_cut() -> None:
    whole, pieces = Pair("compiled", 99), Pair("compiled", 99)
    whole.schedule.run(Fraction(1, 250))
    for _ in range(100):
        pieces.schedule.run(Fraction(1, 25_000))
    assert whole.everything() == pieces.everything()
    assert whole.log == pieces.log


def test_a_snapshot_between_its_turns() -> None:
    one = Pair("compiled", 7)
    one.schedule.run(Fraction(1, 1000))
    taken, plan = [processor.snapshot() for processor in one.processors], one.schedule.snapshot()
    contents, log = [chip.content for chip in one.chips], one.log[:]
    one.schedule.run(Fraction(1, 500))
    first, told = one.everything(), one.log[:]
    assert len(told) > len(log)
    for processor, snapshot in zip(one.processors, taken, strict=True):
        processor.restore(snapshot)
    one.schedule.restore(plan)
    for chip, content in zip(one.chips, contents, strict=True):
        chip.content = content
    one.log[:] = log
    one.schedule.run(Fraction(1, 500))
    assert one.everything() == first
    assert one.log == told


def spinning() -> Schedule:
    """Two of the same frequency that nothing disturbs."""
    members = []
    for name in ("main", "sub"):
        memory = Memory()
        memory.add_ram(0, 0x2000)
        memory.load(START, hexed("C9 61 68 FC"))  # inc 1,A; jr back
        made = Processor(CPU, memory)
        made.pc = START
        members.append(Member(name, made, 16_000_000))
    return Schedule(members, skew=SKEW)


def one_by_one(monkeypatch: pytest.MonkeyPatch) -> Schedule:
    """The same without alternation."""
    with monkeypatch.context() as patch:
        patch.setattr(scheduling, "alternation_of", lambda *_: None)
        return spinning()


def _states(schedule: Schedule) -> list[int]:
    return [member.processor.states for member in schedule.members]


def test_events_at_the_ends_of_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever's event it is, and wherever in a turn: the other stands where it stands turn by turn."""
    seen: list[list[tuple[int, ...]]] = []
    for schedule in (spinning(), one_by_one(monkeypatch)):
        happened: list[tuple[int, ...]] = []
        schedule.run(Fraction(1, 1000))
        for due in range(320):  # a turn has 320 states
            for member in schedule.members:
                clock = member.processor.clock
                clock.at(
                    max(_states(schedule)) + 640 + due,
                    f"{due}",
                    lambda: happened.append((schedule.now, *_states(schedule))),  # noqa: B023
                )
            schedule.run(Fraction(1, 10_000))
            happened.append(tuple(_states(schedule)))
        seen.append(happened)
    assert len(seen[0]) == 3 * 320
    assert seen[0] == seen[1]


def test_runs_that_end_where_a_turn_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    single, ends = one_by_one(monkeypatch), []
    for _ in range(40):
        single.run(Fraction(1, 100_000))
        ends.append(min(member.time for member in single.members))
    for end in sorted(set(ends)):
        quick, single = spinning(), one_by_one(monkeypatch)
        for schedule in (quick, single):
            schedule.run_until(end)
        assert quick.snapshot() == single.snapshot()
        assert _states(quick) == _states(single)


@pytest.mark.parametrize("what", ["nothing", "breakpoint", "trace"])
def test_who_is_quiet_takes_turns_without_python(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And who is looked at takes each by itself."""
    schedule, entered, turn = spinning(), [], Processor.turn

    def counted(self: Processor, *bounds: int) -> Any:
        entered.append(self)
        return turn(self, *bounds)

    monkeypatch.setattr(Processor, "turn", counted)
    main, sub = schedule.members
    if what == "breakpoint":
        sub.processor.stand({START + 0x100})
    elif what == "trace":
        main.processor.start_trace(16)
    schedule.run(Fraction(1, 500))  # a hundred turns of each
    assert len(entered) < 20 if what == "nothing" else len(entered) >= 199
    assert all(member.time >= schedule.ticks_of(Fraction(1, 500)) for member in schedule.members)


def test_what_cannot_alternate() -> None:
    one, two = Pair("compiled", 1).members
    plain = Pair("plain", 1).members[0]
    assert alternation_of([one, two], 80_000_000) is not None
    assert alternation_of([one], 16_000_000) is None
    assert alternation_of([one, plain], 16_000_000) is None
    assert alternation_of([one, two, one], 80_000_000) is None
    assert alternation_of([one, two], 1 << 40) is None
