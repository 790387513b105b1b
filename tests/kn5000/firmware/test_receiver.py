"""The interrupts that take what the main CPU writes: what a frame arms, where bytes go, what follows."""

from __future__ import annotations

import pytest
from tests.kn5000.firmware.sub_machine import PORT_D, SubMachine, fresh_machine

from luthier.kn5000.transport import sub_ram
from luthier.kn5000.transport.command_byte import BLOCK, BLOCK_REQUEST, PAYLOAD_READY
from luthier.kn5000.transport.ring import MIDI_RING
from luthier.kn5000.transport.sub_ram import RUNNING

#: Port D: the main CPU has written a command while bit 2 is low; bit 1 is our ready line.
_SENDS, _READY = 0x04, 0x02
_STACK, _RETURN, _SR = 0xA00, 0x3F0, 0xF800
_DMAV0 = 0x100
_INT0 = 0x0A


@pytest.fixture
def machine() -> SubMachine:
    made = fresh_machine()
    made.registers.values[PORT_D] = _READY
    return made


def interrupt(machine: SubMachine, name: str) -> None:
    """Enter an interrupt routine, and run to its RETI."""
    machine.processor.registers["XSP"] = _STACK - 6
    machine.memory.write(_STACK - 6, 2, _SR)
    machine.memory.write(_STACK - 4, 4, _RETURN)
    machine.processor.pc = machine.symbol(name)
    stop = machine.processor.run(10_000)
    assert stop.reason == "halt" and int(machine.processor.registers["XSP"]) == _STACK


def command(machine: SubMachine, byte: int) -> None:
    """INT0 with a byte in the latch."""
    machine.latch.waiting = byte
    interrupt(machine, "INTERCPU_RX_HANDLER")


def armed(machine: SubMachine) -> tuple[int, int]:
    """Where DMA channel 0 will write, and how many bytes."""
    assert machine.registers.values[_DMAV0] == _INT0
    return int(machine.processor.registers["DMAD0"]), int(machine.processor.registers["DMAC0"])


@pytest.mark.parametrize(
    ("byte", "state", "place", "count"),
    [
        (0x03, sub_ram.PACKET, RUNNING.payload, 4),
        (0x7F, sub_ram.PACKET, RUNNING.payload, 32),
        (0xA1, sub_ram.PACKET, RUNNING.payload, 2),
        (BLOCK, sub_ram.BLOCK_HEADER, RUNNING.block_header, 6),
        (BLOCK_REQUEST, sub_ram.REQUEST, RUNNING.request, 10),
    ],
)
def test_a_command_arms_dma_and_is_answered(
    byte: int, state: int, place: int, count: int, machine: SubMachine
) -> None:
    command(machine, byte)
    assert armed(machine) == (place, count)
    assert machine.memory.read(RUNNING.processing_state, 1) == state
    assert machine.memory.read(RUNNING.command, 1) == byte
    assert machine.memory.read(RUNNING.target, 4) == place
    assert not machine.registers.values[PORT_D] & _READY


def test_a_header_arms_dma_for_its_block(machine: SubMachine) -> None:
    command(machine, BLOCK)
    machine.memory.load(
        RUNNING.block_header, (0x071234).to_bytes(4, "little") + (0x0000).to_bytes(2, "little")
    )
    interrupt(machine, "CMD_DISPATCH_HANDLER")
    assert armed(machine) == (0x071234, 0)  # 0 stands for 65,536
    assert machine.memory.read(RUNNING.processing_state, 1) == sub_ram.BLOCK_DATA
    assert not machine.registers.values[PORT_D] & _READY
    machine.memory.write(sub_ram.STATUS_FLAGS, 1, 0xFF)
    interrupt(machine, "CMD_DISPATCH_HANDLER")
    assert machine.memory.read(sub_ram.STATUS_FLAGS, 1) == 0x7F
    assert machine.memory.read(RUNNING.processing_state, 1) == sub_ram.IDLE
    assert machine.registers.values[PORT_D] & _READY


def test_a_request_waits_for_the_main_loop_which_answers_with_a_block(machine: SubMachine) -> None:
    command(machine, BLOCK_REQUEST)
    body = (0x000400).to_bytes(4, "little") + (0x001234).to_bytes(4, "little") + (8).to_bytes(2, "little")
    machine.memory.load(RUNNING.request, body)
    interrupt(machine, "CMD_DISPATCH_HANDLER")
    assert machine.memory.read(sub_ram.REQUEST_ARRIVED, 1) == 0xFF
    assert machine.memory.read(sub_ram.REQUEST_PENDING, 1) == sub_ram.REQUEST_PENDING_BIT
    machine.registers.values[PORT_D] |= 0x10
    machine.latch.block = True
    machine.call("ANSWER_REQUEST")
    expected = bytes([BLOCK]) + (0x1234).to_bytes(4, "little") + (8).to_bytes(2, "little")
    assert bytes(machine.latch.sent) == expected + machine.bytes_at(0x400, 8)
    assert machine.memory.read(sub_ram.REQUEST_PENDING, 1) == 0


def test_the_signal_sets_the_flag(machine: SubMachine) -> None:
    machine.memory.write(sub_ram.STATUS_FLAGS, 1, 0)
    command(machine, PAYLOAD_READY)
    assert machine.memory.read(sub_ram.STATUS_FLAGS, 1) == sub_ram.PAYLOAD_READY_BIT


def test_a_packet_reaches_its_handler(machine: SubMachine) -> None:
    command(machine, 0x03)
    machine.memory.load(RUNNING.payload, bytes([0x90, 1, 60, 100]))
    interrupt(machine, "CMD_DISPATCH_HANDLER")
    assert machine.bytes_at(MIDI_RING.data_address, 4) == bytes([0x90, 1, 60, 100])
    assert machine.registers.values[PORT_D] & _READY


def test_a_byte_without_a_command_is_dropped(machine: SubMachine) -> None:
    machine.registers.values[PORT_D] |= _SENDS
    command(machine, 0x45)
    assert machine.registers.values[_DMAV0] == 0
    assert machine.registers.values[PORT_D] & _READY


def test_a_transfer_that_stands_still_is_given_up(machine: SubMachine) -> None:
    command(machine, 0x1F)
    ticks = machine.symbol("TICKS")
    for tick in range(12):
        machine.memory.write(ticks, 2, tick)
        machine.call("GIVE_UP_STUCK_TRANSFER")
        assert bool(machine.registers.values[PORT_D] & _READY) is (tick == 11), tick
    assert machine.memory.read(RUNNING.processing_state, 1) == sub_ram.IDLE
    assert machine.registers.values[_DMAV0] == 0
