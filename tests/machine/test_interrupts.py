"""Interrupts: who comes first, what is pushed, when (measured: see tests/cpu/tlcs900/vectors/README.md)."""

from __future__ import annotations

import pytest
from tests.machine.boards import EXECUTORS, STACK, START, Recorder, cost, flat, hexed, processor

from luthier.machine import FlatMachine
from luthier.machine.interrupts import InterruptLines
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor

both = pytest.mark.parametrize("executor", EXECUTORS)

INT0, INT4, NMI = 0x28, 0x2C, 0x20
HANDLER = 0x4000  #: of INT0; others 100h further each


def machine(executor: Executor, program: str, **registers: int) -> FlatMachine:
    """With handlers ``inc 1,(5000h + vector); reti``."""
    made = flat(executor, program, **registers)
    for number, vector in enumerate((INT0, INT4, NMI)):
        handler = HANDLER + 0x100 * number
        made.load(0xFFFF00 + vector, handler.to_bytes(4, "little"))
        made.load(handler, hexed(f"C2 {vector:02X} 50 00 61 07"))
    return made


def stack(made: FlatMachine, below: int = STACK) -> tuple[int, int]:
    """SR and PC as pushed."""
    pushed = made.memory[below - 6 : below].tolist()
    return int.from_bytes(bytes(pushed[:2]), "little"), int.from_bytes(bytes(pushed[2:]), "little")


def test_lines() -> None:
    lines = InterruptLines()
    assert lines.first is None
    with pytest.raises(LookupError):
        lines.take()
    lines.request(0x2C, 3)
    lines.request(0x28, 3)
    lines.request(0x50, 4)
    lines.request(0x54, 1)
    lines.request(0x54, 2)
    lines.withdraw(0x99)
    assert [lines.take().vector for _ in range(2)] == [0x50, 0x28]
    taken = lines.snapshot()
    lines.withdraw(0x2C)
    assert [lines.take().level, lines.first] == [2, None]
    lines.restore(taken)
    assert [lines.take().vector for _ in range(2)] == [0x2C, 0x54]
    lines.request(1, 1)
    lines.clear()
    assert lines.first is None


@both
@pytest.mark.parametrize("level", range(8))
@pytest.mark.parametrize("mask", range(8))
def test_the_mask(executor: Executor, level: int, mask: int) -> None:
    """Levels from IFF on are taken; 0 never; 7 is the NMI, always."""
    made = machine(executor, "00 00 05", SR=0x8800 | mask << 12)
    made.processor.interrupts.request(INT0, level)
    made.run(1)
    taken = level == 7 or 0 < level >= mask
    assert made.memory[0x5028] == taken
    if taken:
        assert int(made.registers["SR"]) >> 12 & 7 == min(7, level + 1)
        assert made.registers["INTNEST"] == 1
        assert made.processor.interrupts.first is None
    else:
        assert made.pc == START + 1
        assert made.processor.interrupts.first is not None


@both
def test_what_is_pushed(executor: Executor) -> None:
    made = machine(executor, "00 00 05", SR=0xAAC5)
    made.run(1)
    made.processor.interrupts.request(INT0, 3)
    made.run(1)
    assert stack(made) == (0xAAC5 & 0xFFD7, START + 1)
    assert made.registers["XSP"] == STACK - 6
    assert int(made.registers["SR"]) & 0x700 == 0x200  # the bank stays
    made.run(1)  # reti
    assert (made.pc, made.registers["XSP"], made.registers["INTNEST"]) == (START + 1, STACK, 0)
    assert int(made.registers["SR"]) == 0xAAC5 & 0xFFD7


@both
def test_the_smaller_vector_first_and_the_higher_level_interrupts_the_lower(executor: Executor) -> None:
    made = machine(executor, "00 05", SR=0x8800)
    lines = made.processor.interrupts
    lines.request(INT4, 2)
    lines.request(INT0, 2)
    made.run(1)
    assert (made.memory[0x5028], made.memory[0x502C]) == (1, 0)
    lines.request(NMI, 7)
    made.run(1)
    assert made.memory[0x5020] == 1
    assert made.registers["INTNEST"] == 2
    assert int(made.registers["SR"]) >> 12 & 7 == 7
    made.run(1)  # reti to INT0's reti, which is done before INT4 could be
    made.run(1)
    assert (made.pc, made.registers["INTNEST"]) == (START, 0)
    made.run(1)  # the instruction behind reti
    assert made.pc == START + 1
    made.run(1)
    assert made.memory[0x502C] == 1
    assert made.run().reason == "halt"


@both
def test_a_request_while_masked_is_taken_when_the_mask_falls(executor: Executor) -> None:
    # nop; nop; ei 3; inc 1,A; inc 1,A; halt
    made = machine(executor, "00 00 06 03 C9 61 C9 61 05")
    made.processor.interrupts.request(INT0, 3)
    assert made.run(3).pc == START + 4
    assert made.memory[0x5028] == 0
    made.run(1)
    assert made.registers["A"] == 1  # one instruction is held off
    made.run(1)
    assert stack(made)[1] == START + 6
    assert made.run().reason == "halt"
    assert (made.memory[0x5028], made.registers["A"]) == (1, 2)


@both
def test_the_mask_falls_in_the_middle_of_a_long_run(executor: Executor) -> None:
    made = machine(executor, "00 " * 50 + "06 00 C9 61 C9 61 05")
    made.processor.interrupts.request(INT0, 1)
    made.load(HANDLER, hexed("C9 8B 07"))  # ld C,A; reti
    assert made.run().reason == "halt"
    assert (made.registers["C"], made.registers["A"]) == (1, 2)


@both
def test_a_second_ei_puts_it_off_again(executor: Executor) -> None:
    made = machine(executor, "06 00 06 00 06 07 C9 61 05")  # ei 0; ei 0; di behind it lets nothing through
    made.processor.interrupts.request(INT0, 3)
    assert made.run().reason == "halt"
    assert made.memory[0x5028] == 0
    made = machine(executor, "06 00 06 00 C9 61 C9 61 05")
    made.processor.interrupts.request(INT0, 3)
    made.load(HANDLER, hexed("C9 8B 07"))
    made.run()
    assert made.registers["C"] == 1


@both
@pytest.mark.parametrize("cut", [1, 2, 1000])
def test_an_ei_long_ago_puts_nothing_off(executor: Executor, cut: int) -> None:
    """A device asks for attention long after EI: its instruction is the last before the handler."""
    memory = Memory()
    memory.add_ram(0, 0x10000)
    memory.add_rom(0xFFFF00, bytes(0x28) + HANDLER.to_bytes(4, "little") + bytes(0xD4))

    class Bell(Recorder):
        def write(self, address: int, size: int, value: int) -> None:
            cpu.interrupts.request(INT0, 3)

    memory.add_device(0x20000, 1, Bell(), "bell")
    # ei 0; nop; nop; ld (20000h),A; inc 1,A; halt; the handler: ld C,A; reti
    cpu = processor(executor, memory, "06 00 00 00 F2 00 00 02 41 C9 61 05")
    memory.load(HANDLER, hexed("C9 8B 07"))
    cpu.registers["C"] = 9
    while cpu.run(cut).reason == "limit":
        pass
    assert (cpu.registers["A"], cpu.registers["C"]) == (1, 0)


@both
def test_pop_sr_puts_nothing_off(executor: Executor) -> None:
    # pop SR with IFF 0; inc 1,A
    made = machine(executor, "03 C9 61 05", XSP=STACK)
    made.memory[STACK : STACK + 2] = [0x00, 0x88]
    made.processor.interrupts.request(INT0, 3)
    made.load(HANDLER, hexed("C9 8B 07"))
    made.registers["C"] = 9
    assert made.run().reason == "halt"
    assert (made.registers["C"], made.registers["A"]) == (0, 1)


@both
def test_reti_puts_one_instruction_off(executor: Executor) -> None:
    """A handler that asks for itself never lets the program stand still."""
    made = machine(executor, "C9 61 " * 5 + "05", SR=0x8800)
    seen = []
    for _ in range(4):
        made.processor.interrupts.request(INT0, 3)
        made.run(3)  # inc, reti, and one instruction of the program
        seen.append(made.registers["A"])
    assert seen == [1, 2, 3, 4]


@both
def test_halt_ends_with_the_address_behind_it(executor: Executor) -> None:
    made = machine(executor, "05 C9 61 05", SR=0x8800)
    assert made.run().reason == "halt"
    made.processor.interrupts.request(INT0, 3)
    made.run(1)
    assert stack(made)[1] == START + 1
    assert not made.processor.halted
    assert made.run().reason == "halt"
    assert (made.registers["A"], made.pc) == (1, START + 4)


@both
def test_halt_with_a_masked_request_stays(executor: Executor) -> None:
    made = machine(executor, "05 C9 61 05")
    made.processor.interrupts.request(INT0, 3)
    assert made.run().reason == "halt"
    assert made.registers["A"] == 0
    made.processor.interrupts.request(NMI, 7)
    assert made.run().reason == "halt"
    assert (made.registers["A"], made.memory[0x5020], made.memory[0x5028]) == (1, 1, 0)


@both
def test_halt_is_woken_by_an_event(executor: Executor) -> None:
    made = machine(executor, "05 C9 61 05", SR=0x8800)
    cpu = made.processor
    cpu.clock.at(1_000, "timer", lambda: cpu.interrupts.request(INT0, 3))
    assert made.run().reason == "halt"
    assert (made.registers["A"], made.memory[0x5028]) == (1, 1)
    assert cpu.states > 1_000


@both
def test_ldir_is_interrupted_between_elements(executor: Executor) -> None:
    made = machine(executor, "83 11 05", SR=0x8800, XHL=0x2000, XDE=0x3000, BC=10)
    made.memory[0x2000:0x200A] = range(1, 11)
    made.run(4)
    made.processor.interrupts.request(INT0, 3)
    made.run(1)
    assert stack(made)[1] == START
    assert made.registers["BC"] == 6
    assert made.run().reason == "halt"
    assert made.memory[0x3000:0x300A].tolist() == list(range(1, 11))
    assert (made.registers["BC"], made.memory[0x5028]) == (0, 1)


@both
def test_an_event_in_the_middle_of_ldir(executor: Executor) -> None:
    made = machine(executor, "83 11 05", SR=0x8800, XHL=0x2000, XDE=0x3000, BC=1000)
    made.load(HANDLER, hexed("D9 8D 07"))  # ld IY,BC; reti
    cpu = made.processor
    cpu.clock.at(100 * cost("83 11") + 1, "timer", lambda: cpu.interrupts.request(INT0, 3))
    assert made.run().reason == "halt"
    assert made.registers["IY"] == 1000 - 101


@both
def test_a_breakpoint_where_the_interrupted_program_stands(executor: Executor) -> None:
    """The handler comes first; the instruction of the breakpoint was not executed, so it is met."""
    made = machine(executor, "C9 61 05", SR=0x8800)
    made.processor.interrupts.request(INT0, 3)
    stop = made.run(breakpoints={START})
    assert (stop.reason, stop.pc, stop.instructions) == ("breakpoint", START, 2)
    assert made.memory[0x5028] == 1


@both
def test_no_instructions_no_interrupt(executor: Executor) -> None:
    made = machine(executor, "00 05", SR=0x8800)
    made.processor.interrupts.request(INT0, 3)
    made.run(0)
    assert (made.pc, made.registers["XSP"]) == (START, STACK)


@both
def test_intnest_counts_swi_too_and_wraps_in_its_sixteen_bits(executor: Executor) -> None:
    made = machine(executor, "F9 05", INTNEST=0xFFFF)
    made.load(0xFFFF04, (0x6000).to_bytes(4, "little"))
    made.load(0x6000, hexed("07"))
    made.run(1)
    assert made.registers["INTNEST"] == 0
    made.run(1)
    assert made.registers["INTNEST"] == 0xFFFF
    assert made.pc == START + 1


@both
def test_a_stack_over_the_end_of_memory(executor: Executor) -> None:
    made = machine(executor, "00 05", SR=0x8800, XSP=3)
    made.processor.interrupts.request(INT0, 3)
    made.run(1)
    assert made.registers["XSP"] == 0xFFFFFFFD
    bytes_ = [int(made.memory[(0xFFFFFD + k) % (1 << 24)]) for k in range(6)]
    assert bytes_ == [0x00, 0x88, START & 0xFF, START >> 8, 0, 0]
