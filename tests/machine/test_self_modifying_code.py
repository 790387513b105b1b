"""Code that changes code is executed as changed, however far ahead it had been decoded."""

from __future__ import annotations

import random

import pytest
from tests.machine.boards import EXECUTORS, START, flat, hexed, state

from luthier.machine import FlatMachine
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor, Processor

pytestmark = pytest.mark.parametrize("executor", EXECUTORS)

# inc 1,A is C9 61 and inc 2,A C9 62; A counts what was executed.


def test_a_store_into_the_next_instruction(executor: Executor) -> None:
    # ld W,62h; ld (1008h),W; inc 1,A becomes inc 2,A; halt
    machine = flat(executor, "20 62  F2 08 10 00 40  C9 61  05")
    assert machine.run().reason == "halt"
    assert machine.registers["A"] == 2


@pytest.mark.parametrize("width", ["40", "50", "60"])
def test_a_store_over_the_beginning_of_the_next_instruction(executor: Executor, width: str) -> None:
    """Byte, word and long: NOPs for a jump of four bytes."""
    machine = flat(executor, f"F2 06 10 00 {width} 00  1B 00 20 00  05", XWA=0)
    stop = machine.run(20)
    assert (stop.reason, stop.pc) == ("halt", START + 11)
    assert machine.registers["W"] == 0


@pytest.mark.parametrize("offset", range(7))
def test_a_store_into_any_byte_of_what_was_executed_before(executor: Executor, offset: int) -> None:
    """The instruction of seven bytes is run, changed in one byte, run again."""
    # ldw (XIX+0x0100),5678h: F3 F1 00 01 02 78 56; then a store that the second turn does again
    program = "F3 F1 00 01 02 78 56  F2 00 00 00 41  0E"
    machine = flat(executor, "1D 00 20 00  1D 00 20 00  05", A=0, XIX=0x3000)
    machine.load(0x2000, hexed(program))
    changed = bytearray(hexed(program))
    # nop and ldw (100h),5678h; XIY; two other displacements; a store of a byte; two other immediates
    changed[offset] = [0x00, 0xF5, 0x10, 0x02, 0x00, 0x79, 0x57][offset]
    machine.memory[0x2008:0x200B] = list((0x2000 + offset).to_bytes(3, "little"))
    machine.registers["A"] = changed[offset]
    machine.registers["XIY"] = 0x4000
    machine.run(2)
    assert machine.memory[0x3100:0x3102].tolist() == [0x78, 0x56]
    machine.memory[0x3100:0x3102] = 0
    fresh = flat(executor, "", XIX=0x3000, XIY=0x4000, XSP=machine.registers["XSP"] - 4)
    machine.run(5)
    fresh.load(0x2000, bytes(changed))
    fresh.pc = 0x2000
    fresh.run(2)
    for address in (0x100, 0x3100, 0x4100, 0x3110, 0x3200):
        assert machine.memory[address : address + 2].tolist() == fresh.memory[address : address + 2].tolist()


def test_a_store_from_behind_into_what_was_executed(executor: Executor) -> None:
    # 1000: inc 1,A; 1002: ld (1001h),W; 1007: djnz B,1000h; halt
    machine = flat(executor, "C9 61  F2 01 10 00 40  CA 1C F6  05", W=0x62, B=2)
    assert machine.run().reason == "halt"
    assert machine.registers["A"] == 1 + 2


def test_a_block_move_over_code_ahead(executor: Executor) -> None:
    # ldir from 2000h to 1004h, which was decoded ahead as "undefined"
    machine = flat(executor, "83 11 00 00 01 01 01 01", XHL=0x2000, XDE=START + 4, BC=5)
    machine.load(0x2000, hexed("C9 62 C9 62 05"))
    assert machine.run(100).reason == "halt"
    assert machine.registers["A"] == 4


def test_a_block_move_over_itself(executor: Executor) -> None:
    """The second element turns LDIR into two NOPs."""
    machine = flat(executor, "83 11 05", XHL=0x2000, XDE=START, BC=9)
    stop = machine.run(100)
    assert stop.reason == "halt"
    assert machine.registers["BC"] == 8  # 00 11: nop, scf; then halt
    assert machine.registers["F"] & 1


@pytest.mark.parametrize(("push", "bytes_"), [("14", 1), ("28", 2), ("38", 4)])
def test_pushes_onto_code(executor: Executor, push: str, bytes_: int) -> None:
    machine = flat(executor, f"{push} 01 01 01 01 05", XWA=0, XSP=START + 1 + bytes_)
    stop = machine.run(100)
    if bytes_ == 4:
        assert (stop.reason, stop.instructions) == ("halt", 6)
    else:
        assert (stop.reason, stop.pc) == ("illegal", START + 1 + bytes_)


def test_a_call_pushes_its_return_address_onto_code(executor: Executor) -> None:
    # call 2000h puts 00001004 over the four bytes from 2000h on: 04 is undefined
    machine = flat(executor, "1D 00 20 00", XSP=0x2004)
    machine.load(0x2000, hexed("00 00 00 00 05"))
    stop = machine.run(100)
    assert (stop.reason, stop.pc, stop.instructions) == ("illegal", 0x2000, 1)


def test_swi_pushes_onto_its_handler(executor: Executor) -> None:
    machine = flat(executor, "F9", XSP=0x2006)  # swi 1
    machine.load(0xFFFF04, (0x2000).to_bytes(4, "little"))
    machine.load(0x2000, hexed("05 05 05 05 05 05 05"))
    stop = machine.run(100)
    # SR F800 and PC 1001: 00 nop; F8 swi 0, which leads to 0
    assert stop.reason == "limit"
    assert machine.memory[0x2000:0x2006].tolist() == [0x00, 0xF8, 0x01, 0x10, 0x00, 0x00]


@pytest.mark.parametrize("at", range(0x20FA, 0x2101))
def test_code_over_a_page_border(executor: Executor, at: int) -> None:
    """Both halves of an instruction may be changed after it was executed."""
    code = hexed("F3 F1 00 01 02 78 56 0E")  # ldw (XIX+100h),5678h; ret
    for offset, becomes in ((6, 0x99), (5, 0x77), (0, 0xF3), (2, 0x02)):
        machine = flat(executor, "1D 00 00 00  F2 00 00 00 41  1D 00 00 00  05", XIX=0x3000, A=becomes)
        machine.load(at, code)
        for operand, target in ((1, at), (5, at + offset), (10, at)):
            machine.load(START + operand, target.to_bytes(3, "little"))
        assert machine.run(100).reason == "halt"
        changed = bytearray(code)
        changed[offset] = becomes
        address = 0x3000 + int.from_bytes(changed[2:4], "little")
        assert bytes(machine.memory[address : address + 2].tolist()) == bytes(changed[5:7])


def test_an_undefined_instruction_is_mended_from_the_next_page(executor: Executor) -> None:
    """It was decoded ahead as undefined because of a byte of another page, which is then written."""
    machine = flat(executor, "")
    # ld (2100h),A; jr 20FFh; there: C9 before the byte that is written, first 00 (C9 00 is undefined)
    machine.load(0x20F4, hexed("F2 00 21 00 41  00 00 00 00 00 00  C9"))
    machine.load(0x2101, hexed("05"))
    machine.registers["A"] = 0x61
    machine.pc = 0x20F4
    assert machine.run(100).reason == "halt"
    assert machine.registers["A"] == 0x62


def test_what_was_undefined_once_may_be_mended_later(executor: Executor) -> None:
    machine = flat(executor, "C9 01 05")
    assert machine.run().reason == "illegal"
    machine.processor.memory.write(START + 1, 1, 0x61)  # as a device's DMA would
    assert machine.run().reason == "halt"
    assert machine.registers["A"] == 1


@pytest.mark.parametrize("size", [1, 2, 4])
def test_writes_over_the_bus_across_a_page_border_are_seen(executor: Executor, size: int) -> None:
    machine = flat(executor, "")
    machine.load(0x2100, hexed("C9 61 05"))
    machine.pc = 0x2100
    machine.run()
    machine.registers["A"] = 0
    machine.processor.memory.write(
        0x2102 - size, size, 0x62 << 8 * (size - 1) | (0xC9 << 8 * max(0, size - 2)) % (1 << 8 * (size - 1))
    )
    machine.pc = 0x2100
    machine.run()
    assert machine.registers["A"] == 2


def test_a_program_that_writes_itself_all_the_time(executor: Executor) -> None:
    """Every turn a byte of the loop's filling is replaced; the same whether run whole or step by step."""
    program = """
        85 21        ; ld A,(XIY)
        DD 38 FF 00  ; minc1 00FFh,IY
        B4 41        ; ld (XIX),A
        DC 38 1F 00  ; minc1 001Fh,IX
        68 12        ; jr to the filling
    """
    safe = hexed("00 0C 0D 10 11 12 13 16")  # nop, incf, decf, rcf, scf, ccf, zcf, ex F,F'
    choose = random.Random(1)
    table = bytes(choose.choice(safe) for _ in range(256))
    reference = flat("plain", program, XIX=0x1020, XIY=0x3000)
    machine = flat(executor, program, XIX=0x1020, XIY=0x3000)
    for one in (reference, machine):
        one.load(0x1040, hexed("68 BE"))  # jr to the beginning
        one.load(0x3000, table)
    for _ in range(5000):
        reference.run(1)
    assert machine.run(5000).reason == "limit"
    assert state(machine.processor) == state(reference.processor)
    assert (machine.memory == reference.memory).all()


def test_code_in_ram_that_fills_no_page(executor: Executor) -> None:
    memory = Memory()
    memory.add_ram(0x1010, 0x20)
    memory.add_ram(0x7F00, 0x200)
    cpu = Processor("tlcs900h2", memory, executor=executor)
    memory.load(0x1010, hexed("F2 17 10 00 40  C9 61  C9 61  05"))
    cpu.reset()
    cpu.pc = 0x1010
    cpu.registers["W"] = 0xC9
    cpu.registers["A"] = 0
    stop = cpu.run(100)
    assert (stop.reason, cpu.registers["A"]) == ("halt", 2)
    memory.load(0x1019, hexed("00"))
    cpu.pc = 0x1010
    stop = cpu.run(100)
    assert (stop.reason, stop.pc) == ("illegal", 0x1030)
    assert "001030" in stop.detail


def test_memory_of_one_machine_is_not_that_of_another(executor: Executor) -> None:
    first, second = flat(executor, "C9 61 05"), flat(executor, "C9 62 05")
    for machine in (first, second):
        assert isinstance(machine, FlatMachine)
        machine.run()
    assert (first.registers["A"], second.registers["A"]) == (1, 2)
