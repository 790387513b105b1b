"""``luthier poly800``: tapes, sysex and patches of the Korg Poly-800 family.

Each module beside this one holds the commands of one concern and registers them on :data:`app`.
"""

from __future__ import annotations

import typer

app = typer.Typer(
    help="Korg Poly-800, EX-800 and Poly-800MkII: tapes, sysex, patches.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    """Keep this a group of commands, however few it holds."""


# Each module registers its commands on the group when it is imported.
from luthier.cli.poly800 import live, memory, sequence, tape, voice  # noqa: E402, F401
