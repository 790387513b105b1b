"""Ports: latches, directions, what drives a pin and who is told."""

from __future__ import annotations

import pytest
from tests.kn5000.board.chip.boards import EXECUTORS, bare, chip, read, write

from luthier.kn5000.board.chip.ports import PORTS
from luthier.machine.processor import Executor

WITH_DIRECTIONS = [port for port in PORTS if port not in ("PA", "PB", "PG")]


@pytest.mark.parametrize("port", WITH_DIRECTIONS)
def test_outputs_show_the_latch_and_inputs_what_drives_them(port: str) -> None:
    made = bare()
    write(made, port, 0b1010_0101)
    write(made, f"{port}CR", 0b0000_1111)
    assert made.ports.outputs(port) == 0b1111_0101
    made.ports.drive(port, 7, False)
    made.ports.drive(port, 6, True)
    made.ports.drive(port, 0, False)
    assert read(made, port) == 0b0111_0101, (
        "bit 7 is driven, bits 4 to 6 are high, an output is not overdriven"
    )
    made.ports.drive(port, 7, None)
    assert read(made, port) == 0b1111_0101


@pytest.mark.parametrize("port", ["PA", "PB"])
def test_ports_without_directions_put_out(port: str) -> None:
    made = bare()
    write(made, port, 0x5A)
    assert made.ports.outputs(port) == 0x5A
    assert read(made, port) == 0x5A


def test_port_g_only_takes_in() -> None:
    made = bare()
    for bit in range(8):
        made.ports.drive("PG", bit, bool(0x3C >> bit & 1))
    assert read(made, "PG") == 0x3C
    write(made, "PG", 0)
    assert read(made, "PG") == 0x3C
    assert [(one.kind, one.address) for one in made.unknown] == [("write", 0x40)]


def test_who_watches_is_told_of_changes_of_outputs() -> None:
    made = bare()
    seen: list[tuple[int, int]] = []
    made.ports.watch("PZ", lambda before, after: seen.append((before, after)))
    write(made, "PZ", 0x55)
    write(made, "PZCR", 0xFF)
    write(made, "PZ", 0x55)
    write(made, "PZ", 0xAA)
    assert seen == [(0xFF, 0x55), (0x55, 0xAA)]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_bits_set_and_cleared_by_a_program(executor: Executor) -> None:
    """The sequence around the tone generator's data: P6.7 low for the latch, high for the data."""
    made = chip(
        " ld (P6CR), 0xFF\n ld (PORT_6), 0xFF\nagain: res 7, (PORT_6)\n nop\n set 7, (PORT_6)\n jr again",
        executor=executor,
    )
    seen: list[int] = []
    made.ports.watch("P6", lambda _before, after: seen.append(after))
    made.processor.run(45)
    assert seen[:5] == [0x00, 0xFF, 0x7F, 0xFF, 0x7F]


#: Bytes on one port, strobed by a bit of another, as the sub CPU writes to DSP 1.
STROBES = """
        ld (PZCR), 0xFF
        ld (P7CR), 0x78
        ld (PORT_7), 0xFF
        ld A, 0
again:  bit 0, (PORT_H)
        jr z, again
        res 3, (PORT_7)
        ld (PORT_Z), A
        set 3, (PORT_7)
        inc 1, A
        cp A, 40
        jr nz, again
self:   jr self
"""


def strobed(executor: Executor, posted: bool) -> tuple[list[tuple[str, int, int]], list[int]]:
    """What is told of two ports, and what is to be read and the time at the end."""
    made = chip(STROBES, executor=executor)
    if posted:
        made.post("P7", "PZ")
    seen: list[tuple[str, int, int]] = []
    made.ports.watch("P7", lambda before, after: seen.append(("P7", before, after)))
    made.ports.watch("PZ", lambda before, after: seen.append(("PZ", before, after)))
    made.ports.drive("P7", 0, False)
    made.processor.run(600)
    return seen, [read(made, "P7"), read(made, "PZ"), made.processor.states]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_posted_ports_are_told_the_same_in_the_same_order(executor: Executor) -> None:
    told, end = strobed(executor, posted=False)
    assert strobed(executor, posted=True) == (told, end)
    assert len(told) == 1 + 39 + 2 * 40
    assert end[:2] == [0xFE, 39]


def test_polled_pin_costs_no_call() -> None:
    """A port is served: the loop over it never asks the device."""
    made = chip("wait: bit 0, (PORT_H)\n jr nz, wait\n ld A, 7\nself: jr self", executor="compiled")
    made.processor.run(5)
    calls: list[int] = []
    inner = made.registers.read
    made.registers.read = lambda address, size: calls.append(address) or inner(address, size)  # type: ignore
    made.processor.run(10_000)
    assert calls == []
    made.ports.drive("PH", 0, False)
    made.processor.run(10)
    assert made.processor.registers["A"] == 7


def test_reset_values_of_latches() -> None:
    """MAME's tmp94c241.cpp: ports A and B put out 1F."""
    made = bare()
    assert made.ports.outputs("PA") == 0x1F
    assert made.ports.outputs("P7") == 0xFF, "no outputs yet"
