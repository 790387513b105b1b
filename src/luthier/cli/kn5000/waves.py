"""``luthier kn5000 waves``: what is in the wave ROMs, or in the built-in bank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import ForceOption, JsonOption, note, print_json, progress

if TYPE_CHECKING:
    from luthier.kn5000.waves.bank import Bank


@app.command()
def waves(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Images of wave ROMs; without, the built-in bank."),
    ] = None,
    entry: Annotated[
        str | None, typer.Option("--entry", metavar="NUMBER|NAME", help="Export this recording as WAV.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write the recording.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="Write the built-in bank as images FILE-0 to FILE-3."),
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """List the recordings of wave ROMs or of the built-in bank, export one, or write the bank as images."""
    from luthier.errors import UsageError
    from luthier.kn5000.waves import bank, listing

    if (entry is None) != (output is None):
        raise UsageError("--entry and --output belong together")
    if write is not None:
        if files or entry is not None:
            raise UsageError("--write is for the built-in bank alone")
        _write_images(write, force)
        return
    with progress("waves") as advance:
        found = bank.open_bank(files, advance)
    for warning in found.warnings:
        note(f"note: {warning}")
    if entry is not None and output is not None:
        _export(found, entry, output, force)
    elif json:
        print_json(listing.records(found))
    else:
        print(*listing.lines(found), sep="\n")


def _export(found: Bank, wanted: str, output: Path, force: bool) -> None:
    from luthier.audio import files
    from luthier.cli.numbers import number

    names = {entry.name: entry.selector for entry in found.entries}
    chosen = names[wanted] if wanted in names else number(wanted, "entry")
    samples = found.samples(chosen)
    rate = round(float(found.recordings.table[chosen]["rate"]))
    files.write(output, samples / 32_768, rate, subtype="PCM_16", force=force)
    typer.echo(f"{output}: {found.entry(chosen).name}, {samples.size} samples at {rate} Hz")


def _write_images(write: Path, force: bool) -> None:
    from luthier.files import refuse_to_overwrite, write_bytes
    from luthier.kn5000.waves import bank

    with progress("waves") as advance:
        images = bank.images(bank.built_in_bank(advance))
    outputs = []
    for image in images:
        path = write.with_name(f"{write.stem}-{image.table.wave_class}{write.suffix or '.bin'}")
        outputs += [(path, image.data), (path.with_suffix(".json"), image.json)]
    for path, _ in outputs:
        refuse_to_overwrite(path, force)
    for path, data in outputs:
        write_bytes(path, data, force=force)
        typer.echo(f"{path}: {len(data):,} bytes")
