"""Timers that are reckoned against timers that are stepped, with random settings at random times."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kn5000.board.chip.boards import bare, write

LOWER, UPPER = (0, 8, 32, 128), (0, 8, 128, 2048)
PWM = (0, 63, 127, 255)
MODES = ("T01MOD", "T23MOD")


@dataclass
class Stepped:
    """All timers, a step of 8 states at a time; ``asked`` are states and sources."""

    values: dict[str, int] = field(default_factory=dict)
    prescaler: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * 4)
    wide: list[int] = field(default_factory=lambda: [0] * 2)
    long: list[int] = field(default_factory=lambda: [0] * 4)
    asked: set[tuple[int, str]] = field(default_factory=set)
    flip_flops: dict[str, bool] = field(default_factory=lambda: dict.fromkeys("1346", False))

    def get(self, name: str) -> int:
        return self.values.get(name, 0)

    def write(self, name: str, value: int) -> None:
        self.values[name] = value
        if name == "T16RUN" and not value & 0x80:
            self.prescaler = 0
        for timer in range(4):
            if not self.get("T8RUN") >> timer & 1:
                self.counts[timer] = 0
            if not self.get("T16RUN") >> timer & 1:
                self.long[timer] = 0
        for pair in range(2):
            if self.get("T8RUN") >> 2 * pair & 3 != 3 or self.get(MODES[pair]) >> 6 != 1:
                self.wide[pair] = 0

    def step(self, now: int) -> None:
        if not self.get("T16RUN") & 0x80:
            return
        self.prescaler += 8
        for pair in range(2):
            self.step_pair(pair, now)
        for timer in range(4):
            self.step_long(timer, now)

    def ticks(self, divider: int) -> bool:
        return divider > 0 and self.prescaler % divider == 0

    def turn(self, pair: int, by: int, both: bool = False) -> None:
        control = self.get("T02FFCR") >> 4 * pair
        if control & 2 and (both or control & 1 == by):
            name = "13"[pair]
            self.flip_flops[name] = not self.flip_flops[name]

    def step_pair(self, pair: int, now: int) -> None:
        mode = self.get(MODES[pair])
        kind, run = mode >> 6, self.get("T8RUN") >> 2 * pair & 3
        first, second = 2 * pair, 2 * pair + 1
        one, two = self.get(f"TREG{first}"), self.get(f"TREG{second}")
        lower, upper = self.ticks(LOWER[mode & 3]), self.ticks(UPPER[mode >> 2 & 3])
        matched = False
        if kind == 1:
            if run == 3 and lower:
                self.wide[pair] = self.wide[pair] + 1 & 0xFFFF
                if self.wide[pair] == two << 8 | one:
                    self.wide[pair] = 0
                    self.asked.add((now, f"INTT{second}"))
                    self.turn(pair, 1, both=True)
            return
        if run & 1 and lower:
            count = self.counts[first] + 1
            if count & 0xFF == one:
                matched = True
                self.turn(pair, 0, both=kind == 2)
                if kind != 3:
                    self.asked.add((now, f"INTT{first}"))
            over = {0: one, 2: two, 3: PWM[mode >> 4 & 3]}[kind]
            if kind == 2 and count & 0xFF == two:
                self.asked.add((now, f"INTT{second}"))
                self.turn(pair, 1, both=True)
            if count & 0xFF == over:
                count = 0
                if kind == 3:
                    self.asked.add((now, f"INTT{first}"))
                    self.turn(pair, 0)
            self.counts[first] = count & 0xFF
        if kind != 2 and run & 2 and (upper or (not UPPER[mode >> 2 & 3] and kind == 0 and matched)):
            count = self.counts[second] + 1 & 0xFF
            if count == two:
                count = 0
                self.asked.add((now, f"INTT{second}"))
                self.turn(pair, 1)
            self.counts[second] = count

    def step_long(self, timer: int, now: int) -> None:
        names = ("45", "67", "89", "AB")[timer]
        mode = self.get(f"T{names[0]}MOD")
        if not (self.get("T16RUN") >> timer & 1 and self.ticks(LOWER[mode & 3])):
            return
        count = self.long[timer] + 1 & 0xFFFF
        for which, name in enumerate(names):
            if count == self.get(f"TREG{name}"):
                self.asked.add((now, f"INTTR{name}"))
                if names[0] in "46" and self.get(f"T{names[0]}FFCR") >> 2 + which & 1:
                    self.flip_flops[names[0]] = not self.flip_flops[names[0]]
        if mode & 4 and count == self.get(f"TREG{names[1]}"):
            count = 0
        self.long[timer] = count


small = st.sampled_from([0, 1, 2, 3, 7, 20, 60, 200, 255])
pair_mode = st.builds(
    lambda kind, period, upper, lower: kind << 6 | period << 4 | upper << 2 | lower,
    st.integers(0, 3),
    st.integers(1, 3),
    st.integers(0, 3),
    st.integers(1, 3),
)
writes = st.one_of(
    st.tuples(st.sampled_from(["TREG0", "TREG1", "TREG2", "TREG3"]), small),
    st.tuples(st.sampled_from([f"TREG{name}" for name in "456789AB"]), small),
    st.tuples(st.just("T8RUN"), st.integers(0, 15)),
    st.tuples(st.just("T16RUN"), st.sampled_from([0x8F, 0x81, 0x8A, 0x8F, 0x0F])),
    st.tuples(st.sampled_from(MODES), pair_mode),
    st.tuples(
        st.sampled_from(["T4MOD", "T6MOD", "T8MOD", "TAMOD"]), st.sampled_from([0x21, 0x25, 0x26, 0x27])
    ),
    st.tuples(st.just("T02FFCR"), st.sampled_from([0xEE, 0xFF, 0xCC, 0xEF])),
    st.tuples(st.sampled_from(["T4FFCR", "T6FFCR"]), st.sampled_from([0xC3, 0xC7, 0xCB, 0xCF])),
)
START = [
    ("T01MOD", 0x05),
    ("T23MOD", 0x41),
    ("TREG0", 5),
    ("TREG1", 3),
    ("TREG2", 9),
    ("TREG3", 1),
    ("T4MOD", 0x25),
    ("TREG4", 3),
    ("TREG5", 10),
    ("T8RUN", 15),
    ("T16RUN", 0x8F),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 120), writes), min_size=4, max_size=30))
def test_reckoned_timers_do_what_stepped_ones_do(orders: list[tuple[int, tuple[str, int]]]) -> None:
    made, stepped = bare(), Stepped()
    asked: set[tuple[int, str]] = set()
    # A mode changes while its pair stands still: what a change under way does is in no source.
    program = [(0, one) for one in START]
    for pause, (name, value) in orders:
        if name in MODES:
            running = ("T8RUN", 0)
            program += [(pause, running), (0, (name, value)), (0, ("T8RUN", 15))]
        else:
            program.append((pause, (name, value)))
    now = 3  # writes lie between the steps
    made.clock.advance(now)
    for pause, (name, value) in [*program, (200, ("T8RUN", 0))]:
        until = now + 8 * pause
        while made.clock.next_due <= until:
            made.clock.advance(made.clock.next_due)
            for source in sorted(made.interrupts.asking):
                asked.add((made.clock.now, source))
                made.interrupts.withdraw(source)
        made.clock.advance(until)
        for step in range(now, until, 8):
            # The prescaler began at a state 3 behind a step, so it steps there.
            stepped.step(step + 8)
        now = until
        write(made, name, value)
        stepped.write(name, value)
    assert asked == stepped.asked
    for pair in made.eight_bit_timers:
        pair.update()
    for timer in made.sixteen_bit_timers:
        timer.update()
    assert {name: made.flip_flops.states[name] for name in "1346"} == stepped.flip_flops
