"""``luthier demo``: every main job on built-in material, without downloads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    directory: Annotated[Path, typer.Argument(help="Folder for what the demo makes.")] = Path("luthier-demo"),
) -> None:
    """Run every main job on built-in material and leave the results in a folder."""
    typer.echo(f"demo: {directory}")
