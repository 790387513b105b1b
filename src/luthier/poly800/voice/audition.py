"""Every program of a bank as a short sound that suits it, on one page with players and pictures.

The page asks for nothing outside its folder, and has no script and no style of its own: ``audition.css`` lies
beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

import numpy as np

from luthier import __version__
from luthier.audio.files import encoding
from luthier.audio.stream import writing
from luthier.dsp.limiter import Limiter
from luthier.errors import LuthierError, OutputExistsError, UsageError
from luthier.files import write_bytes
from luthier.poly800 import built_in, panel
from luthier.poly800.bank import Bank
from luthier.poly800.program import PROGRAM_NUMBERS
from luthier.poly800.voice import phrases, settings
from luthier.poly800.voice.pictures import picture
from luthier.poly800.voice.reception import Reception
from luthier.poly800.voice.rendering import blocks
from luthier.poly800.voice.state import Samples
from luthier.poly800.voice.voice import Voice

PAGE, STYLE = "index.html", "audition.css"
SECONDS = 4.0
_FADE = 0.05
#: What browsers play, and libsndfile writes.
FORMATS = ("flac", "wav", "ogg", "mp3")


@dataclass(frozen=True)
class Entry:
    """One program on the page."""

    number: int
    """11 to 88."""
    name: str
    """Empty where none is known."""
    phrase: str
    """Which kind of phrase it plays."""
    sound: str
    """The file, beside the page."""
    picture: str
    peak: float
    """Highest sample, 0 to 1."""
    warnings: list[str] = field(default_factory=list)


def sound_of(bank: Bank, number: int, rate: int, seconds: float = SECONDS) -> tuple[Samples, str, list[str]]:
    """A program's sound, shape (n, 2) and never above -1 dBFS, its kind of phrase, and warnings."""
    voice = Voice(bank, number=number, rate=rate)
    values, _ = settings.clamped(bank.program(number))
    phrase = phrases.suited(values)
    limiter = Limiter(rate)
    played = [limiter.process(block) for block in blocks(voice, Reception(voice), phrase, max(seconds, 0.0))]
    sound = np.concatenate([*played, limiter.flush()])[: round(seconds * rate)]
    fade = min(round(_FADE * rate), len(sound))
    sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return sound, phrase.name, voice.warnings


def audition(
    bank: Bank,
    folder: Path,
    *,
    title: str = "",
    rate: int = 44_100,
    seconds: float = SECONDS,
    kind: str = FORMATS[0],
    force: bool = False,
    progress: Callable[[float, str], None] = lambda _fraction, _now: None,
) -> list[Entry]:
    """Write sounds, pictures and ``index.html`` of all programs into ``folder``; what they are.

    Raises LuthierError: for a folder with such a page in it unless ``force``, or one that cannot be written.
    """
    if kind not in FORMATS:
        raise UsageError(f"sounds as {kind}", remedy=f"give {', '.join(FORMATS)}")
    _prepare(folder, force)
    encoding(folder / f"sound.{kind}", None)
    names = built_in.names(bank)
    entries = []
    for place, number in enumerate(PROGRAM_NUMBERS):
        progress(place / len(PROGRAM_NUMBERS), f"program {number}")
        sound, phrase, warnings = sound_of(bank, number, rate, seconds)
        entry = Entry(
            number,
            names.get(number, ""),
            phrase,
            f"{number}.{kind}",
            f"{number}.svg",
            float(np.abs(sound).max(initial=0)),
            warnings,
        )
        with writing(folder / entry.sound, rate, force=True) as writer:
            writer.write(sound)
        write_bytes(folder / entry.picture, picture(sound, rate).encode(), force=True)
        entries.append(entry)
    write_bytes(folder / STYLE, _resource(STYLE).encode(), force=True)
    write_bytes(folder / PAGE, page(bank, entries, title).encode(), force=True)
    return entries


def page(bank: Bank, entries: list[Entry], title: str = "") -> str:
    """The page for sounds and pictures that lie beside it."""
    programs = dict(bank.numbered_programs())
    return Template(_resource("audition.html")).substitute(
        title=escape(title or f"{bank.synth.title}: a bank to hear"),
        about=f"{len(entries)} programs of the {escape(bank.synth.title)}, each with a phrase that suits it.",
        programs="\n".join(_item(entry, panel.program_line(programs[entry.number])) for entry in entries),
        version=__version__,
    )


def _item(entry: Entry, line: str) -> str:
    name = escape(entry.name) or f"Program {entry.number}"
    warnings = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in entry.warnings)
    return (
        f'<li id="program-{entry.number}"><h2><span class="number">{entry.number}</span>{name}</h2>'
        f'<img src="{entry.picture}" alt="Level over time and spectrum of {entry.number}" loading="lazy">'
        f'<audio controls preload="none" src="{entry.sound}"></audio>'
        f'<p class="quiet">{escape(" ".join(line.split()))}; plays: {entry.phrase}</p>{warnings}</li>'
    )


def _resource(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _prepare(folder: Path, force: bool) -> None:
    if (folder / PAGE).exists() and not force:
        raise OutputExistsError(f"{folder / PAGE}: already exists; give --force to replace it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LuthierError(f"{folder}: cannot be made ({reason})") from error
