"""``luthier web``: the bench, a page on this machine that opens anything, shows it and plays it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.library.options import FileOption
from luthier.cli.output import note


def web(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files to open at once, and folders with such files.", exists=True),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="The port on this machine [default: 8800, or any that is free]."),
    ] = None,
    library: FileOption = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address; do not open a browser.")
    ] = False,
) -> None:
    """Open the bench in a browser; Ctrl-C ends it.  Nothing leaves this machine.

    Only programs on this machine can reach it, and only its own pages are answered.
    """
    import webbrowser

    from luthier.library.places import usual_library
    from luthier.web.server import serve

    def ready(address: str) -> None:
        note(f"The bench is at {address} (Ctrl-C ends it)")
        if not no_browser:
            webbrowser.open(address)

    serve(library or usual_library(), port, ready, files or ())
