"""``luthier kn5000 effect``: a sound file through one of the SX-KN5000's effects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import ForceOption, JsonOption, OutputOption, note, print_json, progress


@app.command()
def effect(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An effect's name or number, as in effects.")],
    sound: Annotated[Path, typer.Argument(metavar="AUDIO", help="A sound file; - is standard input.")],
    output: OutputOption,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PARAMETER=VALUE",
            help="Set a parameter: a number is that of the panel, an amount has its unit.",
        ),
    ] = None,
    wet: Annotated[bool, typer.Option("--wet", help="The effect alone, without the dry sound.")] = False,
    tail: Annotated[
        float | None,
        typer.Option("--tail", min=0, max=600, help="Seconds after the end; else until silence, at most 20."),
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Send a sound file through an effect of the SX-KN5000."""
    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite

    if json and output == STANDARD_STREAM:
        raise UsageError("standard output takes either sound or JSON", remedy="give -o a file")
    refuse_to_overwrite(output, force)

    from luthier.compiled import will_compile
    from luthier.kn5000.effects import panel
    from luthier.kn5000.effects.named import effect as named

    chosen = named(name)
    panel.apply(chosen, settings or [])

    from luthier.audio import files
    from luthier.kn5000.effects.file import apply

    recording = files.read(sound)
    title = "compiling for the first time" if will_compile("luthier.kn5000.effects") else chosen.name
    with progress(title) as advance:
        done = apply(chosen, recording.samples, recording.rate, wet=wet, tail=tail, progress=advance)
    files.write(output, done.samples, recording.rate, force=force)
    say = note if output == STANDARD_STREAM else print
    if done.peak > 1:
        note("note: louder than full scale: it may be cut; set VOLUME lower")
    if json:
        print_json(
            {
                "effect": chosen.name,
                "number": chosen.number,
                "settings": chosen.settings,
                "panel": {
                    scale.name: scale.nearest(chosen.settings[scale.name]) for scale in panel.ranges(chosen)
                },
                "dry": not (wet or chosen.in_line),
                "rate": recording.rate,
                "seconds": round(len(done.samples) / recording.rate, 3),
                "tail": round(done.tail, 3),
                "peak": round(done.peak, 4),
            }
        )
        return
    length = len(done.samples) / recording.rate
    say(f"{output}: {chosen.name}, {length:.2f} s, {done.tail:.2f} s of it tail, peak {done.peak:.2f}")
