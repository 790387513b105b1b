"""``luthier run``: machine code on a bare CPU with 16 MiB of RAM."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.numbers import address, number
from luthier.cli.output import ForceOption, JsonOption, note, print_json, progress
from luthier.cpu import CPUS

if TYPE_CHECKING:
    from luthier.machine.processor import Stop
    from luthier.machine.program_run import Dump, Load, ProgramRun


def run(
    cpu: Annotated[str, typer.Option("--cpu", help=f"{', '.join(CPUS)}.")],
    load: Annotated[
        list[str], typer.Option("--load", metavar="FILE@ADDR", help="Put a file into memory; repeatable.")
    ],
    pc: Annotated[
        str | None, typer.Option("--pc", metavar="ADDR", help="Begin here instead of at the reset vector.")
    ] = None,
    until_memory: Annotated[
        str | None,
        typer.Option(
            "--until-memory", metavar="ADDR=VALUE", help="Stop when the 32-bit word there is VALUE."
        ),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="N", help="Stop after N instructions [default: 1,000,000,000]."),
    ] = None,
    breakpoint_at: Annotated[
        list[str] | None,
        typer.Option("--break", metavar="ADDR", help="Stop before this address; repeatable."),
    ] = None,
    dump: Annotated[
        list[str] | None,
        typer.Option("--dump", metavar="A:B=FILE", help="Write memory A up to B (not included); repeatable."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option("--trace", metavar="FILE", help="Write every instruction; - is standard output."),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Run under Python itself: slow, but nothing is compiled.")
    ] = False,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Run machine code until something ends it, and say what.

    Ends: the word awaited with --until-memory, a --break address, HALT, an undefined instruction, --limit.
    Exit code 1 if --until-memory was given and did not happen, after an undefined instruction, and when the
    default limit was reached.  Dumps are written in every case.
    """
    from luthier.files import refuse_to_overwrite, write_bytes
    from luthier.machine.program_run import DEFAULT_LIMIT, ProgramRun

    dumps = [_dump(text) for text in dump or ()]
    for path in [item.path for item in dumps] + ([trace] if trace else []):
        refuse_to_overwrite(path, force)
    job = ProgramRun(
        cpu,
        [load_option(text) for text in load],
        None if pc is None else address(pc, "--pc"),
        None if until_memory is None else _awaited(until_memory),
        DEFAULT_LIMIT if limit is None else number(limit, "--limit"),
        frozenset(address(text, "--break") for text in breakpoint_at or ()),
        "plain" if plain else "compiled",
    )
    job.prepare()
    _say_if_compiling(cpu, plain, trace is not None)
    with progress("running") as report:
        if trace is None:
            job.run(report)
        else:
            _write_lines(trace, job.traced(report), force)
    for item in dumps:
        write_bytes(item.path, job.dump(item), force=force)
    if json:
        print_json(_record(job))
    elif trace != Path("-"):
        typer.echo(_summary(job))
    stop = job.stop
    met = until_memory is None or stop.reason == "watchpoint"
    if not met or stop.reason == "illegal" or (limit is None and stop.reason == "limit"):
        if json or trace == Path("-"):
            note(f"luthier: {_ending(stop)}")
        raise typer.Exit(1)


def _say_if_compiling(cpu: str, plain: bool, traced: bool) -> None:
    from luthier.cpu.executor import is_compiled

    if not plain and not is_compiled(cpu, traced):
        note(f"compiling the {cpu} executor, once: some seconds")


def load_option(text: str) -> Load:
    """What ``FILE@ADDR`` stands for."""
    from luthier.errors import UsageError
    from luthier.machine.program_run import Load

    name, at, where = text.rpartition("@")
    if not at or not name:
        raise UsageError(f"--load {text!r} is no FILE@ADDR", remedy="write for example rom.bin@0xE00000")
    return Load(Path(name), address(where, "--load"))


def _dump(text: str) -> Dump:
    from luthier.errors import UsageError
    from luthier.machine.program_run import Dump

    span, equals, name = text.partition("=")
    first, colon, last = span.partition(":")
    if not (equals and colon and name):
        raise UsageError(f"--dump {text!r} is no A:B=FILE", remedy="write for example 0x1000:0x2000=ram.bin")
    start, end = address(first, "--dump"), address(last, "--dump")
    if start >= end:
        raise UsageError(
            f"--dump {text!r} ends where it starts or before", remedy="B is the first byte not wanted"
        )
    return Dump(start, end, Path(name))


def _awaited(text: str) -> tuple[int, int]:
    from luthier.errors import UsageError

    where, equals, value = text.partition("=")
    if not equals:
        raise UsageError(
            f"--until-memory {text!r} is no ADDR=VALUE", remedy="write for example 0x2000=0xC0DE600D"
        )
    place, awaited = address(where, "--until-memory"), number(value, "--until-memory")
    if place > 0xFFFFFC or awaited > 0xFFFFFFFF:
        raise UsageError(f"--until-memory {text!r} is no 32-bit word", remedy="both must fit: 24 and 32 bits")
    return place, awaited


def _write_lines(path: Path, lines: Iterable[str], force: bool) -> None:
    """Write as it comes, beside the file first; a trace cut short by an error keeps nothing."""
    import sys

    from luthier.files import STANDARD_STREAM, written_beside

    if path == STANDARD_STREAM:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return
    with written_beside(path, force=force) as scratch, scratch.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


_ENDINGS = {
    "limit": "the limit was reached",
    "breakpoint": "a breakpoint",
    "watchpoint": "the awaited word is there",
    "halt": "HALT",
    "illegal": "an undefined instruction",
}


def _ending(stop: Stop) -> str:
    detail = f" ({stop.detail})" if stop.detail else ""
    return f"stopped at {stop.pc:06X}h: {_ENDINGS[stop.reason]}{detail}"


def _summary(job: ProgramRun) -> str:
    stop = job.stop
    registers = job.machine.registers
    architecture = job.machine.processor.architecture
    names = architecture.program_registers
    half = len(names) // 2
    plural = "" if stop.instructions == 1 else "s"
    counts = f"{stop.instructions:,} instruction{plural}, {stop.states:,} states (modelled)"
    rows = [
        "  ".join(f"{name} {registers[name]:08X}" for name in group) for group in (names[:half], names[half:])
    ]
    status = "  ".join(f"{name} {registers[name]:0{digits}X}" for name, digits in architecture.status.items())
    return "\n".join([_ending(stop), counts, *rows, status])


def _record(job: ProgramRun) -> dict[str, object]:
    stop = job.stop
    return {
        "name": job.cpu,
        "reason": stop.reason,
        "pc": stop.pc,
        "instructions": stop.instructions,
        "states": stop.states,
        "detail": stop.detail,
        "registers": {name: value for name, value in job.machine.registers.items() if "'" not in name},
    }
