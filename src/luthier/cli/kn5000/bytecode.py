"""``luthier kn5000 bytecode``: the streams that configure the effect chips."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import ForceOption, JsonOption, note, print_json, print_json_list

if TYPE_CHECKING:
    from luthier.kn5000.bytecode.descriptors import Descriptor

#: A ROM image of the sub CPU has 192 KiB.
_SIZE_LIMIT = 1 << 20

bytecode = typer.Typer(
    help="Streams of bytecode for the effect chips: take apart, write, run.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(bytecode, name="bytecode")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A stream, or an image that holds it.")]
StartOption = Annotated[
    str | None, typer.Option("--start", metavar="ADDRESS", help="Where the stream begins in the image.")
]
BaseOption = Annotated[
    str, typer.Option("--base", metavar="ADDRESS", help="Address of the first byte of the image.")
]


@bytecode.command()
def disasm(
    file: FileArgument,
    start: StartOption = None,
    base: BaseOption = "0",
    json: JsonOption = False,
) -> None:
    """Print a stream as text that asm turns into the same bytes; with --start that stream only."""
    from luthier.kn5000.bytecode.disassembler import disassemble
    from luthier.kn5000.bytecode.stream import instructions

    data, first, place = _image(file, start, base)
    if json:
        print_json_list(
            {
                "name": found.operation.name,
                "address": first + found.place,
                "opcode": found.opcode,
                "length": found.length,
                "bytes": found.encoded.hex(),
            }
            for found in instructions(data, place)
        )
        return
    for line in disassemble(data, start=place, base=first, only=start is not None):
        typer.echo(line)


@bytecode.command()
def asm(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Text, as disasm prints it.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write; - is standard output.")],
    force: ForceOption = False,
) -> None:
    """Turn text into a stream."""
    from luthier.cpu.assembler.problems import AssemblyError
    from luthier.errors import InputError
    from luthier.files import read_bytes, write_bytes
    from luthier.kn5000.bytecode.assembler import assemble

    try:
        stream = assemble(read_bytes(file, _SIZE_LIMIT).decode("utf-8", "replace"))
    except AssemblyError as problems:
        for error in problems.errors:
            note(f"luthier: {error.at(str(file))}")
        raise typer.Exit(1) from None
    except InputError as error:
        raise error.at(str(file)) from error
    write_bytes(output, stream, force=force)


@bytecode.command()
def run(
    file: FileArgument,
    start: StartOption = None,
    base: BaseOption = "0",
    chip: Annotated[int, typer.Option("--chip", metavar="1|2", help="For which effect chip.")] = 1,
    descriptor: Annotated[
        str, typer.Option("--descriptor", metavar="BYTES", help="What is added: 12 bytes in hexadecimal.")
    ] = "",
    parameter: Annotated[
        str | None,
        typer.Option("--parameter", metavar="NUMBER", help="What opcodes 0 and 5 add to numbers."),
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="The arithmetic of the audio-subsystem page.")
    ] = False,
    ports: Annotated[
        bool, typer.Option("--ports", help="Print the writes of the sub CPU's ports, as trace reads them.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Run a stream and print what the effect chips are told."""
    from luthier.errors import UsageError
    from luthier.kn5000.bytecode.interpreter import Arithmetic
    from luthier.kn5000.bytecode.interpreter import run as run_stream
    from luthier.kn5000.dsp_ports import capture, trace
    from luthier.kn5000.dsp_ports.bus import Bus

    if chip not in (1, 2):
        raise UsageError(f"--chip {chip} does not exist", remedy="give 1 or 2")
    data, first, place = _image(file, start, base)
    done = run_stream(
        data,
        start=place,
        chip=chip - 1,
        descriptor=_descriptor(descriptor),
        parameter=None if parameter is None else _signed(parameter),
        arithmetic=Arithmetic.PUBLISHED if published else Arithmetic.FIRMWARE,
    )
    if ports:
        writes = Bus().send(done.events)
        if json:
            print_json([{"name": f"{port:02X}", "value": value} for port, value in writes])
        else:
            typer.echo(capture.write(writes), nl=False)
    elif json:
        print_json_list(record.record for record in trace.records(done.events))
    else:
        for record in trace.records(done.events):
            typer.echo(record.line)
    done.check(str(file), first)


def _image(file: Path, start: str | None, base: str) -> tuple[bytes, int, int]:
    """Bytes of an image, the address of the first, and the place where the stream begins."""
    from luthier.cli.numbers import address
    from luthier.errors import UsageError
    from luthier.files import read_bytes

    first = address(base, "--base")
    data = read_bytes(file, _SIZE_LIMIT)
    place = 0 if start is None else address(start, "--start") - first
    if not 0 <= place <= len(data):
        raise UsageError(
            f"--start {start} lies outside the image", remedy=f"it has 0x{first:X} to 0x{first + len(data):X}"
        )
    return data, first, place


def _descriptor(text: str) -> Descriptor:
    from luthier.errors import UsageError
    from luthier.kn5000.bytecode.descriptors import NOTHING, SIZE, Descriptor

    if not text:
        return NOTHING
    try:
        encoded = bytes.fromhex(text)
    except ValueError:
        encoded = b""
    if len(encoded) != SIZE:
        raise UsageError(
            f"--descriptor {text!r} is no descriptor", remedy="give 12 bytes, two hexadecimal digits each"
        )
    return Descriptor.of(encoded)


def _signed(text: str) -> int:
    from luthier.errors import UsageError

    try:
        value = int(text, 0)
    except ValueError:
        value = 1 << 32
    if not -(1 << 31) <= value < 1 << 32:
        raise UsageError(f"--parameter {text!r} is no number of 32 bits", remedy="write 0x7FFFFF or -8388608")
    return value
