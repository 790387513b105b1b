"""``luthier kn5000 trace``: reads what was captured at the latch between the processors, or at the chips."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import JsonOption, print_json_list


@app.command()
def trace(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Captured bytes, raw or as hexadecimal text; - is standard input."
        ),
    ],
    boot: Annotated[
        bool, typer.Option("--boot", help="The sub CPU is in its boot ROM when the capture begins.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Print what main CPU and sub CPU say to each other: every packet, block and message with its place.

    Of a capture of port writes (1C=38) it prints what the effect chips are told.
    """
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
