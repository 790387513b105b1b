"""``luthier kaoss info|verify|unpack|pack``: system files as a whole and in parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kaoss import app
from luthier.cli.output import ForceOption, JsonOption, note, print_json

if TYPE_CHECKING:
    from luthier.kaoss.header import Header, Version
    from luthier.kaoss.system_file import SystemFile

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="A KORG SYSTEM FILE; - is standard input, or built-in.")
]
FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="KORG SYSTEM FILES; - is standard input, or built-in.")
]
VersionOption = Annotated[
    str | None,
    typer.Option("--set-version", metavar="1.03", help="Put this version in header and payload."),
]
BumpOption = Annotated[
    bool, typer.Option("--bump-version", help="Put the next version in header and payload.")
]
DespiteOption = Annotated[
    bool, typer.Option("--despite-errors", help="Write the result though verify finds errors in it.")
]


@app.command()
def info(files: FilesArgument, json: JsonOption = False) -> None:
    """Show every field of the header, and the payload in short."""
    from luthier.kaoss import view
    from luthier.kaoss.built_in import load

    loaded = [(str(path), load(path)) for path in files]
    if json:
        print_json([view.info_record(name, file) for name, file in loaded])
        return
    for number, (name, file) in enumerate(loaded):
        print(*([""] if number else []), *view.info_lines(name, file), sep="\n")


@app.command()
def verify(
    files: FilesArgument,
    device: Annotated[
        str | None, typer.Option("--device", metavar="NAME", help="Say so if the file is for another device.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Say everything wrong or odd with a file, where, and what it means for a unit that gets it.

    Exit code 1 if there is an error; warnings and notes alone leave with 0.
    """
    from luthier.kaoss import view
    from luthier.kaoss.built_in import load
    from luthier.kaoss.devices import named
    from luthier.kaoss.verify import has_errors
    from luthier.kaoss.verify import verify as findings_of

    expected = None if device is None else named(device)
    results = [(str(path), findings_of(load(path), expected)) for path in files]
    if json:
        print_json([view.finding_record(name, finding) for name, findings in results for finding in findings])
    else:
        for name, findings in results:
            for finding in findings:
                typer.echo(f"{name}: {finding}")
            typer.echo(f"{name}: {view.finding_summary(findings)}")
    if any(has_errors(findings) for _, findings in results):
        raise typer.Exit(1)


@app.command()
def unpack(
    file: FileArgument,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="Folder for header.toml and payload.bin; - is the payload alone."
        ),
    ],
    force: ForceOption = False,
) -> None:
    """Take a file apart: the header as text, the payload as it is."""
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite, write_bytes
    from luthier.kaoss.built_in import load
    from luthier.kaoss.header_text import to_text
    from luthier.kaoss.packing import HEADER_NAME, PAYLOAD_NAME

    content = load(file)
    if output == STANDARD_STREAM:
        write_bytes(output, content.payload)
        return
    parts = ((HEADER_NAME, to_text(content.header).encode()), (PAYLOAD_NAME, content.payload))
    for name, _ in parts:
        refuse_to_overwrite(output / name, force)
    for name, data in parts:
        write_bytes(output / name, data, force=force)
        note(f"{output / name}: {len(data):,} bytes")


@app.command()
def pack(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|PAYLOAD", help="What unpack wrote, or a payload; - is standard input."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; - is standard output.")],
    header: Annotated[
        Path | None, typer.Option("--header", metavar="FILE", help="The header as text, for a payload.")
    ] = None,
    like: Annotated[
        Path | None, typer.Option("--like", metavar="FILE", help="Take the header of this system file.")
    ] = None,
    device: Annotated[
        str | None,
        typer.Option("--device", metavar="NAME", help="Make a header for this device; needs --set-version."),
    ] = None,
    set_version: VersionOption = None,
    bump_version: BumpOption = False,
    fill: Annotated[bool, typer.Option("--fill", help="Fill a short payload up with FF.")] = False,
    despite_errors: DespiteOption = False,
    force: ForceOption = False,
) -> None:
    """Put a file together from header and payload, and check it before it is written."""
    from luthier.files import read_bytes, refuse_to_overwrite, write_bytes
    from luthier.kaoss import packing
    from luthier.kaoss.system_file import SIZE_LIMIT

    version = version_given(set_version, bump_version)
    refuse_to_overwrite(output, force)
    folder = source.is_dir()
    chosen = _header(source, folder, header, like, device, version)
    payload = read_bytes(source / packing.PAYLOAD_NAME if folder else source, SIZE_LIMIT)
    made = with_version(packing.pack(chosen, payload, fill=fill), version, bump_version)
    if not despite_errors:
        packing.require_sound(made)
    write_bytes(output, made.write(), force=force)
    note(f"{output}: {made.header.device} {made.header.version}, {len(made.payload):,} bytes of payload")


def version_given(text: str | None, bump: bool) -> Version | None:
    """The version of ``--set-version``; UsageError if it is none, or given beside ``--bump-version``."""
    from luthier.errors import InputError, UsageError
    from luthier.kaoss.header import Version

    if text is not None and bump:
        raise UsageError("--set-version and --bump-version exclude each other")
    try:
        return None if text is None else Version.parse(text)
    except InputError as error:
        raise UsageError(error.what, where="--set-version", remedy=error.remedy) from None


def with_version(file: SystemFile, version: Version | None, bump: bool) -> SystemFile:
    """The file with the version that was asked for, in its header and in its version block."""
    wanted = file.header.version.next if bump else version
    if wanted is None:
        return file
    changed = file.with_version(wanted)
    if changed.block is None and changed.has_vectors:
        note("there is no version block in the payload: only the header was changed")
    return changed


def _header(
    source: Path,
    folder: bool,
    header: Path | None,
    like: Path | None,
    device: str | None,
    version: Version | None,
) -> Header:
    from luthier.errors import InputError, UsageError
    from luthier.files import read_bytes
    from luthier.kaoss import packing
    from luthier.kaoss.built_in import load
    from luthier.kaoss.devices import named
    from luthier.kaoss.header import build_header
    from luthier.kaoss.header_text import from_text

    given = sum(one is not None for one in (header, like, device))
    if given > 1 or (given == 0 and not folder):
        raise UsageError(
            "where is the header to come from?", remedy="give one of --header, --like and --device"
        )
    if device is not None:
        if version is None:
            raise UsageError("--device makes a new header and needs --set-version")
        return build_header(named(device), version)
    if like is not None:
        return load(like).header
    path = header or source / packing.HEADER_NAME
    try:
        return from_text(read_bytes(path, _LARGEST_TEXT).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is no UTF-8 text", where=str(path)) from None
    except InputError as error:
        raise error if error.where.startswith(str(path)) else error.at(str(path)) from None


#: Bytes of the largest header text.
_LARGEST_TEXT = 1 << 16
