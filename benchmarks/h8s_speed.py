"""How fast H8S code runs and is taken apart, beside ``h8300-hms-objdump``.

``python -m benchmarks.h8s_speed``
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import cpu_speed
from benchmarks.results import Figure, print_table
from luthier.cpu.assembler import assemble
from luthier.cpu.disassembler import Image, disassembler
from luthier.machine import FlatMachine
from luthier.machine.processor import Executor

NAME = "h8s speed"
CPU = "h8s2000"
PROGRAM = Path(__file__).with_name("programs") / "mixed_h8s.asm"
OBJDUMP = "h8300-hms-objdump"
#: Requirements: 100 million instructions a second, 20 times as fast as objdump.
COMPILED_SPEED, PLAIN_SPEED, TIMES_OBJDUMP = 100, 0.3, 20
SIZE = 256 << 10  #: bytes of the ROM of an H8S/2215
CLOCK = 16e6  #: states a second of the H8S/2215 at 16 MHz


def _machine(executor: Executor) -> FlatMachine:
    machine = FlatMachine(CPU, executor=executor)
    assembly = assemble(PROGRAM, cpu=CPU)
    machine.load(assembly.base, assembly.image)
    machine.reset()
    machine.pc = assembly.base
    return machine


def running() -> Iterator[Figure]:
    """Mixed code on both executors, bare and traced."""
    machine = _machine("compiled")
    bare = cpu_speed.speed(machine, 200_000_000)
    holds = bare >= COMPILED_SPEED * 1e6
    yield Figure(
        NAME, "mixed code, compiled", _mips(bare), f"{COMPILED_SPEED} MIPS", holds, "", {"mips": bare / 1e6}
    )
    stop = machine.processor.run(10_000_000)
    second = CLOCK / (stop.states / stop.instructions) / bare
    yield Figure(NAME, "a second of chip time (16 million states)", f"{second * 1000:.0f} ms")
    machine.processor.start_trace(4096)
    traced = cpu_speed.speed(machine, 200_000_000)
    yield Figure(NAME, "the same, traced", f"{_mips(traced)}, {traced / bare:.0%} of bare")
    plain = cpu_speed.speed(_machine("plain"), 200_000)
    holds = plain >= PLAIN_SPEED * 1e6
    yield Figure(NAME, "the same, under Python itself", _mips(plain), f"{PLAIN_SPEED} MIPS", holds)


def _mips(rate: float) -> str:
    return f"{rate / 1e6:.3g} MIPS"


def taking_apart() -> Iterator[Figure]:
    """Linear disassembly of 256 KiB to lines of text: code over and over, and random bytes."""
    code = assemble(PROGRAM, cpu=CPU).image
    specimens = {
        "code": (code * (SIZE // len(code) + 1))[:SIZE],
        "random bytes": random.Random(1).randbytes(SIZE),
    }
    tool = disassembler(CPU)
    for name, data in specimens.items():
        image = Image.of(data)

        def disassemble(image: Image = image) -> None:
            for _ in tool.lines(image):
                pass

        ours = cpu_speed.quickest(disassemble)
        theirs = _objdump_seconds(data)
        peer = f"objdump {theirs * 1000:.0f} ms, ours {theirs / ours:.0f} ×" if theirs else ""
        holds = theirs >= TIMES_OBJDUMP * ours if theirs else None
        text = f"{ours * 1000:.1f} ms, {SIZE / ours / 1e6:.1f} MB/s"
        yield Figure(
            NAME, f"disassembly of 256 KiB of {name}", text, f"{TIMES_OBJDUMP} × objdump", holds, peer
        )


def _objdump_seconds(data: bytes) -> float | None:
    """Processor time objdump takes, the best of some runs; None if it is not installed."""
    if shutil.which(OBJDUMP) is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "code.bin"
        path.write_bytes(data)
        command = [OBJDUMP, "-D", "-b", "binary", "-m", "h8300s", str(path)]
        seconds = []
        for _ in range(cpu_speed.REPEATS):
            before = os.times()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            after = os.times()
            seconds.append(
                after.children_user + after.children_system - before.children_user - before.children_system
            )
    return min(seconds)


def measure() -> Iterator[Figure]:
    """All of it."""
    for part in (running, taking_apart):
        yield from part()


if __name__ == "__main__":
    print_table(list(measure()))
