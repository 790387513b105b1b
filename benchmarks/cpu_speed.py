"""How fast machine code runs and is taken apart, what compiling costs, and what polling a device costs.

``python -m benchmarks.cpu_speed``
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import mame
from benchmarks.results import Figure, print_table
from luthier.cpu.assembler import assemble
from luthier.cpu.disassembler import Image, disassembler
from luthier.machine import FlatMachine, Memory, Processor
from luthier.machine.processor import Executor

NAME = "cpu speed"
CPU = "tlcs900h2"
PROGRAM = Path(__file__).with_name("programs") / "mixed.asm"
BASE, ROUNDS = 0xE00000, 0x8000
REPEATS = 5
#: Requirements: 150 million instructions a second, 60 % of it traced, 0.3 million under Python itself,
#: compiled in a minute and loaded in 2 s, 5 MB a second taken apart.
COMPILED_SPEED, TRACED_PART, PLAIN_SPEED = 150, 0.6, 0.3
COLD, CACHED, DISASSEMBLY = 60, 2, 5
CHIP_STATES = 16e6  #: states in a second of a 16 MHz chip, if a state were one clock; the 900/H takes two


def _machine(executor: Executor) -> FlatMachine:
    machine = FlatMachine(CPU, executor=executor)
    assembly = assemble(PROGRAM, cpu=CPU)
    machine.load(assembly.base, assembly.image)
    machine.reset()
    machine.pc = BASE
    return machine


def speed(machine: FlatMachine, instructions: int) -> float:
    """Instructions a second of processor time, the median of some runs."""
    machine.run(instructions // 10)
    rates = []
    for _ in range(REPEATS):
        begin = time.process_time()
        machine.run(instructions)
        rates.append(instructions / (time.process_time() - begin))
    return statistics.median(rates)


def _instructions_a_round(machine: FlatMachine, instructions: int) -> float:
    """Of the mixed program, from its own count."""
    before = int.from_bytes(machine.memory[ROUNDS : ROUNDS + 4].tobytes(), "little")
    machine.run(instructions)
    return instructions / (int.from_bytes(machine.memory[ROUNDS : ROUNDS + 4].tobytes(), "little") - before)


def running() -> Iterator[Figure]:
    """Mixed code on both executors, bare and traced, beside MAME."""
    machine = _machine("compiled")
    bare = speed(machine, 200_000_000)
    a_round = _instructions_a_round(machine, 10_000_000)
    rounds = mame.rounds_a_second(assemble(PROGRAM, cpu=CPU).image, BASE, ROUNDS)
    theirs = rounds * a_round if rounds else None
    peer = f"MAME {theirs / 1e6:.1f} MIPS, ours {bare / theirs:.1f} ×" if theirs else ""
    holds = bare >= COMPILED_SPEED * 1e6
    yield Figure(
        NAME, "mixed code, compiled", _mips(bare), f"{COMPILED_SPEED} MIPS", holds, peer, {"mips": bare / 1e6}
    )
    stop = machine.processor.run(10_000_000)
    second = CHIP_STATES / (stop.states / stop.instructions) / bare
    yield Figure(NAME, "a second of chip time (16 million states)", f"{second * 1000:.0f} ms")
    machine.processor.start_trace(4096)
    traced = speed(machine, 200_000_000)
    part = f"{_mips(traced)}, {traced / bare:.0%} of bare"
    yield Figure(NAME, "the same, traced", part, f"{TRACED_PART:.0%}", traced >= TRACED_PART * bare)
    plain = speed(_machine("plain"), 200_000)
    yield Figure(
        NAME, "the same, under Python itself", _mips(plain), f"{PLAIN_SPEED} MIPS", plain >= PLAIN_SPEED * 1e6
    )


def _mips(rate: float) -> str:
    return f"{rate / 1e6:.3g} MIPS"


_FIRST_RUN = """
import time
from luthier.machine import FlatMachine
machine = FlatMachine({cpu!r})
machine.load(0, bytes(16))
if {traced}:
    machine.processor.start_trace()
begin = time.perf_counter()
machine.run(1)
print(time.perf_counter() - begin)
"""


def compiling() -> Iterator[Figure]:
    """The first run ever, and the first in a new process afterwards."""
    for traced in (False, True):
        with tempfile.TemporaryDirectory() as cache:
            environment = os.environ | {"XDG_CACHE_HOME": cache, "NUMBA_CACHE_DIR": f"{cache}/numba"}
            command = [sys.executable, "-c", _FIRST_RUN.format(cpu=CPU, traced=traced)]
            seconds = [
                float(
                    subprocess.run(
                        command, env=environment, check=True, capture_output=True, text=True
                    ).stdout
                )
                for _ in range(2)
            ]
        name = "traced" if traced else "bare"
        yield Figure(NAME, f"first run ever, {name}", f"{seconds[0]:.1f} s", f"{COLD} s", seconds[0] < COLD)
        yield Figure(
            NAME, f"first run of a process, {name}", f"{seconds[1]:.2f} s", f"{CACHED} s", seconds[1] < CACHED
        )


class _Register:
    """A device with one register."""

    def read(self, _address: int, _size: int) -> int:
        return 0

    def write(self, _address: int, _size: int, _value: int) -> None:
        """Nothing."""


def polling() -> Iterator[Figure]:
    """``wait: bit 0,(0x100) / jr Z,wait``: a read that calls the device, and one that is served."""
    code = assemble("wait: bit 0, (0x100)\n jr Z, wait", cpu=CPU).image
    costs = []
    for served in (False, True):
        memory = Memory()
        memory.add_ram(0x10000, 0x10000)
        memory.add_device(0x100, 0x100, _Register(), "a register")
        memory.load(0x10000, code)
        processor = Processor(CPU, memory)
        if served:
            memory.serve(0x100, 0)
        processor.pc = 0x10000
        polls = 1_000_000 if served else 2_000
        processor.run(2 * polls)
        begin = time.process_time()
        processor.run(2 * polls)
        costs.append((time.process_time() - begin) / polls)
    asked, quick = costs
    yield Figure(NAME, "polling a register, the device asked", f"{asked * 1e6:.1f} µs a poll")
    yield Figure(
        NAME, "polling a register, served", f"{quick * 1e9:.0f} ns a poll, {asked / quick:.0f} × quicker"
    )


def taking_apart() -> Iterator[Figure]:
    """Linear disassembly of the mixed program over and over, to lines of text."""
    code = assemble(PROGRAM, cpu=CPU).image
    image = Image.of(code * (2_000_000 // len(code)), BASE)
    tool = disassembler(CPU)

    def disassemble() -> None:
        for _ in tool.lines(image):
            pass

    rate = (image.end - image.base) / 1e6 / quickest(disassemble)
    yield Figure(NAME, "linear disassembly", f"{rate:.1f} MB/s", f"{DISASSEMBLY} MB/s", rate >= DISASSEMBLY)


def quickest(work: Callable[[], None]) -> float:
    work()
    seconds = []
    for _ in range(REPEATS):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def measure() -> Iterator[Figure]:
    """All of it."""
    for part in (running, compiling, polling, taking_apart):
        yield from part()


if __name__ == "__main__":
    print_table(list(measure()))
