"""What documents tell of the H8S/2000 beside single instructions' results."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.cpu.h8s.boards import CODE, CPU, EXECUTORS, STACK, bytes_at, flat

from luthier.cpu.assembler import assemble
from luthier.cpu.disassembler import disassembler
from luthier.cpu.h8s.vectors import VECTORS
from luthier.errors import UsageError
from luthier.kaoss.vectors import meanings
from luthier.machine import FlatMachine, Memory, Processor
from luthier.machine.processor import Executor
from luthier.machine.snapshot import Snapshot

EACH = pytest.mark.parametrize("executor", EXECUTORS)


def test_registers_by_all_their_names() -> None:
    machine = FlatMachine(CPU, executor="plain")
    registers = machine.registers
    registers["ER3"] = 0x12345678
    assert [registers[name] for name in ("E3", "R3", "R3H", "R3L")] == [0x1234, 0x5678, 0x56, 0x78]
    registers["E3"], registers["R3H"] = 0xABCD, 0xEF
    assert registers["ER3"] == 0xABCDEF78
    registers["EXR"] = 0
    registers["PC"] = 0x1235
    assert (registers["EXR"], registers["PC"], machine.pc) == (0x78, 0x1234, 0x1234)
    assert len(registers) == len(list(registers)) == 8 * 5 + 4
    with pytest.raises(KeyError, match="no register 'XWA'"):
        registers["XWA"]
    with pytest.raises(TypeError):
        del registers["ER0"]


def test_a_memory_of_the_other_byte_order_is_refused() -> None:
    with pytest.raises(UsageError, match="does not suit"):
        Processor(CPU, Memory())
    with pytest.raises(UsageError, match="does not suit"):
        Processor("tlcs900h2", Memory("big"))


@EACH
@pytest.mark.parametrize("load", ["mov.w @er1,r2", "mov.w @(1:16,er3),r2", "mov.w @0x4001:16,r2"])
def test_bit_0_of_a_word_address_counts_as_0(executor: Executor, load: str) -> None:
    machine = flat(executor, load, ER1=0x4001, ER3=0x4000)
    machine.load(0x4000, bytes.fromhex("12345678"))
    machine.run(1)
    assert machine.registers["R2"] == 0x1234


@EACH
def test_longs_and_stores_at_odd_addresses(executor: Executor) -> None:
    machine = flat(executor, "mov.l @er1,er2\n mov.l er2,@-er4\n mov.w r2,@(3,er5)", ER1=0x4003)
    machine.load(0x4000, bytes.fromhex("0000 12345678"))
    machine.registers.update({"ER4": 0x5009, "ER5": 0x5000})
    machine.run(3)
    assert machine.registers["ER2"] == 0x12345678
    assert machine.registers["ER4"] == 0x5005
    assert bytes_at(machine, 0x5000, 10) == bytes.fromhex("0000 5678 12345678 0000")


@EACH
def test_the_stack_of_an_odd_pointer(executor: Executor) -> None:
    machine = flat(executor, "trapa #0", ER7=STACK + 1)
    machine.run(1)
    assert machine.registers["ER7"] == STACK - 3
    assert bytes_at(machine, STACK - 4, 4) == bytes.fromhex("80001002")


@EACH
def test_addresses_have_24_bits(executor: Executor) -> None:
    machine = flat(executor, "mov.b @er1,r2l\n jmp @er3", ER1=0xFF004000, ER3=0xAB005001)
    machine.load(0x4000, b"\x5a")
    machine.run(2)
    assert machine.registers["R2L"] == 0x5A
    assert machine.pc == 0x5000
    assert machine.registers["ER1"] == 0xFF004000


@EACH
def test_short_addresses(executor: Executor) -> None:
    """@aa:8 is FFFFxx, @aa:16 has its sign above it."""
    machine = flat(executor, "mov.b @0xffff12:8,r0l\n mov.b @0xff8000:16,r1l\n mov.b @0x7fff:16,r2l")
    for address, value in ((0xFFFF12, 1), (0xFF8000, 2), (0x7FFF, 3)):
        machine.load(address, bytes([value]))
    machine.run(3)
    assert [machine.registers[f"R{number}L"] for number in range(3)] == [1, 2, 3]


@EACH
def test_a_jump_by_the_table_below_100(executor: Executor) -> None:
    machine = flat(executor, "jsr @@0x80")
    machine.load(0x80, bytes.fromhex("ff006000"))
    assert machine.run(1).pc == 0x6000
    assert bytes_at(machine, STACK - 4, 4) == (CODE + 2).to_bytes(4, "big")


#: Codes of other members of the family, and codes of none.
UNDEFINED = {
    "01606d12": "mac @er1+,@er2+",
    "01a0": "clrmac",
    "0221": "stmac mach,er1",
    "0231": "stmac macl,er1",
    "0321": "ldmac er1,mach",
    "0331": "ldmac er1,macl",
    "6a401234": "movfpe @0x1234:16,r0h",
    "6ac01234": "movtpe r0h,@0x1234:16",
    "59b7": "jmp @@vec:7",
    "0f18": "mov.w #1,e0 of three bits",
    "1028": "shll.b #4",
    "7a181234": "add.l #:16",
    "01e07b2c": "tas @er2",
    "01f16600": "no prefix 01F1",
    "5480": "rts/l",
    "0b10": "adds of no number",
    "57c0": "trapa with bits 7 and 6",
    "79f0": "no operation F of words",
}
#: What looks like one of them and is an instruction.
DEFINED = {"4001": "bra", "1018": "shll.w", "01f06600": "and.l", "0f08": "daa", "01e07b4c": "tas"}


@EACH
@pytest.mark.parametrize("code", UNDEFINED)
def test_what_is_undefined_stops_the_run(executor: Executor, code: str) -> None:
    machine = flat(executor, "nop")
    machine.load(CODE, bytes.fromhex(code))
    stop = machine.run(5)
    assert (stop.reason, stop.pc, stop.instructions) == ("illegal", CODE, 0)
    assert "undefined instruction" in stop.detail


@pytest.mark.parametrize("code", DEFINED)
def test_what_looks_alike_and_is_defined(code: str) -> None:
    machine = flat("plain", "nop")
    machine.load(CODE, bytes.fromhex(code))
    assert machine.run(1).reason == "limit"
    found = disassembler(CPU).instruction(bytes.fromhex(code))
    assert found.name.partition(".")[0] == DEFINED[code].partition(".")[0]


@EACH
@pytest.mark.parametrize("offset", range(10))
def test_every_byte_of_the_longest_instruction_can_be_changed(executor: Executor, offset: int) -> None:
    """MOV.L with a displacement of 32 bits has ten bytes; a store into any of them counts."""
    source = "mov.b r2l,@er1\n mov.l @(0x100:32,er3),er4\n sleep"
    program = assemble(source, cpu=CPU).image
    long_one = program[2:12]
    machine = flat(executor, source, ER1=CODE + 2 + offset, ER3=0x4000)
    machine.registers["R2L"] = long_one[offset]
    for k in range(0x200):
        machine.load(0x4000 + k, bytes([k & 0xFF]))
    assert machine.run(10).reason == "halt"
    assert machine.registers["ER4"] == 0x00010203
    machine.pc = CODE
    machine.registers["R2L"] = long_one[offset] ^ 1
    machine.registers["ER4"] = 0
    changed = bytearray(long_one)
    changed[offset] ^= 1
    other = flat(executor, "nop", ER3=0x4000)
    other.load(CODE, bytes(changed) + bytes.fromhex("0180"))
    other.load(0x4000, bytes_at(machine, 0x4000, 0x200))
    machine.run(2)
    other.run(1)
    names = [f"ER{number}" for number in range(8) if number not in (1, 2, 3)]
    assert [machine.registers[name] for name in names] == [other.registers[name] for name in names]


@EACH
def test_stm_into_code_that_is_about_to_run(executor: Executor) -> None:
    """Sixteen bytes written at once: the farthest of them is code too."""
    source = "stm.l (er0-er3),@-sp\n nop\n" + " inc.b r4l\n" * 8 + " sleep"
    machine = flat(executor, source)
    machine.run(100)
    assert machine.registers["R4L"] == 8
    machine.pc = CODE
    machine.registers.update(dict.fromkeys(("ER0", "ER1", "ER2", "ER3"), 0x00000000))
    machine.registers["ER7"] = CODE + 6 + 16
    machine.registers["ER4"] = 0
    machine.run(100)
    assert machine.registers["R4L"] == 0


# Devices


@dataclass
class Port:
    """A device that notes what it is asked."""

    calls: list[tuple[str, int, int, int]] = field(default_factory=list)

    def read(self, address: int, size: int) -> int:
        self.calls.append(("read", address, size, 0))
        return 0x1122 if size == 2 else 0x33

    def write(self, address: int, size: int, value: int) -> None:
        self.calls.append(("write", address, size, value))


@EACH
def test_a_long_is_two_words_on_the_bus(executor: Executor) -> None:
    memory, port = Memory("big"), Port()
    memory.add_ram(0, 0x10000)
    memory.add_device(0xFFFF00, 0x100, port, "port")
    program = (
        "mov.l @0xffff20:16,er0\n mov.l er1,@0xffff24:16\n mov.w r1,@0xffff28:16\n bset #7,@0xffff2a\n sleep"
    )
    memory.load(CODE, assemble(program, cpu=CPU).image)
    cpu = Processor(CPU, memory, executor=executor)
    cpu.pc = CODE
    cpu.registers["ER1"] = 0xAABBCCDD
    assert cpu.run(10).reason == "halt"
    assert cpu.registers["ER0"] == 0x11221122
    assert port.calls == [
        ("read", 0xFFFF20, 2, 0),
        ("read", 0xFFFF22, 2, 0),
        ("write", 0xFFFF24, 2, 0xAABB),
        ("write", 0xFFFF26, 2, 0xCCDD),
        ("write", 0xFFFF28, 2, 0xCCDD),
        ("read", 0xFFFF2A, 1, 0),
        ("write", 0xFFFF2A, 1, 0xB3),
    ]


@EACH
def test_a_device_sets_the_interrupt_control_mode(executor: Executor) -> None:
    """As SYSCR does: the instruction that writes it leaves the mode as the device set it."""
    memory = Memory("big")
    memory.add_ram(0, 0x10000)
    memory.load(CODE, assemble(" mov.b r0l,@0xffff39\n trapa #0", cpu=CPU).image)
    cpu = Processor(CPU, memory, executor=executor)

    class Control(Port):
        def write(self, address: int, size: int, value: int) -> None:
            cpu.registers["INTM"] = value >> 4

    memory.add_device(0xFFFF00, 0x100, Control(), "SYSCR")
    cpu.pc = CODE
    cpu.registers.update({"ER0": 0x20, "ER7": 0x8000})
    cpu.run(2)
    assert (cpu.registers["INTM"], cpu.registers["ER7"]) == (2, 0x8000 - 6)


def test_words_in_memory_have_their_upper_byte_first() -> None:
    memory = Memory("big")
    memory.add_ram(0, 0x100)
    memory.load(0x10, bytes.fromhex("12345678"))
    assert (memory.read(0x10, 2), memory.read(0x10, 4)) == (0x1234, 0x12345678)
    memory.write(0x20, 4, 0xA1B2C3D4)
    assert memory.data[0x20:0x24].tobytes().hex() == "a1b2c3d4"


# Vectors


def test_the_vectors_of_the_h8s2215() -> None:
    """Numbers and names of the facts about the chip, 4.1: 128 vectors of four bytes."""
    assert (VECTORS.address, VECTORS.size, len(VECTORS.names), VECTORS.byte_order) == (0, 4, 128, "big")
    known = {
        0: "RESET",
        5: "TRACE",
        7: "NMI",
        8: "TRAP0",
        11: "TRAP3",
        16: "IRQ0",
        23: "IRQ7",
        24: "SWDTEND",
        25: "WOVI",
        28: "ADI",
        32: "TGI0A",
        36: "TCI0V",
        43: "TCI1U",
        47: "TCI2U",
        64: "CMIA0",
        70: "OVI1",
        75: "DEND1B",
        80: "ERI0",
        91: "TEI2",
        104: "EXIRQ0",
        105: "EXIRQ1",
    }
    assert {number: VECTORS.names[number] for number in known} == known
    reserved = [2, 3, 4, 12, 15, 26, 27, 29, 31, 37, 39, 48, 63, 67, 71, 76, 79, 92, 103, 106, 127]
    assert all(VECTORS.names[number] is None for number in reserved)
    assert VECTORS.target(bytes.fromhex("ff000210")) == 0x210
    for never_written in ("ffffffff", "00000000", "000001fe"):
        assert VECTORS.target(bytes.fromhex(never_written)) is None


def test_the_names_are_those_of_the_kaoss_units() -> None:
    assert {meaning.number: meaning.name for meaning in meanings() if not meaning.is_reserved} == {
        number: name for number, name in enumerate(VECTORS.names) if name
    }


# Snapshots


@EACH
def test_a_snapshot_kept_in_a_file(executor: Executor, tmp_path: Path) -> None:
    machine = flat(executor, "add.l er1,er0\n bra $", ER1=7, INTM=2, EXR=3)
    machine.run(11)
    machine.snapshot().save(tmp_path / "state")
    taken = Snapshot.load(tmp_path / "state")
    machine.run(100)
    other = FlatMachine(CPU, executor="plain")
    other.restore(taken)
    assert (other.registers["ER0"], other.registers["INTM"], other.registers["EXR"]) == (7, 2, 0x7B)
    assert other.run(100).pc == machine.pc
    with pytest.raises(UsageError, match="one of the CPU"):
        FlatMachine("tlcs900h2", executor="plain").restore(taken)
