"""Which SoundFonts are installed on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

#: Where distributions put them: Debian; Fedora and Arch; by hand.
SYSTEM_FOLDERS = (
    Path("/usr/share/sounds/sf2"),
    Path("/usr/share/soundfonts"),
    Path("/usr/local/share/sounds/sf2"),
    Path("/usr/local/share/soundfonts"),
)
SUFFIX = ".sf2"
#: Fonts with these in their names are for all of General MIDI (well-known ones) and come first.
_GENERAL = ("default", "gm", "general", "fluidr3", "generaluser", "timgm", "musescore")


def folders(environment: Mapping[str, str] | None = None) -> Iterator[Path]:
    """The folders to look in: SF2_DIR, the user's, the system's."""
    variables = os.environ if environment is None else environment
    yield from (Path(part) for part in variables.get("SF2_DIR", "").split(os.pathsep) if part)
    home = variables.get("HOME") or variables.get("USERPROFILE")
    data = variables.get("XDG_DATA_HOME") or (str(Path(home, ".local/share")) if home else "")
    if data:
        yield from (Path(data, "soundfonts"), Path(data, "sounds/sf2"))
    yield from SYSTEM_FOLDERS


def installed(environment: Mapping[str, str] | None = None) -> list[Path]:
    """Installed SoundFonts, each file once; those that look like General MIDI first in their folder."""
    found: dict[Path, Path] = {}
    for folder in folders(environment):
        for path in sorted(_files(folder), key=_order):
            found.setdefault(path.resolve(), path)
    return list(found.values())


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() == SUFFIX and path.is_file()]
    except OSError:
        return []


def _order(path: Path) -> tuple[bool, bool, str]:
    """By how general the name is; links behind files, so that the file gives the name."""
    name = path.stem.lower()
    return not any(word in name for word in _GENERAL), path.is_symlink(), name
