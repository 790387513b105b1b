"""Random programs of valid instructions end in the same whole state on both executors, bit by bit."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.machine.agreement import Subject

from luthier.machine.processor import Processor

_LONGS = ("XWA", "XBC", "XDE", "XHL", "XIX", "XIY", "XIZ", "XSP")


def _shuffle(cpu: Processor, choose: random.Random) -> None:
    registers = cpu.registers
    for name in registers:
        if not name.startswith("SR"):
            registers[name] = choose.getrandbits(32)
    registers["SR"] = choose.getrandbits(16)
    for name in choose.sample(_LONGS, 6):
        registers[name] = TLCS900.near(choose)
    registers["BC"] = choose.randrange(1, 40)


def _interrupt(choose: random.Random) -> tuple[int, int]:
    return 4 * choose.randrange(8, 40), choose.randrange(8)


#: The device begins at an odd address in the page where most pointers point.
TLCS900 = Subject("tlcs900h2", "little", 0x2071, slice(0xFFFF00, 0x1000000), _shuffle, _interrupt)


@settings(max_examples=150)
@given(TLCS900.programs, st.integers(0, 1 << 32), st.integers(1, 300), st.integers(1, 300))
def test_in_ram(program: bytes, seed: int, most: int, cut: int) -> None:
    TLCS900.compare(program, seed, most, cut, with_device=False)


@settings(max_examples=150)
@given(TLCS900.programs, st.integers(0, 1 << 32), st.integers(1, 300), st.integers(1, 300))
def test_with_a_device_and_rom_in_the_way(program: bytes, seed: int, most: int, cut: int) -> None:
    TLCS900.compare(program, seed, most, cut, with_device=True)


def test_every_form_in_ram_and_with_a_device() -> None:
    TLCS900.compare_every_form()


def test_the_comparison_can_fail() -> None:
    TLCS900.show_that_the_comparison_can_fail(b"\x00", 0x12)
