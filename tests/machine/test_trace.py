"""The ring of the last instructions holds the same on both executors, and nothing that was not executed."""

from __future__ import annotations

import pytest
from tests.machine.boards import EXECUTORS, STACK, START, Recorder, cost, flat, processor

from luthier.machine.memory import Memory
from luthier.machine.processor import Executor
from luthier.machine.trace import Entry

both = pytest.mark.parametrize("executor", EXECUTORS)

# inc 1,A; ld (2000h),A; push A; djnz B,1000h; incf; halt
PROGRAM = "C9 61  F2 00 20 00 41  14  CA 1C F5  0C 05"


def entries(executor: Executor, length: int, most: int | None = None) -> list[Entry]:
    machine = flat(executor, PROGRAM, B=3)
    machine.processor.start_trace(length)
    machine.run(most)
    return list(machine.processor.trace())


@both
def test_the_state_before_each_instruction(executor: Executor) -> None:
    found = entries(executor, 64)
    inc, ld, push = cost("C9 61"), cost("F2 00 20 00 41"), cost("14")
    loop = [START, START + 2, START + 7, START + 8]
    assert [entry.pc for entry in found] == loop * 3 + [START + 11, START + 12]
    assert [entry.number for entry in found] == list(range(14))
    assert [entry.registers[0] & 0xFF for entry in found[:6]] == [0, 1, 1, 1, 1, 2]
    assert [entry.registers[7] for entry in found[:5]] == [STACK] * 3 + [STACK - 1] * 2
    assert [entry.operand for entry in found[:4]] == [None, 0x2000, None, None]
    assert [entry.states for entry in found[:4]] == [0, inc, inc + ld, inc + ld + push]
    assert (found[12].bank, found[13].bank) == (0, 1)
    assert found[1].flags == 0


@both
def test_a_register_by_its_full_code_is_no_operand_in_memory(executor: Executor) -> None:
    machine = flat(executor, "F2 00 20 00 41  C7 E0 61  05")  # ld (2000h),A; inc 1,A by C7; halt
    machine.processor.start_trace(8)
    machine.run()
    assert [entry.operand for entry in machine.processor.trace()] == [0x2000, None, None]


def test_both_executors_trace_the_same() -> None:
    assert entries("plain", 64) == entries("compiled", 64)


@both
@pytest.mark.parametrize("length", [1, 2, 3, 8, 13, 14, 16])
def test_the_ring_keeps_the_last_ones(executor: Executor, length: int) -> None:
    whole, last = entries(executor, 64), entries(executor, length)
    assert len(last) >= min(length, 14)
    assert len(last) < 2 * max(length, 2)
    assert last == whole[-len(last) :]


@both
def test_a_trace_in_pieces(executor: Executor) -> None:
    machine = flat(executor, PROGRAM, B=3)
    machine.run(3)
    machine.processor.start_trace(4)
    assert list(machine.processor.trace()) == []
    seen: list[int] = []
    while machine.run(3).instructions:
        seen += [entry.number for entry in machine.processor.trace(since=len(seen) + 3)]
    assert seen == list(range(3, 14))
    trace = machine.processor.trace()
    assert (len(trace), trace.first, trace.addresses[-1]) == (4, 10, START + 12)
    machine.processor.stop_trace()
    with pytest.raises(LookupError):
        machine.processor.trace()


@both
def test_device_accesses_are_traced_once(executor: Executor) -> None:
    memory = Memory()
    memory.add_ram(0, 0x2000)
    memory.add_device(0x2000, 4, Recorder(), "device")
    memory.add_ram(0x7F00, 0x100)
    cpu = processor(executor, memory, PROGRAM, B=3)
    cpu.start_trace()
    cpu.run()
    assert list(cpu.trace()) == entries(executor, 64)


@both
def test_states_beyond_32_bits(executor: Executor) -> None:
    nop = cost("00")
    machine = flat(executor, "00 05 00 05")
    machine.processor.start_trace()
    machine.processor.run(until_states=(1 << 33) + 5)
    machine.pc = START + 2
    machine.run()
    assert [entry.states for entry in machine.processor.trace()] == [0, nop, 5, 5 + nop]


@both
def test_a_trace_begins_anew_after_reset_and_restore(executor: Executor) -> None:
    machine = flat(executor, PROGRAM, B=3)
    machine.processor.start_trace(4)
    machine.run(2)
    taken = machine.snapshot()
    machine.run()
    machine.restore(taken)
    assert list(machine.processor.trace()) == []
    machine.run(1)
    assert [entry.number for entry in machine.processor.trace()] == [2]
    machine.reset()
    machine.pc = START
    machine.run(1)
    assert [(entry.number, entry.pc) for entry in machine.processor.trace()] == [(0, START)]
