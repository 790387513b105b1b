"""``luthier kaoss loops``: sequences over the four loop banks, as a MIDI file or live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kaoss import app
from luthier.cli.output import ForceOption, JsonOption, note, print_json, progress

if TYPE_CHECKING:
    from luthier.kaoss.loops.messages import Performance


@app.command()
def loops(
    sequence: Annotated[
        str | None, typer.Argument(metavar="[SEQUENCE]", help="Such as 'A*3 B C*3 D' or 'A>B / C>D'.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Read the text here; - is standard input.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A .mid file to write; - is standard output.")
    ] = None,
    port: Annotated[
        str | None, typer.Option("--port", help="Play to this MIDI port, by name or part of it.")
    ] = None,
    tempo: Annotated[str | None, typer.Option("--tempo", help="Quarter notes per minute.")] = None,
    beats: Annotated[str | None, typer.Option("--beats", help="Quarter notes in a bar.")] = None,
    bars: Annotated[str | None, typer.Option("--bars", help="Bars of the loops: 4, or A=4,B=2.")] = None,
    count_in: Annotated[
        str | None, typer.Option("--count-in", metavar="BARS", help="Bars before the first bank.")
    ] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="MIDI channel, 1 to 16.")] = None,
    notes: Annotated[
        str | None, typer.Option("--notes", help="Notes of the banks: A=36,B=37,C=38,D=39.")
    ] = None,
    controllers: Annotated[
        str | None, typer.Option("--controllers", help="Controllers of the pad: touch=92,x=12,y=13.")
    ] = None,
    repeat: Annotated[
        str | None, typer.Option("--repeat", help="How often all is played; 0 is on and on.")
    ] = None,
    hold: Annotated[
        bool, typer.Option("--hold", help="Hold a note as long as its bank sounds, instead of two presses.")
    ] = False,
    clock: Annotated[
        bool | None,
        typer.Option("--clock/--no-clock", help="Send MIDI clock; live it is sent, in a file it is not."),
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Play the loop banks A to D one after the other, repeated or in lanes: show, write or play it."""
    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM

    if output is not None and port is not None:
        raise UsageError("-o and --port exclude each other")
    if json and output == STANDARD_STREAM:
        raise UsageError("standard output takes either the file or JSON")
    options = {
        "tempo": tempo,
        "beats": beats,
        "bars": bars,
        "count-in": count_in,
        "channel": channel,
        "notes": notes,
        "controllers": controllers,
        "repeat": repeat,
    }
    performance = _performance(sequence, source, options, hold, port is not None if clock is None else clock)
    if output is not None:
        _write(performance, output, force)
    _show(performance, json, quiet=output is not None or port is not None)
    if port is not None:
        _play(performance, port)


def _performance(
    sequence: str | None, source: Path | None, options: dict[str, str | None], hold: bool, clock: bool
) -> Performance:
    from luthier.errors import InputError, UsageError
    from luthier.files import read_bytes
    from luthier.kaoss.loops.arrangement import arrange
    from luthier.kaoss.loops.language import TEXT_LIMIT, parse
    from luthier.kaoss.loops.messages import Performance
    from luthier.kaoss.loops.settings import set_option

    if (sequence is None) == (source is None):
        raise UsageError("what is to be played?", remedy="give a sequence, or --from FILE")
    name = "sequence" if source is None else str(source)
    try:
        text = sequence if source is None else read_bytes(source, 4 * TEXT_LIMIT).decode("utf-8")
        score = parse(text or "")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is no UTF-8 text", where=name) from None
    except InputError as error:
        raise error if error.where == name else error.at(name) from None
    for option, value in options.items():
        if value is not None:
            try:
                score.settings = set_option(score.settings, option, value)
            except InputError as error:
                raise UsageError(error.what, where=f"--{option}", remedy=error.remedy) from None
    try:
        return Performance(arrange(score), hold, clock)
    except InputError as error:
        raise error.at(name) from None


def _write(performance: Performance, output: Path, force: bool) -> None:
    from luthier.files import write_bytes
    from luthier.kaoss.loops.midi_file import to_file

    data = to_file(performance)
    write_bytes(output, data, force=force)
    note(f"{output}: {len(data):,} bytes")


def _play(performance: Performance, port: str) -> None:
    from luthier.kaoss.loops import live
    from luthier.midi.ports import opened

    with opened(port) as cable:
        note("all banks must be stopped: MIDI cannot ask the unit which of them play")
        with progress(f"playing to {cable.name}") as advance:
            played = live.play(cable, performance, progress=advance)
    how = "" if played.finished else "stopped early, "
    note(f"{cable.name}: {how}{played.messages:,} messages in {played.seconds:.1f} s")


def _show(performance: Performance, json: bool, *, quiet: bool) -> None:
    arrangement = performance.arrangement
    settings = arrangement.settings
    if json:
        print_json(
            [
                {
                    "name": passage.bank,
                    "bar": passage.start + 1,
                    "bars": passage.bars,
                    "note": settings.notes[passage.bank],
                }
                for passage in arrangement.passages
            ]
        )
        return
    minutes, seconds = divmod(round(arrangement.seconds), 60)
    summary = f"{arrangement.bars} bars at {settings.tempo:g}, {minutes}:{seconds:02d}"
    if settings.count_in:
        summary += f" with a count-in of {settings.count_in}"
    if quiet:
        note(summary)
        return
    for passage in arrangement.passages:
        last = f" to {passage.end}" if passage.bars > 1 else ""
        typer.echo(f"{passage.bank}  bar {passage.start + 1}{last}")
    typer.echo(summary)
