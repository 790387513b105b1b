"""The sounds that an SX-KN5000 of a page plays: the built-in ones, a SoundFont, wave ROMs.

A page names them: ``built-in``; ``installed NAME.sf2``, a SoundFont that is installed on this machine; or the
numbers of open files with ``+`` between: one SoundFont, or images of wave ROMs, IC304 to IC307 in this order.
They are opened once for all pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import msgspec

from luthier.errors import InputError
from luthier.kn5000.soundfont import installed
from luthier.kn5000.soundfont.file_format import SOUNDFONT
from luthier.kn5000.waves.rom_format import WAVE_ROM
from luthier.web.bench import Bench
from luthier.web.jobs import Progress
from luthier.web.opened import Opened

if TYPE_CHECKING:
    from luthier.kn5000.sounds.strike import SoundSet

BUILT_IN: Final = "built-in"
_INSTALLED: Final = "installed "
_TOGETHER: Final = "+"
#: Sets besides the built-in one that are kept open.
_MOST_KEPT: Final = 4
#: Remarks that a page gets.
_MOST_NOTES: Final = 20
_PROGRAMS: Final = 128


class Choice(msgspec.Struct, frozen=True):
    """Sounds that a page can have."""

    name: str
    title: str
    kind: str
    """``built-in``, ``installed`` or ``open``."""
    options: list[str]
    """What the command line is told to play them."""


@dataclass(frozen=True)
class Chosen:
    """Sounds that are open."""

    sounds: SoundSet
    notes: tuple[str, ...]
    """What is odd about the file, and what of it is not played."""


def choices(bench: Bench) -> list[Choice]:
    """All that there is to choose from."""
    opened = bench.files.list()
    fonts = [file for file in opened if file.format == SOUNDFONT.name]
    roms = sorted((file for file in opened if file.format == WAVE_ROM.name), key=lambda file: file.name)
    groups = [[file] for file in (*fonts, *roms)] + ([roms] if len(roms) > 1 else [])
    return [
        Choice(BUILT_IN, "built-in", BUILT_IN, []),
        *(
            Choice(f"{_INSTALLED}{path.name}", path.stem, "installed", ["--soundfont", str(path)])
            for path in installed()
        ),
        *(_open_choice(group) for group in groups),
    ]


def _open_choice(files: list[Opened]) -> Choice:
    option = "--soundfont" if files[0].format == SOUNDFONT.name else "--waves"
    options = [word for file in files for word in (option, file.name)]
    names = [file.name for file in files]
    return Choice(_TOGETHER.join(file.id for file in files), " + ".join(names), "open", options)


def paths_of(bench: Bench, name: str) -> tuple[str, list[Path]]:
    """The option of the command line for these sounds, and its files; InputError for what is not there."""
    if name == BUILT_IN:
        return "", []
    if name.startswith(_INSTALLED):
        for path in installed():
            if path.name == name.removeprefix(_INSTALLED):
                return "--soundfont", [path]
        raise InputError("this SoundFont is not installed any more", remedy="choose other sounds")
    numbers = name.split(_TOGETHER)
    formats = {bench.files.get(number).format for number in numbers}
    if formats == {SOUNDFONT.name} and len(numbers) == 1:
        return "--soundfont", [bench.files.path(name)]
    if formats == {WAVE_ROM.name}:
        return "--waves", [bench.files.path(number) for number in numbers]
    raise InputError("these are no sounds of the SX-KN5000", remedy="choose a SoundFont or wave ROMs")


def open_sounds(bench: Bench, name: str, progress: Progress | None = None) -> Chosen:
    """The sounds with this name, opened if they are not yet; InputError."""
    kept: dict[str, Chosen] = bench.shared.setdefault("kn5000 sounds", {})
    # Two pages may ask at once; the built-in bank is made only once then.
    lock: Lock = bench.shared.setdefault("kn5000 sounds lock", Lock())
    option, paths = paths_of(bench, name)
    with lock:
        if name not in kept:
            kept[name] = _opened(option, paths, progress)
            others = [one for one in kept if one not in (BUILT_IN, name)]
            for old in others[: max(len(others) + 1 - _MOST_KEPT, 0)]:
                del kept[old]
        return kept[name]


def _opened(option: str, paths: list[Path], progress: Progress | None) -> Chosen:
    from luthier.kn5000.soundfont import open_soundfont
    from luthier.kn5000.sounds.built_in import BuiltInSounds
    from luthier.kn5000.waves.bank import open_bank

    try:
        if option == "--soundfont":
            font = open_soundfont(paths[0], progress)
            notes = [f"{what}: {count} times" for what, count in font.warnings.items()]
            notes += [f"not played: {what}, in {count} zones" for what, count in font.unsupported.items()]
            return Chosen(font, tuple(notes[:_MOST_NOTES]))
        bank = open_bank(paths, progress)
    except InputError as error:
        # Where a copy lies is this server's own business.
        where = next((path.name for path in paths if str(path) in str(error)), "")
        raise InputError(error.what, where=where, remedy=error.remedy) from error
    notes = [_named(warning, paths) for warning in bank.warnings]
    return Chosen(BuiltInSounds(bank), tuple(notes[:_MOST_NOTES]))


def _named(text: str, paths: list[Path]) -> str:
    for path in paths:
        text = text.replace(str(path), path.name)
    return text


def names_of(sounds: SoundSet) -> dict[str, Any]:
    """Programs and drum kits as these sounds call them."""
    from luthier.kn5000.waves import tones

    def programs() -> Iterator[dict[str, Any]]:
        for number in range(_PROGRAMS):
            found = sounds.sound(number)
            yield {"number": number, "name": found.name, "category": tones.tone(number).category}

    kits = ({"number": one.number, "name": sounds.sound(one.number, drums=True).name} for one in tones.kits())
    return {"programs": list(programs()), "kits": list(kits)}
