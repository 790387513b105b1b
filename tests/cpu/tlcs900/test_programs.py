"""Whole programs in assembly give what Python reckons, on both executors."""

from __future__ import annotations

import math
import random
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from luthier.cpu.assembler import assemble
from luthier.machine import FlatMachine
from luthier.machine.processor import Executor

PROGRAMS = Path(__file__).with_name("programs")
DATA, RESULT = 0x10000, 0x2000
FINE = 0x600D
SEEDS = [1, 2, 3]

pytestmark = pytest.mark.parametrize("executor", ["plain", "compiled"])


@cache
def image(name: str) -> tuple[int, bytes]:
    assembly = assemble(PROGRAMS / f"{name}.asm", cpu="tlcs900h2")
    return assembly.base, assembly.image


class Memory:
    """What a program left behind."""

    def __init__(self, memory: npt.NDArray[np.uint8]) -> None:
        self.memory = memory

    def number(self, address: int, size: int) -> int:
        return int.from_bytes(self.bytes(address, size), "little")

    def bytes(self, address: int, size: int) -> bytes:
        return self.memory[address : address + size].tobytes()


def outcome(name: str, data: bytes, executor: Executor) -> Memory:
    """Run a program over ``data`` until it halts."""
    machine = FlatMachine("tlcs900h2", executor=executor)
    machine.load(*image(name))
    machine.load(DATA, data)
    machine.reset()
    machine.pc = 0xE00000
    stop = machine.run(2_000_000)
    assert stop.reason == "halt"
    return Memory(machine.memory)


@pytest.mark.parametrize("seed", SEEDS)
def test_sort(executor: Executor, seed: int) -> None:
    words = [random.Random(seed).randrange(65536) for _ in range(500)]
    memory = outcome("sort", np.array(words, "<u2").tobytes(), executor)
    assert memory.bytes(DATA, 1000) == np.array(sorted(words), "<u2").tobytes()
    assert memory.number(RESULT, 2) == FINE


@pytest.mark.parametrize("seed", SEEDS)
def test_crc(executor: Executor, seed: int) -> None:
    data = random.Random(seed).randbytes(1000)
    assert outcome("crc", data, executor).number(RESULT, 4) == zlib.crc32(data)


@pytest.mark.parametrize("text", [b"The quick brown fox jumps", b"x", b"no such letter", b"{Az`@[aZ}x" * 300])
def test_strings(executor: Executor, text: bytes) -> None:
    memory = outcome("strings", text + b"\0", executor)
    assert memory.number(RESULT, 2) == len(text)
    assert memory.number(RESULT + 2, 2) == text.find(b"x") & 0xFFFF
    for copy in (0x20000, 0x30000):
        assert memory.bytes(copy, len(text) + 2) == text + b"\0\0"
        assert memory.bytes(copy - 1, 1) == b"\0"
    assert memory.bytes(0x40000, len(text)) == text.upper()


@pytest.mark.parametrize("seed", SEEDS)
def test_arithmetic(executor: Executor, seed: int) -> None:
    source = random.Random(seed)
    first, second = source.randrange(1 << 32), source.randrange(1, 1 << source.choice([8, 20, 32]))
    memory = outcome("arithmetic", first.to_bytes(4, "little") + second.to_bytes(4, "little"), executor)
    assert memory.number(0x10010, 8) == first * second
    assert (memory.number(0x10018, 4), memory.number(0x1001C, 4)) == divmod(first, second)
    assert memory.number(0x10020, 4) == math.isqrt(first)


def test_stack(executor: Executor) -> None:
    memory = outcome("stack", (12345678).to_bytes(4, "little"), executor)
    assert memory.number(RESULT, 2) == FINE
    assert memory.number(0x10004, 4) == 2 * 12345678
    assert memory.number(0x10008, 2) == sum(range(11))
