"""``luthier identify``: says what a file is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.output import JsonOption, print_json


def identify(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files to look at; - is standard input.")
    ],
    json: JsonOption = False,
) -> None:
    """Say what each file is, by its content first and its name second.

    Exit code 1 if any of them could not be recognised.
    """
    import sys

    from luthier import identify as identification
    from luthier.files import STANDARD_STREAM
    from luthier.formats import Content

    rows = []
    for path in files:
        on_stream = path == STANDARD_STREAM
        content = Content.of_bytes(sys.stdin.buffer.read()) if on_stream else Content.of_file(path)
        matches = identification.identify(content)
        rows.append(
            {
                "name": str(path),
                "format": matches[0].format.name if matches else None,
                "title": matches[0].format.title if matches else None,
                "description": matches[0].description if matches else identification.why_not(content),
                "also": [match.format.name for match in matches[1:]],
            }
        )
    if json:
        print_json(rows)
    else:
        for row in rows:
            title = f"{row['title']}: " if row["title"] else ""
            typer.echo(f"{row['name']}: {title}{row['description']}")
    if any(row["format"] is None for row in rows):
        raise typer.Exit(1)
