"""Single instructions of every form on the executors, compared with the reference model."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from tests.cpu.h8s.reference import Model

from luthier.cpu import describe
from luthier.cpu.coverage import Coverage, of_instructions
from luthier.cpu.description import Form
from luthier.cpu.disassembler import disassembler
from luthier.machine.memory import SIZE, Memory
from luthier.machine.processor import Executor, Processor

CPU = "h8s2000"
CODE = 0x4000  #: where the instructions lie
PER_FORM = 48
_EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x99, 0x66)


class Case(NamedTuple):
    """An instruction and the state it meets."""

    code: bytes
    er: tuple[int, ...]
    ccr: int
    exr: int
    intm: int


def _code(form: Form, choose: random.Random) -> bytes:
    code = bytearray(
        choose.randrange(256) if values is None else choose.choice(sorted(values)) for values in form.bytes
    )
    for place in form.places:
        if place.bits >= 8 and place.operand.letter in "i$" and choose.random() < 0.4:
            size = place.bits // 8
            edge = choose.choice(_EDGES) % (1 << place.bits)
            code[place.offset : place.offset + size] = edge.to_bytes(size, "big")
    return bytes(code)


def _register(choose: random.Random) -> int:
    kind = choose.randrange(4)
    if kind == 0:
        return choose.choice(_EDGES)
    if kind == 1:  # halves and bytes near their bounds
        return choose.choice(_EDGES) % 0x10000 << 16 | choose.choice(_EDGES) % 0x10000
    return choose.getrandbits(32)


def cases() -> Iterator[Case]:
    """The same ones every time."""
    choose = random.Random(2215)
    for form in describe(CPU).forms:
        for _ in range(PER_FORM):
            registers = [_register(choose) for _ in range(8)]
            if choose.random() < 0.5:
                registers[7] = 0x8000 + choose.randrange(0x100)
            registers[4] &= ~0xFF00  # EEPMOV moves few bytes
            registers[4] &= ~0xE0
            intm = choose.choice((0, 2))
            exr = 0x78 | choose.randrange(8)  # without T, which has tests of its own
            yield Case(_code(form, choose), tuple(registers), choose.randrange(256), exr, intm)


@cache
def compared() -> Coverage:
    """What the cases cover."""
    return of_instructions(CPU, (case.code for case in cases()))


class Bench:
    """A processor whose memory is full of random bytes, and is put right after every case."""

    def __init__(self, executor: Executor) -> None:
        self.memory = Memory("big")
        self.memory.add_ram(0, SIZE)
        content = np.random.default_rng(2215).integers(0, 256, SIZE, np.uint8)
        self.memory.data[:] = content
        self.original = content
        self.cpu = Processor(CPU, self.memory, executor=executor)
        self.cpu.reset()

    def differences(self, case: Case) -> list[str]:
        """Where the executor and the model disagree."""
        cpu, data = self.cpu, self.memory.data
        self.memory.load(CODE, case.code)
        before = data[CODE : CODE + len(case.code)].tobytes()
        found = disassembler(CPU).instruction(case.code, CODE)
        model = Model(list(case.er), case.ccr, case.exr, case.intm, CODE, lambda at: int(data[at]))
        model.execute(found.text, len(case.code))
        registers = cpu.registers
        for number, value in enumerate(case.er):
            registers[f"ER{number}"] = value
        registers["CCR"], registers["EXR"], registers["INTM"] = case.ccr, case.exr, case.intm
        cpu.pc = CODE
        cpu.run(max(1, case.er[4] % 0x10000 if found.name.startswith("eepmov") else 1))
        wrong = self._compare(model, before)
        for at in model.written:
            self.memory.load(at, self.original[at : at + 1].tobytes())
        return [f"{found.text}: {text} from {case}" for text in wrong]

    def _compare(self, model: Model, code: bytes) -> list[str]:
        registers, data = self.cpu.registers, self.memory.data
        wrong = []
        if not model.outcome.undefined:
            wanted = {f"ER{number}": value for number, value in enumerate(model.er)}
            wrong += [name for name, value in wanted.items() if registers[name] != value]
        flags = 0xFF & ~model.outcome.open_flags
        if model.outcome.undefined and model.outcome.open_flags:
            flags = 0xD0  # DAA and DAS of what is no decimal number
        if (registers["CCR"] ^ model.ccr) & flags:
            wrong.append(f"CCR {registers['CCR']:02X}, not {model.ccr:02X}")
        others = (registers["EXR"], registers["PC"], self.cpu.halted) != (model.exr, model.pc, model.asleep)
        wrong += ["EXR, PC or sleep"] * others
        wrong += [f"memory at {at:06X}" for at, value in model.written.items() if data[at] != value]
        changed = [CODE + k for k, byte in enumerate(code) if data[CODE + k] != byte]
        wrong += ["the code"] * (not set(changed) <= set(model.written))
        return wrong

    def touched(self) -> list[int]:
        """Addresses outside the code whose content is not what it was."""
        changed = np.flatnonzero(self.memory.data != self.original)
        return [int(at) for at in changed if not CODE <= at < CODE + 16]
