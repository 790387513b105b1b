"""Counters: what they hold is reckoned, so it is checked against one that is stepped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from luthier.kaoss.sandbox.counter import Counter
from luthier.machine.clock import Clock


@given(
    start=st.integers(0, 15),
    clear_at=st.none() | st.integers(0, 15),
    step=st.integers(1, 5),
    match=st.integers(0, 15),
    wait=st.integers(0, 120),
)
def test_like_one_that_is_stepped(start: int, clear_at: int | None, step: int, match: int, wait: int) -> None:
    clock = Clock()
    counter = Counter(clock, 4)
    counter.configure(step, clear_at)
    counter.set(start)
    clock.advance(wait)

    def following(value: int) -> int:
        return 0 if value in (clear_at, 15) else value + 1

    value = start
    for _ in range(wait // step):
        value = following(value)
    assert counter.value == value
    until = None
    for number in range(1, 40):
        if value == match:
            until = number * step - wait % step
            break
        value = following(value)
    assert counter.until(match) == until


def test_stopped_counters_never_match() -> None:
    counter = Counter(Clock(), 16)
    counter.set(5)
    assert counter.until(5) is None
    assert counter.value == 5


def test_another_step_keeps_the_value() -> None:
    clock = Clock()
    counter = Counter(clock, 8)
    counter.configure(4, None)
    clock.advance(10)
    counter.configure(64, None)
    assert counter.value == 2
    clock.advance(10 + 64)
    assert counter.value == 3
