"""``luthier kaoss list|diff|eeprom``: the code of a firmware as text, compared, and searched."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kaoss import app
from luthier.cli.kaoss.files import FileArgument
from luthier.cli.output import ForceOption, JsonOption, note, print_json, progress

if TYPE_CHECKING:
    from luthier.kaoss.code import Code

SymbolsOption = Annotated[
    Path | None,
    typer.Option("--symbols", metavar="FILE", help="Names and comments: lines of ADDRESS NAME ; COMMENT."),
]


def code_of(file: Path, symbols: Path | None = None) -> Code:
    """The payload of a file taken apart; raises InputError with the name of the file."""
    from luthier.compiled import will_compile
    from luthier.cpu import notes
    from luthier.cpu.disassembler import disassembler
    from luthier.errors import InputError
    from luthier.kaoss.built_in import CPU, load
    from luthier.kaoss.code import take_payload_apart

    content = load(file)
    said = notes.load(symbols, disassembler(CPU).description) if symbols else None
    if will_compile("luthier.cpu"):
        note("the first use compiles for some seconds")
    try:
        return take_payload_apart(content, said)
    except InputError as error:
        raise error.at(str(file)) from error


@app.command("list")
def list_code(
    file: FileArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write; - is standard output.")
    ] = Path("-"),
    symbols: SymbolsOption = None,
    write_symbols: Annotated[
        Path | None,
        typer.Option("--write-symbols", metavar="FILE", help="Write all names and comments to this file."),
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Write the code as source text with comments, which `luthier asm` makes the same payload of.

    Code is followed from the vectors, through jump tables too; registers, texts, tables and references are
    named.
    """
    from luthier.cpu import notes
    from luthier.cpu.listing import ignore
    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite, write_bytes
    from luthier.kaoss.listing import Source

    for path in (output, write_symbols):
        if path is not None:
            refuse_to_overwrite(path, force)
    if write_symbols is not None and write_symbols.absolute() == output.absolute():
        raise UsageError("text and symbols need files of their own")
    code = code_of(file, symbols)
    source = Source(code)
    if json:
        print_json([line.record() for line in source.lines()])
    else:
        with progress("listing") if output != STANDARD_STREAM else nullcontext(ignore) as report:
            text = "".join(f"{line}\n" for line in source.text(report)).encode()
        if output == STANDARD_STREAM:
            sys.stdout.buffer.write(text)
        else:
            write_bytes(output, text, force=force)
    if write_symbols is not None:
        names = notes.write(code.program.all_symbols, code.notes, code.tables)
        write_bytes(write_symbols, names.encode(), force=force)


@app.command()
def diff(
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", help="A KORG SYSTEM FILE; - is standard input, or built-in.")
    ],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Another.")],
    symbols: SymbolsOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Also list functions that are the same.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page instead of text.")
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Compare two firmwares: header, vectors, functions even where they have moved, data and texts.

    --symbols names what is in the first.
    """
    from luthier.cpu import notes
    from luthier.cpu.disassembler import disassembler
    from luthier.errors import UsageError
    from luthier.files import refuse_to_overwrite, write_bytes
    from luthier.kaoss.built_in import CPU, load
    from luthier.kaoss.difference import view
    from luthier.kaoss.difference.comparison import compare
    from luthier.kaoss.difference.page import page

    if html and json:
        raise UsageError("--html and --json: choose one")
    if html:
        refuse_to_overwrite(html, force)
    said = notes.load(symbols, disassembler(CPU).description) if symbols else None
    found = compare(load(before), load(after), said)
    if html:
        write_bytes(html, page(found, str(before), str(after)).encode(), force=force)
        print(f"{html}: {view.counts(found) or 'no code'}")
    elif json:
        print_json(view.record(found))
    else:
        print(*view.lines(found, everything=everything), sep="\n")


@app.command()
def eeprom(file: FileArgument, symbols: SymbolsOption = None, json: JsonOption = False) -> None:
    """Search the code for serial memories that are driven over port pins, each with its evidence.

    Looked for are pulses on one pin in a loop, data on others, how many bits there are, and commands and
    addresses that fit a memory of the 93 series or one with two wires.
    """
    from luthier.kaoss.wires import view
    from luthier.kaoss.wires.buses import search

    found = search(code_of(file, symbols))
    if json:
        print_json(view.records(found))
    else:
        print(*view.lines(found), sep="\n")
