"""The demo of the machine: a program in assembly is assembled, run, traced and taken apart again.

The program reckons the pitches of the 128 MIDI notes in integers; each step names the command that does it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np

from luthier.cpu.assembler import assemble
from luthier.cpu.disassembler import Image, disassembler
from luthier.cpu.executor import is_compiled
from luthier.cpu.listing import Listing
from luthier.cpu.program import take_apart
from luthier.files import write_bytes
from luthier.machine.program_run import Load, ProgramRun

Say = Callable[[str], None]

CPU = "tlcs900h2"
START, PITCHES, READY = 0xE00000, 0x2000, 0x2200
READY_VALUE = 0x600DCAFE


def run(folder: Path, say: Say) -> None:
    """Leave the results in ``folder`` and ``say`` what is done."""
    say("TLCS-900/H2, the CPU of the SX-KN5000: a program and what it does\n")
    source, binary = folder / "pitches.asm", folder / "pitches.bin"
    write_bytes(source, resources.files("luthier.machine").joinpath("demo.asm").read_bytes(), force=True)
    assembly = assemble(source, cpu=CPU)
    write_bytes(binary, assembly.image, force=True)
    write_bytes(folder / "pitches.lst", assembly.listing().encode(), force=True)
    _command(say, f"asm --cpu {CPU} {source} -o {binary}", f"{len(assembly.image)} bytes")
    _run(folder, binary, say)
    _trace(folder, binary, say)
    _take_apart(folder, binary, assembly.image, say)


def _run(folder: Path, binary: Path, say: Say) -> None:
    if not is_compiled(CPU):
        say("(first use: compiling for some seconds)")
    job = ProgramRun(CPU, [Load(binary, START)], START, (READY, READY_VALUE))
    job.prepare()
    stop = job.run()
    memory = job.machine.processor.memory
    table = memory.data[PITCHES : PITCHES + 512]
    write_bytes(folder / "pitches.table", table.tobytes(), force=True)
    concert = int(table.view(np.uint32)[69]) / 256
    until = f"--until-memory {READY:#x}={READY_VALUE:#x}"
    dump = f"--dump {PITCHES:#x}:{PITCHES + 512:#x}={folder / 'pitches.table'}"
    _command(
        say,
        f"run --cpu {CPU} --load {binary}@{START:#x} --pc {START:#x} {until} {dump}",
        f"{stop.instructions:,} instructions; note 69 has {concert:.3f} Hz",
    )


def _trace(folder: Path, binary: Path, say: Say) -> None:
    job = ProgramRun(CPU, [Load(binary, START)], START, limit=40, executor="plain")
    job.prepare()
    text = "\n".join(job.traced()) + "\n"
    write_bytes(folder / "pitches.trace", text.encode(), force=True)
    _command(
        say,
        f"run --cpu {CPU} --load {binary}@{START:#x} --pc {START:#x} --limit 40"
        f" --trace {folder / 'pitches.trace'}",
        "every instruction with the registers before it",
    )


def _take_apart(folder: Path, binary: Path, image: bytes, say: Say) -> None:
    tool = disassembler(CPU)
    program = take_apart(tool, Image.of(image, START), [START], {})
    text = "".join(f"{line}\n" for line in Listing(tool, program).lines())
    path = folder / "again.asm"
    write_bytes(path, text.encode(), force=True)
    same = "the same bytes" if assemble(path, cpu=CPU).image == image else "OTHER BYTES"
    _command(
        say,
        f"disasm --cpu {CPU} {binary} --base {START:#x} --start {START:#x} -o {path}",
        f"labels, code and data told apart; assembled again: {same}",
    )


def _command(say: Say, command: str, outcome: str) -> None:
    say(f"$ luthier {command}\n    {outcome}\n")
