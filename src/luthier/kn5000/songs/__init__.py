"""The built-in song: an original piece that shows the sixteen categories of sounds, as text and as MIDI file.

The text, ``sixteen_windows.song``, is meant to be read and changed; :mod:`luthier.kn5000.songs.notation` and
:mod:`luthier.kn5000.songs.bars` explain how it is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from luthier.kn5000.songs.notation import read_score
from luthier.kn5000.songs.score import Score
from luthier.kn5000.songs.song_file import song_file

_BUILT_IN = "sixteen_windows.song"


@dataclass(frozen=True)
class Section:
    """A stretch of the song; times in seconds from its beginning."""

    title: str
    start: float
    end: float
    category: str
    """Which of the machine's sixteen it shows; empty if it shows all."""
    part: str
    """The part that is in front; empty likewise."""
    program: int
    """General MIDI program of that part or, for drums, kit; -1 if the section shows all."""
    program_name: str


@cache
def score() -> Score:
    """The built-in song as it is written."""
    return read_score(resources.files(__package__).joinpath(_BUILT_IN).read_text(encoding="utf-8"))


def title() -> str:
    """The name of the built-in song."""
    return score().title


@cache
def built_in_song() -> bytes:
    """The built-in song as a Standard MIDI File of format 1."""
    return song_file(score())


def sections() -> tuple[Section, ...]:
    """What the built-in song shows when."""
    return sections_of(score())


def sections_of(written: Score) -> tuple[Section, ...]:
    """The sections of any song."""
    from luthier.kn5000.waves import tones

    found = []
    for passage in written.passages:
        start, end = written.seconds(passage.start), written.seconds(passage.end)
        category, program, name = "", -1, ""
        if passage.shows:
            part = written.parts[passage.shows]
            sound = tones.kit(part.program) if part.drums else tones.tone(part.program)
            number = sound.category if isinstance(sound, tones.Tone) else len(tones.categories()) - 1
            category, program, name = tones.categories()[number], part.program, sound.name
        found.append(Section(passage.title, start, end, category, passage.shows, program, name))
    return tuple(found)
