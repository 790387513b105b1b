"""``luthier disasm``: machine code to text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.numbers import address
from luthier.cli.output import ForceOption, JsonOption, note, progress
from luthier.cpu import CPUS

if TYPE_CHECKING:
    from luthier.cpu.disassembler import Instruction
    from luthier.cpu.listing import Item


def disasm(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The machine code; - is standard input.")],
    cpu: Annotated[str, typer.Option("--cpu", help=f"{', '.join(CPUS)}.")],
    base: Annotated[str, typer.Option("--base", metavar="ADDR", help="Address of the first byte.")] = "0",
    start: Annotated[
        str | None, typer.Option("--start", metavar="ADDR", help="Begin here, which is an entry point.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--end", metavar="ADDR", help="Stop before this address.")
    ] = None,
    entry: Annotated[
        list[str] | None, typer.Option("--entry", metavar="ADDR", help="A program begins here; repeatable.")
    ] = None,
    symbols: Annotated[
        Path | None,
        typer.Option(
            "--symbols", metavar="FILE", help="Names: lines of name = 0xADDRESS, or ADDRESS NAME ; COMMENT."
        ),
    ] = None,
    write_symbols: Annotated[
        Path | None, typer.Option("--write-symbols", metavar="FILE", help="Write all names to this file.")
    ] = None,
    linear: Annotated[
        bool, typer.Option("--linear", help="Every byte in its order, without following the program.")
    ] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write; - is standard output.")
    ] = Path("-"),
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Disassemble machine code.

    The program is followed from its entry points on, and the text assembles back to the same bytes.  Entry
    points are --start, --entry, the vectors of the CPU if the file covers them, and all symbols that are not
    marked "; data".  Without any, or with --linear, every byte is taken for code, with a line for each
    instruction.
    """
    from luthier.compiled import will_compile
    from luthier.cpu.disassembler import BUS_SIZE, Image, disassembler
    from luthier.cpu.listing import Listing, ignore
    from luthier.cpu.notes import Notes, load, parse_names
    from luthier.cpu.program import take_apart
    from luthier.cpu.symbols import write_symbols as symbol_text
    from luthier.errors import InputError, UsageError
    from luthier.files import STANDARD_STREAM, read_bytes, refuse_to_overwrite, write_bytes

    for path in (output, write_symbols):
        if path is not None:
            refuse_to_overwrite(path, force)
    if write_symbols is not None and write_symbols.absolute() == output.absolute():
        raise UsageError("text and symbols need files of their own")
    tool = disassembler(cpu)
    data = read_bytes(file, BUS_SIZE)
    if not data:
        raise InputError("is empty", where=str(file), remedy="check that this is the file you meant")
    image = Image.of(data, address(base, "--base")).part(
        None if start is None else address(start, "--start"), None if end is None else address(end, "--end")
    )
    entries = [address(text, "--entry") for text in entry or ()] + [image.base] * (start is not None)
    notes = load(symbols, tool.description, parse_names) if symbols else Notes()
    entries += [address for address in notes.entries if address in image]
    if will_compile("luthier.cpu"):
        note("the first use compiles for some seconds")
    program = None if linear else take_apart(tool, image, entries, notes.symbols)
    if program is None or not program.is_followed:
        if write_symbols is not None:
            raise UsageError("a linear disassembly finds no names", remedy="say where to begin, with --entry")
        _write(output, force, _json(tool.instructions(image)) if json else tool.lines(image))
        return
    listing = Listing(tool, program, notes.comments)
    with progress("disassembling") if output != STANDARD_STREAM else nullcontext(ignore) as report:
        items = listing.items(report)
        lines = _json(items) if json else (f"{line}\n".encode() for line in listing.lines(items))
        _write(output, force, lines)
    if write_symbols is not None:
        write_bytes(write_symbols, symbol_text(program.all_symbols).encode(), force=force)


def _write(output: Path, force: bool, chunks: Iterable[bytes]) -> None:
    """Write as it comes: to standard output, or to a file that is there when all is written."""
    from luthier.files import STANDARD_STREAM, written_beside

    if output == STANDARD_STREAM:
        sys.stdout.buffer.writelines(chunks)
        return
    with written_beside(output, force=force) as scratch, scratch.open("wb") as stream:
        stream.writelines(chunks)


def _json(items: Iterable[Item | Instruction]) -> Iterator[bytes]:
    """A list, one object a line."""
    import msgspec

    before = b"[\n"
    for item in items:
        yield before + msgspec.json.encode(item.record())
        before = b",\n"
    yield b"\n]\n"
