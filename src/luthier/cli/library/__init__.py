"""``luthier library``: patches, banks, tapes and songs in one searchable file."""

from __future__ import annotations

import typer

from luthier.cli.library import changing, looking

app = typer.Typer(
    help="Keep patches, banks, tapes and songs in one searchable file.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("add")(changing.add)
app.command("search")(looking.search)
app.command("show")(looking.show)
app.command("nearest")(looking.nearest)
app.command("dedupe")(looking.dedupe)
app.command("export")(looking.export)
app.command("tag")(changing.tag)
app.command("collect")(changing.collect)
app.command("edit")(changing.edit)
app.command("remove")(changing.remove)
app.command("history")(looking.history)
app.command("undo")(changing.undo)
app.command("redo")(changing.redo)
app.command("backup")(looking.backup)
