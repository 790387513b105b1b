"""What a benchmark gives back, and the machine it ran on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    benchmark: str
    row: str
    ours: str
    """Our figure with its unit, as printed."""
    required: str = ""
    """What must hold, as printed; empty when nothing is required."""
    holds: bool | None = None
    """Whether it holds; None when nothing is required."""
    peer: str = ""
    """The peer's figure on the same input; empty when the peer was not there."""
    details: dict[str, Any] = field(default_factory=dict)
    """Everything that was counted, for results.json."""


def machine() -> dict[str, str]:
    """Where and with what this was measured."""
    packages = ("numpy", "numba", "scipy", "soundfile", "soxr")
    versions = {name: importlib.metadata.version(name) for name in packages}
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "luthier": importlib.metadata.version("luthier"),
        **versions,
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def described(defect: Exception) -> str:
    """An exception in one line, with the place it came from."""
    place = traceback.extract_tb(defect.__traceback__)[-1]
    return f"{type(defect).__name__}: {defect} ({Path(place.filename).name}:{place.lineno})"


def print_table(figures: list[Figure]) -> None:
    """All figures in one table."""
    from rich.console import Console
    from rich.table import Table

    table = Table("benchmark", "row", "luthier", "required", "holds", "peer")
    for figure in figures:
        holds = "" if figure.holds is None else "yes" if figure.holds else "NO"
        table.add_row(figure.benchmark, figure.row, figure.ours, figure.required, holds, figure.peer)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
