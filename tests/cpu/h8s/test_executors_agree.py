"""Random programs of valid instructions end in the same whole state on both executors."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.machine.boards import START, Call, Recorder, state

from luthier.cpu import describe
from luthier.cpu.description import Form
from luthier.machine.memory import SIZE, Memory
from luthier.machine.processor import Executor, Processor, Stop

CPU = "h8s2000"
DEVICE, DEVICE_SIZE = 0x2072, 0x34
FORMS = describe(CPU).forms


def encoded(form: Form, choose: random.Random) -> bytes:
    """An instruction of this form; its numbers are small now and then, so that addresses meet."""
    code = bytearray(
        choose.randrange(256) if values is None else choose.choice(sorted(values)) for values in form.bytes
    )
    for place in form.places:
        size = place.bits // 8
        if place.bits >= 16 and choose.random() < 0.5:
            near = choose.choice([START, 0x2000, 0x2060, DEVICE, 0x20F0]) + choose.randrange(32)
            code[place.offset : place.offset + size] = near.to_bytes(size, "big")
    return bytes(code)


class Machine:
    """One executor with its memory, which is used again and again: what was written is put back."""

    def __init__(self, executor: Executor, with_device: bool) -> None:
        self.device = Recorder()
        self.memory = Memory("big")
        if with_device:
            self.memory.add_ram(0, DEVICE)
            self.memory.add_device(DEVICE, DEVICE_SIZE, self.device, "device")
            self.memory.add_rom(DEVICE + DEVICE_SIZE, bytes(range(8)), "tiny ROM")
            self.memory.add_ram(0x3000, 0x8000)
            self.memory.add_ram(0xFF0000, 0x10000)
        else:
            self.memory.add_ram(0, SIZE)
        self.cpu = Processor(CPU, self.memory, executor=executor)

    def prepare(self, program: bytes, seed: int) -> None:
        choose = random.Random(seed)
        self.memory.data[:] = 0
        self.memory.refused.clear()
        self.device.calls.clear()
        self.memory.data[:0x200] = np.frombuffer(START.to_bytes(4, "big") * 128, np.uint8)
        self.memory.data[0x2000:0x3000] = np.frombuffer(choose.randbytes(0x1000), np.uint8)
        self.memory.data[START : START + len(program)] = np.frombuffer(program, np.uint8)
        cpu = self.cpu
        cpu.reset()
        cpu.forget_all_code()
        registers = cpu.registers
        for number in range(8):
            registers[f"ER{number}"] = choose.getrandbits(32)
        for number in choose.sample(range(8), 6):
            base = choose.choice([0x2000, 0x2060, DEVICE, 0x20F0, START + 8])
            registers[f"ER{number}"] = base + choose.randrange(32)
        registers["R4"] = choose.randrange(40)
        registers["CCR"], registers["EXR"] = choose.getrandbits(8), choose.getrandbits(8)
        registers["INTM"] = choose.choice((0, 2))
        cpu.pc = START

        def tick() -> None:
            cpu.interrupts.request(choose.randrange(16, 100), choose.randrange(9))
            cpu.clock.after(choose.randrange(1, 200), "tick", tick)

        cpu.clock.after(choose.randrange(400), "tick", tick)


@cache
def pair(with_device: bool) -> tuple[Machine, Machine]:
    return Machine("plain", with_device), Machine("compiled", with_device)


PROGRAMS = st.lists(
    st.tuples(st.integers(0, len(FORMS) - 1), st.integers(0, 1 << 32)), min_size=1, max_size=40
).map(lambda chosen: b"".join(encoded(FORMS[form], random.Random(seed)) for form, seed in chosen))


def compare(program: bytes, seed: int, most: int, cut: int, with_device: bool) -> None:
    plain, compiled = pair(with_device)
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
    assert plain.memory.refused == compiled.memory.refused
    assert (plain.memory.data == compiled.memory.data).all()


@settings(max_examples=100)
@given(PROGRAMS, st.integers(0, 1 << 32), st.integers(1, 300), st.integers(1, 300))
def test_in_ram(program: bytes, seed: int, most: int, cut: int) -> None:
    compare(program, seed, most, cut, with_device=False)


@settings(max_examples=100)
@given(PROGRAMS, st.integers(0, 1 << 32), st.integers(1, 300), st.integers(1, 300))
def test_with_a_device_and_rom_in_the_way(program: bytes, seed: int, most: int, cut: int) -> None:
    compare(program, seed, most, cut, with_device=True)


def test_every_form_in_ram_and_with_a_device() -> None:
    """Each form once, run for a few instructions from a random state."""
    for form in FORMS:
        program = encoded(form, random.Random(form.number))
        compare(program, form.number, 5, 1, with_device=form.number % 2 == 0)


def test_the_comparison_can_fail() -> None:
    plain, compiled = pair(False)
    for machine in (plain, compiled):
        machine.prepare(b"\x00\x00", 1)
        machine.cpu.run(1)
    assert state(plain.cpu) == state(compiled.cpu)
    compiled.cpu.register_file[3] ^= 1
    assert state(plain.cpu) != state(compiled.cpu)
