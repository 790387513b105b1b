"""``luthier kaoss sandbox``: a firmware tried on a simulated unit before it goes into a real one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from luthier.cli.kaoss import app
from luthier.cli.kaoss.files import FileArgument
from luthier.cli.output import ForceOption, JsonOption, note, print_json, progress

if TYPE_CHECKING:
    from luthier.kaoss.sandbox.run import Limits, Press, Run


@app.command()
def sandbox(
    file: FileArgument,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", help="How much of the chip's time to run.")
    ] = 1.0,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", metavar="FILE", help="Run this file too, the unchanged one, and tell differences."
        ),
    ] = None,
    press: Annotated[
        list[str] | None,
        typer.Option("--press", metavar="KEY@SECONDS", help="Press a key of the wiring; repeatable."),
    ] = None,
    wiring: Annotated[
        Path | None,
        typer.Option("--wiring", metavar="FILE", help="How the unit is wired: EEPROMs, lamps, keys."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace", metavar="FILE", help="Write the last 65,536 instructions; - is standard output."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="Stop after so many instructions.")
    ] = 500_000_000,
    wall: Annotated[
        float, typer.Option("--wall", metavar="SECONDS", help="Stop after so many seconds on the clock.")
    ] = 60.0,
    plain: Annotated[
        bool, typer.Option("--plain", help="Run under Python itself: slow, but nothing is compiled.")
    ] = False,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Run a firmware from reset on a simulated chip, and tell how far it gets.

    Exit code 1 if it does not reach its main loop, goes astray or is reset by the watchdog; with --against,
    if the unchanged firmware does better.
    """
    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite
    from luthier.kaoss.sandbox import comparison, view
    from luthier.kaoss.sandbox.run import Limits

    if json and trace == STANDARD_STREAM:
        raise UsageError("standard output takes either the trace or JSON")
    if trace is not None:
        refuse_to_overwrite(trace, force)
    limits = Limits(seconds, limit, wall)
    presses = [_press(text) for text in press or []]
    after = _run(file, wiring, limits, presses, plain)
    before = None if against is None else _run(against, wiring, limits, presses, plain)
    found = [] if before is None else comparison.differences(before, after)
    if trace is not None:
        _write_trace(after, trace, force)
    if json:
        document = view.record(str(file), after)
        if before is not None:
            document["against"] = view.record(str(against), before)
            document["differences"] = [view.difference_record(one) for one in found]
        print_json([document])
    else:
        _show(str(file), after, trace == STANDARD_STREAM)
        if before is not None:
            typer.echo("")
            for line in view.difference_lines(found, str(against)):
                typer.echo(line)
    worse = not after.is_sound if before is None else comparison.got_less_far(before, after)
    if worse:
        raise typer.Exit(1)


def _show(name: str, run: Run, on_error: bool) -> None:
    from luthier.kaoss.sandbox import view

    for line in view.lines(name, run):
        (note if on_error else typer.echo)(line)


def _press(text: str) -> Press:
    from luthier.errors import UsageError
    from luthier.kaoss.sandbox.run import Press

    key, separator, at = text.rpartition("@")
    try:
        moment = float(at)
    except ValueError:
        moment = -1.0
    if not separator or not 0 <= moment <= 1e6:
        raise UsageError(f"{text!r} is no key and moment", where="--press", remedy="write SAVE@0.25")
    return Press(key, moment)


def _run(path: Path, wiring: Path | None, limits: Limits, presses: list[Press], plain: bool) -> Run:
    from luthier.cpu.executor import is_compiled
    from luthier.errors import InputError, UsageError
    from luthier.kaoss.built_in import CPU, load
    from luthier.kaoss.sandbox.run import run_file
    from luthier.kaoss.sandbox.wiring import read_wiring, wiring_of

    loaded = load(path)
    wired = wiring_of(loaded.header.device) if wiring is None else read_wiring(wiring)
    if not plain and not is_compiled(CPU, traced=True):
        note("first use: compiling for some seconds")
    with progress(f"running {path}") as advance:
        try:
            return run_file(
                loaded,
                wired,
                limits,
                presses=presses,
                executor="plain" if plain else "compiled",
                progress=advance,
            )
        except UsageError:
            raise
        except InputError as error:
            raise error.at(str(path)) from error


def _write_trace(run: Run, path: Path, force: bool) -> None:
    from luthier.files import write_bytes
    from luthier.kaoss.built_in import CPU
    from luthier.machine.program_run import TraceText

    writer = TraceText(CPU)
    memory: Any = run.chip.memory.data
    texts = [writer.head]
    texts += [
        writer.line(entry, memory[entry.pc : entry.pc + writer.longest].tobytes()) for entry in run.trace
    ]
    write_bytes(path, ("\n".join(texts) + "\n").encode(), force=force)
