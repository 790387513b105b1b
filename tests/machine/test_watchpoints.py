"""Watched bytes stop the run behind the instruction that touched them; all others stay quick."""

from __future__ import annotations

from typing import Literal

import pytest
from tests.machine.boards import EXECUTORS, START, Recorder, flat, processor

from luthier.errors import UsageError
from luthier.machine import FlatMachine
from luthier.machine.memory import SIZE, Memory
from luthier.machine.processor import Executor

both = pytest.mark.parametrize("executor", EXECUTORS)

# ld (2000h),XWA; ld XBC,(2000h); inc 1,(2003h); halt
PROGRAM = "F2 00 20 00 60  E2 00 20 00 21  C2 03 20 00 61  05"


def watched(executor: Executor, address: int, size: int, kind: Literal["read", "write"]) -> FlatMachine:
    machine = flat(executor, PROGRAM)
    machine.processor.memory.watch(address, size, kind)
    return machine


@both
@pytest.mark.parametrize(
    ("address", "size", "kind", "stops"),
    [
        (0x2000, 1, "write", [START + 5]),
        (0x2002, 1, "write", [START + 5]),  # in the middle of a long
        (0x2003, 1, "write", [START + 5, START + 15]),
        (0x1FFF, 2, "write", [START + 5]),
        (0x2003, 4, "write", [START + 5, START + 15]),
        (0x2004, 4, "write", []),
        (0x1FF0, 16, "write", []),
        (0x2000, 4, "read", [START + 10, START + 15]),
        (0x2001, 2, "read", [START + 10]),
        (0x2004, 4, "read", []),
    ],
)
def test_stops(
    executor: Executor, address: int, size: int, kind: Literal["read", "write"], stops: list[int]
) -> None:
    machine = watched(executor, address, size, kind)
    for pc in stops:
        stop = machine.run(100)
        assert (stop.reason, stop.pc) == ("watchpoint", pc)
        hit = machine.processor.memory.watch_hit
        assert hit is not None
        assert hit[0] == kind
        assert address <= hit[1] < address + size
        assert f"{kind} at {hit[1]:06X}h" in stop.detail
    assert machine.run(100).reason == "halt"
    assert machine.memory[0x2003] == 1


@both
def test_reads_and_writes_of_one_byte(executor: Executor) -> None:
    machine = watched(executor, 0x2003, 1, "read")
    machine.processor.memory.watch(0x2003, 1, "write")
    assert [machine.run(100).pc for _ in range(3)] == [START + 5, START + 10, START + 15]
    machine.processor.memory.unwatch(0x2003, 1, "read")
    machine.pc = START
    assert [machine.run(100).pc for _ in range(2)] == [START + 5, START + 15]


@both
def test_every_element_of_a_block_move_over_watched_bytes(executor: Executor) -> None:
    machine = flat(executor, "83 11 05", XHL=0x2000, XDE=0x3000, BC=8)
    machine.memory[0x2000:0x2008] = range(1, 9)
    machine.processor.memory.watch(0x3002, 2, "write")
    machine.processor.memory.watch(0x2006, 1, "read")
    left = []
    while (stop := machine.run(100)).reason == "watchpoint":
        left.append(machine.registers["BC"])
    assert (stop.reason, left) == ("halt", [5, 4, 1])
    assert machine.memory[0x3000:0x3008].tolist() == list(range(1, 9))


@both
def test_pushes_and_interrupts_are_seen(executor: Executor) -> None:
    machine = flat(executor, "06 00 00 38 05", XSP=0x3000)
    machine.load(0xFFFF28, (0x4000).to_bytes(4, "little"))
    machine.load(0x4000, b"\x00\x05")
    machine.processor.memory.watch(0x2FFC, 1, "write")
    machine.processor.interrupts.request(0x28, 5)
    stop = machine.run(100)
    assert (stop.reason, stop.pc) == ("watchpoint", 0x4000)  # before the handler's first instruction
    assert machine.run(100).reason == "halt"


@both
def test_unwatching_restores_the_quick_path(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = watched(executor, 0x2001, 2, "write")
    memory = machine.processor.memory
    memory.watch(0x20FF, 2, "read")
    memory.unwatch(0x2001, 2, "write")
    memory.unwatch(0x20FF, 2, "read")
    monkeypatch.setattr(memory, "read", None)
    monkeypatch.setattr(memory, "write", None)
    assert machine.run(100).reason == "halt"
    fresh = FlatMachine("tlcs900h2").processor.memory
    assert (memory.access & 3 == fresh.access & 3).all()


@both
def test_bytes_beside_watched_ones_stay_quick(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = watched(executor, 0x2010, 1, "write")
    monkeypatch.setattr(machine.processor.memory, "write", None)
    assert machine.run(100).reason == "halt"


@both
def test_a_watch_on_rom_does_not_make_it_writable_nor_a_device_readable(executor: Executor) -> None:
    memory, device = Memory(), Recorder()
    memory.add_ram(0, 0x10000)
    memory.add_device(0x10000, 0x80, device, "device")
    memory.add_rom(0x10080, bytes(0x100))
    cpu = processor(executor, memory, "F2 90 00 01 41  C2 04 00 01 21  05", A=7)
    kinds: list[Literal["read", "write"]] = ["read", "write"]
    for kind in kinds:
        memory.watch(0x10000, 0x100, kind)
    stop = cpu.run(100)
    assert (stop.reason, stop.detail) == ("watchpoint", "write at 010090h")
    assert cpu.run(100).detail == "read at 010004h"
    for kind in kinds:
        memory.unwatch(0x10000, 0x100, kind)
    cpu.pc = START
    assert cpu.run(100).reason == "halt"
    assert len(device.calls) == 2
    assert memory.data[0x10090] == 0


@both
def test_two_who_watch_one_byte(executor: Executor) -> None:
    """The second who lets go ends it; a run until memory has a value doesn't end the user's watch."""
    machine = watched(executor, 0x2000, 1, "write")
    assert machine.run(100, until_memory=(0x2000, 0x99)).reason == "halt"
    machine.pc = START
    stop = machine.run(100)
    assert (stop.reason, stop.pc) == ("watchpoint", START + 5)


@both
def test_a_users_watch_elsewhere_stops_a_run_until_memory(executor: Executor) -> None:
    machine = watched(executor, 0x2003, 1, "read")
    stop = machine.run(100, until_memory=(0x3000, 0x99))
    assert (stop.reason, stop.pc, stop.detail) == ("watchpoint", START + 10, "read at 002003h")


def test_unwatching_what_was_not_watched_changes_nothing() -> None:
    memory = Memory()
    memory.add_rom(0, bytes(16))
    before = memory.served[:512].copy()
    memory.unwatch(0, 32, "write")
    assert (memory.served[:512] == before).all()
    memory.watch(0, 1, "write")
    memory.unwatch(0, 1, "write")
    memory.write(0, 1, 5)
    assert memory.watch_hit is None


@pytest.mark.parametrize(("address", "size"), [(-1, 1), (SIZE, 1), (SIZE - 1, 2), (0, 0)])
def test_watches_beyond_the_bus_are_refused(address: int, size: int) -> None:
    memory = Memory()
    with pytest.raises(UsageError, match="cannot be watched"):
        memory.watch(address, size)
    assert memory.read(0, 1) == 0xFF
