"""What a song is before it is played: parts, sections, notes and gestures, in ticks.

Everything is reckoned in whole ticks, so that triplets and thirty-seconds are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: Ticks of a quarter note; common in Standard MIDI Files, and 3 and 32 divide it.
QUARTER = 480
WHOLE = 4 * QUARTER

#: Channel of General MIDI's drums, 0 to 15.
DRUM_CHANNEL = 9


@dataclass(frozen=True)
class Part:
    """An instrument of the song and how it stands in the mix; values are those of MIDI controllers."""

    name: str
    channel: int
    """0 to 15."""
    program: int
    """General MIDI program or, on the drum channel, kit."""
    volume: int = 100
    pan: int = 0
    """-64 left to 63 right."""
    reverb: int = 40
    chorus: int = 0
    voices: int = 4
    """Notes of a chord written as ``x``."""
    strum: int = 0
    """Ticks from string to string of a chord."""
    loose: int = 5
    """Ticks that notes come early or late by at most."""
    bends: int = 2
    """Semitones of the whole pitch bend."""

    @property
    def drums(self) -> bool:
        """Whether the program is a kit."""
        return self.channel == DRUM_CHANNEL


@dataclass(frozen=True)
class Note:
    """A written note: times in ticks from the beginning of the song."""

    start: int
    length: int
    pitch: int
    velocity: int
    marks: str = ""
    """Of ``> ' _ \\ ^``: accent, staccato, slurred, fall, scoop."""
    string: int = 0
    """Place in a strummed chord, 0 first."""


@dataclass(frozen=True)
class Gesture:
    """A controller that moves from ``first`` to ``last`` within ``length`` ticks."""

    kind: str
    start: int
    first: float
    last: float
    length: int


@dataclass(frozen=True)
class Line:
    """What one part plays in one section."""

    part: str
    notes: tuple[Note, ...]
    gestures: tuple[Gesture, ...]


@dataclass
class Passage:
    """A section as written."""

    title: str
    shows: str
    """The part that it is there for; empty if it is there for all."""
    start: int
    meter: tuple[int, int]
    bars: int
    swing: int = 0
    """Ticks that the second eighth of a beat comes late."""
    tempos: tuple[tuple[int, float], ...] = ()
    """(tick, quarter notes a minute) in order."""
    lines: list[Line] = field(default_factory=list)

    @property
    def bar(self) -> int:
        """Ticks of a bar."""
        return WHOLE * self.meter[0] // self.meter[1]

    @property
    def end(self) -> int:
        """Tick behind the last bar."""
        return self.start + self.bars * self.bar


@dataclass(frozen=True)
class Score:
    """A whole song."""

    title: str
    seed: str
    parts: dict[str, Part]
    passages: tuple[Passage, ...]

    def seconds(self, tick: int) -> float:
        """When a tick sounds, by all tempos before it."""
        total, place, tempo = 0.0, 0, 120.0
        for change, new in (entry for passage in self.passages for entry in passage.tempos):
            if change >= tick:
                break
            total += (change - place) / QUARTER * 60 / tempo
            place, tempo = change, new
        return total + (tick - place) / QUARTER * 60 / tempo
