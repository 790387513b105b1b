"""Every case that MAME ran gives the same registers, flags and memory here, on both executors."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.cpu.tlcs900.vectors.cases import REGISTER_NAMES, SWI_TARGETS, VECTORS_AT, Cases, load

from luthier.machine.memory import SIZE, Memory
from luthier.machine.processor import Executor, Processor

MOST_TURNS = 2000  #: of a repeated instruction
COMPARED_AT_LEAST = 100_000


@cache
def cases() -> Cases:
    return load()


class Bench:
    """A processor that is put into the state before a case and asked for the state after it."""

    def __init__(self, executor: Executor) -> None:
        self.memory = Memory()
        self.memory.add_ram(0, SIZE)
        for number, target in enumerate(SWI_TARGETS):
            self.memory.load(VECTORS_AT + 4 * number, target.to_bytes(4, "little"))
        self.processor = Processor("tlcs900h2", self.memory, executor=executor)
        self.registers = self.processor.registers
        self.file = self.processor.register_file
        self.longs = self.file.view(np.uint32)

    def differences(self, row: int) -> list[str]:
        """What is not as MAME has it after case ``row``."""
        self._prepare(row)
        start = int(cases().address[row])
        stop = self.processor.run(1)
        for _ in range(MOST_TURNS):
            if stop.reason != "limit" or self.processor.pc != start:
                break
            stop = self.processor.run(1)
        return [stop.detail] if stop.reason != "limit" else self._compare(row)

    def _prepare(self, row: int) -> None:
        known = cases()
        data, stack = int(known.data_address[row]), int(known.stack_address[row])
        length, code = int(known.data_length[row]), int(known.address[row])
        self.memory.data[data : data + length] = known.data[row, :length]
        self.memory.data[stack : stack + 32] = known.stack[row]
        self.memory.load(code, known.instruction(row))
        bank = int(known.sr[row]) >> 8 & 3
        self.registers["SR"] = int(known.sr[row])
        self.longs[:16] = known.registers[row, :16]
        self.longs[56:60] = known.registers[row, 4 * bank : 4 * bank + 4]
        self.longs[60:64] = known.registers[row, 16:]
        self.file[0x100:0x160] = self._control(known.control[row])
        self.registers["F'"] = int(known.f_alternate[row])
        self.processor.pc = code

    def _compare(self, row: int) -> list[str]:
        known = cases()
        found = []
        bank = self.registers["SR"] >> 8 & 3
        registers = np.concatenate([self.longs[:16], self.longs[60:64]])
        registers[4 * bank : 4 * bank + 4] = self.longs[56:60]
        for name, here, there in zip(REGISTER_NAMES, registers, known.registers_after[row], strict=True):
            if here != there:
                found.append(f"{name} {here:08X}, not {there:08X}")
        flags = (self.registers["SR"] ^ int(known.sr_after[row])) & ~int(known.sr_ignored[row]) & 0xFFFF
        if flags:
            found.append(f"SR differs in {flags:04X}")
        if self.processor.pc != known.pc_after[row]:
            found.append(f"PC {self.processor.pc:06X}, not {int(known.pc_after[row]):06X}")
        if self.registers["F'"] != known.f_alternate_after[row]:
            found.append("F'")
        if (self.file[0x100:0x160] != self._control(known.control_after[row])).any():
            found.append("control registers")
        data, stack = int(known.data_address[row]), int(known.stack_address[row])
        length = int(known.data_length[row])
        if (self.memory.data[data : data + length] != known.data_after[row, :length]).any():
            found.append("data")
        if (self.memory.data[stack : stack + 32] != known.stack_after[row]).any():
            found.append("stack")
        return found

    @staticmethod
    def _control(
        columns: np.ndarray[tuple[int], np.dtype[np.uint8]],
    ) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        """The control registers as they lie in the register file."""
        file = np.zeros(0x60, np.uint8)
        for channel in range(4):
            part = columns[12 * channel : 12 * channel + 12]
            file[4 * channel : 4 * channel + 4] = part[:4]
            file[0x20 + 4 * channel : 0x24 + 4 * channel] = part[4:8]
            file[0x40 + 4 * channel : 0x43 + 4 * channel] = part[8:11]
        return file


@pytest.mark.parametrize("executor", ["plain", "compiled"])
def test_every_case_is_as_mame_has_it(executor: Executor) -> None:
    bench = Bench(executor)
    compared = np.flatnonzero(cases().excluded < 0)
    different = [(row, found) for row in compared.tolist() if (found := bench.differences(row))]
    shown = [f"{cases().instruction(row).hex(' ')}: {', '.join(found)}" for row, found in different[:20]]
    assert not different, f"{len(different)} of {len(compared)} cases differ:\n" + "\n".join(shown)
    assert len(compared) >= COMPARED_AT_LEAST


def test_a_wrong_effect_is_noticed() -> None:
    """The comparison can fail: a register that is changed on purpose shows."""
    bench = Bench("plain")
    row = int(np.flatnonzero(cases().excluded < 0)[0])
    assert not bench.differences(row)
    bench.registers["QWA2"] ^= 1
    assert bench._compare(row)
