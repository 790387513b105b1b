"""The flat machine keeps its contract on both executors."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from tests.machine.boards import EXECUTORS, STACK, START, flat, hexed

from luthier.cpu import describe
from luthier.errors import UsageError
from luthier.machine import FlatMachine
from luthier.machine.processor import Executor

pytestmark = pytest.mark.parametrize("executor", EXECUTORS)

COUNT = "C9 61  C9 61  C9 61  05"  # inc 1,A three times; halt
LOOP = "C9 61  68 FC"  # inc 1,A; jr to it


def test_it_halts(executor: Executor) -> None:
    machine = flat(executor, COUNT)
    stop = machine.run()
    assert (stop.reason, stop.pc, stop.instructions) == ("halt", START + 7, 4)
    assert machine.pc == START + 7
    assert machine.registers["A"] == 3
    again = machine.run()
    assert (again.reason, again.instructions, machine.pc) == ("halt", 0, START + 7)


def test_who_lets_it_go_has_its_memory_back_at_once(executor: Executor) -> None:
    gc.disable()
    try:
        machine = flat(executor, COUNT)
        machine.run()
        core = weakref.ref(machine.processor.core)
        del machine
        assert core() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("how", ["pc", "register"])
def test_a_new_pc_ends_the_halt(executor: Executor, how: str) -> None:
    machine = flat(executor, COUNT)
    machine.run()
    if how == "pc":
        machine.pc = START
    else:
        machine.registers["PC"] = START
    assert machine.run().instructions == 4
    assert machine.registers["A"] == 6


def test_a_breakpoint_does_not_wake_from_halt(executor: Executor) -> None:
    machine = flat(executor, COUNT + "C9 61")
    machine.run()
    stop = machine.run(10, breakpoints={machine.pc})
    assert (stop.reason, stop.instructions, machine.registers["A"]) == ("halt", 0, 3)


@pytest.mark.parametrize("most", [0, 1, 2, 1001])
def test_limit(executor: Executor, most: int) -> None:
    machine = flat(executor, LOOP)
    stop = machine.run(max_instructions=most)
    assert (stop.reason, stop.instructions) == ("limit", most)
    assert machine.registers["A"] == (most + 1) // 2 & 0xFF
    assert stop.pc == START + 2 * (most % 2)


def test_breakpoints(executor: Executor) -> None:
    machine = flat(executor, COUNT)
    stop = machine.run(breakpoints={START + 6, START + 2, 0xE00010})
    assert (stop.reason, stop.pc, stop.instructions) == ("breakpoint", START + 2, 1)
    stop = machine.run(breakpoints=[START + 6, START + 2])
    assert (stop.reason, stop.pc, stop.instructions) == ("breakpoint", START + 6, 2)
    assert machine.run(breakpoints=(START + 6,)).reason == "halt"


def test_breakpoints_are_gone_after_the_run(executor: Executor) -> None:
    machine = flat(executor, COUNT)
    machine.run(1, breakpoints={START, START + 2, START + 4})
    machine.pc = START
    assert machine.run().reason == "halt"


def test_a_breakpoint_at_the_start_is_passed_over_but_met_again(executor: Executor) -> None:
    machine = flat(executor, LOOP)
    for turn in range(1, 4):
        stop = machine.run(100, breakpoints={START})
        assert (stop.reason, stop.pc, stop.instructions) == ("breakpoint", START, 2)
        assert machine.registers["A"] == turn


def test_a_breakpoint_at_the_start_with_no_instructions_to_run(executor: Executor) -> None:
    stop = flat(executor, LOOP).run(0, breakpoints={START})
    assert (stop.reason, stop.instructions) == ("limit", 0)


def test_a_limit_just_before_a_breakpoint(executor: Executor) -> None:
    stop = flat(executor, COUNT).run(1, breakpoints={START + 2})
    assert (stop.reason, stop.pc) == ("limit", START + 2)


def test_a_breakpoint_inside_an_instruction_is_not_met(executor: Executor) -> None:
    assert flat(executor, COUNT).run(breakpoints={START + 1, START + 3, START + 5}).reason == "halt"


def test_a_breakpoint_on_undefined_code_or_without_memory_is_a_breakpoint(executor: Executor) -> None:
    machine = flat(executor, "00 01")
    assert machine.run(breakpoints={START + 1}).reason == "breakpoint"
    stop = machine.run(breakpoints={START + 1})
    assert (stop.reason, stop.instructions) == ("illegal", 0)


def test_breakpoint_addresses_have_24_bits_as_pc_has(executor: Executor) -> None:
    machine = flat(executor, COUNT)
    machine.pc = 0x7000000 + START
    assert machine.pc == START
    assert machine.run(breakpoints={0xFF000000 + START + 2}).pc == START + 2


def test_a_breakpoint_in_code_that_is_written_while_it_runs(executor: Executor) -> None:
    # ld (100Ah),A writes "nop"; inc 1,A; what stands at 100Ah was "halt"
    program = "21 00  F2 0A 10 00 41  C9 61  00  05 05"
    machine = flat(executor, program)
    stop = machine.run(breakpoints={START + 10})
    assert (stop.reason, stop.pc) == ("breakpoint", START + 10)
    stop = machine.run(breakpoints={START + 10})
    assert (stop.reason, stop.pc) == ("halt", START + 12)


def test_a_breakpoint_on_a_repeated_instruction_stops_after_each_element(executor: Executor) -> None:
    machine = flat(executor, "83 11  05", XHL=0x2000, XDE=0x3000, BC=3)
    for left in (2, 1):
        stop = machine.run(breakpoints={START})
        assert (stop.reason, stop.pc, machine.registers["BC"]) == ("breakpoint", START, left)
    assert machine.run(breakpoints={START}).reason == "halt"


@pytest.mark.parametrize("first", [0x01, 0x04, 0x1F, *range(0x50, 0x58), 0xC6, 0xD6, 0xE6, 0xF6, 0xF7])
def test_undefined_first_bytes_are_illegal(executor: Executor, first: int) -> None:
    """Among them NORMAL (01), MAX (04) and LDX (F7), which the H2 no longer has."""
    machine = flat(executor, f"C9 61 {first:02X} 11 22")
    stop = machine.run(10)
    assert (stop.reason, stop.pc, stop.instructions) == ("illegal", START + 2, 1)
    assert f"{START + 2:06X}" in stop.detail
    assert f"{first:02x} 11 22" in stop.detail
    assert machine.run(10).reason == "illegal"


@pytest.mark.parametrize("code", ["C3 07 E1 00", "80 01", "C7 40 61", "E8 40", "C8 40", "B0 01", "06 08"])
def test_undefined_later_bytes_are_illegal(executor: Executor, code: str) -> None:
    """Second bytes nobody has, odd codes of index registers, register codes 40-CF, MUL of W, EI 8."""
    stop = flat(executor, code).run(10)
    assert (stop.reason, stop.pc, stop.instructions) == ("illegal", START, 0)


def test_reset(executor: Executor) -> None:
    machine = flat(executor, COUNT, XWA=5, XIX=6, DMAS0=7, INTNEST=8)
    machine.run(2)
    machine.load(0xFFFF00, bytes.fromhex("78563412"))
    machine.reset()
    assert machine.pc == machine.registers["PC"] == 0x345678
    assert int(machine.registers["SR"]) == 0xF800
    assert machine.registers["XSP"] == 0x100
    assert machine.processor.instructions == machine.processor.states == 0
    assert machine.memory[START] == 0xC9


def test_memory_is_a_writable_array_of_all_bytes(executor: Executor) -> None:
    machine = FlatMachine("tlcs900h2", executor=executor)
    assert machine.memory.shape == (1 << 24,)
    assert machine.memory.dtype == np.uint8
    machine.load(0xFFFFFE, b"\x12\x34")
    assert machine.memory[-2:].tolist() == [0x12, 0x34]
    machine.memory[0xE00000] = 0x56
    machine.pc = 0xE00000
    machine.memory[0xE00000:0xE00002] = [0xC9, 0x61]
    assert machine.run(1).reason == "limit"
    assert machine.registers["A"] == 1


def test_code_changed_through_memory_is_executed_as_changed(executor: Executor) -> None:
    machine = flat(executor, LOOP)
    machine.run(4)
    memory = machine.memory
    memory[START + 1] = 0x69  # dec 1,A
    machine.run(4)
    assert machine.registers["A"] == 0
    memory[START + 1] = 0x61
    machine.load(START + 2, b"\x05")
    assert machine.run(4).reason == "halt"
    assert machine.registers["A"] == 1


@pytest.mark.parametrize(("address", "size"), [(0xFFFFFF, 2), (1 << 24, 1), (-1, 1), (0, (1 << 24) + 1)])
def test_loading_beyond_the_bus_is_refused(executor: Executor, address: int, size: int) -> None:
    machine = FlatMachine("tlcs900h2", executor=executor)
    with pytest.raises(UsageError):
        machine.load(address, bytes(size))
    assert not machine.memory.any()


def test_registers_by_name(executor: Executor) -> None:
    registers = flat(executor, "").registers
    registers["XWA"] = 0x12345678
    assert [registers[name] for name in ("WA", "QWA", "W", "A", "QW", "QA")] == [
        0x5678, 0x1234, 0x56, 0x78, 0x12, 0x34,
    ]  # fmt: skip
    assert registers["RA0"] == 0x78
    registers["QIXL"], registers["IXH"] = 0xAB, 0xCD
    assert registers["XIX"] == 0x00ABCD00
    for name in ("DMAS0", "DMAD7", "DMAC3", "DMAM1", "INTNEST"):
        registers[name] = 0x55
        assert registers[name] == 0x55
    registers["F'"] = 0xFF
    assert registers["F'"] == 0xD7  # bits 5 and 3 always read 0
    registers["F"] = 0x28
    assert registers["F"] == 0
    registers["WA"] = 0x1_2345
    assert registers["WA"] == 0x2345
    registers["A"] = -1
    assert registers["WA"] == 0x23FF
    registers["XBC"] = np.uint8(200)  # type: ignore[assignment]  # what memory gives
    assert registers["XBC"] == 200


def test_banks_by_name(executor: Executor) -> None:
    registers = flat(executor, "").registers
    for bank in range(4):
        registers["SR"] = 0xF800 | bank << 8
        registers["XWA"] = 0x11111111 * (bank + 1)
    assert int(registers["SR"]) == 0xFB00
    assert [registers[f"XWA{bank}"] for bank in range(4)] == [0x11111111 * k for k in range(1, 5)]
    assert registers["XWA"] == 0x44444444
    assert registers["XWA-1"] == 0x33333333
    registers["SR"] = 0xF800
    assert registers["XWA-1"] == 0x44444444
    registers["XWA-1"] = 5
    registers["RA0"] = 6
    registers["XWA2"] = 7
    assert (registers["XWA3"], registers["A"]) == (5, 6)
    registers["SR"] = 0xFA00
    assert registers["XWA"] == 7


@pytest.mark.parametrize("name", ["", "xwa", "XWA4", "R0", "DMAS8", "ACC", 5])
def test_unknown_registers(executor: Executor, name: str) -> None:
    registers = flat(executor, "").registers
    with pytest.raises(KeyError, match="no register"):
        registers[name]
    with pytest.raises(KeyError, match="no register"):
        registers[name] = 1
    assert name not in registers


def test_every_name_can_be_read_and_set(executor: Executor) -> None:
    registers = flat(executor, "").registers
    assert len(list(registers)) == len(registers) == len(set(registers))
    for name in registers:
        registers[name] = 0
        assert registers[name] in {0, 0x8800}


# ld XWA,12345678h; ld (2000h),XWA; jr to it
STORE = "40 78 56 34 12  F2 00 20 00 60  68 F4"


def test_until_memory(executor: Executor) -> None:
    machine = flat(executor, STORE + "05")
    stop = machine.run(100, until_memory=(0x2000, 0x12345678))
    assert (stop.reason, stop.pc, stop.instructions) == ("watchpoint", START + 10, 2)
    assert "002000" in stop.detail
    stop = machine.run(100, until_memory=(0x2000, 0x12345678))
    assert (stop.reason, stop.instructions) == ("watchpoint", 0)


@pytest.mark.parametrize("address", [0x1FFE, 0x2001, 0x20FE])
def test_until_memory_may_be_unaligned_and_partly_written(executor: Executor, address: int) -> None:
    program = f"40 78 56 34 12  F2 {hexed_address(address)} 60  05"
    word = {0x1FFE: 0x12345678, 0x2001: 0x12345678, 0x20FE: 0x12345678}[address]
    machine = flat(executor, program)
    stop = machine.run(100, until_memory=(address, word))
    assert (stop.reason, stop.instructions) == ("watchpoint", 2)
    later = flat(executor, program).run(100, until_memory=(address + 2, 0x1234))
    assert (later.reason, later.instructions) == ("watchpoint", 2)


def hexed_address(address: int) -> str:
    return address.to_bytes(3, "little").hex()


def test_until_memory_never_reached(executor: Executor) -> None:
    machine = flat(executor, STORE)
    assert machine.run(31, until_memory=(0x2000, 1)).instructions == 31
    stop = machine.run(100, until_memory=(0x2000, 1), breakpoints={START + 10})
    assert (stop.reason, stop.pc) == ("breakpoint", START + 10)


def test_a_breakpoint_right_behind_a_store_of_another_value(executor: Executor) -> None:
    """The run goes on after a look at the word, and doesn't pass over the breakpoint."""
    machine = flat(executor, STORE)
    stop = machine.run(100, until_memory=(0x2000, 1), breakpoints={START + 10})
    assert (stop.reason, stop.instructions) == ("breakpoint", 2)


def test_a_program_stays_where_pushes_and_calls_lead(executor: Executor) -> None:
    # call 1010h; halt; at 1010h: push XWA; pop XBC; ret
    machine = flat(executor, "1D 10 10 00 05", XWA=0xCAFE)
    machine.load(0x1010, hexed("38 59 0E"))
    assert machine.run().instructions == 5
    assert (machine.registers["XBC"], machine.registers["XSP"]) == (0xCAFE, STACK)


def test_states_are_those_of_the_rows(executor: Executor) -> None:
    short = [
        form for form in describe("tlcs900h2").forms if form.mode is None or form.mode.code == ("11zz1rrr",)
    ]
    rows = {(form.mnemonic, form.operation.size): form.states for form in short}
    stop = flat(executor, COUNT).run()
    assert stop.states == 3 * rows["inc", "b"] + rows["halt", ""]


def test_unknown_cpus(executor: Executor) -> None:
    with pytest.raises(UsageError, match="tlcs900h2"):
        FlatMachine("z80", executor=executor)
