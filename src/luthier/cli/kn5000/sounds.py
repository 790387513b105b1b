"""Which song on which sounds: the same for every command that plays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.output import note, progress

if TYPE_CHECKING:
    from luthier.kn5000.sounds.strike import SoundSet
    from luthier.midi.song import Song

_BUILT_IN = Path("built-in")

WavesOption = Annotated[
    list[Path] | None,
    typer.Option("--waves", metavar="FILE", help="Images of wave ROMs; several: repeat, IC304 to IC307."),
]
SoundFontOption = Annotated[
    Path | None, typer.Option("--soundfont", metavar="FILE.sf2", help="Play a SoundFont's sounds instead.")
]


def open_sounds(waves: list[Path] | None, soundfont: Path | None) -> SoundSet:
    """The sounds that were asked for; notes about them go to standard error."""
    from luthier.errors import UsageError
    from luthier.kn5000.soundfont import open_soundfont
    from luthier.kn5000.sounds.built_in import BuiltInSounds
    from luthier.kn5000.waves.bank import open_bank

    if waves and soundfont is not None:
        raise UsageError("either --waves or --soundfont", remedy="leave one out")
    with progress("sounds") as advance:
        if soundfont is not None:
            return open_soundfont(soundfont, advance)
        bank = open_bank(waves or None, advance)
    for warning in bank.warnings:
        note(f"note: {warning}")
    return BuiltInSounds(bank)


def open_song(path: Path) -> Song:
    """The song in a file, on standard input (``-``) or the built-in one (``built-in``)."""
    from luthier.compiled import will_compile
    from luthier.files import STANDARD_STREAM
    from luthier.midi.song import read_song

    now = "compiling for the first time" if will_compile("luthier.midi") else "reading"
    with progress(now):
        if path == _BUILT_IN:
            from luthier.kn5000.songs import built_in_song

            return read_song(built_in_song())
        return _from_standard_input() if path == STANDARD_STREAM else read_song(path)


def _from_standard_input() -> Song:
    from luthier.errors import InputError
    from luthier.files import STANDARD_STREAM, read_bytes
    from luthier.midi.song import SIZE_LIMIT, read_song

    try:
        return read_song(read_bytes(STANDARD_STREAM, SIZE_LIMIT))
    except InputError as error:
        raise error.at("standard input") from None
