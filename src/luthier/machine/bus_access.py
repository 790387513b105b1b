"""The one instruction that touches what is no plain memory: it is executed with the bus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from luthier.cpu.semantics import BUS_SHIFT, ENDED, READ, SPAN_SHIFT, TO_DECODE, WRITE
from luthier.machine.core import COUNT, REASON, STATES, Core
from luthier.machine.memory import SIZE, Memory

Read = Callable[[int, int], int]


class BusAccess:
    """Executes such instructions of a core.  If a device raises, the CPU stays as before the instruction."""

    def __init__(self, core: Core, memory: Memory) -> None:
        self._core = core
        self._memory = memory

    def execute(self) -> None:
        """The next instruction, for which the executor left its loop."""
        if self._core.is_compiled:
            self._hand_over()
        else:
            self._execute_on_bus(self._memory.read)

    def _execute_on_bus(self, read: Read) -> None:
        core = self._core
        before = core.file.copy()
        try:
            core.execute_one(read, self._memory.write)
        except BaseException:
            core.file[:] = before
            core.forget_all_code()
            raise

    def _hand_over(self) -> None:
        """The same by the compiled loop, which asked for one access.

        What a device reads is put where the loop looks, and what it stores there goes to the device
        afterwards, when everything else is again as before the instruction.
        """
        core, memory, parts = self._core, self._memory, self._core.parts
        file, before, key = core.file.tobytes(), core.state.tobytes(), parts[core.bus]
        place, size = key & SIZE - 1, (key >> BUS_SHIFT + SPAN_SHIFT) + 1
        reads = key >> BUS_SHIFT & READ
        try:
            value = memory.read(place, size) if reads else 0
            stored = self._let_pass(key, place, size, value)
            if parts[REASON] != ENDED:  # it touches a second place that is no plain memory
                if parts[REASON] == TO_DECODE:
                    core.decode()
                self._execute_on_bus(_Once(place, size, value, memory.read) if reads else memory.read)
            elif key >> BUS_SHIFT & WRITE:
                if memory.is_posted(place, size):  # the loop has done it
                    core.bytes[place : place + size] = stored.to_bytes(size, core.architecture.byte_order)
                else:
                    self._store(before, place, size, stored)
        except BaseException:
            core.file[:] = np.frombuffer(file, np.uint8)
            core.state[:] = np.frombuffer(before, np.int64)
            core.forget_all_code()
            raise

    def _let_pass(self, key: int, place: int, size: int, value: int) -> int:
        """Execute the instruction on the bytes of a device; gives what it left there, and puts them back."""
        core = self._core
        end, order = place + size, core.architecture.byte_order
        shown = core.bytes[place:end].tobytes()
        if key >> BUS_SHIFT & READ:
            core.bytes[place:end] = value.to_bytes(size, order)
        core.parts[core.passing] = key
        core.execute_one()
        core.parts[core.passing] = 0
        stored = int.from_bytes(core.bytes[place:end], order)
        core.bytes[place:end] = shown
        return stored

    def _store(self, before: bytes, place: int, size: int, value: int) -> None:
        """Give a device what was stored, in the time and at the place of the instruction that did it."""
        parts = self._core.parts
        now = parts[0], parts[COUNT], parts[STATES]
        parts[0], parts[COUNT], parts[STATES] = np.frombuffer(before, np.int64, 3).tolist()
        self._memory.write(place, size, value)
        parts[0], parts[COUNT], parts[STATES] = now


class _Once:
    """Reads as the bus does, but has an answer already for the first access to a place."""

    def __init__(self, place: int, size: int, value: int, read: Read) -> None:
        self._known: tuple[int, int] | None = (place, size)
        self._value = value
        self._read = read

    def __call__(self, place: int, size: int) -> int:
        if (place, size) != self._known:
            return self._read(place, size)
        self._known = None
        return self._value
