"""``luthier kn5000 trace``: reads what was captured at the latch or at the chips, and logs of the board."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import JsonOption, print_json, print_json_list

if TYPE_CHECKING:
    from luthier.machine.logs.reading import Reading
    from luthier.machine.logs.selection import Selection

_NO_WORDS = ("show", "diff")


@app.command()
def trace(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE | show LOG | diff A B",
            help="Captured bytes, raw or as hexadecimal text; - is standard input. Or a log to show, or two"
            " logs to compare.",
        ),
    ],
    boot: Annotated[
        bool, typer.Option("--boot", help="The sub CPU is in its boot ROM when the capture begins.")
    ] = False,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Of logs, only this kind; repeatable.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Of logs, only this source; repeatable.")
    ] = None,
    address: Annotated[
        list[str] | None,
        typer.Option(
            "--address", metavar="A[:B]", help="Of logs, only this address or range, B excluded; repeatable."
        ),
    ] = None,
    first: Annotated[
        float, typer.Option("--from", metavar="SECONDS", help="Of logs, from this time on.")
    ] = 0,
    last: Annotated[
        float | None, typer.Option("--to", metavar="SECONDS", help="Of logs, up to this time.")
    ] = None,
    times: Annotated[
        bool, typer.Option("--times", help="With diff: another time is a difference too.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Print what main CPU and sub CPU say to each other: every packet, block and message with its place.

    Of a capture of port writes (1C=38) it prints what the effect chips are told.

    `trace show LOG` prints a log of the board, all of it or what the options choose. `trace diff A B` says
    for each source of two logs where they first differ; exit code 1 if they do.
    """
    from luthier.errors import UsageError

    chosen: dict[str, object] = {"kinds": kind, "sources": source, "addresses": address}
    chosen |= {"first": first, "last": last}
    word = str(files[0])
    if len(files) == 1 and word not in _NO_WORDS:
        _refuse(bool(kind or source or address or first or last is not None or times), "for logs", "show")
        _print_capture(files[0], boot=boot, json=json)
        return
    _refuse(boot, "for captures of the latch", "no --boot")
    if word == "show" and len(files) == 2:
        _refuse(times, "for comparing", "diff")
        _show(files[1], chosen, json=json)
    elif word == "diff" and len(files) == 3:
        _compare(files[1], files[2], chosen, times=times, json=json)
    else:
        raise UsageError("that is no FILE, no `show LOG` and no `diff A B`", remedy="give one of them")


def _refuse(given: bool, purpose: str, instead: str) -> None:
    from luthier.errors import UsageError

    if given:
        raise UsageError(f"an option is {purpose} only", remedy=f"leave it out, or use `{instead}`")


def _print_capture(file: Path, *, boot: bool, json: bool) -> None:
    from luthier.errors import InputError, UsageError
    from luthier.files import read_bytes
    from luthier.kn5000.dsp_ports import capture as ports
    from luthier.kn5000.dsp_ports.trace import trace as port_records
    from luthier.kn5000.transport import capture
    from luthier.kn5000.transport.trace import trace as latch_records

    data = read_bytes(file, capture.SIZE_LIMIT)
    of_ports = ports.is_capture(data)
    if of_ports and boot:
        raise UsageError("--boot is for captures of the latch", remedy="leave it out: these are port writes")
    try:
        records = port_records(data) if of_ports else latch_records(data, boot=boot)
    except InputError as error:
        raise error.at(str(file)) from error
    if json:
        print_json_list(record.record for record in records)
        return
    for record in records:
        typer.echo(record.line)


def _show(path: Path, chosen: dict[str, object], *, json: bool) -> None:
    reading = _read(path, chosen)
    if json:
        print_json_list(entry.record() for entry in reading.entries)
        return
    for entry in reading.entries:
        typer.echo(entry.line(reading.ticks_a_second))


def _compare(first: Path, second: Path, chosen: dict[str, object], *, times: bool, json: bool) -> None:
    from luthier.errors import InputError
    from luthier.machine.logs.comparison import compare

    ours, theirs = _read(first, chosen), _read(second, chosen)
    if ours.ticks_a_second != theirs.ticks_a_second:
        raise InputError(
            f"counts {theirs.ticks_a_second:,} ticks a second, the other {ours.ticks_a_second:,}",
            where=str(second),
            remedy="compare logs of the same board",
        )
    result = compare(ours.entries, theirs.entries, times=times)
    if json:
        print_json(result.record())
    else:
        for line in result.lines(ours.ticks_a_second):
            typer.echo(line)
    if not result.is_same:
        raise typer.Exit(1)


def _read(path: Path, chosen: dict[str, object]) -> Reading:
    from luthier.machine.logs.reading import read_log

    return read_log(path, lambda ticks: _selection(ticks, chosen))


def _selection(ticks_a_second: int, chosen: dict[str, object]) -> Selection:
    from luthier.machine.logs.selection import selection

    given = {name: value for name, value in chosen.items() if value is not None}
    return selection(ticks_a_second, **given)  # type: ignore[arg-type]
