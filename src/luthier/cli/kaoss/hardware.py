"""``luthier kaoss vectors|inventory``: exception vectors, and the chips of two units side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from luthier.cli.kaoss import app
from luthier.cli.kaoss.files import FileArgument
from luthier.cli.output import JsonOption, print_json


@app.command()
def vectors(
    file: FileArgument,
    handlers: Annotated[
        bool, typer.Option("--handlers", help="Group the vectors by where they lead.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """List the 128 exception vectors by name, where they lead, and what is odd about them."""
    from luthier.errors import InputError
    from luthier.kaoss import view
    from luthier.kaoss.built_in import load
    from luthier.kaoss.vectors import decode

    content = load(file)
    try:
        found = decode(content)
    except InputError as error:
        raise error.at(str(file)) from error
    if json:
        print_json([view.vector_record(vector) for vector in found])
    else:
        print(*(view.handler_lines(found) if handlers else view.vector_lines(found)), sep="\n")


@app.command()
def inventory(json: JsonOption = False) -> None:
    """Compare the chips of Kaoss Pad 3 and Kaossilator Pro, and say what a port would have to change."""
    from luthier.kaoss import inventory as comparison

    if json:
        print_json(comparison.records())
    else:
        print(*comparison.lines(), sep="\n")
