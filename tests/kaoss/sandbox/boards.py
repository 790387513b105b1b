"""Chips with small programs for the tests of the sandbox."""

from __future__ import annotations

from luthier.cpu.assembler import assemble
from luthier.kaoss.built_in import CPU
from luthier.kaoss.registers import registers
from luthier.kaoss.sandbox.chip import Chip
from luthier.kaoss.sandbox.wiring import Wiring
from luthier.machine.processor import Executor, Stop

CLOCK = 16_000_000
STACK = 0xFFEF00
RESULT = 0xFFC000  #: where programs leave what a test looks at
START, HANDLERS = 0x600, 0x1000  #: behind the vectors of the CPU and of the DTC


def names() -> str:
    """Every on-chip register as a name for the assembler."""
    return "".join(f"{one.name} = {one.address:#x}\n" for one in registers().values())


def rom(program: str, handlers: dict[int, str] | None = None) -> bytes:
    """A ROM whose reset leads to ``program``; ``handlers`` are texts by the vector that leads to them."""
    texts, vectors = [], {0: START}
    place = HANDLERS
    for vector, text in (handlers or {}).items():
        vectors[vector] = place
        texts.append(f" org {place:#x}\n{text}\n")
        place += 0x100
    table = ""
    for number in range(128):
        table += f" dl {vectors.get(number, 0xFFFFFFFF):#x}\n"
    source = (
        f"{names()}RESULT = {RESULT:#x}\n org 0\n{table} org {START:#x}\n"
        f" mov.l #{STACK:#x},sp\n{program}\n{''.join(texts)}"
    )
    return assemble(source, CPU).image


def board(
    program: str,
    handlers: dict[int, str] | None = None,
    wiring: Wiring | None = None,
    executor: Executor = "plain",
) -> Chip:
    """A chip after its reset, about to run a program."""
    return Chip(rom(program, handlers), wiring or Wiring(CLOCK), executor=executor)


def run(chip: Chip, states: int = 20_000, instructions: int = 20_000) -> Stop:
    """Run for a while, heeding resets of the watchdog."""
    end = chip.processor.states + states
    while True:
        stop = chip.processor.run(instructions, until_states=end, watching=lambda _hit: chip.wants_reset)
        if not chip.wants_reset:
            return stop
        chip.reset()


def result(chip: Chip, offset: int = 0, size: int = 2) -> int:
    """What a program left at RESULT."""
    start = RESULT + offset
    return int.from_bytes(chip.memory.data[start : start + size].tobytes(), "big")


def sent(chip: Chip, channel: int) -> bytes:
    """What left a serial channel."""
    return bytes(int(event.what, 16) for event in chip.behaviour.of(f"SCI{channel}"))
