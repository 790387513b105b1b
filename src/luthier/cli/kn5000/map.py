"""``luthier kn5000 map``: what is where in the two processors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import ForceOption, JsonOption, print_json

#: So few findings are shown with all that is known of them.
_FEW = 2


@app.command("map")
def show_map(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[ADDRESS|NAME|REGION]",
            help="An address, a name or part of one, a path such as parts[1].volume, a region or table.",
        ),
    ] = None,
    cpu: Annotated[str | None, typer.Option("--cpu", metavar="main|sub", help="One processor only.")] = None,
    symbols: Annotated[
        Path | None,
        typer.Option(
            "--symbols", metavar="FILE", help="Write all names of a processor, as disasm reads them."
        ),
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Say what is at an address, where something is, or what a region holds."""
    from luthier.kn5000 import memory_map
    from luthier.kn5000.memory_map import view
    from luthier.kn5000.memory_map.lookup import Answer, check_cpu

    if cpu is not None:
        check_cpu(cpu)
    if symbols is not None:
        _export(symbols, what, cpu, force)
        return
    if what is None:
        regions = memory_map.regions(cpu)
        told = view.region_lines(regions, memory_map.tables(cpu))
        print_json(regions) if json else print(*told, sep="\n")
        return
    found = memory_map.ask(what, cpu)
    if json:
        print_json(found)
        return
    answers = [each for each in found if isinstance(each, Answer)]
    entries = [each for each in found if not isinstance(each, Answer)]
    lines = [line for answer in answers for line in view.answer_lines(answer)]
    if len(entries) <= _FEW:
        lines += [line for entry in entries for line in view.entry_lines(entry)]
    else:
        lines += view.list_lines(entries)
    print(*lines, sep="\n")


def _export(path: Path, what: str | None, cpu: str | None, force: bool) -> None:
    from luthier.cpu.symbols import write_symbols
    from luthier.errors import UsageError
    from luthier.files import write_bytes
    from luthier.kn5000.memory_map import symbols

    if cpu is None:
        raise UsageError("--symbols is for one processor", remedy="give --cpu main or --cpu sub")
    if what is not None:
        raise UsageError("--symbols writes all names", remedy=f"leave {what!r} out")
    write_bytes(path, write_symbols(symbols(cpu)).encode(), force=force)
