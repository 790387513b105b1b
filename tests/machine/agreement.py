"""Random programs of valid instructions on both executors: the same whole state, bit by bit, on any CPU."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np
from hypothesis import strategies as st
from tests.machine.boards import START, Call, Recorder, state

from luthier.cpu import describe
from luthier.cpu.description import Form
from luthier.machine.memory import SIZE, Memory
from luthier.machine.processor import Executor, Processor, Stop

#: Where most pointers point, besides the device: a page of noise, and the program.
_NOISE = 0x2000


@dataclass(frozen=True, eq=False)
class Subject:
    """A CPU as the comparison needs it."""

    cpu: str
    order: Literal["little", "big"]
    device: int
    """Where the device lies; behind it a tiny ROM, both up to 0x20AD."""
    vectors: slice
    """Where all vectors lead to the program."""
    shuffle: Callable[[Processor, random.Random], None]
    """Puts registers into a random state."""
    interrupt: Callable[[random.Random], tuple[int, int]]
    """A vector or its offset, as the CPU counts them, and a level."""
    device_end: int = 0x20A6
    rom_end: int = 0x20AD

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """All forms of instructions."""
        return tuple(describe(self.cpu).forms)

    def near(self, choose: random.Random) -> int:
        """An address that others are likely to meet."""
        return choose.choice([_NOISE, 0x2060, self.device, 0x20F0, START + 8]) + choose.randrange(32)

    def encoded(self, form: Form, choose: random.Random) -> bytes:
        """An instruction of this form; its numbers are small now and then, so that addresses meet."""
        code = bytearray(
            choose.randrange(256) if values is None else choose.choice(sorted(values))
            for values in form.bytes
        )
        for place in form.places:
            size = place.bits // 8
            if place.bits >= 16 and choose.random() < 0.5:
                near = choose.choice([START, _NOISE, 0x2060, self.device, 0x20F0]) + choose.randrange(32)
                code[place.offset : place.offset + size] = near.to_bytes(size, self.order)
        return bytes(code)

    @cached_property
    def programs(self) -> st.SearchStrategy[bytes]:
        """Up to forty instructions one after the other."""
        number = st.tuples(st.integers(0, len(self.forms) - 1), st.integers(0, 1 << 32))
        return st.lists(number, min_size=1, max_size=40).map(
            lambda chosen: b"".join(
                self.encoded(self.forms[form], random.Random(seed)) for form, seed in chosen
            )
        )

    @cache  # noqa: B019 - as many as there are CPUs
    def pair(self, with_device: bool) -> tuple[Machine, Machine]:
        """Both executors."""
        return Machine(self, "plain", with_device), Machine(self, "compiled", with_device)

    def compare(self, program: bytes, seed: int, most: int, cut: int, *, with_device: bool) -> None:
        """Run a program for ``most`` instructions, the plain executor in pieces of ``cut``."""
        plain, compiled = self.pair(with_device)
        ends: list[tuple[Stop, list[Call]]] = []
        for machine, step in ((plain, cut), (compiled, most)):
            machine.prepare(program, seed)
            stop = machine.cpu.run(min(step, most))
            while stop.reason == "limit" and machine.cpu.instructions < most:
                stop = machine.cpu.run(min(step, most - machine.cpu.instructions))
            ends.append((stop, list(machine.device.calls)))
        assert state(plain.cpu) == state(compiled.cpu)
        assert plain.cpu.clock.snapshot() == compiled.cpu.clock.snapshot()
        assert (ends[0][0].reason, ends[0][0].detail) == (ends[1][0].reason, ends[1][0].detail)
        assert ends[0][1] == ends[1][1]
        assert plain.posted == compiled.posted
        assert plain.memory.refused == compiled.memory.refused
        assert (plain.memory.data == compiled.memory.data).all()

    def compare_every_form(self) -> None:
        """Each form once, run for a few instructions from a random state."""
        for form in self.forms:
            program = self.encoded(form, random.Random(form.number))
            self.compare(program, form.number, 5, 1, with_device=form.number % 2 == 0)

    def show_that_the_comparison_can_fail(self, nothing: bytes, register: int) -> None:
        """``nothing`` is an instruction without an effect, ``register`` a place of the register file."""
        plain, compiled = self.pair(False)
        for machine in (plain, compiled):
            machine.prepare(nothing, 1)
            machine.cpu.run(1)
        assert state(plain.cpu) == state(compiled.cpu)
        compiled.cpu.register_file[register] ^= 1
        assert state(plain.cpu) != state(compiled.cpu)


class Machine:
    """One executor with its memory, which is used again and again: what was written is put back."""

    def __init__(self, subject: Subject, executor: Executor, with_device: bool) -> None:
        self.subject = subject
        self.device = Recorder()
        self.posted: list[list[int]] = []  #: stores to some of the device's bytes
        self.memory = Memory(subject.order)
        if with_device:
            self.memory.add_ram(0, subject.device)
            self.memory.add_device(subject.device, subject.device_end - subject.device, self.device, "device")
            self.memory.post(subject.device + 2, 3, lambda rows: self.posted.extend(rows.tolist()))
            self.memory.add_rom(
                subject.device_end, bytes(range(subject.rom_end - subject.device_end)), "tiny ROM"
            )
            self.memory.add_ram(0x3000, 0x8000)
            self.memory.add_ram(0xFF0000, 0x10000)
        else:
            self.memory.add_ram(0, SIZE)
        self.cpu = Processor(subject.cpu, self.memory, executor=executor)

    def prepare(self, program: bytes, seed: int) -> None:
        """Memory, registers and interrupts as a seed has them."""
        choose, cpu, data = random.Random(seed), self.cpu, self.memory.data
        data[:] = 0
        self.memory.refused.clear()
        self.device.calls.clear()
        self.posted.clear()
        data[_NOISE : _NOISE + 0x1000] = np.frombuffer(choose.randbytes(0x1000), np.uint8)
        data[START : START + len(program)] = np.frombuffer(program, np.uint8)
        size = len(data[self.subject.vectors])
        data[self.subject.vectors] = np.frombuffer(
            START.to_bytes(4, self.subject.order) * (size // 4), np.uint8
        )
        cpu.reset()
        cpu.forget_all_code()
        self.subject.shuffle(cpu, choose)
        cpu.pc = START

        def tick() -> None:
            cpu.interrupts.request(*self.subject.interrupt(choose))
            cpu.clock.after(choose.randrange(1, 200), "tick", tick)

        cpu.clock.after(choose.randrange(400), "tick", tick)
