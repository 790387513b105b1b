"""Whatever memory holds, a run ends when it should and nothing is raised."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.machine.boards import EXECUTORS, hexed, state

from luthier.machine import FlatMachine
from luthier.machine.memory import SIZE
from luthier.machine.processor import Executor

both = pytest.mark.parametrize("executor", EXECUTORS)

MANY = 100_000


def filled(executor: Executor, seed: int | None, byte: int = 0) -> FlatMachine:
    machine = FlatMachine("tlcs900h2", executor=executor)
    if seed is None:
        machine.memory[:] = byte
    else:
        machine.memory[:] = np.random.default_rng(seed).integers(0, 256, SIZE, np.uint8)
    machine.reset()
    return machine


@both
def test_zeros(executor: Executor) -> None:
    """NOPs all the way, and around the end of memory."""
    machine = filled(executor, None)
    machine.pc = SIZE - 50
    stop = machine.run(MANY)
    assert (stop.reason, stop.instructions, stop.pc) == ("limit", MANY, MANY - 50)


def test_ones() -> None:
    """SWI 7 through a vector to FFFFFF, until the stack has come around to vectors and program."""
    ends = []
    for executor in EXECUTORS:
        machine = filled(executor, None, 0xFF)
        stop = machine.run(40)
        assert (stop.reason, stop.pc, stop.instructions) == ("limit", SIZE - 1, 40)
        assert (machine.registers["INTNEST"], machine.registers["XSP"]) == (40, 0x100 - 6 * 40)
        machine.run(MANY)
        ends.append((state(machine.processor), machine.memory.tobytes()))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("seed", range(3))
def test_random_memory(seed: int) -> None:
    """Both executors run through it alike, starting elsewhere after each undefined instruction."""
    ends = []
    for executor in EXECUTORS:
        machine, choose, left = filled(executor, seed), random.Random(seed), MANY
        while left > 0:
            machine.pc = choose.getrandbits(32)
            machine.registers["XSP"] = choose.getrandbits(32)
            stop = machine.processor.run(min(left, 500))
            assert stop.reason in {"limit", "halt", "illegal"}
            left -= stop.instructions + 10
        ends.append((state(machine.processor), machine.memory.tobytes()))
    assert ends[0] == ends[1]


@both
@pytest.mark.parametrize(
    ("code", "reason", "pc"),
    [
        ("00", "halt", 1),  # nop at FFFFFF, halt at 0
        ("05", "halt", 0),
        ("21", "illegal", SIZE - 1),  # ld A,# whose number would be beyond the end
        ("C9", "illegal", SIZE - 1),
        ("C3", "illegal", SIZE - 1),
        ("68", "illegal", SIZE - 1),
        ("FF", "limit", None),
    ],
)
def test_the_last_byte(executor: Executor, code: str, reason: str, pc: int | None) -> None:
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.reset()
    machine.load(SIZE - 1, hexed(code))
    machine.load(0, b"\x05")
    machine.pc = SIZE - 1
    machine.registers["XSP"] = 0x8000
    stop = machine.run(1 if reason == "limit" else 10)
    assert stop.reason == reason
    if pc is not None:
        assert stop.pc == pc
    if reason == "illegal":
        assert "FFFFFFh" in stop.detail


@both
@pytest.mark.parametrize("start", range(SIZE - 8, SIZE))
def test_instructions_up_to_and_over_the_end(executor: Executor, start: int) -> None:
    """Seven bytes: ldw (XIX+100h),5678h.  What reaches over the end is undefined, whatever is at 0."""
    code = hexed("F3 F1 00 01 02 78 56")
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.memory[[(start + k) % SIZE for k in range(7)]] = list(code)
    machine.pc = start
    machine.registers["XIX"] = 0x3000
    stop = machine.run(1)
    fits = start + 7 <= SIZE
    assert stop.reason == ("limit" if fits else "illegal")
    assert machine.pc == ((start + 7) % SIZE if fits else start)
    assert machine.memory[0x3100] == (0x78 if fits else 0)


@both
@pytest.mark.parametrize("pointer", [0, 1, 2, 3, 0xFFFFFF, 0xFFFFFFFF, 0x80000001, 0x1000000])
def test_calls_with_a_stack_around_the_end(executor: Executor, pointer: int) -> None:
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.load(0x1000, hexed("1D 00 20 00 02 03 05"))  # call; push SR; pop SR; halt
    machine.load(0x2000, hexed("28 0E")[1:])
    machine.reset()
    machine.pc = 0x1000
    machine.registers["XSP"] = pointer
    stop = machine.run(10)
    assert (stop.reason, stop.pc, machine.registers["XSP"]) == ("halt", 0x1007, pointer)
    where = [(pointer - 4 + k) % SIZE for k in range(4)]
    assert machine.memory[where].tolist()[:2] == [0x04, 0x10]


@both
def test_relative_jumps_over_both_ends(executor: Executor) -> None:
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.load(0, hexed("68 FD"))  # jr to FFFFFF
    machine.load(SIZE - 1, b"\x00")
    assert machine.run(1).pc == SIZE - 1
    machine.load(SIZE - 2, hexed("68 10"))
    machine.pc = SIZE - 2
    assert machine.run(1).pc == 0x10


@both
def test_blocks_over_the_end(executor: Executor) -> None:
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.load(0x1000, hexed("83 11 05"))
    machine.load(0x2000, bytes(range(1, 9)))
    machine.pc = 0x1000
    machine.registers.update(XHL=0x2000, XDE=0xFFFFFFFC, BC=8)
    assert machine.run(20).reason == "halt"
    assert machine.memory[-4:].tolist() + machine.memory[:4].tolist() == list(range(1, 9))
    assert machine.registers["XDE"] == 4


@both
def test_a_loop_of_65536_elements(executor: Executor) -> None:
    """BC = 0 counts as 65536."""
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.load(0x1000, hexed("83 11 05"))
    machine.pc = 0x1000
    machine.memory[0x20000] = 0x77
    machine.registers.update(XHL=0x20000, XDE=0x20001, BC=0)
    stop = machine.run(1 << 20)
    assert (stop.reason, stop.instructions) == ("halt", 65537)
    assert (machine.memory[0x20000 : 0x20000 + 65537] == 0x77).all()
    assert machine.memory[0x20000 + 65537] == 0


def test_what_breakpoints_at_every_address_cost_is_given_back() -> None:
    machine = FlatMachine("tlcs900h2", executor="plain")
    machine.load(0x1000, hexed("C9 61 " * 100 + "05"))
    for turn in range(1, 4):
        machine.pc = 0x1000
        for _ in range(100):
            machine.run(5, breakpoints=range(0x1000, 0x1100))
        assert machine.registers["A"] == 100 * turn & 0xFF
