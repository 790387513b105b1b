"""Stores that are posted reach their device in order, with the right times, on both executors."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from tests.machine.boards import EXECUTORS, START, Recorder, cost, hexed, processor

from luthier.errors import UsageError
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor, Processor

both = pytest.mark.parametrize("executor", EXECUTORS)
Rows = npt.NDArray[np.int64]
PORT = 0x2000
NOP = cost("00")


@dataclass
class Chip(Recorder):
    """Keeps the rows it is given, and how many came at once."""

    rows: list[tuple[int, ...]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def take(self, rows: Rows) -> None:
        assert rows.dtype == np.int64
        self.rows += [tuple(row) for row in rows.tolist()]
        self.batches.append(len(rows))


def board(executor: Executor, program: str, **registers: int) -> tuple[Processor, Chip]:
    """0x2000 to 0x200F are posted, up to 0x201F the device is asked."""
    chip, memory = Chip(), Memory()
    memory.add_ram(0, PORT)
    memory.add_device(PORT, 0x20, chip, "chip")
    memory.post(PORT, 0x10, lambda rows: chip.take(rows))  # noqa: PLW0108 - tests put another in its place
    return processor(executor, memory, program, **registers), chip


@both
def test_stores_of_all_sizes_with_their_times(executor: Executor) -> None:
    stores = "F2 00 20 00 40", "F2 02 20 00 50", "F2 04 20 00 60"  # ld (2000h),W  (2002h),WA  (2004h),XWA
    cpu, chip = board(executor, "00" + "".join(stores) + "05", XWA=0x12345678)
    cpu.run(50_000)
    first, second = NOP, NOP + cost(stores[0])
    third = second + cost(stores[1])
    assert chip.rows == [
        (first, 0x2000, 1, 0x56),
        (second, 0x2002, 2, 0x5678),
        (third, 0x2004, 4, 0x12345678),
    ]
    if executor == "compiled":  # the plain one stops at each instruction that is new to it
        assert chip.batches == [3]
    assert chip.calls == []


@both
def test_another_access_to_a_device_comes_after_what_was_posted(executor: Executor) -> None:
    cpu, chip = board(executor, "F2 00 20 00 41 F2 10 20 00 41 F2 01 20 00 41 05", A=7)
    order: list[str] = []
    chip.take = lambda rows: order.append(f"{len(rows)} rows")  # type: ignore[method-assign]
    chip.write = lambda *_: order.append("write")  # type: ignore[method-assign]
    cpu.run(50_000)
    assert order == ["1 rows", "write", "1 rows"]


@both
def test_events_come_after_what_was_posted(executor: Executor) -> None:
    cpu, chip = board(executor, "F2 00 20 00 41 " + "00" * 30 + "05", A=7)
    seen: list[int] = []
    cpu.clock.at(cost("F2 00 20 00 41") + 10, "look", lambda: seen.append(len(chip.rows)))
    cpu.run(50_000)
    assert seen == [1]


@both
def test_what_was_posted_is_delivered_before_undefined_code_ends_the_run(executor: Executor) -> None:
    cpu, chip = board(executor, "00 F2 00 20 00 41 D5 FA 0C", A=7)
    cpu.run(1)  # what follows is decoded by now
    assert cpu.run(50_000).reason == "illegal"
    assert chip.rows == [(NOP, PORT, 1, 7)]


@both
def test_a_full_ring_is_delivered(executor: Executor) -> None:
    many = 10_000 if executor == "compiled" else 5_000
    cpu, chip = board(executor, "F2 00 20 00 51 D9 1C F8 05", BC=many)  # ld; djnz
    cpu.run(50_000)
    assert len(chip.rows) == many
    assert max(chip.batches) == 4096
    times = [row[0] for row in chip.rows]
    assert len({later - earlier for earlier, later in pairwise(times)}) == 1


@both
def test_read_back_served_and_asked(executor: Executor) -> None:
    """``set 3,(2000h)`` on a served byte stays in the loop; on another the device is asked what to set."""
    cpu, chip = board(executor, "F2 00 20 00 BB F2 01 20 00 BB 05")
    cpu.memory.serve(PORT, 0x41)
    chip.values[PORT + 1] = 0x22
    cpu.run(50_000)
    assert [row[1:] for row in chip.rows] == [(PORT, 1, 0x49), (PORT + 1, 1, 0x2A)]
    assert chip.calls == [("read", PORT + 1, 1, 0x22)]
    assert cpu.memory.read(PORT, 1) == 0x49


@both
def test_watched_bytes_and_stores_by_way_of_the_bus(executor: Executor) -> None:
    cpu, chip = board(executor, "00 F2 00 20 00 41 F2 01 20 00 41 05", A=7)
    cpu.memory.watch(PORT)
    stop = cpu.run(50_000)
    assert (stop.reason, stop.detail) == ("watchpoint", "write at 002000h")
    assert chip.rows == [(NOP, PORT, 1, 7)]
    cpu.memory.unwatch(PORT)
    cpu.run(50_000)
    assert len(chip.rows) == 2
    cpu.memory.write(PORT + 2, 2, 0x1234)
    assert chip.rows[2][1:] == (PORT + 2, 2, 0x1234)
    assert chip.calls == []


@both
def test_several_takers_get_their_own_in_order(executor: Executor) -> None:
    cpu, chip = board(executor, "F2 00 20 00 41 F2 11 20 00 41 F2 12 20 00 41 F2 01 20 00 41 05", A=7)
    order: list[tuple[str, int]] = []
    chip.take = lambda rows: order.extend(("first", row) for row in rows[:, 1])  # type: ignore[method-assign]
    cpu.memory.post(PORT + 0x10, 8, lambda rows: order.extend(("second", row) for row in rows[:, 1]))
    cpu.run(50_000)
    assert order == [("first", 0x2000), ("second", 0x2011), ("second", 0x2012), ("first", 0x2001)]


@both
def test_the_other_end_first(executor: Executor) -> None:
    chip, memory = Chip(), Memory("big")
    memory.add_ram(0, PORT)
    memory.add_device(PORT, 0x20, chip, "chip")
    memory.post(PORT, 0x10, chip.take)
    cpu = Processor("h8s2000", memory, executor=executor)
    memory.load(START, hexed("6B A0 00 00 20 02"))  # mov.w r0,@0x2002
    cpu.pc = START
    cpu.registers["ER0"] = 0xABCD
    cpu.run(1)
    assert chip.rows == [(0, PORT + 2, 2, 0xABCD)]


@both
def test_a_device_sees_the_instruction_that_asks_it(executor: Executor) -> None:
    """PC, counts and clock are those before it, for reads and stores."""
    seen: list[tuple[str, int, int, int, int]] = []

    class Spy:
        cpu: Processor

        def note(self, kind: str) -> None:
            seen.append((kind, self.cpu.pc, self.cpu.instructions, self.cpu.states, self.cpu.clock.now))

        def read(self, _address: int, _size: int) -> int:
            self.note("read")
            return 0

        def write(self, _address: int, _size: int, _value: int) -> None:
            self.note("write")

    memory, spy = Memory(), Spy()
    memory.add_ram(0, PORT)
    memory.add_device(PORT, 1, spy, "spy")
    spy.cpu = processor(executor, memory, "00 F2 00 20 00 BB 05")  # nop; set 3,(2000h)
    spy.cpu.run(50_000)
    assert seen == [(kind, START + 1, 1, NOP, NOP) for kind in ("read", "write")]


@both
def test_from_one_device_to_another(executor: Executor) -> None:
    """``ldi`` from a device to a device: each is asked once."""
    chip, memory = Chip(values={PORT: 0x55}), Memory()
    memory.add_ram(0, PORT)
    memory.add_device(PORT, 0x20, chip, "chip")
    cpu = processor(executor, memory, "83 10 05", XHL=PORT, XDE=PORT + 8, BC=1)
    cpu.run(50_000)
    assert chip.calls == [("read", PORT, 1, 0x55), ("write", PORT + 8, 1, 0x55)]
    assert (cpu.registers["XHL"], cpu.registers["XDE"]) == (PORT + 1, PORT + 9)


def test_what_cannot_be_posted() -> None:
    memory = Memory()
    memory.add_ram(0, PORT)
    memory.add_device(PORT, 0x20, Recorder(), "chip")
    memory.post(PORT, 4, len)
    for start, size in ((0, 4), (PORT + 0x1E, 4), (PORT + 8, 0), (0x8000, 1)):
        with pytest.raises(UsageError, match="must lie in a device"):
            memory.post(start, size, len)
    with pytest.raises(UsageError, match="posted already"):
        memory.post(PORT + 3, 4, len)
