"""The watchdog and both converters."""

from __future__ import annotations

import pytest
from tests.kn5000.board.chip.boards import bare, chip, let_pass, read, write


def test_watchdog_runs_after_a_reset_and_bites_after_its_period() -> None:
    made = chip()
    made.clock.advance(65_535)
    assert made.watchdog.bites == 0
    made.clock.advance(65_536)
    assert made.watchdog.bites == 1


@pytest.mark.parametrize(("code", "period"), [(0, 1 << 16), (1, 1 << 18), (2, 1 << 20), (3, 1 << 22)])
def test_periods(code: int, period: int) -> None:
    made = bare()
    write(made, "WDMOD", 0x80 | code << 5)
    let_pass(made, period - 1)
    assert made.watchdog.bites == 0
    let_pass(made, 1)
    assert made.watchdog.bites == 1


def test_4e_clears_it() -> None:
    made = bare()
    write(made, "WDMOD", 0x80)
    for _ in range(5):
        let_pass(made, 60_000)
        write(made, "WDCR", 0x4E)
    let_pass(made, 65_535)
    assert made.watchdog.bites == 0
    let_pass(made, 1)
    assert made.watchdog.bites == 1


def test_b1_stops_it_only_once_wdmod_lets_it() -> None:
    made = chip()
    write(made, "WDCR", 0xB1)
    made.clock.advance(70_000)
    assert made.watchdog.bites == 1
    write(made, "WDMOD", 0)
    write(made, "WDCR", 0xB1)
    made.clock.advance(10_000_000)
    assert made.watchdog.bites == 1


def test_it_asks_as_intwd() -> None:
    made = chip(" ld (WDMOD), 0x80\nself: jr self", {"INTWD": " ld A, 3\nstay: jr stay"})
    made.processor.run(until_states=70_000)
    assert made.processor.registers["A"] == 3


def test_it_resets_the_chip_and_time_goes_on() -> None:
    made = chip(" inc 1, (RESULT)\n ld (WDMOD), 0x82\nself: jr self")
    resets: list[int] = []
    made.on_reset.append(lambda: resets.append(made.clock.now))
    made.processor.run(until_states=200_000)
    assert made.memory.data[0x2000] == 1 + len(resets)
    assert len(resets) == 3
    assert all(65_536 <= after - before < 66_000 for before, after in zip([0, *resets], resets, strict=False))


def test_conversion_takes_its_states_and_asks() -> None:
    """ADMOD2 bits 5 and 4 = 1: 320 states (MAME); results have 10 bits at the top."""
    made = bare()
    made.converters.inputs[2] = 0.5
    write(made, "ADMOD2", 0x12)
    write(made, "ADMOD1", 0x04)
    assert read(made, "ADMOD1") == 0x40
    let_pass(made, 319)
    assert not made.interrupts.is_asking("INTAD")
    let_pass(made, 1)
    assert made.interrupts.is_asking("INTAD")
    assert read(made, "ADMOD1") == 0x80
    assert read(made, "ADREG26") == 512 << 6 | 0x3F
    assert read(made, "ADMOD1") == 0x00


def test_scan_converts_from_the_first_of_four() -> None:
    made = bare()
    made.converters.inputs[4:8] = [0.0, 1.0, 0.25, 0.75]
    write(made, "ADMOD2", 0x06)
    write(made, "ADMOD1", 0x14)
    let_pass(made, 3 * 160)
    results = [read(made, name) >> 6 for name in ("ADREG04", "ADREG15", "ADREG26")]
    assert results == [0, 1023, 256]


def test_repetition_goes_on() -> None:
    made = bare()
    write(made, "ADMOD1", 0x24)
    for _ in range(3):
        let_pass(made, 160)
        assert made.interrupts.is_asking("INTAD")
        made.interrupts.withdraw("INTAD")


def test_d_a_outputs() -> None:
    made = bare()
    seen: list[tuple[int, int]] = []
    made.converters.on_output = lambda channel, value: seen.append((channel, value))
    write(made, "DAREG1", 0x80)
    assert seen == [(1, 0x80)]
    assert made.converters.outputs == [0, 0x80]
