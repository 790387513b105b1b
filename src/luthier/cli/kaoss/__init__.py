"""``luthier kaoss``: firmware files of the Kaossilator Pro and the Kaoss Pad 3, and their loop banks.

Each module beside this one holds the commands of one concern and registers them on :data:`app`.
"""

from __future__ import annotations

import typer

app = typer.Typer(
    help="Korg Kaossilator Pro and Kaoss Pad 3: their firmware files (KORG SYSTEM FILE) and loop banks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    """Keep this a group of commands, however few it holds."""


# Each module registers its commands on the group when it is imported.
from luthier.cli.kaoss import code, files, hardware, loops, patch, recover, sandbox  # noqa: E402, F401
