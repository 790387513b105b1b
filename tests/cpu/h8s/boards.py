"""Small H8S machines for the tests."""

from __future__ import annotations

from luthier.cpu.assembler import assemble
from luthier.machine import FlatMachine
from luthier.machine.processor import Executor

CPU = "h8s2000"
EXECUTORS: tuple[Executor, ...] = ("plain", "compiled")
CODE, HANDLER, STACK = 0x1000, 0x2000, 0x8000
VECTORS = 128


def flat(executor: Executor, source: str, handler: str = "rte", **registers: int) -> FlatMachine:
    """A machine about to run a source text at CODE; every vector leads to ``handler`` at HANDLER."""
    machine = FlatMachine(CPU, executor=executor)
    machine.load(0, HANDLER.to_bytes(4, "big") * VECTORS)
    for address, text in ((CODE, source), (HANDLER, handler)):
        machine.load(address, assemble(f" org {address}\n {text}\n", cpu=CPU).image)
    machine.reset()
    machine.pc = CODE
    machine.registers["ER7"] = STACK
    machine.registers.update(registers)
    return machine


def bytes_at(machine: FlatMachine, address: int, length: int) -> bytes:
    return machine.processor.memory.data[address : address + length].tobytes()
