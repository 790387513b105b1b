"""Reset, interrupts, traps and traces: frames, masks, order; by sections 4 and 5 of the H8S manuals."""

from __future__ import annotations

import pytest
from tests.cpu.h8s.boards import CODE, CPU, EXECUTORS, HANDLER, STACK, bytes_at, flat

from luthier.machine import FlatMachine
from luthier.machine.processor import Executor

pytestmark = pytest.mark.parametrize("executor", EXECUTORS)

IRQ0, NMI, NMI_LEVEL = 16, 7, 8


def ask(machine: FlatMachine, vector: int, level: int) -> None:
    machine.processor.interrupts.request(vector, level)


def test_reset_reads_the_vector_and_masks_everything(executor: Executor) -> None:
    machine = FlatMachine(CPU, executor=executor)
    machine.load(0, bytes.fromhex("ff002468"))  # the upper eight bits are ignored
    machine.registers.update({"ER3": 5, "CCR": 0x3F, "EXR": 0, "INTM": 2})
    machine.reset()
    assert machine.pc == 0x2468
    assert (machine.registers["CCR"], machine.registers["EXR"], machine.registers["INTM"]) == (0x80, 0x7F, 0)


def test_the_first_instruction_comes_before_any_interrupt(executor: Executor) -> None:
    machine = flat(executor, "mov.l #0x7000,sp\n nop")
    ask(machine, NMI, NMI_LEVEL)
    assert machine.run(1).pc == CODE + 6
    assert machine.run(1).instructions == 1  # rte
    assert machine.registers["ER7"] == 0x7000
    assert bytes_at(machine, 0x7000 - 4, 4) == bytes.fromhex("80") + (CODE + 6).to_bytes(3, "big")


def test_the_frame_of_mode_0_is_ccr_and_pc(executor: Executor) -> None:
    machine = flat(executor, "nop\n nop", "nop\n rte", CCR=0x2B, EXR=0x03)
    machine.run(1)
    ask(machine, IRQ0, 0)
    assert machine.run(1).pc == HANDLER + 2
    assert machine.registers["ER7"] == STACK - 4
    assert bytes_at(machine, STACK - 4, 4) == bytes.fromhex("2b001002")
    assert (machine.registers["CCR"], machine.registers["EXR"]) == (0xAB, 0x7B)
    machine.run(1)
    assert (machine.pc, machine.registers["CCR"], machine.registers["ER7"]) == (CODE + 2, 0x2B, STACK)


def test_the_frame_of_mode_2_has_exr_below(executor: Executor) -> None:
    machine = flat(executor, "nop\n nop", "nop\n rte", CCR=0x2B, EXR=0x03, INTM=2)
    machine.run(1)
    ask(machine, IRQ0, 5)
    assert machine.run(1).pc == HANDLER + 2
    assert machine.registers["ER7"] == STACK - 6
    assert bytes_at(machine, STACK - 6, 1) == b"\x7b"
    assert bytes_at(machine, STACK - 4, 4) == bytes.fromhex("2b001002")
    assert (machine.registers["CCR"], machine.registers["EXR"]) == (0xAB, 0x7D)  # I set, level 5
    machine.run(1)
    assert machine.pc == CODE + 2
    assert (machine.registers["CCR"], machine.registers["EXR"]) == (0x2B, 0x7B)
    assert machine.registers["ER7"] == STACK


def test_mode_0_heeds_the_bit_i(executor: Executor) -> None:
    machine = flat(executor, "nop\n nop\n andc #0x7f,ccr\n nop\n nop", "sleep", CCR=0x80, EXR=0x07)
    ask(machine, IRQ0, 0)
    assert machine.run(2).pc == CODE + 4
    # ANDC lets it through, but one more instruction comes first.
    assert machine.run(10).pc == HANDLER + 2
    assert bytes_at(machine, STACK - 4, 4) == bytes.fromhex("00001008")


@pytest.mark.parametrize(("mask", "taken"), [(4, True), (5, False), (6, False), (7, False)])
def test_mode_2_heeds_the_levels(executor: Executor, mask: int, taken: bool) -> None:
    machine = flat(executor, "nop\n nop\n nop", "sleep", CCR=0x80, EXR=mask, INTM=2)
    machine.run(1)
    ask(machine, IRQ0, 5)
    machine.run(1)
    assert machine.processor.halted == taken


@pytest.mark.parametrize("mode", [0, 2])
def test_the_nmi_always_comes_through(executor: Executor, mode: int) -> None:
    machine = flat(executor, "nop\n nop", "nop", CCR=0x80, EXR=0x07, INTM=mode)
    machine.run(1)
    ask(machine, NMI, NMI_LEVEL)
    assert machine.run(1).pc == HANDLER + 2
    assert machine.registers["EXR"] == 0x7F  # level 7


def test_the_most_urgent_comes_first(executor: Executor) -> None:
    machine = flat(executor, "nop\n nop", "nop", EXR=0, INTM=2)
    machine.load(4 * 40, (0x3000).to_bytes(4, "big"))
    machine.run(1)
    for vector, level in ((IRQ0, 3), (40, 6), (41, 6)):
        ask(machine, vector, level)
    assert machine.run(1).pc == 0x3002
    first = machine.processor.interrupts.first
    assert first is not None
    assert (first.vector, machine.registers["EXR"]) == (41, 0x7E)


CHANGES = [
    "ldc #0,ccr",
    "ldc r0l,ccr",
    "andc #0,ccr",
    "xorc #0x80,ccr",
    "orc #0,ccr",
    "ldc #0,exr",
    "andc #0xf8,exr",
    "orc #0,exr",
    "xorc #0,exr",
    "ldc.w @er1,ccr",
    "ldc.w @er1,exr",
]


@pytest.mark.parametrize("change", CHANGES)
def test_one_more_instruction_behind_a_change(executor: Executor, change: str) -> None:
    """The NMI too waits behind LDC, ANDC, ORC and XORC."""
    machine = flat(executor, f"nop\n {change}\n inc.b r2l\n inc.b r2l", "sleep", ER1=0x5000)
    machine.run(1)
    machine.processor.clock.after(1, "nmi", lambda: ask(machine, NMI, NMI_LEVEL))  # while it is executed
    machine.run(10)
    assert machine.registers["R2L"] == 1


@pytest.mark.parametrize("other", ["stc ccr,r0l", "stc exr,r0l", "nop", "stc.w exr,@er1"])
def test_no_more_behind_others(executor: Executor, other: str) -> None:
    machine = flat(executor, f"nop\n {other}\n inc.b r2l\n inc.b r2l", "sleep", ER1=0x5000)
    machine.run(1)
    machine.processor.clock.after(1, "nmi", lambda: ask(machine, NMI, NMI_LEVEL))
    machine.run(10)
    assert machine.registers["R2L"] == 0


# Sleep


def test_sleep_waits_for_what_is_let_through(executor: Executor) -> None:
    machine = flat(executor, "andc #0x7f,ccr\n sleep\n inc.b r2l\n sleep")
    assert machine.run(10).reason == "halt"
    assert machine.pc == CODE + 4
    machine.processor.clock.after(100, "irq", lambda: ask(machine, IRQ0, 0))
    assert machine.run(10).reason == "halt"
    assert (machine.registers["R2L"], machine.pc) == (1, CODE + 8)


def test_what_is_masked_does_not_wake(executor: Executor) -> None:
    machine = flat(executor, "sleep\n inc.b r2l", CCR=0x80)
    ask(machine, IRQ0, 0)
    assert machine.run(10).reason == "halt"
    assert machine.registers["R2L"] == 0


# Traps


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(("mode", "frame"), [(0, 4), (2, 6)])
def test_trapa(executor: Executor, number: int, mode: int, frame: int) -> None:
    machine = flat(executor, f"trapa #{number}\n nop", CCR=0x45, EXR=0x02, INTM=mode)
    machine.load(4 * (8 + number), (0x3000).to_bytes(4, "big"))
    machine.load(0x3000, bytes.fromhex("5670"))  # rte
    stop = machine.run(1)
    assert (stop.pc, machine.registers["ER7"]) == (0x3000, STACK - frame)
    assert stop.states == 8 + (mode == 2)
    assert bytes_at(machine, STACK - 4, 4) == bytes.fromhex("45001002")
    if mode == 2:
        assert bytes_at(machine, STACK - 6, 1) == b"\x7a"
    assert (machine.registers["CCR"], machine.registers["EXR"]) == (0xC5, 0x7A)  # I set, levels kept
    assert machine.run(1).pc == CODE + 2
    assert (machine.registers["CCR"], machine.registers["EXR"]) == (0x45, 0x7A)
    assert machine.registers["ER7"] == STACK


# Traces


def test_trace_behind_every_instruction(executor: Executor) -> None:
    """T in EXR, in mode 2: vector 5 behind each instruction, T cleared meanwhile, RTE itself untraced."""
    handler = "inc.w #1,r5\n mov.l @(2,sp),er4\n rte"
    machine = flat(executor, "inc.b r2l\n inc.b r2l\n inc.b r2l\n sleep", handler, EXR=0x80, INTM=2)
    machine.run(1)
    assert (machine.pc, machine.registers["R2L"]) == (HANDLER, 1)
    assert machine.registers["EXR"] == 0x78  # T cleared, levels kept
    assert bytes_at(machine, STACK - 6, 1) + bytes_at(machine, STACK - 4, 4) == bytes.fromhex("f8 80 001002")
    machine.run(3)
    assert (machine.pc, machine.registers["EXR"]) == (CODE + 2, 0xF8)
    assert machine.registers["ER4"] & 0xFFFFFF == CODE + 2
    machine.run(100)
    assert (machine.registers["R2L"], machine.registers["R5"]) == (3, 3)
    assert machine.processor.halted


def test_setting_t_is_traced_at_once(executor: Executor) -> None:
    machine = flat(executor, "orc #0x80,exr\n nop", "nop", EXR=0, INTM=2)
    assert machine.run(1).pc == HANDLER


def test_no_traces_in_mode_0(executor: Executor) -> None:
    machine = flat(executor, "nop\n nop", "nop", EXR=0x80)
    assert machine.run(2).pc == CODE + 4


def test_a_trace_comes_before_an_interrupt(executor: Executor) -> None:
    machine = flat(executor, "nop\n nop", "nop", EXR=0x80, INTM=2)
    machine.load(4 * 5, (0x3000).to_bytes(4, "big"))
    machine.run(1)
    assert machine.pc == 0x3000
    ask(machine, IRQ0, 3)
    machine.run(1)
    assert machine.pc == HANDLER + 2
    assert bytes_at(machine, STACK - 10, 4)[1:] == (0x3000).to_bytes(3, "big")


# EEPMOV


def test_eepmov_b_is_not_interrupted(executor: Executor) -> None:
    machine = flat(executor, "nop\n eepmov.b\n nop", "sleep", ER4=200, ER5=0x4000, ER6=0x5000)
    machine.load(0x4000, bytes(range(200)))
    machine.run(1)
    machine.processor.clock.after(50, "nmi", lambda: ask(machine, NMI, NMI_LEVEL))
    machine.run(1000)
    assert bytes_at(machine, 0x5000, 201) == bytes(range(200)) + b"\0"
    assert bytes_at(machine, STACK - 4, 4)[1:] == (CODE + 6).to_bytes(3, "big")


def test_eepmov_w_is_and_returns_behind_itself(executor: Executor) -> None:
    """The manual's loop around EEPMOV.W goes on with what is left."""
    source = "again: eepmov.w\n mov.w r4,r4\n bne again\n sleep"
    machine = flat(executor, source, "mov.w r4,e3\n rte", ER4=500, ER5=0x4000, ER6=0x5000)
    content = bytes(k % 251 for k in range(500))
    machine.load(0x4000, content)
    machine.registers["CCR"] = 0
    machine.processor.clock.after(60, "nmi", lambda: ask(machine, NMI, NMI_LEVEL))
    assert machine.run(10_000).reason == "halt"
    assert bytes_at(machine, 0x5000, 501) == content + b"\0"
    assert 0 < machine.registers["E3"] < 500
    assert bytes_at(machine, STACK - 4, 4)[1:] == (CODE + 4).to_bytes(3, "big")
    assert (machine.registers["ER5"], machine.registers["ER6"]) == (0x4000 + 500, 0x5000 + 500)


@pytest.mark.parametrize(("name", "count"), [("b", 255), ("b", 0), ("w", 0), ("w", 1000)])
def test_eepmov_takes_four_states_and_two_a_byte(executor: Executor, name: str, count: int) -> None:
    machine = flat(executor, f"eepmov.{name}\n sleep", ER4=count, ER5=0x4000, ER6=0x5000)
    stop = machine.run(10_000)
    assert stop.states == 4 + 2 * count + 2  # and those of SLEEP
