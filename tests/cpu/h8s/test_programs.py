"""Whole programs in assembly give what Python reckons, on both executors."""

from __future__ import annotations

import math
import random
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.cpu.h8s.boards import CPU, EXECUTORS, bytes_at

from luthier.cpu.assembler import assemble
from luthier.machine import FlatMachine
from luthier.machine.processor import Executor

PROGRAMS = Path(__file__).with_name("programs")
DATA, RESULT, START = 0x10000, 0x2000, 0x400
SEEDS = [1, 2, 3]

pytestmark = pytest.mark.parametrize("executor", EXECUTORS)


@cache
def image(path: Path) -> tuple[int, bytes]:
    assembly = assemble(path, cpu=CPU)
    return assembly.base, assembly.image


def outcome(name: str, data: bytes, executor: Executor) -> FlatMachine:
    """Run a program over ``data`` until it sleeps."""
    machine = FlatMachine(CPU, executor=executor)
    machine.load(*image(PROGRAMS / f"{name}.asm"))
    machine.load(DATA, data)
    machine.reset()
    machine.pc = START
    assert machine.run(2_000_000).reason == "halt"
    return machine


def number(machine: FlatMachine, address: int, size: int) -> int:
    return int.from_bytes(bytes_at(machine, address, size), "big")


@pytest.mark.parametrize("seed", SEEDS)
def test_sort(executor: Executor, seed: int) -> None:
    words = [random.Random(seed).randrange(65536) for _ in range(500)]
    machine = outcome("sort", np.array(words, ">u2").tobytes(), executor)
    assert bytes_at(machine, DATA, 1000) == np.array(sorted(words), ">u2").tobytes()
    assert number(machine, RESULT, 2) == 0x600D


@pytest.mark.parametrize("seed", SEEDS)
def test_crc(executor: Executor, seed: int) -> None:
    data = random.Random(seed).randbytes(1000)
    assert number(outcome("crc", data, executor), RESULT, 4) == zlib.crc32(data)


@pytest.mark.parametrize("text", [b"The quick brown fox jumps", b"x", b"no such letter", b"{Az`@[aZ}x" * 300])
def test_strings(executor: Executor, text: bytes) -> None:
    machine = outcome("strings", text + b"\0", executor)
    assert number(machine, RESULT, 2) == len(text)
    assert number(machine, RESULT + 2, 2) == text.find(b"x") & 0xFFFF
    assert bytes_at(machine, 0x20000, len(text) + 2) == text + b"\0\0"
    assert bytes_at(machine, 0x30000, len(text) + 1) == text.upper() + b"\0"
    assert bytes_at(machine, 0x40000, len(text) + 1) == text[::-1] + b"\0"


@pytest.mark.parametrize("seed", range(8))
def test_arithmetic(executor: Executor, seed: int) -> None:
    choose = random.Random(seed)
    first, second = choose.getrandbits(32), choose.getrandbits(choose.choice((8, 16, 32))) or 1
    one, other = choose.randrange(10**8), choose.randrange(10**8)
    data = first.to_bytes(4, "big") + second.to_bytes(4, "big") + bytes.fromhex(f"{one:08d}{other:08d}")
    machine = outcome("arithmetic", data, executor)
    assert number(machine, DATA + 0x10, 8) == first * second
    assert number(machine, DATA + 0x18, 4) == first // second
    assert number(machine, DATA + 0x1C, 4) == first % second
    assert number(machine, DATA + 0x20, 4) == math.isqrt(first)
    assert bytes_at(machine, DATA + 0x24, 4).hex() == f"{(one + other) % 10**8:08d}"
    assert number(machine, DATA + 0x28, 1) == (one + other) // 10**8


def test_the_mixed_program_of_the_benchmark(executor: Executor) -> None:
    """Its parts do what they say, so that a measured second is one of work."""
    machine = FlatMachine(CPU, executor=executor)
    machine.load(*image(Path(__file__).parents[3] / "benchmarks" / "programs" / "mixed_h8s.asm"))
    machine.reset()
    machine.pc = START
    assert machine.run(1_000_000, until_memory=(0x8000, 12)).reason == "watchpoint"  # rounds
    value, words = 12345, []
    for _ in range(64 * 12):
        value ^= value % 0x10000 << 13
        value ^= value >> 17
        value ^= value << 5 & 0xFFFFFFFF
        words.append(value % 0x10000)
    assert bytes_at(machine, DATA, 128) == np.array(sorted(words[-64:]), ">u2").tobytes()
    digits = bytes_at(machine, 0x8010, 4)[::-1].hex()
    assert digits == "00000012"  # the lowest first
