"""How every command talks: JSON or text on standard output, notes and progress on standard error."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an output that already exists.")]
OutputOption = Annotated[Path, typer.Option("--output", "-o", help="Where to write; - is standard output.")]


def print_json(document: Any) -> None:
    """Print any records, lists and dictionaries as indented JSON (bytes appear as hexadecimal)."""
    import msgspec

    encoded = msgspec.json.encode(document, enc_hook=_encode)
    sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")


def print_json_list(records: Iterable[Any]) -> None:
    """Print a list as :func:`print_json` does, but one record at a time: there may be millions."""
    import msgspec

    before = "[\n"
    for record in records:
        encoded = msgspec.json.encode(record, enc_hook=_encode)
        text = msgspec.json.format(encoded, indent=2).decode().replace("\n", "\n  ")
        sys.stdout.write(f"{before}  {text}")
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def _encode(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"no JSON for {type(value).__name__}")


def note(text: str) -> None:
    """Say something beside the result, on standard error."""
    print(text, file=sys.stderr)


def _no_progress(_fraction: float, _now: str = "") -> None:
    """Progress for a pipe: none."""


@contextlib.contextmanager
def progress(title: str) -> Iterator[Callable[[float, str], None]]:
    """A progress bar on a terminal, nothing in a pipe; the yielded function takes (0..1, what now)."""
    if not sys.stderr.isatty():
        yield _no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)

        def advance(fraction: float, now: str = "") -> None:
            bar.update(task, completed=fraction, description=now or title)

        yield advance
