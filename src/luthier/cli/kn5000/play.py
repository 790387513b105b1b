"""``luthier kn5000 play``: a MIDI file or a keyboard to the sound card."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.kn5000 import app, slots
from luthier.cli.kn5000.sounds import SoundFontOption, WavesOption, open_song, open_sounds
from luthier.cli.output import JsonOption, note, print_json, progress

if TYPE_CHECKING:
    from luthier.kn5000.live import Source
    from luthier.kn5000.rendering.performance import Performance


@app.command()
def play(
    song: Annotated[
        Path | None, typer.Argument(metavar="[SONG]", help="A MIDI file, or built-in; without, give --port.")
    ] = None,
    port: Annotated[
        str | None,
        typer.Option(
            "--port", help="Play what comes from a MIDI port, by name or part of it, or a raw device."
        ),
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", help="The sound card, by name or part of it.")
    ] = None,
    gain: Annotated[
        float, typer.Option("--gain", min=-96, max=96, metavar="DB", help="Louder or softer.")
    ] = 0.0,
    loop: Annotated[
        int, typer.Option("--loop", min=1, max=1_000, help="How often the loop, or the song, is played.")
    ] = 1,
    waves: WavesOption = None,
    soundfont: SoundFontOption = None,
    effect: slots.EffectOption = None,
    effect_parts: slots.EffectPartsOption = None,
    reverb: slots.ReverbOption = None,
    illusion: slots.IllusionOption = None,
    room: slots.RoomOption = None,
    eq: slots.EqOption = None,
    set_: slots.SetOption = None,
    listed: Annotated[bool, typer.Option("--list", help="List sound cards and MIDI ports.")] = False,
    json: JsonOption = False,
) -> None:
    """Play a MIDI file, or a keyboard at a MIDI port, through the sound card; Ctrl-C ends it."""
    from luthier.errors import UsageError

    if listed:
        _list(json)
        return
    if (song is None) == (port is None):
        raise UsageError("play either a SONG or what comes from a --port", remedy="--list shows the ports")
    if json:
        raise UsageError("--json is for --list", remedy="render makes a report")
    chosen = slots.choices(effect, reverb, illusion, room, eq, set_)
    inserted = slots.parts(effect_parts)
    read = None if song is None else _performance(song, loop)

    from luthier.audio import devices

    found = devices.find(device)  # before anything that takes its time

    from luthier.kn5000.engine import Engine
    from luthier.kn5000.live import AHEAD, BLOCK, Player

    engine = Engine(open_sounds(waves, soundfont))
    chosen.apply(engine.effects)
    for part in inserted:
        engine.insert(part)
    engine.render(BLOCK)  # compiles, if need be, before anybody waits
    with (
        _source(read, port, engine.rate) as source,
        devices.opened(found, engine.rate, BLOCK, AHEAD) as card,
        progress(f"playing to {card.name}; Ctrl-C ends it") as advance,
        contextlib.suppress(KeyboardInterrupt),
    ):
        length = read.seconds if read else 0.0
        player = Player(source, engine, card, gain)
        player.play(lambda seconds: advance(min(seconds / length, 1.0) if length else 0.0, ""))
    if card.missed:
        note(f"{card.missed} blocks of {BLOCK} frames came too late: end other programs, or render to a file")


def _performance(song: Path, loop: int) -> Performance:
    from luthier.kn5000.rendering.performance import Performance

    performance = Performance(open_song(song), loop)
    for warning in performance.song.warnings:
        note(f"warning: {warning}")
    return performance


@contextlib.contextmanager
def _source(performance: Performance | None, port: str | None, rate: int) -> Iterator[Source]:
    """The song, or the open port."""
    from luthier.kn5000.live import PortSource, SongSource
    from luthier.midi.ports import listening

    if performance is not None:
        yield SongSource(performance, rate)
        return
    with listening(port or "") as cable:
        note(f"listening to {cable.name}")
        yield PortSource(cable)


def _list(json: bool) -> None:
    """Sound cards and ports; of what cannot be had, why."""
    from luthier.audio.devices import devices
    from luthier.errors import MissingFeatureError
    from luthier.midi.ports import port_names

    rows: list[dict[str, object]] = []
    missing = []
    try:
        rows += [
            {"name": card.name, "kind": "sound card", "default": card.default, "rate": card.rate}
            for card in devices()
        ]
    except MissingFeatureError as error:
        missing.append(error)
    try:
        rows += [{"name": found.name, "kind": "port"} for found in port_names() if found.receives]
    except MissingFeatureError as error:
        missing.append(error)
    if json:
        print_json(rows)
    else:
        for row in rows:
            print(
                f"{row['kind']:10}  {row['name']}{'  (used if none is named)' if row.get('default') else ''}"
            )
    for reason in missing:
        note(f"luthier: {reason}")
    if missing and not rows:
        raise typer.Exit(1)
