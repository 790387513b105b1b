"""A key stroke as the voices need it: in hertz, decibels and seconds, before the part has a say in it.

A *strike* is what one voice of the tone generator plays.  A program answers a key and a velocity with one
strike for each of its layers; where they come from (the built-in tones, a SoundFont) the engine does not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from luthier.kn5000.tone_generator.recordings import Bank


class Segment(NamedTuple):
    """A stretch of an envelope: where it goes, and in how many seconds.

    The target is in decibels for the amplitude, in semitones for filter and pitch.
    """

    target: float
    seconds: float


class Vibrato(NamedTuple):
    """Rate in Hz, depth in cents to either side, seconds until it begins."""

    rate: float = 0.0
    depth: float = 0.0
    delay: float = 0.0


NO_VIBRATO = Vibrato()


@dataclass(frozen=True, slots=True)
class Strike:
    """What one voice plays."""

    selector: int
    """The recording: the word of register 01."""
    pitch: float
    """The note it sounds at, 69 for 440 Hz, fractions allowed."""
    level: float
    """dB at this velocity; 0 is the loudest."""
    amplitude: tuple[Segment, ...]
    """Up to four segments; the last holds while the key is down."""
    release: float
    """Seconds for the last 60 dB after the key is up."""
    pan: float = 0.0
    """-1 left to 1 right."""
    cutoff: float = 20_000.0
    """Corner of the low-pass in Hz."""
    filter: tuple[Segment, ...] = ()
    """Up to three segments of the corner's envelope, in semitones from ``cutoff``."""
    bend: tuple[Segment, ...] = ()
    """Up to three segments of the pitch's envelope, in semitones from ``pitch``."""
    vibrato: Vibrato = NO_VIBRATO
    reverb: float = 0.0
    """Share that goes to the reverb, 0 to 1, before the part's own."""
    chorus: float = 0.0
    """Share that goes to the chorus, likewise."""
    group: int = 0
    """Not 0: a new strike of this group on the same part silences the others (hi-hats)."""
    to_the_end: bool = False
    """Drums: key up does not end it."""


class Sound(Protocol):
    """A program or a drum kit."""

    @property
    def name(self) -> str:
        """As it is shown."""

    @property
    def category(self) -> int:
        """One of the machine's sixteen categories, 0 to 15."""

    def strikes(self, key: int, velocity: int) -> tuple[Strike, ...]:
        """What sounds for a key 0 to 127 struck with 1 to 127; empty if nothing does."""


class SoundSet(Protocol):
    """All sounds that a machine can be told to play, and their recordings."""

    @property
    def title(self) -> str:
        """Where they are from."""

    @property
    def recordings(self) -> Bank:
        """What selectors mean."""

    def sound(self, program: int, bank: tuple[int, int] = (0, 0), *, drums: bool = False) -> Sound:
        """The program 0 to 127, or drum kit, of a bank (controllers 0 and 32); the nearest there is."""
