"""``luthier library add|tag|collect|edit|remove|undo|redo``: every one is a step that can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.library.options import FileOption, NumbersArgument, numbers_of, opened
from luthier.cli.output import JsonOption, note, print_json, progress
from luthier.errors import UsageError


def add(
    files: Annotated[list[Path], typer.Argument(help="Files and folders, which are read with all in them.")],
    library: FileOption = None,
    json: JsonOption = False,
) -> None:
    """Add files: banks with their programs, tapes, songs, firmware; what is there already is passed over.

    Files that are damaged or unknown are named on standard error and do not stop the others.  Exit code 1
    if nothing could be added and nothing was there.
    """
    from luthier.library.importing import add_files

    with opened(library, create=True) as store, progress("adding") as advance:
        report = add_files(store, files, advance)
        total = store.count
    for name, reason in report.damaged:
        note(f"luthier: {name}: {reason}")
    for name, reason in report.unknown:
        note(f"luthier: {name}: not recognised; {reason}")
    if json:
        print_json(report)
    else:
        typer.echo(
            f"{report.added:,} items added; {report.files:,} files looked at, of which {report.known:,} were"
            f" there already; {total:,} items in all"
        )
    if report.files and not report.added and not report.known:
        raise typer.Exit(1)


def tag(
    item: NumbersArgument,
    tag: Annotated[str, typer.Option("--tag", "-t", help="The tag.")],
    off: Annotated[bool, typer.Option("--off", help="Take it away.")] = False,
    library: FileOption = None,
) -> None:
    """Give items a tag, or take it away."""
    with opened(library) as store:
        store.label(numbers_of(item), "tags", tag, on=not off)


def collect(
    item: NumbersArgument,
    collection: Annotated[
        str, typer.Option("--in", help="The collection; it comes to be with its first item.")
    ],
    off: Annotated[bool, typer.Option("--off", help="Take them out.")] = False,
    library: FileOption = None,
) -> None:
    """Put items into a collection, or take them out."""
    with opened(library) as store:
        store.label(numbers_of(item), "collections", collection, on=not off)


def edit(
    item: NumbersArgument,
    name: Annotated[str | None, typer.Option(help="A new name.")] = None,
    notes: Annotated[str | None, typer.Option(help="New notes.")] = None,
    rating: Annotated[int | None, typer.Option(min=0, max=5, help="Stars.")] = None,
    library: FileOption = None,
) -> None:
    """Rename, rate and annotate items."""
    fields = {"name": name, "notes": notes, "rating": rating}
    wanted = {field: value for field, value in fields.items() if value is not None}
    if not wanted:
        raise UsageError("nothing to change", remedy="give --name, --notes or --rating")
    with opened(library) as store:
        numbers = numbers_of(item)
        store.edit(numbers, f"edit {', '.join(wanted)} of {len(numbers)} items", **wanted)


def remove(item: NumbersArgument, library: FileOption = None) -> None:
    """Take items out of the library; undo brings them back."""
    with opened(library) as store:
        store.remove(numbers_of(item))


def undo(
    step: Annotated[
        int | None, typer.Argument(help="The step, as history shows it [default: the last].")
    ] = None,
    library: FileOption = None,
) -> None:
    """Undo a step, or the last."""
    with opened(library) as store:
        typer.echo(f"undone: {store.undo(step)}")


def redo(library: FileOption = None) -> None:
    """Do again what was undone last."""
    with opened(library) as store:
        typer.echo(f"done again: {store.redo()}")
