"""Machine code: assembler, disassembler, machine, snapshots."""

from __future__ import annotations

import functools
import random
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.targets.target import Target

from luthier.errors import LuthierError

if TYPE_CHECKING:
    from luthier.machine import FlatMachine


@functools.cache
def _flat_machine() -> FlatMachine:
    from luthier.machine import FlatMachine

    return FlatMachine("tlcs900h2", executor="plain")


def _machine(data: bytes) -> None:
    """Any bytes as registers and code."""
    machine = _flat_machine()
    registers, code = data[:40], data[40:]
    machine.memory[:] = 0
    machine.reset()
    for number, name in enumerate(machine.processor.architecture.program_registers):
        machine.registers[name] = int.from_bytes(registers[5 * number : 5 * number + 4], "little")
    machine.registers["SR"] = int.from_bytes(registers[4:20:5], "little")
    machine.load(0x1000, code)
    machine.pc = 0x1000
    machine.processor.interrupts.request(0x28, 3)
    machine.processor.start_trace(16)
    stop = machine.run(500, breakpoints={0x1010}, until_memory=(0x2000, 0x12345678))
    assert stop.instructions <= 500
    assert 0 <= stop.pc < 1 << 24
    assert len(list(machine.processor.trace())) == min(16, stop.instructions)


def _machine_starts() -> Iterable[bytes]:
    registers = b"".join(address.to_bytes(5, "little") for address in range(0x2000, 0x2400, 0x80))
    yield registers + bytes.fromhex("c9 61 f2 00 20 00 60 83 11 1d 00 10 00 06 00 38 5a ff")
    yield registers + bytes.fromhex("f3 07 f0 e4 41 d7 21 50 e4 ee 20 c5 ec 61 07 03 05")


def _snapshot(data: bytes) -> None:
    from luthier.machine.snapshot import Snapshot

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.npz")
        path.write_bytes(data)
        machine = _flat_machine()
        machine.restore(Snapshot.load(path))
        machine.run(100)


def _snapshot_starts() -> Iterable[bytes]:
    machine = _flat_machine()
    machine.reset()
    machine.memory[:] = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.npz")
        machine.snapshot().save(path)
        yield path.read_bytes()


def _assembler(data: bytes) -> None:
    from luthier.cpu import CPUS
    from luthier.cpu.assembler import assemble

    cpu = CPUS[data[:1] == b"@"]  # the H8S's operands begin so
    result = assemble(data.decode("utf-8", "replace").removeprefix("@"), cpu)
    assert len(result.image) <= 1 << 24
    result.listing()
    result.symbol_file()


def _assembler_starts() -> Iterable[bytes]:
    yield b"""        org 0xFE0000
start:  ld XSP,0xC00
        ld A,(table+1:24)
.next:  add A,(XIX+:4)
        djnz .next          ; again
        ld:2 WA,count
        jr NZ,start
table:  db 1,"two",'3'
count   equ $ - table
        dw low(table << 2), -(5 % 3)
        align 4
        ds 4, 0xFF
"""
    yield b"""@       org 0x400
start:  mov.l #0x8000:32,sp
        mov.b @(table+1:16,er3),r0l
.next:  push.l er0
        ldm.l @sp+,(er0-er1)
        bset #3,@0xffff20:8
        bne .next:16
        jsr @@0x20
table:  dw 1,$-start
"""


def _disassembler(data: bytes) -> None:
    from luthier.cpu import CPUS
    from luthier.cpu.assembler import assemble
    from luthier.cpu.disassembler import Image, disassembler
    from luthier.cpu.listing import Listing
    from luthier.cpu.program import take_apart
    from luthier.cpu.symbols import read_symbols

    cpu = CPUS[len(data) % len(CPUS)]
    tool = disassembler(cpu)
    text, _, code = data.partition(b"\0")
    symbols = read_symbols(text.decode("utf-8", "replace"), tool.description)
    if not code:
        return
    image = Image.of(code, 0x1000000 - len(code))
    assert b"".join(found.code for found in tool.instructions(image)) == code
    program = take_apart(tool, image, [image.base], symbols)
    lines = "\n".join(Listing(tool, program).lines())
    try:
        assert assemble(lines, cpu).image == code
    except LuthierError as error:
        raise AssertionError("our own text is refused") from error


def _disassembler_starts() -> Iterable[bytes]:
    yield b"main = 0xFFFFF0\nport = 0x12 ; data\0" + bytes.fromhex("1d0900ff c90305 c1120021 68fe aac9610e")
    yield b"\0" + random.Random(1).randbytes(500)
    yield b"\0" + random.Random(1).randbytes(501)
    # The last 256 bytes, which begin with the reset vector.
    yield b"\0" + bytes.fromhex("f8ffff00") + b"\xff" * 244 + bytes.fromhex("0607 c9a8 c9610e 0e")


TARGETS: dict[str, Target] = {
    "assembler": Target(_assembler, _assembler_starts, 2_000),
    "machine": Target(_machine, _machine_starts, 2_000),
    "snapshot": Target(_snapshot, _snapshot_starts, 30_000),
    "disassembler": Target(_disassembler, _disassembler_starts, 2_000),
}
