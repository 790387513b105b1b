"""The interrupt controller: vectors, levels, requests that are seen and cleared, pins."""

from __future__ import annotations

import pytest
from tests.kn5000.board.chip.boards import EXECUTORS, bare, chip, read, write

from luthier.errors import UsageError
from luthier.kn5000.board.chip.sources import sources
from luthier.machine.interrupts import Request
from luthier.machine.processor import Executor

#: MAME's tmp94c241.cpp: vectors of the sources.
VECTORS = {
    "INT0": 0x28,
    "INT4": 0x2C,
    "INT7": 0x38,
    "INT8": 0x40,
    "INTB": 0x4C,
    "INTT0": 0x50,
    "INTT3": 0x5C,
    "INTTR4": 0x60,
    "INTTRB": 0x7C,
    "INTRX0": 0x80,
    "INTTX1": 0x8C,
    "INTAD": 0x90,
    "INTTC0": 0x94,
    "INTTC7": 0xB0,
}


@pytest.mark.parametrize(("name", "vector"), VECTORS.items())
def test_vectors(name: str, vector: int) -> None:
    assert sources()[name].vector == vector


def test_there_are_34_maskable_sources_in_17_registers() -> None:
    assert len(sources()) == 34
    assert len({one.register for one in sources().values()}) == 17


def test_request_is_seen_in_its_register_and_cleared_by_writing_0() -> None:
    made = bare()
    write(made, "INTET01", 0x35)
    made.interrupts.ask("INTT1")
    assert read(made, "INTET01") == 0xB5
    write(made, "INTET01", 0xD2)
    assert read(made, "INTET01") == 0xD2, "a 1 leaves the request as it is"
    assert made.interrupts.lines.first == Request(5, 0x54)
    write(made, "INTET01", 0x52)
    assert read(made, "INTET01") == 0x52
    assert made.interrupts.lines.first is None


def test_writing_1_does_not_ask() -> None:
    made = bare()
    write(made, "INTET01", 0xBB)
    assert read(made, "INTET01") == 0x33
    assert made.interrupts.lines.first is None


@pytest.mark.parametrize("level", range(8))
def test_levels_1_to_6_ask_the_cpu(level: int) -> None:
    made = bare()
    made.interrupts.ask("INT5")
    write(made, "INTE45", 0x80 | level << 4)
    first = made.interrupts.lines.first
    assert (first.level if first else 0) == (level if 1 <= level <= 6 else 0)


def test_intclr_takes_the_request_with_its_start_number_back() -> None:
    made = bare()
    for name in ("INTRX1", "INTTX1"):
        made.interrupts.ask(name)
    write(made, "INTCLR", 0x22)
    assert read(made, "INTES1") == 0x80
    write(made, "INTCLR", 0x0F)
    assert read(made, "INTES1") == 0x80


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_higher_level_is_taken_first_and_then_the_smaller_vector(executor: Executor) -> None:
    note = " ld (XIX+), {}\n"
    order = {"INT4": 1, "INT5": 2, "INTT0": 3, "INTAD": 4}
    made = chip(
        """
        ld XIX, RESULT
        ld (INTE45), 0xBB
        ld (INTET01), 0x0C
        ld (INTE0AD), 0xD0
        ei 0
self:   jr self
        """,
        {name: note.format(number) for name, number in order.items()},
        executor,
    )
    for name in order:
        made.interrupts.ask(name)
    made.processor.run(60)
    assert made.memory.data[0x2000:0x2005].tolist() == [4, 3, 1, 2, 0]
    assert list(made.interrupts.taken) == ["INTAD", "INTT0", "INT4", "INT5"]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_mask_lets_its_own_level_through_and_is_raised_above_it(executor: Executor) -> None:
    made = chip(
        " ld (INTE45), 0xBB\n ei 3\nself: jr self",
        {"INT4": " push SR\n pop WA"},
        executor,
    )
    made.external("INT4", True)
    made.processor.run(30)
    assert made.processor.registers["WA"] >> 12 & 7 == 4
    assert made.interrupts.taken == {"INT4": 1}


def test_masked_request_waits_in_the_loop_until_the_mask_falls() -> None:
    made = chip(
        """
        ld (INTE45), 0x0A
        ei 3
        ld XIX, 1000
wait:   dec 1, XIX
        cp XIX, 0
        jr nz, wait
        ei 2
self:   jr self
        """,
        {"INT4": " ld (RESULT), XIX"},
        "compiled",
    )
    made.external("INT4", True)
    made.processor.run(8_000)
    assert made.interrupts.taken == {"INT4": 1}
    assert made.memory.read(0x2000, 4) == 0


def test_nmi_is_taken_whatever_the_mask() -> None:
    made = chip(" di\nself: jr self", {"NMI": " ld A, 9"})
    made.processor.run(6)
    made.external("NMI", True)
    made.processor.run(4)
    assert made.processor.registers["A"] == 9
    assert made.interrupts.taken == {"NMI": 1}


def test_nesting_is_counted_by_the_cpu() -> None:
    made = chip(
        " ld (INTE45), 0x42\n ei 0\nself: jr self",
        {"INT4": "in: jr in", "INT5": "deep: jr deep"},
    )
    made.processor.run(10)
    made.external("INT4", True)
    made.processor.run(5)
    made.external("INT5", True)
    made.processor.run(5)
    assert made.processor.registers["INTNEST"] == 2


def test_int0_by_level_asks_while_it_is_held() -> None:
    made = bare()
    write(made, "IIMC", 0)
    made.external("INT0", True)
    assert made.interrupts.is_asking("INT0")
    write(made, "INTCLR", 0x0A)
    assert made.interrupts.is_asking("INT0"), "it is held"
    made.external("INT0", False)
    assert not made.interrupts.is_asking("INT0")


def test_int0_by_edge_stays_until_it_is_answered() -> None:
    made = bare()
    write(made, "IIMC", 2)
    made.external("INT0", True)
    made.external("INT0", False)
    assert made.interrupts.is_asking("INT0")
    write(made, "INTCLR", 0x0A)
    made.external("INT0", False)
    assert not made.interrupts.is_asking("INT0")
    made.external("INT0", True)
    assert made.interrupts.is_asking("INT0")


@pytest.mark.parametrize("name", ["INT4", "INT5", "INT6", "INT7", "INT8", "INT9", "INTA", "INTB"])
def test_other_pins_ask_at_their_edge(name: str) -> None:
    made = bare()
    made.external(name, True)
    made.external(name, False)
    assert made.interrupts.is_asking(name)


def test_pin_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match="INT1"):
        bare().external("INT1", True)


def test_interrupts_end_halt() -> None:
    made = chip(
        " ld (INTE45), 0x02\n ei 0\n halt\n ld A, 5\nself: jr self",
        {"INT4": " nop"},
    )
    stop = made.processor.run(100)
    assert stop.reason == "halt"
    made.external("INT4", True)
    made.processor.run(4)
    assert made.processor.registers["A"] == 5
