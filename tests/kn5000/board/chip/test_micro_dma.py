"""The micro-DMA: modes of the KN5000 memory-map page, numbers of LDC, who comes first, how it ends."""

from __future__ import annotations

import pytest
from tests.kn5000.board.chip.boards import EXECUTORS, bare, chip, let_pass, read, write

from luthier.cpu.assembler import assemble
from luthier.kn5000.board.chip.chip import Chip
from luthier.machine.processor import Executor

SOURCE, TARGET = 0x3000, 0x4000
INT0_START = 0x0A


def arm(made: Chip, channel: int, mode: int, count: int, start: int = INT0_START) -> None:
    """A channel with noise at its source, and a mask that lets everything through."""
    registers = made.processor.registers
    made.memory.load(SOURCE - 16, bytes(range(1, 41)))
    registers["SR"] = 0x8800
    registers[f"DMAS{channel}"], registers[f"DMAD{channel}"] = SOURCE, TARGET
    registers[f"DMAC{channel}"], registers[f"DMAM{channel}"] = count, mode
    write(made, f"DMA{channel}V", start)


def ask(made: Chip, times: int) -> None:
    """Let INT0 ask so many times."""
    for _ in range(times):
        made.external("INT0", True)
        let_pass(made, 0)
        made.external("INT0", False)


#: Mode, and by how much source and destination are moved on by a unit (A22).
MODES = {
    0x00: (0, 1),
    0x01: (0, 2),
    0x02: (0, 4),
    0x04: (0, -1),
    0x05: (0, -2),
    0x06: (0, -4),
    0x08: (1, 0),
    0x09: (2, 0),
    0x0A: (4, 0),
    0x0C: (-1, 0),
    0x0D: (-2, 0),
    0x0E: (-4, 0),
    0x10: (0, 0),
    0x11: (0, 0),
    0x12: (0, 0),
    0x14: (1, 0),
}


@pytest.mark.parametrize(("mode", "by"), MODES.items(), ids=[f"{mode:02X}" for mode in MODES])
@pytest.mark.parametrize("channel", [0, 3, 7])
def test_modes(mode: int, by: tuple[int, int], channel: int) -> None:
    made = bare()
    arm(made, channel, mode, 3)
    size = 1 << (mode & 3)
    wanted = bytearray(made.memory.data[TARGET - 16 : TARGET + 16].tobytes())
    for unit in range(3 if mode != 0x14 else 0):
        at, to = SOURCE + unit * by[0], 16 + unit * by[1]
        wanted[to : to + size] = made.memory.data[at : at + size].tobytes()
    ask(made, 3)
    registers = made.processor.registers
    assert registers[f"DMAS{channel}"] == SOURCE + 3 * by[0]
    assert registers[f"DMAD{channel}"] == TARGET + 3 * by[1]
    assert registers[f"DMAC{channel}"] == 0
    assert made.memory.data[TARGET - 16 : TARGET + 16].tobytes() == bytes(wanted)


@pytest.mark.parametrize(("mode", "states"), [(0x08, 8), (0x09, 8), (0x0A, 12), (0x14, 5)])
def test_states_of_a_unit(mode: int, states: int) -> None:
    """As MAME counts them for the 900/H."""
    made = bare()
    arm(made, 0, mode, 10)
    ask(made, 4)
    assert made.processor.states == 4 * states


@pytest.mark.parametrize("mode", [0x03, 0x0B, 0x15, 0x18, 0x1C])
def test_modes_in_no_table_are_counted_and_move_nothing(mode: int) -> None:
    made = bare()
    arm(made, 0, mode, 2)
    ask(made, 1)
    assert made.dma.unknown_modes == {mode: 1}
    assert not made.memory.data[TARGET : TARGET + 8].any()


#: LDC's numbers (A23): DMAS 00, DMAD 20, DMAC 40, DMAM 42, a channel every 4.
@pytest.mark.parametrize("channel", range(8))
def test_control_registers_are_those_of_ldc(channel: int) -> None:
    number = 4 * channel
    program = f"""
        ld XWA, {SOURCE:#x}
        db 0xE8, 0x2E, {0x00 + number:#x}
        ld XWA, {TARGET:#x}
        db 0xE8, 0x2E, {0x20 + number:#x}
        ld WA, 4
        db 0xD8, 0x2E, {0x40 + number:#x}
        ld A, 0x09
        db 0xC9, 0x2E, {0x42 + number:#x}
        ei 0
        ld (DMAB), {1 << channel:#x}
        ld (DMAR), {1 << channel:#x}
self:   jr self
    """
    made = chip(program)
    made.memory.load(SOURCE, b"TLCS-900")
    made.processor.run(30)
    assert made.memory.data[TARGET : TARGET + 2].tobytes() == b"00"
    assert made.dma.moved == {channel: 4}
    assert made.processor.registers[f"DMAS{channel}"] == SOURCE + 8


def test_the_assemblers_names_are_these_numbers() -> None:
    assert assemble(" ldc DMAD3, XWA").image == bytes([0xE8, 0x2E, 0x2C])


def test_end_clears_the_start_number_and_asks() -> None:
    made = bare()
    write(made, "INTETC01", 0x50)
    arm(made, 1, 0x00, 2)
    ask(made, 1)
    assert read(made, "DMA1V") == INT0_START
    assert not made.interrupts.is_asking("INTTC1")
    ask(made, 1)
    assert read(made, "DMA1V") == 0
    assert read(made, "INTETC01") == 0xD0
    ask(made, 1)
    assert made.dma.moved == {1: 2}, "the next request is the CPU's again"


def test_count_of_0_is_65536() -> None:
    made = bare()
    arm(made, 0, 0x10, 0)
    write(made, "DMAB", 1)
    write(made, "DMAR", 1)
    while read(made, "DMAR"):
        let_pass(made, made.processor.states - made.clock.now)
    assert made.dma.moved == {0: 65536}


def test_the_request_does_not_reach_the_cpu() -> None:
    made = bare()
    write(made, "INTE0AD", 0x06)
    arm(made, 0, 0x00, 5)
    made.external("INT0", True)
    assert made.interrupts.lines.first is None
    let_pass(made, 0)
    assert read(made, "INTE0AD") == 0x06, "the request is answered"


def test_a_level_is_not_needed() -> None:
    made = bare()
    write(made, "INTE0AD", 0)
    arm(made, 0, 0x00, 5)
    ask(made, 2)
    assert made.dma.moved == {0: 2}


def test_request_that_stands_already_goes_to_the_channel() -> None:
    made = bare()
    made.external("INT0", True)
    arm(made, 0, 0x00, 5)
    let_pass(made, 0)
    assert made.dma.moved == {0: 1}


def test_smaller_channel_comes_first() -> None:
    made = bare()
    order: list[int] = []
    made.dma.observe = lambda channel, _source, _destination, _value: order.append(channel)
    arm(made, 5, 0x08, 4, start=0x14)
    arm(made, 2, 0x08, 4, start=0x15)
    made.interrupts.ask("INTT0")
    made.interrupts.ask("INTT1")
    write(made, "DMAR", 0x88)
    let_pass(made, 0)
    assert order == [2, 3, 5, 7]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_nothing_moves_while_all_is_masked(executor: Executor) -> None:
    made = chip(
        """
        di
        ld (DMAR), 1
        ld XIX, 500
wait:   dec 1, XIX
        cp XIX, 0
        jr nz, wait
        ld A, (0x4000)
        ei 6
        nop
        nop
        ld W, (0x4000)
self:   jr self
        """,
        executor=executor,
    )
    arm(made, 0, 0x08, 4, start=0)
    made.processor.registers["DMAC0"] = 1
    made.processor.run(3_000)
    assert made.processor.registers["A"] == 0
    assert made.processor.registers["W"] == made.memory.data[SOURCE]


def test_what_waits_for_the_mask_waits_in_a_snapshot_too() -> None:
    made = chip(" di\n ld (DMAR), 1\n nop\n nop\n ei 0\nself: jr self")
    arm(made, 0, 0x08, 1, start=0)
    while not read(made, "DMAR"):
        made.processor.step()
    made.processor.step()
    taken = made.snapshot()
    made.processor.run(10)
    assert made.dma.moved == {0: 1}
    made.restore(taken)
    assert made.dma.moved == {}
    made.processor.run(10)
    assert made.dma.moved == {0: 1}


def test_nothing_moves_while_the_cpu_halts() -> None:
    """So the TMP92CM22's manual has it: requests wait."""
    made = chip(" ld (INTE45), 0x01\n ei 0\n halt\nself: jr self", {"INT4": " nop"})
    arm(made, 0, 0x00, 4)
    made.processor.run(20)
    made.external("INT0", True)
    made.processor.run(20, until_states=made.processor.states + 1000)
    assert made.dma.moved == {}
    made.external("INT4", True)
    made.processor.run(5)
    assert made.dma.moved == {0: 1}


class Latch:
    """A byte from another processor: INT0 asks until it is read."""

    def __init__(self) -> None:
        self.made: Chip | None = None
        self.content = list(range(32))

    def push(self) -> None:
        """The next byte is there."""
        assert self.made is not None
        if self.content:
            self.made.external("INT0", True)

    def read(self, address: int, size: int) -> int:
        """Take it; the next comes in 100 states."""
        assert self.made is not None and size == 1
        self.made.external("INT0", False)
        self.made.clock.after(100, "next", self.push)
        return self.content.pop(0) ^ address & 0xFF

    def write(self, address: int, size: int, value: int) -> None:
        """Nothing happens."""


@pytest.mark.parametrize("executor", EXECUTORS)
def test_block_from_the_latch_as_the_sub_cpu_takes_it(executor: Executor) -> None:
    """The first byte by INT0, the other 31 by the channel, their end as INTTC0."""
    latch = Latch()
    made = chip(
        """
        ld XWA, 0x120000
        ldc DMAS0, XWA
        ld XWA, 0x4000
        ldc DMAD0, XWA
        ld WA, 31
        ldc DMAC0, WA
        ld A, 0
        ldc DMAM0, A
        ld (INTE0AD), 0x09
        ld (INTETC01), 0x05
        ei 0
        ld XIX, 0
self:   inc 1, XIX
        jr self
        """,
        {
            "INT0": " ld A, (0x120000)\n ld (RESULT), A\n ld (DMA0V), 0x0A",
            "INTTC0": " ld XIY, XIX",
        },
        executor,
        {0x120000: latch},
    )
    latch.made = made
    latch.push()
    made.processor.run(until_states=10_000)
    assert made.interrupts.taken == {"INT0": 1, "INTTC0": 1}
    assert made.memory.data[0x2000] == 0
    assert made.memory.data[TARGET : TARGET + 32].tolist() == [*range(1, 32), 0]
    assert made.dma.moved == {0: 31}
