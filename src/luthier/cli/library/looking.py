"""``luthier library search|show|nearest|dedupe|export|history|backup``: nothing in the library changes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.library.options import FileOption, NumbersArgument, numbers_of, opened
from luthier.cli.output import ForceOption, JsonOption, OutputOption, print_json

if TYPE_CHECKING:
    from luthier.library.entry import Item


def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            help='Words, "cutoff < 30", "chorus on", tag:bass, in:COLLECTION, kind:patch, rating>=4.'
        ),
    ] = None,
    order: Annotated[str, typer.Option(help="relevance, name, added or rating.")] = "relevance",
    first: Annotated[int, typer.Option(min=0, help="Leave out so many.")] = 0,
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=100_000, help="Show at most so many.")] = 50,
    library: FileOption = None,
    json: JsonOption = False,
) -> None:
    """Find items for which everything that is asked holds; without a query, all."""
    from luthier.library.query import joined
    from luthier.library.search import search as find

    with opened(library) as store:
        found = find(store, joined(query or ()), order=order, first=first, most=most)
    if json:
        print_json(found.items)
        return
    _print_items(found.items)
    shown = f"{len(found.items)} of {found.total:,}" if len(found.items) < found.total else f"{found.total:,}"
    typer.echo(f"{shown} item{'' if found.total == 1 else 's'}")


def _print_items(items: Iterable[Item]) -> None:
    for item in items:
        stars = "*" * item.rating if item.rating else ""
        marks = " ".join(f"#{tag}" for tag in item.tags)
        line = f"{item.id:>7}  {item.kind:<8} {item.instrument:<20} {item.name:<32} {stars:<5} {marks}"
        typer.echo(line.rstrip())


def show(item: NumbersArgument, library: FileOption = None, json: JsonOption = False) -> None:
    """Show items: what is known of them, and what is in them."""
    from luthier.library.shelves import shelf_of

    numbers = numbers_of(item)
    with opened(library) as store:
        items = [store.item(number) for number in numbers]
        if json:
            print_json(items)
            return
        for one in items:
            typer.echo(f"{one.id}  {one.name}  ({one.kind}, {one.instrument})")
            for title, text in _facts(one):
                if text:
                    typer.echo(f"  {title:<12} {text}")
            shelf = shelf_of(one)
            if shelf is not None and one.kind != "tape":
                typer.echo(shelf.show(one, store.content(one.id)))


def _facts(item: Item) -> list[tuple[str, str]]:
    return [
        ("from", ", ".join(filter(None, (item.file, item.place)))),
        ("added", time.strftime("%Y-%m-%d %H:%M", time.localtime(item.added))),
        ("rating", "-" if item.rating is None else f"{item.rating} of 5"),
        ("tags", ", ".join(item.tags)),
        ("collections", ", ".join(item.collections)),
        ("notes", item.notes),
        ("SHA-256", item.digest),
    ]


def nearest(
    item: Annotated[int, typer.Argument(help="The number of a patch.")],
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=10_000, help="Show so many.")] = 10,
    library: FileOption = None,
    json: JsonOption = False,
) -> None:
    """List the sounds nearest to one: 0 % is the same, 100 % differs in everything."""
    from luthier.library.sounds import nearest as near

    with opened(library) as store:
        found = near(store, item, most)
        items = {one.id: one for one in store.items([number for number, _ in found])}
    rows = [(items[number], distance) for number, distance in found]
    if json:
        print_json([{"distance": distance, "item": one, "name": one.name} for one, distance in rows])
        return
    for one, distance in rows:
        typer.echo(f"{distance:>7.1%}  {one.id:>7}  {one.instrument:<8} {one.name}")


def dedupe(
    near: Annotated[
        int | None,
        typer.Option(min=1, max=8, help="List sounds too that differ in so many parameters at most."),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove all of each group of equal items but the oldest.")
    ] = False,
    library: FileOption = None,
    json: JsonOption = False,
) -> None:
    """List what is there more than once: with the very same bytes, and with --near nearly so."""
    from luthier.library.shelves import families
    from luthier.library.sounds import equal_groups, near_groups

    with opened(library) as store:
        equal = equal_groups(store)
        close = (
            [group for family in families().values() for group in near_groups(store, family, near)]
            if near
            else []
        )
        names = {one.id: one for group in (*equal, *close) for one in store.items(group)}
        spare = [number for group in equal for number in group[1:]]
        if remove and spare:
            store.remove(spare)
    if json:
        both = [("equal", group) for group in equal] + [("near", group) for group in close]
        print_json([{"name": kind, "items": [names[number] for number in group]} for kind, group in both])
        return
    for title, groups in (("equal", equal), ("nearly equal", close)):
        for group in groups:
            typer.echo(f"{title}: " + ", ".join(f"{number} {names[number].name}" for number in group))
    done = f"; {len(spare)} removed, `luthier library undo` brings them back" if remove and spare else ""
    typer.echo(f"{len(equal)} groups of equal items, {len(close)} of nearly equal sounds{done}")


def export(
    item: NumbersArgument, output: OutputOption, library: FileOption = None, force: ForceOption = False
) -> None:
    """Write items to a file, in the format of its suffix; several patches become a bank."""
    from luthier.library.exporting import export as write

    with opened(library) as store:
        size = write(store, numbers_of(item), output, force=force)
    if output != Path("-"):
        typer.echo(f"{output}: {size:,} bytes")


def history(
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=100_000, help="Show at most so many.")] = 20,
    library: FileOption = None,
    json: JsonOption = False,
) -> None:
    """List what was done, the newest first."""
    with opened(library) as store:
        steps = store.history(most)
    if json:
        print_json(
            [{"name": step.what, "id": step.id, "at": step.at, "undone": step.undone} for step in steps]
        )
        return
    for step in steps:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(step.at))
        typer.echo(f"{step.id:>6}  {when}  {step.what}{'  (undone)' if step.undone else ''}")


def backup(output: OutputOption, library: FileOption = None, force: ForceOption = False) -> None:
    """Write a whole copy of the library, also while other programs use it."""
    from luthier.files import written_beside
    from luthier.library.schema import back_up

    with opened(library) as store, written_beside(output, force=force) as scratch:
        back_up(store.path, scratch)
    typer.echo(f"{output}: {output.stat().st_size:,} bytes")
