"""Small boards and devices for the tests of the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from luthier.machine import FlatMachine
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor, Processor

EXECUTORS: tuple[Executor, Executor] = ("plain", "compiled")
START = 0x1000  #: where the programs of the tests begin
STACK = 0x8000
#: Parts of the state that say how a run was cut into pieces, not where it came to.
_HOW = ("limit", "deadline", "reason", "requested", "passing", "bus", "posted")

Call = tuple[str, int, int, int]  #: read or write, address, size, value


def hexed(text: str) -> bytes:
    """The bytes of a program; what stands behind ``;`` is for people."""
    return bytes.fromhex("".join(line.partition(";")[0] for line in text.split("\n")))


def flat(executor: Executor, program: str, **registers: int) -> FlatMachine:
    """A flat machine about to run a program at START, with a stack of its own."""
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.load(START, hexed(program))
    machine.reset()
    machine.pc = START
    machine.registers["XSP"] = STACK
    machine.registers.update(registers)
    return machine


def cost(instruction: str) -> int:
    """The states that an instruction takes by itself: modelled, so no test knows them by heart."""
    return flat("plain", instruction, BC=2).run(1).states


def processor(executor: Executor, memory: Memory, program: str, **registers: int) -> Processor:
    """A processor about to run a program at START."""
    made = Processor("tlcs900h2", memory, executor=executor)
    memory.load(START, hexed(program))
    made.reset()
    made.pc = START
    made.registers["XSP"] = STACK
    made.registers.update(registers)
    return made


def state(cpu: Processor) -> dict[str, Any]:
    """All that two executors must agree in, memory excepted."""
    parts = dict(zip(cpu.core.index, cpu.core.state.tolist(), strict=True))
    return {"registers": dict(cpu.registers), **{name: parts[name] for name in parts if name not in _HOW}}


@dataclass
class Recorder:
    """A device that keeps a list of what it was asked; reads give ``values`` by address, else a pattern."""

    values: dict[int, int] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def read(self, address: int, size: int) -> int:
        value = self.values.get(address, (address * 0x01010101 ^ len(self.calls)) & (1 << 8 * size) - 1)
        self.calls.append(("read", address, size, value))
        return value

    def write(self, address: int, size: int, value: int) -> None:
        self.calls.append(("write", address, size, value))
