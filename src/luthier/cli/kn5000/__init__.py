"""``luthier kn5000``: the audio subsystem of the Technics SX-KN5000.

Each module beside this one holds the commands of one concern and registers them on :data:`app`.
"""

from __future__ import annotations

import typer

app = typer.Typer(
    help="Technics SX-KN5000: what its two processors say to each other, its memory, its sounds.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    """Keep this a group of commands, however few it holds."""


# Each module registers its commands on the group when it is imported.
from luthier.cli.kn5000 import boot, bytecode, effect, effects, map, play, render, trace, waves  # noqa: A004, E402, F401
