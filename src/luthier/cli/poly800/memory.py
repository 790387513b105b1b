"""``luthier poly800 show|convert|set|copy|swap|init|morph|randomise|diff|verify``: banks and programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from luthier.cli.output import ForceOption, JsonOption, OutputOption, note, print_json
from luthier.cli.poly800 import app

if TYPE_CHECKING:
    from luthier.poly800.bank import Bank
    from luthier.poly800.bank_format import BankFormat
    from luthier.poly800.compare import Difference

BankArgument = Annotated[
    Path,
    typer.Argument(
        metavar="BANK",
        help="Tape recording, .syx, .json, .csv ...; FILE#2 is the second bank in it;"
        " built-in (or built-in-mk2) is the bank that comes with Luthier.",
    ),
]
ProgramArgument = Annotated[int, typer.Argument(metavar="PROGRAM", help="11 to 18, 21 to 28 ... 81 to 88.")]
SelectionArgument = Annotated[
    str, typer.Argument(metavar="PROGRAMS", help="11, 11-18, 11,23 or all.", show_default=False)
]
SalvageOption = Annotated[bool, typer.Option("--salvage", help="Take what is there of a damaged bank.")]
ToOption = Annotated[
    str | None,
    typer.Option(
        "--to", help="Synth (poly800, ex800, mk2) or format name; else the suffix of the output decides."
    ),
]
BaseOption = Annotated[
    Path | None, typer.Option("--base", metavar="BANK", help="Where a CSV takes from what it cannot carry.")
]


@app.command()
def show(
    bank: BankArgument,
    program: Annotated[
        int | None, typer.Argument(metavar="[PROGRAM]", help="One program, as on the panel.")
    ] = None,
    json: JsonOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Show a bank as a list, or one program with all its parameters."""
    from luthier.poly800 import built_in, library, panel

    content = library.load_bank(bank, salvage=salvage)
    if program is None:
        if json:
            titles = built_in.names(content)
            print_json(
                [
                    _program_record(content, number, titles.get(number))
                    for number, _ in content.numbered_programs()
                ]
            )
        else:
            typer.echo(panel.bank_list(content, built_in.names(content)))
        return
    chosen = content.program(program)
    title = built_in.names(content).get(program)
    if json:
        print_json(_program_record(content, program, title))
        return
    typer.echo(f"{content.synth.title} program {program}{f': {title}' if title else ''}\n")
    typer.echo(panel.program_table(chosen))
    for problem in chosen.problems():
        note(f"program {program}: {problem}")


def _program_record(bank: Bank, number: int, title: str | None) -> dict[str, Any]:
    program = bank.program(number)
    return {
        "name": str(number),
        "title": title,
        "synth": bank.synth.value,
        "parameters": program.values(),
        "packed": program.packed.hex(" "),
        "problems": list(program.problems()),
    }


@app.command()
def convert(
    bank: BankArgument,
    output: OutputOption,
    to: ToOption = None,
    base: BaseOption = None,
    json: JsonOption = False,
    force: ForceOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Convert a bank to another synth or kind of file, and say exactly what that cannot carry."""
    from luthier.poly800 import library
    from luthier.poly800.interchange import CSV_OMITS
    from luthier.poly800.problems import in_one_line

    _refuse_json_beside_data(output, json)
    base_bank = library.load_bank(base) if base else None
    loaded = library.load(bank, salvage=salvage, base=base_bank)
    for entry in loaded:
        if entry.problems:
            note(f"{bank}: {in_one_line(entry.problems)}")
    banks = [entry.bank for entry in loaded]
    synth, kind = _destination(banks[0], loaded[0].format, output, to)
    pairs = [library.converted_for(entry, kind, synth) for entry in banks]
    library.save([converted for converted, _ in pairs], output, kind, force=force)
    losses = [loss for _, found in pairs for loss in found]
    if json:
        record = {"output": output, "format": kind.name, "synth": pairs[0][0].synth.value, "losses": losses}
        print_json(record | {"limitations": kind.limitations})
        return
    for loss in losses:
        note(f"not carried: {loss}")
    if kind.name == "poly800-csv":
        note(f"not carried: {CSV_OMITS}; reading takes them from --base, or from a new bank")


def _destination(bank: Bank, source: BankFormat, output: Path, to: str | None) -> tuple[Any, BankFormat]:
    """The synth to convert to, if one was asked for, and the format to write."""
    from luthier.files import STANDARD_STREAM
    from luthier.poly800 import library
    from luthier.poly800.convert import convert as convert_bank
    from luthier.poly800.synth import Synth

    synth = Synth.named(to) if to in {entry.value for entry in Synth} else None
    name = to if synth is None else None
    if name is None and output == STANDARD_STREAM:
        name = source.name if synth is None else library.own_format(synth).name
    target = bank if synth is None else convert_bank(bank, synth)[0]
    return synth, library.output_format(output, name, target)


@app.command(name="set")
def set_parameters(
    bank: BankArgument,
    assignments: Annotated[
        list[str],
        typer.Argument(metavar="ASSIGNMENT...", help="11.41=69, 11.cutoff=69, 11-18.trigger=multi, 87=2."),
    ],
    output: OutputOption,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Set parameters by panel number or name."""
    from luthier.poly800 import edit, library

    before = library.load_bank(bank)
    _save_edited(bank, before, edit.assign(before, assignments), output, json, force)


@app.command()
def copy(
    bank: BankArgument,
    source: ProgramArgument,
    targets: SelectionArgument,
    output: OutputOption,
    origin: Annotated[
        Path | None, typer.Option("--from", metavar="BANK", help="Take it from this bank.")
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Copy a program over others, from the same bank or another one."""
    from luthier.poly800 import edit, library

    before = library.load_bank(bank)
    other = library.load_bank(origin) if origin else None
    after = edit.copy(before, source, edit.select(targets), origin=other)
    if other and other.synth is not before.synth:
        note(f"the program comes from a {other.synth.title}: only what both synths have is carried")
    _save_edited(bank, before, after, output, json, force)


@app.command()
def swap(
    bank: BankArgument,
    one: ProgramArgument,
    other: ProgramArgument,
    output: OutputOption,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Exchange two programs."""
    from luthier.poly800 import edit, library

    before = library.load_bank(bank)
    _save_edited(bank, before, edit.swap(before, one, other), output, json, force)


@app.command()
def init(
    bank: BankArgument,
    programs: SelectionArgument,
    output: OutputOption,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Set programs to a plain tone to start from."""
    from luthier.poly800 import edit, library

    before = library.load_bank(bank)
    _save_edited(bank, before, edit.init(before, edit.select(programs)), output, json, force)


@app.command()
def morph(
    bank: BankArgument,
    one: ProgramArgument,
    other: ProgramArgument,
    output: OutputOption,
    programs: Annotated[str, typer.Option("--into", metavar="PROGRAMS", help="Where the steps go: 21-28.")],
    at: Annotated[
        float | None,
        typer.Option("--at", help="One position, 0 to 1; else even steps from one to the other."),
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Fill programs with the way from one sound to another."""
    from luthier.poly800 import edit, library

    before = after = library.load_bank(bank)
    numbers = edit.select(programs)
    for index, number in enumerate(numbers):
        position = at if at is not None else index / max(len(numbers) - 1, 1)
        step = edit.morph(before.program(one), before.program(other), position)
        after = after.with_program(number, step)
    _save_edited(bank, before, after, output, json, force)


@app.command()
def randomise(
    bank: BankArgument,
    programs: SelectionArgument,
    output: OutputOption,
    seed: Annotated[int | None, typer.Option("--seed", help="The same number gives the same sounds.")] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Fill programs with random sounds within musical bounds."""
    import secrets

    from luthier.poly800 import edit, library

    before = library.load_bank(bank)
    if seed is None:
        seed = secrets.randbelow(1_000_000)
        note(f"--seed {seed} gives these sounds again")
    _save_edited(bank, before, edit.randomise(before, edit.select(programs), seed), output, json, force)


@app.command()
def diff(
    first: BankArgument,
    second: Annotated[Path, typer.Argument(metavar="BANK", help="The bank to compare with.")],
    json: JsonOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Compare two banks, parameter by parameter."""
    from luthier.poly800 import library
    from luthier.poly800.compare import compare

    found = compare(library.load_bank(first, salvage=salvage), library.load_bank(second, salvage=salvage))
    _print_differences(found, json)
    if not found and not json:
        typer.echo("no difference")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Any file that holds banks.")],
    json: JsonOption = False,
) -> None:
    """Say everything wrong or odd with a file: where, what, and what to do.

    Exit code 1 if there is an error or a warning; notes alone leave it 0.
    """
    from luthier.poly800.verify import NOTE, verify_file

    findings = verify_file(file)
    if json:
        print_json(
            [
                {"name": item.where, "severity": item.severity, "what": item.what, "remedy": item.remedy}
                for item in findings
            ]
        )
    elif findings:
        for finding in findings:
            typer.echo(str(finding))
    else:
        typer.echo(f"{file}: nothing wrong found")
    if any(finding.severity != NOTE for finding in findings):
        raise typer.Exit(1)


def _save_edited(source: Path, before: Bank, after: Bank, output: Path, json: bool, force: bool) -> None:
    """Write an edited bank and say what changed."""
    from luthier.files import STANDARD_STREAM
    from luthier.poly800 import library
    from luthier.poly800.compare import compare

    _refuse_json_beside_data(output, json)
    suffix_of = source if output == STANDARD_STREAM else output
    kind = library.output_format(suffix_of, None, after)
    converted, losses = library.converted_for(after, kind)
    library.save([converted], output, kind, force=force)
    for loss in losses:
        note(f"not carried: {loss}")
    differences = compare(before, after)
    if json:
        _print_differences(differences, json)
    elif output != STANDARD_STREAM:
        typer.echo(f"{output}: {len(differences)} changes" if differences else f"{output}: nothing changed")


def _refuse_json_beside_data(output: Path, json: bool) -> None:
    from luthier.files import STANDARD_STREAM

    if json and output == STANDARD_STREAM:
        raise typer.BadParameter("standard output takes either the bank or JSON", param_hint="--json")


def _print_differences(differences: list[Difference], json: bool) -> None:
    if not json:
        for entry in differences:
            typer.echo(str(entry))
        return
    print_json(
        [
            {"name": f"{entry.where} {entry.what}", "first": entry.first, "second": entry.second}
            for entry in differences
        ]
    )
