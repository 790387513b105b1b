"""Chips with small programs for the tests of the TMP94C241."""

from __future__ import annotations

from typing import Any

from luthier.cpu.assembler import assemble
from luthier.cpu.tlcs900.vectors import VECTORS
from luthier.kn5000.board.chip.chip import Chip
from luthier.kn5000.board.chip.register_table import registers
from luthier.machine.processor import Executor

FREQUENCY = 20_000_000  #: the sub CPU's
EXECUTORS: tuple[Executor, Executor] = ("plain", "compiled")
RAM, RESULT, STACK = 0x1000, 0x2000, 0x8000
START, HANDLERS = 0xFF0000, 0xFF8000


def names() -> str:
    """Every register as a name for the assembler; ports are PORT_x, because PC is something else there."""
    return "".join(
        f"{'PORT_' + one.name[1:] if len(one.name) == 2 else one.name} equ {one.address:#x}\n"
        for one in registers().values()
    )


def image(program: str, handlers: dict[str, str]) -> bytes:
    """64 KiB at FF0000: a program and handlers by the name of their vector."""
    vectors = {"RESET": START}
    texts = []
    for index, (name, text) in enumerate(handlers.items()):
        vectors[name] = HANDLERS + 0x100 * index
        texts.append(f" org {vectors[name]:#x}\n{text}\n reti\n")
    table = "".join(f" dl {vectors.get(name or '', START):#x}\n" for name in VECTORS.names)
    source = (
        f"{names()}RESULT equ {RESULT:#x}\n org {START:#x}\n"
        f" ld XSP, {STACK:#x}\n ld (WDMOD), 0\n ld (WDCR), 0xB1\n{program}\n"
        f"{''.join(texts)} org {VECTORS.address:#x}\n{table}"
    )
    return assemble(source).image.ljust(0x10000, b"\xff")


def chip(
    program: str = "self: jr self",
    handlers: dict[str, str] | None = None,
    executor: Executor = "plain",
    devices: dict[int, Any] | None = None,
) -> Chip:
    """A chip after its reset, about to run a program; ``devices`` take 256 bytes each."""
    made = Chip("chip", FREQUENCY, executor=executor)
    made.memory.add_ram(RAM, 0xF000, "RAM")
    made.memory.add_rom(START, image(program, handlers or {}))
    for address, device in (devices or {}).items():
        made.memory.add_device(address, 0x100, device, "device")
    made.reset()
    return made


def bare() -> Chip:
    """A chip whose registers are written by the test itself; its watchdog stands still."""
    made = chip()
    write(made, "WDMOD", 0)
    write(made, "WDCR", 0xB1)
    return made


def write(made: Chip, name: str, value: int) -> None:
    """Write a register as the program does."""
    register = registers()[name]
    made.memory.write(register.address, register.size, value)


def read(made: Chip, name: str) -> int:
    """Read a register as the program does."""
    register = registers()[name]
    return made.memory.read(register.address, register.size)


def let_pass(made: Chip, states: int) -> None:
    """Let time pass without a program."""
    made.clock.advance(made.clock.now + states)


def asked(made: Chip, source: str, until: int) -> list[int]:
    """At which states a source asks, when it is answered every time."""
    moments = []
    while made.clock.next_due <= until:
        made.clock.advance(made.clock.next_due)
        if made.interrupts.is_asking(source):
            moments.append(made.clock.now)
            made.interrupts.withdraw(source)
    return moments
