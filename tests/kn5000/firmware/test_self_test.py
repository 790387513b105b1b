"""What the self tests find: every fault that is put in, and none where there is none."""

from __future__ import annotations

import pytest

from luthier.kn5000.firmware.build import SUB_BOOT, SUB_BOOT_BASE, built
from luthier.machine import FlatMachine

_RETURN, _HALT, _STACK = 0x1000, 0x05, 0x2000
_START, _END = 0x10000, 0x10400
_CARRY = 1


@pytest.fixture(scope="module")
def booted() -> FlatMachine:
    machine = FlatMachine("tlcs900h2")
    image = built().roms.sub_boot
    assert image
    machine.load(SUB_BOOT_BASE, image)
    machine.load(_RETURN, bytes([_HALT]))
    machine.load(_STACK, _RETURN.to_bytes(4, "little"))
    return machine


def begin(machine: FlatMachine, name: str, **registers: int) -> None:
    """Stand before a routine of the boot ROM."""
    machine.registers["XSP"] = _STACK
    for register, value in registers.items():
        machine.registers[register] = value
    machine.pc = built().programs[SUB_BOOT].symbols[name]


def carry(machine: FlatMachine) -> bool:
    """Run on to the return; whether the routine found something wrong."""
    stop = machine.run(100_000)
    assert stop.reason == "halt" and machine.pc == _RETURN + 1
    return bool(int(machine.registers["SR"]) & _CARRY)


def test_good_ram_passes_and_is_left_empty(booted: FlatMachine) -> None:
    booted.load(_START, bytes(range(256)) * 4)
    begin(booted, "MEM_TEST_ROUTINE", XIX=_START, XIY=_END)
    assert not carry(booted)
    assert not booted.memory[_START:_END].any()


@pytest.mark.parametrize("address", [_START, _START + 0x123, _END - 1])
@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_a_bit_that_changes_is_found_with_its_address(address: int, bit: int, booted: FlatMachine) -> None:
    begin(booted, "MEM_TEST_ROUTINE", XIX=_START, XIY=_END)
    check = built().programs[SUB_BOOT].symbols["MEM_TEST_ROUTINE.check"]
    assert booted.run(100_000, breakpoints={check}).reason == "breakpoint"
    booted.memory[address] ^= bit
    assert carry(booted)
    assert int(booted.registers["XIX"]) == address & ~3


def test_an_address_line_that_does_nothing_is_found(booted: FlatMachine) -> None:
    """Two halves that are the same memory: the second fill is seen in the first."""
    begin(booted, "MEM_TEST_ROUTINE", XIX=_START, XIY=_END)
    check = built().programs[SUB_BOOT].symbols["MEM_TEST_ROUTINE.check"]
    booted.run(100_000, breakpoints={check})
    half = (_END - _START) // 2
    booted.memory[_START : _START + half] = booted.memory[_START + half : _END]
    assert carry(booted)
    assert int(booted.registers["XIX"]) == _START


@pytest.mark.parametrize("place", [None, 0, 0x3FF])
def test_a_sum_that_is_not_all_ones_is_found(place: int | None, booted: FlatMachine) -> None:
    data = bytearray(b"\xff\xff\xff\xff" + bytes(0x3FC))
    if place is not None:
        data[place] ^= 0x10
    booted.load(_START, bytes(data))
    begin(booted, "CHECKSUM_CALC", XIX=_START, BC=len(data) // 256)
    assert carry(booted) is (place is not None)


def test_a_timer_that_never_asks_is_found(booted: FlatMachine) -> None:
    """There is no timer here."""
    begin(booted, "TIMER_TEST")
    assert carry(booted)


def test_a_serial_channel_that_never_ends_is_found(booted: FlatMachine) -> None:
    begin(booted, "SERIAL_TEST")
    assert carry(booted)


def test_a_dma_that_moves_nothing_is_found(booted: FlatMachine) -> None:
    begin(booted, "DMA_TEST")
    assert carry(booted)
