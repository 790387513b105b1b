"""``luthier demo``: every main job on built-in material, without downloads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.output import ForceOption


def demo(
    directory: Annotated[Path, typer.Argument(help="Folder for what the demo makes.")] = Path("luthier-demo"),
    force: ForceOption = False,
) -> None:
    """Run every main job on built-in material and leave the results in a folder."""
    from luthier import demo as demonstration

    demonstration.run(directory, typer.echo, force=force)
