"""``luthier kaoss patch``: changes to a payload, where the expected bytes stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kaoss import app
from luthier.cli.kaoss.files import (
    BumpOption,
    DespiteOption,
    FileArgument,
    VersionOption,
    version_given,
    with_version,
)
from luthier.cli.output import ForceOption, JsonOption, note, print_json

if TYPE_CHECKING:
    from luthier.kaoss.patch import Permissions
    from luthier.kaoss.patch_text import Patch


@app.command()
def patch(
    file: FileArgument,
    changes: Annotated[Path, typer.Argument(metavar="PATCH", help="The changes as text.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; - is standard output.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say how every change stands; write nothing.")
    ] = False,
    reverse: Annotated[bool, typer.Option("--reverse", help="Take the changes back.")] = False,
    protect: Annotated[
        list[str] | None,
        typer.Option("--protect", metavar="START:END", help="Leave these addresses of the payload alone."),
    ] = None,
    allow_vectors: Annotated[
        bool, typer.Option("--allow-vectors", help="Permit changes of the exception vectors.")
    ] = False,
    allow_protected: Annotated[
        bool, typer.Option("--allow-protected", help="Permit changes of what is protected.")
    ] = False,
    set_version: VersionOption = None,
    bump_version: BumpOption = False,
    despite_errors: DespiteOption = False,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Apply a patch: all of its changes or none, only where the expected bytes stand.

    With --check, exit code 1 if it could not be applied.
    """
    from luthier.errors import InputError, UsageError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite, write_bytes
    from luthier.kaoss import packing, patch_view
    from luthier.kaoss.built_in import load
    from luthier.kaoss.patch import apply, assembled, judge, reversed_patch

    if check == (output is not None):
        raise UsageError("a patch needs either -o or --check")
    if json and output == STANDARD_STREAM:
        raise UsageError("standard output takes either the file or JSON")
    version = version_given(set_version, bump_version)
    permissions = _permissions(protect or [], allow_vectors, allow_protected)
    if output is not None:
        refuse_to_overwrite(output, force)
    content = load(file)
    read = _read(changes)
    try:
        wanted = assembled(read)
        wanted = reversed_patch(wanted) if reverse else wanted
        verdicts = judge(content, wanted, permissions)
        changed = None if output is None else apply(content, wanted, permissions)
    except InputError as error:
        raise error.at(str(changes)) from error
    if output is not None and changed is not None:
        changed = with_version(changed, version, bump_version)
        if not despite_errors:
            packing.require_sound(changed)
        write_bytes(output, changed.write(), force=force)
    if json:
        print_json([patch_view.verdict_record(verdict) for verdict in verdicts])
    else:
        show = typer.echo if check else note
        for line in patch_view.verdict_lines(verdicts):
            show(line)
    if content.has_vectors and not (read.protected or permissions.ranges or allow_protected):
        note("nothing says where the update code lies: protect it with --protect or in the patch if you know")
    if output is not None and changed is not None:
        note(f"{output}: {len(verdicts)} changes, version {changed.header.version}")
    elif not all(verdict.is_possible for verdict in verdicts):
        raise typer.Exit(1)


def _permissions(protect: list[str], vectors: bool, protected: bool) -> Permissions:
    from luthier.errors import InputError, UsageError
    from luthier.kaoss.patch import Permissions
    from luthier.kaoss.patch_text import parse_range

    try:
        ranges = tuple(parse_range(text, "protected by --protect") for text in protect)
    except InputError as error:
        raise UsageError(error.what, where="--protect", remedy=error.remedy) from None
    return Permissions(vectors, protected, ranges)


def _read(path: Path) -> Patch:
    from luthier.errors import InputError
    from luthier.files import read_bytes
    from luthier.kaoss import patch_text

    data = read_bytes(path, patch_text.SIZE_LIMIT)
    try:
        return patch_text.parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is no UTF-8 text", where=str(path)) from None
    except InputError as error:
        raise error.at(str(path)) from error
