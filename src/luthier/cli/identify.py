"""``luthier identify``: says what a file is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.output import JsonOption, print_json

_STREAM_LIMIT = 1 << 29  # bytes of standard input: what comes on a stream is held in memory


def identify(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files to look at; - is standard input.")
    ],
    json: JsonOption = False,
) -> None:
    """Say what each file is, by its content first and its name second.

    Exit code 1 if any of them could not be read or recognised.
    """
    from luthier import identify as identification
    from luthier.errors import InputError
    from luthier.files import STANDARD_STREAM, read_bytes
    from luthier.formats import Content

    rows: list[dict[str, object]] = []
    unreadable = []
    for path in files:
        try:
            if path == STANDARD_STREAM:
                content = Content.of_bytes(read_bytes(path, _STREAM_LIMIT))
            else:
                content = Content.of_file(path)
        except InputError as error:
            unreadable.append(error)
            continue
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
    for refusal in unreadable:
        typer.echo(f"luthier: {refusal}", err=True)
    if unreadable or any(row["format"] is None for row in rows):
        raise typer.Exit(1)
