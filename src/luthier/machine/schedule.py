"""Several processors on one axis of time, in turns.

Time is counted in *ticks*, of which every state of every processor has a whole number, so nothing is ever
rounded.  The processor that is furthest behind runs until it is ``skew`` ahead of the next one, a *turn*, and
so on.  A device that one processor writes and another reads calls a *meeting*: the writer's turn ends after
its instruction, the others come up to its time, and only then the meeting is held; so nothing is ever seen
before it was sent.  After a meeting the others lead: an answer within ``skew`` is then met in the same way.
Without that, or when a processor is ahead of the sender, it sees the message late, by ``2 * skew`` at most.

All of it follows from the programs alone: two runs are the same, however they are cut into pieces.

Open questions
    A real board has no turns.  Accesses of two processors to one device that come closer together than
    ``skew``, without a meeting, may come in the other order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import attrgetter
from typing import Literal

from luthier.errors import UsageError
from luthier.machine.alternation import alternation_of
from luthier.machine.clock import NEVER
from luthier.machine.member import Member

SKEW = Fraction(1, 2000)  #: seconds
#: The longest that turns alternate without Python, in seconds: a run can be interrupted.
_STRETCH = Fraction(1, 20)

EndReason = Literal["time", "limit", "breakpoint", "watchpoint", "halt", "illegal"]


@dataclass(frozen=True)
class Ending:
    """Why a run of a schedule ended; ``name`` is the processor it was about, empty for "time"."""

    reason: EndReason
    name: str = ""
    pc: int = 0
    detail: str = ""  #: one line for people


@dataclass
class Follower:
    """Something that is computed behind the processors, such as audio."""

    name: str
    action: Callable[[int], object]  #: is given the time in ticks up to which it is to go
    every: int  #: ticks
    time: int = 0


@dataclass(frozen=True)
class Appointment:
    """Where a schedule is in its plan: what a snapshot of a board must hold beside its processors."""

    origins: tuple[int, ...]
    held: tuple[bool, ...]
    turns: tuple[tuple[int, int], ...]  #: number of a processor and the time its turn goes to
    meetings: tuple[tuple[int, int, str, int], ...]  #: time, number of the sender, name, message
    followed: tuple[int, ...]
    goal: int


@dataclass(frozen=True)
class _Bound:
    """Where a run ends for the sake of one processor: counts of instructions and states."""

    member: Member
    instructions: int
    states: int


class Schedule:
    """Runs processors in turns; ``skew`` is in seconds."""

    def __init__(self, members: Sequence[Member], *, skew: Fraction | float = SKEW) -> None:
        if not members or len({member.name for member in members}) < len(members):
            raise UsageError("a schedule needs processors, each with a name of its own")
        self.members = tuple(members)
        self.ticks_a_second = lcm(*(member.frequency for member in members))
        for member in members:
            member.ticks_a_state = self.ticks_a_second // member.frequency
        self.skew = self.ticks_of(skew)
        if self.skew < max(member.ticks_a_state for member in members):
            raise UsageError(f"a skew of {skew} seconds is less than a state", remedy="give 0.0005")
        self._alternation = alternation_of(members, self.ticks_a_second)
        self._stretch = max(1, self.ticks_of(_STRETCH))
        self.running: Member | None = None  #: whose turn it is, while it runs
        self.followers: dict[str, Follower] = {}
        self._actions: dict[str, Callable[[int], object]] = {}
        self._meetings: list[tuple[int, Member, str, int]] = []
        self._turns: list[tuple[Member, int]] = []
        self._goal = 0
        self._follow_at = NEVER

    # Time

    @property
    def now(self) -> int:
        """Ticks: the time of the processor that runs, by its clock, else of the one furthest behind."""
        if self.running is not None:
            return self.running.ticks(self.running.processor.clock.now)
        return min([member.time for member in self.members])

    @property
    def seconds(self) -> Fraction:
        """The same in seconds."""
        return Fraction(self.now, self.ticks_a_second)

    def ticks_of(self, seconds: Fraction | float) -> int:
        """Seconds as ticks, rounded down."""
        return int(Fraction(seconds) * self.ticks_a_second)

    def count(self, rate: int, ticks: int) -> int:
        """How many periods of a rate (samples a second) lie before a time."""
        return ticks * rate // self.ticks_a_second

    def member(self, name: str) -> Member:
        """A processor by name."""
        for member in self.members:
            if member.name == name:
                return member
        names = ", ".join(member.name for member in self.members)
        raise UsageError(f"there is no processor {name!r}", remedy=f"these are: {names}")

    # Meetings

    def on_meeting(self, name: str, action: Callable[[int], object]) -> None:
        """What is done at the meetings of that name; it is given the message."""
        self._actions[name] = action

    def rendezvous(self, name: str, message: int = 0) -> None:
        """Call a meeting; for devices and events.  When no processor runs it is held at once."""
        sender = self.running
        if sender is None:
            self._actions[name](message)
            return
        self._meetings.append((self.now, sender, name, message))
        sender.processor.yield_turn()

    def _meet(self) -> None:
        """Hold the meetings that all others have come to; then the others lead."""
        self._meetings.sort(key=lambda meeting: meeting[0])
        while self._meetings:
            time, sender, name, message = self._meetings[0]
            others = [member for member in self.members if member is not sender]
            if any(member.time < time for member in others):
                return
            del self._meetings[0]
            self._actions[name](message)
            self._turns = [(member, time + self.skew) for member in others]

    # Followers

    def follow(self, name: str, action: Callable[[int], object], every: Fraction | float = SKEW) -> Follower:
        """Have ``action`` called with ever later times in ticks, once in ``every`` seconds or more often."""
        follower = Follower(name, action, max(1, self.ticks_of(every)), self.now)
        self.followers[name] = follower
        self._follow_at = min(self._follow_at, follower.time + follower.every)
        return follower

    def unfollow(self, name: str) -> None:
        """No more of that follower."""
        self.followers.pop(name, None)

    def catch_up(self, name: str) -> None:
        """Bring a follower to this moment, for a device that must know what it has come to."""
        self._follow(self.followers[name], self.now)

    def _follow(self, follower: Follower, time: int) -> None:
        if time > follower.time:
            follower.time = time
            follower.action(time)

    def _follow_all(self, time: int) -> None:
        for follower in self.followers.values():
            if time >= follower.time + follower.every:
                self._follow(follower, time)
        self._follow_at = min(
            (follower.time + follower.every for follower in self.followers.values()), default=NEVER
        )

    # Running

    def run(self, seconds: Fraction | float) -> Ending:
        """Run for so long beyond where the last such run was to end."""
        return self.run_until(self._goal + self.ticks_of(seconds))

    def run_until(self, ticks: int) -> Ending:
        """Run until every processor has come to a time.  No turn is cut, so they may be a turn beyond it."""
        self._goal = max(self._goal, ticks)
        return self._go(ticks)

    def step(self, name: str, instructions: int = 1, within: Fraction | float = 1) -> Ending:
        """Run until one processor has executed some instructions, the others in their turns beside it.

        One that sleeps or is held may take for ever: "time" is the end then, ``within`` seconds from now.
        """
        member = self.member(name)
        bound = _Bound(member, member.processor.instructions + instructions, NEVER)
        return self._go(self.now + self.ticks_of(within), bound)

    def reach(self, name: str, states: int, within: Fraction | float = 1) -> Ending:
        """Run until one processor has come to a clock state of its own, as :meth:`step` does."""
        return self._go(self.now + self.ticks_of(within), _Bound(self.member(name), NEVER, states))

    def _go(self, goal: int, bound: _Bound | None = None) -> Ending:
        for member in self.members:
            member.settle()  # somebody may have run it alone
        alternation = self._alternation if bound is None else None
        while True:
            if self._meetings:
                self._meet()
            order = sorted(self.members, key=_time)
            earliest = order[0].time
            if earliest >= self._follow_at:
                self._follow_all(earliest)
            begun = None
            if not self._turns:
                if earliest >= goal:
                    return Ending("time")
                if alternation is not None and not self._meetings and alternation.is_promising():
                    begun = alternation.run(self.skew, min(goal, self._follow_at, earliest + self._stretch))
                    if begun is None:
                        continue
                self._turns.append(begun or (order[0], order[1 % len(order)].time + self.skew))
            ending = self._take_turn(bound, begun is not None)
            if ending is not None:
                return ending

    def _take_turn(self, bound: _Bound | None, is_begun: bool) -> Ending | None:
        """The first of the turns; None unless something ended it that ends the run.

        One that is begun may be at its end already, but for what the processor met there.
        """
        member, until = self._turns[0]
        if self._meetings:
            until = min(until, self._meetings[0][0])
        if member.held:
            member.sit_out(until)
        if member.time >= until and not is_begun:
            del self._turns[0]
            return None
        processor = member.processor
        states, limit = -((member.origin - until) // member.ticks_a_state), NEVER
        own = bound if bound is not None and bound.member is member else None
        if own is not None:
            states, limit = min(states, own.states), own.instructions
        self.running = member
        try:
            reason, detail = processor.turn(states, limit)
        finally:
            self.running = None
            member.settle()
        if reason == "asked":
            self._turns.clear()
        elif reason != "limit":
            return Ending(reason, member.name, processor.pc, detail)
        elif member.time >= until:
            del self._turns[0]
        if own is not None and (processor.instructions >= limit or processor.states >= own.states):
            return Ending("limit", member.name, processor.pc)
        return None

    # Snapshots

    def snapshot(self) -> Appointment:
        """Where the plan is."""
        number = {member: index for index, member in enumerate(self.members)}
        return Appointment(
            tuple(member.origin for member in self.members),
            tuple(member.held for member in self.members),
            tuple((number[member], until) for member, until in self._turns),
            tuple((time, number[sender], name, message) for time, sender, name, message in self._meetings),
            tuple(follower.time for follower in self.followers.values()),
            self._goal,
        )

    def restore(self, taken: Appointment) -> None:
        """Go back to a snapshot, the processors having been restored before."""
        for member, origin, held in zip(self.members, taken.origins, taken.held, strict=True):
            member.origin, member.held = origin, held
            member.settle()
        self._turns = [(self.members[number], until) for number, until in taken.turns]
        self._meetings = [
            (time, self.members[number], name, message) for time, number, name, message in taken.meetings
        ]
        for follower, time in zip(self.followers.values(), taken.followed, strict=True):
            follower.time = time
        self._goal = taken.goal
        self._follow_at = min(
            (follower.time + follower.every for follower in self.followers.values()), default=NEVER
        )


_time = attrgetter("time")
