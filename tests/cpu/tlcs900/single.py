"""Single instructions on a machine with nothing but RAM, for the tests of facts."""

from __future__ import annotations

from functools import cache

from luthier.machine import FlatMachine, Stop
from luthier.machine.processor import Executor

CODE = 0x1000
STACK = 0x8000
EXECUTORS: tuple[Executor, ...] = ("plain", "compiled")


@cache
def machine(executor: Executor) -> FlatMachine:
    return FlatMachine("tlcs900h2", executor=executor)


class Done:
    """The state after some code, the same on both executors."""

    def __init__(
        self, code: str, memory: dict[int, bytes] | None = None, steps: int = 1, **registers: int
    ) -> None:
        """Run ``steps`` instructions of hexadecimal ``code``; registers by name, ``F_`` is F'."""
        seen = [self._run(executor, code, memory or {}, steps, registers) for executor in EXECUTORS]
        assert seen[0] == seen[1]
        self.machine = machine(EXECUTORS[-1])

    def _run(
        self, executor: Executor, code: str, memory: dict[int, bytes], steps: int, registers: dict[str, int]
    ) -> tuple[Stop, dict[str, int], bytes]:
        board = machine(executor)
        board.memory[:] = 0
        board.load(CODE, bytes.fromhex(code))
        for address, content in memory.items():
            board.load(address, content)
        board.reset()
        board.pc = CODE
        board.registers["XSP"] = STACK
        for name, value in registers.items():
            board.registers[name.replace("_", "'")] = value
        self.stop = board.run(max_instructions=steps)
        return self.stop, dict(board.registers), board.memory[:0x10000].tobytes()

    def __getitem__(self, name: str) -> int:
        return int(self.machine.registers[name])

    def bytes_at(self, address: int, length: int) -> bytes:
        return self.machine.memory[address : address + length].tobytes()

    def long(self, address: int) -> int:
        return int.from_bytes(self.bytes_at(address, 4), "little")

    def word(self, address: int) -> int:
        return int.from_bytes(self.bytes_at(address, 2), "little")

    @property
    def ended_behind(self) -> int:
        """How far PC is behind the first byte."""
        return self.stop.pc - CODE


def is_undefined(code: str) -> bool:
    """Whether the run stops at the first byte, and says so."""
    done = Done(code)
    return done.stop.reason == "illegal" and done.stop.pc == CODE and done.stop.instructions == 0
