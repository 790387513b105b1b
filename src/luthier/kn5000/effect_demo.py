"""What the demo of the SX-KN5000 shows of its effects: sections of the song through some, all as a page."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from luthier.files import write_bytes
from luthier.kn5000 import songs
from luthier.kn5000.effects.choices import Choices
from luthier.kn5000.effects.reference import page
from luthier.kn5000.songs.score import Passage, Score
from luthier.kn5000.songs.song_file import song_file
from luthier.kn5000.sounds.strike import SoundSet
from luthier.midi.song import read_song

if TYPE_CHECKING:
    from luthier.kn5000.engine import Engine

#: Shows a command and what it printed.
Command = Callable[[str, Iterable[str]], None]

PAGE = "effects.html"


@dataclass(frozen=True)
class Version:
    """A section of the song with effects of its own."""

    name: str
    """Of its files."""
    title: str
    section: str
    choices: Choices
    parts: tuple[int, ...] = ()
    """Parts that go through the DSP EFFECT alone, from 1 on as people count them."""

    @property
    def options(self) -> tuple[str, ...]:
        """As on the command line, each with its value."""
        chosen = self.choices
        named = (
            ("--effect", chosen.effect),
            ("--effect-parts", ",".join(map(str, self.parts)) or None),
            ("--reverb", chosen.reverb),
            ("--illusion", chosen.illusion),
            ("--room", chosen.room),
            ("--eq", chosen.eq),
            *(("--set", text) for text in chosen.settings),
        )
        return tuple(shlex.join((option, value)) for option, value in named if value is not None)


VERSIONS = (
    Version(
        "rotary-organ",
        "An organ through a rotary speaker",
        "The parlour",
        Choices(
            effect="ROTARY SPEAKER",
            reverb="ROOM REVERB 2",
            settings=("effect TREBLE FAST=45", "effect DRIVE=60", "effect REV SEND=30"),
        ),
        (9,),
    ),
    Version(
        "chorus-and-plate",
        "Pad, harp and bells through chorus and plate",
        "First light",
        Choices(
            effect="MODULATED CHORUS",
            reverb="PLATE REVERB 2",
            settings=("effect SLOW LFO SPEED=6", "reverb REVERB TIME=41", "reverb PRE DELAY=45ms"),
        ),
    ),
    Version(
        "stage-and-eq",
        "A saxophone on a stage, lows and highs lifted",
        "The blue room",
        Choices(
            effect="none",
            reverb="none",
            room="STAGE",
            eq="LOW EMPHASIS G=4dB, HIGH EMPHASIS G=5dB",
            settings=("room REVERB TIME=35",),
        ),
    ),
)


def run(folder: Path, sounds: SoundSet, show: Command) -> None:
    """Leave the pieces and the page in ``folder`` and ``show`` what was done."""
    for version in VERSIONS:
        _render(folder, version, sounds, show)
    text = page.html(page.Sound(each.title, each.options, f"{each.name}.wav") for each in VERSIONS)
    write_bytes(folder / PAGE, text.encode(), force=True)


def section_file(title: str, score: Score | None = None) -> bytes:
    """A section of the built-in song, or of ``score``, as a MIDI file of its own."""
    whole = score or songs.score()
    passage = next(found for found in whole.passages if found.title == title)
    before = [entry for found in whole.passages for entry in found.tempos if entry[0] <= passage.start]
    tempos = passage.tempos if passage.tempos[:1] and passage.tempos[0][0] == passage.start else ()
    alone = _moved(replace(passage, tempos=tempos or ((passage.start, before[-1][1]), *passage.tempos)))
    return song_file(replace(whole, title=f"{whole.title}: {title}", passages=(alone,)))


def _moved(passage: Passage) -> Passage:
    """The passage at the beginning of a song."""
    back = passage.start
    lines = [
        replace(
            line,
            notes=tuple(replace(note, start=note.start - back) for note in line.notes),
            gestures=tuple(replace(gesture, start=gesture.start - back) for gesture in line.gestures),
        )
        for line in passage.lines
    ]
    tempos = tuple((tick - back, tempo) for tick, tempo in passage.tempos)
    return replace(passage, start=0, tempos=tempos, lines=lines)


def _render(folder: Path, version: Version, sounds: SoundSet, show: Command) -> None:
    from luthier.kn5000.engine import Engine
    from luthier.kn5000.rendering import render, report

    written, heard = folder / f"{version.name}.mid", folder / f"{version.name}.wav"
    write_bytes(written, section_file(version.section), force=True)

    def instrument() -> Engine:
        engine = Engine(sounds)
        version.choices.apply(engine.effects)
        for part in version.parts:
            engine.insert(part - 1)
        return engine

    done = render.render(read_song(written), heard, instrument, render.Settings(force=True))
    show(f"kn5000 render {written} -o {heard} {' '.join(version.options)}", report.lines(done))
