"""``luthier debug``: a monitor on a bare CPU or on a board."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.numbers import address
from luthier.cli.output import note
from luthier.cli.run import load_option
from luthier.cpu import CPUS

if TYPE_CHECKING:
    from luthier.machine.debugger.debugger import Debugger
    from luthier.machine.monitor import Monitor

#: Boards by name: a function that makes one from a folder with ROMs, or from nothing.
_BOARDS = {"kn5000": "luthier.kn5000.board.debugging:board_and_names"}
_SCRIPT_SIZE = 1 << 20


def debug(
    cpu: Annotated[
        str | None, typer.Option("--cpu", help=f"A bare CPU with 16 MiB of RAM: {', '.join(CPUS)}.")
    ] = None,
    load: Annotated[
        list[str] | None,
        typer.Option("--load", metavar="FILE@ADDR", help="Put a file into memory; repeatable."),
    ] = None,
    pc: Annotated[
        str | None, typer.Option("--pc", metavar="ADDR", help="Begin here instead of at the reset vector.")
    ] = None,
    board: Annotated[
        str | None, typer.Option("--board", help=f"A board instead: {', '.join(_BOARDS)}.")
    ] = None,
    roms: Annotated[
        Path | None, typer.Option("--roms", metavar="DIR", help="With --board: the folder with its ROMs.")
    ] = None,
    symbols: Annotated[
        list[str] | None,
        typer.Option("--symbols", metavar="[CPU=]FILE", help="Names of addresses; repeatable."),
    ] = None,
    script: Annotated[
        Path | None, typer.Option("--script", metavar="FILE", help="Commands instead of the keyboard.")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Run under Python itself: slow, but nothing is compiled.")
    ] = False,
) -> None:
    """Run machine code under a monitor: stop it anywhere, look, change, go back.

    `help` in the monitor lists its commands. Exit code 1 if a script has a line that cannot be executed.
    """
    from luthier.errors import InputError, UsageError
    from luthier.files import read_bytes
    from luthier.machine.monitor import Monitor, run_script

    commands = None if script is None else _text(read_bytes(script, _SCRIPT_SIZE), script)
    if (cpu is None) == (board is None):
        raise UsageError("there is nothing to debug", remedy="give either --cpu or --board")
    if board is None and roms is not None:
        raise UsageError("--roms is for --board", remedy="leave it out, or use --load")
    if board is not None:
        if load or pc:
            raise UsageError("--load and --pc are for --cpu", remedy="leave them out, or use --roms")
        debugger = _on_board(board, roms, symbols or [], plain=plain)
    else:
        debugger = _bare(str(cpu), load or [], pc, symbols or [], plain=plain)
    monitor = Monitor(debugger)
    if commands is None:
        _converse(monitor)
        return
    try:
        for line in run_script(monitor, commands):
            typer.echo(line)
    except InputError as error:
        raise error.at(str(script)) from None


def _text(content: bytes, path: Path) -> str:
    from luthier.errors import InputError

    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is no UTF-8 text", where=str(path), remedy="check that this is a script"
        ) from None


def _bare(cpu: str, load: list[str], pc: str | None, symbols: list[str], *, plain: bool) -> Debugger:
    from luthier.cpu.executor import is_compiled
    from luthier.machine.debugger.debugger import Debugger
    from luthier.machine.debugger.flat_target import FlatTarget
    from luthier.machine.program_run import ProgramRun

    job = ProgramRun(
        cpu,
        [load_option(text) for text in load],
        None if pc is None else address(pc, "--pc"),
        executor="plain" if plain else "compiled",
    )
    job.prepare()
    if not plain and not is_compiled(cpu):
        note(f"compiling the {cpu} executor, once: some seconds")
    return Debugger(FlatTarget(job.machine), _names(symbols, {"cpu": cpu}))


def _on_board(name: str, roms: Path | None, symbols: list[str], *, plain: bool) -> Debugger:
    from importlib import import_module

    from luthier.errors import UsageError
    from luthier.machine.debugger.debugger import Debugger

    home = _BOARDS.get(name)
    if home is None:
        raise UsageError(f"there is no board {name!r}", remedy=f"there are: {', '.join(_BOARDS)}")
    module, _, function = home.partition(":")
    make = getattr(import_module(module), function)
    board, names = make(roms, "plain" if plain else "compiled")
    cpus = {member.name: member.processor.cpu for member in board.schedule.members}
    return Debugger(board, {**names, **_names(symbols, cpus)})


def _names(options: list[str], cpus: dict[str, str]) -> dict[str, dict[str, int]]:
    """Symbols by processor from ``CPU=FILE`` options; the first CPU needs not be named."""
    from luthier.cpu import describe
    from luthier.cpu.symbols import load_symbols

    found: dict[str, dict[str, int]] = {}
    for option in options:
        cpu, equals, name = option.partition("=")
        if not equals or cpu not in cpus:
            cpu, name = next(iter(cpus)), option
        read = load_symbols(Path(name), describe(cpus[cpu]))
        found.setdefault(cpu, {}).update({symbol: one.address for symbol, one in read.items()})
    return found


def _converse(monitor: Monitor) -> None:
    """Commands from the keyboard, or from whatever standard input is, until there are no more."""
    from luthier.errors import LuthierError

    on_terminal = sys.stdin.isatty()
    while not monitor.is_over:
        try:
            if on_terminal:
                line = input(monitor.prompt)
            else:
                line = sys.stdin.readline()
                if not line:
                    return
            for answer in monitor.execute(line):
                typer.echo(answer)
        except LuthierError as error:
            typer.echo(f"error: {error}")
        except UnicodeDecodeError:
            typer.echo("error: that is no text")
        except EOFError:
            return
        except KeyboardInterrupt:
            if not on_terminal:
                raise
            typer.echo("stopped")
