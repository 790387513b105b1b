"""``luthier asm``: text to machine code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.output import ForceOption, JsonOption, OutputOption, note, print_json, progress
from luthier.cpu import CPUS

if TYPE_CHECKING:
    from luthier.cpu.assembler import Assembly


def asm(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="The text; - is standard input.")],
    cpu: Annotated[str, typer.Option("--cpu", help=f"{', '.join(CPUS)}.")],
    output: OutputOption,
    listing: Annotated[
        Path | None, typer.Option("--listing", metavar="FILE", help="Write addresses, bytes and text here.")
    ] = None,
    symbols: Annotated[
        Path | None,
        typer.Option("--symbols", metavar="FILE", help="Write all names here, as disasm reads them."),
    ] = None,
    fill: Annotated[
        str, typer.Option("--fill", metavar="BYTE", help="What lies between the parts of the image.")
    ] = "0xFF",
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Assemble a program into an image of its bytes, from the lowest address to the highest.

    Exit code 1 if there are errors; each is one line with file, line and column.
    """
    from luthier.cpu.assembler import AssemblyError, assemble
    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite, write_bytes

    outputs = [path for path in (output, listing, symbols) if path is not None]
    if outputs.count(STANDARD_STREAM) + json > 1:
        raise UsageError("standard output takes one of image, listing, symbols and JSON")
    named = [path.absolute() for path in outputs if path != STANDARD_STREAM]
    if len(set(named)) < len(named):
        raise UsageError("image, listing and symbols need files of their own")
    for path in outputs:
        refuse_to_overwrite(path, force)
    try:
        with progress("assembling"):
            result = assemble(source, cpu, fill=_byte(fill), folder=Path())
    except AssemblyError as problems:
        for error in problems.errors:
            note(f"luthier: {error}")
        raise typer.Exit(1) from None
    write_bytes(output, result.image, force=force)
    if listing is not None:
        write_bytes(listing, result.listing().encode(), force=force)
    if symbols is not None:
        write_bytes(symbols, result.symbol_file().encode(), force=force)
    if json:
        print_json(_record(output, result))
    else:
        note(
            f"{output}: {len(result.image):,} bytes from {result.base:#08x}, {len(result.symbols):,} symbols"
        )


def _record(output: Path, result: Assembly) -> dict[str, object]:
    return {
        "name": str(output),
        "base": result.base,
        "size": len(result.image),
        "symbols": result.symbols,
    }


def _byte(text: str) -> int:
    from luthier.errors import UsageError

    try:
        return int(text, 0)
    except ValueError:
        raise UsageError(f"--fill {text!r} is no number", remedy="give one byte, such as 0xFF") from None
