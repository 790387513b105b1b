"""Timers: periods by arithmetic, modes as the maker's relatives have them, programs on both executors.

A step of phi T1 is 8 states, of T4 32, of T16 128, of T256 2,048 (MAME's tmp94c241.cpp).
"""

from __future__ import annotations

import pytest
from tests.kn5000.board.chip.boards import EXECUTORS, asked, bare, chip, let_pass, read, write

from luthier.kn5000.board.chip.counter import Counter, Ticks
from luthier.machine.processor import Executor


def start(made: object, **settings: int) -> None:
    """Set registers in this order, then run the prescaler."""
    for name, value in settings.items():
        write(made, name, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("selection", "step"), [(1, 8), (2, 32), (3, 128)], ids=["T1", "T4", "T16"])
@pytest.mark.parametrize("compare", [1, 5, 255, 0])
def test_lower_timer_asks_every_compare_value_steps(selection: int, step: int, compare: int) -> None:
    made = bare()
    start(made, T01MOD=selection, TREG0=compare, T16RUN=0x80, T8RUN=1)
    period = (compare or 256) * step
    assert asked(made, "INTT0", 4 * period) == [period, 2 * period, 3 * period, 4 * period]


@pytest.mark.parametrize(("selection", "step"), [(1, 8), (2, 128), (3, 2048)], ids=["T1", "T16", "T256"])
def test_upper_timer_has_other_clocks(selection: int, step: int) -> None:
    made = bare()
    start(made, T01MOD=selection << 2, TREG1=3, T16RUN=0x80, T8RUN=2)
    assert asked(made, "INTT1", 9 * step) == [3 * step, 6 * step, 9 * step]


def test_main_programs_timer_1() -> None:
    """T01MOD = 1D and TREG1 = 10: 16 steps of T256."""
    made = bare()
    start(made, T01MOD=0x1D, T23MOD=0x1D, T02FFCR=0, TREG0=0x0A, TREG1=0x10, TRDC=0, T8RUN=2, T16RUN=0x80)
    assert asked(made, "INTT1", 100_000) == [32_768, 65_536, 98_304]
    assert not made.interrupts.is_asking("INTT0")


def test_main_programs_timer_4() -> None:
    """T4MOD = 05, TREG4 = 1, TREG5 = 15,625: 125,000 states, 7.8125 ms at 16 MHz."""
    made = bare()
    start(made, T4MOD=0x05, T4FFCR=0, T16CR=0, TREG4=1, TREG5=0x3D09, T16RUN=0x80)
    write(made, "T16RUN", 0x81)
    assert asked(made, "INTTR5", 400_000) == [125_000, 250_000, 375_000]


def test_first_compare_value_asks_once_a_round() -> None:
    made = bare()
    start(made, T4MOD=0x05, TREG4=10, TREG5=100, T16RUN=0x81)
    assert asked(made, "INTTR4", 2_000) == [80, 880, 1680]


def test_without_clear_the_counter_runs_over() -> None:
    made = bare()
    start(made, T6MOD=0x01, TREG6=1, TREG7=2, T16RUN=0x82)
    assert asked(made, "INTTR7", 8 * 65_536 + 100) == [16, 8 * 65_536 + 16]


def test_sixteen_bits_of_a_pair() -> None:
    made = bare()
    start(made, T23MOD=0x41, TREG2=0x34, TREG3=0x12, T16RUN=0x80, T8RUN=0x0C)
    period = 8 * 0x1234
    assert asked(made, "INTT3", 2 * period) == [period, 2 * period]
    assert not made.interrupts.is_asking("INTT2")


def test_upper_timer_counts_matches_of_the_lower() -> None:
    made = bare()
    start(made, T01MOD=0x01, TREG0=5, TREG1=3, T16RUN=0x80, T8RUN=3)
    assert asked(made, "INTT1", 500) == [120, 240, 360, 480]


def test_pulses_of_the_ppg_mode() -> None:
    """The counter goes round at TREG1; both compare values ask and turn FF1 over."""
    made = bare()
    start(made, T01MOD=0x81, T02FFCR=0x0A, TREG0=3, TREG1=10, T16RUN=0x80, T8RUN=1)
    levels = []
    for _ in range(20):
        let_pass(made, 8)
        made.eight_bit_timers[0].update()
        levels.append(made.flip_flops.states["1"])
    assert levels == [False] * 2 + [True] * 7 + [False] * 3 + [True] * 7 + [False]
    assert made.interrupts.is_asking("INTT0")
    assert made.interrupts.is_asking("INTT1")


@pytest.mark.parametrize(("code", "period"), [(1, 63), (2, 127), (3, 255)])
def test_period_of_the_pwm_mode(code: int, period: int) -> None:
    made = bare()
    start(made, T01MOD=0xC1 | code << 4, TREG0=20, T16RUN=0x80, T8RUN=1)
    assert asked(made, "INTT0", 16 * period) == [8 * period, 16 * period]


def test_prescaler_that_stands_still_counts_nothing() -> None:
    made = bare()
    start(made, T01MOD=1, TREG0=1, T8RUN=1)
    assert asked(made, "INTT0", 10_000) == []


def test_stopping_clears_the_counter() -> None:
    made = bare()
    start(made, T01MOD=1, TREG0=10, T16RUN=0x80, T8RUN=1)
    let_pass(made, 72)
    write(made, "T8RUN", 0)
    write(made, "T8RUN", 1)
    assert asked(made, "INTT0", 200) == [72 + 80]


def test_compare_value_below_the_count_is_met_a_whole_turn_later() -> None:
    made = bare()
    start(made, T01MOD=1, TREG0=200, T16RUN=0x80, T8RUN=1)
    let_pass(made, 8 * 100)
    write(made, "TREG0", 50)
    assert asked(made, "INTT0", 8 * 356) == [8 * (256 + 50), 8 * (256 + 100)]


def test_software_captures_the_count() -> None:
    made = bare()
    start(made, T8MOD=0x21, T16RUN=0x84)
    let_pass(made, 8 * 1000 + 3)
    write(made, "T8MOD", 0x01)
    assert read(made, "CAP8") == 1000
    assert read(made, "T8MOD") & 0x20


def test_pins_capture_edges() -> None:
    """TnMOD bits 4 and 3 = 2: the rising edge of the first pin to one register, the falling to the other."""
    made = bare()
    start(made, TAMOD=0x31, T16RUN=0x88)
    let_pass(made, 800)
    made.external("INTA", True)
    let_pass(made, 400)
    made.external("INTA", False)
    assert (read(made, "CAPA"), read(made, "CAPB")) == (100, 150)


def test_request_that_stands_needs_no_events() -> None:
    made = bare()
    start(made, T01MOD=1, TREG0=1, T16RUN=0x80, T8RUN=1)
    let_pass(made, 8)
    assert made.interrupts.is_asking("INTT0")
    assert made.clock.next_due > 1 << 40
    made.interrupts.withdraw("INTT0")
    assert made.clock.next_due == 16


def test_flip_flop_is_put_out_at_its_pin() -> None:
    made = bare()
    seen = []
    made.ports.watch("PD", lambda before, after: seen.append((made.clock.now, before, after)))
    start(made, PDCR=0x01, PDFC=0x01, T4FFCR=0x0A, T4MOD=0x05, TREG5=100, T16RUN=0x81)
    let_pass(made, 2400)
    assert seen == [(0, 0xFF, 0xFE), (800, 0xFE, 0xFF), (1600, 0xFF, 0xFE), (2400, 0xFE, 0xFF)]


@pytest.mark.parametrize("way", ["reset", "restart"])
def test_a_reset_stops_timers_and_clears_flip_flops(way: str) -> None:
    made = bare()
    start(made, T01MOD=1, T02FFCR=0x0A, TREG0=3, T4FFCR=0x0E, T4MOD=0x05, TREG4=7, TREG5=9, T16RUN=0x81)
    write(made, "T8RUN", 1)
    for steps in (10, 8, 10):  # FF1 was turned over three times, FF4 once
        let_pass(made, 8 * steps)
        getattr(made, way)()
        assert not any(made.flip_flops.states.values())
        assert not made.interrupts.asking
        assert asked(made, "INTT0", made.clock.now + 10_000) == []
        start(made, T01MOD=1, T02FFCR=0x0A, TREG0=3, T4FFCR=0x0E, T16RUN=0x81, T8RUN=1)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_interrupts_of_a_timer_are_counted_by_a_program(executor: Executor) -> None:
    made = chip(
        """
        ld XIX, 0
        ld (T01MOD), 1
        ld (TREG0), 100
        ld (INTET01), 0x05
        ld (T16RUN), 0x80
        ld (T8RUN), 1
        ei 0
self:   jr self
        """,
        {"INTT0": " inc 1, XIX"},
        executor,
    )
    made.processor.run(until_states=80_000 + 400)
    assert made.processor.registers["XIX"] == 100
    assert made.interrupts.taken == {"INTT0": 100}


def test_both_executors_agree_about_a_program_that_polls() -> None:
    """A request that nobody takes is polled and cleared; the counts of all passes are the same."""
    program = """
        ld (T01MOD), 1
        ld (TREG0), 37
        ld (T16RUN), 0x80
        ld (T8RUN), 1
        ld XIY, RESULT
next:   ld XIX, 0
wait:   inc 1, XIX
        bit 3, (INTET01)
        jr z, wait
        ld (INTCLR), 0x14
        ld (XIY+), XIX
        jr next
    """
    tables = []
    for executor in EXECUTORS:
        made = chip(program, executor=executor)
        made.processor.run(until_states=30_000)
        assert made.processor.registers["XIY"] > 0x2000 + 4 * 80
        tables.append(made.memory.data[0x2000:0x2400].tobytes() + bytes([made.processor.pc & 0xFF]))
    assert tables[0] == tables[1]


def stepped(bits: int, clear_at: int, value: int, number: int) -> list[int]:
    """A counter that is stepped."""
    values = []
    for _ in range(number):
        value = (value + 1) % (1 << bits)
        if value == clear_at % (1 << bits):
            value = 0
        values.append(value)
    return values


@pytest.mark.parametrize("clear_at", [0, 1, 5, 9, 255])
@pytest.mark.parametrize("value", [0, 3, 5, 200, 255])
def test_counter_is_what_stepping_gives(clear_at: int, value: int) -> None:
    counter = Counter(8)
    counter.value, counter.clear_at = value, clear_at
    counter.clock = Ticks(10, 10)
    wanted = stepped(8, clear_at, value, 700)
    assert [counter.at(10 * step) for step in range(1, 701)] == wanted
    for meeting in (1, 4, 5, 100, 255):
        ticks = counter.meetings(meeting)
        reached = [10 * (step + 1) for step, now in enumerate(wanted) if now == meeting]
        if meeting == clear_at:
            before = [value, *wanted[:-1]]
            reached = [10 * (step + 1) for step, last in enumerate(before) if last == meeting - 1]
        found = [ticks.nth(n) for n in range(1, 800)] if ticks else []
        assert [moment for moment in found if moment is not None and moment <= 7000] == reached
