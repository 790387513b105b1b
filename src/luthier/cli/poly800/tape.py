"""``luthier poly800 read|write``: tapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from luthier.cli.output import ForceOption, JsonOption, OutputOption, note, print_json, progress
from luthier.cli.poly800 import app
from luthier.cli.poly800.memory import BankArgument, SalvageOption

if TYPE_CHECKING:
    from luthier.poly800.tape.health.diagnosis import Diagnosis
    from luthier.poly800.tape.takes import Takes
    from luthier.poly800.tape_output import Saved


@app.command()
def read(
    audio: Annotated[
        list[Path],
        typer.Argument(
            metavar="AUDIO...", help="Recordings of one tape, any audio file; - is standard input."
        ),
    ],
    output: OutputOption,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="poly800, ex800, mk2, json, csv, image or a format name; else the suffix decides.",
        ),
    ] = None,
    dump: Annotated[
        int | None,
        typer.Option("--dump", min=1, help="Which memory, where the recordings hold several different ones."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="DIR", help="Folder for a report with pictures.")
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
    salvage: Annotated[
        bool, typer.Option("--salvage", help="Leave with exit code 0 also if the dump is incomplete.")
    ] = False,
) -> None:
    """Read a tape; several files or passes are takes of it and are merged.

    What was read is written even if it is not complete; then the exit code is 1 and the programs that are
    not right are named.
    """
    from luthier.files import STANDARD_STREAM
    from luthier.poly800 import tape_output
    from luthier.poly800.tape.health import diagnosis, summary
    from luthier.poly800.tape.health import report as reports
    from luthier.poly800.tape.takes import read_takes

    _refuse_json_beside_data(output, json)
    where = tape_output.destination(output, to)
    tape_output.refuse(where, audio, force)
    if report is not None:
        reports.refuse_to_overwrite(report, force)
    say: Callable[[str], object] = note if output == STANDARD_STREAM else typer.echo
    with _reading() as advance, read_takes(audio, advance) as takes:
        examined = json or report is not None or not takes.complete
        diagnoses = diagnosis.diagnoses(takes) if examined else []
        if report is not None:
            reports.write(takes, diagnoses, report, force=force)
        nothing = not takes.memories or summary.of_another_synth(diagnoses)
        chosen = takes.choose(dump) if not nothing else None
        saved = None if chosen is None else tape_output.save(takes.memories[chosen].dump, where, force=force)
        if json:
            _print_document(takes, diagnoses, chosen, saved)
    if report is not None:
        note(f"report: {report / reports.PAGE}")
    if chosen is None or saved is None:
        raise summary.nothing_found(diagnoses)
    if not json:
        for line in summary.lines(takes, chosen):
            say(line)
        say(f"{output}: written as {saved.kind.title}")
    for loss in saved.losses:
        note(f"not carried: {loss}")
    if not takes.memories[chosen].dump.complete and not salvage:
        raise summary.incomplete(takes, chosen, diagnoses, f"all that was read is in {output}")


@app.command()
def write(
    bank: BankArgument,
    output: OutputOption,
    rate: Annotated[int, typer.Option("--rate", help="Samples a second, 8000 to 192000.")] = 44_100,
    leader: Annotated[float, typer.Option("--leader", help="Seconds of leader tone, 0 to 30.")] = 5.0,
    trailer: Annotated[float, typer.Option("--trailer", help="Seconds of tone at the end, 0 to 30.")] = 1.0,
    level: Annotated[float, typer.Option("--level", help="Peak level in dBFS, -50 to 0.")] = -6.0,
    passes: Annotated[int, typer.Option("--passes", help="How often the dump is written.")] = 1,
    gap: Annotated[float, typer.Option("--gap", help="Seconds of silence between passes, 0 to 600.")] = 2.0,
    shape: Annotated[
        str, typer.Option("--shape", help="Half-waves: square (as the synth) or sine.")
    ] = "square",
    json: JsonOption = False,
    force: ForceOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Write a bank as a tape the synth can load (WAV, FLAC or AIFF), and read it back before it is kept."""
    from luthier.poly800 import library
    from luthier.poly800.tape import writing

    _refuse_json_beside_data(output, json)
    writing.refuse(output, force)
    options = writing.Options(rate, leader, trailer, level, passes, gap, writing.shape_named(shape))
    image, losses = writing.image_for(library.load_bank(bank, salvage=salvage))
    with _reading("writing") as advance:
        advance(0.0, "writing and reading back")
        written = writing.write_file(image, output, options, force=force)
    if json:
        record = {
            "output": output,
            "seconds": written.seconds,
            "rate": written.rate,
            "passes": written.passes,
        }
        print_json(record | {"checksum": written.checksum, "losses": losses, "image": image.hex()})
        return
    for loss in losses:
        note(f"not carried: {loss}")
    times = "once" if passes == 1 else f"{passes} times"
    note(
        f"{output}: {len(image):,} bytes, {times}, {written.seconds:.1f} s, checksum {written.checksum:02X}; "
        "read back, every byte is the same"
    )


@contextmanager
def _reading(title: str = "reading") -> Iterator[Callable[[float, str], None]]:
    """Progress that says so where the first use compiles."""
    from luthier.compiled import will_compile
    from luthier.poly800 import tape

    hint = " (the first use compiles for some seconds)" if will_compile(tape.__name__) else ""
    with progress(title + hint) as advance:
        yield lambda fraction, now: advance(fraction, f"{now}{hint}")


def _print_document(
    takes: Takes, diagnoses: list[Diagnosis], chosen: int | None, saved: Saved | None
) -> None:
    from luthier.poly800.tape.health.document import document

    record: dict[str, Any] = document(takes, diagnoses)
    record["chosen"] = None if chosen is None else str(chosen + 1)
    record["output"] = saved and {
        "name": saved.path,
        "format": saved.kind.name,
        "synth": saved.synth.value,
        "losses": saved.losses,
    }
    print_json(record)


def _refuse_json_beside_data(output: Path, json: bool) -> None:
    from luthier.files import STANDARD_STREAM

    if json and output == STANDARD_STREAM:
        raise typer.BadParameter("standard output takes either the data or JSON", param_hint="--json")
