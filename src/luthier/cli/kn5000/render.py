"""``luthier kn5000 render``: from a MIDI file to a sound file."""

from __future__ import annotations

import contextlib
import gc
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from luthier.cli.kn5000 import app, slots
from luthier.cli.kn5000.sounds import SoundFontOption, WavesOption, open_song, open_sounds
from luthier.cli.output import ForceOption, JsonOption, OutputOption, note, print_json, progress

_NORMALISE = "--normalise"
_LEVEL = re.compile(r"-?\d.*|peak.*", re.IGNORECASE)


class _OptionalLevel(TyperCommand):
    """A command whose ``--normalise`` may stand without a level."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the usual level where none is given."""
        completed = []
        for word, following in zip(args, [*args[1:], ""], strict=False):  # none without arguments
            bare = word == _NORMALISE and not _LEVEL.fullmatch(following)
            completed.append(f"{_NORMALISE}=loudness" if bare else word)
        return super().parse_args(ctx, completed)


@contextlib.contextmanager
def _circles_kept() -> Iterator[None]:
    """Nothing here goes in circles, and looking for some takes a fifth of the time to the first samples."""
    looked_for = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked_for:
            gc.enable()


@app.command(cls=_OptionalLevel)
@_circles_kept()
def render(
    song: Annotated[
        Path,
        typer.Argument(metavar="SONG", help="A MIDI file; - is standard input, built-in the built-in song."),
    ],
    output: OutputOption,
    rate: Annotated[int, typer.Option("--rate", min=8_000, max=192_000, help="Samples a second.")] = 44_100,
    bits: Annotated[
        int | None, typer.Option("--bits", help="16, 24 or 32 (floats), where the format has them.")
    ] = None,
    gain: Annotated[
        float | None, typer.Option("--gain", min=-96, max=96, metavar="DB", help="Louder or softer.")
    ] = None,
    normalise: Annotated[
        str | None,
        typer.Option(
            _NORMALISE, metavar="[LEVEL]", help="Bring to a loudness (-16 LUFS) or a peak (peak:-1)."
        ),
    ] = None,
    stems: Annotated[
        Path | None, typer.Option("--stems", metavar="DIR", help="Write every part on its own, too.")
    ] = None,
    loop: Annotated[
        int, typer.Option("--loop", min=1, max=1_000, help="How often the loop, or the song, is played.")
    ] = 1,
    tail: Annotated[
        float | None,
        typer.Option("--tail", min=0, max=600, help="Seconds after the end; else until silence, at most 10."),
    ] = None,
    waves: WavesOption = None,
    soundfont: SoundFontOption = None,
    effect: slots.EffectOption = None,
    effect_parts: slots.EffectPartsOption = None,
    reverb: slots.ReverbOption = None,
    illusion: slots.IllusionOption = None,
    room: slots.RoomOption = None,
    eq: slots.EqOption = None,
    set_: slots.SetOption = None,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Play a MIDI file on the SX-KN5000's sounds and write what is heard."""
    import time

    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite

    if gain is not None and normalise is not None:
        raise UsageError("either --gain or --normalise", remedy="leave one out")
    if bits not in (None, 16, 24, 32):
        raise UsageError(f"samples of {bits} bits", remedy="give 16, 24 or 32")
    if json and output == STANDARD_STREAM:
        raise UsageError("standard output takes either sound or JSON", remedy="give -o a file")
    refuse_to_overwrite(output, force)
    chosen = slots.choices(effect, reverb, illusion, room, eq, set_)
    inserted = slots.parts(effect_parts)
    read = open_song(song)

    from luthier.kn5000.engine import Engine
    from luthier.kn5000.rendering import report
    from luthier.kn5000.rendering.level import Target
    from luthier.kn5000.rendering.render import Settings
    from luthier.kn5000.rendering.render import render as render_song

    target = None if normalise is None else Target.named(normalise)
    settings = Settings(rate, bits, gain or 0.0, target, loop, tail, stems, force)
    sounds = open_sounds(waves, soundfont)

    def instrument() -> Engine:
        engine = Engine(sounds)
        chosen.apply(engine.effects)
        for part in inserted:
            engine.insert(part)
        return engine

    begun = time.monotonic()
    with progress(_first_word()) as advance:
        done = render_song(read, output, instrument, settings, advance)
    if json:
        print_json(done)
        return
    lines = report.lines(done)
    taken = time.monotonic() - begun
    lines.append(f"speed: {done.duration / taken:.0f} times real time")
    for line in lines:
        note(line) if output == STANDARD_STREAM else print(line)


def _first_word() -> str:
    from luthier.compiled import will_compile

    return "compiling for the first time" if will_compile("luthier.kn5000") else "playing"
