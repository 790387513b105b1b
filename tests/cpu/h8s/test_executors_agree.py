"""Random programs of valid instructions end in the same whole state on both executors."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.machine.agreement import Subject

from luthier.machine.processor import Processor


def _shuffle(cpu: Processor, choose: random.Random) -> None:
    registers = cpu.registers
    for number in range(8):
        registers[f"ER{number}"] = choose.getrandbits(32)
    for number in choose.sample(range(8), 6):
        registers[f"ER{number}"] = H8S.near(choose)
    registers["R4"] = choose.randrange(40)
    registers["CCR"], registers["EXR"] = choose.getrandbits(8), choose.getrandbits(8)
    registers["INTM"] = choose.choice((0, 2))


def _interrupt(choose: random.Random) -> tuple[int, int]:
    return choose.randrange(16, 100), choose.randrange(9)


H8S = Subject("h8s2000", "big", 0x2072, slice(0, 0x200), _shuffle, _interrupt, rom_end=0x20AE)


@settings(max_examples=100)
@given(H8S.programs, st.integers(0, 1 << 32), st.integers(1, 300), st.integers(1, 300))
def test_in_ram(program: bytes, seed: int, most: int, cut: int) -> None:
    H8S.compare(program, seed, most, cut, with_device=False)


@settings(max_examples=100)
@given(H8S.programs, st.integers(0, 1 << 32), st.integers(1, 300), st.integers(1, 300))
def test_with_a_device_and_rom_in_the_way(program: bytes, seed: int, most: int, cut: int) -> None:
    H8S.compare(program, seed, most, cut, with_device=True)


def test_every_form_in_ram_and_with_a_device() -> None:
    H8S.compare_every_form()


def test_the_comparison_can_fail() -> None:
    H8S.show_that_the_comparison_can_fail(b"\x00\x00", 3)
