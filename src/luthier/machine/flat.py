"""One CPU and 16 MiB of RAM: the board for trying code, writing tests and checking other emulators."""

from __future__ import annotations

from collections.abc import Collection, MutableMapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from luthier.cpu import describe
from luthier.machine.memory import SIZE, Memory
from luthier.machine.processor import Executor, Processor, Stop
from luthier.machine.snapshot import Snapshot


class FlatMachine:
    """A CPU with all of its 24-bit address space as RAM.

    ``executor`` is ``"compiled"`` (fast; compiles for some seconds at its very first use) or ``"plain"``
    (Python, starts at once).  Both give the same results.
    """

    def __init__(self, cpu: str, *, executor: Executor = "compiled") -> None:
        self._memory = Memory(describe(cpu).architecture.byte_order)
        self._memory.add_ram(0, SIZE)
        self.processor = Processor(cpu, self._memory, executor=executor)
        self._memory_is_out = False

    @property
    def memory(self) -> npt.NDArray[np.uint8]:
        """All bytes, the index is the address; may be written to, between runs too."""
        self._memory_is_out = True
        return self._memory.data

    @property
    def registers(self) -> MutableMapping[str, int]:
        """The registers by name."""
        return self.processor.registers

    @property
    def pc(self) -> int:
        """The address of the next instruction."""
        return self.processor.pc

    @pc.setter
    def pc(self, address: int) -> None:
        self.processor.pc = address

    def load(self, address: int, content: bytes | bytearray | memoryview) -> None:
        """Put bytes into memory; :class:`luthier.errors.UsageError` if they reach beyond 16 MiB."""
        self._memory.load(address, bytes(content))

    def reset(self) -> None:
        """Reset the CPU; memory keeps what it holds."""
        self.processor.reset()

    def run(
        self,
        max_instructions: int | None = None,
        *,
        breakpoints: Collection[int] = (),
        until_memory: tuple[int, int] | None = None,
    ) -> Stop:
        """Run until a limit, a breakpoint, HALT or an undefined instruction.

        ``until_memory=(address, value)``: until the 32-bit word there has that value; the reason is then
        ``"watchpoint"``, and a word that has it already ends the run at once.
        """
        if self._memory_is_out:
            self.processor.forget_all_code()
        if until_memory is None:
            return self.processor.run(max_instructions, breakpoints=breakpoints)
        return self._run_until(max_instructions, breakpoints, *until_memory)

    def _run_until(
        self, max_instructions: int | None, breakpoints: Collection[int], address: int, value: int
    ) -> Stop:
        reached = f"{value:#010x} at {address:06X}h"

        def holds() -> bool:
            return self._memory.read(address, 4) == value

        def watching(hit: tuple[str, int]) -> bool:
            return not address <= hit[1] < address + 4 or holds()

        self._memory.watch(address, 4, "write")
        try:
            if holds():
                return Stop("watchpoint", self.pc, 0, 0, reached)
            stop = self.processor.run(max_instructions, breakpoints=breakpoints, watching=watching)
            return replace(stop, detail=reached) if stop.reason == "watchpoint" and holds() else stop
        finally:
            self._memory.unwatch(address, 4, "write")

    def snapshot(self) -> Snapshot:
        """The whole state."""
        return self.processor.snapshot()

    def restore(self, taken: Snapshot) -> None:
        """Go back to a snapshot."""
        self.processor.restore(taken)
