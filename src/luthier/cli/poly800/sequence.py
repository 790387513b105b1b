"""``luthier poly800 sequence``: shows the step sequence, takes it to and from a Standard MIDI File."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.output import ForceOption, JsonOption, note, print_json
from luthier.cli.poly800 import app
from luthier.cli.poly800.memory import BankArgument, SalvageOption

if TYPE_CHECKING:
    from fractions import Fraction

    from luthier.poly800.bank import Bank
    from luthier.poly800.note_base import NoteBase

_MIDI_SUFFIXES = (".mid", ".midi", ".smf")


@app.command()
def sequence(
    bank: BankArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="A .mid file; with --from the bank to write; - is standard output."
        ),
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE.mid", help="Replace the sequence by this song.")
    ] = None,
    step: Annotated[str, typer.Option("--step", help="Length of a step: 1/16, 1/8, 1/24 ...")] = "1/16",
    tempo: Annotated[
        float, typer.Option("--tempo", help="Quarter notes per minute of the file to write.")
    ] = 120.0,
    base: Annotated[
        str, typer.Option("--note-base", help="MIDI note of code 0: 0 or 24; auto judges by the notes.")
    ] = "auto",
    channel: Annotated[
        int | None,
        typer.Option("--channel", min=1, max=16, help="Take only this channel; else all but 10."),
    ] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Drop notes off the keyboard instead of folding them by octaves.")
    ] = False,
    json: JsonOption = False,
    force: ForceOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Show the step sequence of a bank, write it as a MIDI file, or replace it by one.

    The synth keeps pitches and a grid only: what a file has beyond that is told.
    """
    from luthier.files import STANDARD_STREAM
    from luthier.poly800 import library, sequence_view

    if json and output == STANDARD_STREAM:
        raise typer.BadParameter("standard output takes either the file or JSON", param_hint="--json")
    if source is not None and output is None:
        raise typer.BadParameter("--from needs -o, the bank to write", param_hint="--from")
    chosen, part = _note_base(base), _fraction(step)
    content = library.load_bank(bank, salvage=salvage)
    if source is not None and output is not None:
        _import(content, source, output, part, chosen, channel, not drop, json, force)
    elif output is not None:
        _export(content, output, part, tempo, chosen, json, force)
    elif json:
        print_json(sequence_view.record(content, *sequence_view.of_bank(content, chosen)))
    else:
        _show(content, chosen)


def _show(bank: Bank, chosen: NoteBase | None) -> None:
    from luthier.poly800 import sequence_view

    steps, base = sequence_view.of_bank(bank, chosen)
    typer.echo(sequence_view.summary(bank, steps, base))
    if steps.steps:
        typer.echo("\n" + sequence_view.grid(steps, base))
    for problem in steps.problems():
        note(problem)


def _export(
    bank: Bank, output: Path, step: Fraction, tempo: float, chosen: NoteBase | None, json: bool, force: bool
) -> None:
    from luthier.files import STANDARD_STREAM, write_bytes
    from luthier.poly800 import sequence_midi, sequence_view

    if output != STANDARD_STREAM and output.suffix.lower() not in _MIDI_SUFFIXES:
        raise typer.BadParameter(
            f"{output} is no .mid file; to put a song into a bank give --from SONG.mid", param_hint="-o"
        )
    steps, base = sequence_view.of_bank(bank, chosen)
    export = sequence_midi.to_midi(steps, tempo=tempo, step=step, base=base)
    write_bytes(output, export.data, force=force)
    if json:
        count = len(steps.steps)
        print_json({"name": str(output), "steps": count, "note_base": base, "losses": export.losses})
        return
    note(f"{output}: {len(steps.steps)} steps; note base {base.offset}, {base.reason}")
    for loss in export.losses:
        note(f"not carried: {loss}")


def _import(
    bank: Bank,
    source: Path,
    output: Path,
    step: Fraction,
    chosen: NoteBase | None,
    channel: int | None,
    fold: bool,
    json: bool,
    force: bool,
) -> None:
    from luthier.errors import InputError
    from luthier.files import STANDARD_STREAM, read_bytes
    from luthier.poly800 import library, sequence_midi, sequence_view

    _, base = sequence_view.of_bank(bank, chosen)
    data = read_bytes(source, sequence_midi.SIZE_LIMIT)
    try:
        result = sequence_midi.from_midi(
            data, capacity=len(bank.sequence), step=step, base=base, channel=channel, fold=fold
        )
    except InputError as error:
        raise error.at(str(source)) from error
    changed = bank.with_sequence(result.sequence.over(bank.sequence))
    kind = library.output_format(output, "poly800-json" if output == STANDARD_STREAM else None, changed)
    converted, losses = library.converted_for(changed, kind)
    library.save([converted], output, kind, force=force)
    if json:
        steps, size = len(result.sequence.steps), len(result.sequence.body)
        lost = [*result.losses, *map(str, losses)]
        print_json({"name": str(output), "steps": steps, "bytes": size, "note_base": base, "losses": lost})
        return
    note(f"{output}: {len(result.sequence.steps)} steps in {len(result.sequence.body)} bytes")
    note(f"note base {base.offset}, {base.reason}; if the synth plays wrong octaves, give --note-base")
    for loss in (*result.losses, *losses):
        note(f"not carried: {loss}")


def _note_base(text: str) -> NoteBase | None:
    from luthier.poly800 import note_base

    if text == "auto":
        return None
    try:
        return note_base.given(int(text))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither auto nor a number", param_hint="--note-base") from None


def _fraction(text: str) -> Fraction:
    from fractions import Fraction

    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise typer.BadParameter(f"{text!r} is no fraction such as 1/16", param_hint="--step") from None
