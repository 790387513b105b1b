"""Programs run wild: whatever is written to registers, the chip goes on, and its time too."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kn5000.board.chip.boards import bare, chip

from luthier.kn5000.board.chip.pins import EDGES
from luthier.kn5000.board.chip.register_table import SIZE

STATES = 2_000
#: No unit of the chip asks for anything more often than every 5 states: a counting micro-DMA.
MOST_EVENTS = STATES

access = st.one_of(
    st.tuples(
        st.just("write"),
        st.integers(0, SIZE - 4),
        st.sampled_from([1, 2, 4]),
        st.integers(0, 0xFFFFFFFF),
    ),
    st.tuples(st.just("read"), st.integers(0, SIZE - 4), st.sampled_from([1, 2, 4]), st.just(0)),
    st.tuples(st.just("pin"), st.integers(0, 9), st.integers(0, 1), st.just(0)),
    st.tuples(st.just("byte"), st.integers(0, 1), st.integers(0, 0x1FF), st.just(0)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(access, max_size=60), st.integers(0, 7))
def test_any_access_is_survived_and_time_goes_on(
    accesses: list[tuple[str, int, int, int]], mask: int
) -> None:
    made = bare()
    made.processor.registers["SR"] = 0x8800 | mask << 12
    for kind, one, other, value in accesses:
        if kind == "write":
            made.memory.write(one, other, value & (1 << 8 * other) - 1)
        elif kind == "read":
            assert 0 <= made.memory.read(one, other) < 1 << 8 * other
        elif kind == "pin":
            made.external(("INT0", *EDGES, "NMI")[one], bool(other))
        else:
            made.serial[one].receive(other)
        end, events = made.clock.now + STATES, 0
        while made.clock.next_due <= end:
            assert made.clock.next_due >= made.clock.now
            made.clock.advance(made.clock.next_due)
            for name in sorted(made.interrupts.asking):
                made.interrupts.withdraw(name)
            events += 1
            assert events <= MOST_EVENTS
        made.clock.advance(end)
    made.restore(made.snapshot())


@pytest.mark.parametrize("seed", range(6))
def test_noise_as_a_program_ends(seed: int) -> None:
    """Noise is run until its limit, an undefined instruction or a sleep without end, whatever it does."""
    choose = random.Random(seed)
    made = chip(executor="compiled")
    made.memory.load(0x1000, choose.randbytes(0xF000))
    for _ in range(20):
        made.processor.pc = 0x1000 + choose.randrange(0xE000)
        stop = made.processor.run(5_000, until_states=made.processor.states + 50_000)
        assert stop.reason in ("limit", "halt", "illegal")


def test_timer_at_its_quickest_with_interrupts_that_never_end() -> None:
    made = chip(
        " ld (T01MOD), 1\n ld (TREG0), 1\n ld (INTET01), 6\n ld (T16RUN), 0x80\n ld (T8RUN), 1\n ei 0\n"
        "self: jr self",
        {"INTT0": " inc 1, XIX"},
    )
    assert made.processor.run(until_states=20_000).reason == "limit"
    assert made.interrupts.taken["INTT0"] > 100
