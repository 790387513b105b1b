"""The registers as data, on the bus, and in snapshots."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.kn5000.board.chip.boards import EXECUTORS, FREQUENCY, RAM, START, bare, chip, image, read, write

from luthier.errors import UsageError
from luthier.kn5000.board.chip.chip import Chip
from luthier.kn5000.board.chip.register_file import UnknownAccess
from luthier.kn5000.board.chip.register_table import SIZE, registers
from luthier.kn5000.memory_map.lookup import at
from luthier.machine.processor import Executor

#: Names that the memory map has otherwise: DMAVn for DMAnV, and ADREG0 for a register of two channels.
OTHER_NAMES = {f"DMA{n}V": f"DMAV{n}" for n in range(8)} | {
    "ADREG04": "ADREG0",
    "ADREG15": "ADREG1",
    "ADREG26": "ADREG2",
    "ADREG37": "ADREG3",
}


def test_registers_do_not_overlap_and_lie_in_the_area() -> None:
    taken: Counter[int] = Counter()
    for one in registers().values():
        taken.update(range(one.address, one.address + one.size))
    assert max(taken.values()) == 1
    assert max(taken) < SIZE


def test_the_memory_map_has_the_same_registers_at_the_same_places() -> None:
    missing = []
    for one in registers().values():
        answer = at(one.address, "main")
        name = OTHER_NAMES.get(one.name, one.name)
        if answer.is_inside and answer.name in (name, f"PORT_{name[1:]}"):
            assert answer.size == one.size, name
        else:
            missing.append(one.name)
    assert missing == ["T16CR", "CLKMOD", "DRAM0CR", "DRAM1CR", "DRAM0REF", "DRAM1REF", "PMEMCR"]


@pytest.mark.parametrize("one", registers().values(), ids=lambda one: one.name)
def test_after_a_reset_registers_have_their_value(one: object) -> None:
    register = registers()[one.name]  # type: ignore[attr-defined]
    made = chip()
    if register.is_readable and register.name[0] != "P" and register.name != "T02FFCR":
        assert made.registers.get(register.name) == (register.reset or 0)


@pytest.mark.parametrize("name", [name for name, one in registers().items() if one.access == "kept"])
def test_kept_registers_are_kept(name: str) -> None:
    made = bare()
    write(made, name, 0x5A)
    assert read(made, name) == 0x5A
    assert not made.unknown


def test_unknown_accesses_are_counted_with_their_pc() -> None:
    made = chip(" nop\nhere: ld A, (0x60)\n ld (0x200), 5\n ld A, (TREG0)\nself: jr self")
    made.processor.run(10)
    kinds = {(one.kind, one.address): count for one, count in made.unknown.items()}
    assert kinds == {("read", 0x60): 1, ("write", 0x200): 1, ("read", 0x88): 1}
    assert all(START <= one.pc < START + 0x40 for one in made.unknown)
    assert made.processor.registers["A"] == 0xFF


def test_unknown_accesses_do_not_fill_the_memory() -> None:
    made = bare()
    for pc in range(3000):
        made.processor.pc = pc
        made.memory.read(0x60, 1)
    assert len(made.unknown) <= 1025
    assert made.unknown.total() == 3000
    assert made.unknown[UnknownAccess("read", 0x60, -1)] > 1000


def test_writes_are_observed_byte_by_byte() -> None:
    made = bare()
    seen: list[tuple[str, int, int]] = []
    made.observe = lambda kind, address, value: seen.append((kind, address, value))
    made.memory.write(0x90, 2, 0x1234)
    made.memory.write(0x84, 1, 0x1D)
    assert seen == [("write", 0x90, 0x34), ("write", 0x91, 0x12), ("write", 0x84, 0x1D)]


def test_halves_of_a_register_are_written_apart() -> None:
    made = bare()
    made.memory.write(0x92, 1, 0x09)
    made.memory.write(0x93, 1, 0x3D)
    assert made.registers.get("TREG5") == 0x3D09


def test_longs_go_to_four_registers() -> None:
    made = bare()
    made.memory.write(0x88, 4, 0x40302010)
    assert [made.registers.get(f"TREG{n}") for n in range(4)] == [0x10, 0x20, 0x30, 0x40]


BUSY = """
        ld (T01MOD), 0x05
        ld (TREG0), 50
        ld (TREG1), 77
        ld (INTET01), 0x35
        ld (T4MOD), 0x05
        ldw (TREG4), 100
        ldw (TREG5), 300
        ld (INTET45), 0x21
        ld (SC1MOD), 0x29
        ld (BR1CR), 0x01
        ld (INTES1), 0x40
        ld (INTETC23), 0x05
        ld XWA, 0x3000
        ldc DMAS2, XWA
        ld XWA, 0x4000
        ldc DMAD2, XWA
        ld WA, 200
        ldc DMAC2, WA
        ld A, 8
        ldc DMAM2, A
        ld (DMA2V), 0x15
        ld (T16RUN), 0x81
        ld (T8RUN), 3
        ei 0
        ld (SC1BUF), 1
again:  inc 1, XIX
        jr again
"""
HANDLERS = {
    "INTT0": " inc 1, (RESULT)",
    "INTT1": " nop",
    "INTTR4": " inc 1, (RESULT+1)",
    "INTTR5": " inc 1, (RESULT+2)\n bit 0, (RESULT+2)\n jr z, out\n ld (INTCLR), 0x18\nout: nop",
    "INTTX1": " inc 1, (RESULT+3)\n ld (SC1BUF), 5",
    "INTTC2": " inc 1, (RESULT+4)",
}


def test_both_executors_give_the_same_with_everything_running() -> None:
    states = []
    for executor in EXECUTORS:
        made = chip(BUSY, HANDLERS, executor)
        made.processor.run(until_states=150_000)
        taken = made.snapshot()
        states.append((taken.units, taken.processor.memory, dict(made.processor.registers)))
    assert states[0] == states[1]
    assert states[0][0]["micro-DMA"]["moved"] == {2: 200}
    assert all(states[0][1][0x2000:0x2005])


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("moment", [500, 12_345, 60_001])
def test_snapshot_goes_on_in_a_fresh_chip(executor: Executor, moment: int) -> None:
    first = chip(BUSY, HANDLERS, executor)
    first.processor.run(until_states=moment)
    taken = first.snapshot()
    second = Chip("other", FREQUENCY, executor=executor)
    second.memory.add_ram(RAM, 0xF000, "RAM")
    second.memory.add_rom(START, image(BUSY, HANDLERS))
    second.restore(taken)
    for made in (first, second):
        made.processor.run(until_states=moment + 40_000)
    one, other = first.snapshot(), second.snapshot()
    assert one.units == other.units
    assert one.processor == other.processor


def test_snapshot_of_something_else_is_refused() -> None:
    made = chip()
    taken = made.snapshot()
    del taken.units["pins"]
    with pytest.raises(UsageError, match="another chip"):
        made.restore(taken)


def test_trace_of_a_run_with_interrupts() -> None:
    made = chip(BUSY, HANDLERS)
    made.processor.start_trace(64)
    made.processor.run(until_states=5_000)
    entries, done = list(made.processor.trace()), made.processor.instructions
    assert [entry.number for entry in entries] == list(range(done - 64, done))
    times = [entry.states for entry in entries]
    assert times == sorted(set(times))
